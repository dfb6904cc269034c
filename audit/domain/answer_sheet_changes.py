"""What a filled-in answer sheet would change: compared with the answers of now and those the sheet was made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from audit.domain.answer_sheet import CellProblem, FilledAnswer, FilledSheet, Place
from audit.domain.answering import checked
from audit.domain.answers import Answer, AnswerStatus, Figure
from audit.domain.criteria import CriteriaSet
from audit.domain.errors import AuditError, InvalidInput

FIELDS = ("level", "justification", "language", "summary", "equivalent", "figures")


class ChangeKind(StrEnum):
    THEIRS = "theirs"  # changed in the file only
    BOTH = "both"  # changed in the file and here, or nobody can tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The answer stored now, with its version (0: never saved)."""

    answer: Answer
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One answer that the file would change: what it says beside what is stored, and the version it is shown over."""

    kind: ChangeKind
    criterion: str
    theirs: Answer
    ours: Answer
    version: int

    @property
    def empties(self) -> bool:
        """Whether words or a level would be lost by it."""
        lost_words = bool(self.ours.justification) and not self.theirs.justification
        return lost_words or (self.ours.status is not AnswerStatus.EMPTY and self.theirs.status is AnswerStatus.EMPTY)

    @property
    def wanted(self) -> bool:
        """Whether it stands ticked at first: only what changed in the file alone and takes nothing away."""
        return self.kind is ChangeKind.THEIRS and not self.empties


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    changes: tuple[Change, ...]
    newer_here: tuple[str, ...]  # criteria that changed here only; they stay as they are
    problems: tuple[CellProblem, ...]
    unknown: tuple[str, ...]  # criteria of the file that are not asked here


def differences(
    criteria_set: CriteriaSet,
    profile: Mapping[str, object],
    filled: FilledSheet,
    stored: Mapping[str, Held],
    bases: Mapping[str, Answer],
    *,
    today: date,
) -> Differences:
    """Every answer in which the file differs from what is stored, in the order of the set.

    `bases` are the answers the sheet was made from, by criterion; where one is missing nobody can tell who changed
    what, and the answer counts as changed on both sides.
    """
    rows = {row.criterion: row for row in filled.answers}
    changes: list[Change] = []
    newer: list[str] = []
    problems = list(filled.problems)
    asked = [criterion.id for criterion in criteria_set.applicable(profile)]
    for criterion in asked:
        row = rows.get(criterion)
        if row is None:
            continue
        ours = stored.get(criterion, Held(answer=Answer(language=row.answer.language), version=0))
        base = bases.get(criterion)
        theirs = _usable(criteria_set, profile, row, base or ours.answer, today, problems)
        if theirs is None or same(theirs, ours.answer):
            continue
        if base is not None and same(theirs, base):
            newer.append(criterion)
            continue
        untouched = base is not None and row.version == ours.version
        changes.append(
            Change(
                kind=ChangeKind.THEIRS if untouched else ChangeKind.BOTH,
                criterion=criterion,
                theirs=theirs,
                ours=ours.answer,
                version=ours.version,
            )
        )
    strangers = tuple(row.criterion for row in filled.answers if row.criterion not in asked)
    return Differences(
        changes=tuple(changes),
        newer_here=tuple(newer),
        problems=tuple(problems),
        unknown=(*filled.unknown, *strangers),
    )


def same(one: Answer, other: Answer) -> bool:
    """Whether two answers say the same; 4.5 and 4.50 are the same figure.

    The language of an answer without words says nothing, so it makes no difference.
    """
    return _plain(one) == _plain(other)


def _plain(answer: Answer) -> tuple[Any, ...]:
    words = bool(answer.justification or answer.summary)
    return (
        answer.status,
        answer.key,
        answer.justification,
        answer.summary,
        answer.language if words else "",
        answer.equivalent,
        frozenset(_plain_figure(figure) for figure in answer.figures),
    )


def _plain_figure(figure: Figure) -> tuple[Any, ...]:
    below = Fraction(figure.denominator) if figure.denominator is not None else None
    return figure.indicator, figure.exact(), below, figure.period_from, figure.period_to, figure.source


def _usable(
    criteria_set: CriteriaSet,
    profile: Mapping[str, object],
    row: FilledAnswer,
    otherwise: Answer,
    today: date,
    problems: list[CellProblem],
) -> Answer | None:
    """The row as it would be stored; what cannot be used is told, and stays as it was when the sheet was made."""
    unread = set(row.unread)
    for _ in FIELDS:
        try:
            return checked(criteria_set, profile, row.criterion, _mended(row.answer, otherwise, unread), today=today)
        except InvalidInput as refusal:
            found = (refusal, *refusal.problems)
            fields = {_field_of(one) for one in found}
            if fields <= unread:
                return None
            problems += [_told(row, one) for one in found if _field_of(one) not in unread]
            unread |= fields
    return None


def _mended(answer: Answer, otherwise: Answer, unread: set[str]) -> Answer:
    """The answer with what could not be read taken from the other one."""
    changes: dict[str, Any] = {
        name: getattr(otherwise, name)
        for name in ("justification", "language", "summary", "equivalent", "figures")
        if name in unread
    }
    if "level" in unread:
        changes |= {"status": otherwise.status, "key": otherwise.key}
    return replace(answer, **changes)


def _field_of(refusal: AuditError) -> str:
    name = refusal.field or "level"
    if name.startswith("figure-"):
        return "figures"
    return "level" if name in ("status", "key") else name


def _told(row: FilledAnswer, refusal: AuditError) -> CellProblem:
    place = row.places.get(refusal.field or "level") or row.places.get(_field_of(refusal)) or Place(sheet="", cell="")
    return CellProblem(place=place, message=refusal.message, criterion=row.criterion, values=refusal.values)
