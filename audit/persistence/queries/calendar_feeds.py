"""The dates of a line for the calendar of one of its people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from audit.domain.workflow import CLOSED, OPEN_FOR_THE_LINE, State
from audit.persistence.queries.certificates import present_of_line
from audit.persistence.queries.rounds import Round, rounds_of
from audit.persistence.tables import (
    Appointment,
    CalendarFeed,
    CycleKind,
    Delegation,
    EvidenceItem,
    Person,
    ReportingLine,
)

KEPT = timedelta(days=60)  # how long a date that has passed stays in the calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDate:
    """One date: `kind` names its words, `subject` the thing it belongs to, `moved` how many days it moved so far."""

    kind: str  # submit, yours, facts, review, decide, appeal, evidence, certificate
    subject: str
    on: date
    cycle: str = ""
    moved: int = 0


def reader_of(session: Session, token_hash: str) -> tuple[Person, ReportingLine] | None:
    """Whose calendar an address is and for which line, while it holds and the person has a role in the line."""
    row = session.execute(
        select(Person, ReportingLine)
        .join(CalendarFeed, CalendarFeed.person_id == Person.id)
        .join(ReportingLine, ReportingLine.id == CalendarFeed.line_id)
        .join(
            Appointment,
            (Appointment.person_id == Person.id)
            & (Appointment.line_id == CalendarFeed.line_id)
            & Appointment.ended_at.is_(None),
        )
        .where(CalendarFeed.token_hash == token_hash, CalendarFeed.revoked_at.is_(None), Person.disabled_at.is_(None))
        .limit(1)
    ).first()
    return None if row is None else (row[0], row[1])


def made_at(session: Session, person: Person, line: ReportingLine) -> datetime | None:
    """When the person's present address for the line was made; None where there is none."""
    return session.scalar(
        select(func.max(CalendarFeed.created_at)).where(
            CalendarFeed.person_id == person.id, CalendarFeed.line_id == line.id, CalendarFeed.revoked_at.is_(None)
        )
    )


def dates_of(session: Session, person: Person, line: ReportingLine, today: date) -> list[LineDate]:
    """Every date of the line that a calendar shows, in a constant number of statements."""
    rounds = [one for one in rounds_of(session, line) if one.assessment.cycle.kind is not CycleKind.PRACTICE]
    shared = set(session.scalars(select(Delegation.self_assessment_id).where(Delegation.person_id == person.id)))
    found = [day for one in rounds for day in _of_round(one, yours=one.assessment.id in shared)]
    found += _of_evidence(session, line)
    certificate = present_of_line(session, line.id, today)
    if certificate is not None:
        found.append(LineDate(kind="certificate", subject=certificate.serial, on=certificate.valid_until))
    return [day for day in found if day.on >= today - KEPT]


def _of_round(one: Round, *, yours: bool) -> Iterator[LineDate]:
    """The dates of one cycle; a self-assessment that was handed in is due no more."""
    assessment, cycle = one.assessment, one.assessment.cycle
    subject, name = assessment.public_id, cycle.name
    if assessment.state in OPEN_FOR_THE_LINE:
        moved = (assessment.due_on - cycle.submit_by).days
        yield LineDate(kind="submit", subject=subject, on=assessment.due_on, cycle=name, moved=max(moved, 0))
        if yours:
            yield LineDate(kind="yours", subject=subject, on=assessment.due_on, cycle=name, moved=max(moved, 0))
    if assessment.state not in CLOSED:
        yield LineDate(kind="review", subject=subject, on=cycle.review_by, cycle=name)
        yield LineDate(kind="decide", subject=subject, on=cycle.decide_by, cycle=name)
    if assessment.state is State.FACTUAL_CHECK and assessment.facts_due_on is not None:
        yield LineDate(kind="facts", subject=subject, on=assessment.facts_due_on, cycle=name)
    if one.decision is not None and assessment.state is State.DECIDED:
        yield LineDate(kind="appeal", subject=one.decision.public_id, on=one.decision.appeal_until, cycle=name)


def _of_evidence(session: Session, line: ReportingLine) -> list[LineDate]:
    """When items of the library end: not those that are locked or that a newer version took the place of."""
    newer = aliased(EvidenceItem)
    rows = session.execute(
        select(EvidenceItem.public_id, EvidenceItem.valid_until)
        .outerjoin(newer, newer.replaces_id == EvidenceItem.id)
        .where(
            EvidenceItem.line_id == line.id,
            EvidenceItem.valid_until.is_not(None),
            EvidenceItem.locked_at.is_(None),
            newer.id.is_(None),
        )
    )
    return [LineDate(kind="evidence", subject=public_id, on=day) for public_id, day in rows]
