"""A line leaves a cycle from every state before the decision, and everybody who worked on it hears of it once."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.domain.errors import WrongState
from audit.domain.workflow import CLOSED, State
from audit.persistence.tables import Letter, Person
from audit.usecases import self_assessment
from tests import building, reviewing
from tests.building import AT


def told(session: Session) -> dict[str, str]:
    """Who got the letter, and where its link leads."""
    rows = session.execute(
        select(Person.name, Letter.parameters)
        .join(Person, Person.id == Letter.person_id)
        .where(Letter.kind == "line_withdrew")
    )
    return {name: parameters["home"] for name, parameters in rows}


@pytest.mark.parametrize("state", list(State))
def test_from_every_state_before_the_decision(session: Session, state: State) -> None:
    assessment = building.an_assessment(session)
    assessment.state = state
    session.flush()
    manager = building.a_manager(session, assessment.line)
    if state in CLOSED:
        with pytest.raises(WrongState):
            self_assessment.withdraw(session, assessment, reason="No funding.", actor=manager, at=AT)
        assert told(session) == {}
    else:
        self_assessment.withdraw(session, assessment, reason="No funding.", actor=manager, at=AT)
        assert assessment.state is State.WITHDRAWN
        assert told(session) == {"Coordinator": f"/network/assessments/{assessment.public_id}"}


def test_reviewers_at_work_and_the_line_hear_of_it_when_a_coordinator_does_it(session: Session) -> None:
    assessment, asked = reviewing.in_review(session)
    coordinator = building.a_coordinator(session)
    self_assessment.withdraw(session, assessment, reason="It does not answer.", actor=coordinator, at=AT)
    session.expire_all()
    assert all(one.ended_at is not None for one in asked)
    line = f"/lines/{building.a_line(session).public_id}"
    assert told(session) == {"Manager Sample line Austria": line, "Reviewer one": "/", "Reviewer two": "/"}
