"""The journal as people read it: the latest entries, one line's, or one object's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.domain.journal import Entry, Event, first_broken
from audit.persistence.journal import entries
from audit.persistence.tables import JournalEntry, Person, ReportingLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One entry with the name of who acted; a scheduled job is named as it stands in the journal ("job:…")."""

    entry: JournalEntry
    actor: str


def latest(
    session: Session,
    *,
    line: ReportingLine | None = None,
    subject: str | None = None,
    event: Event | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[Read]:
    """The latest entries, the latest first; `before` continues below an entry's number."""
    statement = (
        select(JournalEntry, Person.name)
        .outerjoin(Person, Person.public_id == JournalEntry.actor)
        .order_by(JournalEntry.number.desc())
        .limit(limit)
    )
    if line is not None:
        statement = statement.where(JournalEntry.line == line.public_id)
    if subject is not None:
        statement = statement.where(JournalEntry.subject == subject)
    if event is not None:
        statement = statement.where(JournalEntry.event == event.value)
    if before is not None:
        statement = statement.where(JournalEntry.number < before)
    return [Read(entry=entry, actor=name or entry.actor) for entry, name in session.execute(statement)]


def extract(session: Session, lines: list[ReportingLine]) -> Iterator[Entry]:
    """The entries of some lines in order: what an auditor takes; the chain is verified over the whole journal."""
    wanted = {line.public_id for line in lines}
    return (entry for entry in entries(session) if entry.line in wanted)


def verify(session: Session) -> tuple[int, int | None]:
    """How many entries there are, and the number of the first one that breaks the chain (None: it is whole)."""
    count = session.scalar(select(JournalEntry.number).order_by(JournalEntry.number.desc()).limit(1)) or 0
    return count, first_broken(entries(session))
