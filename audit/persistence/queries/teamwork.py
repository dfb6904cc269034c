"""How the people of a line share the work: who takes care of which criterion, and their notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.domain.permissions import Role
from audit.persistence.tables import Appointment, Delegation, Mention, Note, Person, SelfAssessment

_LINE_ROLES = (Role.MANAGER, Role.CONTRIBUTOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """One person of a line, with the public id by which forms name them. `joined`: they have set a password."""

    id: int
    public_id: str
    name: str
    manager: bool
    joined: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenNote:
    """One note of a thread. Taken back, it has no words left."""

    public_id: str
    criterion: str
    text: str
    by_id: int
    by: str
    at: datetime
    taken_back: bool
    mentioned: tuple[str, ...] = ()  # names


@dataclass(frozen=True, slots=True, kw_only=True)
class Teamwork:
    """Everything about a self-assessment that only the people of its line read."""

    shares: Mapping[str, Colleague] = field(default_factory=dict)  # by criterion: who takes care of it
    notes: Mapping[str, Sequence[WrittenNote]] = field(default_factory=dict)  # by criterion, the earliest first
    colleagues: Sequence[Colleague] = ()

    def mine(self, person_id: int) -> frozenset[str]:
        """The criteria this person takes care of."""
        return frozenset(criterion for criterion, one in self.shares.items() if one.id == person_id)

    def others(self, person_id: int) -> tuple[Colleague, ...]:
        """Everyone of the line but this person."""
        return tuple(one for one in self.colleagues if one.id != person_id)


def teamwork(session: Session, assessment: SelfAssessment) -> Teamwork:
    """Shares, notes and people of a self-assessment: three statements."""
    return Teamwork(
        shares=shares_of(session, assessment.id),
        notes=notes_of(session, assessment.id),
        colleagues=colleagues_of(session, assessment.line_id),
    )


def shares_of(session: Session, assessment_id: int) -> dict[str, Colleague]:
    """Who takes care of each criterion that was given to somebody."""
    rows = session.execute(
        select(Delegation.criterion_id, Person.id, Person.public_id, Person.name, Person.password_hash)
        .join(Person, Person.id == Delegation.person_id)
        .where(Delegation.self_assessment_id == assessment_id)
    )
    return {
        criterion: Colleague(id=person, public_id=public_id, name=name, manager=False, joined=password is not None)
        for criterion, person, public_id, name, password in rows
    }


def criteria_of(session: Session, assessment_id: int, person_id: int) -> frozenset[str]:
    """The criteria one person takes care of."""
    return frozenset(
        session.scalars(
            select(Delegation.criterion_id).where(
                Delegation.self_assessment_id == assessment_id, Delegation.person_id == person_id
            )
        )
    )


def notes_of(session: Session, assessment_id: int, criterion_id: str = "") -> dict[str, list[WrittenNote]]:
    """The notes of a self-assessment, or of one of its criteria, with the names of whom each is meant for."""
    mentioned = (
        select(Mention.note_id, Person.name)
        .join(Person, Person.id == Mention.person_id)
        .join(Note, Note.id == Mention.note_id)
        .where(Note.self_assessment_id == assessment_id)
        .subquery()
    )
    statement = (
        select(Note, Person.name, mentioned.c.name)
        .join(Person, Person.id == Note.written_by_id)
        .outerjoin(mentioned, mentioned.c.note_id == Note.id)
        .where(Note.self_assessment_id == assessment_id)
        .order_by(Note.written_at, Note.id, mentioned.c.name)
    )
    if criterion_id:
        statement = statement.where(Note.criterion_id == criterion_id)
    names: dict[int, list[str]] = {}
    rows: dict[int, tuple[Note, str]] = {}
    for note, by, name in session.execute(statement):
        rows[note.id] = (note, by)
        names.setdefault(note.id, []).extend([name] if name else [])
    found: dict[str, list[WrittenNote]] = {}
    for note, by in rows.values():
        found.setdefault(note.criterion_id, []).append(
            WrittenNote(
                public_id=note.public_id,
                criterion=note.criterion_id,
                text=note.text,
                by_id=note.written_by_id,
                by=by,
                at=note.written_at,
                taken_back=note.taken_back_at is not None,
                mentioned=() if note.taken_back_at is not None else tuple(names[note.id]),
            )
        )
    return found


def colleagues_of(session: Session, line_id: int) -> list[Colleague]:
    """The people of a line whose access is open, each once, by name."""
    rows = session.execute(
        select(Person.id, Person.public_id, Person.name, Person.password_hash, Appointment.role)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(
            Appointment.line_id == line_id,
            Appointment.role.in_(_LINE_ROLES),
            Appointment.ended_at.is_(None),
            Person.disabled_at.is_(None),
        )
        .order_by(Person.name, Person.id)
    )
    found: dict[int, Colleague] = {}
    for person, public_id, name, password, role in rows:
        manager = role is Role.MANAGER or (person in found and found[person].manager)
        found[person] = Colleague(
            id=person, public_id=public_id, name=name, manager=manager, joined=password is not None
        )
    return list(found.values())


def note_of(session: Session, assessment_id: int, public_id: str) -> Note | None:
    return session.scalar(select(Note).where(Note.self_assessment_id == assessment_id, Note.public_id == public_id))
