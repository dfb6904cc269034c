"""Translations for tests: every text of a set marked with its language, so that a page shows whose words it carries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from gettext import NullTranslations

from audit.domain.criteria import CriteriaSet
from audit.domain.criteria_translation import TranslatedText, Translation, source_mark, texts
from audit.language import language


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


class _Lacking(NullTranslations):
    """What a catalogue falls back to: notes the message and gives the source's words."""

    def __init__(self) -> None:
        super().__init__()
        self.missed: list[str] = []

    def gettext(self, message: str) -> str:
        self.missed.append(message)
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self.missed.append(msgid1)
        return msgid1 if n == 1 else msgid2

    def pgettext(self, context: str, message: str) -> str:
        return self.gettext(message)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        return self.ngettext(msgid1, msgid2, n)


@contextmanager
def missed(code: str) -> Iterator[list[str]]:
    """The messages that are asked for meanwhile and stand in no catalogue of the language: words read in English."""
    catalogue, lacking = language(code).catalogue, _Lacking()
    before = catalogue._fallback
    catalogue._fallback = lacking
    try:
        yield lacking.missed
    finally:
        catalogue._fallback = before
