"""The facts of a comparison report: what it is made from, and every figure it may show."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from audit.domain.criteria import CriteriaSet
from audit.domain.levels import Circumstances
from audit.domain.statistics import Spread


class Audience(StrEnum):
    """Who may read a report: one document for each (domain report 4.6)."""

    COORDINATOR = "coordinator"  # lines are named; confidential
    LINE = "line"  # one line, named, beside the range of the others
    PUBLIC = "public"  # totals only, small groups not shown


# What a report is made from ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorFigure:
    """One line's figure: the value in the indicator's unit (a rate in percent), and the cases behind it if counted."""

    value: Fraction
    cases: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFinding:
    """A finding that still needs action; `grade` is a `findings.Grade` value, `due_on` an ISO date or empty."""

    criterion: str
    grade: str
    text: str = ""
    due_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierResult:
    """The same line's result in the last cycle. Scores in percent."""

    level: str
    overall: Fraction
    themes: Mapping[str, Fraction | None]
    criteria: Mapping[str, str]  # criterion id → confirmed answer key; not applicable ones are absent


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessedLine:
    """One decided line of the cycle. Scores in percent, exact.

    `criteria` maps each counted criterion to its confirmed answer key; `not_applicable` names those accepted as such;
    criteria the profile leaves out are in neither. `level` is the decided one.
    """

    line: str  # the line's public id
    name: str
    country: str
    level: str
    overall: Fraction
    themes: Mapping[str, Fraction | None]
    criteria: Mapping[str, str]
    not_applicable: Collection[str] = ()
    self_assessed: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[OpenFinding, ...] = ()
    indicators: Mapping[str, IndicatorFigure] = field(default_factory=dict)
    profile: Mapping[str, object] = field(default_factory=dict)
    certificate: str = ""  # serial number, where there is one
    circumstances: Circumstances = field(default_factory=Circumstances)
    previous: EarlierResult | None = None


@dataclass(frozen=True, kw_only=True)
class EarlierCycle:
    """The last cycle the report looks back to, with the set it was judged against."""

    name: str
    criteria_set: CriteriaSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """What stands on the cover and in the notes. Dates are ISO dates, `made_at` an ISO time in UTC."""

    network: str
    cycle: str
    closed_on: str
    made_at: str
    invited: int  # lines that were invited to the cycle
    language: str
    set_hash: str = ""
    contact: str = ""
    sample: bool = False


