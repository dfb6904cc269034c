"""A page for each theme and one for each line, as the report's template sees them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from audit.documents import charts, charts_spread
from audit.documents.comparison_report_figures import PairChart, earlier, indicator_box, moved, pair_chart
from audit.documents.comparison_report_view import MOST_PAIRS, PAGE_WIDTH, Report, amount, day, points
from audit.documents.comparison_report_words import filled, name, signed
from audit.documents.units import unit
from audit.domain.comparison_facts import CriterionFacts, LineFacts, ThemeFacts

SIDE = 150.0  # points for what stands beside a chart
MOST_FINDINGS = 3
MOST_NOTED = 3


@dataclass(frozen=True, slots=True)
class CriterionLevels:
    id: str
    title: str
    bar: Markup
    met: str
    change: str
    core: str


@dataclass(frozen=True, slots=True)
class ThemePage:
    number: int
    id: str
    title: str
    lede: str
    chart: PairChart | None
    strip: Markup | None
    notes: tuple[Markup, ...]
    criteria: tuple[CriterionLevels, ...]


def theme_pages(report: Report) -> Iterator[ThemePage]:
    for number, theme in enumerate(report.facts.themes, 1):
        criteria = report.of_theme(theme.id)
        chart = _theme_chart(report, number - 1, theme, len(criteria))
        yield ThemePage(
            number=number,
            id=theme.id,
            title=theme.title,
            lede=theme.lede,
            chart=chart,
            strip=None if chart else _theme_strip(report, theme),
            notes=tuple(_theme_notes(report, theme, criteria)),
            criteria=tuple(_levels(report, criterion) for criterion in criteria),
        )


def _theme_chart(report: Report, place: int, theme: ThemeFacts, criteria: int) -> PairChart | None:
    if not 0 < len(report.lines) <= MOST_PAIRS:
        return None
    rows = []
    for line in report.lines:
        own = line.themes[place]
        rows.append(charts_spread.Pair(own.score, earlier(own.score, own.change)))
    title = report.words.gettext(
        "Score of each line in this theme, a cycle before and now. The scores are in the tables of the line profiles."
    )
    median = theme.spread.median if theme.spread else None
    room = 470.0 - 22 * criteria
    return pair_chart(report, rows, median, report.floor, title, width=PAGE_WIDTH - 92 - SIDE, room=room)


def _theme_strip(report: Report, theme: ThemeFacts) -> Markup | None:
    if not theme.scores or theme.spread is None:
        return None
    title = report.words.gettext("Scores of all lines in this theme, one disc for each line.")
    return charts_spread.strips([dict(theme.scores)], [theme.spread.median], title, width=PAGE_WIDTH - SIDE, row=150)


def _theme_notes(report: Report, theme: ThemeFacts, criteria: tuple[CriterionFacts, ...]) -> Iterator[Markup]:
    """What the figures of a theme say in words."""
    words, spread = report.words, theme.spread
    if spread is not None:
        yield filled(
            words.gettext(
                "The median is %(median)s. Scores reach from %(low)s to %(high)s; the middle half lies between %(q1)s "
                "and %(q3)s."
            ),
            median=points(words, spread.median),
            low=points(words, spread.minimum),
            high=points(words, spread.maximum),
            q1=points(words, spread.q1),
            q3=points(words, spread.q3),
        )
    yield from _theme_changes(report, theme)
    shown = [criterion for criterion in criteria if criterion.share_met is not None]
    if len(shown) > 1:
        least = min(shown, key=lambda criterion: criterion.share_met or Fraction(0))
        yield filled(
            words.gettext("Met least often: “%(title)s”, %(met)s of %(counted)s lines."),
            title=name(least.title),
            met=words.number(least.met or 0),
            counted=words.number(least.counted or 0),
        )


def _theme_changes(report: Report, theme: ThemeFacts) -> Iterator[Markup]:
    words, movement = report.words, theme.movement
    if movement is not None and movement.risen is not None and movement.fallen is not None:
        yield filled(
            words.gettext(
                "Since %(cycle)s, %(risen)s lines rose by three points or more and %(fallen)s fell by as much."
            ),
            cycle=name(report.facts.earlier_cycle),
            risen=words.number(movement.risen),
            fallen=words.number(movement.fallen),
        )
    if theme.below_floor and report.floor is not None:
        yield filled(
            words.ngettext(
                "%(count)s line lies below %(floor)s, the floor for a full certificate.",
                "%(count)s lines lie below %(floor)s, the floor for a full certificate.",
                theme.below_floor,
            ),
            count=words.number(theme.below_floor),
            floor=words.number(report.floor),
        )
    if theme.not_rated:
        yield filled(
            words.ngettext(
                "%(count)s line is not rated here: too much does not apply to it.",
                "%(count)s lines are not rated here: too much does not apply to them.",
                theme.not_rated,
            ),
            count=words.number(theme.not_rated),
        )


def _levels(report: Report, criterion: CriterionFacts) -> CriterionLevels:
    words = report.words
    counts = [(answer.level, answer.count or 0) for answer in criterion.answers]
    title = words.list(f"{answer.title} {words.number(answer.count or 0)}" for answer in criterion.answers)
    flag = words.gettext("stopper") if criterion.stopper else words.gettext("core") if criterion.core else ""
    return CriterionLevels(
        id=criterion.id,
        title=criterion.title,
        bar=charts.stacked(counts, title=title),
        met=words.gettext("%(count)s of %(whole)s")
        % {"count": words.number(criterion.met or 0), "whole": words.number(criterion.counted or 0)},
        change=moved(words, criterion.movement),
        core=flag,
    )


# Lines ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ThemeRow:
    number: int
    title: str
    track: Markup
    score: str
    median: str
    apart: str
    change: str


@dataclass(frozen=True, slots=True)
class FindingRow:
    criterion: str
    title: str
    grade: str
    text: str
    due: str


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    title: str
    unit: str
    value: str
    median: str
    drawing: Markup


@dataclass(frozen=True, slots=True)
class LinePage:
    anchor: str
    label: str
    short: str
    name: str
    long: bool
    level: str
    overall: str
    change: str
    certificate: str
    context: tuple[tuple[str, str], ...]
    themes: tuple[ThemeRow, ...]
    ahead: tuple[Markup, ...]
    behind: tuple[Markup, ...]
    findings: tuple[FindingRow, ...]
    more_findings: int
    indicators: tuple[IndicatorRow, ...]
    could_be: str


def line_pages(report: Report) -> Iterator[LinePage]:
    words = report.words
    for line in report.lines:
        yield LinePage(
            anchor=f"line-{line.line}",
            label=report.label(line),
            short=report.short(line),
            name=line.name,
            long=max(len(report.label(line)), len(line.name)) > 48,
            level=report.level_title(line.level),
            overall=points(words, line.overall),
            change=signed(words, line.change) if line.change is not None else "–",
            certificate=line.certificate or "–",
            context=tuple((title, words.list(options)) for title, options in line.context[:4]),
            themes=tuple(_theme_rows(report, line)),
            ahead=tuple(_ahead(report, line)),
            behind=tuple(_behind(report, line)),
            findings=tuple(_findings(report, line)),
            more_findings=max(len(line.findings) - MOST_FINDINGS, 0),
            indicators=tuple(_indicators(report, line))[: _indicator_rows(report, line)],
            could_be=words.list(report.level_title(level) for level in line.could_be),
        )


def _indicator_rows(report: Report, line: LineFacts) -> int:
    """How many indicators keep the profile on one page beside its themes and findings."""
    return max(0, 17 - len(report.facts.themes) - 2 * min(len(line.findings), MOST_FINDINGS))


def _theme_rows(report: Report, line: LineFacts) -> Iterator[ThemeRow]:
    words = report.words
    for number, (own, theme) in enumerate(zip(line.themes, report.facts.themes, strict=True), 1):
        median = theme.spread.median if theme.spread else None
        apart = own.score - median if own.score is not None and median is not None else None
        title = words.gettext("Score %(score)s, network median %(median)s") % {
            "score": points(words, own.score),
            "median": points(words, median),
        }
        yield ThemeRow(
            number=number,
            title=theme.title,
            track=charts.track(own.score, earlier(own.score, own.change), median, title=title),
            score=points(words, own.score),
            median=points(words, median),
            apart=signed(words, apart) if apart is not None else "–",
            change=signed(words, own.change) if own.change is not None else "–",
        )


def _met_by_few(report: Report, line: LineFacts, *, met: bool) -> Iterator[CriterionFacts]:
    """Criteria this line meets (or does not) in the set's order, with what the network does known."""
    unmet = {
        cell.criterion
        for cell, fact in zip(line.criteria, report.facts.criteria, strict=True)
        if _fails(cell.level, fact)
    }
    counted = {cell.criterion for cell in line.criteria if cell.level is not None}
    for criterion in report.facts.criteria:
        if criterion.id in counted and criterion.share_met is not None and (criterion.id not in unmet) == met:
            yield criterion


