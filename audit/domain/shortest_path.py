"""The shortest path to a level: the fewest criteria, then the fewest steps, then the set's order. Exact, not greedy.

Every raise of an answer adds to its theme and to the overall score by a fixed amount, so within one theme, for a given
number of criteria, of steps and of core criteria left short, the largest gain is best for the theme's floor and for
the overall score alike. That makes an exact search small: one table for each theme, joined from the last to the first,
without what cannot reach the limits any more (dynamic programming with bounds; tests compare it with brute force).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, lcm

from audit.domain.criteria import CriteriaSet, Criterion, Level, RuleKind
from audit.domain.levels import Circumstances, RuleVerdict, judge
from audit.domain.scoring import CriterionScore, Score, ThemeStanding

# Rules that no answer changes: findings, months, plans, and what was said to be not applicable.
NOT_BY_ANSWERS = frozenset(
    {
        RuleKind.OPEN_FINDINGS_AT_MOST,
        RuleKind.CERTIFIED_MONTHS_AT_LEAST,
        RuleKind.INDICATOR_MONTHS_AT_LEAST,
        RuleKind.PLAN_ACCEPTED,
        RuleKind.THEMES_RATED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """Another criterion that could be raised instead, by as many steps, with the same effect on the level."""

    criterion: str
    to_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One criterion to raise. `required`: its own rule asks for it (core or stopper), so nothing can stand in."""

    criterion: str
    from_key: str
    to_key: str
    steps: int
    required: bool
    needs_practice: bool  # the level aimed at needs evidence that shows practice
    from_figures: bool  # the level follows from indicator figures, not from a choice
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """What it takes to reach a level.

    `steps` in the set's order, None where even the best answers do not reach it. `obstacles` are the rules that no
    answer changes and that do not hold now: with them, it is "not by answers alone".
    """

    level: str
    steps: tuple[Step, ...] | None
    obstacles: tuple[RuleVerdict, ...]

    @property
    def count(self) -> int:
        return 0 if self.steps is None else len(self.steps)

    @property
    def level_steps(self) -> int:
        return 0 if self.steps is None else sum(step.steps for step in self.steps)


def shortest_path(
    criteria_set: CriteriaSet, score: Score, level_id: str, circumstances: Circumstances | None = None
) -> Path:
    """The shortest path from a score to a level, by answers; KeyError for a level the set does not have.

    Among paths of equal length the one whose first criterion comes first in the set's order wins, then the second, and
    so on; of one criterion the smaller raise. Criteria that are not applicable stay so.
    """
    levels = {level.id: level for level in criteria_set.levels}
    verdict = judge(criteria_set, score, circumstances)
    obstacles = tuple(
        rule
        for wanted in _with_included(levels, levels[level_id])
        for rule in verdict.of_level(wanted.id)
        if rule.kind in NOT_BY_ANSWERS and not rule.holds
    )
    task = _Task.of(criteria_set, score, _with_included(levels, levels[level_id]))
    chosen = _solved(task)
    steps = None if chosen is None else tuple(_described(criteria_set, task, chosen))
    return Path(level=level_id, steps=steps, obstacles=obstacles)


def _with_included(levels: Mapping[str, Level], level: Level) -> tuple[Level, ...]:
    """The level and every level whose rules it includes."""
    found = [level]
    for rule in level.rules:
        if rule.kind is RuleKind.INCLUDES_LEVEL and rule.includes is not None:
            found += [one for one in _with_included(levels, levels[rule.includes]) if one not in found]
    return tuple(found)


Short = tuple[int, ...]  # for each "at most so many core at level n": how many stand there


@dataclass(frozen=True, slots=True)
class _Option:
    """One way to answer a criterion: stay (no steps) or a raise. `gain` is in the theme's own units."""

    steps: int
    gain: int
    short: Short
    key: str


@dataclass(frozen=True, slots=True)
class _Item:
    """A criterion with the answers it may take; `required` when staying is not among them."""

    criterion: Criterion
    options: tuple[_Option, ...]
    required: bool


@dataclass(frozen=True, slots=True)
class _Block:
    """A theme: what it must gain for its floor, and what one unit of its gain is worth overall."""

    items: tuple[_Item, ...]
    need: int
    worth: int


