"""Lines, and what a line's home shows at one glance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.domain.answers import Answer
from audit.domain.completeness import Gap, gaps
from audit.domain.criteria import CriteriaSet
from audit.persistence import criteria_sets
from audit.persistence.queries import assessments
from audit.persistence.tables import (
    Certificate,
    CertificateEvent,
    Decision,
    Document,
    DocumentKind,
    ReportingLine,
    SelfAssessment,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeProgress:
    """How far a theme is: criteria asked, answered, and criteria that still lack something."""

    id: str
    title: str
    asked: int
    answered: int
    lacking: int

    @property
    def complete(self) -> bool:
        return self.lacking == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The line's latest issued certificate with its status today."""

    certificate: Certificate
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineHome:
    line: ReportingLine
    assessment: SelfAssessment | None  # of the cycle opened last, with its cycle loaded
    criteria_set: CriteriaSet | None
    themes: tuple[ThemeProgress, ...]
    gaps: tuple[Gap, ...]
    days_left: int | None  # until the date of submission; negative when it has passed
    certificate: Held | None
    decision: Decision | None  # the latest, of any cycle
    result_sheet: Document | None  # of that decision, once it is made


def by_public_id(session: Session, public_id: str) -> ReportingLine | None:
    return session.scalar(select(ReportingLine).where(ReportingLine.public_id == public_id))


def by_name(session: Session, name: str) -> ReportingLine | None:
    return session.scalar(select(ReportingLine).where(ReportingLine.name == name))


def all_lines(session: Session, *, left: bool = False) -> list[ReportingLine]:
    """The network's lines by name; with `left`, also those that left it."""
    statement = select(ReportingLine).order_by(ReportingLine.name)
    if not left:
        statement = statement.where(ReportingLine.left_at.is_(None))
    return list(session.scalars(statement))


def home(session: Session, line: ReportingLine, today: date) -> LineHome:
    """Everything a line's home shows, in a fixed number of statements."""
    assessment = assessments.current_of_line(session, line.id)
    criteria_set = None
    themes: tuple[ThemeProgress, ...] = ()
    missing: tuple[Gap, ...] = ()
    if assessment is not None:
        criteria_set = criteria_sets.frozen(session, assessment.cycle.criteria_set_hash)
        answers = assessments.values_of(session, assessment.id)
        offered = assessments.evidence_of(session, assessment.id)
        missing = gaps(criteria_set, assessment.profile, answers, assessments.current_kinds(offered, today=today))
        themes = progress(criteria_set, assessment.profile, answers, missing)
    decision = session.scalar(
        select(Decision)
        .join(SelfAssessment, SelfAssessment.id == Decision.self_assessment_id)
        .where(SelfAssessment.line_id == line.id)
        .order_by(Decision.decided_at.desc(), Decision.id.desc())
        .limit(1)
    )
    return LineHome(
        line=line,
        assessment=assessment,
        criteria_set=criteria_set,
        themes=themes,
        gaps=missing,
        days_left=None if assessment is None else (assessment.due_on - today).days,
        certificate=_held(session, line, today),
        decision=decision,
        result_sheet=None if decision is None else _result_sheet(session, decision),
    )


def progress(
    criteria_set: CriteriaSet, profile: dict[str, object], answers: dict[str, Answer], missing: tuple[Gap, ...]
) -> tuple[ThemeProgress, ...]:
    """One entry per theme that asks something of a line with this profile, in the set's order."""
    asked: dict[str, list[str]] = {}
    for criterion in criteria_set.applicable(profile):
        asked.setdefault(criterion.theme, []).append(criterion.id)
    lacking = {gap.criterion for gap in missing}
    return tuple(
        ThemeProgress(
            id=theme.id,
            title=theme.title,
            asked=len(asked[theme.id]),
            answered=sum(1 for criterion in asked[theme.id] if criterion in answers and answers[criterion].counts),
            lacking=sum(1 for criterion in asked[theme.id] if criterion in lacking),
        )
        for theme in criteria_set.themes
        if theme.id in asked
    )


def _held(session: Session, line: ReportingLine, today: date) -> Held | None:
    certificate = session.scalar(
        select(Certificate)
        .where(Certificate.line_id == line.id, Certificate.digest.is_not(None), Certificate.valid_from <= today)
        .order_by(Certificate.valid_from.desc(), Certificate.id.desc())
        .limit(1)
    )
    if certificate is None:
        return None
    status = session.scalar(
        select(CertificateEvent.status)
        .where(CertificateEvent.certificate_id == certificate.id, CertificateEvent.effective_on <= today)
        .order_by(CertificateEvent.effective_on.desc(), CertificateEvent.id.desc())
        .limit(1)
    )
    return Held(certificate=certificate, status=status or "")


def _result_sheet(session: Session, decision: Decision) -> Document | None:
    return session.scalar(
        select(Document)
        .where(
            Document.kind == DocumentKind.RESULT_SHEET,
            Document.decision_id == decision.id,
            Document.digest.is_not(None),
        )
        .order_by(Document.id.desc())
        .limit(1)
    )
