"""The rounds a line took part in: cycle, decision and result sheet of each; and the latest save."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from audit.domain.first_round import letter_valid_until
from audit.domain.workflow import State
from audit.persistence.criteria_sets import frozen
from audit.persistence.queries.practice import COUNTS
from audit.persistence.tables import (
    AnswerRow,
    Certificate,
    Cycle,
    CycleKind,
    Decision,
    Document,
    DocumentKind,
    FrozenCriteriaSet,
    Person,
    ReportingLine,
    SelfAssessment,
    TimeRequest,
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
        .where(SelfAssessment.line_id == line.id, COUNTS)
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


def letter_of(session: Session, found: tuple[Round, ...]) -> date | None:
    """The last day of the line's first-round letter; None where it has none. A statement at most."""
    for one in found:
        if one.assessment.cycle.kind is CycleKind.FIRST_ROUND and one.decision is not None:
            criteria_set = frozen(session, one.assessment.cycle.criteria_set_hash)
            return letter_valid_until(criteria_set, one.decision.level, one.decision.decided_at.date())
    return None


def after_first_rounds(session: Session) -> tuple[frozenset[int], frozenset[int]]:
    """The lines that had or have a first round and did not withdraw from it, and those that ever had a certificate."""
    had = session.scalars(
        select(SelfAssessment.line_id)
        .join(Cycle, Cycle.id == SelfAssessment.cycle_id)
        .where(Cycle.kind == CycleKind.FIRST_ROUND, SelfAssessment.state != State.WITHDRAWN)
    )
    return frozenset(had), frozenset(session.scalars(select(Certificate.line_id).distinct()))


def open_request(session: Session, assessment_id: int) -> TimeRequest | None:
    """What the line asked and nobody has answered yet."""
    return session.scalar(
        select(TimeRequest)
        .where(TimeRequest.self_assessment_id == assessment_id, TimeRequest.answered_at.is_(None))
        .limit(1)
    )


def latest_request(session: Session, assessment_id: int) -> TimeRequest | None:
    """The line's latest request for more time, answered or not."""
    return session.scalar(
        select(TimeRequest)
        .where(TimeRequest.self_assessment_id == assessment_id)
        .order_by(TimeRequest.id.desc())
        .limit(1)
    )


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
