"""Adding lines up: each line is seen once, and only counts stay behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from audit.domain.comparison_facts import AssessedLine, EarlierCycle, Movement
from audit.domain.criteria import CriteriaSet, Criterion
from audit.domain.scoring import score
from audit.domain.stability import other_levels
from audit.domain.statistics import spread
from audit.domain.unchanged import overall_percent, points_of, theme_percent, unchanged_criteria

REAL_DIFFERENCE = 3  # points; less between two totals is no real difference
FEWEST_CASES = 10  # fewer cases give no percentage and no median (domain report 3.2, no. 9)

Histogram = Counter[Fraction]


@dataclass(slots=True)
class Moves:
    """How lines moved between two cycles."""

    before: Histogram = field(default_factory=Counter)
    after: Histogram = field(default_factory=Counter)
    risen: int = 0
    fallen: int = 0

    def add(self, before: Fraction, after: Fraction, least: Fraction | int) -> None:
        self.before[before] += 1
        self.after[after] += 1
        self.risen += after - before >= least
        self.fallen += before - after >= least

    def facts(self) -> Movement | None:
        compared = self.before.total()
        if not compared:
            return None
        return Movement(
            compared=compared,
            risen=self.risen,
            fallen=self.fallen,
            before=spread(self.before),
            after=spread(self.after),
        )


@dataclass(slots=True)
class CriterionCount:
    answers: Counter[str] = field(default_factory=Counter)
    not_applicable: int = 0
    claimed: int = 0
    raised: int = 0
    lowered: int = 0
    moves: Moves = field(default_factory=Moves)


@dataclass(slots=True)
class ThemeCount:
    scores: Histogram = field(default_factory=Counter)
    below_floor: int = 0
    not_rated: int = 0
    lowest_of: int = 0
    moves: Moves = field(default_factory=Moves)


@dataclass(slots=True)
class IndicatorCount:
    values: Histogram = field(default_factory=Counter)
    lines: int = 0
    too_few: int = 0
    cases: int = 0


@dataclass(slots=True)
class IndexCount:
    values: Histogram = field(default_factory=Counter)
    moves: Moves = field(default_factory=Moves)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One line's changes in points, on the criteria that both cycles asked alike."""

    overall: Fraction | None = None
    themes: Mapping[str, Fraction] = field(default_factory=dict)


