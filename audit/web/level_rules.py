"""The rules of the levels as a page reads them: value, limit, verdict and what each counts against the line."""

from __future__ import annotations

from dataclasses import dataclass

from audit.domain.criteria import CriteriaSet, Level, Rule
from audit.domain.levels import RuleVerdict, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """A criterion or a theme that a rule counts against the line; `criterion` is "" for a theme."""

    criterion: str
    theme: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    rule: Rule
    verdict: RuleVerdict
    concerned: tuple[Concerned, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRules:
    level: Level
    lines: tuple[RuleLine, ...]

    @property
    def missed(self) -> int:
        return sum(not line.verdict.holds for line in self.lines)


def groups(criteria_set: CriteriaSet, verdict: Verdict) -> list[LevelRules]:
    """The levels from the lowest with rules to the highest, each with its rules in the set's order."""
    return [
        LevelRules(
            level=level,
            lines=tuple(
                line(criteria_set, rule, judged)
                for rule, judged in zip(level.rules, verdict.of_level(level.id), strict=True)
            ),
        )
        for level in reversed(criteria_set.levels)
        if level.rules
    ]


def line(criteria_set: CriteriaSet, rule: Rule, judged: RuleVerdict) -> RuleLine:
    return RuleLine(rule=rule, verdict=judged, concerned=_concerned(criteria_set, judged.detail))


def rule_of(criteria_set: CriteriaSet, judged: RuleVerdict) -> Rule:
    """The rule that was judged."""
    return next(rule for rule in criteria_set.level(judged.level).rules if f"{judged.level}.{rule.id}" == judged.id)


def _concerned(criteria_set: CriteriaSet, ids: tuple[str, ...]) -> tuple[Concerned, ...]:
    themes = {theme.id: theme.title for theme in criteria_set.themes}
    found = []
    for one in ids:
        if criteria_set.has(one):
            criterion = criteria_set.criterion(one)
            found.append(Concerned(criterion=one, theme=criterion.theme, title=criterion.title))
        elif one in themes:
            found.append(Concerned(criterion="", theme=one, title=themes[one]))
    return tuple(found)
