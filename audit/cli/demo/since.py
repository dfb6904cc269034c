"""What lines do beside their course: one asks for more time, one practises where nothing counts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from audit.cli.demo import story
from audit.cli.demo.people import Cast
from audit.domain.answers import Answer, AnswerStatus
from audit.domain.criteria import CriteriaSet
from audit.domain.workflow import OPEN_FOR_THE_LINE
from audit.persistence.queries import assessments
from audit.usecases import cycles, self_assessment

PRACTISED = 3  # criteria that the practice answers


def ask_for_time(session: Any, cast: Cast, now: datetime) -> None:
    """The first of the story's lines that still has time to ask for; none in a network where every line is through."""
    for country in story.ASKS_FOR_TIME:
        line = cast.lines.get(country)
        found = assessments.current_of_line(session, line.id) if line is not None else None
        if found is not None and found.state in OPEN_FOR_THE_LINE and found.cycle.closed_at is None:
            cycles.ask_time(
                session,
                found,
                until=max(found.due_on, now.date()) + timedelta(days=21),
                reason="Our only trained colleague was ill for a month. Three more weeks would be enough.",
                actor=cast.managers[country],
                at=now - timedelta(days=1),
            )
            return


def practise(session: Any, cast: Cast, criteria_set: CriteriaSet, source: str, now: datetime) -> None:
    """A few answers, as a colleague who tries the pages out would leave them."""
    line, person = cast.lines[story.PRACTISES], cast.managers[story.PRACTISES]
    begun = cycles.start_practice(session, line, criteria_set, source=source, actor=person, at=now - timedelta(days=3))
    for criterion in criteria_set.criteria[:PRACTISED]:
        key = criteria_set.answer_set_of(criterion).answers[1].key
        self_assessment.record_answer(
            session,
            begun,
            criteria_set,
            criterion.id,
            Answer(status=AnswerStatus.ANSWERED, key=key, justification="Only a try, to see how this page works."),
            expected_version=0,
            actor=person,
            at=now - timedelta(days=3),
        )
