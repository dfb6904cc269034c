"""Signing in and out: sessions of our own, ended at once when they should end."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from audit.domain.errors import N_, InvalidInput
from audit.domain.journal import Event
from audit.persistence import journal
from audit.persistence.queries import people
from audit.persistence.tables import Person, SignInSession
from audit.usecases.accounts.passwords import LONGEST, hash_password, matches, outdated
from audit.usecases.accounts.throttle import attempt_key, count_attempt, forget_attempts, slow_down

FREE_PER_ACCOUNT = 5
FREE_PER_ADDRESS = 30
_REFUSED = N_("The e-mail address or the password is not right. Please check both and try again.")


def sign_in(
    session: Session, *, email: str, password: str, address: str, at: datetime, idle_minutes: int, hours: int
) -> str:
    """Start a session and return its token. InvalidInput in one wording and at one cost whatever is wrong; TooMany.

    Unlike every other use case this one commits in the middle: the attempt must count even though the refusal rolls
    back, and no lock is held while the password is hashed. The caller commits the session that was started.
    """
    email = people.clean_email(email)
    account, place = attempt_key("sign-in account", email), attempt_key("sign-in address", address)
    slow_down(session, place, free=FREE_PER_ADDRESS, at=at)
    slow_down(session, account, free=FREE_PER_ACCOUNT, at=at)
    count_attempt(session, place, at=at)
    count_attempt(session, account, at=at)
    person = people.by_email(session, email)
    stored = None if person is None or person.disabled_at is not None else person.password_hash
    session.commit()

    if not matches(stored, password) or person is None or stored is None:
        raise InvalidInput(_REFUSED, field="password")

    session.refresh(person)  # while the password was hashed the person may have been disabled, or changed it
    if person.disabled_at is not None or person.password_hash != stored:
        raise InvalidInput(_REFUSED, field="password")
    forget_attempts(session, account)
    if outdated(stored) and len(password) <= LONGEST:
        person.password_hash = hash_password(password)
    token = secrets.token_urlsafe(32)
    started = SignInSession(
        token_hash=token_hash(token),
        person_id=person.id,
        created_at=at,
        seen_at=at,
        expires_at=at + min(timedelta(minutes=idle_minutes), timedelta(hours=hours)),
    )
    session.add(started)
    journal.record(session, Event.PERSON_SIGNED_IN, f"person:{person.public_id}", actor=person, at=at)
    return token


def token_hash(token: str) -> str:
    """What the table keeps of a token; a stolen copy of the table opens nothing."""
    return hashlib.sha256(b"plumbline session v1\n" + token.encode("utf-8", "surrogateescape")).hexdigest()


def person_of_token(session: Session, token: str, *, at: datetime) -> Person | None:
    """The signed-in person, or None when the session ended, expired or never was, or the person is disabled."""
    signed_in = people.signed_in(session, token_hash(token), at=at)
    return None if signed_in is None else signed_in.person


def keep_alive(session: Session, token: str, *, at: datetime, idle_minutes: int, hours: int) -> None:
    """Move the session's end: idle time from now, never past its last hour. At most one write a minute."""
    row = session.scalar(
        select(SignInSession).where(
            SignInSession.token_hash == token_hash(token),
            SignInSession.ended_at.is_(None),
            SignInSession.expires_at > at,
            SignInSession.seen_at <= at - timedelta(minutes=1),
        )
    )
    if row is not None:
        row.seen_at = at
        row.expires_at = min(at + timedelta(minutes=idle_minutes), row.created_at + timedelta(hours=hours))


def sign_out(session: Session, token: str, *, at: datetime) -> None:
    session.execute(
        update(SignInSession)
        .where(SignInSession.token_hash == token_hash(token), SignInSession.ended_at.is_(None))
        .values(ended_at=at)
    )


def end_other_sessions(session: Session, person: Person, *, token: str, at: datetime) -> None:
    """End every session of the person except the one of this token ("" ends all)."""
    session.execute(
        update(SignInSession)
        .where(
            SignInSession.person_id == person.id,
            SignInSession.ended_at.is_(None),
            SignInSession.token_hash != token_hash(token),
        )
        .values(ended_at=at)
    )


def change_password(session: Session, person: Person, *, present: str, password: str, token: str, at: datetime) -> None:
    """Set a new password after the present one was given; every other session ends. InvalidInput, TooMany.

    Commits in the middle like `sign_in`, so that a wrong guess counts.
    """
    account = attempt_key("password account", person.email)
    slow_down(session, account, free=FREE_PER_ACCOUNT, at=at)
    count_attempt(session, account, at=at)
    session.commit()
    if not matches(person.password_hash, present):
        raise InvalidInput(N_("This is not your present password. Please try again."), field="present")
    person.password_hash = hash_password(password, email=person.email, name=person.name)
    forget_attempts(session, account)
    end_other_sessions(session, person, token=token, at=at)
    journal.record(session, Event.PASSWORD_CHANGED, f"person:{person.public_id}", actor=person, at=at)
