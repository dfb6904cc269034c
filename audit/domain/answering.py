"""Whether an answer may be saved: shape against the criteria set. What it still lacks is a matter of completeness."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction

from audit.domain.answers import Answer, AnswerStatus, Figure
from audit.domain.confirmation import level_from_figures
from audit.domain.criteria import CriteriaSet, Criterion, Indicator, Measure
from audit.domain.errors import N_, AuditError, InvalidInput

LONGEST_TEXT = 6000  # characters of a justification
LONGEST_SUMMARY = 1000
_NUMBER = re.compile(r"[0-9]{1,13}(\.[0-9]{1,6})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")  # days are compared as texts, so only one form will do
_COUNTED = frozenset({Measure.RATE, Measure.MEDIAN, Measure.MAXIMUM})  # entered with a second number


def checked(
    criteria_set: CriteriaSet, profile: Mapping[str, object], criterion_id: str, answer: Answer, *, today: date
) -> Answer:
    """The answer as it will be stored; InvalidInput, with every problem, where it cannot be.

    Unfinished answers may be saved: a text without a level is kept as an empty answer. Where the level follows from
    indicator figures it is computed here and what was chosen is ignored; figures too small to grade leave the choice.
    """
    if not criteria_set.has(criterion_id):
        raise InvalidInput(N_("This criterion is not part of the criteria set."))
    criterion = criteria_set.criterion(criterion_id)
    if criterion not in tuple(criteria_set.applicable(profile)):
        raise InvalidInput(N_("This criterion does not apply to your line."))
    answer = replace(answer, justification=clean_text(answer.justification), summary=clean_text(answer.summary))
    problems = [
        *_text_problems(answer),
        *_figure_problems(criteria_set, criterion, answer.figures, today),
        *_status_problems(criteria_set, criterion, answer),
    ]
    if problems:
        raise InvalidInput(
            problems[0].message, field=problems[0].field, problems=tuple(problems[1:]), **problems[0].values
        )
    if answer.status not in (AnswerStatus.ANSWERED, AnswerStatus.EMPTY):
        return replace(answer, key=None, equivalent=False)
    if criteria_set.answer_set_of(criterion).from_indicators and answer.figures:
        graded = level_from_figures(criteria_set, criterion, answer.figures)
        answer = replace(answer, status=AnswerStatus.ANSWERED, key=graded or answer.key)
    if answer.key is None:
        return replace(answer, status=AnswerStatus.EMPTY)
    return answer


def clean_text(text: str) -> str:
    """One kind of line end, no control characters, no blank edges; the words stay as typed."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        sign for sign in text if sign in "\n\t" or (ord(sign) >= 32 and not 0xD800 <= ord(sign) < 0xE000)
    ).strip()


def _text_problems(answer: Answer) -> list[AuditError]:
    problems: list[AuditError] = []
    if len(answer.justification) > LONGEST_TEXT:
        message = N_("This text is too long. Please use at most %(most)d characters.")
        problems.append(InvalidInput(message, field="justification", most=LONGEST_TEXT))
    if len(answer.summary) > LONGEST_SUMMARY:
        message = N_("This text is too long. Please use at most %(most)d characters.")
        problems.append(InvalidInput(message, field="summary", most=LONGEST_SUMMARY))
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}", answer.language) or len(answer.language) > 12:
        problems.append(InvalidInput(N_("Please choose a language."), field="language"))
    return problems


def _status_problems(criteria_set: CriteriaSet, criterion: Criterion, answer: Answer) -> list[AuditError]:
    problems: list[AuditError] = []
    if answer.status is AnswerStatus.NOT_APPLICABLE and not criterion.not_applicable:
        problems.append(InvalidInput(N_("This criterion applies to every line; choose a level."), field="status"))
    if answer.key is not None and criteria_set.answer_set_of(criterion).answer(answer.key) is None:
        problems.append(InvalidInput(N_("Please choose one of the levels."), field="key"))
    if answer.equivalent and not criterion.equivalent_allowed:
        problems.append(
            InvalidInput(
                N_("This criterion admits no equivalent measure. Take the tick away and choose the level you meet."),
                field="equivalent",
            )
        )
    return problems


def _figure_problems(
    criteria_set: CriteriaSet, criterion: Criterion, figures: tuple[Figure, ...], today: date
) -> list[AuditError]:
    problems: list[AuditError] = []
    seen: set[tuple[str, str, str]] = set()
    for figure in figures:
        place = f"figure-{figure.indicator}"
        if figure.indicator not in criterion.indicators:
            problems.append(InvalidInput(N_("This figure does not belong to this criterion."), field=place))
            continue
        period = (figure.indicator, figure.period_from, figure.period_to)
        if period in seen:  # several periods may be given, so that small numbers can be pooled
            problems.append(
                InvalidInput(N_("There are two figures for the same period. Keep one of them."), field=place)
            )
        seen.add(period)
        problems += _number_problems(criteria_set.indicator(figure.indicator), figure, place)
        problems += _period_problems(figure, place, today)
    return problems


def _number_problems(indicator: Indicator, figure: Figure, place: str) -> list[AuditError]:
    first = _number(figure.numerator)
    if first is None:
        return [InvalidInput(N_("Please enter a number, for example 12 or 4.5."), field=place)]
    if indicator.measure not in _COUNTED:
        if figure.denominator is not None:
            return [InvalidInput(N_("This figure is a single number. Leave the second field empty."), field=place)]
        return _whole_problems(first, place) if indicator.measure is Measure.COUNT else []
    second = _number(figure.denominator or "")
    if second is None:
        return [InvalidInput(N_("Please enter both numbers of this figure."), field=place)]
    if second == 0:
        return [InvalidInput(N_("The second number must be greater than zero."), field=place)]
    problems = _whole_problems(second, place)
    if indicator.measure is Measure.RATE:
        problems += _whole_problems(first, place)
        if first > second:
            problems.append(
                InvalidInput(N_("The first number cannot be greater than the second. Please check both."), field=place)
            )
    return problems[:1]


def _whole_problems(number: Fraction, place: str) -> list[AuditError]:
    if number.denominator != 1:
        return [InvalidInput(N_("Counts are whole numbers."), field=place)]
    return []


def _number(text: str) -> Fraction | None:
    return Fraction(text) if _NUMBER.fullmatch(text) else None


def _period_problems(figure: Figure, place: str, today: date) -> list[AuditError]:
    try:
        if not (_DAY.fullmatch(figure.period_from) and _DAY.fullmatch(figure.period_to)):
            raise ValueError("a day in another form")
        begins, ends = date.fromisoformat(figure.period_from), date.fromisoformat(figure.period_to)
    except ValueError:
        return [InvalidInput(N_("Please enter the first and the last day of the period."), field=place)]
    if ends < begins:
        return [InvalidInput(N_("The period ends before it begins. Please check both days."), field=place)]
    if ends > today:
        return [InvalidInput(N_("The period ends in the future. Please report a period that is over."), field=place)]
    return []
