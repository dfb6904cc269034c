"""The lists that drop-down cells offer: words in the person's language, and the keys they stand for."""

from __future__ import annotations

from audit.domain.answer_sheet import AnswerSheetFacts, SheetCriterion
from audit.domain.answers import AnswerStatus
from audit.domain.errors import N_
from audit.domain.typed import ANSWER_LANGUAGES
from audit.language import Language
from audit.spreadsheets.codes import (
    FROM_FIGURES,
    LANGUAGES,
    LEVELS,
    MARK,
    NOT_APPLICABLE,
    SOURCES,
    UNKNOWN,
    YES,
)

SPECIALS = {
    FROM_FIGURES: N_("As the figures say"),
    NOT_APPLICABLE: N_("Not applicable"),
    UNKNOWN: N_("Don’t know yet"),
}
SOURCE_WORDS = {
    "log_extract": N_("Log extract"),
    "count_by_hand": N_("Count by hand"),
    "estimate": N_("Estimate"),
}
YES_WORD = N_("Yes")


class Choices:
    """Every list of one workbook, and where on the hidden sheet each stands."""

    def __init__(self, facts: AnswerSheetFacts, words: Language) -> None:
        self._lists: dict[str, list[tuple[str, str]]] = {
            LANGUAGES: _unlike([(code, words.language_name(code)) for code in ANSWER_LANGUAGES]),
            SOURCES: [(key, words.gettext(word)) for key, word in SOURCE_WORDS.items()],
            YES: [("yes", words.gettext(YES_WORD))],
        }
        for one in facts.criteria:
            self._lists.setdefault(_name(one), _levels(one, words))
        self._starts: dict[str, int] = {}

    def rows(self, first: int) -> list[tuple[str, ...]]:
        """The rows of the hidden sheet from row `first` on (counted from nought): choice, list, key, word."""
        found: list[tuple[str, ...]] = []
        for name, entries in self._lists.items():
            self._starts[name] = first + len(found)
            found += [("choice", name, key, word) for key, word in entries]
        return found

    def word(self, name: str, key: str) -> str:
        """The word for a key of a list; the key itself where the list does not have it."""
        return next((word for known, word in self._lists[name] if known == key), key)

    def place(self, name: str) -> str:
        """The cells of a list, as a drop-down names them; only after `rows`."""
        start = self._starts[name] + 1
        return f"={MARK}!$D${start}:$D${start + len(self._lists[name]) - 1}"

    def place_of_levels(self, one: SheetCriterion) -> str:
        return self.place(_name(one))

    def level_word(self, one: SheetCriterion, key: str) -> str:
        return self.word(_name(one), key)


def _name(one: SheetCriterion) -> str:
    """Criteria with the same answer set share a list, unless one of them cannot be "not applicable"."""
    return f"{LEVELS}:{one.answer_set}:{int(one.measured)}:{int(one.not_applicable)}"


def _levels(one: SheetCriterion, words: Language) -> list[tuple[str, str]]:
    entries = [(FROM_FIGURES, words.gettext(SPECIALS[FROM_FIGURES]))] if one.measured else []
    entries += [(level.key, level.title) for level in one.levels]
    if one.not_applicable:
        entries.append((NOT_APPLICABLE, words.gettext(SPECIALS[NOT_APPLICABLE])))
    return _unlike([*entries, (UNKNOWN, words.gettext(SPECIALS[UNKNOWN]))])


def _unlike(entries: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """No two words of a list are the same: a second one bears its key."""
    seen: set[str] = set()
    found = []
    for key, word in entries:
        found.append((key, word if word.casefold() not in seen else f"{word} ({key})"))
        seen.add(word.casefold())
    return found


def shown_level(one: SheetCriterion, choices: Choices) -> str:
    """The word that stands in the level cell of a stored answer; empty where nothing was chosen."""
    if one.status is AnswerStatus.NOT_APPLICABLE:
        return choices.level_word(one, NOT_APPLICABLE)
    if one.status is AnswerStatus.UNKNOWN:
        return choices.level_word(one, UNKNOWN)
    if one.measured and one.graded:
        return choices.level_word(one, FROM_FIGURES)
    return choices.level_word(one, one.key) if one.key else ""
