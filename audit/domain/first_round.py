"""The set of a first round: the core criteria of a set, and one level that ends in a letter, not in a certificate."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from audit.domain.calendar import last_valid_day
from audit.domain.criteria import FIRST_ROUND_LEVEL, CriteriaSet
from audit.domain.errors import N_, InvalidInput


def first_round(criteria_set: CriteriaSet) -> CriteriaSet:
    """What a first round asks. Raises InvalidInput for a set that knows none.

    Id, version, texts and weights stay, so that later cycles align by criterion and translations fit by place; themes,
    indicators and indices without a core criterion drop out. Theme weights need not add up to 100: scores divide by
    the weights that are rated.
    """
    if criteria_set.first_round is None:
        raise InvalidInput(N_("This criteria set knows no first round. Please choose another."), field="criteria_set")
    core = tuple(criterion for criterion in criteria_set.criteria if criterion.core)
    kept = {criterion.id for criterion in core}
    themes = {criterion.theme for criterion in core}
    indicators = {indicator for criterion in core for indicator in criterion.indicators}
    indices = (
        replace(index, criteria=tuple(one for one in index.criteria if one in kept)) for index in criteria_set.indices
    )
    return replace(
        criteria_set,
        indicators=tuple(one for one in criteria_set.indicators if one.id in indicators),
        themes=tuple(theme for theme in criteria_set.themes if theme.id in themes),
        criteria=core,
        levels=(criteria_set.first_round, criteria_set.levels[-1]),
        indices=tuple(index for index in indices if index.criteria),
        first_round=None,
    )


def letter_valid_until(criteria_set: CriteriaSet, level: str, decided_on: date) -> date | None:
    """The last day of the letter that a decided first round ends in; None where the line did not reach its level."""
    if level != FIRST_ROUND_LEVEL:
        return None
    return last_valid_day(decided_on, criteria_set.level(level).validity_months or 12)
