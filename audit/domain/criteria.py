"""A criteria set as values: themes, criteria, answer sets, evidence kinds, indicators, levels and their rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cached_property


class SetStatus(StrEnum):
    DRAFT = "draft"
    RELEASED = "released"
    RETIRED = "retired"


class Proves(StrEnum):
    """What an evidence kind can show: that something is designed, or that it is practised."""

    DESIGN = "design"
    PRACTICE = "practice"


class Better(StrEnum):
    LOWER = "lower"
    HIGHER = "higher"
    NOT_GRADED = "not_graded"


class Measure(StrEnum):
    """How an indicator is entered: a rate of two counts, or one value with the number of cases behind it."""

    RATE = "rate"  # numerator, denominator; percent is computed
    MEDIAN = "median"  # value, cases
    MAXIMUM = "maximum"  # value, cases
    VALUE = "value"  # a single measured value; no small-number rule
    COUNT = "count"  # a plain count; no small-number rule


class RuleKind(StrEnum):
    """The closed list of level rules (docs/criteria.md documents each with its value and limit)."""

    INCLUDES_LEVEL = "includes_level"  # all rules of another level hold
    STOPPERS_MET = "stoppers_met"
    CORE_MET = "core_met"
    CORE_AT_TOP = "core_at_top"
    CORE_AT_LEVEL_AT_MOST = "core_at_level_at_most"  # unmet core criteria standing at `level`: at most `limit`
    OVERALL_AT_LEAST = "overall_at_least"
    THEMES_AT_LEAST = "themes_at_least"  # no rated theme below `limit`
    THEMES_RATED = "themes_rated"
    OPEN_FINDINGS_AT_MOST = "open_findings_at_most"  # of the named grades, together
    CERTIFIED_MONTHS_AT_LEAST = "certified_months_at_least"
    INDICATOR_MONTHS_AT_LEAST = "indicator_months_at_least"
    PLAN_ACCEPTED = "plan_accepted"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerKey:
    """One step of an answer set. `level` is 0 to 3, `points` an exact decimal from 0 to 1 as a fraction."""

    key: str
    level: int
    points: Fraction
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSet:
    id: str
    title: str
    core_min_level: int
    answers: tuple[AnswerKey, ...]  # from the lowest level to the highest
    from_indicators: bool = False
    practice_for_top: bool = False  # the top level needs an accepted practice item

    def answer(self, key: str) -> AnswerKey | None:
        return next((a for a in self.answers if a.key == key), None)

    @property
    def top(self) -> AnswerKey:
        return self.answers[-1]


SYNTHETIC_SAMPLE = "synthetic_sample"  # the kind of evidence that has to say of itself that it is invented


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceKind:
    id: str
    title: str
    text: str
    proves: Proves
    stores_file: bool
    counts_for_top: bool = True  # declaration and synthetic_sample prove practice but do not carry the top level
    images_allowed: bool = False
    replaces_any: bool = False  # viewed_live may stand in for every listed kind
    needs_reviewers: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    level: int
    limit: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    id: str
    title: str
    text: str
    unit: str
    measure: Measure
    better: Better
    numerator: str = ""  # what is counted above the line, in words (rate), or what the value is
    denominator: str = ""  # what is counted below the line, in words (rate), or what the cases are
    bands: tuple[Band, ...] = ()  # from the highest level to the lowest; empty when not graded


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileOption:
    key: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileFact:
    """A fact about a line that conditions may ask for; `many` allows several options at once."""

    id: str
    title: str
    options: tuple[ProfileOption, ...]
    many: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One "applies when": the line's profile fact has one of the options."""

    fact: str
    any_of: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    id: str
    title: str
    lede: str
    weight: int  # percent; all themes add up to 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    id: str
    theme: str
    title: str
    asks: str  # what is asked, a full sentence
    why: str  # why it matters
    descriptors: tuple[tuple[str, str], ...]  # (answer key, what can be observed at this level), lowest first
    answer_set: str
    weight: int  # 1 to 3
    core: bool = False
    stopper: bool = False
    core_min_level: int | None = None  # None: the answer set's
    not_applicable: bool = True  # may it be answered "not applicable" at all
    not_applicable_cases: tuple[str, ...] = ()  # for core criteria the only admitted cases
    equivalent_allowed: bool = False
    evidence: tuple[str, ...] = ()  # kinds; alternatives, any one is enough
    evidence_help: str = ""
    indicators: tuple[str, ...] = ()
    review_every_months: int | None = None
    applies_when: tuple[Condition, ...] = ()  # all must hold
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of a level. Which of `limit`, `level`, `includes`, `grades` is used depends on the kind."""

    id: str
    kind: RuleKind
    limit: Fraction | None = None
    level: int | None = None
    includes: str | None = None
    grades: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    id: str
    title: str
    wording: str  # what a certificate of this level says
    certificate: bool
    validity_months: int | None
    rules: tuple[Rule, ...]


FIRST_ROUND_LEVEL = "first_round_met"  # the id of the level a first round can reach; no level of a file has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """A named list of criteria across themes, equal weight (the CHS index pattern, domain report 4.6)."""

    id: str
    title: str
    criteria: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CriteriaSet:
    """One complete set. Levels stand from the highest to the lowest; the last has no rules and always holds.

    `first_round` is the level that a first round on the core criteria can reach (domain.first_round); None: the set
    knows no first round.
    """

    id: str
    version: str
    status: SetStatus
    title: str
    source_language: str
    published: str | None  # ISO date
    note: str
    answer_sets: tuple[AnswerSet, ...]
    evidence_kinds: tuple[EvidenceKind, ...]
    indicators: tuple[Indicator, ...]
    profile: tuple[ProfileFact, ...]
    themes: tuple[Theme, ...]
    criteria: tuple[Criterion, ...]
    levels: tuple[Level, ...]
    indices: tuple[Index, ...] = ()
    first_round: Level | None = None
    not_applicable_limit: Fraction = field(default=Fraction(1, 4))  # share of a theme's applicable weight

    @cached_property
    def _criteria(self) -> Mapping[str, Criterion]:
        return {c.id: c for c in self.criteria}

    @cached_property
    def _answer_sets(self) -> Mapping[str, AnswerSet]:
        return {a.id: a for a in self.answer_sets}

    @cached_property
    def _kinds(self) -> Mapping[str, EvidenceKind]:
        return {k.id: k for k in self.evidence_kinds}

    @cached_property
    def _indicators(self) -> Mapping[str, Indicator]:
        return {i.id: i for i in self.indicators}

    def criterion(self, criterion_id: str) -> Criterion:
        """The criterion; KeyError when the set has none of that id."""
        return self._criteria[criterion_id]

    def has(self, criterion_id: str) -> bool:
        return criterion_id in self._criteria

    def answer_set_of(self, criterion: Criterion) -> AnswerSet:
        return self._answer_sets[criterion.answer_set]

    def kind(self, kind_id: str) -> EvidenceKind:
        return self._kinds[kind_id]

    def indicator(self, indicator_id: str) -> Indicator:
        return self._indicators[indicator_id]

    def theme(self, theme_id: str) -> Theme:
        return next(t for t in self.themes if t.id == theme_id)

    def of_theme(self, theme_id: str) -> tuple[Criterion, ...]:
        return tuple(c for c in self.criteria if c.theme == theme_id)

    def core_min_level(self, criterion: Criterion) -> int:
        """The numeric level at which a core criterion counts as met (scoring.md, Values)."""
        if criterion.core_min_level is not None:
            return criterion.core_min_level
        return self.answer_set_of(criterion).core_min_level

    def level(self, level_id: str) -> Level:
        return next(level for level in self.levels if level.id == level_id)

    def applicable(self, profile: Mapping[str, object]) -> Iterator[Criterion]:
        """The criteria that apply to a line's profile ({fact: option or tuple of options}), in the set's order."""
        return (c for c in self.criteria if all(_holds(condition, profile) for condition in c.applies_when))


def fits(criteria_set: CriteriaSet, criterion: Criterion, kind: str) -> bool:
    """Whether evidence of a kind counts for a criterion: it lists the kind, or the kind may stand in for any."""
    return kind in criterion.evidence or any(one.id == kind and one.replaces_any for one in criteria_set.evidence_kinds)


def _holds(condition: Condition, profile: Mapping[str, object]) -> bool:
    """A fact the profile does not state excludes nothing: silence must not shrink what is asked."""
    stated = profile.get(condition.fact)
    if not stated:  # nothing, or an empty choice
        return True
    chosen = (
        {stated}
        if isinstance(stated, str)
        else set(stated)
        if isinstance(stated, (tuple, list, set, frozenset))
        else set()
    )
    return bool(chosen & set(condition.any_of))
