"""One-time links: invitation, reset of a password, the first administrator. Each is used once, whoever races."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from audit.domain.errors import N_, InvalidInput, Missing
from audit.domain.journal import Event
from audit.domain.letters import LetterKind
from audit.persistence import journal, letters
from audit.persistence.queries import people
from audit.persistence.tables import Attempt, OneTimeToken, Person, SignInSession
from audit.usecases.accounts.passwords import hash_password
from audit.usecases.accounts.throttle import attempt_key, count_attempt, slow_down


class TokenPurpose(StrEnum):
    INVITATION = "invitation"
    RESET = "reset"
    FIRST_ADMINISTRATOR = "first_administrator"


LASTS = {
    TokenPurpose.INVITATION: timedelta(days=14),
    TokenPurpose.RESET: timedelta(hours=2),
    TokenPurpose.FIRST_ADMINISTRATOR: timedelta(days=2),
}


def mint_token(session: Session, person: Person | None, purpose: str, *, at: datetime) -> str:
    """A fresh one-time token for a link; the table keeps its hash. No person: the first administrator to be."""
    purpose = TokenPurpose(purpose)
    token = secrets.token_urlsafe(32)
    session.add(
        OneTimeToken(
            token_hash=_hash(token, purpose),
            purpose=purpose.value,
            person_id=None if person is None else person.id,
            created_at=at,
            expires_at=at + LASTS[purpose],
        )
    )
    session.flush()
    return token


def known_token(session: Session, token: str, purpose: str, *, at: datetime) -> Person | None:
    """Whom an unused token belongs to (None: the first administrator to be); Missing when it cannot be used."""
    row = session.execute(
        select(OneTimeToken.id, Person)
        .outerjoin(Person, Person.id == OneTimeToken.person_id)
        .where(
            OneTimeToken.token_hash == _hash(token, TokenPurpose(purpose)),
            OneTimeToken.used_at.is_(None),
            OneTimeToken.expires_at > at,
        )
    ).first()
    if row is None or (row.Person is not None and row.Person.disabled_at is not None):
        raise Missing(_USED)
    person: Person | None = row.Person
    return person


_USED = N_("This link was used already or has expired. Please ask for a new one.")


def spend_token(session: Session, token: str, purpose: TokenPurpose, *, at: datetime) -> int | None:
    """Use a token up and return its person's id; Missing for whoever comes second. One conditional update decides."""
    spent = session.execute(
        update(OneTimeToken)
        .where(
            OneTimeToken.token_hash == _hash(token, purpose),
            OneTimeToken.used_at.is_(None),
            OneTimeToken.expires_at > at,
        )
        .values(used_at=at)
        .returning(OneTimeToken.person_id)
    ).first()
    if spent is None:
        raise Missing(_USED)
    person_id: int | None = spent.person_id
    return person_id


def request_reset(session: Session, *, email: str, address: str, at: datetime) -> None:
    """Write a letter with a reset link if the address belongs to someone; nobody learns whether it does.

    At most three letters an hour to one person; more are dropped in silence. TooMany only counts the asking address.
    """
    email = people.clean_email(email)
    place, account = attempt_key("reset address", address), attempt_key("reset account", email)
    slow_down(session, place, free=20, at=at)
    count_attempt(session, place, at=at)
    count_attempt(session, account, at=at)
    person = people.by_email(session, email)
    if person is None or person.disabled_at is not None or _asked_lately(session, account, at=at) > 3:
        return
    key = f"{LetterKind.PASSWORD_RESET}:{person.public_id}:{at.isoformat()}"
    # Who never joined gets the invitation again: a reset would let them in without a name.
    kind = LetterKind.PASSWORD_RESET if person.password_hash is not None else LetterKind.INVITATION
    letters.write(session, kind, person, key=key, at=at, joined=person.password_hash is not None)


def _asked_lately(session: Session, key: str, *, at: datetime) -> int:
    statement = select(func.count()).where(Attempt.key == key, Attempt.at > at - timedelta(hours=1))
    return session.scalar(statement) or 0


def reset_password(session: Session, *, token: str, password: str, at: datetime) -> Person:
    """Set a new password by a reset link; every session and every other link of the person ends."""
    person = known_token(session, token, TokenPurpose.RESET, at=at)
    hashed = hash_password(
        password, email="" if person is None else person.email, name="" if person is None else person.name
    )
    person = owner_of(session, spend_token(session, token, TokenPurpose.RESET, at=at))
    person.password_hash = hashed
    end_links(session, person, at=at)
    session.execute(
        update(SignInSession)
        .where(SignInSession.person_id == person.id, SignInSession.ended_at.is_(None))
        .values(ended_at=at)
    )
    journal.record(session, Event.PASSWORD_CHANGED, f"person:{person.public_id}", actor=person, at=at)
    return person


def end_links(session: Session, person: Person, *, at: datetime) -> None:
    """No link that was sent to the person before can be used any more."""
    session.execute(
        update(OneTimeToken)
        .where(OneTimeToken.person_id == person.id, OneTimeToken.used_at.is_(None))
        .values(used_at=at)
    )


def owner_of(session: Session, person_id: int | None) -> Person:
    """Whose link was spent; InvalidInput where the account was closed meanwhile."""
    person = None if person_id is None else session.get(Person, person_id)
    if person is None or person.disabled_at is not None:
        raise InvalidInput(_USED)
    return person


def _hash(token: str, purpose: TokenPurpose) -> str:
    text = f"plumbline {purpose.value} link v1\n{token}"
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
