"""From nodes to values: the few plain scalars a criteria file knows, and the place of every key and value.

Only `null`, `true`, `false`, whole numbers and decimal numbers mean something without quotes; what other YAML readers
would take for something else (`no`, `010`, `1:30`, `1e3`, `.inf`) is refused with a word on how to write it.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from audit.criteria_files.guard import Fields, Items, Node, Scalar, shortened
from audit.criteria_files.mistakes import Findings, Place
from audit.domain.errors import N_

Path = tuple[str | int, ...]

_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,8})")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,8})\.[0-9]{1,9}")
_BOOLEAN_WORD = re.compile(r"(?:yes|no|on|off|y|n|true|false)", re.IGNORECASE)
# What some reader takes for a number or a nothing: octal, hexadecimal, binary, sexagesimal, exponents, infinities, ~.
_NUMBER_TRAP = re.compile(
    r"[-+]?(?:0[xob]?[0-9a-f_]+|[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?|\.?[0-9][0-9_]*\.?[0-9_]*(?:e[-+]?[0-9]+)?"
    r"|\.inf|\.nan)",
    re.IGNORECASE,
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NULLS = frozenset({"", "null"})
_NULL_TRAPS = frozenset({"~", "Null", "NULL"})


class Places:
    """Where each key and value of a file stands; a path is the keys and positions that lead to it."""

    def __init__(self) -> None:
        self._values: dict[Path, Place] = {}
        self._keys: dict[Path, Place] = {}

    def note(self, path: Path, value: Place, key: Place | None = None) -> None:
        self._values[path] = value
        if key is not None:
            self._keys[path] = key

    def value(self, *path: str | int) -> Place:
        """The place of the value, or of the nearest thing around it that is written in the file."""
        while path and path not in self._values:
            path = path[:-1]
        return self._values.get(path, Place(1, 1))

    def key(self, *path: str | int) -> Place:
        """The place of the key that names the value, or of the value where no key does."""
        return self._keys.get(path) or self.value(*path)


def read_values(root: Node, findings: Findings) -> tuple[Any, Places]:
    """Plain dictionaries, lists, texts, whole numbers, fractions, booleans and None, with their places."""
    places = Places()
    return _value(root, (), places, findings), places


def _value(node: Node, path: Path, places: Places, findings: Findings) -> Any:
    if path == () or path not in places._values:
        places.note(path, node.place)
    if isinstance(node, Scalar):
        return _scalar(node, findings)
    if isinstance(node, Items):
        return [_value(item, (*path, index), places, findings) for index, item in enumerate(node.items)]
    return _fields(node, path, places, findings)


def _fields(node: Fields, path: Path, places: Places, findings: Findings) -> dict[str | int, Any]:
    fields: dict[str | int, Any] = {}
    for key_node, value_node in node.fields:
        key = _scalar(key_node, findings)
        if isinstance(key, bool) or not isinstance(key, (str, int)) or key == "":
            findings.add(
                key_node.place, N_("A key must be a word; put “%(key)s” in quotes."), key=shortened(key_node.text)
            )
            continue
        places.note((*path, key), value_node.place, key_node.place)
        fields[key] = _value(value_node, (*path, key), places, findings)
    return fields


def _scalar(node: Scalar, findings: Findings) -> str | int | Fraction | bool | None:
    if not node.plain:
        if any(
            (ord(character) < 32 and character not in "\n\t") or 0xD7FF < ord(character) < 0xE000
            for character in node.text
        ):
            findings.add(node.place, N_("This text holds a control character; delete it."))
        return node.text.strip()
    text = node.text
    if text in _NULLS:
        return None
    if text in ("true", "false"):
        return text == "true"
    if _WHOLE.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Fraction(text)
    _trap(node, findings)
    return text


def _trap(node: Scalar, findings: Findings) -> None:
    """Plain words that read differently in different YAML readers."""
    if _BOOLEAN_WORD.fullmatch(node.text):
        findings.add(
            node.place,
            N_("“%(word)s” reads as true or false; put it in quotes if you mean the word, or write true or false."),
            word=node.text,
        )
    elif node.text in _NULL_TRAPS:
        findings.add(node.place, N_("“%(word)s” reads as nothing; put it in quotes if you mean it."), word=node.text)
    elif _NUMBER_TRAP.fullmatch(node.text) and not _DATE.fullmatch(node.text):
        findings.add(
            node.place,
            N_(
                "“%(word)s” reads differently in different programs; write numbers like 12 or 0.5,"
                " or put it in quotes if you mean the word."
            ),
            word=shortened(node.text),
        )
