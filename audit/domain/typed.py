"""What people type, read the same way on a page and in a spreadsheet: plain numbers, and the languages of answers."""

from __future__ import annotations

import unicodedata

# What a line may write in: the languages reporting lines are known to work in. The pages' own are fewer.
ANSWER_LANGUAGES = (
    *("en", "fr", "nl", "de", "es", "ar", "bg", "cs", "da", "el", "et", "fa", "fi", "hi", "hr", "hu", "id", "it", "ja"),
    *("km", "ko", "lt", "lv", "mk", "mt", "nb", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "sw", "th", "tl"),
    *("tr", "uk", "ur", "vi", "zh"),
)


def plain_number(typed: str) -> str | None:
    """A typed number as plain digits with a point; None where it is none or could be read in two ways.

    Digits of any script count; one comma is a decimal comma unless three digits follow, since 1,204 may mean either.
    """
    text = "".join(
        str(unicodedata.digit(character))
        if character.isdigit() and unicodedata.digit(character, None) is not None
        else character
        for character in typed.strip().replace("\N{ARABIC DECIMAL SEPARATOR}", ",")
    )
    for space in ("\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", " ", "'"):
        text = text.replace(space, "")
    if text.count(",") == 1 and "." not in text and len(text) - text.index(",") - 1 != 3:
        text = text.replace(",", ".")
    whole, point, rest = text.partition(".")
    sound = whole.isascii() and whole.isdigit() and (not point or (rest.isascii() and rest.isdigit()))
    return text if sound and len(text) <= 20 else None
