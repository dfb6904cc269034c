"""A criteria set in another language: its texts by place, and the set again with other texts in the same places.

A place is a path of ids ("criteria.ACC-1.asks"), so a translation survives any change of order. What is a text is
settled by one table; ids, numbers and rules are the same in every language, so a translation can never change a score.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from audit.domain.criteria import CriteriaSet

# The fields that are words for people, by the name of the class that holds them.
_TEXTS: Mapping[str, frozenset[str]] = {
    "CriteriaSet": frozenset({"title", "note"}),
    "AnswerSet": frozenset({"title"}),
    "AnswerKey": frozenset({"title"}),
    "EvidenceKind": frozenset({"title", "text"}),
    "Indicator": frozenset({"title", "text", "unit", "numerator", "denominator"}),
    "ProfileFact": frozenset({"title"}),
    "ProfileOption": frozenset({"title"}),
    "Theme": frozenset({"title", "lede"}),
    "Criterion": frozenset({"title", "asks", "why", "descriptors", "not_applicable_cases", "evidence_help"}),
    "Level": frozenset({"title", "wording"}),
    "Rule": frozenset({"text"}),
    "Index": frozenset({"title"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslatedText:
    """One text in another language; `of` is the mark of the source text it translates."""

    text: str
    of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """The texts of one set in one language, by place."""

    language: str
    draft: bool  # nobody has reviewed it yet
    texts: Mapping[str, TranslatedText]


def source_mark(text: str) -> str:
    """Eight characters that say which source text a translation was made of."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def texts(criteria_set: CriteriaSet) -> dict[str, str]:
    """Every text of the set by its place, in the set's order; empty ones are left out."""
    found: dict[str, str] = {}

    def note(place: str, text: str) -> str:
        if text:
            found[place] = text
        return text

    _walked(criteria_set, "", note)
    return found


def translated(criteria_set: CriteriaSet, translation: Translation) -> CriteriaSet:
    """The set with the translation's words where it has them, and the source's where it has none."""

    def word(place: str, text: str) -> str:
        held = translation.texts.get(place)
        return held.text if held is not None and held.text else text

    walked: CriteriaSet = _walked(criteria_set, "", word)
    return walked


def missing(criteria_set: CriteriaSet, translation: Translation) -> tuple[str, ...]:
    """The places without a translation."""
    return tuple(place for place in texts(criteria_set) if place not in translation.texts)


def outdated(criteria_set: CriteriaSet, translation: Translation) -> tuple[str, ...]:
    """The places whose source text has changed since it was translated: "translation of an older version"."""
    return tuple(
        place
        for place, text in texts(criteria_set).items()
        if (held := translation.texts.get(place)) is not None and held.of != source_mark(text)
    )


def unknown(criteria_set: CriteriaSet, translation: Translation) -> tuple[str, ...]:
    """The places a translation names that the set does not have."""
    known = texts(criteria_set)
    return tuple(place for place in translation.texts if place not in known)


def _walked(value: Any, place: str, word: Callable[[str, str], str]) -> Any:
    """The value with each text exchanged for what `word` makes of it."""
    kinds = _TEXTS.get(type(value).__name__, frozenset())
    changes: dict[str, Any] = {}
    for field in fields(value):
        held = getattr(value, field.name)
        at = f"{place}.{field.name}" if place else field.name
        if field.name in kinds:
            changes[field.name] = _words(held, at, word)
        elif isinstance(held, tuple) and held and is_dataclass(held[0]):
            changes[field.name] = tuple(_walked(one, f"{at}.{_id(one)}", word) for one in held)
    return replace(value, **changes)


def _words(held: Any, at: str, word: Callable[[str, str], str]) -> Any:
    if isinstance(held, str):
        return word(at, held)
    if held and isinstance(held[0], tuple):  # descriptors: (answer key, text)
        return tuple((key, word(f"{at}.{key}", text)) for key, text in held)
    return tuple(word(f"{at}.{number}", text) for number, text in enumerate(held, 1))


def _id(one: Any) -> str:
    return str(one.id if hasattr(one, "id") else getattr(one, "key", getattr(one, "fact", "")))
