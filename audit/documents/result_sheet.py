"""The result sheet: what stands behind one decision, for the line alone; no other line is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from audit.documents.finish import facts_file, finish
from audit.documents.render import compose, lay_out
from audit.documents.units import unit
from audit.domain.certification import (
    CriterionResult,
    FindingToClose,
    IndicatorResult,
    ResultSheetFacts,
    RuleResult,
    ThemeResult,
    result_sheet_facts_from_text,
)
from audit.domain.criteria import Measure, RuleKind
from audit.domain.errors import N_
from audit.domain.findings import Grade
from audit.language import Language, language

GRADES: Mapping[Grade, str] = {
    Grade.CONFORMS: N_("Conforms"),
    Grade.OPPORTUNITY: N_("Opportunity for improvement"),
    Grade.MINOR: N_("Minor nonconformity"),
    Grade.MAJOR: N_("Major nonconformity"),
}
SOURCES: Mapping[str, str] = {
    "log_extract": N_("extract of the case log"),
    "count_by_hand": N_("count by hand"),
    "estimate": N_("estimate"),
}


def make(facts: str, language_code: str) -> bytes:
    """Canonical facts to the finished result sheet, unsigned; ValueError for text that is not its facts."""
    told = result_sheet_facts_from_text(facts)
    words = language(language_code)
    return finish(
        lay_out(result_sheet_html(told, words), "sheet.css", "result_sheet.css").write(),
        created=told.decided_on,
        attached=[facts_file(facts, words.gettext("What this result sheet says, for machines"))],
    )


def result_sheet_html(facts: ResultSheetFacts, words: Language) -> str:
    name = facts.line_name_latin or facts.line_name
    title = words.gettext("Result sheet %(cycle)s, %(line)s, confidential") % {"cycle": facts.cycle_name, "line": name}
    return compose(
        "result_sheet.html",
        {
            "facts": facts,
            "name": name,
            "other_name": facts.line_name if facts.line_name_latin else "",
            "lede": lede(facts, words),
            "levels": rules_by_level(facts, words),
            "themes": [theme_row(theme) for theme in facts.themes],
            "criteria": criteria_by_theme(facts),
            "findings": [finding_row(finding, words) for finding in facts.findings],
            "indicators": [indicator_row(indicator, words) for indicator in facts.indicators],
            "grade": {grade: words.gettext(text) for grade, text in GRADES.items()},
        },
        words,
        title=words.gettext("%(title)s (sample)") % {"title": title} if facts.sample else title,
        created=facts.decided_on,
        author=facts.issuing_body.name,
        description=words.gettext("For the line only."),
    )


# The sentences at the top: each says one figure --------------------------------------------------------------------


def lede(facts: ResultSheetFacts, words: Language) -> list[str]:
    """What the decision means, in at most four sentences, each of which follows from the figures below it."""
    core = [entry for entry in facts.criteria if entry.core and entry.confirmed_key is not None]
    unmet = max((int(rule.value) for rule in facts.rules if rule.kind is RuleKind.CORE_MET), default=0)
    sentences = [
        words.gettext("The overall score is %(score)s of 100.") % {"score": words.decimal1(facts.overall)},
    ]
    if core and not unmet:
        sentences.append(
            words.ngettext("The %(count)s core criterion is met.", "All %(count)s core criteria are met.", len(core))
            % {"count": words.number(len(core))}
        )
    elif core:
        sentences.append(
            words.gettext("%(met)s of %(count)s core criteria are met.")
            % {"met": words.number(len(core) - unmet), "count": words.number(len(core))}
        )
    if facts.findings:
        sentences.append(
            words.ngettext("%(count)s finding is open.", "%(count)s findings are open.", len(facts.findings))
            % {"count": words.number(len(facts.findings))}
        )
    else:
        sentences.append(words.gettext("No finding is open."))
    return sentences


# Why this level ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    name: str
    yours: str
    limit: str
    holds: bool
    against: tuple[str, ...]  # ids of what counts against the line


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRows:
    title: str
    rows: tuple[RuleRow, ...]


def rules_by_level(facts: ResultSheetFacts, words: Language) -> list[LevelRows]:
    """The rules of each level that has any, from the lowest level up."""
    found, below = [], ""
    for level in reversed(facts.levels):
        rules = [rule for rule in facts.rules if rule.level == level.id]
        if rules:
            rows = tuple(rule_row(rule, facts, below, words) for rule in rules)
            found.append(LevelRows(title=level.title, rows=rows))
            below = level.title
    return found


def rule_row(rule: RuleResult, facts: ResultSheetFacts, below: str, words: Language) -> RuleRow:
    """One rule in words: its name, the line's value and the limit, as docs/criteria.md defines them for each kind."""
    name, yours, limit = _RULES[rule.kind](rule, facts, words)
    listed = rule.kind not in (RuleKind.INCLUDES_LEVEL, RuleKind.OPEN_FINDINGS_AT_MOST)
    return RuleRow(
        name=name % {"level": below, "step": words.number(rule.step or 0)},
        yours=yours,
        limit=limit,
        holds=rule.holds,
        against=rule.detail if listed and not rule.holds else (),
    )


Told = tuple[str, str, str]


def _part(rule: RuleResult, among: int, words: Language) -> tuple[str, str]:
    """Of so many, those that do: rules of this shape count what does not."""
    met = words.gettext("%(met)s of %(count)s") % {
        "met": words.number(among - int(rule.value)),
        "count": words.number(among),
    }
    return met, words.gettext("all")


def _counted(facts: ResultSheetFacts, stoppers: bool) -> int:
    return sum(
        (entry.stopper if stoppers else entry.core) and entry.confirmed_key is not None for entry in facts.criteria
    )


