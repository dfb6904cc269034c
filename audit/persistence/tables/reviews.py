"""Reviews, verdicts, confirmed answers and findings."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from audit.domain.findings import EvidenceVerdict, Grade
from audit.domain.settlement import Settled
from audit.persistence.tables.assessments import SelfAssessment
from audit.persistence.tables.base import Base, UtcDateTime, new_public_id, words
from audit.persistence.tables.people import Person


class Review(Base):
    """One reviewer's work on one self-assessment; blind to the other until both are complete."""

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("self_assessment_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    self_assessment_id: Mapped[int] = mapped_column(ForeignKey("self_assessment.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    letter: Mapped[str] = mapped_column(String(1))  # A, B, C: how the line and the other reviewer know them
    assigned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    assigned_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    declared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # "no tie to this line"
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # released, for a conflict or otherwise
    ended_reason: Mapped[str] = mapped_column(Text, default="")
    tie_declared: Mapped[bool] = mapped_column(default=False)  # said to have a tie to the line: holds for two years

    self_assessment: Mapped[SelfAssessment] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])


class CriterionVerdict(Base):
    """What one reviewer says about a criterion. `content_hash` binds it to the exact answer and evidence judged."""

    __tablename__ = "criterion_verdict"
    __table_args__ = (
        UniqueConstraint("review_id", "criterion_id"),
        CheckConstraint("(key is null) or (not_applicable = false)", name="key_or_not_applicable"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    criterion_id: Mapped[str] = mapped_column(String(40))
    key: Mapped[str | None] = mapped_column(String(40))  # null while only evidence was judged
    not_applicable: Mapped[bool] = mapped_column(default=False)
    grade: Mapped[Grade | None] = mapped_column(words(Grade))
    comment: Mapped[str] = mapped_column(Text, default="")
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    version: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class EvidenceVerdictRow(Base):
    __tablename__ = "evidence_verdict"
    __table_args__ = (
        UniqueConstraint("review_id", "criterion_id", "evidence_item_id"),
        CheckConstraint("verdict <> 'rejected' or reason <> ''", name="rejected_with_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    criterion_id: Mapped[str] = mapped_column(String(40))
    evidence_item_id: Mapped[int] = mapped_column(ForeignKey("evidence_item.id"), index=True)
    verdict: Mapped[EvidenceVerdict] = mapped_column(words(EvidenceVerdict))
    reason: Mapped[str] = mapped_column(Text, default="")
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ConfirmedAnswer(Base):
    """What the reviewers confirmed for one criterion: the only thing that counts for a level."""

    __tablename__ = "confirmed_answer"
    __table_args__ = (
        UniqueConstraint("self_assessment_id", "criterion_id"),
        CheckConstraint("(key is null) = (not_applicable = true)", name="key_or_not_applicable"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    self_assessment_id: Mapped[int] = mapped_column(ForeignKey("self_assessment.id"))
    criterion_id: Mapped[str] = mapped_column(String(40))
    key: Mapped[str | None] = mapped_column(String(40))
    not_applicable: Mapped[bool] = mapped_column(default=False)
    grade: Mapped[Grade] = mapped_column(words(Grade))
    comment: Mapped[str] = mapped_column(Text, default="")
    settled: Mapped[Settled] = mapped_column(words(Settled))
    reason: Mapped[str] = mapped_column(Text, default="")  # written, where reviewers reconciled
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class FindingRow(Base):
    """A finding that can be open: an opportunity, a minor or a major nonconformity, until it is closed."""

    __tablename__ = "finding"
    __table_args__ = (
        UniqueConstraint("self_assessment_id", "criterion_id"),
        CheckConstraint("grade <> 'conforms'", name="can_be_open"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    self_assessment_id: Mapped[int] = mapped_column(ForeignKey("self_assessment.id"))
    criterion_id: Mapped[str] = mapped_column(String(40))
    grade: Mapped[Grade] = mapped_column(words(Grade))
    text: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date | None]
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
