"""Every rule of every level, at its limit and one step beyond, and the seven results the network worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.domain.criteria import Condition, CriteriaSet, Level, ProfileFact, ProfileOption, Rule, RuleKind
from audit.domain.findings import Grade
from audit.domain.levels import Circumstances, RuleVerdict, judge
from audit.domain.scoring import one_decimal_down, score
from tests.domain.sets import a_criterion, a_set, shipped

BEST = {"M": "full", "I": "full", "T": "yes", "B": "yes"}
MET = {"M": "mostly", "I": "mostly", "T": "yes", "B": "yes"}
WEAK = {"M": "partly", "I": "partly", "T": "partly", "B": "no"}
WORST = {"M": "none", "I": "none", "T": "no", "B": "no"}


def sheet(core: Mapping[str, str], other: Mapping[str, str], **instead: str) -> dict[str, str]:
    """Answers to the shipped set by answer set, for core and for the others; `instead` replaces single ones."""
    answers = {c.id: (core if c.core else other)[c.answer_set] for c in shipped().criteria}
    return {**answers, **{key.replace("_", "-"): value for key, value in instead.items()}}


LRN_WEAK = {"LRN_01": "partly", "LRN_02": "partly", "LRN_03": "none", "LRN_04": "none", "LRN_05": "none"}
WORKED = [
    ("everything met", sheet(MET, MET), "79.78", ("LRN", "75.4"), "certified"),
    ("core just met, the rest weak", sheet(MET, WEAK), "61.78", ("ACC", "41.5"), "conditional"),
    ("core at top, the rest weak", sheet(BEST, WEAK), "72.61", ("ACC", "41.5"), "conditional"),
    ("core just met, the rest nothing", sheet(MET, WORST), "48.74", ("LRN", "19.0"), "not_certified"),
    ("all at top but one stopper", sheet(BEST, BEST, DAT_06="partly"), "98.88", ("DAT", "92.5"), "not_certified"),
    ("two core at level 1", sheet(MET, MET, REF_01="partly", DAT_02="partly"), "77.50", ("REF", "72.3"), "conditional"),
    ("one theme far down", sheet(MET, MET, **LRN_WEAK), "75.13", ("LRN", "17.2"), "not_certified"),
]


@pytest.mark.parametrize(("name", "answers", "overall", "lowest", "level"), WORKED, ids=[row[0] for row in WORKED])
def test_the_seven_worked_results(
    name: str, answers: dict[str, str], overall: str, lowest: tuple[str, str], level: str
) -> None:
    result = score(shipped(), answers)
    assert round(result.overall, 2) == Fraction(overall)
    theme, value = min(result.by_theme.items(), key=lambda item: item[1] or 0)
    assert (theme, one_decimal_down(value or Fraction(0))) == lowest
    assert judge(shipped(), result).level == level


def test_why_the_worked_results_came_out_as_they_did() -> None:
    stopped = judge(shipped(), score(shipped(), sheet(BEST, BEST, DAT_06="partly")))
    assert [rule.id for rule in stopped.of_level("conditional") if not rule.holds] == ["conditional.stoppers"]
    assert stopped.of_level("conditional")[0].detail == ("DAT-06",)
    floor = judge(shipped(), score(shipped(), sheet(BEST, WEAK)))
    assert [rule.id for rule in floor.of_level("certified") if not rule.holds] == ["certified.theme_floor"]
    far_down = judge(shipped(), score(shipped(), sheet(MET, MET, **LRN_WEAK)))
    assert [rule.id for rule in far_down.of_level("conditional") if not rule.holds] == ["conditional.theme_floor"]


def test_the_best_line_with_time_and_figures_is_exemplary() -> None:
    result = score(shipped(), sheet(BEST, BEST))
    assert judge(shipped(), result).level == "certified"
    long = Circumstances(certified_months=24, indicator_months=12)
    assert judge(shipped(), result, long).level == "exemplary"
    for short in (
        Circumstances(certified_months=23, indicator_months=12),
        Circumstances(certified_months=24, indicator_months=11),
        Circumstances(certified_months=24, indicator_months=12, open_findings={Grade.OPPORTUNITY: 1}),
    ):
        assert judge(shipped(), result, short).level == "certified"


def test_an_open_major_nonconformity_or_a_missing_plan_blocks_certificates() -> None:
    result = score(shipped(), sheet(MET, WEAK))
    assert judge(shipped(), result).level == "conditional"
    assert judge(shipped(), result, Circumstances(plan_accepted=False)).level == "not_certified"
    assert judge(shipped(), result, Circumstances(open_findings={Grade.MAJOR: 1})).level == "not_certified"
    assert judge(shipped(), result, Circumstances(open_findings={Grade.MINOR: 9})).level == "conditional"


def test_an_unrated_theme_blocks_certified_but_not_conditional() -> None:
    answers = sheet(MET, MET)
    for criterion_id in ("LRN-02", "LRN-03"):  # 4 of 11
        del answers[criterion_id]
    result = score(shipped(), answers, ["LRN-02", "LRN-03"])
    assert result.by_theme["LRN"] is None
    verdict = judge(shipped(), result)
    assert verdict.level == "conditional"
    assert [(rule.id, rule.value, rule.detail) for rule in verdict.of_level("certified") if not rule.holds] == [
        ("certified.themes_rated", 1, ("LRN",))
    ]


def test_every_rule_of_every_level_is_reported_in_order() -> None:
    verdict = judge(shipped(), score(shipped(), sheet(MET, MET)))
    assert [rule.id for rule in verdict.rules] == [
        f"{level.id}.{rule.id}" for level in shipped().levels for rule in level.rules
    ]
    assert verdict.holds("certified")
    assert not verdict.holds("exemplary")
    assert verdict.holds("not_certified")


# Each kind of rule alone.


def one_rule(
    built: CriteriaSet, answers: Mapping[str, str], *given: Any, at: Circumstances | None = None
) -> RuleVerdict:
    verdict = judge(built, score(built, answers, *given), at)
    assert verdict.level == ("reached" if verdict.rules[0].holds else "rest")
    return verdict.rules[0]


def facts(rule: RuleVerdict) -> tuple[Any, Any, bool, tuple[str, ...]]:
    return rule.value, rule.limit, rule.holds, rule.detail


CORE = {"core": True, "weight": 3}


def test_core_met_looks_at_each_core_criterion_and_its_own_least_level() -> None:
    built = a_set(
        [
            a_criterion("A-1", "M", **CORE),
            a_criterion("A-2", "T", **CORE),
            a_criterion("A-3", "M", core_min_level=3, **CORE),
            a_criterion("A-4", "M"),
        ],
        rules=[Rule(id="core", kind=RuleKind.CORE_MET)],
    )
    good = {"A-1": "mostly", "A-2": "yes", "A-3": "full", "A-4": "none"}
    assert facts(one_rule(built, good)) == (0, 0, True, ())
    bad = {"A-1": "partly", "A-2": "partly", "A-3": "mostly", "A-4": "none"}
    assert facts(one_rule(built, bad)) == (3, 0, False, ("A-1", "A-2", "A-3"))


def test_core_that_does_not_apply_is_not_asked_for() -> None:
    model = ProfileFact(
        id="model", title="Model", options=(ProfileOption(key="a", title="a"), ProfileOption(key="b", title="b"))
    )
    built = a_set(
        [
            a_criterion("A-1", "B", **CORE, not_applicable_cases=("First year.",)),
            a_criterion("A-2", "B", **CORE, applies_when=(Condition(fact="model", any_of=("a",)),)),
            *(a_criterion(f"A-{number}", "B", 3) for number in range(3, 8)),
        ],
        profile=(model,),
        rules=[Rule(id="core", kind=RuleKind.CORE_MET)],
    )
    rest = {f"A-{number}": "yes" for number in range(3, 8)}
    assert one_rule(built, {**rest, "A-2": "no"}, ["A-1"], {"model": "b"}).holds
    assert one_rule(built, {**rest, "A-2": "no"}, ["A-1"], {"model": "a"}).detail == ("A-2",)


def test_stoppers_met_looks_at_stoppers_only() -> None:
    built = a_set(
        [a_criterion("A-1", "M", stopper=True, **CORE), a_criterion("A-2", "M", **CORE)],
        rules=[Rule(id="stoppers", kind=RuleKind.STOPPERS_MET)],
    )
    assert facts(one_rule(built, {"A-1": "mostly", "A-2": "none"})) == (0, 0, True, ())
    assert facts(one_rule(built, {"A-1": "partly", "A-2": "full"})) == (1, 0, False, ("A-1",))


def test_core_at_top_asks_for_the_last_answer() -> None:
    built = a_set(
        [a_criterion("A-1", "M", **CORE), a_criterion("A-2", "B", **CORE), a_criterion("A-3", "M")],
        rules=[Rule(id="top", kind=RuleKind.CORE_AT_TOP)],
    )
    assert facts(one_rule(built, {"A-1": "full", "A-2": "yes", "A-3": "none"})) == (0, 0, True, ())
    assert facts(one_rule(built, {"A-1": "mostly", "A-2": "yes", "A-3": "full"})) == (1, 0, False, ("A-1",))


def test_core_at_level_counts_what_is_not_met_and_stands_exactly_there() -> None:
    built = a_set(
        [
            a_criterion("A-1", "M", **CORE),
            a_criterion("A-2", "T", **CORE),
            a_criterion("A-3", "M", core_min_level=1, **CORE),  # met at level 1, so it does not count
            a_criterion("A-4", "M", **CORE),
            a_criterion("A-5", "M"),
        ],
        rules=[Rule(id="one", kind=RuleKind.CORE_AT_LEVEL_AT_MOST, level=1, limit=Fraction(2))],
    )
    answers = {"A-1": "partly", "A-2": "partly", "A-3": "partly", "A-4": "none", "A-5": "partly"}
    assert facts(one_rule(built, answers)) == (2, 2, True, ("A-1", "A-2"))
    assert facts(one_rule(built, {**answers, "A-4": "partly"})) == (3, 2, False, ("A-1", "A-2", "A-4"))


@pytest.mark.parametrize(("limit", "holds"), [("70", True), ("70.000000001", False), ("69.9", True)])
def test_overall_compares_exact_values(limit: str, holds: bool) -> None:
    built = a_set([a_criterion("A-1")], rules=[Rule(id="all", kind=RuleKind.OVERALL_AT_LEAST, limit=Fraction(limit))])
    assert facts(one_rule(built, {"A-1": "mostly"})) == (Fraction(70), Fraction(limit), holds, ())


def test_a_value_that_prints_like_the_limit_is_still_below_it() -> None:
    # 100 x (2 x 0.7 + 0.7 - a hair) cannot be had from points; a third does: 66.666… against 66.666667.
    built = a_set(
        [a_criterion(f"A-{number}", "B") for number in range(3)],
        rules=[Rule(id="all", kind=RuleKind.OVERALL_AT_LEAST, limit=Fraction("66.666667"))],
    )
    assert not one_rule(built, {"A-0": "yes", "A-1": "yes", "A-2": "no"}).holds


def test_theme_floors_look_at_the_lowest_rated_theme() -> None:
    built = a_set(
        [a_criterion("A-1"), a_criterion("B-1", "B"), a_criterion("B-2", "B"), a_criterion("C-1")],
        weights={"A": 50, "B": 20, "C": 30},
        rules=[Rule(id="floor", kind=RuleKind.THEMES_AT_LEAST, limit=Fraction(70))],
    )
    assert facts(one_rule(built, {"A-1": "mostly", "B-1": "yes", "C-1": "full"}, ["B-2"])) == (70, 70, True, ())
    answers = {"A-1": "partly", "B-1": "no", "B-2": "yes", "C-1": "mostly"}
    assert facts(one_rule(built, answers)) == (30, 70, False, ("A", "B"))


def test_findings_are_counted_together_over_the_named_grades() -> None:
    rule = Rule(id="f", kind=RuleKind.OPEN_FINDINGS_AT_MOST, grades=("major", "minor"), limit=Fraction(2))
    built = a_set([a_criterion("A-1")], rules=[rule])
    at = Circumstances(open_findings={Grade.MAJOR: 1, Grade.MINOR: 1, Grade.OPPORTUNITY: 7})
    assert facts(one_rule(built, {"A-1": "none"}, at=at)) == (2, 2, True, ("major", "minor"))
    at = Circumstances(open_findings={Grade.MINOR: 3})
    assert facts(one_rule(built, {"A-1": "none"}, at=at)) == (3, 2, False, ("minor",))
    assert facts(one_rule(built, {"A-1": "none"})) == (0, 2, True, ())


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (RuleKind.CERTIFIED_MONTHS_AT_LEAST, "certified_months"),
        (RuleKind.INDICATOR_MONTHS_AT_LEAST, "indicator_months"),
    ],
)
def test_months(kind: RuleKind, field: str) -> None:
    built = a_set([a_criterion("A-1")], rules=[Rule(id="m", kind=kind, limit=Fraction(12))])
    for months, holds in ((11, False), (12, True), (13, True)):
        at = Circumstances(**{field: months})
        assert facts(one_rule(built, {"A-1": "none"}, at=at)) == (months, 12, holds, ())


def test_the_plan() -> None:
    built = a_set([a_criterion("A-1")], rules=[Rule(id="plan", kind=RuleKind.PLAN_ACCEPTED)])
    assert facts(one_rule(built, {"A-1": "none"})) == (True, True, True, ())
    assert facts(one_rule(built, {"A-1": "none"}, at=Circumstances(plan_accepted=False))) == (False, True, False, ())


def test_a_level_may_include_a_lower_one_and_levels_stand_alone_otherwise() -> None:
    def level(level_id: str, *rules: Rule) -> Level:
        return Level(id=level_id, title=level_id, wording="", certificate=False, validity_months=None, rules=rules)

    at_least = RuleKind.OVERALL_AT_LEAST
    levels = (
        level("top", Rule(id="mid", kind=RuleKind.INCLUDES_LEVEL, includes="mid")),
        level("alone", Rule(id="some", kind=at_least, limit=Fraction(30))),
        level("mid", Rule(id="much", kind=at_least, limit=Fraction(70)), Rule(id="plan", kind=RuleKind.PLAN_ACCEPTED)),
        level("rest"),
    )
    built = a_set([a_criterion("A-1")], levels=levels)
    assert judge(built, score(built, {"A-1": "mostly"})).level == "top"
    middle = judge(built, score(built, {"A-1": "partly"}), Circumstances(plan_accepted=False))
    assert middle.level == "alone"  # although "mid", further down, does not hold
    assert facts(middle.rules[0]) == (2, 0, False, ("mid.much", "mid.plan"))
    assert judge(built, score(built, {"A-1": "none"})).level == "rest"


@given(data=st.data())
@settings(max_examples=80, deadline=None)
def test_the_level_is_the_first_that_holds_and_a_better_answer_never_lowers_it(data: st.DataObject) -> None:
    keys = {name.id: [answer.key for answer in name.answers] for name in shipped().answer_sets}
    high = data.draw(st.booleans())
    answers = {
        c.id: data.draw(st.sampled_from(keys[c.answer_set][-2:] if high else keys[c.answer_set]))
        for c in shipped().criteria
    }
    at = Circumstances(certified_months=24, indicator_months=12)
    verdict = judge(shipped(), score(shipped(), answers), at)
    order = [level.id for level in shipped().levels]
    assert verdict.level == next(level for level in order if verdict.holds(level))
    criterion = shipped().criterion(data.draw(st.sampled_from(sorted(answers))))
    steps = keys[criterion.answer_set]
    better = data.draw(st.sampled_from(steps[steps.index(answers[criterion.id]) :]))
    after = judge(shipped(), score(shipped(), {**answers, criterion.id: better}), at)
    assert order.index(after.level) <= order.index(verdict.level)
