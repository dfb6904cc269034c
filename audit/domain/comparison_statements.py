"""The year in plain words: which sentences are true, and the figures each is derived from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from audit.domain.comparison_facts import ComparisonFacts, CriterionFacts, ThemeFacts
from audit.domain.comparison_tally import REAL_DIFFERENCE


class StatementKind(StrEnum):
    """One sentence each; documents and pages hold the words."""

    MEDIAN_ROSE = "median_rose"  # value from other
    MEDIAN_FELL = "median_fell"  # value from other
    MEDIAN_STEADY = "median_steady"  # value from other, less than a real difference apart
    MOVED = "moved"  # count lines rose, second fell, of compared
    LOWEST_THEME = "lowest_theme"  # theme, its median; count lines have it as their lowest
    BELOW_FLOOR = "below_floor"  # theme with most lines below the floor: count lines
    NONE_BELOW_FLOOR = "none_below_floor"
    FURTHEST_APART = "furthest_apart"  # theme, value points between the quartiles
    CLOSEST_TOGETHER = "closest_together"  # theme, value points between the quartiles
    STOPPERS_HOLD = "stoppers_hold"  # all lines
    STOPPERS_BROKEN = "stoppers_broken"  # count of lines meet all of them
    WEAKEST_CRITERION = "weakest_criterion"  # count of counted lines meet it
    STRONGEST_CRITERION = "strongest_criterion"
    PRACTICE = "practice"  # percent in place (other) and in practice (value), on count criteria
    CONFIRMED = "confirmed"  # share of answers confirmed as claimed; count lowered, second raised
    LEVELS_STABLE = "levels_stable"
    LEVELS_MOVE = "levels_move"  # count of lines would change level with other weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence that holds, with its figures: scores and shares in percent, counts in lines."""

    kind: StatementKind
    subject: str = ""  # the id of a theme, criterion or index
    value: Fraction | None = None
    other: Fraction | None = None
    count: int = 0
    second: int = 0
    of: int = 0


def statements(facts: ComparisonFacts) -> tuple[Statement, ...]:
    """Every sentence that the figures bear out, the weightiest first; figures that are not shown yield none."""
    return tuple(
        statement
        for part in (_movement, _themes, _stoppers, _criteria, _practice, _confirmed, _stability)
        for statement in part(facts)
    )


def _movement(facts: ComparisonFacts) -> Iterator[Statement]:
    movement = facts.overall_movement
    if movement is None or movement.before is None or movement.after is None:
        return
    before, after = movement.before.median, movement.after.median
    kind = StatementKind.MEDIAN_STEADY
    if abs(after - before) >= REAL_DIFFERENCE:
        kind = StatementKind.MEDIAN_ROSE if after > before else StatementKind.MEDIAN_FELL
    yield Statement(kind=kind, value=after, other=before)
    if movement.risen is not None and movement.fallen is not None and movement.compared is not None:
        yield Statement(kind=StatementKind.MOVED, count=movement.risen, second=movement.fallen, of=movement.compared)


def _themes(facts: ComparisonFacts) -> Iterator[Statement]:
    rated = [theme for theme in facts.themes if theme.spread is not None]
    if not rated:
        return
    lowest = min(rated, key=_median)
    if sum(_median(theme) == _median(lowest) for theme in rated) == 1:
        yield Statement(
            kind=StatementKind.LOWEST_THEME,
            subject=lowest.id,
            value=_median(lowest),
            count=lowest.lowest_of or 0,
            of=facts.counted,
        )
    yield from _floor(facts)
    if len(rated) > 1:
        closest, furthest = min(rated, key=_middle_half), max(rated, key=_middle_half)
        if _middle_half(closest) < _middle_half(furthest):
            for kind, theme in (
                (StatementKind.FURTHEST_APART, furthest),
                (StatementKind.CLOSEST_TOGETHER, closest),
            ):
                yield Statement(kind=kind, subject=theme.id, value=_middle_half(theme))


