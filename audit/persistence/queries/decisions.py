"""Decisions as their page reads them: the case of a line, every rule with its verdict, and who may not decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from audit.domain.agreement import Agreement
from audit.domain.case import Case, Confirmed, build_case
from audit.domain.criteria import CriteriaSet
from audit.persistence.criteria_sets import frozen
from audit.persistence.queries.assessments import SavedAnswer, answers_of
from audit.persistence.queries.certificates import present_of_line
from audit.persistence.queries.circumstances import earlier_findings, held, indicator_periods
from audit.persistence.queries.reviews import AssignedReview, Side, agreement, reviews_of, sides
from audit.persistence.tables import (
    Certificate,
    ConfirmedAnswer,
    Cycle,
    Decision,
    Person,
    ReportingLine,
    Review,
    SelfAssessment,
    Submission,
)
from audit.persistence.verdicts import accepted_items


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """All that a decision rests on. `case` is without an accepted plan, `case_with_plan` with one."""

    assessment: SelfAssessment
    line: ReportingLine
    cycle: Cycle
    criteria_set: CriteriaSet
    case: Case
    case_with_plan: Case
    answers: Mapping[str, SavedAnswer]
    sides: Mapping[str, tuple[Side, ...]]
    reviews: list[AssignedReview]
    agreement: Agreement | None
    submission: Submission | None
    present_certificate: Certificate | None
    decisions: list[Decision]
    previous: Decision | None  # of the line's cycle before


def case_of(
    session: Session, assessment: SelfAssessment, criteria_set: CriteriaSet, *, plan_accepted: bool, today: date
) -> Case:
    """The case on a day; ScoringError while confirmed answers are missing."""
    confirmed = [
        Confirmed(
            criterion=row.criterion_id,
            key=row.key,
            not_applicable=row.not_applicable,
            grade=row.grade,
            comment=row.comment,
            settled=row.settled,
            reason=row.reason,
        )
        for row in session.scalars(select(ConfirmedAnswer).where(ConfirmedAnswer.self_assessment_id == assessment.id))
    ]
    return build_case(
        criteria_set,
        confirmed,
        accepted_items(session, assessment),
        profile=assessment.profile,
        earlier_findings=earlier_findings(session, assessment),
        held=held(session, assessment.line_id),
        indicator_periods=indicator_periods(session, assessment),
        plan_accepted=plan_accepted,
        on=today,
    )


def dossier(session: Session, assessment: SelfAssessment, today: date) -> Dossier:
    """The decision page of a self-assessment whose review is complete; a constant number of statements."""
    line = session.get_one(ReportingLine, assessment.line_id)
    cycle = session.get_one(Cycle, assessment.cycle_id)
    criteria_set = frozen(session, cycle.criteria_set_hash)
    case = case_of(session, assessment, criteria_set, plan_accepted=False, today=today)
    return Dossier(
        assessment=assessment,
        line=line,
        cycle=cycle,
        criteria_set=criteria_set,
        case=case,
        case_with_plan=case.with_plan(criteria_set, accepted=True),
        answers=answers_of(session, assessment.id),
        sides=sides(session, assessment),
        reviews=reviews_of(session, assessment),
        agreement=agreement(session, assessment, criteria_set),
        submission=latest_submission(session, assessment),
        present_certificate=present_of_line(session, line.id, today),
        decisions=decisions_of(session, assessment),
        previous=previous_decision(session, assessment),
    )


def by_public_id(session: Session, public_id: str) -> Decision | None:
    return session.scalar(select(Decision).where(Decision.public_id == public_id))


def decisions_of(session: Session, assessment: SelfAssessment) -> list[Decision]:
    """The decisions on a self-assessment, the latest first."""
    return list(
        session.scalars(
            select(Decision).where(Decision.self_assessment_id == assessment.id).order_by(Decision.number.desc())
        )
    )


def latest_submission(session: Session, assessment: SelfAssessment) -> Submission | None:
    return session.scalar(
        select(Submission)
        .where(Submission.self_assessment_id == assessment.id)
        .order_by(Submission.number.desc())
        .limit(1)
    )


def previous_decision(session: Session, assessment: SelfAssessment) -> Decision | None:
    """The latest decision on the line in a cycle that opened before this one, with its self-assessment and cycle."""
    opened = select(Cycle.opens_on).where(Cycle.id == assessment.cycle_id).scalar_subquery()
    return session.scalar(
        select(Decision)
        .join(SelfAssessment, SelfAssessment.id == Decision.self_assessment_id)
        .join(Cycle, Cycle.id == SelfAssessment.cycle_id)
        .where(SelfAssessment.line_id == assessment.line_id, Cycle.opens_on < opened)
        .options(joinedload(Decision.self_assessment).joinedload(SelfAssessment.cycle))
        .order_by(Cycle.opens_on.desc(), Decision.number.desc())
        .limit(1)
    )


def has_reviewed(session: Session, assessment: SelfAssessment, person: Person) -> bool:
    """Whether the person was ever asked to review this self-assessment."""
    statement = select(Review.id).where(Review.self_assessment_id == assessment.id, Review.person_id == person.id)
    return session.scalar(statement.limit(1)) is not None