def _at_most(rule: RuleResult, words: Language) -> tuple[str, str]:
    limit = words.gettext("none") if rule.limit == 0 else words.gettext("%(count)s or fewer")
    yours = words.number(int(rule.value)) if rule.value else words.gettext("none")
    return yours, limit % {"count": words.number(int(rule.limit))} if rule.limit else limit


def _score(rule: RuleResult, words: Language) -> tuple[str, str]:
    limit = int(rule.limit) if rule.limit.denominator == 1 else rule.limit
    return words.decimal1(rule.value), words.gettext("%(score)s or more") % {"score": words.number(limit)}


def _months(rule: RuleResult, words: Language) -> tuple[str, str]:
    months, least = int(rule.value), int(rule.limit)
    yours = words.ngettext("%(count)s month", "%(count)s months", months) % {"count": words.number(months)}
    limit = words.ngettext("%(count)s month or more", "%(count)s months or more", least)
    return yours, limit % {"count": words.number(least)}


def _includes(rule: RuleResult, facts: ResultSheetFacts, words: Language) -> Told:
    unmet = int(rule.value)
    yours = words.ngettext("%(count)s not met", "%(count)s not met", unmet) % {"count": words.number(unmet)}
    return (
        words.gettext("The rules of %(level)s"),
        yours if unmet else words.gettext("all met"),
        words.gettext("all met"),
    )


def _findings(rule: RuleResult, facts: ResultSheetFacts, words: Language) -> Told:
    if rule.grades == (Grade.MAJOR.value,):
        return words.gettext("Open major nonconformities"), *_at_most(rule, words)
    if set(rule.grades) == {Grade.MAJOR.value, Grade.MINOR.value}:
        return words.gettext("Open nonconformities"), *_at_most(rule, words)
    return words.gettext("Open findings"), *_at_most(rule, words)


def _plan(rule: RuleResult, facts: ResultSheetFacts, words: Language) -> Told:
    yours = words.gettext("yes") if rule.value else words.gettext("no")
    return words.gettext("Plan of corrective actions accepted"), yours, words.gettext("yes")


_RULES = {
    RuleKind.INCLUDES_LEVEL: _includes,
    RuleKind.STOPPERS_MET: lambda rule, facts, words: (
        words.gettext("Stopper criteria met"),
        *_part(rule, _counted(facts, True), words),
    ),
    RuleKind.CORE_MET: lambda rule, facts, words: (
        words.gettext("Core criteria met"),
        *_part(rule, _counted(facts, False), words),
    ),
    RuleKind.CORE_AT_TOP: lambda rule, facts, words: (
        words.gettext("Core criteria at their top level"),
        *_part(rule, _counted(facts, False), words),
    ),
    RuleKind.CORE_AT_LEVEL_AT_MOST: lambda rule, facts, words: (
        words.gettext("Core criteria not met, at level %(step)s"),
        *_at_most(rule, words),
    ),
    RuleKind.OVERALL_AT_LEAST: lambda rule, facts, words: (words.gettext("Overall score"), *_score(rule, words)),
    RuleKind.THEMES_AT_LEAST: lambda rule, facts, words: (words.gettext("Lowest theme"), *_score(rule, words)),
    RuleKind.THEMES_RATED: lambda rule, facts, words: (words.gettext("Themes not rated"), *_at_most(rule, words)),
    RuleKind.OPEN_FINDINGS_AT_MOST: _findings,
    RuleKind.CERTIFIED_MONTHS_AT_LEAST: lambda rule, facts, words: (
        words.gettext("Time as Certified, without a break"),
        *_months(rule, words),
    ),
    RuleKind.INDICATOR_MONTHS_AT_LEAST: lambda rule, facts, words: (
        words.gettext("Indicators delivered for"),
        *_months(rule, words),
    ),
    RuleKind.PLAN_ACCEPTED: _plan,
}


# Themes, criteria, findings, indicators ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeRow:
    theme: ThemeResult
    now: str | None  # places on a bar of 440 units that runs from 0 to 100
    before: str | None


def theme_row(theme: ThemeResult) -> ThemeRow:
    return ThemeRow(theme=theme, now=_place(theme.score), before=_place(theme.previous))


def _place(score: Fraction | None) -> str | None:
    return None if score is None else f"{float(10 + score * 420 / 100):.1f}"


def criteria_by_theme(facts: ResultSheetFacts) -> list[tuple[ThemeResult, tuple[CriterionResult, ...]]]:
    return [
        (theme, tuple(entry for entry in facts.criteria if entry.theme == theme.id))
        for theme in facts.themes
        if any(entry.theme == theme.id for entry in facts.criteria)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    finding: FindingToClose
    grade: str


def finding_row(finding: FindingToClose, words: Language) -> FindingRow:
    return FindingRow(finding=finding, grade=words.gettext(GRADES[finding.grade]))


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorRow:
    indicator: IndicatorResult
    value: str
    unit: str  # "" after a rate, which is a percentage
    source: str


def indicator_row(indicator: IndicatorResult, words: Language) -> IndicatorRow:
    """The figure as people read it: a rate as a share of a hundred, everything else in the indicator's own unit."""
    value = indicator.value
    if value is None:
        shown = words.gettext("not computed")
    elif indicator.measure is Measure.RATE:
        shown = words.percent1(value / 100)
    elif value.denominator == 1:
        shown = words.number(int(value))
    else:
        shown = words.decimal1(value)
    return IndicatorRow(
        indicator=indicator,
        value=shown,
        unit="" if indicator.measure is Measure.RATE else unit(words, indicator.unit),
        source=words.gettext(SOURCES.get(indicator.source, indicator.source)),
    )
