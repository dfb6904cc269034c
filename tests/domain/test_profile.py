"""Stating the facts of a line anew: only what exists, and what it does to what is asked."""

from __future__ import annotations

import pytest

from audit.domain.errors import InvalidInput
from audit.domain.profile import changed_profile, chosen_of, effect, profile_text
from tests.building import small_set

FACTS = small_set().profile
FILTER = {"model": "filter", "channels": ["form", "phone"]}


def test_facts_are_stated_anew_and_others_stay() -> None:
    before = {**FILTER, "elsewhere": "kept"}
    after = changed_profile(FACTS, before, {"model": ["direct"], "channels": ["phone", "form", "phone"]})
    assert after == {"model": "direct", "channels": ["form", "phone"], "elsewhere": "kept"}
    assert changed_profile(FACTS, before, {"model": [""], "channels": []}) == {"elsewhere": "kept"}
    assert before["model"] == "filter", "what was given stays as it was"


@pytest.mark.parametrize(
    ("fact", "chosen"), [("model", ["never-was"]), ("model", ["direct", "filter"]), ("channels", ["form", "fax"])]
)
def test_what_is_no_option_is_refused_at_its_fact(fact: str, chosen: list[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        changed_profile(FACTS, FILTER, {fact: chosen})
    assert refused.value.field == fact


def test_the_effect_names_what_falls_away_and_what_is_new() -> None:
    other = {"model": "direct", "channels": ["phone"]}
    gone = effect(small_set(), FILTER, other)
    assert [one.id for one in gone.no_longer] == [
        one.id for one in small_set().criteria if one.applies_when and one not in tuple(small_set().applicable(other))
    ]
    assert gone.no_longer and not gone.newly and not gone.is_none
    back = effect(small_set(), other, FILTER)
    assert back.newly == gone.no_longer and not back.no_longer
    assert effect(small_set(), FILTER, {}).is_none, "a fact that is not stated excludes nothing"


def test_a_profile_has_one_text() -> None:
    assert profile_text({"a": "x", "b": ["y"]}) == profile_text({"b": ["y"], "a": "x", "c": "", "d": []})
    assert profile_text({"a": "x"}) != profile_text({"a": "y"})


def test_what_is_chosen() -> None:
    model, channels = FACTS
    assert chosen_of(model, FILTER) == ("filter",) and chosen_of(channels, FILTER) == ("form", "phone")
    assert chosen_of(model, {}) == ()