# What a report may show ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFacts:
    """The criteria set by name, with what the method page says about it."""

    id: str
    version: str
    status: str
    title: str
    hash: str
    criteria: int
    core: int
    stoppers: int
    changed: tuple[str, ...]  # criteria whose words or steps differ from the last cycle's, left out of the change


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelFacts:
    """How many lines reached a level. Counts are None where they are not shown (fewer than five lines)."""

    id: str
    title: str
    wording: str
    certificate: bool
    count: int | None
    earlier_count: int | None
    lines: tuple[str, ...]  # names, for the coordinator only


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """How a group moved between two cycles, on unchanged criteria only: lines compared, risen, fallen."""

    compared: int | None
    risen: int | None
    fallen: int | None
    before: Spread | None = None
    after: Spread | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeFacts:
    """One theme across the network; scores in percent. `scores` (value, lines) is for the coordinator only."""

    id: str
    title: str
    lede: str
    weight: int
    spread: Spread | None
    below_floor: int | None  # rated lines below the floor of the certificate level
    not_rated: int | None
    lowest_of: int | None  # lines for which this is the lowest theme
    movement: Movement | None
    scores: tuple[tuple[Fraction, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCount:
    key: str
    title: str
    level: int
    count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionFacts:
    """One criterion across the network: lines counted, those that meet it, and how the levels are spread.

    A criterion is met at its core minimum level, whether core or not (scoring.md, Values). `raised` and `lowered` count
    lines whose confirmed answer is above or below what they said of themselves.
    """

    id: str
    theme: str
    title: str
    core: bool
    stopper: bool
    least: int  # the numeric level from which the criterion is met
    counted: int | None
    met: int | None
    not_applicable: int | None
    answers: tuple[AnswerCount, ...]  # from the highest level to the lowest
    raised: int | None
    lowered: int | None
    movement: Movement | None  # None when the criterion's words or steps changed, or nothing is there to compare

    @property
    def share_met(self) -> Fraction | None:
        return Fraction(self.met, self.counted) if self.met is not None and self.counted else None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorFacts:
    """One indicator: the spread over lines with enough cases, and all cases behind it."""

    id: str
    title: str
    unit: str
    measure: str
    better: str
    spread: Spread | None
    lines: int | None  # lines that delivered it
    too_few: int | None  # of these, with fewer than ten cases: not in the spread
    cases: int | None
    values: tuple[tuple[Fraction, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexFacts:
    """A named list of criteria across themes with equal weight; the spread of its percentages over lines."""

    id: str
    title: str
    criteria: tuple[str, ...]
    spread: Spread | None
    movement: Movement | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeFacts:
    """What is in place beside what is shown in practice, over all lines.

    Counts answers on criteria whose top level needs evidence of practice: those that stand at least where a core
    criterion would be met, and those at the top (domain report 3.2, no. 12).
    """

    criteria: int
    answers: int
    in_place: int
    in_practice: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """What reviewers made of the answers that lines gave of themselves, over all lines and criteria."""

    answers: int
    as_claimed: int
    raised: int
    lowered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StabilityFacts:
    """How many lines would change level if five percent of the weight moved from any theme to any other."""

    shift: int
    pairs: int  # ordered pairs of themes that were tried
    lines: int
    changing: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCriterion:
    """One cell of the heat map: the confirmed level (0 to 3), None when not counted; and the earlier one."""

    criterion: str
    level: int | None
    not_applicable: bool
    earlier: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTheme:
    theme: str
    score: Fraction | None
    change: Fraction | None  # on unchanged criteria, in points


@dataclass(frozen=True, slots=True, kw_only=True)
class LineIndicator:
    indicator: str
    value: Fraction | None  # None with fewer than ten cases
    cases: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineIndex:
    index: str
    value: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """One line as a named report prints it. `could_be` names other levels it would reach with other weights."""

    line: str
    name: str
    country: str
    level: str
    overall: Fraction
    change: Fraction | None  # of the overall score on unchanged criteria, in points
    themes: tuple[LineTheme, ...]
    criteria: tuple[LineCriterion, ...]
    findings: tuple[OpenFinding, ...]
    indicators: tuple[LineIndicator, ...]
    indices: tuple[LineIndex, ...]
    context: tuple[tuple[str, tuple[str, ...]], ...]  # profile fact titles with the titles of their options
    certificate: str
    could_be: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonFacts:
    """Everything one comparison report may show, in the order of the set; lines alphabetical by name."""

    audience: Audience
    edition: Edition
    earlier_cycle: str  # its name; empty when there is nothing to compare with
    criteria_set: SetFacts
    counted: int  # lines that are in
    overall: Spread | None
    overall_movement: Movement | None
    overall_scores: tuple[tuple[Fraction, int], ...]
    floor: Fraction | None  # the theme floor of the lowest full certificate level, in percent
    levels: tuple[LevelFacts, ...]
    stoppers_met: int | None  # lines that meet every stopper
    core_met: int | None  # lines that meet every applicable core criterion
    confirmed: Confirmed
    themes: tuple[ThemeFacts, ...]
    criteria: tuple[CriterionFacts, ...]
    indicators: tuple[IndicatorFacts, ...]
    indices: tuple[IndexFacts, ...]
    practice: PracticeFacts
    stability: StabilityFacts
    lines: tuple[LineFacts, ...]
