"""What a reviewer's verdict is bound to, and which evidence the reviewers accepted."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.domain.answers import Answer, figures_to_text
from audit.domain.findings import EvidenceVerdict
from audit.domain.journal import canonical
from audit.domain.settlement import AcceptedItem
from audit.persistence.tables import (
    AnswerRow,
    EvidenceItem,
    EvidenceLink,
    EvidenceVerdictRow,
    Review,
    SelfAssessment,
)


def content_hash(answer: Answer, evidence: Iterable[tuple[str, str]]) -> str:
    """SHA-256 of the exact answer and the evidence items (public id, digest or statement) that were judged."""
    text = canonical(
        [
            answer.status.value,
            answer.key,
            answer.justification,
            figures_to_text(answer.figures),
            answer.summary,
            answer.equivalent,
            sorted(evidence),
        ]
    )
    return hashlib.sha256(b"plumbline verdict v1\n" + text.encode()).hexdigest()


def present_content(session: Session, assessment_id: int, criterion_id: str) -> str:
    """The content hash of what stands there now."""
    row = session.scalar(
        select(AnswerRow).where(AnswerRow.self_assessment_id == assessment_id, AnswerRow.criterion_id == criterion_id)
    )
    items = session.scalars(
        select(EvidenceItem)
        .join(EvidenceLink, EvidenceLink.evidence_item_id == EvidenceItem.id)
        .where(EvidenceLink.self_assessment_id == assessment_id, EvidenceLink.criterion_id == criterion_id)
    )
    evidence = [(item.public_id, item.digest or f"{item.url}\n{item.statement}") for item in items]
    return content_hash(row.value if row else Answer(), evidence)


def accepted_items(session: Session, assessment: SelfAssessment) -> Mapping[str, list[AcceptedItem]]:
    """The items each criterion can rest on: accepted by at least one complete review, rejected by none, not locked."""
    rows = session.execute(
        select(EvidenceVerdictRow.criterion_id, EvidenceVerdictRow.verdict, EvidenceItem)
        .join(EvidenceItem, EvidenceItem.id == EvidenceVerdictRow.evidence_item_id)
        .join(Review, Review.id == EvidenceVerdictRow.review_id)
        .where(
            Review.self_assessment_id == assessment.id,
            Review.ended_at.is_(None),
            Review.completed_at.is_not(None),
            EvidenceItem.locked_at.is_(None),
        )
    )
    verdicts: dict[tuple[str, int], list[EvidenceVerdict]] = defaultdict(list)
    items: dict[int, EvidenceItem] = {}
    for criterion_id, verdict, item in rows:
        verdicts[criterion_id, item.id].append(verdict)
        items[item.id] = item
    found: dict[str, list[AcceptedItem]] = defaultdict(list)
    for (criterion_id, item_id), given in verdicts.items():
        if EvidenceVerdict.REJECTED in given:
            continue
        item = items[item_id]
        found[criterion_id].append(
            AcceptedItem(
                kind=item.kind,
                accepted_by=len(given),
                dated_on=item.issued_on or item.added_at.date(),
                valid_until=item.valid_until,
            )
        )
    return found
