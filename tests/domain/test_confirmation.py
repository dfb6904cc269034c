"""From two reviewers' verdicts, evidence and figures to the answer that counts."""

from __future__ import annotations

from typing import Any

import pytest

from audit.domain.answers import Figure, FigureSource
from audit.domain.confirmation import (
    Cap,
    Capped,
    agreed_key,
    cap,
    capped,
    grade_figures,
    level_from_figures,
    reconcile_needed,
)
from audit.domain.criteria import CriteriaSet, Criterion
from audit.domain.errors import InvalidInput, WrongState
from tests.domain.sets import a_criterion, a_set

CORE = {"core": True, "weight": 3}


def alone(criterion: Criterion) -> CriteriaSet:
    return a_set([criterion])


@pytest.mark.parametrize(
    ("answer_set", "core", "key_a", "key_b", "needed"),
    [
        ("M", False, "mostly", "mostly", False),
        ("M", False, "mostly", "full", False),
        ("M", False, "partly", "full", True),
        ("M", False, "none", "partly", False),
        ("M", True, "mostly", "full", True),  # any difference on a core criterion
        ("M", True, "full", "full", False),
        ("T", False, "no", "partly", False),
        ("T", False, "partly", "yes", True),  # levels 1 and 3
        ("B", False, "no", "yes", True),  # levels 0 and 3
        ("M", False, None, None, False),
        ("M", False, None, "none", True),  # whether it applies is never a small difference
        ("M", False, "full", None, True),
        ("M", True, None, None, False),
    ],
)
def test_when_reviewers_must_reconcile(
    answer_set: str, core: bool, key_a: str | None, key_b: str | None, needed: bool
) -> None:
    criterion = a_criterion("A-1", answer_set, **(CORE if core else {}))
    assert reconcile_needed(alone(criterion), criterion, key_a, key_b) is needed
    assert reconcile_needed(alone(criterion), criterion, key_b, key_a) is needed


def test_the_lower_of_two_near_verdicts_stands() -> None:
    criterion = a_criterion("A-1")
    assert agreed_key(alone(criterion), criterion, ["full", "mostly"]) == "mostly"
    assert agreed_key(alone(criterion), criterion, ["mostly", "full"]) == "mostly"
    assert agreed_key(alone(criterion), criterion, ["full"]) == "full"
    assert agreed_key(alone(criterion), criterion, [None, None]) is None


def test_far_verdicts_do_not_settle_by_themselves() -> None:
    criterion = a_criterion("A-1")
    for keys in (["full", "partly"], ["none", None], ["full", "mostly", "partly"]):
        with pytest.raises(WrongState):
            agreed_key(alone(criterion), criterion, keys)
    with pytest.raises(WrongState):
        agreed_key(alone(criterion), criterion, [])
    core = a_criterion("A-1", **CORE)
    with pytest.raises(WrongState):
        agreed_key(alone(core), core, ["full", "mostly"])


def test_an_unknown_key_is_refused_everywhere() -> None:
    criterion = a_criterion("A-1")
    with pytest.raises(InvalidInput):
        reconcile_needed(alone(criterion), criterion, "yes", "yes")
    with pytest.raises(InvalidInput):
        agreed_key(alone(criterion), criterion, ["yes"])
    with pytest.raises(InvalidInput):
        cap(alone(criterion), criterion, "yes", [])


@pytest.mark.parametrize(
    ("kinds", "key"),
    [
        ([], "mostly"),
        (["procedure"], "mostly"),
        (["declaration"], "mostly"),  # practice, but does not carry the top
        (["procedure", "declaration"], "mostly"),
        (["test_record"], "full"),
        (["procedure", "test_record"], "full"),
        (["viewed_live"], "full"),
    ],
)
def test_the_top_answer_needs_practice(kinds: list[str], key: str) -> None:
    criterion = a_criterion("A-1", evidence=("procedure",))
    assert cap(alone(criterion), criterion, "full", kinds) == key
    assert cap(alone(criterion), criterion, "mostly", kinds) == "mostly"
    assert cap(alone(criterion), criterion, "none", kinds) == "none"
    steps = a_criterion("A-1", "T", evidence=("procedure",))
    assert cap(alone(steps), steps, "yes", kinds) == "yes"  # only sets that ask for practice


@pytest.mark.parametrize(
    ("answer_set", "key", "capped_key"),
    [
        ("M", "full", "partly"),
        ("M", "mostly", "partly"),
        ("M", "partly", "partly"),
        ("M", "none", "none"),
        ("T", "yes", "partly"),
        ("T", "no", "no"),
        ("B", "yes", "no"),
        ("B", "no", "no"),
    ],
)
def test_without_current_evidence_level_1_is_the_most(answer_set: str, key: str, capped_key: str) -> None:
    criterion = a_criterion("A-1", answer_set, evidence=("procedure", "test_record"), review_every_months=12)
    assert cap(alone(criterion), criterion, key, []) == capped_key
    assert cap(alone(criterion), criterion, key, ["declaration"]) == capped_key  # not a kind that is listed
    assert cap(alone(criterion), criterion, key, ["test_record"]) == key  # any one listed kind is enough
    assert cap(alone(criterion), criterion, key, ["viewed_live"]) == key  # stands in for every kind


