"""From a score to a level: every rule of every level, with its value, its limit and whether it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from audit.domain.criteria import CriteriaSet, Level, Rule, RuleKind
from audit.domain.findings import Grade
from audit.domain.scoring import CriterionScore, Score, ThemeStanding

Measured = bool | int | Fraction  # a yes or no; a count or months; percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a level asks for beside the score.

    `open_findings` counts findings that are still open, by grade; months are whole months, on the day of the decision.
    """

    open_findings: Mapping[Grade, int] = field(default_factory=dict)
    plan_accepted: bool = True
    certified_months: int = 0  # as Certified or better, without a break
    indicator_months: int = 0  # for which indicators were delivered


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleVerdict:
    """One rule of one level. `id` is `<level>.<rule>`.

    `value` and `limit` are percentages (Fraction), counts or months (int) or a yes or no (bool); docs/criteria.md says
    which for each kind. `detail` names the criteria, themes, rules or grades of finding that the rule counts against
    the line.
    """

    id: str
    level: str
    kind: RuleKind
    value: Measured
    limit: Measured
    holds: bool
    detail: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The level reached, and every rule of every level from the highest level down, in the set's order."""

    level: str
    rules: tuple[RuleVerdict, ...]

    def of_level(self, level_id: str) -> tuple[RuleVerdict, ...]:
        return tuple(rule for rule in self.rules if rule.level == level_id)

    def holds(self, level_id: str) -> bool:
        """Whether all rules of the level hold; a level without rules always holds."""
        return all(rule.holds for rule in self.of_level(level_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What the rules look at, gathered once."""

    criteria_set: CriteriaSet
    score: Score
    circumstances: Circumstances
    below: Mapping[str, tuple[RuleVerdict, ...]]  # verdicts of the lower levels

    @property
    def core(self) -> tuple[CriterionScore, ...]:
        """The applicable core criteria: neither excluded by the profile nor not applicable (scoring.md, Values)."""
        return tuple(entry for entry in self.score.counted if self.criteria_set.criterion(entry.criterion).core)

    def met(self, entry: CriterionScore) -> bool:
        least = self.criteria_set.core_min_level(self.criteria_set.criterion(entry.criterion))
        return _level(entry) >= least

    def at_top(self, entry: CriterionScore) -> bool:
        top = self.criteria_set.answer_set_of(self.criteria_set.criterion(entry.criterion)).top
        return _level(entry) == top.level


def _level(entry: CriterionScore) -> int:
    assert entry.level is not None  # only counted criteria are asked
    return entry.level


def judge(criteria_set: CriteriaSet, score: Score, circumstances: Circumstances | None = None) -> Verdict:
    """The first level from the top whose rules all hold, and the verdict on every rule of every level.

    Levels stand alone: each is tested against its own rules, whatever the others say (scoring.md, Levels).
    """
    judged: dict[str, tuple[RuleVerdict, ...]] = {}
    for level in reversed(criteria_set.levels):  # from the lowest, because a level may include a lower one
        facts = _Facts(
            criteria_set=criteria_set,
            score=score,
            circumstances=circumstances or Circumstances(),
            below=judged,
        )
        judged[level.id] = tuple(_verdict(level, rule, facts) for rule in level.rules)
    reached = next(level for level in criteria_set.levels if all(rule.holds for rule in judged[level.id]))
    return Verdict(
        level=reached.id,
        rules=tuple(rule for level in criteria_set.levels for rule in judged[level.id]),
    )


def _verdict(level: Level, rule: Rule, facts: _Facts) -> RuleVerdict:
    value, limit, holds, detail = _RULES[rule.kind](rule, facts)
    return RuleVerdict(
        id=f"{level.id}.{rule.id}",
        level=level.id,
        kind=rule.kind,
        value=value,
        limit=limit,
        holds=holds,
        detail=tuple(detail),
    )


Outcome = tuple[Measured, Measured, bool, Iterable[str]]  # value, limit, holds, detail


def _none_of(entries: Iterable[CriterionScore]) -> Outcome:
    """A rule that holds when nothing is named: the value counts what is, the limit is 0."""
    ids = [entry.criterion for entry in entries]
    return len(ids), 0, not ids, ids


def _whole(rule: Rule) -> int:
    return int(rule.limit or 0)


def _includes_level(rule: Rule, facts: _Facts) -> Outcome:
    failing = [verdict.id for verdict in facts.below[rule.includes or ""] if not verdict.holds]
    return len(failing), 0, not failing, failing


def _stoppers_met(rule: Rule, facts: _Facts) -> Outcome:
    return _none_of(
        entry for entry in facts.core if facts.criteria_set.criterion(entry.criterion).stopper and not facts.met(entry)
    )


def _core_met(rule: Rule, facts: _Facts) -> Outcome:
    return _none_of(entry for entry in facts.core if not facts.met(entry))


def _core_at_top(rule: Rule, facts: _Facts) -> Outcome:
    return _none_of(entry for entry in facts.core if not facts.at_top(entry))


def _core_at_level_at_most(rule: Rule, facts: _Facts) -> Outcome:
    ids = [entry.criterion for entry in facts.core if _level(entry) == rule.level and not facts.met(entry)]
    return len(ids), _whole(rule), len(ids) <= _whole(rule), ids


def _overall_at_least(rule: Rule, facts: _Facts) -> Outcome:
    limit = rule.limit or Fraction(0)
    return facts.score.overall, limit, facts.score.overall >= limit, ()


def _themes_at_least(rule: Rule, facts: _Facts) -> Outcome:
    limit = rule.limit or Fraction(0)
    rated = [(theme.theme, theme.score) for theme in facts.score.themes if theme.score is not None]
    lowest = min(value for _, value in rated)
    return lowest, limit, lowest >= limit, [theme for theme, value in rated if value < limit]


def _themes_rated(rule: Rule, facts: _Facts) -> Outcome:
    unrated = [theme.theme for theme in facts.score.themes if theme.standing is ThemeStanding.NOT_RATED]
    return len(unrated), 0, not unrated, unrated


def _open_findings_at_most(rule: Rule, facts: _Facts) -> Outcome:
    counts = facts.circumstances.open_findings
    named = [(grade, counts.get(Grade(grade), 0)) for grade in rule.grades]
    total = sum(count for _, count in named)
    return total, _whole(rule), total <= _whole(rule), [grade for grade, count in named if count]


def _certified_months_at_least(rule: Rule, facts: _Facts) -> Outcome:
    months = facts.circumstances.certified_months
    return months, _whole(rule), months >= _whole(rule), ()


def _indicator_months_at_least(rule: Rule, facts: _Facts) -> Outcome:
    months = facts.circumstances.indicator_months
    return months, _whole(rule), months >= _whole(rule), ()


def _plan_accepted(rule: Rule, facts: _Facts) -> Outcome:
    return facts.circumstances.plan_accepted, True, facts.circumstances.plan_accepted, ()


_RULES: Mapping[RuleKind, Callable[[Rule, _Facts], Outcome]] = {
    RuleKind.INCLUDES_LEVEL: _includes_level,
    RuleKind.STOPPERS_MET: _stoppers_met,
    RuleKind.CORE_MET: _core_met,
    RuleKind.CORE_AT_TOP: _core_at_top,
    RuleKind.CORE_AT_LEVEL_AT_MOST: _core_at_level_at_most,
    RuleKind.OVERALL_AT_LEAST: _overall_at_least,
    RuleKind.THEMES_AT_LEAST: _themes_at_least,
    RuleKind.THEMES_RATED: _themes_rated,
    RuleKind.OPEN_FINDINGS_AT_MOST: _open_findings_at_most,
    RuleKind.CERTIFIED_MONTHS_AT_LEAST: _certified_months_at_least,
    RuleKind.INDICATOR_MONTHS_AT_LEAST: _indicator_months_at_least,
    RuleKind.PLAN_ACCEPTED: _plan_accepted,
}
