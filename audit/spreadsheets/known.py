"""The words our own choices have in every language offered: a sheet filled in by hand need not use the file's lists."""

from __future__ import annotations

from functools import cache

from audit.language import OFFERED, language
from audit.spreadsheets.choices import SOURCE_WORDS, SPECIALS, YES_WORD
from audit.spreadsheets.codes import SOURCES, YES


@cache
def known_words(*names: str) -> dict[str, str]:
    """Folded word → key. `names` are keys of special levels, or a whole list: sources, yes."""
    words: dict[str, str] = {}
    for name in names:
        entries = {SOURCES: SOURCE_WORDS, YES: {"yes": YES_WORD}}.get(name) or {name: SPECIALS[name]}
        for key, message in entries.items():
            words[key] = key
            for code in OFFERED:
                words.setdefault(" ".join(language(code).gettext(message).split()).casefold(), key)
    return words
