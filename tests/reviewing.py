"""Takes self-assessments through review and decision, through the use cases, for the tests of what follows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from audit.domain.criteria import CriteriaSet
from audit.domain.findings import EvidenceVerdict, Grade
from audit.domain.workflow import State
from audit.persistence.criteria_sets import frozen
from audit.persistence.queries import assessments, reviews
from audit.persistence.tables import Cycle, Decision, ReportingLine, Review, SelfAssessment
from audit.usecases import decisions, review, self_assessment
from tests import building
from tests.building import AT

BASE_URL = "https://audit.example"


def set_of(session: Session, assessment: SelfAssessment) -> CriteriaSet:
    """The frozen set of a self-assessment's cycle."""
    return frozen(session, session.get_one(Cycle, assessment.cycle_id).criteria_set_hash)


def in_review(
    session: Session, line: ReportingLine | None = None, *, at: datetime = AT, declared: bool = True, **filled: object
) -> tuple[SelfAssessment, list[Review]]:
    """A self-assessment that two reviewers of other countries may judge."""
    assessment = building.a_submitted_assessment(session, line, at=at, **filled)
    coordinator = building.a_coordinator(session, at=at)
    review.accept(session, assessment, actor=coordinator, at=at)
    asked = []
    for name, country in (("Reviewer one", "FI"), ("Reviewer two", "PT")):
        person = building.a_reviewer(session, name, country, at=at)
        one = review.assign(session, assessment, person, actor=coordinator, at=at, today=at.date())
        if declared:
            review.declare(session, one, tie=False, actor=person, at=at)
        asked.append(one)
    return assessment, asked


def judge_all(
    session: Session,
    one: Review,
    *,
    keys: Mapping[str, str] | None = None,
    grades: Mapping[str, Grade] | None = None,
    verdict: EvidenceVerdict = EvidenceVerdict.ACCEPTED,
    at: datetime = AT,
) -> None:
    """Say of every criterion what the line says, but for `keys` and `grades`; judge every item alike."""
    assessment = session.get_one(SelfAssessment, one.self_assessment_id)
    criteria_set = set_of(session, assessment)
    said = assessments.values_of(session, assessment.id)
    offered = assessments.evidence_of(session, assessment.id)
    for criterion in criteria_set.applicable(assessment.profile):
        key = (keys or {}).get(criterion.id, said[criterion.id].key)
        grade = (grades or {}).get(criterion.id, Grade.CONFORMS)
        review.judge(
            session,
            one,
            criteria_set,
            criterion.id,
            key=key,
            grade=grade,
            comment=f"{one.letter} on {criterion.id}",
            expected_version=0,
            actor=one.person,
            at=at,
        )
        for item in offered.get(criterion.id, ()):
            review.judge_evidence(
                session, one, criterion.id, item, verdict=verdict, reason="Seen.", actor=one.person, at=at
            )


def complete(session: Session, one: Review, *, at: datetime = AT) -> None:
    assessment = session.get_one(SelfAssessment, one.self_assessment_id)
    review.complete(session, one, set_of(session, assessment), actor=one.person, at=at, today=at.date())


def awaiting_decision(
    session: Session,
    line: ReportingLine | None = None,
    *,
    at: datetime = AT,
    grades: Mapping[str, Grade] | None = None,
    **filled: object,
) -> SelfAssessment:
    """A self-assessment whose reviewers agree with it and whose line has checked the facts."""
    assessment, asked = in_review(session, line, at=at, **filled)
    for one in asked:
        judge_all(session, one, grades=grades, at=at)
        complete(session, one, at=at)
    assert assessment.state is State.FACTUAL_CHECK
    manager = building.a_manager(session, session.get_one(ReportingLine, assessment.line_id), at=at)
    self_assessment.confirm_facts(session, assessment, remark="", actor=manager, at=at)
    return assessment


def decide(session: Session, assessment: SelfAssessment, *, at: datetime = AT, **given: object) -> Decision:
    return decisions.decide(
        session,
        assessment,
        set_of(session, assessment),
        base_url=BASE_URL,
        actor=building.a_coordinator(session, at=at),
        at=at,
        today=at.date(),
        **given,
    )


def a_decision(session: Session, line: ReportingLine | None = None, *, at: datetime = AT, **filled: object) -> Decision:
    """A decision by the rules; with everything at the top the line is certified."""
    return decide(session, awaiting_decision(session, line, at=at, **filled), at=at)


def sides_seen(session: Session, one: Review) -> str:
    """Everything a reviewer's page holds, as text, to look for what must not stand there."""
    return repr(reviews.workspace(session, one))
