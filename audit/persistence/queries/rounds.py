"""The rounds a line took part in: cycle, decision and result sheet of each; and the latest save."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from audit.persistence.tables import (
    AnswerRow,
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
class Round:
    """One cycle of a line, with its latest decision and that decision's result sheet."""

    assessment: SelfAssessment  # with its cycle
    criteria_set_version: str
    decision: Decision | None
    result_sheet: Document | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastSave:
    """The save that was last in a self-assessment."""

    at: datetime
    by: str
    criterion: str


def rounds_of(session: Session, line: ReportingLine) -> tuple[Round, ...]:
    """The cycles of a line, the latest first: three statements."""
    assessments = session.execute(
        select(SelfAssessment, FrozenCriteriaSet.version)
        .join(Cycle, Cycle.id == SelfAssessment.cycle_id)
        .join(FrozenCriteriaSet, FrozenCriteriaSet.hash == Cycle.criteria_set_hash)
        .where(SelfAssessment.line_id == line.id)
        .options(joinedload(SelfAssessment.cycle), joinedload(SelfAssessment.line))
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


def result_sheet(session: Session, line: ReportingLine, public_id: str) -> Document | None:
    """A result sheet of the line with its line, made or not."""
    return session.scalar(
        select(Document)
        .where(
            Document.public_id == public_id,
            Document.line_id == line.id,
            Document.kind == DocumentKind.RESULT_SHEET,
        )
        .options(joinedload(Document.line))
    )


def last_save(session: Session, assessment_id: int) -> LastSave | None:
    """The latest save in a self-assessment; None before the first."""
    row = session.execute(
        select(AnswerRow.saved_at, AnswerRow.criterion_id, Person.name)
        .join(Person, Person.id == AnswerRow.saved_by_id)
        .where(AnswerRow.self_assessment_id == assessment_id, AnswerRow.saved_at.is_not(None))
        .order_by(AnswerRow.saved_at.desc(), AnswerRow.id.desc())
        .limit(1)
    ).first()
    return None if row is None else LastSave(at=row.saved_at, by=row.name, criterion=row.criterion_id)
