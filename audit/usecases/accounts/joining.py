"""Accepting an invitation."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from audit.domain.journal import Event
from audit.persistence import journal
from audit.persistence.tables import Person
from audit.usecases.accounts.handing_over import complete_waiting
from audit.usecases.accounts.links import TokenPurpose, end_links, known_token, owner_of, spend_token
from audit.usecases.accounts.passwords import hash_password
from audit.usecases.accounts.typed import text_of


def join(session: Session, *, token: str, name: str, password: str, at: datetime) -> Person:
    """Accept an invitation: name and password are set, and every other open invitation link of the person ends.

    A manager who waited for this person to take over leaves now.
    """
    person = known_token(session, token, TokenPurpose.INVITATION, at=at)
    name = text_of(name, field="name", most=160)
    hashed = hash_password(password, email="" if person is None else person.email, name=name)
    person = owner_of(session, spend_token(session, token, TokenPurpose.INVITATION, at=at))
    person.name = name
    person.password_hash = hashed
    end_links(session, person, at=at)
    complete_waiting(session, person, at=at)
    journal.record(session, Event.PERSON_JOINED, f"person:{person.public_id}", actor=person, at=at)
    return person
