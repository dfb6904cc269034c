"""A manager leaves a line and somebody follows: at once, or as soon as the person invited has joined."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.domain.errors import N_, InvalidInput, NotAllowed, WrongState
from audit.domain.journal import Event
from audit.domain.letters import LetterKind
from audit.domain.permissions import Role
from audit.persistence import journal, letters
from audit.persistence.queries import people
from audit.persistence.tables import Appointment, Person, ReportingLine
from audit.usecases.accounts.people import end_appointment, invite
from audit.usecases.accounts.shares import move_shares


def hand_over(session: Session, line: ReportingLine, *, successor: str, actor: Person, at: datetime) -> Person:
    """Hand a line over to one of its people (by public id), who becomes a manager, and leave it. Returns who follows.

    Refused where that person has not joined: nobody would be left who can sign for the line.
    """
    _one_at_a_time(session, line)
    own = _appointment(session, actor, line, Role.MANAGER)
    if own is None:
        raise NotAllowed(N_("Only a manager of the line can hand it over."))
    person = people.by_public_id(session, successor)
    held = [] if person is None else _held(session, person, line)
    if person is None or person.id == actor.id or not held:
        raise InvalidInput(N_("Choose one of the people of your line."), field="successor")
    if person.disabled_at is not None or person.password_hash is None:
        message = N_(
            "%(person)s has not joined yet, so nobody could sign for the line. Wait until they have joined, or choose"
            " somebody else."
        )
        raise WrongState(message, field="successor", person=person.name)
    _complete(session, line, own, person, at=at)
    return person


def hand_over_by_letter(
    session: Session, line: ReportingLine, *, name: str, email: str, actor: Person, at: datetime
) -> bool:
    """Invite a new manager, and leave when they have joined; True where they have already and it is done."""
    _one_at_a_time(session, line)
    own = _appointment(session, actor, line, Role.MANAGER)
    if own is None:
        raise NotAllowed(N_("Only a manager of the line can hand it over."))
    known = people.by_email(session, email)
    if known is not None and known.id == actor.id:
        raise InvalidInput(N_("This is your own address. Give the one of the new manager."), field="email")
    if known is None or _appointment(session, known, line, Role.MANAGER) is None:
        known = invite(
            session,
            email=email,
            name=name,
            role=Role.MANAGER,
            line=line,
            language=line.language,
            country=line.country,
            actor=actor,
            at=at,
        )
    if known.password_hash is not None:
        _complete(session, line, own, known, at=at)
        return True
    own.hands_over_to_id = known.id
    return False


def stay(session: Session, line: ReportingLine, *, actor: Person) -> None:
    """Call a hand-over off that still waits for somebody to join; whoever was invited stays invited."""
    own = _appointment(session, actor, line, Role.MANAGER)
    if own is None or own.hands_over_to_id is None:
        raise WrongState(N_("No hand-over is waiting."))
    own.hands_over_to_id = None


def complete_waiting(session: Session, joined: Person, *, at: datetime) -> None:
    """Finish the hand-overs that waited for this person to join."""
    waiting = session.scalars(
        select(Appointment).where(Appointment.hands_over_to_id == joined.id, Appointment.ended_at.is_(None))
    ).all()
    for own in waiting:
        line = session.get_one(ReportingLine, own.line_id)
        _one_at_a_time(session, line)
        if _appointment(session, joined, line, Role.MANAGER) is not None:  # else the invitation was taken away
            _complete(session, line, own, joined, at=at)


def _complete(session: Session, line: ReportingLine, own: Appointment, successor: Person, *, at: datetime) -> None:
    leaving = session.get_one(Person, own.person_id)
    if _appointment(session, successor, line, Role.MANAGER) is None:
        session.add(Appointment(person_id=successor.id, role=Role.MANAGER, line_id=line.id, started_at=at))
        session.flush()
    own.hands_over_to_id = None
    move_shares(session, leaving, successor, line)
    for appointment in _held(session, leaving, line):
        end_appointment(session, appointment, actor=leaving, at=at)
    for appointment in _held(session, successor, line):  # a manager does all that a contributor does
        if appointment.role is Role.CONTRIBUTOR:
            appointment.ended_at = at
    coordinators = people.holders(session, Role.COORDINATOR)
    for reader in {one.id: one for one in (successor, *coordinators)}.values():
        letters.write(
            session,
            LetterKind.LINE_HANDED_OVER,
            reader,
            key=f"{LetterKind.LINE_HANDED_OVER}:{line.public_id}:{own.id}:{reader.public_id}",
            at=at,
            line=line.name,
            by=leaving.name,
            successor=successor.name,
            own=reader.id == successor.id,
            home=f"/lines/{line.public_id}" if reader.id == successor.id else f"/network/lines/{line.public_id}",
        )
    journal.record(
        session,
        Event.LINE_HANDED_OVER,
        f"line:{line.public_id}",
        actor=leaving,
        at=at,
        line=line,
        successor=successor.public_id,
    )


def _one_at_a_time(session: Session, line: ReportingLine) -> None:
    """Two managers who hand over to each other at once would leave nobody: they take turns."""
    session.flush()
    session.execute(select(ReportingLine.id).where(ReportingLine.id == line.id).with_for_update())


def _held(session: Session, person: Person, line: ReportingLine) -> list[Appointment]:
    """The person's present roles in the line, read anew."""
    session.flush()
    statement = select(Appointment).where(
        Appointment.person_id == person.id, Appointment.line_id == line.id, Appointment.ended_at.is_(None)
    )
    return list(session.scalars(statement, execution_options={"populate_existing": True}))


def _appointment(session: Session, person: Person, line: ReportingLine, role: Role) -> Appointment | None:
    return next((one for one in _held(session, person, line) if one.role is role), None)
