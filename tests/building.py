"""Builds what tests need through the use cases, so that no test rests on rows that could never exist."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.domain.permissions import Role
from audit.persistence.queries import people
from audit.persistence.tables import Appointment, Network, Person, ReportingLine
from audit.usecases import accounts

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PASSWORD = "three quiet lamps"


def a_network(session: Session, *, at: datetime = AT, sample: bool = True) -> Network:
    """The network of the test, made once."""
    network = session.scalar(select(Network))
    if network is not None:
        return network
    return accounts.create_network(
        session,
        name="Sample network",
        issuing_body="Sample network secretariat",
        address="1 Sample Street, 1000 Sample Town",
        place="Sample Town",
        signatory="Coordinator of the network",
        website="https://network.example",
        valid_from=date(2020, 1, 1),
        sample=sample,
        contact_email="secretariat@network.example",
        at=at,
    )


def a_person(
    session: Session,
    name: str,
    role: Role,
    *,
    line: ReportingLine | None = None,
    joined: bool = True,
    country: str = "",
    at: datetime = AT,
) -> Person:
    """A person appointed to a role, who has joined with PASSWORD; the address follows from the name."""
    a_network(session, at=at)
    email = f"{name.lower().replace(' ', '.')}@people.example"
    person = accounts.invite(session, email=email, name=name, role=role, line=line, country=country, actor=None, at=at)
    if joined and person.password_hash is None:
        token = accounts.mint_token(session, person, accounts.TokenPurpose.INVITATION, at=at)
        accounts.join(session, token=token, name=name, password=PASSWORD, at=at)
    return person


def a_coordinator(session: Session, name: str = "Coordinator", *, at: datetime = AT) -> Person:
    found = people.by_email(session, f"{name.lower().replace(' ', '.')}@people.example")
    return found or a_person(session, name, Role.COORDINATOR, at=at)


def appointment_of(session: Session, person: Person, role: Role) -> Appointment:
    """The person's present appointment to a role."""
    return session.scalars(
        select(Appointment).where(
            Appointment.person_id == person.id, Appointment.role == role, Appointment.ended_at.is_(None)
        )
    ).one()


def later(moment: datetime, **step: float) -> datetime:
    return moment + timedelta(**step)
