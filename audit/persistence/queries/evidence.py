"""The evidence library of a line, and where each item is offered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.persistence.tables import Cycle, EvidenceItem, EvidenceLink, Person, SelfAssessment


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One place where an item is offered."""

    criterion_id: str
    cycle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryItem:
    item: EvidenceItem
    added_by: str  # the person's name
    uses: tuple[Use, ...]

    def out_of_date(self, today: date) -> bool:
        return self.item.valid_until is not None and self.item.valid_until < today


def by_public_id(session: Session, public_id: str) -> EvidenceItem | None:
    return session.scalar(select(EvidenceItem).where(EvidenceItem.public_id == public_id))


def library(session: Session, line_id: int) -> list[LibraryItem]:
    """Every item of a line, the latest first, with its uses; locked ones included."""
    rows = session.execute(
        select(EvidenceItem, Person.name)
        .join(Person, Person.id == EvidenceItem.added_by_id)
        .where(EvidenceItem.line_id == line_id)
        .order_by(EvidenceItem.added_at.desc(), EvidenceItem.id.desc())
    ).all()
    uses: dict[int, list[Use]] = {}
    for item_id, criterion_id, cycle in session.execute(
        select(EvidenceLink.evidence_item_id, EvidenceLink.criterion_id, Cycle.name)
        .join(EvidenceItem, EvidenceItem.id == EvidenceLink.evidence_item_id)
        .join(SelfAssessment, SelfAssessment.id == EvidenceLink.self_assessment_id)
        .join(Cycle, Cycle.id == SelfAssessment.cycle_id)
        .where(EvidenceItem.line_id == line_id)
        .order_by(Cycle.opens_on.desc(), Cycle.id.desc(), EvidenceLink.criterion_id)
    ):
        uses.setdefault(item_id, []).append(Use(criterion_id=criterion_id, cycle=cycle))
    return [LibraryItem(item=item, added_by=name, uses=tuple(uses.get(item.id, ()))) for item, name in rows]
