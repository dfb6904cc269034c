"""People, what they hold, and which homes they have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from audit.domain.permissions import Role
from audit.persistence.tables import (
    Appointment,
    Person,
    ReportingLine,
    Review,
    Scope,
    SignInSession,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A session that holds now."""

    person: Person
    created_at: datetime
    seen_at: datetime
    expires_at: datetime

    def wants_keep_alive(self, at: datetime) -> bool:
        """Whether a minute has passed since the session's end was last moved (usecases.accounts.keep_alive)."""
        return at - self.seen_at >= timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One appointment with the line it is held in, where it is one of a line."""

    appointment: Appointment
    person: Person
    line: ReportingLine | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleHomes:
    """The homes a person has: lines, the network, reviews, scopes, administration."""

    lines: tuple[ReportingLine, ...] = ()
    network: bool = False
    reviews: bool = False
    scopes: tuple[Scope, ...] = ()
    administration: bool = False


def clean_email(email: str) -> str:
    """The form in which addresses are stored and compared."""
    return email.replace("\0", "").strip().lower()


def by_email(session: Session, email: str) -> Person | None:
    return session.scalar(select(Person).where(Person.email == clean_email(email)))


def by_public_id(session: Session, public_id: str) -> Person | None:
    return session.scalar(select(Person).where(Person.public_id == public_id))


def everyone(session: Session) -> list[Person]:
    """All people, by name."""
    return list(session.scalars(select(Person).order_by(Person.name, Person.id)))


def signed_in(session: Session, token_hash: str, *, at: datetime) -> SignedIn | None:
    """The session of a token's hash while it holds: not ended, not expired, its person not disabled."""
    row = session.execute(
        select(SignInSession, Person)
        .join(Person, Person.id == SignInSession.person_id)
        .where(
            SignInSession.token_hash == token_hash,
            SignInSession.ended_at.is_(None),
            SignInSession.expires_at > at,
            Person.disabled_at.is_(None),
        )
    ).first()
    if row is None:
        return None
    return SignedIn(
        person=row.Person,
        created_at=row.SignInSession.created_at,
        seen_at=row.SignInSession.seen_at,
        expires_at=row.SignInSession.expires_at,
    )


def holder_of(session: Session, token_hash: str) -> str:
    """Whose session a token's hash was, as a public id, whether it holds or has ended; "" for none."""
    statement = (
        select(Person.public_id)
        .join(SignInSession, SignInSession.person_id == Person.id)
        .where(SignInSession.token_hash == token_hash)
    )
    return session.scalar(statement) or ""


def sessions_of(session: Session, person: Person, *, at: datetime) -> list[SignInSession]:
    """The person's sessions that hold now, the latest first."""
    statement = (
        select(SignInSession)
        .where(SignInSession.person_id == person.id, SignInSession.ended_at.is_(None), SignInSession.expires_at > at)
        .order_by(SignInSession.created_at.desc())
    )
    return list(session.scalars(statement))


def appointments_of(session: Session, person: Person, *, ended: bool = False) -> list[Held]:
    """What the person is appointed to now; with `ended`, also what they were appointed to."""
    statement = _held().where(Appointment.person_id == person.id)
    if not ended:
        statement = statement.where(Appointment.ended_at.is_(None))
    return [Held(appointment=row[0], person=row[1], line=row[2]) for row in session.execute(statement)]


def people_of_line(session: Session, line: ReportingLine) -> list[Held]:
    """The managers and contributors of a line now, managers first."""
    statement = _held().where(Appointment.line_id == line.id, Appointment.ended_at.is_(None))
    held = [Held(appointment=row[0], person=row[1], line=row[2]) for row in session.execute(statement)]
    return sorted(held, key=lambda one: (one.appointment.role is not Role.MANAGER, one.person.name))


def holders(session: Session, role: Role, *, line: ReportingLine | None = None) -> list[Person]:
    """The people who hold a role now and are not disabled, by name: all of the network's, or one line's."""
    statement = (
        select(Person)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(Appointment.role == role, Appointment.ended_at.is_(None), Person.disabled_at.is_(None))
        .order_by(Person.name, Person.id)
        .distinct()
    )
    if line is not None:
        statement = statement.where(Appointment.line_id == line.id)
    return list(session.scalars(statement))


def role_homes(session: Session, person: Person, *, at: datetime) -> RoleHomes:
    """Which homes the person has now."""
    held = appointments_of(session, person)
    roles = {one.appointment.role for one in held}
    reviews = session.scalar(select(Review.id).where(Review.person_id == person.id, Review.ended_at.is_(None)).limit(1))
    scopes = session.scalars(
        select(Scope)
        .where(Scope.person_id == person.id, Scope.starts_at <= at, Scope.ends_at > at)
        .order_by(Scope.ends_at, Scope.id)
    )
    return RoleHomes(
        lines=tuple({one.line.id: one.line for one in held if one.line is not None}.values()),
        network=Role.COORDINATOR in roles,
        reviews=Role.REVIEWER in roles or reviews is not None,
        scopes=tuple(scopes),
        administration=Role.ADMINISTRATOR in roles,
    )


def _held() -> Select[tuple[Appointment, Person, ReportingLine]]:
    return (
        select(Appointment, Person, ReportingLine)
        .join(Person, Person.id == Appointment.person_id)
        .outerjoin(ReportingLine, ReportingLine.id == Appointment.line_id)
        .order_by(Appointment.started_at, Appointment.id)
    )
