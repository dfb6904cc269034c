"""No withheld count can be worked out, not even by a reader who knows the rule and every possible table."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.domain.suppression import suppress

Shown = tuple[int | None, ...]


def _tables(cells: int, total: int) -> Iterator[tuple[int, ...]]:
    for counts in itertools.product(range(total + 1), repeat=cells - 1):
        if sum(counts) <= total:
            yield (*counts, total - sum(counts))


def _given_away(rule: Callable[[dict[int, int]], dict[int, int | None]], cells: int, total: int) -> list[Shown]:
    """Published tables in which some withheld cell can only have one value, given all tables that publish alike."""
    alike: dict[Shown, list[tuple[int, ...]]] = defaultdict(list)
    for table in _tables(cells, total):
        alike[tuple(rule(dict(enumerate(table))).values())].append(table)
    return [
        shown
        for shown, tables in alike.items()
        if any(cell is None and len({table[place] for table in tables}) == 1 for place, cell in enumerate(shown))
    ]


@pytest.mark.parametrize(("cells", "totals"), [(2, range(5, 40)), (3, range(5, 25)), (4, range(5, 16))])
def test_nothing_withheld_can_be_worked_out(cells: int, totals: range) -> None:
    for total in totals:
        assert _given_away(suppress, cells, total) == []


def test_the_attack_finds_a_rule_that_withholds_small_cells_only() -> None:
    """The planted fault: without the second cell, the total gives the first one away."""

    def careless(table: dict[int, int]) -> dict[int, int | None]:
        return {key: count if count == 0 or count >= 5 else None for key, count in table.items()}

    assert _given_away(careless, 3, 12)


@given(st.dictionaries(st.integers(), st.integers(0, 60), max_size=8))
def test_what_is_shown_is_true_and_large_enough(table: dict[int, int]) -> None:
    shown = suppress(table)
    assert shown.keys() == table.keys()
    for key, count in shown.items():
        assert count is None or (count == table[key] and (count == 0 or count >= 5))
    withheld = [key for key, count in shown.items() if count is None]
    if withheld and sum(table.values()) >= 5:
        assert len(withheld) >= 2
        assert sum(table[key] for key in withheld) >= 5


def test_examples() -> None:
    assert suppress({"met": 22, "unmet": 0}) == {"met": 22, "unmet": 0}
    assert suppress({"met": 18, "unmet": 4}) == {"met": None, "unmet": None}
    assert suppress({"met": 12, "unmet": 10}) == {"met": 12, "unmet": 10}
    assert suppress({"a": 1, "b": 13, "c": 7, "d": 1}) == {"a": None, "b": 13, "c": None, "d": None}
    assert suppress({"a": 2, "b": 2}) == {"a": None, "b": None}
    assert suppress({}) == {}
