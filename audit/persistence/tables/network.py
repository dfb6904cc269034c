"""The network, its lines, its frozen criteria sets and its cycles."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from audit.persistence.tables.base import Base, UtcDateTime, new_public_id, words


class CycleKind(StrEnum):
    FULL = "full"
    YEARLY_CHECK = "yearly_check"
    FIRST_ROUND = "first_round"  # the core criteria only; ends in a letter, not in a certificate
    PRACTICE = "practice"  # a place to try things out: one per criteria set, counts nowhere, listed nowhere


class Network(Base):
    """The one network of this installation. A sample network marks every page, paper and register entry as sample."""

    __tablename__ = "network"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(160))
    sample: Mapped[bool] = mapped_column(default=False)
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    last_serial: Mapped[int] = mapped_column(default=0)  # the sequence of certificate serials
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class IssuingBodyEntry(Base):
    """Who issues from a date on; earlier entries stay, so that an old certificate names who issued it."""

    __tablename__ = "issuing_body"

    id: Mapped[int] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(160))
    address: Mapped[str] = mapped_column(String(240))
    place: Mapped[str] = mapped_column(String(80))
    website: Mapped[str] = mapped_column(String(200), default="")
    signatory: Mapped[str] = mapped_column(String(160))  # a function, not a person's name
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReportingLine(Base):
    """A national reporting line. `profile` states the facts that "applies when" conditions ask for."""

    __tablename__ = "reporting_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    name: Mapped[str] = mapped_column(String(160), unique=True)
    name_latin: Mapped[str] = mapped_column(String(160), default="")  # where the name is in another script
    country: Mapped[str] = mapped_column(String(2))  # ISO 3166
    operator: Mapped[str] = mapped_column(String(160))
    operator_address: Mapped[str] = mapped_column(String(240), default="")
    scope: Mapped[str] = mapped_column(String(240))
    channels: Mapped[str] = mapped_column(String(240))
    web_address: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(12), default="en")  # of its letters and papers
    profile: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    wrong_file_instruction: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FrozenCriteriaSet(Base):
    """A criteria set as it was when a cycle opened, keyed by the hash of its content. Never changed, never deleted."""

    __tablename__ = "criteria_set"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    set_id: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(32))
    canonical: Mapped[str] = mapped_column(Text)  # domain.criteria_text.to_canonical
    source: Mapped[str] = mapped_column(Text)  # the file as it was read
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CriteriaTranslation(Base):
    """A frozen set's texts in one language. A correction is a further row: the highest number is read."""

    __tablename__ = "criteria_translation"
    __table_args__ = (UniqueConstraint("criteria_set_hash", "language", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    criteria_set_hash: Mapped[str] = mapped_column(ForeignKey("criteria_set.hash"))
    language: Mapped[str] = mapped_column(String(12))
    number: Mapped[int] = mapped_column(default=1)
    content_hash: Mapped[str] = mapped_column(String(64))
    draft: Mapped[bool] = mapped_column(default=True)  # nobody has reviewed it yet
    texts: Mapped[str] = mapped_column(Text)  # canonical JSON: place to [text, mark of its source]
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Cycle(Base):
    __tablename__ = "cycle"
    __table_args__ = (
        CheckConstraint(
            "opens_on <= submit_by and submit_by <= review_by and review_by <= decide_by", name="dates_in_order"
        ),
        CheckConstraint("reviewers in (1, 2)", name="one_or_two_reviewers"),
        CheckConstraint("validity_months between 1 and 60", name="validity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[CycleKind] = mapped_column(words(CycleKind))
    criteria_set_hash: Mapped[str] = mapped_column(ForeignKey("criteria_set.hash"))
    opens_on: Mapped[date]
    submit_by: Mapped[date]
    review_by: Mapped[date]
    decide_by: Mapped[date]
    reviewers: Mapped[int] = mapped_column(default=2)
    validity_months: Mapped[int] = mapped_column(default=36)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    criteria_set: Mapped[FrozenCriteriaSet] = relationship(lazy="raise")
