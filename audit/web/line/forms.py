"""What a person typed into one criterion's card: read from the form, shown again as it was, turned into an Answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from audit.domain.answers import Answer, AnswerStatus, Figure, FigureSource
from audit.domain.cases import case_apart, with_case
from audit.domain.confirmation import level_from_figures
from audit.domain.criteria import CriteriaSet, Criterion, Measure
from audit.domain.errors import N_
from audit.domain.typed import ANSWER_LANGUAGES, plain_number

NOT_APPLICABLE = "not_applicable"
UNKNOWN = "unknown"
FROM_FIGURES = "figures"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedFigure:
    """One indicator's fields as text."""

    indicator: str
    numerator: str = ""
    denominator: str = ""
    period_from: str = ""
    period_to: str = ""
    source: str = ""

    @property
    def is_empty(self) -> bool:
        """Nothing counted yet: a period alone says nothing."""
        return not self.numerator.strip() and not self.denominator.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedAnswer:
    """One card's fields as text, and the version of the answer they were typed over."""

    level: str = ""  # an answer key, or NOT_APPLICABLE (with the number of its case), UNKNOWN, FROM_FIGURES
    justification: str = ""
    language: str = "en"
    summary: str = ""
    equivalent: bool = False
    figures: tuple[TypedFigure, ...] = ()
    version: int = 0

    def figure(self, indicator: str) -> TypedFigure:
        """The fields of one indicator; empty ones where nothing was typed."""
        return next((one for one in self.figures if one.indicator == indicator), TypedFigure(indicator=indicator))


@dataclass(slots=True)
class Problems:
    """What cannot be used, by field: the same sentence stands in the summary and at the field."""

    by_field: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, message: str) -> None:
        self.by_field.setdefault(name, message)


def shown(
    criteria_set: CriteriaSet, criterion: Criterion, answer: Answer, version: int, *, language: str, year_before: date
) -> TypedAnswer:
    """The card's fields for a stored answer. Empty figures come with the calendar year before `year_before`.

    The set is the source: in its words a case of "not applicable" stands in the reason.
    """
    measured = criteria_set.answer_set_of(criterion).from_indicators
    level = {AnswerStatus.NOT_APPLICABLE: NOT_APPLICABLE, AnswerStatus.UNKNOWN: UNKNOWN}.get(answer.status, "")
    if answer.status is AnswerStatus.ANSWERED:
        graded = measured and level_from_figures(criteria_set, criterion, answer.figures) is not None
        level = FROM_FIGURES if graded else answer.key or (FROM_FIGURES if measured else "")
    elif answer.status is AnswerStatus.EMPTY:
        level = FROM_FIGURES if measured else (answer.key or "")
    justification = answer.justification
    if answer.status is AnswerStatus.NOT_APPLICABLE:
        case, justification = case_apart(_cases(criteria_set, criterion), justification)
        level = NOT_APPLICABLE if case is None else f"{NOT_APPLICABLE}:{case}"
    stored = {figure.indicator: figure for figure in answer.figures}
    return TypedAnswer(
        level=level,
        justification=justification,
        language=language if version == 0 else answer.language,
        summary=answer.summary,
        equivalent=answer.equivalent,
        figures=tuple(_shown_figure(name, stored.get(name), year_before) for name in criterion.indicators),
        version=version,
    )


def _shown_figure(indicator: str, figure: Figure | None, year_before: date) -> TypedFigure:
    if figure is None:
        year = year_before.year - 1
        return TypedFigure(indicator=indicator, period_from=f"{year}-01-01", period_to=f"{year}-12-31")
    return TypedFigure(
        indicator=indicator,
        numerator=figure.numerator,
        denominator=figure.denominator or "",
        period_from=figure.period_from,
        period_to=figure.period_to,
        source=figure.source.value,
    )


def read(form: Mapping[str, str], criterion: Criterion) -> TypedAnswer:
    """What was typed, exactly; nothing is judged yet."""

    def text(name: str) -> str:
        return form.get(name, "").replace("\r\n", "\n")

    figures = tuple(
        TypedFigure(
            indicator=name,
            numerator=text(f"{name}.numerator"),
            denominator=text(f"{name}.denominator"),
            period_from=text(f"{name}.period_from"),
            period_to=text(f"{name}.period_to"),
            source=text(f"{name}.source"),
        )
        for name in criterion.indicators
    )
    version = text("version")
    return TypedAnswer(
        level=text("level"),
        justification=text("justification"),
        language=text("language"),
        summary=text("summary"),
        equivalent=bool(form.get("equivalent")),
        figures=figures,
        version=int(version) if version.isdecimal() and len(version) < 10 else 0,
    )


