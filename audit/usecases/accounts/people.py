"""Set-up of the network, appointments and scopes, and their end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from audit.domain.errors import N_, InvalidInput, NotAllowed, WrongState
from audit.domain.journal import Event
from audit.domain.letters import LetterKind
from audit.domain.permissions import Role
from audit.persistence import journal, letters
from audit.persistence.queries import people
from audit.persistence.tables import (
    Appointment,
    IssuingBodyEntry,
    Network,
    OneTimeToken,
    Person,
    ReportingLine,
    Review,
    Scope,
    ScopeLine,
    SignInSession,
)
from audit.usecases.accounts.links import TokenPurpose, end_links, mint_token, spend_token
from audit.usecases.accounts.passwords import hash_password
from audit.usecases.accounts.shares import end_shares
from audit.usecases.accounts.typed import country_of, email_of, text_of

_IN_A_LINE = frozenset({Role.MANAGER, Role.CONTRIBUTOR})


def create_network(
    session: Session,
    *,
    name: str,
    issuing_body: str,
    address: str,
    place: str,
    signatory: str,
    website: str = "",
    valid_from: date,
    sample: bool = False,
    contact_email: str = "",
    at: datetime,
) -> Network:
    """Make the one network of this installation with its first issuing body (`signatory` is a function, not a name)."""
    if session.scalar(select(Network.id)) is not None:
        raise WrongState(N_("This installation has its network already."))
    network = Network(
        name=text_of(name, field="network_name", most=160),
        sample=sample,
        contact_email=email_of(contact_email, field="contact_email") if contact_email else "",
        created_at=at,
        last_serial=0,
    )
    session.add(network)
    session.add(_body(issuing_body, address, place, signatory, website, valid_from, at))
    session.flush()
    journal.record(session, Event.NETWORK_CREATED, f"network:{network.id}", actor="setup", at=at, name=network.name)
    return network


def _body(
    name: str, address: str, place: str, signatory: str, website: str, valid_from: date, at: datetime
) -> IssuingBodyEntry:
    return IssuingBodyEntry(
        valid_from=valid_from,
        name=text_of(name, field="issuing_body", most=160),
        address=text_of(address, field="address", most=240),
        place=text_of(place, field="place", most=80),
        website=text_of(website, field="website", most=200, needed=False),
        signatory=text_of(signatory, field="signatory", most=160),
        recorded_at=at,
    )


def change_network(
    session: Session, network: Network, *, name: str, contact_email: str, actor: Person, at: datetime
) -> None:
    network.name = text_of(name, field="name", most=160)
    network.contact_email = email_of(contact_email, field="contact_email") if contact_email.strip() else ""
    journal.record(session, Event.NETWORK_CHANGED, f"network:{network.id}", actor=actor, at=at, name=network.name)


def set_issuing_body(
    session: Session,
    *,
    name: str,
    address: str,
    place: str,
    signatory: str,
    website: str = "",
    valid_from: date,
    actor: Person,
    at: datetime,
) -> IssuingBodyEntry:
    """Who issues from a date on. Earlier entries stay; a date that has an entry already is refused."""
    if session.scalar(select(IssuingBodyEntry.id).where(IssuingBodyEntry.valid_from == valid_from)) is not None:
        raise InvalidInput(
            N_("There is an entry from this date already. Please choose another date."), field="valid_from"
        )
    entry = _body(name, address, place, signatory, website, valid_from, at)
    session.add(entry)
    session.flush()
    journal.record(
        session,
        Event.NETWORK_CHANGED,
        f"issuing_body:{entry.id}",
        actor=actor,
        at=at,
        valid_from=valid_from,
        name=entry.name,
    )
    return entry


def first_administrator_link(session: Session, *, at: datetime) -> str:
    """A one-time token that makes the first administrator; WrongState once there is one. Earlier ones end."""
    if _has_administrator(session):
        raise WrongState(N_("This installation has an administrator already."))
    session.execute(
        update(OneTimeToken)
        .where(OneTimeToken.purpose == TokenPurpose.FIRST_ADMINISTRATOR.value, OneTimeToken.used_at.is_(None))
        .values(used_at=at)
    )
    return mint_token(session, None, TokenPurpose.FIRST_ADMINISTRATOR, at=at)


def create_first_administrator(
    session: Session,
    *,
    token: str,
    email: str,
    name: str,
    password: str,
    network_name: str,
    issuing_body: str,
    address: str,
    place: str,
    signatory: str,
    website: str = "",
    contact_email: str = "",
    language: str = "en",
    at: datetime,
) -> Person:
    """Spend the one-time link: make the network, and the person who administers and coordinates it."""
    email, name = email_of(email), text_of(name, field="name", most=160)
    hashed = hash_password(password, email=email, name=name)
    spend_token(session, token, TokenPurpose.FIRST_ADMINISTRATOR, at=at)
    if _has_administrator(session):
        raise WrongState(N_("This installation has an administrator already."))
    create_network(
        session,
        name=network_name,
        issuing_body=issuing_body,
        address=address,
        place=place,
        signatory=signatory,
        website=website,
        valid_from=at.date(),
        contact_email=contact_email,
        at=at,
    )
    person = Person(email=email, name=name, password_hash=hashed, language=language, country="", created_at=at)
    session.add(person)
    session.flush()
    for role in (Role.ADMINISTRATOR, Role.COORDINATOR):
        session.add(Appointment(person_id=person.id, role=role, started_at=at))
    journal.record(session, Event.PERSON_JOINED, f"person:{person.public_id}", actor=person, at=at)
    journal.record(
        session,
        Event.PERSON_APPOINTED,
        f"person:{person.public_id}",
        actor=person,
        at=at,
        roles=[Role.ADMINISTRATOR.value, Role.COORDINATOR.value],
    )
    return person


def _has_administrator(session: Session, *, but: Person | None = None) -> bool:
    statement = (
        select(func.count())
        .select_from(Appointment)
        .join(Person, Person.id == Appointment.person_id)
        .where(Appointment.role == Role.ADMINISTRATOR, Appointment.ended_at.is_(None), Person.disabled_at.is_(None))
    )
    if but is not None:
        statement = statement.where(Person.id != but.id)
    return bool(session.scalar(statement))


def invite(
    session: Session,
    *,
    email: str,
    name: str,
    role: Role,
    line: ReportingLine | None = None,
    language: str = "en",
    country: str = "",
    actor: Person | None,
    at: datetime,
) -> Person:
    """Appoint someone, who gets a letter. A known address gets one more appointment and keeps name and language.

    Managers and contributors are appointed in a line, the others in the network. Only an administrator (or set-up,
    an actor of None) appoints administrators.
    """
    email = email_of(email)
    name = text_of(name, field="name", most=160)
    if (role in _IN_A_LINE) != (line is not None):
        raise InvalidInput(N_("Managers and contributors belong to a line, other roles to the network."), field="line")
    if role is Role.ADMINISTRATOR and actor is not None and not _holds(session, actor, Role.ADMINISTRATOR):
        raise NotAllowed(N_("Only an administrator can appoint an administrator."))
    country = country_of(country, needed=False) or (line.country if line is not None else "")
    person = people.by_email(session, email)
    if person is None:
        person = Person(email=email, name=name, language=language, country=country, created_at=at)
        session.add(person)
        session.flush()
        journal.record(session, Event.PERSON_INVITED, f"person:{person.public_id}", actor=actor or "setup", at=at)
    elif person.disabled_at is not None:
        raise WrongState(N_("This person's account is disabled. Please enable it first."))
    elif _holds(session, person, role, line):
        raise WrongState(N_("This person holds this role already."))
    if line is not None:
        person.country = person.country or line.country
    appointment = Appointment(person_id=person.id, role=role, line_id=None if line is None else line.id, started_at=at)
    session.add(appointment)
    session.flush()
    letters.write(
        session,
        LetterKind.INVITATION,
        person,
        key=f"{LetterKind.INVITATION}:{person.public_id}:{appointment.id}",
        at=at,
        role=role.value,
        line="" if line is None else line.name,
        joined=person.password_hash is not None,
    )
    journal.record(
        session,
        Event.PERSON_APPOINTED,
        f"person:{person.public_id}",
        actor=actor or "setup",
        at=at,
        line=line,
        role=role.value,
    )
    return person


def _holds(session: Session, person: Person, role: Role, line: ReportingLine | None = None) -> bool:
    statement = select(Appointment.id).where(
        Appointment.person_id == person.id, Appointment.role == role, Appointment.ended_at.is_(None)
    )
    if line is not None:
        statement = statement.where(Appointment.line_id == line.id)
    return session.scalar(statement.limit(1)) is not None


def end_appointment(session: Session, appointment: Appointment, *, actor: Person, at: datetime) -> None:
    """End a role and all that rests on it: sessions, links, open reviews, scopes, and their share of the work."""
    if appointment.ended_at is not None:
        raise WrongState(N_("This appointment has ended already."))
    person = session.get_one(Person, appointment.person_id)
    if appointment.role is Role.ADMINISTRATOR and not _has_administrator(session, but=person):
        raise WrongState(N_("The last administrator cannot leave. Please appoint another one first."))
    appointment.ended_at = at
    if appointment.role is Role.REVIEWER:
        _end_reviews(session, person, at=at)
    if appointment.role is Role.AUDITOR:
        _end_scopes(session, person, at=at)
    _end_access(session, person, at=at)
    line = None if appointment.line_id is None else session.get(ReportingLine, appointment.line_id)
    if line is not None:
        end_shares(session, person, line, at=at)
    journal.record(
        session,
        Event.APPOINTMENT_ENDED,
        f"person:{person.public_id}",
        actor=actor,
        at=at,
        line=line,
        role=appointment.role.value,
    )


def disable(session: Session, person: Person, *, actor: Person | None, at: datetime) -> None:
    """Close an account at once: no session, no link, no open review, no scope. What they did stays recorded.

    No actor: the command of set-up, when no one can sign in.
    """
    if person.disabled_at is not None:
        raise WrongState(N_("This account is disabled already."))
    if _holds(session, person, Role.ADMINISTRATOR) and not _has_administrator(session, but=person):
        raise WrongState(N_("The last administrator cannot leave. Please appoint another one first."))
    person.disabled_at = at
    end_shares(session, person, None, at=at)
    _end_reviews(session, person, at=at)
    _end_access(session, person, at=at)
    journal.record(session, Event.PERSON_DISABLED, f"person:{person.public_id}", actor=actor or "setup", at=at)


def enable(session: Session, person: Person, *, actor: Person, at: datetime) -> None:
    """Open a disabled account again. Ended reviews stay ended; the person signs in with their password or resets it."""
    if person.disabled_at is None:
        raise WrongState(N_("This account is not disabled."))
    person.disabled_at = None
    journal.record(session, Event.PERSON_ENABLED, f"person:{person.public_id}", actor=actor, at=at)


def _end_access(session: Session, person: Person, *, at: datetime) -> None:
    session.execute(
        update(SignInSession)
        .where(SignInSession.person_id == person.id, SignInSession.ended_at.is_(None))
        .values(ended_at=at)
    )
    end_links(session, person, at=at)


def _end_reviews(session: Session, person: Person, *, at: datetime) -> None:
    """Reviews that are not complete end; a complete one has said what it had to say."""
    session.execute(
        update(Review)
        .where(Review.person_id == person.id, Review.ended_at.is_(None), Review.completed_at.is_(None))
        .values(ended_at=at, ended_reason="The reviewer's appointment ended.")
    )


def _end_scopes(session: Session, person: Person, *, at: datetime) -> None:
    session.execute(update(Scope).where(Scope.person_id == person.id, Scope.ends_at > at).values(ends_at=at))


def set_language(session: Session, person: Person, language: str) -> None:
    person.language = text_of(language, field="language", most=12)


def set_keeps_drafts(person: Person, keeps: bool) -> None:
    """Whether text that could not be saved yet may wait in the person's own browser tab."""
    person.keeps_drafts = keeps


