"""The letters a person got about one line."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.domain.letters import LetterKind
from audit.persistence.tables import Letter, Person


def letters_about(
    session: Session, person: Person, line_public_id: str, kinds: Collection[LetterKind], *, most: int
) -> list[Letter]:
    """The latest letters of these kinds about the line to this person, sent or about to be sent: one statement."""
    statement = (
        select(Letter)
        .where(
            Letter.person_id == person.id,
            Letter.kind.in_([kind.value for kind in kinds]),
            Letter.parameters["line_id"].as_string() == line_public_id,
            Letter.dropped_at.is_(None),
        )
        .order_by(Letter.written_at.desc(), Letter.id.desc())
        .limit(most)
    )
    return list(session.scalars(statement))
