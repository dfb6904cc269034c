"""Reads the YAML of a criteria file into nodes with places, and refuses what a criteria file never needs.

No anchors, aliases, tags, merge keys, directives or second documents; limits on size, depth and number of nodes, so
that a hostile file is refused in well under a second. Nothing is resolved here: every scalar stays the text it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml import events as yaml_events
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from audit.criteria_files.mistakes import Findings, Place
from audit.domain.errors import N_

MOST_BYTES = 1024 * 1024
MOST_LINES = 20_000
LONGEST_LINE = 4_000  # characters
LONGEST_TEXT = 8_000  # characters of one scalar
DEEPEST = 12
MOST_NODES = 12_000  # about 180 criteria in full sentences

_LINE_END = re.compile(r"\r\n|\n|\r")
# What YAML readers count as line ends, byte order marks, or must not carry at all.
_UNWELCOME = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


@dataclass(slots=True)
class Scalar:
    """A text as written; `plain` when it stands without quotes and is no block."""

    place: Place
    text: str
    plain: bool


@dataclass(slots=True)
class Items:
    place: Place
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Fields:
    """A mapping; keys stay in the order of the file, and a repeated key is already told as a mistake."""

    place: Place
    fields: list[tuple[Scalar, Node]] = field(default_factory=list)


Node = Scalar | Items | Fields


class _Refused(Exception):
    """The file cannot be read further; the mistake is already noted."""


def read_nodes(data: bytes, findings: Findings) -> Node | None:
    """The file's nodes, or None when it cannot be read at all; mistakes go to `findings`."""
    try:
        text = _decoded(data, findings)
        return _Composer(text, findings).document()
    except _Refused:
        return None


def _decoded(data: bytes, findings: Findings) -> str:
    if len(data) > MOST_BYTES:
        findings.add(
            Place(1, 1), N_("The file is larger than %(most)d bytes; no criteria set needs that."), most=MOST_BYTES
        )
        raise _Refused
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        findings.add(_place_after(before), N_("The file is not UTF-8 here; save it as UTF-8."))
        raise _Refused from None
    text = text.removeprefix("\ufeff")
    lines = _LINE_END.split(text)
    if len(lines) > MOST_LINES:
        findings.add(Place(MOST_LINES, 1), N_("The file has more than %(most)d lines."), most=MOST_LINES)
    for number, line in enumerate(lines, start=1):
        if len(line) > LONGEST_LINE:
            findings.add(
                Place(number, LONGEST_LINE),
                N_("The line is longer than %(most)d characters; break it with a folded block (>-)."),
                most=LONGEST_LINE,
            )
        if unwelcome := _UNWELCOME.search(line):
            findings.add(
                Place(number, unwelcome.start() + 1),
                N_("The invisible character U+%(code)s may not stand here; delete it."),
                code=f"{ord(unwelcome.group()):04X}",
            )
    if findings:
        raise _Refused
    return text


def _place_after(text: str) -> Place:
    lines = _LINE_END.split(text)
    return Place(len(lines), len(lines[-1]) + 1)


class _Composer:
    """Builds nodes from the event stream, so that what is refused is refused before anything grows from it."""

    def __init__(self, text: str, findings: Findings) -> None:
        self._findings = findings
        self._events = self._stream(text)
        self._nodes = 0
        self._place = Place(1, 1)

    def _stream(self, text: str) -> Iterator[yaml_events.Event]:
        try:
            yield from YAML(typ="safe", pure=True).parse(text)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = Place(mark.line + 1, mark.column + 1) if mark is not None else self._place
            self._findings.add(place, N_("This is not valid YAML: %(problem)s."), problem=_one_line(error))
            raise _Refused from None
        except (YAMLError, ValueError, OverflowError) as error:  # escapes such as "\UFFFFFFFF" reach chr() unchecked
            self._findings.add(self._place, N_("This is not valid YAML: %(problem)s."), problem=_one_line(error))
            raise _Refused from None

    def _next(self) -> yaml_events.Event:
        event = next(self._events)
        self._place = Place(event.start_mark.line + 1, event.start_mark.column + 1)
        return event

    def document(self) -> Node | None:
        self._next()  # the stream starts
        event = self._next()
        if isinstance(event, yaml_events.StreamEndEvent):
            self._findings.add(Place(1, 1), N_("The file is empty."))
            return None
        if getattr(event, "version", None) or getattr(event, "tags", None):
            self._findings.add(self._place, N_("Directives are not used here; delete this line."))
        node = self._node(self._next(), 1)
        self._next()  # the document ends
        if not isinstance(self._next(), yaml_events.StreamEndEvent):
            self._findings.add(self._place, N_("A second document begins here; a criteria file holds one."))
        return node

    def _node(self, event: yaml_events.Event, depth: int) -> Node:
        place = self._place
        self._count(place, depth)
        if isinstance(event, yaml_events.AliasEvent):
            self._findings.add(place, N_("Aliases (*name) are not used here; write the value out."))
            return Scalar(place, "", plain=False)
        if getattr(event, "anchor", None) is not None:
            self._findings.add(place, N_("Anchors (&name) are not used here; delete it and write values out."))
        if getattr(event, "tag", None) is not None:
            self._findings.add(place, N_("Tags (!name) are not used here; delete it."))
        if isinstance(event, yaml_events.ScalarEvent):
            return self._scalar(event, place)
        if isinstance(event, yaml_events.SequenceStartEvent):
            items = Items(place)
            while not isinstance(event := self._next(), yaml_events.SequenceEndEvent):
                items.items.append(self._node(event, depth + 1))
            return items
        return self._fields(place, depth)

    def _scalar(self, event: yaml_events.ScalarEvent, place: Place) -> Scalar:
        if len(event.value) > LONGEST_TEXT:
            self._findings.add(
                place, N_("This text is longer than %(most)d characters; shorten it."), most=LONGEST_TEXT
            )
        return Scalar(place, event.value, plain=event.style in (None, ""))

    def _fields(self, place: Place, depth: int) -> Fields:
        fields = Fields(place)
        first: dict[str, Place] = {}
        while not isinstance(event := self._next(), yaml_events.MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(self._next(), depth + 1)
            if not isinstance(key, Scalar):
                self._findings.add(key.place, N_("A key must be a single word, not a list or a mapping."))
            elif key.text == "<<" and key.plain:
                self._findings.add(key.place, N_("Merge keys (<<) are not used here; write the keys out."))
            elif key.text in first:
                self._findings.add(
                    key.place,
                    N_("The key “%(key)s” already stands in line %(line)d; keep one of the two."),
                    key=shortened(key.text),
                    line=first[key.text].line,
                )
            else:
                first[key.text] = key.place
                fields.fields.append((key, value))
        return fields

    def _count(self, place: Place, depth: int) -> None:
        self._nodes += 1
        if depth > DEEPEST:
            self._findings.add(place, N_("This is nested more than %(most)d levels deep."), most=DEEPEST)
            raise _Refused
        if self._nodes > MOST_NODES:
            self._findings.add(place, N_("The file holds more than %(most)d keys and values."), most=MOST_NODES)
            raise _Refused


def shortened(text: str) -> str:
    """At most 60 characters of what was written, on one line, for quoting it in a message."""
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else f"{flat[:57]}…"


def _one_line(error: Exception) -> str:
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    return shortened(str(problem)).rstrip(".")