def test_caps_say_why() -> None:
    criterion = a_criterion("A-1", evidence=("procedure",), review_every_months=12)
    assert capped(alone(criterion), criterion, "full", []) == Capped(
        key="partly", caps=(Cap.NO_PRACTICE, Cap.NOT_CURRENT)
    )
    assert capped(alone(criterion), criterion, "full", ["procedure"]) == Capped(key="mostly", caps=(Cap.NO_PRACTICE,))
    assert capped(alone(criterion), criterion, "mostly", []) == Capped(key="partly", caps=(Cap.NOT_CURRENT,))
    assert capped(alone(criterion), criterion, "partly", []) == Capped(key="partly")
    assert capped(alone(criterion), criterion, "full", ["procedure", "test_record"]) == Capped(key="full")


def figure(indicator: str, numerator: str, denominator: str | None = None, year: int = 2026, **more: Any) -> Figure:
    return Figure(
        **{
            "indicator": indicator,
            "numerator": numerator,
            "denominator": denominator,
            "period_from": f"{year}-01-01",
            "period_to": f"{year}-12-31",
            "source": FigureSource.LOG_EXTRACT,
            **more,
        }
    )


def key_of(indicators: list[str], *figures: Figure, answer_set: str = "I") -> str | None:
    criterion = a_criterion("A-1", answer_set, indicators=tuple(indicators))
    return level_from_figures(alone(criterion), criterion, figures)


@pytest.mark.parametrize(
    ("numerator", "denominator", "key"),
    [
        ("98", "100", "full"),
        ("979", "1000", "mostly"),  # 97.9
        ("90", "100", "mostly"),
        ("89999", "100000", "partly"),  # 89.999, unrounded
        ("75", "100", "partly"),
        ("74", "100", "none"),
        ("0", "100", "none"),
        ("10", "10", "full"),
    ],
)
def test_a_rate_takes_the_first_band_that_holds(numerator: str, denominator: str, key: str) -> None:
    assert key_of(["RATE"], figure("RATE", numerator, denominator)) == key


@pytest.mark.parametrize(
    ("value", "key"),
    [("24", "full"), ("24.0001", "mostly"), ("48", "mostly"), ("72", "partly"), ("72.5", "none")],
)
def test_a_median_takes_the_first_band_that_holds(value: str, key: str) -> None:
    assert key_of(["MEDIAN"], figure("MEDIAN", value, "12")) == key


def test_bands_with_equal_limits_give_the_higher_level() -> None:
    assert key_of(["KEPT"], figure("KEPT", "0")) == "full"
    assert key_of(["KEPT"], figure("KEPT", "1")) == "partly"


def test_counts_values_and_maxima_have_no_small_number_rule() -> None:
    assert key_of(["UP"], figure("UP", "99.5")) == "mostly"
    assert key_of(["LONGEST"], figure("LONGEST", "11", "1")) == "mostly"
    assert key_of(["LONGEST"], figure("LONGEST", "0", "0")) is None  # no case, nothing to grade


def test_a_band_that_the_answer_set_lacks_gives_the_next_lower_answer() -> None:
    assert key_of(["COARSE"], figure("COARSE", "50"), answer_set="T") == "partly"
    assert key_of(["COARSE"], figure("COARSE", "50"), answer_set="B") == "no"
    assert key_of(["COARSE"], figure("COARSE", "49.9"), answer_set="T") == "no"


def test_the_worst_indicator_that_can_be_graded_counts() -> None:
    good, poor = figure("RATE", "99", "100"), figure("MEDIAN", "60", "50")
    assert key_of(["RATE", "MEDIAN"], good, poor) == "partly"
    assert key_of(["RATE", "MEDIAN"], good, figure("MEDIAN", "60", "9")) == "full"  # too few cases
    assert key_of(["RATE", "MEDIAN"], good) == "full"
    assert key_of(["RATE", "CONTEXT"], good, figure("CONTEXT", "5")) == "full"  # context is never graded
    assert key_of(["CONTEXT"], figure("CONTEXT", "5")) is None
    assert key_of(["RATE"]) is None


def test_few_cases_are_pooled_over_two_and_then_three_years() -> None:
    years = [figure("RATE", "4", "4", 2026), figure("RATE", "2", "4", 2025), figure("RATE", "4", "4", 2024)]
    assert key_of(["RATE"], *years[:1]) is None
    assert key_of(["RATE"], *years[:2]) is None  # eight cases
    assert key_of(["RATE"], *years) == "partly"  # 10 of 12
    graded = grade_figures(
        alone(a_criterion("A-1", "I", indicators=("RATE",))), a_criterion("A-1", "I", indicators=("RATE",)), years
    )
    assert (graded[0].months, graded[0].cases, graded[0].level) == (36, 12, 1)


