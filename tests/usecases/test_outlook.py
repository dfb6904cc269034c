"""The outlook of a self-assessment against the decision on it: two ways to one level."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from audit.domain.findings import Grade
from audit.persistence.queries import assessments
from audit.persistence.queries.decisions import case_of
from audit.persistence.queries.outlook import outlook_of
from audit.persistence.tables import SelfAssessment
from audit.usecases import self_assessment
from tests import building, reviewing
from tests.building import AT

TODAY = AT.date()


def found(session: Session, assessment: SelfAssessment):
    answers = assessments.answers_of(session, assessment.id)
    offered = assessments.evidence_of(session, assessment.id)
    return outlook_of(session, assessment, building.small_set(), answers, offered, today=TODAY)


@pytest.mark.parametrize("seed", range(6))
def test_reviewers_who_confirm_everything_bring_about_the_level_that_was_foreseen(session: Session, seed: int) -> None:
    """Answers at any level, everything shown, and the reviewers agree with all of it: the decision is the outlook."""
    chance = random.Random(seed)
    floor = chance.choice([0, 1, 2, 2])
    levels = {one.id: chance.randint(floor, 3) for one in building.small_set().criteria}
    assessment = building.an_assessment(session)
    building.fill(session, assessment, levels=levels)
    foreseen = found(session, assessment)
    assert foreseen is not None and foreseen.unanswered == ()
    building.submit(session, assessment)
    assert found(session, assessment) == foreseen, "signing changes nothing"
    _review(session, assessment)
    case = case_of(session, assessment, building.small_set(), plan_accepted=False, today=TODAY)
    assert (case.keys, case.score, case.circumstances, case.verdict) == (
        foreseen.case.keys,
        foreseen.case.score,
        foreseen.case.circumstances,
        foreseen.case.verdict,
    )
    decision = reviewing.decide(session, assessment)
    assert decision.level == foreseen.level


def test_a_finding_of_the_reviewers_makes_the_difference_the_page_warns_of(session: Session) -> None:
    """The planted difference: the comparison above would notice when reviewers do not simply agree."""
    assessment = building.an_assessment(session)
    building.fill(session, assessment)
    foreseen = found(session, assessment)
    assert foreseen is not None and foreseen.level == "certified"
    building.submit(session, assessment)
    _review(session, assessment, grades={"GOV-01": Grade.MAJOR})
    assert reviewing.decide(session, assessment).level != foreseen.level


def test_evidence_that_will_not_count_is_not_counted(session: Session) -> None:
    assessment = building.an_assessment(session)
    building.fill(session, assessment)
    item = next(iter(assessments.evidence_of(session, assessment.id).values()))[0]
    item.issued_on = TODAY - timedelta(days=500)
    session.flush()
    view = found(session, assessment)
    assert view is not None
    assert view.by_answers.level == "certified" and view.level != "certified"
    assert view.said["HND-02"] == "full" and view.case.keys["HND-02"] == "partly"


def test_another_line_changes_nothing(session: Session) -> None:
    assessment = building.an_assessment(session)
    building.fill(session, assessment)
    before = found(session, assessment)
    other_line = building.a_line(session, "Sample line Belgium", "BE")
    building.an_open_cycle(session, [other_line], name="Another")
    other = building.an_assessment(session, other_line)
    building.fill(session, other, level=1)
    assert found(session, assessment) == before


def _review(session: Session, assessment: SelfAssessment, *, grades: dict[str, Grade] | None = None) -> None:
    from audit.persistence.tables import ReportingLine
    from audit.usecases import review

    coordinator = building.a_coordinator(session)
    review.accept(session, assessment, actor=coordinator, at=AT)
    for name, country in (("Reviewer one", "FI"), ("Reviewer two", "PT")):
        person = building.a_reviewer(session, name, country)
        one = review.assign(session, assessment, person, actor=coordinator, at=AT, today=TODAY)
        review.declare(session, one, tie=False, actor=person, at=AT)
        reviewing.judge_all(session, one, grades=grades)
        reviewing.complete(session, one)
    manager = building.a_manager(session, session.get_one(ReportingLine, assessment.line_id))
    self_assessment.confirm_facts(session, assessment, remark="", actor=manager, at=AT)
