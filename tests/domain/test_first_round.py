"""A first round asks the core criteria, keeps their texts and weights, and knows one level above the lowest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from audit.domain.criteria import FIRST_ROUND_LEVEL, CriteriaSet
from audit.domain.criteria_text import content_hash, from_canonical, to_canonical
from audit.domain.criteria_translation import corrected, missing, texts, unknown
from audit.domain.errors import InvalidInput
from audit.domain.findings import Grade
from audit.domain.first_round import first_round
from audit.domain.levels import Circumstances, judge
from audit.domain.scoring import score
from tests.domain.sets import shipped, small
from tests.translating import a_translation

SETS = pytest.mark.parametrize("build", [shipped, small], ids=["shipped", "small"])


@SETS
def test_core_criteria_stay_as_they_are_and_nothing_else_stays(build: Callable[[], CriteriaSet]) -> None:
    whole, derived = build(), first_round(build())
    assert derived.criteria == tuple(one for one in whole.criteria if one.core) != whole.criteria
    assert [theme.id for theme in derived.themes] == list(dict.fromkeys(one.theme for one in derived.criteria))
    asked = {indicator for one in derived.criteria for indicator in one.indicators}
    assert {one.id for one in derived.indicators} == asked
    assert all(derived.has(one) for index in derived.indices for one in index.criteria)
    assert (derived.id, derived.version) == (whole.id, whole.version)


@SETS
def test_the_derived_set_is_one_of_its_own_with_a_canonical_text(build: Callable[[], CriteriaSet]) -> None:
    derived = first_round(build())
    assert from_canonical(to_canonical(derived)) == derived
    assert content_hash(derived) != content_hash(build())


@SETS
def test_no_level_of_a_first_round_gives_a_certificate(build: Callable[[], CriteriaSet]) -> None:
    met, lowest = first_round(build()).levels
    assert (met.id, met.certificate, met.validity_months) == (FIRST_ROUND_LEVEL, False, 12)
    assert lowest == build().levels[-1] and not lowest.rules and not lowest.certificate


def test_the_level_is_reached_by_the_core_and_lost_by_a_stopper_or_a_major_finding() -> None:
    derived = first_round(shipped())

    def best(leaving: str = "") -> dict[str, str]:
        keys = {}
        for criterion in derived.criteria:
            answers = derived.answer_set_of(criterion).answers
            keys[criterion.id] = answers[0 if criterion.id == leaving else -1].key
        return keys

    def level(keys: dict[str, str], circumstances: Circumstances) -> str:
        return judge(derived, score(derived, keys, frozenset(), {}), circumstances).level

    stopper = next(one.id for one in derived.criteria if one.stopper)
    assert level(best(), Circumstances()) == FIRST_ROUND_LEVEL
    assert level(best(leaving=stopper), Circumstances()) == "not_certified"
    assert level(best(), Circumstances(open_findings={Grade.MAJOR: 1})) == "not_certified"
    assert level(best(), Circumstances(open_findings={Grade.MINOR: 9})) == FIRST_ROUND_LEVEL


@SETS
def test_a_translation_of_the_whole_set_fits_the_derived_one(build: Callable[[], CriteriaSet]) -> None:
    whole, derived = build(), first_round(build())
    assert set(texts(derived)) < set(texts(whole))
    fitting = corrected(derived, None, a_translation(whole))
    assert missing(derived, fitting) == () and unknown(derived, fitting) == ()
    assert fitting.texts["first_round.title"].text == f"fr: {derived.levels[0].title}"


def test_a_set_without_a_first_round_says_so() -> None:
    with pytest.raises(InvalidInput, match="knows no first round"):
        first_round(replace(shipped(), first_round=None))
    with pytest.raises(InvalidInput, match="knows no first round"):
        first_round(first_round(shipped()))