@dataclass(frozen=True, slots=True)
class _Task:
    """The whole search, in whole numbers."""

    blocks: tuple[_Block, ...]
    need: int  # overall gain
    limits: Short

    @classmethod
    def of(cls, criteria_set: CriteriaSet, score: Score, levels: tuple[Level, ...]) -> _Task:
        rules = [rule for level in levels for rule in level.rules]
        kinds = {rule.kind for rule in rules}
        overall = max(
            (rule.limit or Fraction(0) for rule in rules if rule.kind is RuleKind.OVERALL_AT_LEAST), default=0
        )
        floor = max((rule.limit or Fraction(0) for rule in rules if rule.kind is RuleKind.THEMES_AT_LEAST), default=0)
        counted = [rule for rule in rules if rule.kind is RuleKind.CORE_AT_LEVEL_AT_MOST]
        limits = tuple(int(rule.limit or 0) for rule in counted)
        watched = tuple(rule.level for rule in counted)
        rated = {
            theme.theme: theme.applicable_weight - theme.not_applicable_weight
            for theme in score.themes
            if theme.standing is ThemeStanding.RATED
        }
        unit = lcm(*(key.points.denominator for one in criteria_set.answer_sets for key in one.answers))
        common = lcm(*rated.values()) if rated else 1
        blocks = []
        total = Fraction(0)
        for theme in score.themes:
            entries = [entry for entry in score.counted if entry.theme == theme.theme]
            is_rated = theme.standing is ThemeStanding.RATED
            items = tuple(_item(criteria_set, entry, kinds, watched, unit if is_rated else 0) for entry in entries)
            need = 0
            worth = 0
            if is_rated and theme.score is not None:
                need = max(ceil((Fraction(floor) - theme.score) * rated[theme.theme] * unit / 100), 0)
                worth = theme.weight * common // rated[theme.theme]
                total += theme.weight * theme.score
            blocks.append(_Block(items=items, need=need, worth=worth))
        weights = sum(theme.weight for theme in score.themes if theme.standing is ThemeStanding.RATED)
        # One unit of gain in a theme raises its score by 100 / (its weight x unit); `worth` brings all to one scale.
        short_of = (Fraction(overall) * weights - total) * unit * common / 100
        return cls(blocks=tuple(blocks), need=max(ceil(short_of), 0), limits=limits)


def _item(
    criteria_set: CriteriaSet,
    entry: CriterionScore,
    kinds: set[RuleKind],
    watched: tuple[int | None, ...],
    unit: int,
) -> _Item:
    criterion = criteria_set.criterion(entry.criterion)
    keys = criteria_set.answer_set_of(criterion).answers
    here = next(at for at, key in enumerate(keys) if key.key == entry.key)
    least = criteria_set.core_min_level(criterion)
    wanted = 0
    if criterion.core and RuleKind.CORE_AT_TOP in kinds:
        wanted = keys[-1].level
    elif criterion.core and (RuleKind.CORE_MET in kinds or (criterion.stopper and RuleKind.STOPPERS_MET in kinds)):
        wanted = least
    options = tuple(
        _Option(
            steps=at - here,
            gain=int((key.points - keys[here].points) * unit) * entry.weight,
            short=tuple(int(criterion.core and key.level < least and key.level == level) for level in watched),
            key=key.key,
        )
        for at, key in enumerate(keys)
        if at >= here and key.level >= wanted
    )
    return _Item(criterion=criterion, options=options, required=not options or options[0].steps > 0)


_Use = tuple[int, int, Short]  # criteria raised, steps, core criteria left short
_Table = dict[_Use, int]  # the largest gain for it


