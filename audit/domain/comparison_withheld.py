"""What a report withholds from everybody but the coordinator: other lines' names, their cells, and small groups.

Every figure of a line's and of the public report is a function of the same withheld totals, so laying the two side by
side tells no more than either. Counts of the last cycle are left out altogether: beside last year's report they would
give away the level of a line that left since.
"""

from __future__ import annotations

from dataclasses import replace

from audit.domain.comparison_facts import (
    Audience,
    ComparisonFacts,
    CriterionFacts,
    IndicatorFacts,
    LevelFacts,
    Movement,
    ThemeFacts,
)
from audit.domain.errors import N_, Missing
from audit.domain.statistics import Spread
from audit.domain.suppression import SMALLEST_GROUP, suppress


def for_public(full: ComparisonFacts) -> ComparisonFacts:
    """The public's facts from the coordinator's."""
    return replace(_withheld(full), audience=Audience.PUBLIC)


def for_line(full: ComparisonFacts, line: str) -> ComparisonFacts:
    """One line's facts from the coordinator's; Missing when the line is not among them."""
    own = tuple(entry for entry in full.lines if entry.line == line)
    if not own:
        raise Missing(N_("This line is not part of the comparison."))
    return replace(_withheld(full), audience=Audience.LINE, lines=own)


def _withheld(full: ComparisonFacts) -> ComparisonFacts:
    n = full.counted
    return replace(
        full,
        overall=_spread(full.overall, n),
        overall_movement=_movement(full.overall_movement, n),
        overall_scores=(),
        levels=_levels(full),
        stoppers_met=_part(full.stoppers_met, n),
        core_met=_part(full.core_met, n),
        themes=tuple(_theme(theme, n) for theme in full.themes),
        criteria=tuple(_criterion(criterion, n) for criterion in full.criteria),
        indicators=tuple(_indicator(indicator, n) for indicator in full.indicators),
        indices=tuple(
            replace(index, spread=_spread(index.spread, n), movement=_movement(index.movement, n))
            for index in full.indices
        ),
        stability=replace(full.stability, changing=_part(full.stability.changing, n)),
        lines=(),
    )


def _part(count: int | None, of: int) -> int | None:
    """A count of lines out of all: shown only when neither it nor the rest is a small group."""
    return suppress({True: count, False: of - count})[True] if count is not None else None


def _spread(full: Spread | None, of: int) -> Spread | None:
    """Five numbers of at least five lines. How many is said only when that does not single out those left out."""
    if full is None or full.n is None or full.n < SMALLEST_GROUP:
        return None
    return replace(full, n=full.n if _part(full.n, of) is not None else None)


def _movement(full: Movement | None, of: int) -> Movement | None:
    if full is None or full.compared is None or full.compared < SMALLEST_GROUP:
        return None
    risen, fallen = full.risen or 0, full.fallen or 0
    shown = suppress(
        {"risen": risen, "fallen": fallen, "alike": full.compared - risen - fallen, "rest": of - full.compared}
    )
    return Movement(
        compared=full.compared if shown["rest"] is not None else None,
        risen=shown["risen"],
        fallen=shown["fallen"],
        before=_spread(full.before, of),
        after=_spread(full.after, of),
    )


def _levels(full: ComparisonFacts) -> tuple[LevelFacts, ...]:
    shown = suppress({level.id: level.count or 0 for level in full.levels})
    return tuple(replace(level, count=shown[level.id], earlier_count=None, lines=()) for level in full.levels)


def _theme(theme: ThemeFacts, of: int) -> ThemeFacts:
    below, unrated = theme.below_floor or 0, theme.not_rated or 0
    shown = suppress({"below": below, "unrated": unrated, "rest": of - below - unrated})
    return replace(
        theme,
        spread=_spread(theme.spread, of),
        below_floor=shown["below"],
        not_rated=shown["unrated"],
        lowest_of=_part(theme.lowest_of, of),
        movement=_movement(theme.movement, of),
        scores=(),
    )


def _criterion(criterion: CriterionFacts, of: int) -> CriterionFacts:
    met, counted, not_applicable = criterion.met or 0, criterion.counted or 0, criterion.not_applicable or 0
    shown = suppress(
        {
            "met": met,
            "unmet": counted - met,
            "not_applicable": not_applicable,
            "excluded": of - counted - not_applicable,
        }
    )
    outside = shown["not_applicable"] is not None and shown["excluded"] is not None
    return replace(
        criterion,
        counted=counted if outside else None,
        met=shown["met"],
        not_applicable=shown["not_applicable"],
        answers=(),
        raised=None,
        lowered=None,
        movement=_movement(criterion.movement, of),
    )


def _indicator(indicator: IndicatorFacts, of: int) -> IndicatorFacts:
    lines, too_few = indicator.lines or 0, indicator.too_few or 0
    shown = suppress({"enough": lines - too_few, "too_few": too_few, "none": of - lines})
    enough = lines - too_few >= SMALLEST_GROUP
    return replace(
        indicator,
        spread=_spread(indicator.spread, of) if enough else None,
        lines=lines if shown["none"] is not None else None,
        too_few=shown["too_few"],
        cases=None,  # the sum of few lines' cases is one large line's volume
        values=(),
    )
