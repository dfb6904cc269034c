"""One set has one canonical text, which gives the set back, and one hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.domain.criteria import Condition, CriteriaSet, Criterion, Rule, RuleKind, SetStatus
from audit.domain.criteria_text import content_hash, from_canonical, to_canonical
from tests.domain.sets import a_criterion, a_set, shipped, small


@pytest.mark.parametrize("build", [shipped, small], ids=["shipped", "small"])
def test_a_real_set_comes_back(build: Callable[[], CriteriaSet]) -> None:
    original = build()
    text = to_canonical(original)
    again = from_canonical(text)
    assert again == original
    assert to_canonical(again) == text
    assert content_hash(again) == content_hash(original)


texts = st.text(max_size=20)
exact = st.fractions(min_value=0, max_value=100, max_denominator=10**6)


@st.composite
def criteria(draw: st.DrawFn, number: int) -> Criterion:
    return a_criterion(
        f"A-{number}",
        draw(st.sampled_from(["M", "I", "T", "B"])),
        draw(st.integers(1, 3)),
        core=draw(st.booleans()),
        core_min_level=draw(st.none() | st.integers(1, 3)),
        not_applicable_cases=tuple(draw(st.lists(texts, max_size=2))),
        evidence_help=draw(texts),
        review_every_months=draw(st.none() | st.integers(1, 120)),
        applies_when=tuple(Condition(fact=fact, any_of=(draw(texts),)) for fact in draw(st.lists(texts, max_size=2))),
        sources=tuple(draw(st.lists(texts, max_size=2))),
    )


@st.composite
def criteria_sets(draw: st.DrawFn) -> CriteriaSet:
    rules = [
        Rule(id=f"r{number}", kind=kind, limit=draw(st.none() | exact), level=draw(st.none() | st.integers(0, 3)))
        for number, kind in enumerate(draw(st.lists(st.sampled_from(RuleKind), max_size=3)))
    ]
    return a_set(
        [draw(criteria(number)) for number in range(draw(st.integers(1, 3)))],
        rules=rules,
        status=draw(st.sampled_from(SetStatus)),
        published=draw(st.none() | st.just("2026-02-01")),
        note=draw(texts),
        not_applicable_limit=draw(exact),
    )


@given(criteria_sets())
@settings(max_examples=100, deadline=None)
def test_any_set_comes_back(original: CriteriaSet) -> None:
    text = to_canonical(original)
    assert from_canonical(text) == original
    assert to_canonical(from_canonical(text)) == text


@given(criteria_sets(), criteria_sets())
@settings(max_examples=50, deadline=None)
def test_two_sets_share_a_hash_only_when_they_are_equal(one: CriteriaSet, other: CriteriaSet) -> None:
    assert (content_hash(one) == content_hash(other)) == (one == other)


def test_the_text_is_plain_and_sorted() -> None:
    text = to_canonical(small())
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert '"points":"3/10"' in text
    assert '"not_applicable_limit":"1/4"' in text


def test_the_hash_names_its_purpose() -> None:
    expected = hashlib.sha256(("plumbline criteria set v1\n" + to_canonical(small())).encode()).hexdigest()
    assert content_hash(small()) == expected


def test_a_hair_of_a_point_changes_the_hash() -> None:
    changed = replace(small(), not_applicable_limit=Fraction(1, 4) + Fraction(1, 10**12))
    assert content_hash(changed) != content_hash(small())


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"id":1}', '{"unknown":true}', "not json"])
def test_another_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        from_canonical(text)
