"""Writes and reads the journal: append-only, each entry chained to the one before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from audit.domain.journal import GENESIS, Entry, Event, canonical, entry_hash
from audit.persistence.tables import JournalEntry, Person, ReportingLine

_JOURNAL_LOCK = 7_310_002  # PostgreSQL advisory lock: entries are numbered one after the other


def record(
    session: Session,
    event: Event,
    subject: str,
    *,
    actor: Person | str,
    at: datetime,
    line: ReportingLine | None = None,
    **payload: Any,
) -> JournalEntry:
    """Append one entry. `subject` is "<kind>:<public id>"; `actor` a person, or "job:<name>"; payload: plain values.

    Writers take turns until their transaction ends (SQLite: the transaction itself; PostgreSQL: an advisory lock), so
    numbers have no gaps and the chain no forks. Record last, so that the turn is short.
    """
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _JOURNAL_LOCK})
    last = session.execute(
        select(JournalEntry.number, JournalEntry.hash).order_by(JournalEntry.number.desc()).limit(1)
    ).first()
    fields: dict[str, Any] = {
        "number": 1 if last is None else last.number + 1,
        "at": at.astimezone(UTC).isoformat(),
        "actor": actor if isinstance(actor, str) else actor.public_id,
        "event": event.value,
        "subject": subject,
        "line": "" if line is None else line.public_id,
        "payload": canonical({name: _plain(value) for name, value in payload.items()}),
        "previous": GENESIS if last is None else last.hash,
    }
    entry = JournalEntry(**fields, hash=entry_hash(**fields))
    session.add(entry)
    session.flush()
    return entry


def _plain(value: Any) -> Any:
    """Dates as ISO text; what JSON cannot say is refused when the payload is written."""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def entries(session: Session, line: ReportingLine | None = None) -> Iterator[Entry]:
    """All entries in order, or one line's, a thousand at a time."""
    table = JournalEntry.__table__
    statement = select(table).order_by(table.c.number)
    if line is not None:
        statement = statement.where(table.c.line == line.public_id)
    for row in session.execute(statement, execution_options={"yield_per": 1000}):
        yield Entry(**row._mapping)
