"""The outlook of a self-assessment: what it would give if reviewers confirmed everything as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from audit.domain.criteria import CriteriaSet
from audit.domain.outlook import Outlook, outlook
from audit.domain.scoring import ScoringError
from audit.domain.settlement import AcceptedItem
from audit.persistence.queries.assessments import SavedAnswer
from audit.persistence.queries.circumstances import earlier_findings, held, indicator_periods
from audit.persistence.tables import EvidenceItem, SelfAssessment


def outlook_of(
    session: Session,
    assessment: SelfAssessment,
    criteria_set: CriteriaSet,
    answers: Mapping[str, SavedAnswer],
    offered: Mapping[str, list[EvidenceItem]],
    *,
    today: date,
) -> Outlook | None:
    """From answers and offered evidence, and four statements. The cycle must be loaded.

    None when so much is said not to apply that nothing can be rated.
    """
    try:
        return outlook(
            criteria_set,
            assessment.profile,
            {name: saved.value for name, saved in answers.items()},
            _as_accepted(assessment, criteria_set, offered),
            earlier_findings=earlier_findings(session, assessment),
            held=held(session, assessment.line_id),
            indicator_periods=indicator_periods(session, assessment),
            on=today,
        )
    except ScoringError:
        return None


def _as_accepted(
    assessment: SelfAssessment, criteria_set: CriteriaSet, offered: Mapping[str, list[EvidenceItem]]
) -> dict[str, list[AcceptedItem]]:
    """The items as if every reviewer of the cycle had accepted them; locked ones left out."""
    known = {kind.id for kind in criteria_set.evidence_kinds}
    return {
        criterion_id: [
            AcceptedItem(
                kind=item.kind,
                accepted_by=assessment.cycle.reviewers,
                dated_on=item.issued_on or item.added_at.date(),
                valid_until=item.valid_until,
            )
            for item in items
            if item.locked_at is None and item.kind in known
        ]
        for criterion_id, items in offered.items()
    }
