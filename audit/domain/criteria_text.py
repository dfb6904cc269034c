"""The canonical text of a criteria set: what is stored when a cycle opens, and what its hash is taken of.

One set has one text: JSON with sorted keys, no spaces, every default written out, fractions as exact strings ("7/10").
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from audit.domain.criteria import CriteriaSet

PURPOSE = "plumbline criteria set v1\n"  # keeps this hash apart from hashes of other things


def to_canonical(criteria_set: CriteriaSet) -> str:
    """The canonical text; `from_canonical` gives back an equal set."""
    return json.dumps(_plain(criteria_set), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def from_canonical(text: str) -> CriteriaSet:
    """The set of a canonical text. Raises ValueError for a text that `to_canonical` did not write."""
    try:
        value = _restored(CriteriaSet, json.loads(text))
    except (TypeError, KeyError, AttributeError, ZeroDivisionError) as error:
        raise ValueError("not the canonical text of a criteria set") from error
    assert isinstance(value, CriteriaSet)
    return value


def content_hash(criteria_set: CriteriaSet) -> str:
    """SHA-256 in hexadecimal over the purpose line and the canonical text in UTF-8."""
    return hashlib.sha256((PURPOSE + to_canonical(criteria_set)).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Fraction):
        return str(value)
    return value.value if isinstance(value, StrEnum) else value


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _restored(kind: Any, value: Any) -> Any:
    """The value in the type that the dataclass field declares."""
    if get_origin(kind) is UnionType:
        return None if value is None else _restored(next(k for k in get_args(kind) if k is not type(None)), value)
    if get_origin(kind) is tuple:
        kinds = get_args(kind)
        if kinds[-1] is Ellipsis:
            return tuple(_restored(kinds[0], item) for item in value)
        return tuple(_restored(inner, item) for inner, item in zip(kinds, value, strict=True))
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _restored(hints[name], item) for name, item in value.items()})
    if isinstance(kind, type) and issubclass(kind, (Fraction, StrEnum)):
        return kind(value)
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is not {kind}")
    return value
