"""Translations for tests: every text of a set marked with its language, so that a page shows whose words it carries."""

from __future__ import annotations

from collections.abc import Mapping

from audit.domain.criteria import CriteriaSet
from audit.domain.criteria_translation import TranslatedText, Translation, source_mark, texts


def a_translation(
    criteria_set: CriteriaSet, language: str = "fr", *, draft: bool = False, changes: Mapping[str, str] | None = None
) -> Translation:
    """Every text as "fr: …"; `changes` says some places otherwise."""
    words = {place: (changes or {}).get(place, f"{language}: {text}") for place, text in texts(criteria_set).items()}
    return Translation(
        language=language,
        draft=draft,
        texts={
            place: TranslatedText(text=words[place], of=source_mark(text))
            for place, text in texts(criteria_set).items()
        },
    )


def a_file(criteria_set: CriteriaSet, language: str = "fr", *, status: str = "draft") -> str:
    """The same translation as a file beside the set."""
    head = f"format: 1\ntranslation:\n  of: {criteria_set.id}\n  language: {language}\n  status: {status}\ntexts:\n"
    held = a_translation(criteria_set, language).texts
    return head + "".join(
        f'  {place}:\n    of: "{one.of}"\n    text: >-\n      {one.text}\n' for place, one in held.items()
    )
