"""The answer sheet: a whole self-assessment as one frozen value, for a spreadsheet, for paper and for machines.

The same value is written as XLSX, as PDF and as JSON (docs/answer-sheet.md); read back from a spreadsheet it is a
`FilledSheet`, in which every answer knows the cell it came from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from audit.domain import facts_text
from audit.domain.answers import Answer, AnswerStatus, FigureSource
from audit.domain.confirmation import level_from_figures
from audit.domain.criteria import CriteriaSet, Criterion, Measure

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLevel:
    """One step of a criterion's answer set, with what can be observed at it."""

    key: str
    level: int
    title: str
    descriptor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetFigure:
    """One figure of one period; empty texts where nothing was counted yet. Days are ISO dates."""

    numerator: str = ""
    denominator: str = ""
    period_from: str = ""
    period_to: str = ""
    source: FigureSource | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetIndicator:
    id: str
    title: str
    text: str
    unit: str
    measure: Measure
    numerator: str  # what is counted above the line, in words
    denominator: str  # what is counted below the line, in words
    figures: tuple[SheetFigure, ...]  # at least one, empty or not

    @property
    def counted(self) -> bool:
        """Whether there is a second number: what is below the line, or the cases."""
        return self.measure in (Measure.RATE, Measure.MEDIAN, Measure.MAXIMUM)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetEvidence:
    """One item offered for a criterion; a locked one keeps its place and loses its name."""

    kind: str
    title: str
    locked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetCriterion:
    id: str
    theme: str
    title: str
    asks: str
    core: bool
    stopper: bool
    measured: bool  # the level follows from the figures, where there are enough cases
    graded: bool  # the stored figures give a level
    not_applicable: bool  # whether it may be answered so at all
    not_applicable_cases: tuple[str, ...]
    equivalent_allowed: bool
    answer_set: str
    levels: tuple[SheetLevel, ...]  # from the lowest to the highest
    status: AnswerStatus
    key: str | None
    justification: str
    language: str
    summary: str
    equivalent: bool
    version: int  # 0: never saved
    indicators: tuple[SheetIndicator, ...] = ()
    evidence: tuple[SheetEvidence, ...] = ()
    last_cycle: str = ""  # the name of the cycle before, where the criterion was answered in it
    last_title: str = ""  # the level said then; empty with a cycle: not applicable
    last_justification: str = ""
    confirmed_title: str | None = None  # the level confirmed then; empty: not applicable; none: not reviewed
    confirmed_comment: str = ""

    @property
    def title_of_level(self) -> str:
        return next((level.title for level in self.levels if level.key == self.key), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetTheme:
    id: str
    title: str
    criteria: tuple[SheetCriterion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSheetFacts:
    """A self-assessment as it stands at one moment, in one language; `blank`: the same questions without answers."""

    format: int
    blank: bool
    assessment: str  # public id
    line_name: str
    line_name_latin: str
    cycle_name: str
    criteria_set: str  # hash
    criteria_set_title: str
    criteria_set_version: str
    language: str  # of the words of the set
    state: str
    due_on: date
    made_at: str  # ISO 8601, UTC
    signed_by: str  # the name under the latest submission; empty: not submitted yet
    signed_at: str
    snapshot_hash: str
    network: str
    sample: bool
    themes: tuple[SheetTheme, ...]

    @property
    def criteria(self) -> tuple[SheetCriterion, ...]:
        return tuple(criterion for theme in self.themes for criterion in theme.criteria)


# Cycle, level and words of the answer before, the level confirmed then (none: not reviewed) and the comment.
Before = tuple[str, str, str, str | None, str]


def criterion_of(
    criteria_set: CriteriaSet,
    criterion: Criterion,
    answer: Answer,
    *,
    version: int,
    opens_on: date,
    evidence: tuple[SheetEvidence, ...] = (),
    before: Before | None = None,
) -> SheetCriterion:
    """A criterion with its answer as it stands on the sheet; `version` is the answer's, 0 for none saved."""
    answers = criteria_set.answer_set_of(criterion)
    descriptors = dict(criterion.descriptors)
    cycle, last, words, confirmed, comment = before or ("", "", "", None, "")
    return SheetCriterion(
        id=criterion.id,
        theme=criterion.theme,
        title=criterion.title,
        asks=criterion.asks,
        core=criterion.core,
        stopper=criterion.stopper,
        measured=answers.from_indicators,
        graded=answers.from_indicators and level_from_figures(criteria_set, criterion, answer.figures) is not None,
        not_applicable=criterion.not_applicable,
        not_applicable_cases=criterion.not_applicable_cases,
        equivalent_allowed=criterion.equivalent_allowed,
        answer_set=answers.id,
        levels=tuple(
            SheetLevel(key=one.key, level=one.level, title=one.title, descriptor=descriptors.get(one.key, ""))
            for one in answers.answers
        ),
        status=answer.status,
        key=answer.key,
        justification=answer.justification,
        language=answer.language,
        summary=answer.summary,
        equivalent=answer.equivalent,
        version=version,
        indicators=tuple(_indicator(criteria_set, name, answer, opens_on) for name in criterion.indicators),
        evidence=evidence,
        last_cycle=cycle,
        last_title=last,
        last_justification=words,
        confirmed_title=confirmed,
        confirmed_comment=comment,
    )


def _indicator(criteria_set: CriteriaSet, name: str, answer: Answer, opens_on: date) -> SheetIndicator:
    """An indicator with a place for each stored figure; an empty one comes with the calendar year before the cycle."""
    indicator, year = criteria_set.indicator(name), opens_on.year - 1
    figures = tuple(
        SheetFigure(
            numerator=figure.numerator,
            denominator=figure.denominator or "",
            period_from=figure.period_from,
            period_to=figure.period_to,
            source=figure.source,
        )
        for figure in answer.figures
        if figure.indicator == name
    )
    return SheetIndicator(
        id=indicator.id,
        title=indicator.title,
        text=indicator.text,
        unit=indicator.unit,
        measure=indicator.measure,
        numerator=indicator.numerator,
        denominator=indicator.denominator,
        figures=figures or (SheetFigure(period_from=f"{year}-01-01", period_to=f"{year}-12-31"),),
    )


def to_text(facts: AnswerSheetFacts) -> str:
    """Canonical JSON of the sheet: what a file for machines holds and what the print shop reads."""
    return facts_text.to_text(facts)


def from_text(text: str) -> AnswerSheetFacts:
    """The sheet again. ValueError for text that is not one."""
    return facts_text.from_text(AnswerSheetFacts, text)


# Read back ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in a file something stands: the sheet's name and the cell, "Answers" and "F12"."""

    sheet: str
    cell: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CellProblem:
    """One cell that cannot be used, with a sentence (a message id and its values)."""

    place: Place
    message: str
    criterion: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledAnswer:
    """One row of a filled-in sheet as an answer. Fields in `unread` were missing or could not be read."""

    criterion: str
    answer: Answer
    version: int | None  # of the answer the sheet was made from; none where the file does not say
    unread: frozenset[str] = frozenset()  # level, justification, language, summary, equivalent, figures
    places: Mapping[str, Place] = field(default_factory=dict)  # by field; a figure's by "figure-<indicator>"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledSheet:
    """What a spreadsheet holds, with everything that could not be read; nothing in it is believed yet."""

    assessment: str
    criteria_set: str
    answers: tuple[FilledAnswer, ...]
    problems: tuple[CellProblem, ...] = ()
    unknown: tuple[str, ...] = ()  # ids of criteria that the set does not have
