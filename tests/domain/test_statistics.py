"""Quartiles equal the standard library's, and kappa equals published values."""

from __future__ import annotations

import statistics
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.domain.agreement import agreement, weighted_kappa
from audit.domain.statistics import quantile, spread

SCORES = st.lists(st.fractions(min_value=0, max_value=100, max_denominator=60), min_size=2, max_size=60)


@given(SCORES)
def test_quartiles_equal_the_inclusive_method(values: list[Fraction]) -> None:
    found = spread(Counter(values))
    assert found is not None
    assert [found.q1, found.median, found.q3] == statistics.quantiles(values, n=4, method="inclusive")
    assert found.median == statistics.median(values)
    assert (found.minimum, found.maximum, found.n) == (min(values), max(values), len(values))


@given(SCORES, st.integers(0, 10))
def test_deciles_equal_the_inclusive_method(values: list[Fraction], tenth: int) -> None:
    deciles = [min(values), *statistics.quantiles(values, n=10, method="inclusive"), max(values)]
    assert quantile(Counter(values), Fraction(tenth, 10)) == deciles[tenth]


def test_quartiles_of_a_known_series() -> None:
    """R: quantile(c(1, 2, 3, 4), type = 7) gives 1.75, 2.5, 3.25."""
    found = spread({Fraction(n): 1 for n in (1, 2, 3, 4)})
    assert found is not None
    assert (found.q1, found.median, found.q3) == (Fraction(7, 4), Fraction(5, 2), Fraction(13, 4))
    assert found.middle_half == Fraction(3, 2)


def test_one_line_is_its_own_spread_and_none_has_none() -> None:
    alone = spread({Fraction(70): 1})
    assert alone is not None
    assert alone.minimum == alone.q1 == alone.median == alone.q3 == alone.maximum == 70
    assert spread({}) is None
    assert spread({Fraction(70): 0}) is None
    with pytest.raises(ValueError, match="at least one"):
        quantile({}, Fraction(1, 2))


def _pairs(first: list[int], second: list[int]) -> Counter[tuple[int, int]]:
    return Counter(zip(first, second, strict=True))


@pytest.mark.parametrize(
    ("first", "second", "kappa"),
    [
        # Two categories: linear weights change nothing. Artstein and Poesio (2008), table 5, give 0.35.
        ([0] * 40 + [1] * 60, [0] * 20 + [1] * 20 + [0] * 10 + [1] * 50, "0.348"),
        # The example of the encyclopedias: 20, 5, 10, 15 of 50 proposals give 0.4.
        ([1] * 25 + [0] * 25, [1] * 20 + [0] * 5 + [1] * 10 + [0] * 15, "0.400"),
        # The reference values that scikit-learn tests its linear weights with: 0.9412.
        ([0] * 46 + [1] * 44 + [2] * 10, [0] * 50 + [1] * 40 + [2] * 10, "0.941"),
    ],
)
def test_kappa_equals_published_values(first: list[int], second: list[int], kappa: str) -> None:
    found = weighted_kappa(_pairs(first, second))
    assert found is not None
    assert f"{float(found):.3f}" == kappa


def test_kappa_is_one_when_all_agree_and_nought_for_chance() -> None:
    assert weighted_kappa(_pairs([0, 1, 2, 3], [0, 1, 2, 3])) == 1
    assert weighted_kappa(_pairs([0, 0, 1, 1], [0, 1, 0, 1])) == 0


def test_kappa_weighs_how_far_levels_lie_apart() -> None:
    near = weighted_kappa(_pairs([0, 1, 2, 3, 3], [0, 1, 2, 3, 2]))
    far = weighted_kappa(_pairs([0, 1, 2, 3, 3], [0, 1, 2, 3, 0]))
    assert near is not None
    assert far is not None
    assert near > far


def test_kappa_is_undefined_without_pairs_or_without_any_difference_to_expect() -> None:
    assert agreement([]).kappa is None
    assert agreement([]).raw is None
    same = agreement([(2, 2)] * 8)
    assert (same.n, same.same, same.raw, same.kappa) == (8, 8, 1, None)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=60))
def test_agreement_against_a_table_worked_out_by_hand(pairs: list[tuple[int, int]]) -> None:
    found = agreement(pairs)
    n = len(pairs)
    assert found.raw == Fraction(sum(a == b for a, b in pairs), n)
    observed = Fraction(sum(abs(a - b) for a, b in pairs), n)
    expected = Fraction(sum(abs(a - b) for a, _ in pairs for _, b in pairs), n * n)
    assert found.kappa == (1 - observed / expected if expected else None)
    mirrored = agreement([(b, a) for a, b in pairs])
    assert mirrored.kappa == found.kappa
