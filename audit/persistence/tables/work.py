"""The journal, the letters and the ledger of due work."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from audit.persistence.tables.base import Base, UtcDateTime, words
from audit.persistence.tables.people import Person


class PeriodState(StrEnum):
    DUE = "due"
    LEASED = "leased"
    DONE = "done"
    FAILED = "failed"


class JournalEntry(Base):
    """Append-only; chained by hash (domain.journal). `number` runs without gaps."""

    __tablename__ = "journal_entry"
    __table_args__ = (Index("ix_journal_entry_line_number", "line", "number"),)

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(40))  # ISO 8601 UTC, as hashed
    actor: Mapped[str] = mapped_column(String(64))
    event: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(120))
    line: Mapped[str] = mapped_column(String(32), default="")
    payload: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class Letter(Base):
    """One letter to one person, as kind and parameters; rendered in the recipient's language when it is sent."""

    __tablename__ = "letter"
    __table_args__ = (Index("ix_letter_sent_at_next_attempt_at", "sent_at", "next_attempt_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(
        String(200), unique=True
    )  # what makes it one letter: kind, subject, recipient, occasion
    kind: Mapped[str] = mapped_column(String(60))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dropped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # moot, or undeliverable
    message_id: Mapped[str] = mapped_column(String(120), unique=True)

    person: Mapped[Person] = relationship(lazy="raise")


class DuePeriod(Base):
    """One due run of one scheduled job: leased with a fencing token, done once in effect (security.md 2.5)."""

    __tablename__ = "due_period"
    __table_args__ = (Index("ix_due_period_job_state", "job", "state"),)

    key: Mapped[str] = mapped_column(String(120), primary_key=True)  # "<job>:<ISO time the period began>"
    job: Mapped[str] = mapped_column(String(60))
    state: Mapped[PeriodState] = mapped_column(words(PeriodState), default=PeriodState.DUE)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    token: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str] = mapped_column(String(80), default="")
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    result: Mapped[str] = mapped_column(Text, default="")  # one line for people: what it made
    error: Mapped[str] = mapped_column(Text, default="")