def to_answer(typed: TypedAnswer, criteria_set: CriteriaSet, criterion: Criterion) -> tuple[Answer | None, Problems]:
    """The answer that was typed, or None and what has to be mended; meaning is the domain's, shape is checked here."""
    problems = Problems()
    answers = criteria_set.answer_set_of(criterion)
    status, key = AnswerStatus.EMPTY, None
    justification = typed.justification.strip()
    if typed.level.split(":")[0] == NOT_APPLICABLE:
        status = AnswerStatus.NOT_APPLICABLE
        justification = _with_case(typed, _cases(criteria_set, criterion), problems)
    elif typed.level == UNKNOWN:
        status = AnswerStatus.UNKNOWN
    elif typed.level == FROM_FIGURES and answers.from_indicators:
        status = AnswerStatus.ANSWERED if any(not one.is_empty for one in typed.figures) else AnswerStatus.EMPTY
    elif typed.level:
        status, key = AnswerStatus.ANSWERED, typed.level
        if answers.answer(typed.level) is None:
            problems.add("level", N_("Choose one of the levels listed here."))
    if typed.language not in ANSWER_LANGUAGES:
        problems.add("language", N_("Choose one of the languages listed here."))
    figures = tuple(
        figure
        for one in typed.figures
        if not one.is_empty and (figure := _figure(one, criteria_set, problems)) is not None
    )
    if problems.by_field:
        return None, problems
    return (
        Answer(
            status=status,
            key=key,
            justification=justification,
            figures=figures,
            language=typed.language,
            summary=typed.summary.strip(),
            equivalent=typed.equivalent,
        ),
        problems,
    )


def _cases(criteria_set: CriteriaSet, criterion: Criterion) -> tuple[str, ...]:
    """The cases in which the criterion does not apply, in the words of the given set."""
    return criteria_set.criterion(criterion.id).not_applicable_cases


def _with_case(typed: TypedAnswer, cases: tuple[str, ...], problems: Problems) -> str:
    """The reason with the case chosen before it."""
    _, rest = case_apart(cases, typed.justification.strip())
    _, _, number = typed.level.partition(":")
    if not number:
        return typed.justification.strip()
    if not number.isdecimal() or len(number) > 3 or int(number) >= len(cases):
        problems.add("level", N_("Choose one of the levels listed here."))
        return rest
    return with_case(cases[int(number)], rest)


def _figure(typed: TypedFigure, criteria_set: CriteriaSet, problems: Problems) -> Figure | None:
    indicator = criteria_set.indicator(typed.indicator)
    counted = indicator.measure in (Measure.RATE, Measure.MEDIAN, Measure.MAXIMUM)
    before = len(problems.by_field)
    numerator = plain_number(typed.numerator)
    if numerator is None:
        problems.add(f"{typed.indicator}.numerator", N_("Enter a number like 1204 or 4.5."))
    denominator = plain_number(typed.denominator) if counted else ""
    if denominator is None:
        problems.add(f"{typed.indicator}.denominator", N_("Enter a number like 1204."))
    for end in ("period_from", "period_to"):
        if not _is_date(getattr(typed, end)):
            problems.add(f"{typed.indicator}.{end}", N_("Enter a date like 2026-04-30."))
    if typed.source not in {source.value for source in FigureSource}:
        problems.add(f"{typed.indicator}.source", N_("Say where the figures come from."))
    if len(problems.by_field) > before or numerator is None:
        return None
    return Figure(
        indicator=typed.indicator,
        numerator=numerator,
        denominator=denominator or None,
        period_from=typed.period_from,
        period_to=typed.period_to,
        source=FigureSource(typed.source),
    )


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text) is not None and len(text) == 10
    except ValueError:
        return False


def joined(stored: Answer, typed: TypedAnswer) -> TypedAnswer:
    """The typed card with the stored texts before its own, to be edited into one."""
    return replace(
        typed,
        justification=_both(stored.justification, typed.justification),
        summary=_both(stored.summary, typed.summary),
    )


def _both(one: str, other: str) -> str:
    """Two texts as one; a text that stands in the other already is not said twice."""
    if one.strip() in other:
        return other
    return one if other.strip() in one else f"{one}\n\n{other}"


def over(typed: TypedAnswer, version: int) -> TypedAnswer:
    """The same words, to be saved over another version: "keep mine"."""
    return replace(typed, version=version)
