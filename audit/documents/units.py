"""Units after a figure, in the reader's language: a unit is a word of the criteria format, not one for people."""

from __future__ import annotations

from audit.language import Language


def unit(words: Language, code: str) -> str:
    """A unit as it stands after a figure; units the shop has no word for stand as the set writes them."""
    _ = words.gettext
    known = {"percent": "%", "hours": _("h"), "days": _("days"), "count": ""}
    return known.get(code, code)
