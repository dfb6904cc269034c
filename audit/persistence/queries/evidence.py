"""A line's evidence library: the items, what each serves, and one item on its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.persistence.tables import Cycle, EvidenceItem, EvidenceLink, ReportingLine, SelfAssessment


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One place an item serves: a criterion of one cycle's self-assessment."""

    assessment: str  # public id
    cycle: str
    criterion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryItem:
    """One item of the library. A locked one keeps its place, its fingerprint and its dates, and loses its name."""

    public_id: str
    kind: str
    title: str
    statement: str
    url: str
    file_name: str
    media_type: str
    size: int
    issued_on: date | None
    valid_until: date | None
    added_at: datetime
    locked_at: datetime | None
    received_digest: str
    uses: tuple[Use, ...]  # the latest cycle first

    @property
    def has_file(self) -> bool:
        return bool(self.file_name) and self.locked_at is None


def library(session: Session, line_id: int) -> list[LibraryItem]:
    """Every item of a line with where it is used, the latest first: two statements, however long the library is."""
    uses: dict[int, list[Use]] = {}
    for row in session.execute(
        select(
            EvidenceLink.evidence_item_id,
            EvidenceLink.criterion_id,
            SelfAssessment.public_id,
            Cycle.name,
        )
        .join(SelfAssessment, SelfAssessment.id == EvidenceLink.self_assessment_id)
        .join(Cycle, Cycle.id == SelfAssessment.cycle_id)
        .where(SelfAssessment.line_id == line_id)
        .order_by(Cycle.opens_on.desc(), Cycle.id.desc(), EvidenceLink.criterion_id)
    ):
        uses.setdefault(row.evidence_item_id, []).append(
            Use(assessment=row.public_id, cycle=row.name, criterion=row.criterion_id)
        )
    items = session.execute(
        select(
            EvidenceItem.id,
            EvidenceItem.public_id,
            EvidenceItem.kind,
            EvidenceItem.title,
            EvidenceItem.statement,
            EvidenceItem.url,
            EvidenceItem.file_name,
            EvidenceItem.media_type,
            EvidenceItem.size,
            EvidenceItem.issued_on,
            EvidenceItem.valid_until,
            EvidenceItem.added_at,
            EvidenceItem.locked_at,
            EvidenceItem.received_digest,
        )
        .where(EvidenceItem.line_id == line_id)
        .order_by(EvidenceItem.added_at.desc(), EvidenceItem.id.desc())
    )
    return [
        LibraryItem(
            public_id=row.public_id,
            kind=row.kind,
            title="" if row.locked_at else row.title,
            statement="" if row.locked_at else row.statement,
            url="" if row.locked_at else row.url,
            file_name="" if row.locked_at else row.file_name,
            media_type=row.media_type,
            size=row.size,
            issued_on=row.issued_on,
            valid_until=row.valid_until,
            added_at=row.added_at,
            locked_at=row.locked_at,
            received_digest=row.received_digest or "",
            uses=tuple(uses.get(row.id, ())),
        )
        for row in items
    ]


def by_public_id(session: Session, public_id: str) -> EvidenceItem | None:
    return session.scalar(select(EvidenceItem).where(EvidenceItem.public_id == public_id))


def line_of(session: Session, item: EvidenceItem) -> ReportingLine:
    """The line an item belongs to."""
    return session.scalars(select(ReportingLine).where(ReportingLine.id == item.line_id)).one()
