"""The outlook: what is counted before a review, what evidence holds down, and what a way to a level asks for."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest

from audit.domain.answers import Answer, AnswerStatus
from audit.domain.criteria import CriteriaSet
from audit.domain.findings import Grade
from audit.domain.levels import judge
from audit.domain.outlook import Need, Outlook, Why, needs, outlook, way_to
from audit.domain.scoring import ScoringError, score
from audit.domain.settlement import AcceptedItem
from tests.domain.sets import shipped, small

ON = date(2026, 3, 2)
SEEN = AcceptedItem(kind="viewed_live", accepted_by=2, dated_on=date(2026, 2, 1), valid_until=None)


def answered(criteria_set: CriteriaSet, level: int = 3, **levels: int) -> dict[str, Answer]:
    """Each criterion at a level, or the nearest below; names are written with underscores."""
    found = {}
    for criterion in criteria_set.criteria:
        wanted = levels.get(criterion.id.replace("-", "_"), level)
        key = [one for one in criteria_set.answer_set_of(criterion).answers if one.level <= wanted][-1].key
        found[criterion.id] = Answer(status=AnswerStatus.ANSWERED, key=key, justification="So it is.")
    return found


def everything_shown(criteria_set: CriteriaSet) -> dict[str, list[AcceptedItem]]:
    return {criterion.id: [SEEN] for criterion in criteria_set.criteria}


def seen(criteria_set: CriteriaSet, answers: dict[str, Answer], **more: object) -> Outlook:
    return outlook(criteria_set, {}, answers, everything_shown(criteria_set), on=ON, **more)  # type: ignore[arg-type]


def test_what_is_not_answered_counts_at_the_lowest_level_and_is_named() -> None:
    answers = answered(small())
    answers["GOV-01"] = Answer(status=AnswerStatus.UNKNOWN)
    del answers["ACC-02"]
    found = seen(small(), answers)
    assert found.unanswered == ("GOV-01", "ACC-02")
    assert found.case.keys["GOV-01"] == "none" and found.level != "certified"


def test_what_does_not_apply_is_left_out() -> None:
    answers = answered(small())
    answers["GOV-02"] = Answer(status=AnswerStatus.NOT_APPLICABLE, justification="Published by the ministry.")
    found = seen(small(), answers)
    assert "GOV-02" in found.case.not_applicable and "GOV-02" not in found.unanswered


def test_a_stopper_that_is_said_not_to_apply_counts_as_not_answered() -> None:
    answers = answered(small())
    answers["HND-02"] = Answer(status=AnswerStatus.NOT_APPLICABLE, justification="No.")
    assert seen(small(), answers).unanswered == ("HND-02",)


def test_evidence_holds_down_only_what_it_must() -> None:
    answers = answered(small())
    bare = outlook(small(), {}, answers, {}, on=ON)
    assert bare.by_answers.level == "certified" and bare.level != "certified"
    assert set(bare.case.caps) == {
        one.id
        for one in small().criteria
        if small().answer_set_of(one).practice_for_top or one.review_every_months is not None
    }
    assert seen(small(), answers).case.caps == {}


def test_a_plan_may_make_the_difference() -> None:
    found = seen(small(), answered(small(), GOV_01=1))
    assert (found.level, found.with_plan.level) == ("not_certified", "conditional")


@pytest.mark.parametrize("seed", range(12))
def test_taking_the_way_leads_to_the_level_as_far_as_answers_do(seed: int) -> None:
    """Raise what the way names and show it: every rule that answers decide holds, on the set as it is shipped."""
    chance = random.Random(seed)
    answers = {}
    for criterion in shipped().criteria:
        if chance.random() < 0.85:
            key = chance.choice(shipped().answer_set_of(criterion).answers).key
            answers[criterion.id] = Answer(status=AnswerStatus.ANSWERED, key=key, justification="So it is.")
    items = {one.id: [SEEN] for one in shipped().criteria if chance.random() < 0.6}
    found = outlook(shipped(), {}, answers, items, on=ON)
    for level in ("conditional", "certified", "exemplary"):
        way = way_to(shipped(), found, level)
        assert way.raises is not None
        keys = {**found.case.keys, **{one.step.criterion: one.step.to_key for one in way.raises}}
        verdict = judge(shipped(), score(shipped(), keys), found.now)
        failing = {rule.id for rule in verdict.of_level(level) if not rule.holds}
        assert failing <= {rule.id for rule in way.path.obstacles} | {"exemplary.certified"}, level
        for one in way.raises:
            criterion = shipped().criterion(one.step.criterion)
            shown = found.kinds[criterion.id] | {"viewed_live"}
            assert needs(shipped(), criterion, one.step.to_key, shown) == ()
            if not one.needs:
                assert needs(shipped(), criterion, one.step.to_key, found.kinds[criterion.id]) == ()


def test_a_step_says_why_it_is_there_and_what_it_needs() -> None:
    bare = outlook(small(), {}, answered(small(), HND_02=0, GOV_01=1), {}, on=ON)
    steps = {one.step.criterion: one for one in way_to(small(), bare, "certified").raises or ()}
    assert steps["HND-02"].why is Why.STOPPER and Need.CURRENT in steps["HND-02"].needs
    assert steps["GOV-01"].why is Why.CORE and steps["GOV-01"].needs == (Need.EVIDENCE,)
    assert not steps["HND-02"].answered


def test_a_step_that_only_lacks_evidence_says_so() -> None:
    bare = outlook(small(), {}, answered(small()), {}, on=ON)
    steps = {one.step.criterion: one for one in way_to(small(), bare, "certified").raises or ()}
    assert steps["HND-02"].answered and steps["HND-02"].needs


def test_findings_that_are_open_stand_in_the_way_and_do_not_lower_the_outlook() -> None:
    """A new review judges these criteria anew, so they count only in what is in the way today."""
    findings = [("GOV-01", Grade.MAJOR), ("ACC-01", Grade.OPPORTUNITY)]
    found = seen(small(), answered(small()), earlier_findings=findings)
    assert found.level == "certified"
    way = way_to(small(), found, "certified")
    assert way.open_findings == (("GOV-01", Grade.MAJOR),) and not way.by_answers_alone
    assert [rule.id for rule in way.path.obstacles] == ["certified.findings"]
    assert len(way_to(small(), found, "exemplary").open_findings) == 2


def test_where_answers_are_enough_nothing_else_is_asked() -> None:
    found = seen(small(), answered(small(), ACC_01=0, ACC_02=0))
    way = way_to(small(), found, "certified")
    assert way.raises and way.by_answers_alone


def test_nothing_to_rate_is_an_error_in_words() -> None:
    open_set = replace(
        small(),
        criteria=tuple(replace(one, core=False, stopper=False, not_applicable=True) for one in small().criteria),
    )
    left_out = {one.id: Answer(status=AnswerStatus.NOT_APPLICABLE, justification="No.") for one in open_set.criteria}
    with pytest.raises(ScoringError):
        outlook(open_set, {}, left_out, {}, on=ON)
