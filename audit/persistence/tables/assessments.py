"""Self-assessments, their answers, the evidence library and the frozen submissions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from audit.domain.answers import Answer, AnswerOrigin, AnswerStatus, figures_from_text, figures_to_text
from audit.domain.workflow import State
from audit.persistence.tables.base import Base, UtcDateTime, new_public_id, words
from audit.persistence.tables.network import Cycle, ReportingLine


class SelfAssessment(Base):
    """One line in one cycle. `version` counts changes of state, so that two decisions cannot both win."""

    __tablename__ = "self_assessment"
    __table_args__ = (
        UniqueConstraint("cycle_id", "line_id"),
        CheckConstraint("returns between 0 and 3", name="most_returns"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("reporting_line.id"), index=True)
    state: Mapped[State] = mapped_column(words(State), default=State.DRAFT, index=True)
    version: Mapped[int] = mapped_column(default=1)
    due_on: Mapped[date]  # the cycle's date, or later where more time was given
    profile: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # the line's, frozen when the cycle opened
    returns: Mapped[int] = mapped_column(default=0)
    return_reason: Mapped[str] = mapped_column(Text, default="")
    # The criteria the last return asked about: only they are open for change. Empty: all are.
    returned_criteria: Mapped[list[str]] = mapped_column(JSON, default=list)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    facts_due_on: Mapped[date | None]
    facts_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    facts_remark: Mapped[str] = mapped_column(Text, default="")
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __mapper_args__ = {"version_id_col": version}

    cycle: Mapped[Cycle] = relationship(lazy="raise")
    line: Mapped[ReportingLine] = relationship(lazy="raise")


class AnswerColumns:
    """The columns that hold one Answer value, in the answer and in each step of its history."""

    status: Mapped[AnswerStatus] = mapped_column(words(AnswerStatus), default=AnswerStatus.EMPTY)
    key: Mapped[str | None] = mapped_column(String(40))
    justification: Mapped[str] = mapped_column(Text, default="")
    figures: Mapped[str] = mapped_column(Text, default="[]")
    language: Mapped[str] = mapped_column(String(12), default="en")
    summary: Mapped[str] = mapped_column(Text, default="")
    equivalent: Mapped[bool] = mapped_column(default=False)
    origin: Mapped[AnswerOrigin] = mapped_column(words(AnswerOrigin), default=AnswerOrigin.TYPED)

    @property
    def value(self) -> Answer:
        return Answer(
            status=self.status,
            key=self.key,
            justification=self.justification,
            figures=figures_from_text(self.figures),
            language=self.language,
            summary=self.summary,
            equivalent=self.equivalent,
        )


def answer_values(answer: Answer) -> dict[str, Any]:
    """An Answer as column values."""
    return {
        "status": answer.status,
        "key": answer.key,
        "justification": answer.justification,
        "figures": figures_to_text(answer.figures),
        "language": answer.language,
        "summary": answer.summary,
        "equivalent": answer.equivalent,
    }


class AnswerRow(AnswerColumns, Base):
    """The present answer to one criterion. Version 0 means never saved; every save raises it by one."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("self_assessment_id", "criterion_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    self_assessment_id: Mapped[int] = mapped_column(ForeignKey("self_assessment.id"))
    criterion_id: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class AnswerHistory(AnswerColumns, Base):
    """Each version an answer ever had: appended in the same transaction as the answer, never changed."""

    __tablename__ = "answer_history"
    __table_args__ = (UniqueConstraint("answer_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    answer_id: Mapped[int] = mapped_column(ForeignKey("answer.id"))
    version: Mapped[int]
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class TimeRequest(Base):
    """A line asks for more time, with a reason; a coordinator grants another day or declines, with a reason."""

    __tablename__ = "time_request"
    __table_args__ = (CheckConstraint("(answered_at is null) = (granted is null)", name="answered_whole"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    self_assessment_id: Mapped[int] = mapped_column(ForeignKey("self_assessment.id"), index=True)
    until: Mapped[date]  # the day asked for
    reason: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    granted: Mapped[bool | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class EvidenceItem(Base):
    """One item of a line's evidence library: a file in the vault, a link, or a statement without a file."""

    __tablename__ = "evidence_item"
    __table_args__ = (Index("ix_evidence_item_received_digest", "received_digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_public_id)
    line_id: Mapped[int] = mapped_column(ForeignKey("reporting_line.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))  # an evidence kind of the criteria set
    title: Mapped[str] = mapped_column(String(160))
    statement: Mapped[str] = mapped_column(
        Text, default=""
    )  # viewed_live: what was seen, when, by whom; declaration: counts
    url: Mapped[str] = mapped_column(String(500), default="")
    issued_on: Mapped[date | None]
    valid_until: Mapped[date | None]
    digest: Mapped[str | None] = mapped_column(String(64))  # SHA-256 of the stored bytes
    received_digest: Mapped[str | None] = mapped_column(String(64))  # SHA-256 of what was uploaded
    media_type: Mapped[str] = mapped_column(String(100), default="")
    file_name: Mapped[str] = mapped_column(String(160), default="")  # cleaned
    size: Mapped[int] = mapped_column(default=0)  # bytes
    no_abuse_image_declared: Mapped[bool] = mapped_column(default=False)
    no_personal_data_declared: Mapped[bool] = mapped_column(default=False)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    locked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    locked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # A newer revision of the same item names the one it replaces; both stay, and each criterion keeps what it rests on.
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("evidence_item.id"), unique=True, index=True)
    purge_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    purge_asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    purge_reason: Mapped[str] = mapped_column(Text, default="")
    purged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    purged_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class EvidenceLink(Base):
    """This item is offered as evidence for this criterion of this self-assessment."""

    __tablename__ = "evidence_link"

    self_assessment_id: Mapped[int] = mapped_column(ForeignKey("self_assessment.id"), primary_key=True)
    criterion_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    evidence_item_id: Mapped[int] = mapped_column(ForeignKey("evidence_item.id"), primary_key=True, index=True)
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    linked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    still_valid: Mapped[bool] = mapped_column(default=False)  # carried over from the last cycle by "Still valid"

    item: Mapped[EvidenceItem] = relationship(lazy="raise")


class Submission(Base):
    """What a manager signed: the frozen snapshot of everything, its hash, the statement and the typed name."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("self_assessment_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    self_assessment_id: Mapped[int] = mapped_column(ForeignKey("self_assessment.id"))
    number: Mapped[int]  # 1 for the first, one more after each return
    snapshot: Mapped[str] = mapped_column(Text)  # canonical JSON: criteria hash, profile, answers, evidence digests
    snapshot_hash: Mapped[str] = mapped_column(String(64))
    statement: Mapped[str] = mapped_column(Text)
    typed_name: Mapped[str] = mapped_column(String(160))
    submitted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    submitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
