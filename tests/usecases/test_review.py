"""The review side: who may review, blind verdicts, settlement, reconciliation, and every refusal of the table."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.domain.conflicts import ConflictReason
from audit.domain.errors import (
    AuditError,
    ConflictOfInterest,
    InvalidInput,
    NotAllowed,
    StaleVersion,
    WrongState,
)
from audit.domain.findings import EvidenceVerdict, Grade
from audit.domain.permissions import Relation, Role
from audit.domain.settlement import Settled
from audit.domain.workflow import State, Verb, may
from audit.persistence.queries import assessments, reviews
from audit.persistence.queries.access import relations
from audit.persistence.queries.network import candidates
from audit.persistence.tables import ConfirmedAnswer, CriterionVerdict, Letter, ReportingLine, SelfAssessment
from audit.usecases import accounts, review, self_assessment
from tests import building, reviewing
from tests.building import AT

TODAY = AT.date()


def confirmed(session: Session, assessment: SelfAssessment) -> dict[str, ConfirmedAnswer]:
    rows = session.scalars(select(ConfirmedAnswer).where(ConfirmedAnswer.self_assessment_id == assessment.id))
    return {row.criterion_id: row for row in rows}


def test_two_reviewers_who_agree_confirm_what_the_line_said(session: Session) -> None:
    assessment, (one, two) = reviewing.in_review(session)
    reviewing.judge_all(session, one)
    reviewing.complete(session, one)
    assert assessment.state is State.IN_REVIEW
    assert confirmed(session, assessment) == {}
    reviewing.judge_all(session, two, grades={"ACC-01": Grade.OPPORTUNITY})
    reviewing.complete(session, two)
    assert assessment.state is State.FACTUAL_CHECK
    assert assessment.facts_due_on is not None and assessment.facts_due_on > TODAY
    rows = confirmed(session, assessment)
    assert rows.keys() == {c.id for c in building.small_set().applicable(assessment.profile)}
    assert {row.settled for row in rows.values()} == {Settled.AGREED}
    assert rows["GOV-01"].key == "full"
    assert rows["ACC-01"].grade is Grade.OPPORTUNITY, "the graver finding stands"
    assert rows["ACC-01"].comment == "A on ACC-01\n\nB on ACC-01"
    kinds = set(session.scalars(select(Letter.kind)))
    assert {"assigned_to_review", "facts_to_check", "review_complete"} <= kinds


def test_one_level_apart_on_a_plain_criterion_the_lower_stands(session: Session) -> None:
    assessment, (one, two) = reviewing.in_review(session)
    reviewing.judge_all(session, one)
    reviewing.complete(session, one)
    reviewing.judge_all(session, two, keys={"ACC-01": "mostly"})
    reviewing.complete(session, two)
    row = confirmed(session, assessment)["ACC-01"]
    assert (row.key, row.settled) == ("mostly", Settled.LOWER_STANDS)
    assert assessment.state is State.FACTUAL_CHECK


def test_core_differences_are_reconciled_with_a_reason(session: Session) -> None:
    assessment, (one, two) = reviewing.in_review(session)
    reviewing.judge_all(session, one)
    reviewing.complete(session, one)
    reviewing.judge_all(session, two, keys={"GOV-01": "mostly", "ACC-01": "partly"})
    reviewing.complete(session, two)
    assert assessment.state is State.RECONCILIATION
    open_ones = reviews.differences(session, assessment, building.small_set())
    assert [difference.criterion for difference in open_ones] == ["GOV-01", "ACC-01"]
    assert [side.letter for side in open_ones[0].sides] == ["A", "B"]
    assert reviews.agreement(session, assessment, building.small_set()).n == len(confirmed(session, assessment)) + 2

    def reconcile(criterion: str, **changes: object) -> None:
        given = {"key": "mostly", "grade": Grade.CONFORMS, "reason": "Read again together.", "actor": one.person}
        review.reconcile(
            session, assessment, building.small_set(), criterion, at=AT, today=TODAY, **{**given, **changes}
        )

    with pytest.raises(InvalidInput) as refusal:
        reconcile("GOV-01", reason="  ")
    assert refusal.value.field == "reason"
    with pytest.raises(NotAllowed):
        reconcile("GOV-01", actor=building.a_coordinator(session))
    with pytest.raises(WrongState):
        reconcile("HND-02")
    with pytest.raises(InvalidInput):
        reconcile("GOV-01", key=None)
    reconcile("GOV-01")
    assert assessment.state is State.RECONCILIATION
    reconcile("GOV-01", key="full")  # until the last one is settled, it may be settled anew
    reconcile("ACC-01", actor=two.person)
    assert assessment.state is State.FACTUAL_CHECK
    row = confirmed(session, assessment)["GOV-01"]
    assert (row.key, row.settled, row.reason) == ("full", Settled.RECONCILED, "Read again together.")


def test_one_says_not_applicable_the_other_a_level(session: Session) -> None:
    assessment, (one, two) = reviewing.in_review(session)
    reviewing.judge_all(session, one)
    reviewing.complete(session, one)
    reviewing.judge_all(session, two)
    review.judge(
        session, two, building.small_set(), "ACC-02", key=None, not_applicable=True, grade=Grade.CONFORMS,
        comment="No form.", expected_version=1, actor=two.person, at=AT,
    )  # fmt: skip
    reviewing.complete(session, two)
    assert [one.criterion for one in reviews.differences(session, assessment)] == ["ACC-02"]


def test_the_top_needs_accepted_practice_evidence(session: Session) -> None:
    assessment, (one, two) = reviewing.in_review(session)
    for reviewer in (one, two):
        reviewing.judge_all(session, reviewer, verdict=EvidenceVerdict.REJECTED)
        reviewing.complete(session, reviewer)
    rows = confirmed(session, assessment)
    assert rows["GOV-01"].key == "mostly"
    assert rows["HND-02"].key == "partly", "reviewed every year, and no accepted item is current"


def test_what_needs_two_reviewers_needs_both_to_accept(session: Session) -> None:
    assessment, (one, two) = reviewing.in_review(session)
    reviewing.judge_all(session, one)
    reviewing.complete(session, one)
    reviewing.judge_all(session, two, verdict=EvidenceVerdict.REJECTED)
    reviewing.complete(session, two)
    assert confirmed(session, assessment)["GOV-01"].key == "mostly"


def test_blind_until_both_are_done(session: Session) -> None:
    assessment, (one, two) = reviewing.in_review(session)
    reviewing.judge_all(session, one, keys={"GOV-01": "mostly"})
    assert "A on GOV-01" in reviewing.sides_seen(session, one)
    assert "A on GOV-01" not in reviewing.sides_seen(session, two)
    reviewing.complete(session, one)
    assert "A on GOV-01" not in reviewing.sides_seen(session, two)
    assert reviews.differences(session, assessment) == ()
    assert reviews.sides(session, assessment) == {}
    assert reviews.agreement(session, assessment, building.small_set()) is None
    assert reviews.workspace(session, two).others_done is None
    reviewing.judge_all(session, two)
    reviewing.complete(session, two)
    assert "A on GOV-01" in repr(reviews.differences(session, assessment))


def test_completing_names_everything_that_is_not_judged(session: Session) -> None:
    assessment, (one, _) = reviewing.in_review(session)
    criteria = list(building.small_set().applicable(assessment.profile))
    with pytest.raises(InvalidInput) as refusal:
        reviewing.complete(session, one)
    offered = assessments.evidence_of(session, assessment.id)
    assert len(refusal.value.problems) == len(criteria) + sum(len(items) for items in offered.values())
    reviewing.judge_all(session, one)
    review.judge(
        session, one, building.small_set(), "GOV-02", key="yes", grade=None, expected_version=1, actor=one.person, at=AT
    )
    with pytest.raises(InvalidInput) as refusal:
        reviewing.complete(session, one)
    assert [problem.field for problem in refusal.value.problems] == ["GOV-02"]


def test_verdicts_that_cannot_be(session: Session) -> None:
    _, (one, _) = reviewing.in_review(session)

    def judge(**changes: object) -> int:
        given = {"key": "full", "not_applicable": False, "grade": Grade.CONFORMS, "comment": "", "expected_version": 0}
        return review.judge(
            session, one, building.small_set(), "GOV-01", actor=one.person, at=AT, **{**given, **changes}
        )

    for changes, field in (
        ({"key": "splendid"}, "key"),
        ({"not_applicable": True}, "key"),
        ({"key": None, "not_applicable": True}, "key"),
        ({"grade": Grade.MINOR}, "comment"),
        ({"comment": "x" * 4001}, "comment"),
    ):
        with pytest.raises(InvalidInput) as refusal:
            judge(**changes)
        assert refusal.value.field == field
    assert judge() == 1
    assert judge(expected_version=1, key="mostly") == 2
    for stale in (0, 1):
        with pytest.raises(StaleVersion) as refusal:
            judge(expected_version=stale)
        assert (refusal.value.current.key, refusal.value.version) == ("mostly", 2)


def test_only_ones_own_declared_open_review(session: Session) -> None:
    assessment, (one, two) = reviewing.in_review(session, declared=False)
    common = {"key": "full", "grade": Grade.CONFORMS, "expected_version": 0, "at": AT}
    with pytest.raises(WrongState):
        review.judge(session, one, building.small_set(), "GOV-01", actor=one.person, **common)
    with pytest.raises(WrongState):
        reviewing.complete(session, one)
    review.declare(session, one, tie=False, actor=one.person, at=AT)
    with pytest.raises(NotAllowed):
        review.judge(session, one, building.small_set(), "GOV-01", actor=two.person, **common)
    reviewing.judge_all(session, one)
    reviewing.complete(session, one)
    with pytest.raises(WrongState):
        review.judge(
            session, one, building.small_set(), "GOV-01", actor=one.person, **{**common, "expected_version": 1}
        )
    item = next(iter(assessments.evidence_of(session, assessment.id).values()))[0]
    with pytest.raises(WrongState):
        review.judge_evidence(session, one, "GOV-01", item, verdict=EvidenceVerdict.ACCEPTED, actor=one.person, at=AT)


def test_a_declared_tie_ends_all_access_at_once(session: Session) -> None:
    assessment, (one, _) = reviewing.in_review(session)
    person = one.person
    assert Relation.REVIEWER in relations(session, person, assessment=assessment, now=AT)
    with pytest.raises(InvalidInput):
        review.declare(session, one, tie=True, actor=person, at=AT)
    review.declare(session, one, tie=True, reason="I worked there.", actor=person, at=AT)
    assert Relation.REVIEWER not in relations(session, person, assessment=assessment, now=AT)
    with pytest.raises(NotAllowed):
        reviewing.judge_all(session, one)
    assert review.conflicts(session, assessment, person, today=TODAY) == (ConflictReason.DECLARED_TIE,)
    assert review.conflicts(session, assessment, person, today=TODAY + timedelta(days=731)) == ()
    with pytest.raises(ConflictOfInterest):
        review.assign(session, assessment, person, actor=building.a_coordinator(session), at=AT, today=TODAY)
    told = session.scalars(select(Letter).where(Letter.kind == "reviewer_released")).all()
    assert [letter.person_id for letter in told] == [building.a_coordinator(session).id]


def test_a_released_reviewer_does_not_count_and_may_return(session: Session) -> None:
    assessment, (one, two) = reviewing.in_review(session)
    coordinator = building.a_coordinator(session)
    reviewing.judge_all(session, one)
    reviewing.complete(session, one)
    review.release(session, one, reason="Fell ill.", actor=coordinator, at=AT)
    reviewing.judge_all(session, two)
    reviewing.complete(session, two)
    assert assessment.state is State.IN_REVIEW, "one complete review of two is not enough"
    again = review.assign(session, assessment, one.person, actor=coordinator, at=AT, today=TODAY)
    assert again.letter == "A"
    assert again.completed_at is None
    with pytest.raises(WrongState):
        review.assign(
            session, assessment, building.a_reviewer(session, "Third", "LT"), actor=coordinator, at=AT, today=TODAY
        )


def test_conflicts_of_interest(session: Session) -> None:
    austria = building.a_line(session)
    belgium = building.a_line(session, "Sample line Belgium", "BE")
    building.an_open_cycle(session, [austria, belgium])
    assessment = assessments.current_of_line(session, austria.id)
    other = assessments.current_of_line(session, belgium.id)
    for one in (assessment, other):
        building.fill(session, one)
        building.submit(session, one)
    coordinator = building.a_coordinator(session)

    def reasons(person: object) -> tuple[ConflictReason, ...]:
        return review.conflicts(session, assessment, person, today=TODAY)

    own = building.a_manager(session, austria)
    accounts.invite(session, email=own.email, name=own.name, role=Role.REVIEWER, actor=coordinator, at=AT)
    assert set(reasons(own)) == {ConflictReason.OWN_LINE, ConflictReason.OWN_COUNTRY}
    assert reasons(building.a_reviewer(session, "From Vienna", "AT")) == (ConflictReason.OWN_COUNTRY,)

    former = building.a_person(session, "Former colleague", Role.CONTRIBUTOR, line=austria)
    accounts.end_appointment(
        session, building.appointment_of(session, former, Role.CONTRIBUTOR), actor=coordinator, at=AT
    )
    assert reasons(former) == (ConflictReason.FORMER_LINE, ConflictReason.OWN_COUNTRY)
    two_years_on = review.conflicts(session, assessment, former, today=TODAY + timedelta(days=731))
    assert two_years_on == (ConflictReason.OWN_COUNTRY,)

    assert reasons(building.a_reviewer(session, "From Brussels", "BE")) == ()
    review.assign(session, other, own, actor=coordinator, at=AT, today=TODAY)
    assert reasons(building.a_reviewer(session, "From Brussels", "BE")) == (ConflictReason.MUTUAL_PAIR,)

    finland = building.a_reviewer(session, "From Helsinki", "FI")
    review.assign(session, assessment, finland, actor=coordinator, at=AT, today=TODAY)
    assert reasons(building.a_reviewer(session, "From Turku", "FI")) == (ConflictReason.SAME_COUNTRY_AS_REVIEWER,)
    choices = {choice.person.name: choice for choice in candidates(session, assessment, TODAY)}
    assert choices["From Turku"].reasons == (ConflictReason.SAME_COUNTRY_AS_REVIEWER,)
    assert choices["From Helsinki"].asked_here
    with pytest.raises(InvalidInput):
        review.assign(session, assessment, coordinator, actor=coordinator, at=AT, today=TODAY)


def test_at_most_three_returns(session: Session) -> None:
    assessment = building.a_submitted_assessment(session)
    coordinator = building.a_coordinator(session)
    with pytest.raises(InvalidInput):
        review.return_to_line(session, assessment, reason=" ", actor=coordinator, at=AT)
    for turn in range(3):
        review.return_to_line(session, assessment, reason=f"Figures are missing ({turn}).", actor=coordinator, at=AT)
        assert assessment.state is State.RETURNED
        building.submit(session, assessment)
    with pytest.raises(WrongState):
        review.return_to_line(session, assessment, reason="Once more.", actor=coordinator, at=AT)


@pytest.mark.parametrize("state", list(State))
def test_every_verb_that_the_table_does_not_list_is_refused(session: Session, state: State) -> None:
    assessment, (one, _) = reviewing.in_review(session)
    coordinator, criteria_set = building.a_coordinator(session), building.small_set()
    reviewing.judge_all(session, one)
    manager_free = {"actor": coordinator, "at": AT}
    reviewer = one.person
    verbs = {
        Verb.RETURN: lambda: review.return_to_line(session, assessment, reason="Missing.", **manager_free),
        Verb.ACCEPT: lambda: review.accept(session, assessment, **manager_free),
        Verb.JUDGE: lambda: review.judge(
            session, one, criteria_set, "GOV-01", key="full", grade=Grade.CONFORMS, expected_version=1,
            actor=reviewer, at=AT,
        ),
        Verb.COMPLETE_REVIEW: lambda: review.complete(
            session, one, criteria_set, actor=reviewer, at=AT, today=TODAY
        ),
        Verb.RECONCILE: lambda: review.reconcile(
            session, assessment, criteria_set, "GOV-01", key="full", grade=Grade.CONFORMS, reason="So.",
            actor=reviewer, at=AT, today=TODAY,
        ),
        Verb.DECIDE: lambda: reviewing.decide(session, assessment),
    }  # fmt: skip
    for verb, act in verbs.items():
        with session.begin_nested() as inner:
            assessment.state = state
            session.flush()
            if may(state, verb):
                with pytest.raises(AuditError) if verb in (Verb.RECONCILE, Verb.DECIDE) else nullcontext():
                    act()
            else:
                with pytest.raises(WrongState):
                    act()
            inner.rollback()


def test_a_verdict_names_the_exact_content_it_was_given_on(session: Session) -> None:
    _, (one, two) = reviewing.in_review(session)
    reviewing.judge_all(session, one)
    reviewing.judge_all(session, two)
    rows = session.scalars(select(CriterionVerdict).where(CriterionVerdict.criterion_id == "GOV-01")).all()
    assert len({row.content_hash for row in rows}) == 1
    everything = session.scalars(select(CriterionVerdict.content_hash)).all()
    assert len(set(everything)) == len(everything) // 2


def test_my_reviews(session: Session) -> None:
    _, (one, two) = reviewing.in_review(session)
    reviewing.judge_all(session, one)
    assert [(mine.letter, mine.judged, mine.completed) for mine in reviews.mine(session, one.person)] == [
        ("A", len(list(building.small_set().criteria)), False)
    ]
    assert [mine.judged for mine in reviews.mine(session, two.person)] == [0]


def test_a_return_that_names_criteria_opens_only_these(session: Session) -> None:
    assessment = building.a_submitted_assessment(session)
    coordinator, criteria_set = building.a_coordinator(session), building.small_set()
    manager = building.a_manager(session, session.get_one(ReportingLine, assessment.line_id))
    with pytest.raises(InvalidInput):
        review.return_to_line(session, assessment, reason="Missing.", criteria=["NO-99"], actor=coordinator, at=AT)
    assert assessment.state is State.SUBMITTED
    review.return_to_line(
        session, assessment, reason="The date is missing.", criteria=["GOV-01"], actor=coordinator, at=AT
    )

    def save(criterion: str) -> int:
        return self_assessment.record_answer(
            session,
            assessment,
            criteria_set,
            criterion,
            building.an_answer(criteria_set, criterion, level=1),
            expected_version=1,
            actor=manager,
            at=AT + timedelta(hours=1),
        )

    item = assessments.evidence_of(session, assessment.id)["ACC-01"][0]
    arguments = (session, assessment, criteria_set, "ACC-01", item)
    for refused in (
        lambda: save("ACC-01"),
        lambda: self_assessment.attach(*arguments, actor=manager, at=AT),
        lambda: self_assessment.detach(*arguments, actor=manager, at=AT),
    ):
        with pytest.raises(WrongState, match=r"ACC-01 stays as it was signed.*GOV-01"):
            refused()
    assert save("GOV-01") == 2

    item.valid_until = TODAY - timedelta(days=1)
    session.flush()
    assert save("ACC-01") == 2, "evidence ran out meanwhile, so it can be mended"


def test_a_return_that_names_none_opens_everything(session: Session) -> None:
    assessment = building.a_submitted_assessment(session)
    review.return_to_line(
        session, assessment, reason="All of it, please.", actor=building.a_coordinator(session), at=AT
    )
    building.fill(session, assessment, level=2)
    assert assessments.answer_to(session, assessment.id, "ACC-01").version == 2
