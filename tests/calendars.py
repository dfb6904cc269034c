"""A strict reader of calendars (RFC 5545), for tests: whatever the standard does not allow is Malformed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime


class Malformed(ValueError):
    """The text is no calendar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    uid: str
    on: date
    until: date
    summary: str
    sequence: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    name: str
    events: tuple[Event, ...]


_LINE = re.compile(r"([A-Z-]+)((?:;[A-Z-]+=[^;:\"]+)*):(.*)", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_NEEDED = {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE"}


def read_calendar(text: str) -> Calendar:
    """The calendar in a text of CRLF lines of at most 75 octets."""
    lines = _unfolded(text)
    if lines[0] != "BEGIN:VCALENDAR" or lines[-1] != "END:VCALENDAR":
        raise Malformed("not one calendar")
    head: dict[str, str] = {}
    events: list[Event] = []
    at = 1
    while at < len(lines) - 1:
        if lines[at] == "BEGIN:VEVENT":
            end = next((n for n in range(at, len(lines)) if lines[n] == "END:VEVENT"), None)
            if end is None or "BEGIN:VEVENT" in lines[at + 1 : end]:
                raise Malformed("an event without its end")
            events.append(_event(_properties(lines[at + 1 : end])))
            at = end + 1
        else:
            head.update({name: value for name, (_, value) in _properties([lines[at]]).items()})
            at += 1
    if head.get("VERSION") != "2.0" or not head.get("PRODID"):
        raise Malformed("no version or product")
    if len({event.uid for event in events}) != len(events):
        raise Malformed("one UID twice")
    return Calendar(name=_text(head.get("X-WR-CALNAME", "")), events=tuple(events))


def _unfolded(text: str) -> list[str]:
    if not text.endswith("\r\n") or re.search(r"(?<!\r)\n|\r(?!\n)", text):
        raise Malformed("a line end that is not CRLF")
    lines: list[str] = []
    for line in text[:-2].split("\r\n"):
        if len(line.encode()) > 75:
            raise Malformed("a line of more than 75 octets")
        if line.startswith(" ") and lines:
            lines[-1] += line[1:]
        else:
            lines.append(line)
    return lines


def _properties(lines: list[str]) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for line in lines:
        match = _LINE.fullmatch(line)
        if match is None or any(ord(sign) < 32 for sign in line):
            raise Malformed(f"no property: {line!r}")
        if match[1] in found:
            raise Malformed(f"{match[1]} twice")
        found[match[1]] = (match[2], match[3])
    return found


def _event(found: dict[str, tuple[str, str]]) -> Event:
    if not found.keys() >= _NEEDED:
        raise Malformed(f"an event lacks {_NEEDED - found.keys()}")
    datetime.strptime(found["DTSTAMP"][1], "%Y%m%dT%H%M%SZ")
    return Event(
        uid=_text(found["UID"][1]),
        on=_day(found["DTSTART"]),
        until=_day(found["DTEND"]),
        summary=_text(found["SUMMARY"][1]),
        sequence=int(found["SEQUENCE"][1]),
        url=found.get("URL", ("", ""))[1],
    )


def _day(given: tuple[str, str]) -> date:
    if given[0] != ";VALUE=DATE" or not re.fullmatch(r"\d{8}", given[1]):
        raise Malformed("not a whole day")
    return datetime.strptime(given[1], "%Y%m%d").date()


def _text(value: str) -> str:
    if re.search(r"[,;]", _ESCAPE.sub("", value)):
        raise Malformed("a comma or a semicolon that is not escaped")

    def plain(match: re.Match[str]) -> str:
        if match[1] not in "\\;,nN":
            raise Malformed("an escape that is none")
        return "\n" if match[1] in "nN" else match[1]

    return _ESCAPE.sub(plain, value)
