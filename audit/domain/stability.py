"""How firmly a level stands: what it would be if weight moved from one theme to another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from audit.domain.criteria import CriteriaSet
from audit.domain.levels import Circumstances, judge
from audit.domain.scoring import Score

SHIFT = 5  # percent of all weight, moved from any theme to any other (domain report 3.2, no. 13)


def theme_pairs(criteria_set: CriteriaSet, shift: int = SHIFT) -> Iterator[tuple[str, str]]:
    """(from, to) for each ordered pair of themes; a theme lighter than the shift has nothing to give away."""
    for giver in criteria_set.themes:
        for taker in criteria_set.themes:
            if giver.id != taker.id and giver.weight >= shift:
                yield giver.id, taker.id


def shifted_overall(criteria_set: CriteriaSet, score: Score, giver: str, taker: str, shift: int) -> Fraction | None:
    """The overall score with `shift` percent of weight moved; None when no rated theme keeps any weight."""
    moved = {giver: -shift, taker: shift}
    rated = [(theme.weight + moved.get(theme.id, 0), score.by_theme[theme.id]) for theme in criteria_set.themes]
    weighed = [(weight, value) for weight, value in rated if value is not None]
    total = sum(weight for weight, _ in weighed)
    return sum((weight * value for weight, value in weighed), Fraction(0)) / total if total else None


def other_levels(
    criteria_set: CriteriaSet, score: Score, circumstances: Circumstances, shift: int = SHIFT
) -> tuple[str, ...]:
    """Level ids, highest first, that the line would reach with some other weights instead of its computed level.

    Theme scores and core criteria stay as they are, so a level depends on the overall score alone and never falls as
    that rises: if the lowest and the highest shifted score give the computed level, every one between does.
    """
    overalls = sorted(
        {
            value
            for giver, taker in theme_pairs(criteria_set, shift)
            if (value := shifted_overall(criteria_set, score, giver, taker, shift)) is not None
        }
    )
    if not overalls:
        return ()

    def level_at(overall: Fraction) -> str:
        return judge(criteria_set, replace(score, overall=overall), circumstances).level

    computed = level_at(score.overall)
    if level_at(overalls[0]) == level_at(overalls[-1]) == computed:
        return ()
    reached = {level_at(overall) for overall in overalls} - {computed}
    return tuple(level.id for level in criteria_set.levels if level.id in reached)
