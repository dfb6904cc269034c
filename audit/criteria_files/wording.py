"""Says what is wrong with the shape of a criteria file in one sentence each, at the place where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from audit.criteria_files.guard import shortened
from audit.criteria_files.mistakes import Findings
from audit.criteria_files.shapes import FileShape, Shape
from audit.criteria_files.values import Path, Places
from audit.domain.errors import N_

AnyFile = TypeVar("AnyFile", bound=Shape)

_WANTED = {
    "string_type": N_("Here stands a text; put it in quotes if it looks like a number."),
    "int_type": N_("Here stands a whole number."),
    "bool_type": N_("Here stands true or false, without quotes."),
    "list_type": N_("Here stands a list: one entry a line, each after “- ”, or [a, b]."),
    "dict_type": N_("Here stands a mapping: lines of “key: value”."),
    "model_type": N_("Here stands a mapping: lines of “key: value”."),
}


def shape_mistakes(values: Any, places: Places, findings: Findings, file: type[AnyFile]) -> AnyFile | None:
    """The file in its shape, or None; everything that is wrong with the shape goes to `findings`."""
    try:
        return file.model_validate(values)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            _tell(detail, places, findings, file)
        return None


def _tell(detail: ErrorDetails, places: Places, findings: Findings, file: type[Shape]) -> None:
    path: Path = detail["loc"]
    if path and path[-1] == "[key]":
        _tell_key(detail, path[:-1], places, findings)
    elif detail["type"] == "extra_forbidden":
        _tell_unknown_key(path, places, findings, file)
    elif detail["type"] == "missing":
        where = places.key(*path[:-1]) if len(path) > 1 and isinstance(path[-2], str) else places.value(*path[:-1])
        findings.add(where, N_("The key “%(key)s” is missing here."), key=path[-1])
    elif detail.get("input") is None and detail["type"] != "missing":
        findings.add(places.key(*path), N_("“%(key)s” has no value; give it one or delete the key."), key=_named(path))
    else:
        _tell_value(detail, path, places, findings)


def _named(path: Path) -> str | int:
    return path[-1] if path else "file"


def _tell_key(detail: ErrorDetails, path: Path, places: Places, findings: Findings) -> None:
    key = shortened(str(path[-1]))
    if len(path) > 1 and path[-2] == "bands":
        findings.add(places.key(*path), N_("“%(key)s” is not a level of a band; bands are named 3, 2 and 1."), key=key)
    elif isinstance(path[-1], int):
        findings.add(places.key(*path), N_("“%(key)s” is read as a number; put it in quotes or rename it."), key=key)
    else:
        _tell_id(key, path, places, findings)


def _tell_id(key: str, path: Path, places: Places, findings: Findings) -> None:
    findings.add(
        places.key(*path),
        N_("“%(key)s” cannot be an id; use up to 40 letters a–z and digits, parts joined by - or _, a letter first."),
        key=key,
    )


def _tell_unknown_key(path: Path, places: Places, findings: Findings, file: type[Shape]) -> None:
    known = known_keys(path[:-1], file)
    key = str(path[-1])
    close = [] if findings.crowded else get_close_matches(key[:60], known, n=1, cutoff=0.6)
    if close:
        findings.add(
            places.key(*path),
            N_("The key “%(key)s” is not known here; did you mean “%(close)s”?"),
            key=shortened(key),
            close=close[0],
        )
    else:
        findings.add(
            places.key(*path),
            N_("The key “%(key)s” is not known here; known are %(known)s."),
            key=shortened(key),
            known=", ".join(known),
        )


def _tell_value(detail: ErrorDetails, path: Path, places: Places, findings: Findings) -> None:
    kind, context = detail["type"], detail.get("ctx", {})
    where = places.value(*path)
    given = shortened(str(detail.get("input")))
    if kind in _WANTED:
        findings.add(where, _WANTED[kind])
    elif kind in ("enum", "literal_error"):
        findings.add(
            where,
            N_("“%(given)s” is not known here; it may be %(expected)s."),
            given=given,
            expected=str(context["expected"]).replace("'", ""),
        )
    elif kind == "string_pattern_mismatch":
        _PATTERNS.get(_named(path), _tell_pattern)(given, path, places, findings)
    elif kind == "value_error" and str(context.get("error")) == "date":
        findings.add(where, N_("“%(given)s” is not a day of the calendar."), given=given)
    elif kind == "value_error":
        findings.add(where, N_("Here stands a number such as 12 or 0.5, without quotes."))
    else:
        _tell_limit(kind, context, where, path, findings)


def _tell_limit(kind: str, context: dict[str, Any], where: Any, path: Path, findings: Findings) -> None:
    if kind == "greater_than_equal":
        findings.add(where, N_("This number must be %(least)s or more."), least=context["ge"])
    elif kind == "less_than_equal":
        findings.add(where, N_("This number must be %(most)s or less."), most=context["le"])
    elif kind == "string_too_short":
        findings.add(where, N_("“%(key)s” is empty; write a text or delete the key."), key=_named(path))
    elif kind == "string_too_long":
        findings.add(where, N_("This text is longer than %(most)d characters; shorten it."), most=context["max_length"])
    elif kind == "too_short":
        findings.add(where, N_("“%(key)s” needs at least %(least)d."), key=_named(path), least=context["min_length"])
    elif kind == "too_long":
        findings.add(where, N_("“%(key)s” takes at most %(most)d."), key=_named(path), most=context["max_length"])
    else:
        findings.add(where, N_("This cannot stand here (%(kind)s)."), kind=kind)


def _tell_pattern(given: str, path: Path, places: Places, findings: Findings) -> None:
    findings.add(
        places.value(*path),
        N_("“%(key)s” cannot be an id; use up to 40 letters a–z and digits, parts joined by - or _, a letter first."),
        key=given,
    )


def _tell_version(given: str, path: Path, places: Places, findings: Findings) -> None:
    findings.add(places.value(*path), N_("“%(given)s” is not a version; write three numbers like 1.0.0."), given=given)


def _tell_language(given: str, path: Path, places: Places, findings: Findings) -> None:
    findings.add(places.value(*path), N_("“%(given)s” is not a language code such as en or pt-BR."), given=given)


def _tell_day(given: str, path: Path, places: Places, findings: Findings) -> None:
    findings.add(places.value(*path), N_("“%(given)s” is not a date such as 2026-02-01."), given=given)


def _tell_of(given: str, path: Path, places: Places, findings: Findings) -> None:
    if path[0] != "texts":
        return _tell_pattern(given, path, places, findings)
    message = N_("“%(given)s” is not the mark of a text: eight of 0–9 and a–f, as “flask criteria check” prints them.")
    return findings.add(places.value(*path), message, given=given)


_PATTERNS: dict[str | int, Callable[[str, Path, Places, Findings], None]] = {
    "version": _tell_version,
    "source_language": _tell_language,
    "language": _tell_language,
    "of": _tell_of,
    "published": _tell_day,
}


def known_keys(path: Path, file: type[Shape] = FileShape) -> list[str]:
    """The keys that may stand in the mapping at `path`, in the order in which docs/criteria.md lists them."""
    shape: Any = file
    for step in path:
        shape = _inside(shape, step)
        if shape is None:
            return []
    return list(shape.model_fields) if isinstance(shape, type) and issubclass(shape, BaseModel) else []


def _inside(shape: Any, step: str | int) -> Any:
    """The type one step further in, seen through options, lists and mappings."""
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        known = shape.model_fields.get(str(step))
        return None if known is None else _plain(known.annotation)
    arguments = get_args(shape)
    return _plain(arguments[-1]) if arguments else None


def _plain(annotation: Any) -> Any:
    """The type without Annotated and without "or None"."""
    if hasattr(annotation, "__metadata__"):
        return _plain(annotation.__origin__)
    if get_origin(annotation) in (Union, UnionType):
        return _plain(next(option for option in _options(annotation) if option is not type(None)))
    return annotation


def _options(annotation: Any) -> Iterable[Any]:
    return get_args(annotation)
