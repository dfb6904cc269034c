"""A translation changes words and nothing else: never a score, a rule, an id or a hash."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.domain.criteria import CriteriaSet
from audit.domain.criteria_text import content_hash
from audit.domain.criteria_translation import (
    TranslatedText,
    Translation,
    corrected,
    missing,
    outdated,
    source_mark,
    texts,
    translated,
    translation_from_text,
    translation_hash,
    translation_to_text,
    unknown,
    worded,
)
from audit.domain.levels import Circumstances, judge
from audit.domain.scoring import score
from tests.domain.sets import shipped, small
from tests.translating import a_translation

SMALL = small()
PLACES = tuple(texts(SMALL))


def blank(criteria_set: CriteriaSet) -> CriteriaSet:
    """The set with every word taken out of it."""
    held = {place: TranslatedText(text="·", of="") for place in texts(criteria_set)}
    return translated(criteria_set, Translation(language="xx", draft=True, texts=held))


@pytest.mark.parametrize("build", [shipped, small], ids=["shipped", "small"])
def test_every_word_of_a_set_has_a_place_and_nothing_else_has(build: Callable[[], CriteriaSet]) -> None:
    criteria_set = build()
    places = texts(criteria_set)
    assert len(places) > 50 and all(places.values())
    emptied = blank(criteria_set)
    assert set(texts(emptied)) == set(places) and set(texts(emptied).values()) == {"·"}
    assert [one.id for one in emptied.criteria] == [one.id for one in criteria_set.criteria]
    assert [one.weight for one in emptied.themes] == [one.weight for one in criteria_set.themes]


def test_texts_stand_where_they_belong() -> None:
    french = translated(SMALL, a_translation(SMALL))
    criterion = SMALL.criteria[0]
    assert french.criterion(criterion.id).asks == f"fr: {criterion.asks}"
    assert dict(french.criterion(criterion.id).descriptors) == {
        key: f"fr: {text}" for key, text in criterion.descriptors
    }
    assert french.level(SMALL.levels[0].id).wording == f"fr: {SMALL.levels[0].wording}"


def test_what_is_not_translated_stays_in_the_source_language() -> None:
    whole = a_translation(SMALL)
    place = "criteria.GOV-01.asks"
    held = {name: text for name, text in whole.texts.items() if name != place}
    partly = replace(whole, texts=held)
    assert missing(SMALL, partly) == (place,)
    assert missing(SMALL, whole) == ()
    assert translated(SMALL, partly).criterion("GOV-01").asks == SMALL.criterion("GOV-01").asks
    assert translated(SMALL, partly).criterion("GOV-01").title.startswith("fr: ")


def test_a_text_of_an_older_source_is_shown_and_said_to_be_older() -> None:
    later = replace(
        SMALL,
        criteria=tuple(replace(one, asks=f"{one.asks} Now.") if one.id == "GOV-01" else one for one in SMALL.criteria),
    )
    found = a_translation(SMALL)
    assert outdated(SMALL, found) == () and outdated(later, found) == ("criteria.GOV-01.asks",)
    wording = worded(later, found)
    assert wording.criteria_set.criterion("GOV-01").asks.startswith("fr: ")
    assert wording.is_older("criteria.GOV-01") and wording.is_older("criteria.GOV-01.asks")
    assert not wording.is_older("criteria.GOV-0") and not wording.is_older("criteria.GOV-02")


def test_places_of_another_set_are_named() -> None:
    found = a_translation(SMALL)
    odd = {**found.texts, "criteria.GOV-99.asks": TranslatedText(text="?", of="0" * 8)}
    assert unknown(SMALL, replace(found, texts=odd)) == ("criteria.GOV-99.asks",)
    assert unknown(SMALL, found) == ()
    assert translated(SMALL, replace(found, texts=odd)) == translated(SMALL, found)


def test_a_correction_for_a_frozen_set_takes_only_what_translates_its_own_words() -> None:
    held = a_translation(SMALL)
    own, foreign = "criteria.GOV-01.asks", "criteria.GOV-01.why"
    better = TranslatedText(text="better", of=source_mark(texts(SMALL)[own]))
    of_later_version = TranslatedText(text="of a later version", of="0" * 8)
    found = Translation(
        language="fr", draft=False, texts={own: better, foreign: of_later_version, "gone.title": better}
    )
    kept = corrected(SMALL, held, found)
    assert kept.texts[own].text == "better" and kept.texts[foreign] == held.texts[foreign]
    assert unknown(SMALL, kept) == () and missing(SMALL, kept) == () and not kept.draft
    assert set(corrected(SMALL, None, found).texts) == {own}


def test_a_translation_comes_back_from_its_text_and_its_hash_knows_everything() -> None:
    found = a_translation(SMALL)
    again = translation_from_text(translation_to_text(found), language="fr", draft=False)
    assert again == found and translation_hash(again) == translation_hash(found)
    others = (replace(found, draft=True), replace(found, language="nl"), a_translation(SMALL, changes={"title": "x"}))
    assert len({translation_hash(one) for one in (found, *others)}) == 4


@given(
    words=st.dictionaries(st.sampled_from(PLACES), st.text(max_size=12)),
    levels=st.lists(st.integers(0, 9), min_size=len(SMALL.criteria), max_size=len(SMALL.criteria)),
)
@settings(max_examples=60, deadline=None)
def test_a_translation_never_changes_score_rules_or_hash(words: dict[str, str], levels: list[int]) -> None:
    before = content_hash(SMALL)
    held = {place: TranslatedText(text=text, of="0" * 8) for place, text in words.items()}
    other = translated(SMALL, Translation(language="fr", draft=True, texts=held))
    assert blank(other) == blank(SMALL)
    keys = {}
    for criterion, level in zip(SMALL.criteria, levels, strict=True):
        answers = SMALL.answer_set_of(criterion).answers
        keys[criterion.id] = answers[level % len(answers)].key
    ours, theirs = score(SMALL, keys, set(), {}), score(other, keys, set(), {})
    assert ours == theirs
    assert judge(SMALL, ours, Circumstances()) == judge(other, theirs, Circumstances())
    assert content_hash(SMALL) == before
