"""Calendar entries as text (RFC 5545): whole days, escaped and folded, so that any calendar can read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from unicodedata import category

LONGEST_LINE = 75  # octets, the line end not counted
PRODUCT = "-//Plumbline//Dates of a reporting line//EN"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayEntry:
    """One whole day. `uid` stays the same for the same occasion; `sequence` grows when its day moves."""

    uid: str
    on: date
    summary: str
    sequence: int = 0
    url: str = ""


def calendar_text(name: str, entries: Iterable[DayEntry], *, stamped: datetime) -> str:
    """The calendar with its entries in the order of their days. `stamped` is the moment it was written."""
    stamp = stamped.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{escaped(name)}",
        f"X-WR-CALNAME:{escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:P1D",
        "X-PUBLISHED-TTL:P1D",
    ]
    for entry in sorted(entries, key=lambda one: (one.on, one.uid)):
        lines += [
            "BEGIN:VEVENT",
            f"UID:{escaped(entry.uid)}",
            f"DTSTAMP:{stamp}",
            f"SEQUENCE:{entry.sequence}",
            f"DTSTART;VALUE=DATE:{entry.on:%Y%m%d}",
            f"DTEND;VALUE=DATE:{entry.on + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{escaped(entry.summary)}",
            "CLASS:PRIVATE",
            "TRANSP:TRANSPARENT",
            *([f"URL:{entry.url}"] if entry.url else []),
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines)


def escaped(text: str) -> str:
    """Text as a value: backslash, semicolon, comma and line ends escaped, other control characters left out."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(sign for sign in text if sign == "\n" or category(sign) not in ("Cc", "Cs"))
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> str:
    """One long line as several of at most 75 octets; no character is cut in two."""
    parts, part, size = [], "", 0
    for sign in line:
        octets = len(sign.encode())
        if size + octets > LONGEST_LINE:
            parts.append(part)
            part, size = "", 1  # a following line begins with a space
        part += sign
        size += octets
    return "\r\n ".join([*parts, part])
