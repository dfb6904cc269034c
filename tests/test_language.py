"""Dates, numbers and names as each language writes them; the pseudo languages; catalogues read from .po files."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from audit import language as module
from audit.domain.errors import InvalidInput
from audit.language import OFFERED, Language, language, pseudo

ENGLISH = language("en")


def test_dates() -> None:
    day = date(2026, 4, 30)
    assert ENGLISH.date(day) == "30 April 2026"
    assert ENGLISH.date(day, "medium") == "30 Apr 2026"
    assert ENGLISH.date(day, "short") == "30 Apr"
    assert ENGLISH.date(day, "month") == "April 2026"


def test_moments_name_their_zone() -> None:
    moment = datetime(2026, 7, 1, 12, 2, tzinfo=UTC)
    assert ENGLISH.datetime(moment) == "1 July 2026, 12:02 UTC"
    assert ENGLISH.datetime(moment, "Europe/Vienna").startswith("1 July 2026, 14:02")
    assert ENGLISH.time(moment, "Europe/Vienna") == "14:02"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(Fraction(6999, 100), "69.9"), (Fraction(70), "70.0"), (Fraction(2, 3) * 100, "66.6"), (0, "0.0"), (100, "100.0")],
)
def test_scores_are_rounded_down(value: Fraction, shown: str) -> None:
    assert ENGLISH.decimal1(value) == shown


def test_shares_are_rounded_down() -> None:
    assert ENGLISH.percent1(Fraction(2, 3)) == "66.6%"
    assert ENGLISH.percent1(Fraction(9999, 10000)) == "99.9%"


def test_numbers_sizes_and_lists() -> None:
    assert ENGLISH.number(18402) == "18,402"
    assert ENGLISH.size(14_000_000) == "14\N{NO-BREAK SPACE}MB"
    assert ENGLISH.size(840_400) == "840\N{NO-BREAK SPACE}kB"
    assert ENGLISH.list(["a", "b", "c"]) == "a, b and c"


def test_names_of_countries_and_languages() -> None:
    assert ENGLISH.country("AT") == "Austria" and ENGLISH.country("at") == "Austria"
    assert ENGLISH.country("") == "" and ENGLISH.country("ZZZ") == "ZZZ"
    assert ENGLISH.language_name("fr") == "French"


@pytest.mark.parametrize(("days", "said"), [(0, "today"), (1, "1 day left"), (12, "12 days left"), (-1, "1 day late")])
def test_how_far_a_day_is(days: int, said: str) -> None:
    assert ENGLISH.days_left(days) == said


def test_a_refusal_is_said_with_its_values() -> None:
    refusal = InvalidInput("Choose a day from %(first)s on.", first=date(2026, 4, 30))
    assert ENGLISH.refusal(refusal) == "Choose a day from 30 April 2026 on."
    assert language("en-XA").refusal(refusal) == "⟦Çhóóšé á đáý fróm ⟦30 Ápríl 2026⟧ óñ.⟧"


@pytest.mark.parametrize(
    ("code", "day", "short", "share", "size", "number"),
    [
        ("fr", "30 avril 2026", "30 avr.", "66,6\xa0%", "1,4\u202fMo", "18\u202f402"),
        ("nl", "30 april 2026", "30 apr", "66,6%", "1,4\xa0MB", "18.402"),
        ("de", "30. April 2026", "30. Apr.", "66,6\xa0%", "1,4\xa0MB", "18.402"),
        ("es", "30 de abril de 2026", "30 abr", "66,6\xa0%", "1,4\xa0MB", "18.402"),
        ("ar", "30 أبريل 2026", "30 أبريل", "66.6%", "1.4\xa0م.ب", "18,402"),
    ],
)
def test_each_language_writes_dates_and_figures_its_own_way(
    code: str, day: str, short: str, share: str, size: str, number: str
) -> None:
    spoken = language(code)
    on = date(2026, 4, 30)
    assert (spoken.date(on), spoken.date(on, "short"), spoken.number(18402)) == (day, short, number)
    assert unmarked(spoken.percent1(Fraction(2, 3))) == share and spoken.size(1_400_000) == size
    assert spoken.country("AT") != "Austria" or code == "es"
    assert spoken.list(["a", "b", "c"]) != "a, b and c"


def unmarked(text: str) -> str:
    """Without the invisible marks of direction that right-to-left languages put around signs."""
    return text.translate(dict.fromkeys(map(ord, "\u200e\u200f\u061c")))


@pytest.mark.parametrize("code", OFFERED)
def test_digits_are_latin_everywhere(code: str) -> None:
    spoken, moment = language(code), datetime(2026, 7, 1, 12, 2, tzinfo=UTC)
    said = "".join(
        (
            spoken.number(1234567890),
            spoken.decimal1(Fraction(699, 10)),
            spoken.percent1(1),
            spoken.size(840_400),
            spoken.datetime(moment),
            spoken.time(moment),
            *(spoken.date(moment.date(), style) for style in ("long", "medium", "short", "month")),
        )
    )
    assert all(sign.isascii() for sign in said if sign.isdigit()), said


@pytest.mark.parametrize(("count", "form"), [(0, 0), (1, 1), (2, 2), (3, 3), (11, 5), (100, 4)])
def test_arabic_has_six_plural_forms(count: int, form: int) -> None:
    catalogue = language("ar").catalogue
    assert catalogue.plural(count) == form  # type: ignore[attr-defined]
    assert "%(num)s" in language("ar").ngettext("%(num)s criterion", "%(num)s criteria", 100)


def test_pseudo_leaves_places_and_figures_alone() -> None:
    assert pseudo("Save %(name)s, 100%%") == "⟦Šávé %(name)s, 100%%⟧"
    assert pseudo("30 %") == "30 %" and pseudo("") == ""


def test_the_right_to_left_pseudo_language() -> None:
    arabic = language("ar-XB")
    assert arabic.direction == "rtl" and arabic.is_pseudo
    assert arabic.gettext("Save") == "⟦Šávé⟧"


def test_a_catalogue_is_read_from_its_po_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\nPlural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'
        'msgid "Save"\nmsgstr "Enregistrer"\n\n'
        'msgid "%(days)s day left"\nmsgid_plural "%(days)s days left"\n'
        'msgstr[0] "encore %(days)s jour"\nmsgstr[1] "encore %(days)s jours"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(module, "CATALOGUES", tmp_path)
    monkeypatch.setattr(module, "OFFERED", ("en", "fr"))
    language.cache_clear()
    try:
        french: Language = language("fr")
        assert french.gettext("Save") == "Enregistrer"
        assert french.gettext("Not translated yet") == "Not translated yet"
        assert french.days_left(1) == "encore 1 jour" and french.days_left(3) == "encore 3 jours"
        assert french.date(date(2026, 4, 30)) == "30 avril 2026"
        assert french.decimal1(Fraction(699, 10)) == "69,9"
    finally:
        language.cache_clear()
