"""A reporting line as its home reads it: the cycles it takes part in, decisions, certificates and papers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from audit.domain.workflow import CLOSED
from audit.persistence.tables import (
    AnswerRow,
    Certificate,
    CertificateEvent,
    Cycle,
    Decision,
    Document,
    DocumentKind,
    FrozenCriteriaSet,
    Person,
    ReportingLine,
    SelfAssessment,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCertificate:
    """A certificate of the line and what holds now: the latest recorded event that has begun."""

    certificate: Certificate
    status: str  # domain.certification.CertificateStatus, or "" before its first event begins


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One cycle the line takes or took part in, with its latest decision and result sheet."""

    assessment: SelfAssessment  # with its cycle
    criteria_set_version: str
    decision: Decision | None
    result_sheet: Document | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineHome:
    """Where the line stands. `current` is the round in which it can or must still act, else the latest one."""

    line: ReportingLine
    current: Round | None
    rounds: tuple[Round, ...]  # the latest first
    certificates: tuple[LineCertificate, ...]  # the latest first
    last_saved_at: datetime | None
    last_saved_by: str
    last_saved_criterion: str


def by_public_id(session: Session, public_id: str) -> ReportingLine | None:
    return session.scalar(select(ReportingLine).where(ReportingLine.public_id == public_id))


def home(session: Session, line: ReportingLine, today: date) -> LineHome:
    """Everything the home of a line says about its cycles and certificates, in a constant number of statements."""
    rounds = rounds_of(session, line)
    current = next((one for one in rounds if one.assessment.state not in CLOSED), rounds[0] if rounds else None)
    saved = None
    if current is not None:
        saved = session.execute(
            select(AnswerRow.saved_at, AnswerRow.criterion_id, Person.name)
            .join(Person, Person.id == AnswerRow.saved_by_id)
            .where(AnswerRow.self_assessment_id == current.assessment.id)
            .order_by(AnswerRow.saved_at.desc(), AnswerRow.id.desc())
            .limit(1)
        ).first()
    return LineHome(
        line=line,
        current=current,
        rounds=rounds,
        certificates=certificates_of(session, line, today),
        last_saved_at=saved.saved_at if saved else None,
        last_saved_by=saved.name if saved else "",
        last_saved_criterion=saved.criterion_id if saved else "",
    )


def rounds_of(session: Session, line: ReportingLine) -> tuple[Round, ...]:
    """The cycles of a line, the latest first: three statements."""
    assessments = session.execute(
        select(SelfAssessment, FrozenCriteriaSet.version)
        .join(Cycle, Cycle.id == SelfAssessment.cycle_id)
        .join(FrozenCriteriaSet, FrozenCriteriaSet.hash == Cycle.criteria_set_hash)
        .where(SelfAssessment.line_id == line.id)
        .options(joinedload(SelfAssessment.cycle))
        .order_by(Cycle.opens_on.desc(), Cycle.id.desc())
    ).all()
    decisions = {
        decision.self_assessment_id: decision
        for decision in session.scalars(
            select(Decision)
            .join(SelfAssessment, SelfAssessment.id == Decision.self_assessment_id)
            .where(SelfAssessment.line_id == line.id)
            .order_by(Decision.number)  # a later decision on the same self-assessment takes the earlier one's place
        )
    }
    sheets = {
        sheet.decision_id: sheet
        for sheet in session.scalars(
            select(Document).where(Document.line_id == line.id, Document.kind == DocumentKind.RESULT_SHEET)
        )
    }
    rounds = []
    for assessment, version in assessments:
        decision = decisions.get(assessment.id)
        rounds.append(
            Round(
                assessment=assessment,
                criteria_set_version=version,
                decision=decision,
                result_sheet=sheets.get(decision.id) if decision is not None else None,
            )
        )
    return tuple(rounds)


def certificates_of(session: Session, line: ReportingLine, today: date) -> tuple[LineCertificate, ...]:
    """The line's certificates with the status that holds today, the latest first: one statement."""
    ranked = (
        select(
            CertificateEvent.certificate_id,
            CertificateEvent.status,
            func.row_number()
            .over(
                partition_by=CertificateEvent.certificate_id,
                order_by=(CertificateEvent.effective_on.desc(), CertificateEvent.id.desc()),
            )
            .label("place"),
        )
        .join(Certificate, Certificate.id == CertificateEvent.certificate_id)
        .where(Certificate.line_id == line.id, CertificateEvent.effective_on <= today)
        .subquery()
    )
    rows = session.execute(
        select(Certificate, ranked.c.status)
        .outerjoin(ranked, (ranked.c.certificate_id == Certificate.id) & (ranked.c.place == 1))
        .where(Certificate.line_id == line.id)
        .order_by(Certificate.valid_from.desc(), Certificate.id.desc())
    )
    return tuple(LineCertificate(certificate=certificate, status=status or "") for certificate, status in rows)
