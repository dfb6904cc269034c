"""Scores are exact, and agree with a scorer written a second time from the documentation."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal, getcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from audit.domain.criteria import Condition, ProfileFact, ProfileOption
from audit.domain.scoring import (
    ScoringError,
    Standing,
    ThemeStanding,
    may_be_not_applicable,
    one_decimal_down,
    score,
    six_decimals,
)
from tests.domain.sets import SHIPPED, SMALL, a_criterion, a_set, shipped, small

MODEL = ProfileFact(
    id="model",
    title="Model",
    options=tuple(ProfileOption(key=key, title=key) for key in ("direct", "filter", "mixed")),
)
CHANNELS = ProfileFact(
    id="channels",
    title="Channels",
    many=True,
    options=tuple(ProfileOption(key=key, title=key) for key in ("form", "phone")),
)


def problems_of(*arguments: Any) -> list[str]:
    with pytest.raises(ScoringError) as caught:
        score(*arguments)
    return [str(problem) for problem in caught.value.problems]


def test_a_theme_is_the_weighted_mean_of_its_points() -> None:
    built = a_set([a_criterion("A-1", weight=3), a_criterion("A-2", "T", weight=1)])
    result = score(built, {"A-1": "mostly", "A-2": "partly"})
    assert result.by_theme == {"A": Fraction(65)}  # 100 x (3 x 0.7 + 1 x 0.5) / 4
    assert result.overall == 65
    assert [(e.key, e.level, e.points) for e in result.criteria] == [
        ("mostly", 2, Fraction(7, 10)),
        ("partly", 1, Fraction(1, 2)),
    ]


def test_the_overall_score_weighs_themes() -> None:
    built = a_set([a_criterion("A-1", "B"), a_criterion("B-1", "B")], weights={"A": 30, "B": 70})
    assert score(built, {"A-1": "yes", "B-1": "no"}).overall == 30


def test_points_are_exact() -> None:
    built = a_set([a_criterion(f"A-{number}", weight=1) for number in range(3)])
    assert (
        score(built, {"A-0": "partly", "A-1": "partly", "A-2": "partly"}).overall == 30
    )  # 3 x 0.3 / 3 is not 0.3 in floats


def test_what_is_not_applicable_is_left_out_and_the_rest_rescaled() -> None:
    built = a_set([a_criterion(f"A-{number}", "B") for number in range(4)])
    result = score(built, {"A-0": "yes", "A-1": "yes", "A-2": "no"}, ["A-3"])
    assert result.by_theme == {"A": Fraction(200, 3)}
    assert result.criteria[3].standing is Standing.NOT_APPLICABLE
    assert result.criteria[3].points is None
    assert [entry.criterion for entry in result.counted] == ["A-0", "A-1", "A-2"]


def test_exactly_a_quarter_is_still_rated_and_more_is_not() -> None:
    criteria = [a_criterion(f"A-{number}", "B") for number in range(4)] + [a_criterion("B-1", "B")]
    quarter = score(a_set(criteria), {"A-0": "yes", "A-1": "yes", "A-2": "yes", "B-1": "no"}, ["A-3"])
    assert quarter.themes[0].standing is ThemeStanding.RATED
    half = score(a_set(criteria), {"A-0": "yes", "A-1": "yes", "B-1": "no"}, ["A-2", "A-3"])
    assert half.themes[0].standing is ThemeStanding.NOT_RATED
    assert half.by_theme == {"A": None, "B": Fraction(0)}
    assert half.overall == 0  # the unrated theme is left out of the overall score


def test_the_profile_shrinks_what_the_quarter_is_taken_of() -> None:
    away = a_criterion("A-4", "B", applies_when=(Condition(fact="model", any_of=("filter",)),))
    built = a_set([*(a_criterion(f"A-{n}", "B") for n in range(4)), away, a_criterion("B-1", "B")], profile=(MODEL,))
    answers = {"A-0": "yes", "A-1": "yes", "A-2": "yes", "B-1": "yes"}
    assert score(built, answers, ["A-3"], {"model": "direct"}).themes[0].standing is ThemeStanding.RATED
    three = {key: value for key, value in answers.items() if key != "A-2"}
    assert score(built, three, ["A-3", "A-2"], {"model": "direct"}).themes[0].standing is ThemeStanding.NOT_RATED
    weighed = score(built, {**answers, "A-4": "no"}, ["A-3"], {"model": "filter"})
    assert weighed.themes[0].applicable_weight == 5
    assert weighed.themes[0].not_applicable_weight == 1
    assert weighed.by_theme["A"] == 75


def test_another_limit_than_a_quarter_is_honoured() -> None:
    criteria = [a_criterion("A-1", "B"), a_criterion("A-2", "B"), a_criterion("B-1", "B")]
    built = a_set(criteria, not_applicable_limit=Fraction(1, 2))
    assert score(built, {"A-1": "yes", "B-1": "yes"}, ["A-2"]).by_theme["A"] == 100
    everything = a_set(criteria, not_applicable_limit=Fraction(1))
    assert score(everything, {"B-1": "yes"}, ["A-1", "A-2"]).by_theme["A"] is None  # nothing is left to rate


def test_what_the_profile_excludes_is_left_out_answered_or_not() -> None:
    away = a_criterion("A-2", "B", applies_when=(Condition(fact="model", any_of=("filter", "mixed")),))
    built = a_set([a_criterion("A-1", "B"), away], profile=(MODEL,))
    assert score(built, {"A-1": "yes"}, (), {"model": "direct"}).overall == 100
    assert score(built, {"A-1": "yes", "A-2": "no"}, (), {"model": "direct"}).overall == 100
    assert score(built, {"A-1": "yes", "A-2": "no"}, (), {"model": "mixed"}).overall == 50
    assert score(built, {"A-1": "yes", "A-2": "no"}).overall == 50  # silence excludes nothing
    assert problems_of(built, {"A-1": "yes", "A-2": "maybe"}, (), {"model": "direct"}) == [
        "A-2 has no answer “maybe”; it may be no, yes."
    ]


def test_every_condition_must_hold_and_one_of_several_options_is_enough() -> None:
    both = (Condition(fact="model", any_of=("filter",)), Condition(fact="channels", any_of=("phone",)))
    built = a_set([a_criterion("A-1", "B"), a_criterion("A-2", "B", applies_when=both)], profile=(MODEL, CHANNELS))
    answers = {"A-1": "yes", "A-2": "no"}
    assert score(built, answers, (), {"model": "filter", "channels": ["form", "phone"]}).overall == 50
    assert score(built, answers, (), {"model": "filter", "channels": ["form"]}).overall == 100
    assert score(built, answers, (), {"model": "direct", "channels": ["phone"]}).overall == 100
    assert (
        score(built, answers, (), {"model": "filter", "channels": []}).overall == 50
    )  # nothing chosen, nothing excluded


def test_a_theme_that_the_profile_leaves_out_wholly_is_no_unrated_theme() -> None:
    away = a_criterion("B-1", "B", applies_when=(Condition(fact="model", any_of=("filter",)),))
    result = score(a_set([a_criterion("A-1", "B"), away], profile=(MODEL,)), {"A-1": "yes"}, (), {"model": "direct"})
    assert result.by_theme == {"A": Fraction(100), "B": None}
    assert result.themes[1].standing is ThemeStanding.EXCLUDED
    assert result.overall == 100


def test_all_problems_are_named_at_once() -> None:
    built = a_set(
        [
            a_criterion("A-1", weight=3, core=True, stopper=True, not_applicable=False),
            a_criterion("A-2", weight=3, core=True),
            a_criterion("A-3", "T"),
            a_criterion("A-4", "T"),
        ],
        profile=(MODEL,),
    )
    assert problems_of(
        built, {"A-3": "full", "X-1": "yes", "A-2": "none"}, ["A-1", "A-2", "X-2"], {"modl": "x", "model": "y"}
    ) == [
        "The criteria set asks for no fact “modl”.",
        "The fact “model” has no option “y”; it may be direct, filter, mixed.",
        "A-3 has no answer “full”; it may be no, partly, yes.",
        "The criteria set has no criterion X-1.",
        "A-1 may not be not applicable.",
        "A-2 is both answered and not applicable.",
        "A-2 may not be not applicable.",
        "The criteria set has no criterion X-2.",
        "A-4 has no answer.",
    ]


def test_a_sheet_without_a_rated_theme_cannot_be_scored() -> None:
    built = a_set([a_criterion("A-1", "B"), a_criterion("A-2", "B")])
    assert problems_of(built, {"A-1": "yes"}, ["A-2"]) == ["No theme can be rated: too much is not applicable."]


def test_a_fact_with_one_answer_takes_no_list_of_two() -> None:
    built = a_set([a_criterion("A-1", "B")], profile=(MODEL, CHANNELS))
    assert problems_of(built, {"A-1": "yes"}, (), {"model": ["direct", "filter"]}) == [
        "The fact “model” takes one option, not several."
    ]
    assert score(built, {"A-1": "yes"}, (), {"model": ["direct"], "channels": None}).overall == 100


@pytest.mark.parametrize(
    ("more", "may"),
    [
        ({}, True),
        ({"not_applicable": False}, False),
        ({"core": True}, False),
        ({"core": True, "not_applicable_cases": ("First year.",)}, True),
        ({"core": True, "stopper": True, "not_applicable_cases": ("Never.",)}, False),
        ({"core": True, "not_applicable": False, "not_applicable_cases": ("x",)}, False),
    ],
)
def test_who_may_be_not_applicable(more: dict[str, Any], may: bool) -> None:
    assert may_be_not_applicable(a_criterion("A-1", **more)) is may


@pytest.mark.parametrize(
    ("value", "six", "one"),
    [
        (Fraction(0), "0.000000", "0.0"),
        (Fraction(100), "100.000000", "100.0"),
        (Fraction(2, 3), "0.666667", "0.6"),
        (Fraction(5, 10**7), "0.000000", "0.0"),  # half to even, down
        (Fraction(15, 10**7), "0.000002", "0.0"),  # half to even, up
        (Fraction(69999999999, 10**9), "70.000000", "69.9"),
        (Fraction(-1, 4), "-0.250000", "-0.3"),
    ],
)
def test_printing(value: Fraction, six: str, one: str) -> None:
    assert six_decimals(value) == six
    assert one_decimal_down(value) == one


# A second scorer, written from docs/criteria.md over the plain file, in decimals instead of fractions.


def _by_hand(content: dict[str, Any], sheet: dict[str, Any]) -> dict[str, str | None]:
    getcontext().prec = 60
    points = {
        (name, answer["key"]): Decimal(str(answer["points"]))
        for name, body in content["answer_sets"].items()
        for answer in body["answers"]
    }
    results: dict[str, str | None] = {}
    total, weights = Decimal(0), Decimal(0)
    for theme in content["themes"]:
        applicable = left_out = 0
        earned = Decimal(0)
        for criterion in content["criteria"]:
            if criterion["theme"] != theme["id"] or not _applies(criterion, sheet["profile"]):
                continue
            applicable += criterion["weight"]
            if criterion["id"] in sheet["not_applicable"]:
                left_out += criterion["weight"]
            else:
                earned += criterion["weight"] * points[criterion["answer_set"], sheet["answers"][criterion["id"]]]
        if applicable == 0 or 4 * left_out > applicable:
            results[theme["id"]] = None
            continue
        value = 100 * earned / (applicable - left_out)
        total += theme["weight"] * value
        weights += theme["weight"]
        results[theme["id"]] = _written(value)
    results["overall"] = _written(total / weights) if weights else None
    return results


def _written(value: Decimal) -> str:
    return str(value.quantize(Decimal("0.000001"), rounding=ROUND_HALF_EVEN))


def _applies(criterion: dict[str, Any], profile: dict[str, Any]) -> bool:
    for fact, options in criterion.get("applies_when", {}).items():
        stated = profile.get(fact)
        if stated and not set([stated] if isinstance(stated, str) else stated) & set(options):
            return False
    return True


CONTENT = {path: YAML(typ="safe").load((path / "set.yaml").read_text(encoding="utf-8")) for path in (SHIPPED, SMALL)}
SETS = {SHIPPED: shipped, SMALL: small}


@st.composite
def sheets(draw: st.DrawFn, content: dict[str, Any]) -> dict[str, Any]:
    """A complete answer sheet, now and then with many criteria that do not apply."""
    share = draw(st.sampled_from([0, 0, 1, 3]))
    answers, left_out = {}, []
    for criterion in content["criteria"]:
        keys = [answer["key"] for answer in content["answer_sets"][criterion["answer_set"]]["answers"]]
        may = not criterion.get("core") or criterion.get("not_applicable", {}).get("cases")
        if may and draw(st.integers(0, 9)) < share:
            left_out.append(criterion["id"])
        else:
            answers[criterion["id"]] = draw(st.sampled_from(keys))
    profile = {}
    for fact, body in content.get("profile", {}).items():
        options = list(body["options"])
        if body.get("many"):
            profile[fact] = draw(st.lists(st.sampled_from(options), unique=True))
        elif draw(st.booleans()):
            profile[fact] = draw(st.sampled_from(options))
    return {"answers": answers, "not_applicable": left_out, "profile": profile}


@pytest.mark.parametrize("path", [SHIPPED, SMALL], ids=["shipped", "small"])
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_second_scorer_agrees(path: Any, data: st.DataObject) -> None:
    sheet = data.draw(sheets(CONTENT[path]))
    expected = _by_hand(CONTENT[path], sheet)
    if expected["overall"] is None:
        with pytest.raises(ScoringError):
            score(SETS[path](), sheet["answers"], sheet["not_applicable"], sheet["profile"])
        return
    result = score(SETS[path](), sheet["answers"], sheet["not_applicable"], sheet["profile"])
    found = {theme: None if value is None else six_decimals(value) for theme, value in result.by_theme.items()}
    assert {**found, "overall": six_decimals(result.overall)} == expected


@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_a_better_answer_never_lowers_a_score(data: st.DataObject) -> None:
    sheet = data.draw(sheets(CONTENT[SMALL]))
    criterion = small().criterion(data.draw(st.sampled_from(sorted(sheet["answers"]))))
    keys = [answer.key for answer in small().answer_set_of(criterion).answers]
    better = data.draw(st.sampled_from(keys[keys.index(sheet["answers"][criterion.id]) :]))
    try:
        before = score(small(), sheet["answers"], sheet["not_applicable"], sheet["profile"])
    except ScoringError:
        return
    after = score(small(), {**sheet["answers"], criterion.id: better}, sheet["not_applicable"], sheet["profile"])
    assert after.overall >= before.overall
    rated = [value for value in after.by_theme.values() if value is not None]
    assert min(rated) <= after.overall <= max(rated)
    assert all(0 <= value <= 100 for value in rated)
