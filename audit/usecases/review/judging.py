"""What one reviewer says about each criterion and each evidence item; saved one by one, blind to the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from audit.domain.criteria import CriteriaSet, Criterion
from audit.domain.errors import N_, InvalidInput, Missing, NotAllowed, StaleVersion, WrongState
from audit.domain.findings import EvidenceVerdict, Grade
from audit.domain.scoring import may_be_not_applicable
from audit.domain.workflow import Verb, after
from audit.persistence.tables import (
    CriterionVerdict,
    EvidenceItem,
    EvidenceLink,
    EvidenceVerdictRow,
    Person,
    Review,
    SelfAssessment,
)
from audit.persistence.verdicts import present_content

COMMENT_LIMIT = 4000  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What is stored for one criterion: shown beside what was typed when two windows disagree."""

    key: str | None
    not_applicable: bool
    grade: Grade | None
    comment: str


def judge(
    session: Session,
    review: Review,
    criteria_set: CriteriaSet,
    criterion_id: str,
    *,
    key: str | None,
    not_applicable: bool = False,
    grade: Grade | None,
    comment: str = "",
    expected_version: int,
    actor: Person,
    at: datetime,
) -> int:
    """Save a verdict and return its new version; a half-finished one may be saved, but not completed.

    Raises StaleVersion (with a Judged as `current`) when the verdict changed since it was read, InvalidInput for a
    level, a "not applicable" or a finding that cannot be.
    """
    assessment = _open(session, review, actor)
    criterion = _criterion(criteria_set, assessment, criterion_id)
    comment = comment.strip()
    check_verdict(criteria_set, criterion, key=key, not_applicable=not_applicable, grade=grade, comment=comment)
    values = {
        "key": key,
        "not_applicable": not_applicable,
        "grade": grade,
        "comment": comment,
        "content_hash": present_content(session, assessment.id, criterion_id),
        "version": expected_version + 1,
        "saved_at": at,
    }
    if expected_version == 0:
        insert = insert_postgresql if session.get_bind().dialect.name == "postgresql" else insert_sqlite
        added = session.execute(
            insert(CriterionVerdict)
            .values(review_id=review.id, criterion_id=criterion_id, **values)
            .on_conflict_do_nothing(index_elements=["review_id", "criterion_id"])
            .returning(CriterionVerdict.id)
        ).first()
        if added is None:
            raise _stale(session, review, criterion_id)
        return 1
    changed = session.execute(
        update(CriterionVerdict)
        .where(
            CriterionVerdict.review_id == review.id,
            CriterionVerdict.criterion_id == criterion_id,
            CriterionVerdict.version == expected_version,
        )
        .values(**values)
        .returning(CriterionVerdict.id)
        .execution_options(synchronize_session="fetch")
    ).first()
    if changed is None:
        raise _stale(session, review, criterion_id)
    return expected_version + 1


def check_verdict(
    criteria_set: CriteriaSet,
    criterion: Criterion,
    *,
    key: str | None,
    not_applicable: bool,
    grade: Grade | None,
    comment: str,
) -> None:
    """Refuse what no reviewer can say; the same rules hold for a verdict and for a reconciliation."""
    if key is not None and not_applicable:
        raise InvalidInput(N_("Choose a level, or say that the criterion does not apply."), field="key")
    if key is not None and criteria_set.answer_set_of(criterion).answer(key) is None:
        raise InvalidInput(N_("This criterion has no such level."), field="key")
    if not_applicable and not may_be_not_applicable(criterion):
        raise InvalidInput(N_("This criterion applies to every line; choose a level."), field="key")
    if grade is not None and grade.can_be_open and not comment:
        raise InvalidInput(N_("Say what you found, so that the line can act on it."), field="comment")
    if len(comment) > COMMENT_LIMIT:
        raise InvalidInput(N_("Comments hold at most %(limit)s characters."), field="comment", limit=COMMENT_LIMIT)


def judge_evidence(
    session: Session,
    review: Review,
    criterion_id: str,
    item: EvidenceItem,
    *,
    verdict: EvidenceVerdict,
    reason: str = "",
    actor: Person,
    at: datetime,
) -> None:
    """Accept or reject one item for one criterion; a rejection says why. Judging again replaces the verdict."""
    assessment = _open(session, review, actor)
    reason = reason.strip()
    if verdict is EvidenceVerdict.REJECTED and not reason:
        raise InvalidInput(N_("Say why you reject this item."), field="reason")
    linked = session.get(EvidenceLink, (assessment.id, criterion_id, item.id))
    if linked is None or item.locked_at is not None:
        raise Missing(N_("This item is not offered as evidence here."))
    row = session.scalar(
        select(EvidenceVerdictRow).where(
            EvidenceVerdictRow.review_id == review.id,
            EvidenceVerdictRow.criterion_id == criterion_id,
            EvidenceVerdictRow.evidence_item_id == item.id,
        )
    )
    if row is None:
        row = EvidenceVerdictRow(review_id=review.id, criterion_id=criterion_id, evidence_item_id=item.id)
        session.add(row)
    row.verdict, row.reason, row.saved_at = verdict, reason, at
    session.flush()


def _open(session: Session, review: Review, actor: Person) -> SelfAssessment:
    """The self-assessment, when this reviewer may judge it now: their own review, declared, not complete."""
    # Completing waits until this verdict is written.
    session.refresh(review, ["declared_at", "completed_at", "ended_at"], with_for_update={"read": True})
    if review.person_id != actor.id or review.ended_at is not None:
        raise NotAllowed(N_("This is not your review."))
    assessment = session.get_one(SelfAssessment, review.self_assessment_id)
    after(assessment.state, Verb.JUDGE)
    if review.declared_at is None:
        raise WrongState(N_("Please declare first that no tie to this line binds you."))
    if review.completed_at is not None:
        raise WrongState(N_("You completed this review; it stays as it is."))
    return assessment


def _criterion(criteria_set: CriteriaSet, assessment: SelfAssessment, criterion_id: str) -> Criterion:
    applicable = {criterion.id: criterion for criterion in criteria_set.applicable(assessment.profile)}
    if criterion_id not in applicable:
        raise Missing(N_("This criterion is not part of this self-assessment."))
    return applicable[criterion_id]


def _stale(session: Session, review: Review, criterion_id: str) -> StaleVersion:
    row = session.execute(
        select(CriterionVerdict)
        .where(CriterionVerdict.review_id == review.id, CriterionVerdict.criterion_id == criterion_id)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    current = Judged(
        key=row.key if row else None,
        not_applicable=row.not_applicable if row else False,
        grade=row.grade if row else None,
        comment=row.comment if row else "",
    )
    return StaleVersion(
        N_("This verdict was changed in another window. Both are shown; choose which one stays."),
        current=current,
        version=row.version if row else 0,
    )
