"""What complete reviews say of a self-assessment: confirmed answers, and verdicts on the evidence offered."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.domain.findings import EvidenceVerdict
from audit.persistence.tables import ConfirmedAnswer, EvidenceVerdictRow, Review


def confirmed_of(session: Session, assessment_id: int) -> dict[str, ConfirmedAnswer]:
    """What the reviewers confirmed, by criterion; empty while they work."""
    rows = session.scalars(select(ConfirmedAnswer).where(ConfirmedAnswer.self_assessment_id == assessment_id))
    return {row.criterion_id: row for row in rows}


def evidence_verdicts(session: Session, assessment_id: int) -> dict[tuple[str, int], list[tuple[EvidenceVerdict, str]]]:
    """Verdict and reason by criterion and evidence item's row id, of complete reviews that were not ended.

    Whether the reader may see them is for the caller to ask: until every review is in, they are their reviewer's own.
    """
    found: dict[tuple[str, int], list[tuple[EvidenceVerdict, str]]] = {}
    for row in session.execute(
        select(
            EvidenceVerdictRow.criterion_id,
            EvidenceVerdictRow.evidence_item_id,
            EvidenceVerdictRow.verdict,
            EvidenceVerdictRow.reason,
        )
        .join(Review, Review.id == EvidenceVerdictRow.review_id)
        .where(Review.self_assessment_id == assessment_id, Review.completed_at.is_not(None), Review.ended_at.is_(None))
        .order_by(Review.letter)
    ):
        found.setdefault((row.criterion_id, row.evidence_item_id), []).append((row.verdict, row.reason))
    return found
