"""What an administrator looks after: people with what they hold, letters that wait, work that failed. No contents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit.domain.permissions import Role
from audit.persistence.tables import Appointment, DuePeriod, Letter, PeriodState, Person, ReportingLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    role: Role
    line: str  # the line's name, or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One person of the directory with what they hold now."""

    person: Person
    holdings: tuple[Holding, ...]

    @property
    def has_joined(self) -> bool:
        return self.person.password_hash is not None


def directory(session: Session, *, search: str = "", role: Role | None = None) -> tuple[Entry, ...]:
    """Everybody by name, in two statements; `search` looks in name and address, `role` keeps those who hold it."""
    held: dict[int, list[Holding]] = {}
    rows = session.execute(
        select(Appointment.person_id, Appointment.role, ReportingLine.name)
        .outerjoin(ReportingLine, ReportingLine.id == Appointment.line_id)
        .where(Appointment.ended_at.is_(None))
        .order_by(Appointment.id)
    )
    for person_id, held_role, line in rows:
        held.setdefault(person_id, []).append(Holding(role=held_role, line=line or ""))
    everyone = session.scalars(select(Person).order_by(func.lower(Person.name), Person.id))
    wanted = search.casefold()
    return tuple(
        entry
        for entry in (Entry(person=person, holdings=tuple(held.get(person.id, ()))) for person in everyone)
        if (not wanted or wanted in f"{entry.person.name}\n{entry.person.email}".casefold())
        and (role is None or any(holding.role is role for holding in entry.holdings))
    )


def appointment(session: Session, appointment_id: int) -> Appointment | None:
    return session.get(Appointment, appointment_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingRow:
    """A letter as the outbox lists it: its kind and its reader, never its text."""

    letter: Letter
    reader: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    waiting: tuple[OutgoingRow, ...]  # the longest waiting first
    lately: tuple[OutgoingRow, ...]  # sent or dropped, the latest first
    waiting_count: int
    failing_count: int  # of those waiting: tried at least once in vain


def outbox(session: Session, *, limit: int = 50) -> Outbox:
    """The letters that wait and those that left lately: four statements."""
    open_letters = (Letter.sent_at.is_(None), Letter.dropped_at.is_(None))
    rows = select(Letter, Person.name, Person.email).join(Person, Person.id == Letter.person_id)
    waiting = session.execute(rows.where(*open_letters).order_by(Letter.written_at, Letter.id).limit(limit))
    lately = session.execute(
        rows.where(func.coalesce(Letter.sent_at, Letter.dropped_at).is_not(None))
        .order_by(func.coalesce(Letter.sent_at, Letter.dropped_at).desc(), Letter.id.desc())
        .limit(limit)
    )
    count = select(func.count()).select_from(Letter).where(*open_letters)
    return Outbox(
        waiting=tuple(OutgoingRow(letter=row[0], reader=row[1], email=row[2]) for row in waiting),
        lately=tuple(OutgoingRow(letter=row[0], reader=row[1], email=row[2]) for row in lately),
        waiting_count=session.scalar(count) or 0,
        failing_count=session.scalar(count.where(Letter.attempts > 0)) or 0,
    )


def latest_runs(session: Session) -> dict[str, DuePeriod]:
    """The latest run of each job that has begun, by the job's name: one statement."""
    ranked = (
        select(
            DuePeriod.key,
            func.row_number().over(partition_by=DuePeriod.job, order_by=DuePeriod.started_at.desc()).label("place"),
        )
        .where(DuePeriod.started_at.is_not(None))
        .subquery()
    )
    rows = session.scalars(select(DuePeriod).join(ranked, ranked.c.key == DuePeriod.key).where(ranked.c.place == 1))
    return {row.job: row for row in rows}


def asked_for(session: Session) -> frozenset[str]:
    """The jobs of which a run is due and has not begun."""
    rows = session.scalars(
        select(DuePeriod.job).where(DuePeriod.state == PeriodState.DUE, DuePeriod.started_at.is_(None)).distinct()
    )
    return frozenset(rows)


def latest_beat(session: Session) -> datetime | None:
    """When a scheduler last began some work: a sign that one runs."""
    return session.scalar(select(func.max(DuePeriod.started_at)))
