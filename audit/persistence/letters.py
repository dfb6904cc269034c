"""Writes letters as rows; the clock renders and sends them, so a rolled-back decision cannot send one."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from audit.domain.letters import LetterKind
from audit.persistence.tables import Letter, Person


def write(session: Session, kind: LetterKind, person: Person, *, key: str, at: datetime, **parameters: Any) -> bool:
    """Write one letter; False when the letter of this key exists already (then nothing changes).

    `key` says what makes it one letter: kind, subject, recipient, occasion. `parameters` are plain JSON (names, public
    ids, ISO dates), never the content of answers or evidence. The Message-ID follows from the key and never changes.
    """
    session.flush()
    insert = insert_postgresql if session.get_bind().dialect.name == "postgresql" else insert_sqlite
    statement = (
        insert(Letter.__table__)
        .values(
            key=key,
            kind=kind.value,
            person_id=person.id,
            parameters=parameters,
            written_at=at,
            next_attempt_at=at,
            attempts=0,
            last_error="",
            message_id=message_id(key),
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(Letter.__table__.c.id)
    )
    return session.execute(statement).first() is not None


def message_id(key: str) -> str:
    digest = hashlib.sha256(b"plumbline letter v1\n" + key.encode()).hexdigest()
    return f"<{digest[:40]}@plumbline.letters>"
