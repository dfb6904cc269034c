"""What of a returned self-assessment stays as it was signed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from sqlalchemy.orm import Session

from audit.domain.completeness import is_reopened, reasons
from audit.domain.criteria import CriteriaSet
from audit.domain.workflow import State
from audit.persistence.queries.assessments import SavedAnswer, answers_of, current_kinds, evidence_of
from audit.persistence.tables import EvidenceItem, SelfAssessment


def named_by_return(assessment: SelfAssessment) -> tuple[str, ...]:
    """The criteria a self-assessment that came back was asked about; none in every other state."""
    return tuple(assessment.returned_criteria) if assessment.state is State.RETURNED else ()


def shut_criteria(
    criteria_set: CriteriaSet,
    assessment: SelfAssessment,
    answers: Mapping[str, SavedAnswer],
    offered: Mapping[str, list[EvidenceItem]],
    *,
    named: Collection[str],
    today: date,
) -> frozenset[str]:
    """The criteria that a return left as they were signed; none where it named none."""
    signed = assessment.submitted_at
    if not named or signed is None:
        return frozenset()
    kinds = current_kinds(offered, today=today)
    shut = set()
    for criterion in criteria_set.applicable(assessment.profile):
        saved = answers.get(criterion.id, SavedAnswer(criterion_id=criterion.id))
        items = offered.get(criterion.id, [])
        lapsed = any(
            item.locked_at is None and item.valid_until is not None and item.valid_until < today for item in items
        ) or bool(reasons(criteria_set, criterion, saved.value, frozenset(kinds.get(criterion.id, ()))))
        changed = (saved.saved_at is not None and saved.saved_at > signed) or any(
            item.added_at > signed for item in items
        )
        if not is_reopened(named, criterion.id, lapsed=lapsed, changed=changed):
            shut.add(criterion.id)
    return frozenset(shut)


def is_shut(
    session: Session,
    assessment: SelfAssessment,
    criteria_set: CriteriaSet,
    criterion_id: str,
    *,
    named: Collection[str],
    today: date,
) -> bool:
    """The same for one criterion, read anew: no statement where it is among those named."""
    if not named or criterion_id in named:
        return False
    answers, offered = answers_of(session, assessment.id), evidence_of(session, assessment.id)
    return criterion_id in shut_criteria(criteria_set, assessment, answers, offered, named=named, today=today)
