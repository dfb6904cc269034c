"""How a person stands to an object right now, from present rows: the only source of rights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from audit.domain.calendar import TIE_MONTHS, add_months
from audit.domain.permissions import Relation, Role
from audit.persistence.tables import (
    Appointment,
    Audience,
    Certificate,
    Decision,
    Document,
    EvidenceItem,
    EvidenceLink,
    Person,
    ReportingLine,
    Review,
    Scope,
    ScopeLine,
    SelfAssessment,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Object:
    """What an object belongs to: one line or none, and the self-assessments whose reviewers matter for it."""

    line_id: int | None = None
    assessments: ColumnElement[bool] | None = None  # which reviews concern it, as a condition on Review
    own_review: int | None = None  # the one review it is, where it is one


def relations(
    session: Session,
    person: Person | None,
    *,
    line: ReportingLine | None = None,
    assessment: SelfAssessment | None = None,
    certificate: Certificate | None = None,
    document: Document | None = None,
    evidence: EvidenceItem | None = None,
    review: Review | None = None,
    scope: Scope | None = None,
    now: datetime,
) -> frozenset[Relation]:
    """The person's relations to one object, or to the network when no object is given. Nobody: no relation at all.

    Give at most one object. A review is its own reviewer's, never the other one's. An open scope that covers the line
    makes an auditor; for a comparison report, one that includes comparison. A disabled person has no relation.
    """
    if person is None or person.disabled_at is not None:
        return frozenset()
    found = {Relation.SIGNED_IN}
    whole = _object(session, line, assessment, certificate, document, evidence, review)
    appointments = session.execute(
        select(Appointment.role, Appointment.line_id, Appointment.ended_at).where(Appointment.person_id == person.id)
    ).all()
    present = {(role, line_id) for role, line_id, ended_at in appointments if ended_at is None or ended_at > now}
    if (Role.ADMINISTRATOR, None) in present:
        found.add(Relation.ADMINISTRATOR)
    if whole.line_id is not None:
        if (Role.MANAGER, whole.line_id) in present:
            found.add(Relation.MANAGER)
        if (Role.CONTRIBUTOR, whole.line_id) in present:
            found.add(Relation.CONTRIBUTOR)
    tied = whole.line_id is not None and any(
        line_id == whole.line_id and (ended_at is None or ended_at.date() > add_months(now.date(), -TIE_MONTHS))
        for _, line_id, ended_at in appointments
    )
    tied = tied or _declared_tie(session, person, whole, now)
    reviewing, reviewed = _reviews(session, person, whole)
    if reviewing and not tied:
        found.add(Relation.REVIEWER)
    if (Role.COORDINATOR, None) in present:
        if tied:
            found.add(Relation.TIED_COORDINATOR)
        elif reviewed:
            found.add(Relation.REVIEWING_COORDINATOR)
        else:
            found.add(Relation.COORDINATOR)
    return frozenset(found | _auditing(session, person, whole, document, scope, now))


def _object(
    session: Session,
    line: ReportingLine | None,
    assessment: SelfAssessment | None,
    certificate: Certificate | None,
    document: Document | None,
    evidence: EvidenceItem | None,
    review: Review | None,
) -> _Object:
    if sum(thing is not None for thing in (line, assessment, certificate, document, evidence, review)) > 1:
        raise ValueError("relations are asked for one object at a time")
    if line is not None:
        return _Object(line_id=line.id)
    if assessment is not None:
        return _Object(line_id=assessment.line_id, assessments=Review.self_assessment_id == assessment.id)
    if review is not None:
        line_id = session.scalar(select(SelfAssessment.line_id).where(SelfAssessment.id == review.self_assessment_id))
        return _Object(
            line_id=line_id,
            assessments=Review.self_assessment_id == review.self_assessment_id,
            own_review=review.id,
        )
    if certificate is not None:
        decided = select(Decision.self_assessment_id).where(Decision.id == certificate.decision_id).scalar_subquery()
        return _Object(line_id=certificate.line_id, assessments=Review.self_assessment_id == decided)
    if document is not None:
        decided = select(Decision.self_assessment_id).where(Decision.id == document.decision_id).scalar_subquery()
        return _Object(
            line_id=document.line_id,
            assessments=None if document.decision_id is None else Review.self_assessment_id == decided,
        )
    if evidence is not None:
        offered = select(EvidenceLink.self_assessment_id).where(EvidenceLink.evidence_item_id == evidence.id)
        return _Object(line_id=evidence.line_id, assessments=Review.self_assessment_id.in_(offered))
    return _Object()


def _reviews(session: Session, person: Person, whole: _Object) -> tuple[bool, bool]:
    """Whether the person reviews the object now, and whether they were ever asked to."""
    if whole.assessments is None:
        return False, False
    rows = session.execute(
        select(Review.id, Review.ended_at).where(and_(Review.person_id == person.id, whole.assessments))
    ).all()
    reviewing = any(ended_at is None and whole.own_review in (None, review_id) for review_id, ended_at in rows)
    return reviewing, bool(rows)


def _declared_tie(session: Session, person: Person, whole: _Object, now: datetime) -> bool:
    """Whether the person, asked to review the line, said within two years that something ties them to it."""
    if whole.line_id is None:
        return False
    declared = session.scalars(
        select(Review.ended_at)
        .join(SelfAssessment, SelfAssessment.id == Review.self_assessment_id)
        .where(
            Review.person_id == person.id,
            Review.tie_declared.is_(True),
            Review.ended_at.is_not(None),
            SelfAssessment.line_id == whole.line_id,
        )
    )
    return any(moment.date() > add_months(now.date(), -TIE_MONTHS) for moment in declared if moment is not None)


def _auditing(
    session: Session, person: Person, whole: _Object, document: Document | None, scope: Scope | None, now: datetime
) -> set[Relation]:
    """An auditor's relations: they begin and end with an open scope of theirs that covers the object."""
    statement = select(Scope.includes_evidence, Scope.includes_comparison).where(
        Scope.person_id == person.id, Scope.starts_at <= now, Scope.ends_at > now
    )
    if scope is not None:
        statement = statement.where(Scope.id == scope.id)
    if whole.line_id is not None:
        statement = statement.join(ScopeLine, ScopeLine.scope_id == Scope.id).where(ScopeLine.line_id == whole.line_id)
    scopes = session.execute(statement).all()
    if document is not None and document.line_id is None and document.audience is not Audience.PUBLIC:
        scopes = [found for found in scopes if found.includes_comparison]
    if not scopes:
        return set()
    if whole.line_id is not None and any(found.includes_evidence for found in scopes):
        return {Relation.AUDITOR, Relation.EVIDENCE_AUDITOR}
    return {Relation.AUDITOR}
