"""From what reviewers say about a criterion to the answer key that counts (scoring.md, "Before scoring").

A verdict is an answer key of the criterion's answer set, or None for "does not apply".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from audit.domain.answers import Figure
from audit.domain.criteria import AnswerSet, Band, Better, CriteriaSet, Criterion, Indicator, Measure, Proves
from audit.domain.errors import N_, InvalidInput, WrongState

LEAST_CASES = 10  # rates and medians on fewer cases are not graded
POOLED_MONTHS = (12, 24, 36)  # the windows that are tried, one after the other, until there are enough cases
LEVEL_WITHOUT_CURRENT_EVIDENCE = 1  # what a criterion is capped at when its evidence is out of date


class Cap(StrEnum):
    """Why a confirmed answer stands lower than what was said."""

    NO_PRACTICE = "no_practice"  # the top answer needs an accepted item of a practice kind
    NOT_CURRENT = "not_current"  # no accepted item of a listed kind is current


@dataclass(frozen=True, slots=True, kw_only=True)
class Capped:
    """The key that stands after the caps, and the caps that lowered it, in the order in which they did."""

    key: str
    caps: tuple[Cap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """One indicator as it was graded. `value` is in the indicator's unit; `level` is None with too few cases."""

    indicator: str
    level: int | None
    value: Fraction | None
    cases: Fraction | None  # for a rate the count below the line; None where cases are not counted
    months: int | None  # the window that was needed: 12, 24 or 36


def reconcile_needed(criteria_set: CriteriaSet, criterion: Criterion, key_a: str | None, key_b: str | None) -> bool:
    """Whether two verdicts lie too far apart to stand without a written reason.

    So it is on any difference about a core criterion, on a difference of two numeric levels or more, and when only one
    of the two says that the criterion does not apply. Raises InvalidInput for a key that the answer set does not have.
    """
    levels = [None if key is None else _level(criteria_set, criterion, key) for key in (key_a, key_b)]
    if key_a == key_b:
        return False
    if criterion.core or levels[0] is None or levels[1] is None:
        return True
    return abs(levels[0] - levels[1]) >= 2


def agreed_key(criteria_set: CriteriaSet, criterion: Criterion, keys: Iterable[str | None]) -> str | None:
    """What the verdicts amount to: the common key, or the lower where they differ by one level on a non-core criterion.

    None when all say that the criterion does not apply. Raises WrongState when the verdicts must be reconciled first,
    and when there is none; InvalidInput for a key that the answer set does not have.
    """
    said = list(keys)
    if not said:
        raise WrongState(N_("%(criterion)s has not been reviewed."), criterion=criterion.id)
    if any(reconcile_needed(criteria_set, criterion, first, second) for first in said for second in said):
        raise WrongState(N_("The reviewers must reconcile %(criterion)s first."), criterion=criterion.id)
    answered = [key for key in said if key is not None]
    return min(answered, key=lambda key: _level(criteria_set, criterion, key)) if answered else None


def capped(
    criteria_set: CriteriaSet, criterion: Criterion, key: str, accepted_kinds_current: Collection[str]
) -> Capped:
    """What stands of `key` given the kinds of evidence that are accepted and current on the day of the decision.

    The top answer of a set that asks for practice needs one item of a practice kind that counts for it, or of a kind
    that stands in for any. A criterion that is reviewed every so many months needs a current item of a listed kind (any
    one is enough), or it is capped at level 1 (for three steps at "partly", for yes or no at "no").
    Raises InvalidInput for a key that the answer set does not have.
    """
    answer_set = criteria_set.answer_set_of(criterion)
    level = _level(criteria_set, criterion, key)
    caps: list[Cap] = []
    kinds = [criteria_set.kind(kind) for kind in accepted_kinds_current]
    practice = any(kind.replaces_any or (kind.proves is Proves.PRACTICE and kind.counts_for_top) for kind in kinds)
    if answer_set.practice_for_top and level == answer_set.top.level and not practice:
        level = _highest(answer_set, level - 1)
        caps.append(Cap.NO_PRACTICE)
    current = any(kind.replaces_any or kind.id in criterion.evidence for kind in kinds)
    if criterion.review_every_months is not None and not current and level > LEVEL_WITHOUT_CURRENT_EVIDENCE:
        level = _highest(answer_set, LEVEL_WITHOUT_CURRENT_EVIDENCE)
        caps.append(Cap.NOT_CURRENT)
    return Capped(key=_key_at(answer_set, level), caps=tuple(caps))


def cap(criteria_set: CriteriaSet, criterion: Criterion, key: str, accepted_kinds_current: Collection[str]) -> str:
    """The key that stands after the caps; `capped` says why as well."""
    return capped(criteria_set, criterion, key, accepted_kinds_current).key


def level_from_figures(criteria_set: CriteriaSet, criterion: Criterion, figures: Iterable[Figure]) -> str | None:
    """The answer key that the criterion's indicators give: the worst of those that can be graded.

    None when none can be graded: then the reviewer sets the level from procedure plus drill, and the page says so.
    """
    answer_set = criteria_set.answer_set_of(criterion)
    levels = [graded.level for graded in grade_figures(criteria_set, criterion, figures) if graded.level is not None]
    return _key_at(answer_set, _highest(answer_set, min(levels))) if levels else None


