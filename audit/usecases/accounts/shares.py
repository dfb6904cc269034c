"""What ends with a person's place in a line: their share of the work and their calendar's address."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ScalarSelect, delete, select, update
from sqlalchemy.orm import Session

from audit.domain.workflow import CLOSED
from audit.persistence.tables import Appointment, CalendarFeed, Delegation, Person, ReportingLine, SelfAssessment


def end_shares(session: Session, person: Person, line: ReportingLine | None, *, at: datetime) -> None:
    """Take the person's open shares and calendar addresses away in a line they hold no role in any more.

    No line: in every line, since the account was closed.
    """
    if line is not None:
        session.flush()
        present = select(Appointment.id).where(
            Appointment.person_id == person.id, Appointment.line_id == line.id, Appointment.ended_at.is_(None)
        )
        if session.scalar(present.limit(1)) is not None:
            return
    shares = delete(Delegation).where(Delegation.person_id == person.id)
    feeds = update(CalendarFeed).where(CalendarFeed.person_id == person.id, CalendarFeed.revoked_at.is_(None))
    if line is not None:
        feeds = feeds.where(CalendarFeed.line_id == line.id)
    session.execute(shares.where(Delegation.self_assessment_id.in_(_open_rounds(line))))
    session.execute(feeds.values(revoked_at=at))


def move_shares(session: Session, person: Person, successor: Person, line: ReportingLine) -> None:
    """What one person took care of in a line's open rounds is the other's now."""
    session.execute(
        update(Delegation)
        .where(Delegation.person_id == person.id, Delegation.self_assessment_id.in_(_open_rounds(line)))
        .values(person_id=successor.id)
    )


def _open_rounds(line: ReportingLine | None) -> ScalarSelect[int]:
    statement = select(SelfAssessment.id).where(SelfAssessment.state.not_in(CLOSED))
    if line is not None:
        statement = statement.where(SelfAssessment.line_id == line.id)
    return statement.scalar_subquery()