def _solved(task: _Task) -> dict[str, _Option] | None:
    """The chosen raises by criterion; None where the limits cannot be reached."""
    fewest = _fewest(task)
    if fewest is None:
        return None
    before = _most_before(task, fewest)
    themes = [_suffixes(block, task.limits, fewest) for block in task.blocks]
    none: Short = (0,) * len(task.limits)
    after: list[_Table] = [{} for _ in task.blocks] + [{(0, 0, none): 0}]
    for at in range(len(task.blocks) - 1, -1, -1):
        block = task.blocks[at]
        whole = [(use, gain * block.worth) for use, gain in themes[at][0].items() if gain >= block.need]
        joined: _Table = {}
        for (count, steps, short), gain in after[at + 1].items():
            for (more, further, left), added in whole:
                total = count + more
                if total > fewest or gain + added + before[at][fewest - total] < task.need:
                    continue
                stand = _sum(short, left)
                if not _within(stand, task.limits):
                    continue
                use = (total, steps + further, stand)
                if gain + added > joined.get(use, -1):
                    joined[use] = gain + added
        after[at] = _undominated(joined)
    ends = [use[1] for use, gain in after[0].items() if gain >= task.need]
    if not ends:
        return None
    return _first_in_order(task, themes, after, fewest, min(ends))


def _sum(one: Short, other: Short) -> Short:
    return tuple(a + b for a, b in zip(one, other, strict=True))


def _within(short: Short, limits: Short) -> bool:
    return all(count <= limit for count, limit in zip(short, limits, strict=True))


def _undominated(table: _Table) -> _Table:
    """Without entries for which another uses no more of anything and gains no less."""
    kept: list[tuple[_Use, int]] = []
    for use, gain in sorted(table.items(), key=lambda entry: (entry[0], -entry[1])):
        count, steps, short = use
        if not any(
            other[0] <= count and other[1] <= steps and more >= gain and _within(other[2], short)
            for other, more in kept
        ):
            kept.append((use, gain))
    return dict(kept)


def _suffixes(block: _Block, limits: Short, most: int) -> list[_Table]:
    """For each place in a theme, the best gains of the criteria from there to its end."""
    none: Short = (0,) * len(limits)
    tables: list[_Table] = [{(0, 0, none): 0}]
    for item in reversed(block.items):
        table: _Table = {}
        for (count, steps, short), gain in tables[-1].items():
            for option in item.options:
                use = (count + (option.steps > 0), steps + option.steps, _sum(short, option.short))
                if use[0] <= most and _within(use[2], limits) and gain + option.gain > table.get(use, -1):
                    table[use] = gain + option.gain
        tables.append(_undominated(table))
    return tables[::-1]


def _counted_only(block: _Block, limits: Short) -> dict[tuple[int, Short], int]:
    """The largest overall gain of a theme for a number of raised criteria, each raised as far as it goes or kept."""
    none: Short = (0,) * len(limits)
    table: dict[tuple[int, Short], int] = {(0, none): 0}
    for item in block.items:
        grown: dict[tuple[int, Short], int] = {}
        ends = {id(option): option for option in (*item.options[:1], *item.options[-1:])}.values()
        for (count, short), gain in table.items():
            for option in ends:
                use = (count + (option.steps > 0), _sum(short, option.short))
                if _within(use[1], limits) and gain + option.gain > grown.get(use, -1):
                    grown[use] = gain + option.gain
        table = grown
    return {use: gain * block.worth for use, gain in table.items() if gain >= block.need}


def _fewest(task: _Task) -> int | None:
    """The smallest number of criteria to raise. Raised to its top, a criterion gains most and is short of nothing."""
    none: Short = (0,) * len(task.limits)
    table: dict[tuple[int, Short], int] = {(0, none): 0}
    for block in task.blocks:
        grown: dict[tuple[int, Short], int] = {}
        for (count, short), gain in table.items():
            for (more, left), added in _counted_only(block, task.limits).items():
                use = (count + more, _sum(short, left))
                if _within(use[1], task.limits) and gain + added > grown.get(use, -1):
                    grown[use] = gain + added
        table = grown
    return min((count for (count, _), gain in table.items() if gain >= task.need), default=None)


def _most_before(task: _Task, most: int) -> list[list[int]]:
    """For each theme, the largest overall gain of the themes before it with at most so many raised criteria."""
    impossible = -(10**30)
    bounds = [[0] * (most + 1)]
    for block in task.blocks:
        best = [impossible] * (most + 1)
        for (more, _), added in _counted_only(block, task.limits).items():
            for count in range(most + 1 - more):
                best[count + more] = max(best[count + more], bounds[-1][count] + added)
        for count in range(1, most + 1):
            best[count] = max(best[count], best[count - 1])
        bounds.append(best)
    return bounds