def close_tour(person: Person, *, at: datetime) -> None:
    """The person has read what the first visit is told; closing it again changes nothing."""
    if person.tour_seen_at is None:
        person.tour_seen_at = at


def open_scope(
    session: Session,
    *,
    person: Person,
    name: str,
    lines: Sequence[ReportingLine],
    includes_evidence: bool,
    starts_at: datetime,
    ends_at: datetime,
    includes_comparison: bool = True,
    actor: Person | None,
    at: datetime,
) -> Scope:
    """Let an auditor read named lines between two moments. The person must be appointed as an auditor."""
    if not lines:
        raise InvalidInput(N_("Please choose at least one line."), field="lines")
    if ends_at <= starts_at:
        raise InvalidInput(N_("The end must be later than the start."), field="ends_at")
    if not _holds(session, person, Role.AUDITOR):
        raise InvalidInput(N_("This person is not an auditor. Please appoint them first."), field="person")
    scope = Scope(
        person_id=person.id,
        name=text_of(name, field="name", most=160),
        includes_evidence=includes_evidence,
        includes_comparison=includes_comparison,
        starts_at=starts_at,
        ends_at=ends_at,
        opened_by_id=None if actor is None else actor.id,
    )
    session.add(scope)
    session.flush()
    session.add_all(ScopeLine(scope_id=scope.id, line_id=line.id) for line in lines)
    journal.record(
        session,
        Event.SCOPE_OPENED,
        f"scope:{scope.public_id}",
        actor=actor or "setup",
        at=at,
        person=person.public_id,
        lines=[line.public_id for line in lines],
        evidence=includes_evidence,
        ends_at=ends_at,
    )
    return scope
