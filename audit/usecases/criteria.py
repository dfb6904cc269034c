"""Criteria sets after they were stored: their translations may be corrected, nothing else of them ever changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from audit.domain.criteria_translation import Translation, corrected
from audit.persistence import criteria_sets
from audit.persistence.tables import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A translation that was appended to a stored set. `number` counts from 1 for each language of a set."""

    digest: str
    language: str
    number: int
    texts: int


def store_translations(
    session: Session, found: Mapping[str, Sequence[Translation]], *, actor: Person | str, at: datetime
) -> tuple[Stored, ...]:
    """Append what the files say now to every stored set, where it says something new. `found` is by the id of a set.

    A stored set may be older than the file: a text counts only where it translates the stored set's own words.
    """
    stored = []
    for digest, set_id in criteria_sets.stored_sets(session):
        source = criteria_sets.frozen(session, digest)
        for one in found.get(set_id, ()):
            kept = corrected(source, criteria_sets.translation(session, digest, one.language), one)
            number = criteria_sets.store_translation(session, digest, kept, actor=actor, at=at) if kept.texts else None
            if number is not None:
                stored.append(Stored(digest=digest, language=one.language, number=number, texts=len(kept.texts)))
    return tuple(stored)