def _fails(level: int | None, criterion: CriterionFacts) -> bool:
    return level is not None and level < criterion.least


def _ahead(report: Report, line: LineFacts) -> Iterator[Markup]:
    """What this line meets and fewest others do."""
    found = sorted(_met_by_few(report, line, met=True), key=lambda criterion: criterion.share_met or Fraction(0))
    yield from _noted(report, found)


def _behind(report: Report, line: LineFacts) -> Iterator[Markup]:
    """What this line does not meet and most others do; core criteria first."""
    found = sorted(
        _met_by_few(report, line, met=False),
        key=lambda criterion: (not criterion.core, -(criterion.share_met or Fraction(0))),
    )
    yield from _noted(report, found)


def _noted(report: Report, found: Iterable[CriterionFacts]) -> Iterator[Markup]:
    words = report.words
    for criterion in list(found)[:MOST_NOTED]:
        yield filled(
            words.gettext("%(title)s (%(criterion)s): met by %(met)s of %(counted)s lines"),
            title=name(criterion.title),
            criterion=Markup('<bdi dir="ltr">{}</bdi>').format(criterion.id),
            met=words.number(criterion.met or 0),
            counted=words.number(criterion.counted or 0),
        )


def _findings(report: Report, line: LineFacts) -> Iterator[FindingRow]:
    words = report.words
    _ = words.gettext
    grades = {
        "major": _("Major nonconformity"),
        "minor": _("Minor nonconformity"),
        "opportunity": _("Opportunity for improvement"),
    }
    titles = {criterion.id: criterion.title for criterion in report.facts.criteria}
    gravest = sorted(line.findings, key=lambda finding: list(grades).index(finding.grade))
    for finding in gravest[:MOST_FINDINGS]:
        yield FindingRow(
            criterion=finding.criterion,
            title=titles.get(finding.criterion, ""),
            grade=grades[finding.grade],
            text=finding.text,
            due=words.date(day(finding.due_on), "medium") if finding.due_on else "–",
        )


def _indicators(report: Report, line: LineFacts) -> Iterator[IndicatorRow]:
    """Graded indicators first, in the set's order; those with too few cases say so."""
    words = report.words
    known = {indicator.id: indicator for indicator in report.facts.indicators}
    own = sorted(line.indicators, key=lambda entry: known[entry.indicator].better == "not_graded")
    for entry in own:
        indicator = known[entry.indicator]
        if indicator.spread is None:
            continue
        yield IndicatorRow(
            title=indicator.title,
            unit=unit(words, indicator.unit) if entry.value is not None else "",
            value=amount(words, entry.value) if entry.value is not None else words.gettext("fewer than ten cases"),
            median=amount(words, indicator.spread.median),
            drawing=indicator_box(report, indicator, entry.value),
        )
