"""People, what they are appointed to, and how they prove who they are."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from audit.domain.permissions import Role
from audit.persistence.tables.base import Base, UtcDateTime, new_public_id, words


class Person(Base):
    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    email: Mapped[str] = mapped_column(String(254), unique=True)  # lower case
    name: Mapped[str] = mapped_column(String(160))
    password_hash: Mapped[str | None] = mapped_column(String(255))
    language: Mapped[str] = mapped_column(String(12), default="en")
    country: Mapped[str] = mapped_column(String(2), default="")  # ISO 3166, of the person's own line; "" where unknown
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    keeps_drafts: Mapped[bool] = mapped_column(default=True)  # unsaved text, in the browser's own session only
    tour_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Appointment(Base):
    """A role a person holds or held: manager and contributor in a line, the others in the network.

    Being asked to review one self-assessment is a Review row; being an auditor is a Scope row; the role here lets
    a person be chosen for either.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint("(role in ('manager', 'contributor')) = (line_id is not null)", name="line_where_needed"),
        Index("ix_appointment_person_id_ended_at", "person_id", "ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[Role] = mapped_column(words(Role))
    line_id: Mapped[int | None] = mapped_column(ForeignKey("reporting_line.id"), index=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The manager leaves as soon as this person, who was invited to take over, has joined.
    hands_over_to_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])


class Scope(Base):
    """What an auditor may read, and for how long: named lines, with or without evidence. Ends at `ends_at`, exactly."""

    __tablename__ = "scope"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(160))
    includes_evidence: Mapped[bool] = mapped_column(default=False)
    includes_comparison: Mapped[bool] = mapped_column(default=True)  # the coordinator's comparison reports
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    lines: Mapped[list[ScopeLine]] = relationship(lazy="raise", back_populates="scope")


class ScopeLine(Base):
    __tablename__ = "scope_line"

    scope_id: Mapped[int] = mapped_column(ForeignKey("scope.id"), primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("reporting_line.id"), primary_key=True, index=True)

    scope: Mapped[Scope] = relationship(lazy="raise", back_populates="lines")


class SignInSession(Base):
    """A signed-in browser. The cookie holds the token, the table only its hash, so a stolen table opens nothing."""

    __tablename__ = "sign_in_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OneTimeToken(Base):
    """An invitation or reset link: hashed, bound to one purpose, used once."""

    __tablename__ = "one_time_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(20))  # invitation, reset, first_administrator
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)  # none: the first administrator
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CalendarFeed(Base):
    """A secret address under which a calendar reads a line's dates; only its hash is kept, and it can be revoked."""

    __tablename__ = "calendar_feed"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("reporting_line.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Attempt(Base):
    """One attempt at something throttled; the key is a hash of address or account, never the thing itself."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_key_at", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
