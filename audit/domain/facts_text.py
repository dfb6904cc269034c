"""Frozen facts as canonical JSON, both ways: the same facts always give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from fractions import Fraction
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_text(facts: Any) -> str:
    """Canonical JSON: keys sorted, no spaces, fractions as exact strings ("2317/30"), days as ISO dates."""
    return json.dumps(_plain(facts), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def from_text(kind: type[T], text: str) -> T:
    """The facts again. ValueError for text that is not JSON or does not describe `kind`."""
    try:
        made = _value(kind, json.loads(text))
    except (TypeError, KeyError) as mistake:
        raise ValueError(f"not the facts of {kind.__name__}: {mistake}") from None
    assert isinstance(made, kind)
    return made


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        return [_plain(entry) for entry in value]
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _value(kind: Any, plain: Any) -> Any:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        if plain is None and NoneType in arguments:
            return None
        return _value(next(argument for argument in arguments if argument is not NoneType), plain)
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return tuple(_value(arguments[0], entry) for entry in plain)
        return tuple(_value(argument, entry) for argument, entry in zip(arguments, plain, strict=True))
    if is_dataclass(kind):
        return _dataclass(kind, plain)
    if kind is Fraction or (isinstance(kind, type) and issubclass(kind, Enum)):
        return kind(plain)
    if kind is date:
        return date.fromisoformat(plain)
    if not isinstance(plain, kind):
        raise TypeError(f"expected {kind.__name__}, found {type(plain).__name__}")
    return plain


def _dataclass(kind: Any, plain: Any) -> Any:
    if not isinstance(plain, dict):
        raise TypeError(f"expected {kind.__name__}, found {type(plain).__name__}")
    hints = _hints(kind)
    return kind(**{name: _value(hints[name], entry) for name, entry in plain.items()})