class Tally:
    """Counts over lines; `add` takes each line once and returns what only a named report prints of it."""

    def __init__(self, criteria_set: CriteriaSet, earlier: EarlierCycle | None, floor: Fraction | None) -> None:
        self.criteria_set = criteria_set
        self.floor = floor
        self.unchanged = unchanged_criteria(criteria_set, earlier.criteria_set) if earlier else frozenset()
        self.earlier = earlier if self.unchanged else None  # nothing in common: not even levels can be compared
        self.counted = 0
        self.overall: Histogram = Counter()
        self.overall_moves = Moves()
        self.levels: Counter[str] = Counter()
        self.earlier_levels: Counter[str] = Counter()
        self.with_earlier = 0
        self.themes = {theme.id: ThemeCount() for theme in criteria_set.themes}
        self.criteria = {criterion.id: CriterionCount() for criterion in criteria_set.criteria}
        self.indicators = {indicator.id: IndicatorCount() for indicator in criteria_set.indicators}
        self.indices = {index.id: IndexCount() for index in criteria_set.indices}
        self.of_practice = frozenset(
            c.id for c in criteria_set.criteria if criteria_set.answer_set_of(c).practice_for_top
        )
        self.stoppers_met = 0
        self.core_met = 0
        self.changing = 0

    def add(self, line: AssessedLine) -> tuple[Compared, tuple[str, ...]]:
        """Count a line. Returns its changes and the other levels it could reach with other theme weights."""
        self.counted += 1
        self.overall[line.overall] += 1
        self.levels[line.level] += 1
        self._add_themes(line)
        self._add_criteria(line)
        self._add_indicators(line)
        compared = self._add_previous(line)
        for index in self.criteria_set.indices:
            value = self.index_percent(index.criteria, line.criteria)
            if value is not None:
                self.indices[index.id].values[value] += 1
        return compared, self._stability(line)

    def _add_themes(self, line: AssessedLine) -> None:
        rated = {theme: value for theme, value in line.themes.items() if value is not None}
        lowest = min(rated.values(), default=None)
        for theme, count in self.themes.items():
            value = rated.get(theme)
            if value is None:
                count.not_rated += 1
                continue
            count.scores[value] += 1
            count.below_floor += self.floor is not None and value < self.floor
            count.lowest_of += value == lowest

    def _add_criteria(self, line: AssessedLine) -> None:
        unmet = [c for c in map(self.criteria_set.criterion, line.criteria) if not self.is_met(c, line.criteria[c.id])]
        self.core_met += not any(criterion.core for criterion in unmet)
        self.stoppers_met += not any(criterion.stopper for criterion in unmet)
        for criterion_id, key in line.criteria.items():
            count = self.criteria[criterion_id]
            count.claimed += criterion_id in line.self_assessed
            count.answers[key] += 1
            said = line.self_assessed.get(criterion_id)
            if said is not None:
                confirmed, claimed = self.level_of(criterion_id, key), self.level_of(criterion_id, said)
                count.raised += confirmed > claimed
                count.lowered += confirmed < claimed
        for criterion_id in line.not_applicable:
            self.criteria[criterion_id].not_applicable += 1

    def level_of(self, criterion_id: str, key: str) -> int:
        """The numeric level (0 to 3) of an answer key."""
        answer = self.criteria_set.answer_set_of(self.criteria_set.criterion(criterion_id)).answer(key)
        if answer is None:
            raise KeyError(key)
        return answer.level

    def is_met(self, criterion: Criterion, key: str) -> bool:
        """Whether an answer stands at or above the level at which a core criterion counts as met."""
        return self.level_of(criterion.id, key) >= self.criteria_set.core_min_level(criterion)

    def _add_indicators(self, line: AssessedLine) -> None:
        for indicator_id, figure in line.indicators.items():
            count = self.indicators[indicator_id]
            count.lines += 1
            count.cases += figure.cases or 0
            if figure.cases is not None and figure.cases < FEWEST_CASES:
                count.too_few += 1
            else:
                count.values[figure.value] += 1

    def index_percent(self, ids: Collection[str], keys: Mapping[str, str]) -> Fraction | None:
        """Mean points in percent, equal weight, over those of `ids` that are answered; None without any."""
        points = [points_of(self.criteria_set, criterion, keys[criterion]) for criterion in ids if criterion in keys]
        return 100 * sum(points, Fraction(0)) / len(points) if points else None

    def _add_previous(self, line: AssessedLine) -> Compared:
        if line.previous is None or self.earlier is None:
            return Compared()
        self.with_earlier += 1
        self.earlier_levels[line.previous.level] += 1
        now, then = line.criteria, line.previous.criteria
        both = {criterion for criterion in self.unchanged if criterion in now and criterion in then}
        for criterion in both:
            before = Fraction(self.level_of(criterion, then[criterion]))
            self.criteria[criterion].moves.add(before, Fraction(self.level_of(criterion, now[criterion])), 1)
        for index in self.criteria_set.indices:
            shared = [criterion for criterion in index.criteria if criterion in both]
            before_value, value = self.index_percent(shared, then), self.index_percent(shared, now)
            if before_value is not None and value is not None:
                self.indices[index.id].moves.add(before_value, value, REAL_DIFFERENCE)
        return self._compare_scores(now, then, both)

    def _compare_scores(self, now: Mapping[str, str], then: Mapping[str, str], both: Collection[str]) -> Compared:
        after: dict[str, Fraction | None] = {}
        before: dict[str, Fraction | None] = {}
        changes: dict[str, Fraction] = {}
        for theme in self.criteria_set.themes:
            new = after[theme.id] = theme_percent(self.criteria_set, theme.id, now, both)
            old = before[theme.id] = theme_percent(self.criteria_set, theme.id, then, both)
            if new is not None and old is not None:
                changes[theme.id] = new - old
                self.themes[theme.id].moves.add(old, new, REAL_DIFFERENCE)
        total, earlier = overall_percent(self.criteria_set, after), overall_percent(self.criteria_set, before)
        if total is None or earlier is None:
            return Compared()
        self.overall_moves.add(earlier, total, REAL_DIFFERENCE)
        return Compared(overall=total - earlier, themes=changes)

    def _stability(self, line: AssessedLine) -> tuple[str, ...]:
        computed = score(self.criteria_set, line.criteria, line.not_applicable, line.profile)
        others = other_levels(self.criteria_set, computed, line.circumstances)
        self.changing += bool(others)
        return others