def grade_figures(criteria_set: CriteriaSet, criterion: Criterion, figures: Iterable[Figure]) -> tuple[Graded, ...]:
    """Each graded indicator of the criterion, in its order, with the level its figures reach on unrounded values.

    `figures` may hold figures of earlier years, for pooling, and of other indicators. An indicator without a figure has
    no level; whether it may be missing is a question of the submission.
    """
    everything = tuple(figures)
    indicators = [criteria_set.indicator(indicator_id) for indicator_id in criterion.indicators]
    return tuple(
        _grade(indicator, [figure for figure in everything if figure.indicator == indicator.id])
        for indicator in indicators
        if indicator.better is not Better.NOT_GRADED
    )


def _grade(indicator: Indicator, figures: list[Figure]) -> Graded:
    measured = _measured(indicator, figures)
    if measured is None:
        return Graded(indicator=indicator.id, level=None, value=None, cases=None, months=None)
    value, cases, months = measured
    return Graded(
        indicator=indicator.id,
        level=None if value is None else _band_level(indicator, value),
        value=value,
        cases=cases,
        months=months,
    )


def _measured(
    indicator: Indicator, figures: list[Figure]
) -> tuple[Fraction | None, Fraction | None, int | None] | None:
    """Value, cases and months of the shortest window that ends with the latest figure and has enough cases.

    Rates are pooled by adding up counts of periods that do not overlap. Medians cannot be added up, so only a figure
    that was itself taken over the longer period will do.
    """
    if not figures:
        return None
    latest = max(figure.period_to for figure in figures)
    ending = sorted((f for f in figures if f.period_to == latest), key=lambda f: f.period_from, reverse=True)
    if indicator.measure not in (Measure.RATE, Measure.MEDIAN):
        figure = ending[0]
        cases = None if figure.denominator is None else Fraction(figure.denominator)
        return (None if cases == 0 else figure.exact()), cases, None
    most_cases = Fraction(0)
    for months in POOLED_MONTHS:
        first_day = _months_before(latest, months)
        within = [figure for figure in figures if figure.period_from >= first_day]
        for chosen in _pools(indicator, within, latest):
            cases = sum((Fraction(figure.denominator or "0") for figure in chosen), Fraction(0))
            most_cases = max(most_cases, cases)
            if cases >= LEAST_CASES:
                return _value(indicator, chosen, cases), cases, months
    return None, most_cases, POOLED_MONTHS[-1]


def _pools(indicator: Indicator, within: list[Figure], latest: str) -> list[list[Figure]]:
    """The ways to read a window: each figure that ends with it, shortest first, then rates added up backwards."""
    ending = sorted((f for f in within if f.period_to == latest), key=lambda f: f.period_from, reverse=True)
    alone = [[figure] for figure in ending]
    if indicator.measure is not Measure.RATE or not ending:
        return alone
    chain = [ending[0]]
    for figure in sorted(within, key=lambda f: (f.period_to, f.period_from), reverse=True):
        if figure.period_to < chain[-1].period_from:
            chain.append(figure)
    return [*alone, chain]


def _value(indicator: Indicator, chosen: list[Figure], cases: Fraction) -> Fraction:
    total = sum((figure.exact() for figure in chosen), Fraction(0))
    return 100 * total / cases if indicator.measure is Measure.RATE else total


def _band_level(indicator: Indicator, value: Fraction) -> int:
    """The first band that holds, from the top; 0 when none does."""
    for band in indicator.bands:
        if _within(indicator, band, value):
            return band.level
    return 0


def _within(indicator: Indicator, band: Band, value: Fraction) -> bool:
    return value <= band.limit if indicator.better is Better.LOWER else value >= band.limit


def _months_before(day: str, months: int) -> str:
    """The first day of a window of so many months that ends on `day` (ISO dates): 2026-12-31 and 12 give 2026-01-01."""
    after = date.fromisoformat(day) + timedelta(days=1)  # the day after, so that months end where calendars end them
    year, month = divmod(after.year * 12 + after.month - 1 - months, 12)
    # A day that the earlier month does not have is the day after its end: a window is never a day too long.
    first = date(max(year, 1), month + 1, 1) + timedelta(days=after.day - 1)
    return first.isoformat()


def _level(criteria_set: CriteriaSet, criterion: Criterion, key: str) -> int:
    answer = criteria_set.answer_set_of(criterion).answer(key)
    if answer is None:
        raise InvalidInput(
            N_("%(criterion)s has no answer “%(key)s”."), field=criterion.id, criterion=criterion.id, key=key
        )
    return answer.level


def _highest(answer_set: AnswerSet, at_most: int) -> int:
    """The highest level of the answer set that is not above `at_most`; the lowest level is always 0."""
    return max((answer.level for answer in answer_set.answers if answer.level <= at_most), default=0)


def _key_at(answer_set: AnswerSet, level: int) -> str:
    return next(answer.key for answer in answer_set.answers if answer.level == level)
