"""Writes the reminders of a day: one letter per subject and person, for the latest point that was reached."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from audit.domain.calendar import (
    EVIDENCE_POINTS,
    RENEWAL_POINTS,
    REVIEW_POINTS,
    SUBMISSION_POINTS,
    reminder_days,
    reminder_months,
)
from audit.domain.certification import ENDED
from audit.domain.letters import LetterKind
from audit.domain.permissions import Role
from audit.domain.workflow import OPEN_FOR_THE_LINE, State
from audit.persistence import letters
from audit.persistence.queries import evidence
from audit.persistence.queries.certificates import status_now
from audit.persistence.queries.evidence import RunningOut
from audit.persistence.queries.people import holders
from audit.persistence.queries.practice import COUNTS
from audit.persistence.tables import (
    Certificate,
    Cycle,
    EvidenceItem,
    Letter,
    Person,
    ReportingLine,
    Review,
    SelfAssessment,
)


def remind(session: Session, *, at: datetime, today: date) -> int:
    """Write every reminder due today; those written already stay as they are. Returns how many are new.

    A run that comes late writes one letter for the latest point, never the ones it missed; what is submitted, complete,
    ended or past its date needs none.
    """
    return (
        _submissions(session, at=at, today=today)
        + _reviews(session, at=at, today=today)
        + _renewals(session, at=at, today=today)
        + _evidence(session, at=at, today=today)
    )


def _submissions(session: Session, *, at: datetime, today: date) -> int:
    rows = session.execute(
        select(SelfAssessment, Cycle, ReportingLine)
        .join(Cycle, Cycle.id == SelfAssessment.cycle_id)
        .join(ReportingLine, ReportingLine.id == SelfAssessment.line_id)
        .where(
            COUNTS,
            SelfAssessment.state.in_(OPEN_FOR_THE_LINE),
            Cycle.closed_at.is_(None),
            SelfAssessment.due_on >= today,
            ReportingLine.left_at.is_(None),
        )
        .order_by(SelfAssessment.id)
    ).all()
    written = 0
    for assessment, cycle, line in rows:
        point = reminder_days(SUBMISSION_POINTS, due_on=assessment.due_on, since=cycle.opens_on, today=today)
        if point is None:
            continue
        for manager in holders(session, Role.MANAGER, line=line):
            written += letters.write(
                session,
                LetterKind.REMINDER_SUBMISSION,
                manager,
                key=_key("submission", assessment.public_id, assessment.due_on, point, manager),
                at=at,
                line=line.name,
                line_id=line.public_id,
                cycle=cycle.name,
                due_on=assessment.due_on.isoformat(),
                today=today.isoformat(),
            )
    return written


def _reviews(session: Session, *, at: datetime, today: date) -> int:
    rows = session.execute(
        select(Review, Person, Cycle, ReportingLine)
        .join(Person, Person.id == Review.person_id)
        .join(SelfAssessment, SelfAssessment.id == Review.self_assessment_id)
        .join(Cycle, Cycle.id == SelfAssessment.cycle_id)
        .join(ReportingLine, ReportingLine.id == SelfAssessment.line_id)
        .where(
            SelfAssessment.state == State.IN_REVIEW,
            Review.ended_at.is_(None),
            Review.completed_at.is_(None),
            Cycle.review_by >= today,
            Person.disabled_at.is_(None),
        )
        .order_by(Review.id)
    ).all()
    written = 0
    for review, person, cycle, line in rows:
        since = review.assigned_at.date()
        point = reminder_days(REVIEW_POINTS, due_on=cycle.review_by, since=since, today=today)
        if point is None:
            continue
        written += letters.write(
            session,
            LetterKind.REMINDER_REVIEW,
            person,
            key=_key("review", review.public_id, cycle.review_by, point, person),
            at=at,
            line=line.name,
            review_id=review.public_id,
            cycle=cycle.name,
            due_on=cycle.review_by.isoformat(),
            today=today.isoformat(),
        )
    return written


def _renewals(session: Session, *, at: datetime, today: date) -> int:
    rows = session.execute(
        select(Certificate, ReportingLine)
        .join(ReportingLine, ReportingLine.id == Certificate.line_id)
        .where(Certificate.valid_until >= today, ReportingLine.left_at.is_(None))
        .options(selectinload(Certificate.events))
        .order_by(Certificate.id)
    ).all()
    written = 0
    for certificate, line in rows:
        status = status_now(certificate, today)
        if status is None or status in ENDED:
            continue
        point = reminder_months(
            RENEWAL_POINTS, due_on=certificate.valid_until, since=certificate.valid_from, today=today
        )
        if point is None:
            continue
        for manager in holders(session, Role.MANAGER, line=line):
            written += letters.write(
                session,
                LetterKind.REMINDER_RENEWAL,
                manager,
                key=_key("renewal", certificate.serial, certificate.valid_until, point, manager),
                at=at,
                line=line.name,
                line_id=line.public_id,
                serial=certificate.serial,
                valid_until=certificate.valid_until.isoformat(),
                today=today.isoformat(),
            )
    return written


def _evidence(session: Session, *, at: datetime, today: date) -> int:
    """One letter to each manager of a line on a day when an item reaches a point nobody wrote about yet.

    It lists everything that runs out by then, by criteria and day: names of items are the line's own and stay out of
    letters. What a letter has listed for its point is never a reason to write again.
    """
    by_line: dict[int, list[RunningOut]] = {}
    for one in evidence.running_out(session, today=today, until=today + timedelta(days=max(EVIDENCE_POINTS))):
        by_line.setdefault(one.line.id, []).append(one)
    written = 0
    for items in by_line.values():
        line = items[0].line
        listed = [
            {
                "item": one.item.public_id,
                "point": point,
                "valid_until": until.isoformat(),
                "criteria": ", ".join(one.criteria),
            }
            for one in items
            if (until := one.item.valid_until) is not None and (point := _point(one.item, until, today)) is not None
        ]
        for manager in holders(session, Role.MANAGER, line=line):
            told = _told(session, manager)
            if all(_occasion(one) in told for one in listed):
                continue
            written += letters.write(
                session,
                LetterKind.REMINDER_EVIDENCE,
                manager,
                key=f"reminder_evidence:{line.public_id}:{today.isoformat()}:{manager.public_id}",
                at=at,
                line=line.name,
                line_id=line.public_id,
                items=listed,
                valid_until=max(one["valid_until"] for one in listed),
                today=today.isoformat(),
            )
    return written


def _point(item: EvidenceItem, until: date, today: date) -> int | None:
    return reminder_days(EVIDENCE_POINTS, due_on=until, since=item.added_at.date(), today=today)


def _told(session: Session, person: Person) -> set[tuple[Any, ...]]:
    """What earlier letters to a person listed: item, last day, point."""
    earlier = session.scalars(
        select(Letter.parameters).where(Letter.kind == LetterKind.REMINDER_EVIDENCE, Letter.person_id == person.id)
    )
    return {_occasion(one) for parameters in earlier for one in parameters["items"]}


def _occasion(listed: Mapping[str, Any]) -> tuple[Any, ...]:
    return listed["item"], listed["valid_until"], listed["point"]


def _key(kind: str, subject: str, due_on: date, point: int, person: Person) -> str:
    """A new date (more time was given) is a new occasion; so is each point before it."""
    return f"reminder_{kind}:{subject}:{due_on.isoformat()}:{point}:{person.public_id}"