def _floor(facts: ComparisonFacts) -> Iterator[Statement]:
    if facts.floor is None or any(theme.below_floor is None for theme in facts.themes):
        return
    worst = max(facts.themes, key=lambda theme: theme.below_floor or 0)
    if worst.below_floor:
        yield Statement(
            kind=StatementKind.BELOW_FLOOR,
            subject=worst.id,
            value=facts.floor,
            count=worst.below_floor,
            second=sum(theme.below_floor or 0 for theme in facts.themes),
            of=facts.counted,
        )
    else:
        yield Statement(kind=StatementKind.NONE_BELOW_FLOOR, value=facts.floor, of=facts.counted)


def _stoppers(facts: ComparisonFacts) -> Iterator[Statement]:
    if facts.stoppers_met is None or not facts.criteria_set.stoppers or not facts.counted:
        return
    held = facts.stoppers_met == facts.counted
    yield Statement(
        kind=StatementKind.STOPPERS_HOLD if held else StatementKind.STOPPERS_BROKEN,
        count=facts.stoppers_met,
        of=facts.counted,
    )


def _criteria(facts: ComparisonFacts) -> Iterator[Statement]:
    weakest, strongest = weakest_criteria(facts, 1), strongest_criteria(facts, 1)
    if not weakest or not strongest or _share(weakest[0]) == _share(strongest[0]):
        return
    for kind, criterion in (
        (StatementKind.WEAKEST_CRITERION, weakest[0]),
        (StatementKind.STRONGEST_CRITERION, strongest[0]),
    ):
        yield Statement(
            kind=kind,
            subject=criterion.id,
            value=100 * _share(criterion),
            count=criterion.met or 0,
            of=criterion.counted or 0,
        )


def _practice(facts: ComparisonFacts) -> Iterator[Statement]:
    practice = facts.practice
    if practice.answers:
        yield Statement(
            kind=StatementKind.PRACTICE,
            value=Fraction(100 * practice.in_practice, practice.answers),
            other=Fraction(100 * practice.in_place, practice.answers),
            count=practice.criteria,
            of=practice.answers,
        )


def _confirmed(facts: ComparisonFacts) -> Iterator[Statement]:
    confirmed = facts.confirmed
    if confirmed.answers:
        yield Statement(
            kind=StatementKind.CONFIRMED,
            value=Fraction(100 * confirmed.as_claimed, confirmed.answers),
            count=confirmed.lowered,
            second=confirmed.raised,
            of=confirmed.answers,
        )


def _stability(facts: ComparisonFacts) -> Iterator[Statement]:
    changing = facts.stability.changing
    if changing is not None and facts.stability.pairs and facts.counted:
        yield Statement(
            kind=StatementKind.LEVELS_MOVE if changing else StatementKind.LEVELS_STABLE,
            count=changing,
            of=facts.counted,
            second=facts.stability.shift,
        )


def weakest_criteria(facts: ComparisonFacts, most: int) -> tuple[CriterionFacts, ...]:
    """Criteria that the smallest share of lines meets, weakest first; ties in the set's order."""
    return tuple(sorted(_shown(facts.criteria), key=_share)[:most])


def strongest_criteria(facts: ComparisonFacts, most: int) -> tuple[CriterionFacts, ...]:
    """Criteria that the largest share of lines meets, strongest first; ties in the set's order."""
    return tuple(sorted(_shown(facts.criteria), key=lambda criterion: -_share(criterion))[:most])


def _shown(criteria: Iterable[CriterionFacts]) -> list[CriterionFacts]:
    return [criterion for criterion in criteria if criterion.share_met is not None]


def _share(criterion: CriterionFacts) -> Fraction:
    share = criterion.share_met
    assert share is not None  # only shown criteria are asked
    return share


def _median(theme: ThemeFacts) -> Fraction:
    assert theme.spread is not None  # only rated themes are asked
    return theme.spread.median


def _middle_half(theme: ThemeFacts) -> Fraction:
    assert theme.spread is not None  # only rated themes are asked
    return theme.spread.middle_half
