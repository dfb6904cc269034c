"""A criteria set in another language: its texts by place, and the set again with other texts in the same places.

A place is a path of ids ("criteria.ACC-1.asks"), so a translation survives any change of order. What is a text is
settled by one table; ids, numbers and rules are the same in every language, so a translation can never change a score.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from audit.domain.criteria import FIRST_ROUND_LEVEL, CriteriaSet, Level
from audit.domain.journal import canonical

# The fields that are words for people, by the name of the class that holds them.
_TEXTS: Mapping[str, frozenset[str]] = {
    "CriteriaSet": frozenset({"title", "note"}),
    "AnswerSet": frozenset({"title"}),
    "AnswerKey": frozenset({"title"}),
    "EvidenceKind": frozenset({"title", "text"}),
    "Indicator": frozenset({"title", "text", "numerator", "denominator"}),  # a unit is a word of the format
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A set as one reader sees it, and what has to be said about its words. In the source language: nothing."""

    criteria_set: CriteriaSet
    language: str
    draft: bool = False
    outdated: frozenset[str] = frozenset()  # places

    def is_older(self, place: str) -> bool:
        """Whether anything at this place or below it is a translation of an older text."""
        return any(one == place or one.startswith(f"{place}.") for one in self.outdated)


def worded(criteria_set: CriteriaSet, translation: Translation) -> Wording:
    """The set in the words of a translation."""
    return Wording(
        criteria_set=translated(criteria_set, translation),
        language=translation.language,
        draft=translation.draft,
        outdated=frozenset(outdated(criteria_set, translation)),
    )


def corrected(criteria_set: CriteriaSet, held: Translation | None, found: Translation) -> Translation:
    """What to keep for a frozen set when its file is read anew, perhaps for a later version of the set.

    A text counts where it translates this set's own text; where it translates another, the one held so far stays.
    """
    own = {place: source_mark(text) for place, text in texts(criteria_set).items()}
    kept = {place: text for place, text in (held.texts if held is not None else {}).items() if place in own}
    fitting = {place: text for place, text in found.texts.items() if own.get(place) == text.of}
    return Translation(language=found.language, draft=found.draft, texts={**kept, **fitting})


def translation_to_text(translation: Translation) -> str:
    """Canonical JSON of the texts: place to [text, mark of its source]."""
    return canonical({place: [held.text, held.of] for place, held in translation.texts.items()})


def translation_from_text(text: str, *, language: str, draft: bool) -> Translation:
    held = {place: TranslatedText(text=words, of=mark) for place, (words, mark) in json.loads(text).items()}
    return Translation(language=language, draft=draft, texts=held)


def translation_hash(translation: Translation) -> str:
    """SHA-256 over everything readers can see of it, under a prefix of its own (domain separation)."""
    text = canonical([translation.language, translation.draft, translation_to_text(translation)])
    return hashlib.sha256(b"plumbline criteria translation v1\n" + text.encode()).hexdigest()


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
            changes[field.name] = tuple(_walked(one, _place(one, at), word) for one in held)
        elif is_dataclass(held):
            changes[field.name] = _walked(held, at, word)
    return replace(value, **changes)


def _words(held: Any, at: str, word: Callable[[str, str], str]) -> Any:
    if isinstance(held, str):
        return word(at, held)
    if held and isinstance(held[0], tuple):  # descriptors: (answer key, text)
        return tuple((key, word(f"{at}.{key}", text)) for key, text in held)
    return tuple(word(f"{at}.{number}", text) for number, text in enumerate(held, 1))


def _place(one: Any, at: str) -> str:
    """Where one of several stands; the level of a first round has one place, in the whole set and in a derived one."""
    return "first_round" if isinstance(one, Level) and one.id == FIRST_ROUND_LEVEL else f"{at}.{_id(one)}"


def _id(one: Any) -> str:
    return str(one.id if hasattr(one, "id") else getattr(one, "key", getattr(one, "fact", "")))
