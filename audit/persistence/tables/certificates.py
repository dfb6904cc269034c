"""Decisions, certificates with their events, and the other papers the print shop makes."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from audit.persistence.tables.assessments import SelfAssessment
from audit.persistence.tables.base import Base, UtcDateTime, new_public_id, words
from audit.persistence.tables.network import ReportingLine


class DocumentKind(StrEnum):
    RESULT_SHEET = "result_sheet"
    COMPARISON_REPORT = "comparison_report"
    ANSWER_SHEET = "answer_sheet"  # a copy of a self-assessment, or its questions without answers


class Audience(StrEnum):
    COORDINATOR = "coordinator"
    LINE = "line"
    PUBLIC = "public"


class Decision(Base):
    """The decision on one self-assessment, with what it rested on. Never changed; a later one has the next number."""

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("self_assessment_id", "number"),
        CheckConstraint("level = computed_level or reason <> ''", name="deviation_with_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    self_assessment_id: Mapped[int] = mapped_column(ForeignKey("self_assessment.id"))
    number: Mapped[int] = mapped_column(default=1)
    computed_level: Mapped[str] = mapped_column(String(40))
    level: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text, default="")
    plan_accepted: Mapped[bool] = mapped_column(default=False)
    overall: Mapped[str] = mapped_column(String(60))  # exact fraction, "n/d"
    result: Mapped[str] = mapped_column(Text)  # canonical JSON: theme scores, every rule, confirmed keys
    snapshot_hash: Mapped[str] = mapped_column(String(64))
    criteria_set_hash: Mapped[str] = mapped_column(ForeignKey("criteria_set.hash"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    appeal_until: Mapped[date]

    self_assessment: Mapped[SelfAssessment] = relationship(lazy="raise")


class Certificate(Base):
    """One per decision and revision. Facts are fixed when it is granted; the digest comes when the worker issued it."""

    __tablename__ = "certificate"
    __table_args__ = (
        UniqueConstraint("decision_id", "revision"),
        CheckConstraint("valid_from <= valid_until", name="dates_in_order"),
        CheckConstraint("(digest is null) = (issued_at is null)", name="issued_with_digest"),
        Index("ix_certificate_digest", "digest"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    serial: Mapped[str] = mapped_column(String(32), unique=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)  # the verification code
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))
    revision: Mapped[int] = mapped_column(default=1)
    line_id: Mapped[int] = mapped_column(ForeignKey("reporting_line.id"), index=True)
    level: Mapped[str] = mapped_column(String(40))
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    facts: Mapped[str] = mapped_column(Text)  # canonical JSON of domain.certification.CertificateFacts
    facts_hash: Mapped[str] = mapped_column(String(64))
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    unsigned_digest: Mapped[str | None] = mapped_column(String(64))  # SHA-256 of the bytes before signing
    digest: Mapped[str | None] = mapped_column(String(64))  # SHA-256 of the signed file in the vault
    issued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    line: Mapped[ReportingLine] = relationship(lazy="raise")
    decision: Mapped[Decision] = relationship(lazy="raise")
    events: Mapped[list[CertificateEvent]] = relationship(
        lazy="raise", order_by="CertificateEvent.id", back_populates="certificate"
    )


class CertificateEvent(Base):
    """A change of status: recorded, never overwritten. The latest one that has begun says what holds now."""

    __tablename__ = "certificate_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id"), index=True)
    status: Mapped[str] = mapped_column(String(40))  # domain.certification.CertificateStatus
    effective_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason_class: Mapped[str] = mapped_column(String(40), default="")  # what the public reads
    reason: Mapped[str] = mapped_column(Text, default="")  # what the network reads
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # none: a scheduled job

    certificate: Mapped[Certificate] = relationship(lazy="raise", back_populates="events")


class Document(Base):
    """A paper other than a certificate: wanted when the row is written, made when it has a digest, never made again."""

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("kind", "subject"),
        CheckConstraint("(digest is null) = (made_at is null)", name="made_with_digest"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    kind: Mapped[DocumentKind] = mapped_column(words(DocumentKind))
    subject: Mapped[str] = mapped_column(
        String(120)
    )  # "decision:<public id>", "cycle:<public id>:<audience>:<reason>", "assessment:<public id>:<language>:<what>"
    audience: Mapped[Audience] = mapped_column(words(Audience))
    line_id: Mapped[int | None] = mapped_column(ForeignKey("reporting_line.id"), index=True)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), index=True)
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    title: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(12), default="en")
    facts: Mapped[str | None] = mapped_column(Text)  # canonical JSON; null until a worker has gathered it
    wanted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    wanted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    unsigned_digest: Mapped[str | None] = mapped_column(String(64))
    digest: Mapped[str | None] = mapped_column(String(64))
    pages: Mapped[int] = mapped_column(default=0)
    size: Mapped[int] = mapped_column(default=0)  # bytes
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    line: Mapped[ReportingLine | None] = relationship(lazy="raise")
