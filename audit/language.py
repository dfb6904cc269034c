"""Languages: catalogues, dates, numbers and names, for pages, letters and paper alike."""

from __future__ import annotations

import gettext as gnu
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit

from audit.domain.errors import AuditError

CATALOGUES = Path(__file__).parent / "translations"
SOURCE = "en"  # the language messages are written in
OFFERED = ("en", "fr", "nl", "de", "es", "ar")
# For tests only: they show which words never went through a catalogue, and which layout forgot the other direction.
PSEUDO = ("en-XA", "ar-XB")

_ACCENTS = str.maketrans("AaCcDdEeGgIiNnOoSsUuYyZz", "ÁáÇçĐđÉéĜĝÍíÑñÓóŠšÚúÝýŽž")
_KEPT = re.compile(r"%\(\w+\)[sd]|%%|</?[a-z]+[^>]*>|&[a-z]+;")


def pseudo(text: str) -> str:
    """The text with accents and brackets, places for values left alone: ⟦ŠáVé⟧ shows that it was translated."""
    if not any(character.isalpha() for character in text):
        return text
    parts, at = [], 0
    for kept in _KEPT.finditer(text):
        parts += [text[at : kept.start()].translate(_ACCENTS), kept.group()]
        at = kept.end()
    return "⟦" + "".join([*parts, text[at:].translate(_ACCENTS)]) + "⟧"


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language: translates messages and writes dates, numbers and names the way its readers do."""

    code: str
    direction: str  # ltr or rtl
    locale: Locale
    catalogue: gnu.NullTranslations
    draft: bool = False  # nobody has reviewed its catalogue yet

    @property
    def is_pseudo(self) -> bool:
        return self.code in PSEUDO

    def _shown(self, text: str) -> str:
        return pseudo(text) if self.is_pseudo else text

    def gettext(self, message: str) -> str:
        return self._shown(self.catalogue.gettext(message)) if message else ""

    def ngettext(self, one: str, many: str, count: int) -> str:
        return self._shown(self.catalogue.ngettext(one, many, count))

    def pgettext(self, context: str, message: str) -> str:
        return self._shown(self.catalogue.pgettext(context, message))

    def npgettext(self, context: str, one: str, many: str, count: int) -> str:
        return self._shown(self.catalogue.npgettext(context, one, many, count))

    def refusal(self, refusal: AuditError) -> str:
        """A refusal in this language, its values written as this language writes dates, numbers and lists."""
        text = self.gettext(refusal.message)
        if not refusal.values:
            return text
        return text % {name: self._value(value) for name, value in refusal.values.items()}

    def _value(self, value: object) -> object:
        if isinstance(value, datetime):
            return self.datetime(value)
        if isinstance(value, date):
            return self.date(value)
        if isinstance(value, Fraction):
            return self.decimal1(value)
        if isinstance(value, (tuple, list)):
            return self.list(str(item) for item in value)
        return value

    def date(self, day: date, style: str = "long") -> str:
        """`long` 30 April 2026, `medium` 30 Apr 2026, `short` 30 Apr, `month` April 2026."""
        if self.locale.language == SOURCE:
            pattern = {"long": "d MMMM y", "medium": "d MMM y", "short": "d MMM", "month": "MMMM y"}[style]
            return self._shown(format_date(day, format=pattern, locale=self.locale))
        if style == "long":
            return self._shown(format_date(day, format=style, locale=self.locale))
        skeleton = {"medium": "yMMMd", "short": "MMMd", "month": "yMMMM"}[style]
        return self._shown(format_skeleton(skeleton, day, locale=self.locale))

    def datetime(self, moment: datetime, timezone: str = "UTC") -> str:
        """30 April 2026, 14:02 UTC: day, time and zone. `moment` is an aware time."""
        local = moment.astimezone(ZoneInfo(timezone))
        pattern = "d MMMM y" if self.locale.language == "en" else "long"
        day = format_date(local.date(), format=pattern, locale=self.locale)
        return self._shown(f"{day}, {format_datetime(local, format='HH:mm zzz', locale=self.locale)}")

    def time(self, moment: datetime, timezone: str = "UTC") -> str:
        """14:02, in the zone given."""
        return format_datetime(moment.astimezone(ZoneInfo(timezone)), format="HH:mm", locale=self.locale)

    def number(self, value: int | float | Decimal | Fraction) -> str:
        if isinstance(value, Fraction):
            value = Decimal(value.numerator) / Decimal(value.denominator)
        return format_decimal(value, locale=self.locale)

    def decimal1(self, value: Fraction | Decimal | int) -> str:
        """One decimal, rounded down, so that nothing looks better than it is (scoring.md)."""
        tenths = Fraction(value) * 10
        shown = Decimal(tenths.numerator // tenths.denominator) / 10
        return format_decimal(shown, format="#,##0.0", locale=self.locale)

    def percent1(self, value: Fraction | Decimal | int) -> str:
        """A share of one as percent with one decimal, rounded down: Fraction(3, 4) is 75.0%."""
        thousandths = Fraction(value) * 1000
        shown = Decimal(thousandths.numerator // thousandths.denominator) / 1000
        pattern = self.locale.percent_formats[None].pattern.replace("0", "0.0", 1)
        return format_percent(shown, format=pattern, locale=self.locale)

    def size(self, octets: int) -> str:
        """The size of a file: 840 kB, 1.4 MB; in French 1,4 Mo."""
        large = octets >= 1_000_000
        amount = round(octets / 1_000_000, 1) if large else round(max(octets / 1000, 1))
        unit = "digital-megabyte" if large else "digital-kilobyte"
        shown = format_unit(amount, unit, length="short", locale=self.locale)
        return self._shown(shown.replace(" ", "\N{NO-BREAK SPACE}"))

    def country(self, code: str) -> str:
        """The name of a country by its ISO 3166 code; the code itself where no name is known."""
        return self._shown(self.locale.territories.get(code.upper(), code)) if code else ""

    def language_name(self, code: str) -> str:
        """The name of a language, in this language."""
        return self._shown(self.locale.languages.get(code.replace("-", "_").lower(), code))

    def list(self, items: Iterable[str]) -> str:
        """Items joined the way this language joins them: a, b and c."""
        found = list(items)
        if self.is_pseudo or self.locale.language != "en":
            return format_list(found, locale=self.locale) if not self.is_pseudo else ", ".join(found)
        return format_list(found, locale=Locale("en", "GB"))

    def days_left(self, days: int) -> str:
        """How far away a day is: today, 3 days left, 2 days late."""
        if days == 0:
            return self.gettext("today")
        if days < 0:
            return self.ngettext("%(days)s day late", "%(days)s days late", -days) % {"days": self.number(-days)}
        return self.ngettext("%(days)s day left", "%(days)s days left", days) % {"days": self.number(days)}


# The names by which people look for their language; further ones are listed when their catalogue is there.
OWN_NAMES = {
    "en": "English",
    "fr": "Français",
    "nl": "Nederlands",
    "de": "Deutsch",
    "es": "Español",
    "ar": "العربية",
    "en-XA": "Pseudo",
    "ar-XB": "Pseudo (right to left)",
}


@lru_cache(maxsize=32)
def language(code: str) -> Language:
    """The language of a code; the source language where the code is not known."""
    if code in PSEUDO:
        locale = Locale("ar") if code == "ar-XB" else Locale("en")
        direction = "rtl" if code == "ar-XB" else "ltr"
        return Language(code=code, direction=direction, locale=locale, catalogue=gnu.NullTranslations())
    if code not in OFFERED:
        code = SOURCE
    locale = Locale.parse(code, sep="-")
    direction = "rtl" if locale.character_order == "right-to-left" else "ltr"
    return Language(
        code=code, direction=direction, locale=locale, catalogue=_catalogue(code), draft=_is_draft(_file(code))
    )


def _catalogue(code: str) -> gnu.NullTranslations:
    """The messages of a language, compiled in memory from its .po file; none for the source language."""
    file = _file(code)
    if not file.exists():
        return gnu.NullTranslations()
    with file.open("rb") as stream:
        catalogue = read_po(stream, locale=code.replace("-", "_"))
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gnu.GNUTranslations(compiled)


def _file(code: str) -> Path:
    return CATALOGUES / code.replace("-", "_") / "LC_MESSAGES" / "messages.po"


def _is_draft(file: Path) -> bool:
    """Whether the heading of a catalogue says "X-Status: draft"; Babel keeps no heading of ours."""
    if not file.exists():
        return False
    with file.open(encoding="utf-8") as lines:
        heading = takewhile(lambda line: line.strip(), lines)
        return any(line.startswith('"X-Status: draft') for line in heading)