def _first_in_order(
    task: _Task, themes: list[list[_Table]], after: list[_Table], count: int, steps: int
) -> dict[str, _Option]:
    """Of the shortest paths, the first in the set's order: each criterion takes the earliest place it can."""
    chosen: dict[str, _Option] = {}
    gained = 0
    short: Short = (0,) * len(task.limits)
    for at, block in enumerate(task.blocks):
        here = 0
        for place, item in enumerate(block.items):
            for option in sorted(item.options, key=lambda one: (one.steps == 0, one.steps)):
                left = (count - (option.steps > 0), steps - option.steps, _sum(short, option.short))
                if left[0] < 0 or left[1] < 0 or not _within(left[2], task.limits):
                    continue
                if _reaches(task, themes[at][place + 1], after[at + 1], block, here + option.gain, gained, left):
                    break
            else:  # the tables say that a path exists, so one of the options leads on
                raise AssertionError(item.criterion.id)
            here += option.gain
            count, steps, short = left
            if option.steps:
                chosen[item.criterion.id] = option
        gained += here * block.worth
    return chosen


def _reaches(task: _Task, rest: _Table, after: _Table, block: _Block, here: int, gained: int, left: _Use) -> bool:
    """Whether the rest of this theme and the themes after it can still reach the limits within what is left."""
    for (count, steps, short), gain in rest.items():
        if count > left[0] or steps > left[1] or here + gain < block.need:
            continue
        stand = _sum(left[2], short)
        overall = gained + (here + gain) * block.worth
        for (more, further, still), added in after.items():
            if (
                count + more <= left[0]
                and steps + further <= left[1]
                and overall + added >= task.need
                and _within(_sum(stand, still), task.limits)
            ):
                return True
    return False


def _described(criteria_set: CriteriaSet, task: _Task, chosen: Mapping[str, _Option]) -> Iterator[Step]:
    for block in task.blocks:
        for item in block.items:
            option = chosen.get(item.criterion.id)
            if option is None:
                continue
            answers = criteria_set.answer_set_of(item.criterion)
            at = [key.key for key in answers.answers].index(option.key)
            yield Step(
                criterion=item.criterion.id,
                from_key=answers.answers[at - option.steps].key,
                to_key=option.key,
                steps=option.steps,
                required=item.required,
                needs_practice=answers.practice_for_top and answers.answers[at] is answers.top,
                from_figures=answers.from_indicators,
                alternatives=() if item.required else tuple(_alternatives(task, chosen, item)),
            )


def _alternatives(task: _Task, chosen: Mapping[str, _Option], member: _Item) -> Iterator[Alternative]:
    """The criteria outside the path that can take the member's place, in the set's order."""
    stays = {name: option for name, option in chosen.items() if name != member.criterion.id}
    steps = chosen[member.criterion.id].steps
    for block in task.blocks:
        for item in block.items:
            if item.criterion.id in chosen:
                continue
            for option in item.options:
                if option.steps == steps and _holds(task, {**stays, item.criterion.id: option}):
                    yield Alternative(criterion=item.criterion.id, to_key=option.key)


def _holds(task: _Task, chosen: Mapping[str, _Option]) -> bool:
    """Whether a choice of raises meets every limit."""
    overall = 0
    short: Short = (0,) * len(task.limits)
    for block in task.blocks:
        gain = 0
        for item in block.items:
            option = chosen.get(item.criterion.id)
            if option is None:
                if item.required:
                    return False
                option = item.options[0]
            gain += option.gain
            short = _sum(short, option.short)
        if gain < block.need:
            return False
        overall += gain * block.worth
    return overall >= task.need and _within(short, task.limits)


def lowest_where_unanswered(
    criteria_set: CriteriaSet, asked: Iterable[Criterion], answers: Mapping[str, str], not_applicable: Iterable[str]
) -> dict[str, str]:
    """The answers with the lowest level in each empty place: how a draft is counted before everything is answered."""
    left_out = set(not_applicable)
    filled = {
        criterion.id: criteria_set.answer_set_of(criterion).answers[0].key
        for criterion in asked
        if criterion.id not in left_out
    }
    return {**filled, **answers}
