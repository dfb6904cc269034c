"""The calendar as text: read back by a strict reader of RFC 5545, whatever stands in it."""

from __future__ import annotations

import random
import re
from datetime import UTC, date, datetime, timedelta

import pytest

from audit.domain.icalendar import DayEntry, calendar_text, folded
from tests.calendars import Calendar, Malformed, read_calendar

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SIGNS = [*'aBnN ,;:\\"\n\t\x07éßع漢🕊\u200c\u202e', "\r\n"]


def entry(**changes: object) -> DayEntry:
    return DayEntry(**{"uid": "submit-1@audit.example", "on": date(2026, 4, 30), "summary": "Submit", **changes})


def test_a_date_is_one_whole_day() -> None:
    calendar = read_calendar(
        calendar_text("Sample line", [entry(sequence=3, url="https://audit.example/x")], stamped=AT)
    )
    assert calendar.name == "Sample line"
    (one,) = calendar.events
    assert (one.uid, one.on, one.until, one.sequence) == (
        "submit-1@audit.example",
        date(2026, 4, 30),
        date(2026, 5, 1),
        3,
    )
    assert one.summary == "Submit" and one.url == "https://audit.example/x"


def test_an_empty_calendar_is_a_calendar() -> None:
    assert read_calendar(calendar_text("Line", [], stamped=AT)) == Calendar(name="Line", events=())


def test_the_order_is_that_of_the_days_and_the_same_each_time() -> None:
    entries = [entry(uid=f"{n}@x", on=date(2026, 4, 30) - timedelta(days=n)) for n in range(5)]
    text = calendar_text("Line", entries, stamped=AT)
    assert text == calendar_text("Line", reversed(entries), stamped=AT)
    assert [one.on for one in read_calendar(text).events] == sorted(one.on for one in entries)


def test_thousands_of_odd_texts_come_back_as_they_were() -> None:
    chance = random.Random(20260302)
    for _ in range(3000):
        text = "".join(chance.choice(SIGNS) for _ in range(chance.randrange(0, 220)))
        calendar = read_calendar(calendar_text(text, [entry(summary=text)], stamped=AT))
        expected = re.sub("[\x07\t]", "", text.replace("\r\n", "\n"))
        assert calendar.name == expected and calendar.events[0].summary == expected


@pytest.mark.parametrize("sign", ["a", "é", "漢", "🕊"])
def test_no_line_is_longer_than_75_octets_and_no_character_is_cut(sign: str) -> None:
    for length in (0, 1, 18, 24, 37, 74, 75, 76, 149, 400):
        parts = folded(sign * length).split("\r\n")
        assert all(len(part.encode()) <= 75 for part in parts)
        assert "".join(part if at == 0 else part.removeprefix(" ") for at, part in enumerate(parts)) == sign * length


@pytest.mark.parametrize(
    "broken",
    [
        lambda text: text.replace("\r\n", "\n"),
        lambda text: text.replace("SUMMARY:Submit", "SUMMARY:Submit, then rest"),
        lambda text: text.replace("SUMMARY:Submit", "SUMMARY:" + "x" * 80),
        lambda text: text.replace("UID:submit-1@audit.example\r\n", ""),
        lambda text: text.replace("END:VEVENT\r\n", ""),
        lambda text: text.replace("20260430", "2026-04-30"),
        lambda text: text.replace("END:VCALENDAR\r\n", "END:VCALENDAR"),
    ],
)
def test_the_reader_finds_each_planted_fault(broken: object) -> None:
    with pytest.raises(Malformed):
        read_calendar(broken(calendar_text("Line", [entry()], stamped=AT)))  # type: ignore[operator]
