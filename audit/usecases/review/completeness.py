"""The completeness check: the coordinator lets the review begin, or sends the self-assessment back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.domain.errors import N_, InvalidInput, WrongState
from audit.domain.journal import Event
from audit.domain.letters import LetterKind
from audit.domain.permissions import Role
from audit.domain.workflow import MOST_RETURNS, Verb
from audit.persistence import journal, letters
from audit.persistence.course import move
from audit.persistence.criteria_sets import frozen
from audit.persistence.queries.people import holders
from audit.persistence.tables import Cycle, Person, ReportingLine, Review, SelfAssessment
from audit.usecases.review.assignment import tell_reviewer


def accept(session: Session, assessment: SelfAssessment, *, actor: Person, at: datetime) -> None:
    """The self-assessment is complete; its reviewers may begin, and those assigned already are told."""
    move(session, assessment, Verb.ACCEPT)
    assessment.accepted_at = at
    line = session.get_one(ReportingLine, assessment.line_id)
    cycle = session.get_one(Cycle, assessment.cycle_id)
    asked = session.execute(
        select(Review, Person)
        .join(Person, Person.id == Review.person_id)
        .where(Review.self_assessment_id == assessment.id, Review.ended_at.is_(None))
        .order_by(Review.id)
    ).all()
    for review, person in asked:
        tell_reviewer(session, review, person, line, cycle, at=at)
    journal.record(
        session, Event.ASSESSMENT_ACCEPTED, f"assessment:{assessment.public_id}", actor=actor, at=at, line=line
    )


def return_to_line(
    session: Session,
    assessment: SelfAssessment,
    *,
    reason: str,
    criteria: Collection[str] = (),
    actor: Person,
    at: datetime,
) -> None:
    """Send the self-assessment back, naming what is missing; at most three times (WrongState).

    `criteria` are the ones that open for change again; with none named, all do.
    """
    if not reason.strip():
        raise InvalidInput(N_("Say what is missing, so that the line can add it."), field="reason")
    cycle = session.get_one(Cycle, assessment.cycle_id)
    asked = [one.id for one in frozen(session, cycle.criteria_set_hash).applicable(assessment.profile)]
    if not set(criteria) <= set(asked):
        raise InvalidInput(N_("Choose criteria that this line was asked about."), field="criteria")
    if assessment.returns >= MOST_RETURNS:
        raise WrongState(N_("This self-assessment was returned three times already. Accept it, or decide it as it is."))
    move(session, assessment, Verb.RETURN)
    assessment.returns += 1
    assessment.return_reason = reason.strip()
    assessment.returned_criteria = [one for one in asked if one in set(criteria)]
    line = session.get_one(ReportingLine, assessment.line_id)
    for manager in holders(session, Role.MANAGER, line=line):
        letters.write(
            session,
            LetterKind.RETURNED,
            manager,
            key=f"returned:{assessment.public_id}:{assessment.returns}:{manager.public_id}",
            at=at,
            assessment_id=assessment.public_id,
            line=line.name,
            line_id=line.public_id,
        )
    journal.record(
        session,
        Event.ASSESSMENT_RETURNED,
        f"assessment:{assessment.public_id}",
        actor=actor,
        at=at,
        line=line,
        returns=assessment.returns,
        reason=assessment.return_reason,
        criteria=assessment.returned_criteria,
    )