def test_pooling_stops_at_the_shortest_window_that_is_enough() -> None:
    recent, before = figure("RATE", "9", "9", 2026), figure("RATE", "1", "1", 2025)
    assert key_of(["RATE"], recent, before, figure("RATE", "0", "90", 2024)) == "full"
    assert key_of(["RATE"], figure("RATE", "10", "10", 2026), figure("RATE", "0", "90", 2025)) == "full"


def test_what_is_older_than_three_years_or_overlaps_is_not_pooled() -> None:
    recent = figure("RATE", "5", "5", 2026)
    assert key_of(["RATE"], recent, figure("RATE", "9", "9", 2023)) is None
    twice = figure("RATE", "5", "5", 2026, period_from="2025-07-01", period_to="2026-06-30")
    assert key_of(["RATE"], recent, twice) is None  # the same cases must not count twice


def test_one_figure_taken_over_a_longer_period_will_do() -> None:
    both = figure("RATE", "18", "20", period_from="2025-01-01")
    assert key_of(["RATE"], figure("RATE", "1", "5"), both) == "mostly"


def test_medians_are_never_added_up() -> None:
    years = [figure("MEDIAN", "20", "6", year) for year in (2026, 2025, 2024)]
    assert key_of(["MEDIAN"], *years) is None
    assert key_of(["MEDIAN"], *years, figure("MEDIAN", "30", "12", period_from="2025-01-01")) == "mostly"
    assert key_of(["MEDIAN"], figure("MEDIAN", "30", "12", period_from="2023-12-01")) is None  # 37 months


def test_a_leap_day_ends_a_window() -> None:
    whole = figure("RATE", "10", "10", period_from="2027-03-01", period_to="2028-02-29")
    assert key_of(["RATE"], whole) == "full"


def test_of_two_figures_up_to_the_same_day_the_shorter_period_counts() -> None:
    year = figure("LONGEST", "2", "3")
    longer = figure("LONGEST", "30", "9", period_from="2025-01-01")
    assert key_of(["LONGEST"], longer, year) == key_of(["LONGEST"], year, longer) == "full"
    assert key_of(["UP"], figure("UP", "90", period_from="2025-01-01"), figure("UP", "99.9")) == "full"
    rates = figure("RATE", "0", "10", period_from="2026-02-01"), figure("RATE", "10", "10", period_from="2026-03-01")
    assert key_of(["RATE"], *rates) == "full"


def test_only_the_latest_figure_of_a_value_counts() -> None:
    assert key_of(["UP"], figure("UP", "99.9", year=2025), figure("UP", "0", year=2026)) == "none"


def test_the_window_ends_with_the_latest_figure_to_the_day() -> None:
    assert key_of(["RATE"], figure("RATE", "10", "10", period_from="2024-01-01")) == "full"  # 36 months
    assert key_of(["RATE"], figure("RATE", "10", "10", period_from="2023-12-31")) is None  # one day more
    over_a_short_month = {"period_from": "2025-02-28", "period_to": "2028-02-28"}
    assert key_of(["RATE"], figure("RATE", "10", "10", **over_a_short_month)) is None
    assert key_of(["RATE"], figure("RATE", "10", "10", **{**over_a_short_month, "period_from": "2025-03-01"})) == "full"


def test_pooling_begins_with_the_shortest_latest_figure_and_skips_what_shares_a_day() -> None:
    quarter = figure("RATE", "4", "4", period_from="2026-10-01")
    year = figure("RATE", "0", "5", period_from="2026-01-01")
    before = figure("RATE", "4", "4", period_from="2026-07-01", period_to="2026-09-30")
    earlier = figure("RATE", "4", "4", period_from="2026-04-01", period_to="2026-06-30")
    assert key_of(["RATE"], year, quarter, before, earlier) == "full"  # 12 of 12, the year itself not added
    touching = figure("RATE", "0", "9", period_from="2026-07-01", period_to="2026-10-01")
    assert key_of(["RATE"], quarter, touching) is None
    overlapping = figure("RATE", "0", "9", period_from="2026-05-01", period_to="2026-08-31")
    assert key_of(["RATE"], quarter, before, overlapping) is None


def test_too_few_cases_say_how_many_there_were_and_how_far_back_was_looked() -> None:
    criterion = a_criterion("A-1", "I", indicators=("RATE", "MEDIAN", "LONGEST"))
    years = [figure("RATE", "3", "3", 2026), figure("RATE", "4", "4", 2025)]
    graded = grade_figures(alone(criterion), criterion, years)
    assert [(g.indicator, g.level, g.value, g.cases, g.months) for g in graded] == [
        ("RATE", None, None, 7, 36),
        ("MEDIAN", None, None, None, None),
        ("LONGEST", None, None, None, None),
    ]
