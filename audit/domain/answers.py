"""An answer as a value: what a line says about one criterion."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class AnswerStatus(StrEnum):
    """Whether and how a criterion is answered; only ANSWERED and NOT_APPLICABLE count towards submission."""

    EMPTY = "empty"
    ANSWERED = "answered"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"  # "don't know yet": may be saved, blocks submission


class AnswerOrigin(StrEnum):
    """How a version of an answer came about: what its history says beside who and when."""

    TYPED = "typed"
    STILL_TRUE = "still_true"  # copied from the last cycle
    RESTORED = "restored"  # an earlier version, made the present one again
    IMPORTED = "imported"  # from a filled-in spreadsheet


class FigureSource(StrEnum):
    LOG_EXTRACT = "log_extract"
    COUNT_BY_HAND = "count_by_hand"
    ESTIMATE = "estimate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One indicator figure. Decimal numbers travel as text ("4.5"), so that nothing is rounded on the way.

    rate: numerator and denominator are counts. median and maximum: `numerator` is the value, `denominator` the cases.
    value and count: `numerator` alone.
    """

    indicator: str
    numerator: str
    denominator: str | None
    period_from: str  # ISO date
    period_to: str  # ISO date
    source: FigureSource

    def exact(self) -> Fraction:
        return Fraction(self.numerator)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a line says about one criterion: a level key with its reason, or why the criterion does not apply."""

    status: AnswerStatus = AnswerStatus.EMPTY
    key: str | None = None  # an answer key of the criterion's answer set
    justification: str = ""
    figures: tuple[Figure, ...] = ()
    language: str = "en"
    summary: str = ""  # a short English summary for reviewers, where the answer is in another language
    equivalent: bool = False  # claims an equivalent measure

    @property
    def counts(self) -> bool:
        return self.status in (AnswerStatus.ANSWERED, AnswerStatus.NOT_APPLICABLE)


def figures_to_text(figures: tuple[Figure, ...]) -> str:
    """Canonical JSON of the figures: what the record stores."""
    return json.dumps(
        [
            {
                "indicator": f.indicator,
                "numerator": f.numerator,
                "denominator": f.denominator,
                "period_from": f.period_from,
                "period_to": f.period_to,
                "source": f.source.value,
            }
            for f in figures
        ],
        sort_keys=True,
        separators=(",", ":"),
    )


def figures_from_text(text: str) -> tuple[Figure, ...]:
    return tuple(Figure(**{**entry, "source": FigureSource(entry["source"])}) for entry in json.loads(text or "[]"))
