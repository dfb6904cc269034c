"""Maps, spreads and tables of a comparison report as its template sees them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from audit.documents import charts, charts_heat, charts_spread
from audit.documents.comparison_report_view import (
    BESIDE,
    MAP_ROOM,
    MAP_STEPS,
    MOST_PAIRS,
    PAGE_WIDTH,
    ROW_STEPS,
    Report,
    amount,
    points,
)
from audit.documents.comparison_report_words import signed
from audit.documents.units import unit
from audit.domain.comparison_facts import CriterionFacts, IndicatorFacts, LineFacts, Movement
from audit.domain.comparison_statements import strongest_criteria, weakest_criteria
from audit.domain.statistics import Spread
from audit.language import Language


@dataclass(frozen=True, slots=True)
class MapPage:
    """One page of a heat map: labels and levels of its rows in words, the cells as a drawing."""

    labels: tuple[str, ...]
    levels: tuple[str, ...]
    row_class: str
    cells: Markup


def theme_maps(report: Report) -> tuple[MapPage, ...]:
    words, facts = report.words, report.facts
    row = _map_row(len(report.lines) + 1)
    grid = charts_heat.theme_grid(len(facts.themes), PAGE_WIDTH - 160, row=row)
    heads = charts_heat.theme_heads(grid, [theme.id for theme in facts.themes])
    title = words.gettext(
        "Heat map of the overall score and the theme scores of each line. The same figures stand in the tables of the "
        "line profiles and in the attached file."
    )
    pages = []
    for rows in _pages(report.lines, row):
        cells = [_theme_cells(report, line) for line in rows]
        if rows[-1] is report.lines[-1]:
            cells.append(_median_cells(report))
        labels = [report.short(line, BESIDE) for line in rows] + [words.gettext("Median")] * (len(cells) - len(rows))
        levels = [report.level_title(line.level) for line in rows] + [""] * (len(cells) - len(rows))
        pages.append(
            MapPage(tuple(labels), tuple(levels), f"row-{row}", charts_heat.heat_map(cells, grid, title, heads))
        )
    return tuple(pages)


def _map_row(rows: int) -> int:
    """The highest row that leaves a map of so many rows on one page, or the lowest of all."""
    return next((step for step in MAP_STEPS if step * rows <= MAP_ROOM), MAP_STEPS[-1])


def _pages(lines: Sequence[LineFacts], row: int) -> list[Sequence[LineFacts]]:
    most = int(MAP_ROOM) // row - 1
    return [lines[start : start + most] for start in range(0, len(lines), most)]


def _theme_cells(report: Report, line: LineFacts) -> list[charts_heat.Cell]:
    major = {finding.criterion for finding in line.findings if finding.grade == "major"}
    touched = {criterion.theme for criterion in report.facts.criteria if criterion.id in major}
    return [
        charts_heat.Cell(None, str(int(line.overall)), plain=True),
        *(_score_cell(report, theme.score, theme.theme in touched) for theme in line.themes),
    ]


def _score_cell(report: Report, score: Fraction | None, marked: bool = False) -> charts_heat.Cell:
    if score is None:
        return charts_heat.Cell(None, "–")
    framed = report.floor is not None and score < report.floor
    return charts_heat.Cell(charts.band(score), str(int(score)), framed=framed, marked=marked)


def _median_cells(report: Report) -> list[charts_heat.Cell]:
    facts = report.facts
    overall = str(int(facts.overall.median)) if facts.overall else "–"
    medians = [theme.spread.median if theme.spread else None for theme in facts.themes]
    return [charts_heat.Cell(None, overall, plain=True), *(_score_cell(report, median) for median in medians)]


def criteria_maps(report: Report) -> tuple[MapPage, ...]:
    words, facts = report.words, report.facts
    themes = [(theme.id, len(report.of_theme(theme.id))) for theme in facts.themes if report.of_theme(theme.id)]
    row = _map_row(len(report.lines))
    grid = charts_heat.criteria_grid([size for _, size in themes], PAGE_WIDTH - 92, row=row)
    heads = charts_heat.criteria_heads(grid, themes)
    title = words.gettext(
        "Heat map of the confirmed level, 0 to 3, of each line in each criterion. The same figures are in the attached "
        "file."
    )
    pages = []
    for rows in _pages(report.lines, row):
        cells = [[_level_cell(cell.level) for cell in line.criteria] for line in rows]
        labels = tuple(report.short(line, BESIDE) for line in rows)
        pages.append(MapPage(labels, (), f"row-{row}", charts_heat.heat_map(cells, grid, title, heads)))
    return tuple(pages)


def _level_cell(level: int | None) -> charts_heat.Cell:
    return charts_heat.Cell(charts.LEVEL_BANDS[level], str(level)) if level is not None else charts_heat.Cell(None, "–")


# Spreads, criteria, change, indicators --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CriterionRow:
    id: str
    title: str
    bar: Markup
    met: str
    change: str


def criterion_rows(report: Report, found: Iterable[CriterionFacts]) -> tuple[CriterionRow, ...]:
    words = report.words
    rows = []
    for criterion in found:
        met = words.gettext("%(count)s of %(whole)s") % {
            "count": words.number(criterion.met or 0),
            "whole": words.number(criterion.counted or 0),
        }
        rows.append(
            CriterionRow(
                criterion.id,
                criterion.title,
                charts.share(criterion.share_met or Fraction(0), title=met),
                met,
                moved(words, criterion.movement),
            )
        )
    return tuple(rows)


def moved(words: Language, movement: Movement | None) -> str:
    """How many rose and fell, or a dash when nothing can be compared."""
    if movement is None or movement.risen is None or movement.fallen is None:
        return "–"
    if not movement.risen and not movement.fallen:
        return words.number(0)
    return f"+{words.number(movement.risen)} \N{MINUS SIGN}{words.number(movement.fallen)}"


def weakest(report: Report, most: int = 8) -> tuple[CriterionRow, ...]:
    return criterion_rows(report, weakest_criteria(report.facts, most))


def strongest(report: Report, most: int = 8) -> tuple[CriterionRow, ...]:
    return criterion_rows(report, strongest_criteria(report.facts, most))


@dataclass(frozen=True, slots=True)
class SpreadRow:
    """A named spread as a table row: an index, an indicator, or a theme a cycle before and now."""

    id: str
    title: str
    note: str
    lines: str
    cases: str
    median: str
    middle: str
    drawing: Markup
    last: str


def index_rows(report: Report) -> tuple[SpreadRow, ...]:
    words = report.words
    rows = []
    for index in report.facts.indices:
        if index.spread is None:
            continue
        rows.append(
            SpreadRow(
                index.id,
                index.title,
                ", ".join(index.criteria),
                words.number(index.spread.n or 0),
                "",
                points(words, index.spread.median),
                _range(points(words, index.spread.q1), points(words, index.spread.q3)),
                _box(report, index.spread, Fraction(0), Fraction(100)),
                median_change(words, index.movement),
            )
        )
    return tuple(rows)


def index_lines(report: Report) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each line with its percentage in each index; none when there are too many lines for the page."""
    if len(report.lines) > MOST_PAIRS:
        return ()
    return tuple(
        (report.short(line), tuple(points(report.words, index.value) for index in line.indices))
        for line in report.lines
    )


def median_change(words: Language, movement: Movement | None) -> str:
    if movement is None or movement.before is None or movement.after is None:
        return "–"
    return signed(words, movement.after.median - movement.before.median)


def _range(low: str, high: str) -> str:
    return f"{low}–{high}"


def _box(report: Report, spread: Spread, start: Fraction, end: Fraction, own: Fraction | None = None) -> Markup:
    five = (spread.minimum, spread.q1, spread.median, spread.q3, spread.maximum)
    low, high = amount(report.words, spread.minimum), amount(report.words, spread.maximum)
    title = report.words.gettext("From %(low)s to %(high)s") % {"low": low, "high": high}
    return charts.box(five, own, start=start, end=end, title=title)


def indicator_box(report: Report, indicator: IndicatorFacts, own: Fraction | None = None) -> Markup:
    """The spread of an indicator: percentages from 0 to 100, everything else from 0 to the largest value."""
    assert indicator.spread is not None  # only indicators with a spread are drawn
    end = Fraction(100) if indicator.unit in ("percent", "%") else max(indicator.spread.maximum, Fraction(1))
    return _box(report, indicator.spread, Fraction(0), end, own)


def better(words: Language, code: str) -> str:
    _ = words.gettext
    return {"lower": _("lower"), "higher": _("higher")}.get(code, _("not graded"))


def indicator_rows(report: Report) -> tuple[SpreadRow, ...]:
    words = report.words
    rows = []
    for indicator in report.facts.indicators:
        spread = indicator.spread
        rows.append(
            SpreadRow(
                indicator.id,
                indicator.title,
                unit(words, indicator.unit),
                words.number((indicator.lines or 0) - (indicator.too_few or 0)),
                words.number(indicator.cases) if indicator.cases else "–",
                amount(words, spread.median) if spread else "–",
                _range(amount(words, spread.q1), amount(words, spread.q3)) if spread else "–",
                indicator_box(report, indicator) if spread else Markup(""),
                better(words, indicator.better),
            )
        )
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class ChangeRow:
    number: str
    title: str
    before: str
    after: str
    change: str
    moved: str
    compared: str


def change_rows(report: Report) -> tuple[ChangeRow, ...]:
    words, facts = report.words, report.facts
    named: list[tuple[str, str, Movement | None]] = [("", words.gettext("Overall"), facts.overall_movement)]
    named += [(str(number), theme.title, theme.movement) for number, theme in enumerate(facts.themes, 1)]
    return tuple(
        ChangeRow(
            number,
            title,
            points(words, movement.before.median if movement.before else None),
            points(words, movement.after.median if movement.after else None),
            median_change(words, movement),
            moved(words, movement),
            words.number(movement.compared or 0),
        )
        for number, title, movement in named
        if movement is not None
    )


@dataclass(frozen=True, slots=True)
class PairChart:
    """Labels beside a drawing with one row for each line, and the class that gives them the drawing's row height."""

    labels: tuple[str, ...]
    row_class: str
    drawing: Markup


def overall_pairs(report: Report, *, room: float = 300) -> PairChart | None:
    """Each line a cycle before and now; None when there are too many lines for one page, or nothing to compare."""
    facts = report.facts
    if not report.compared or not 0 < len(report.lines) <= MOST_PAIRS:
        return None
    rows = [charts_spread.Pair(line.overall, earlier(line.overall, line.change)) for line in report.lines]
    title = report.words.gettext("Overall score of each line, a cycle before and now; the figures stand beside it.")
    median = facts.overall.median if facts.overall else None
    return pair_chart(report, rows, median, None, title, width=PAGE_WIDTH - 96, room=room)


def earlier(score: Fraction | None, change: Fraction | None) -> Fraction | None:
    """Where the line stood before, so that ring and disc lie apart by the change on unchanged criteria."""
    if score is None or change is None:
        return None
    return min(max(score - change, Fraction(0)), Fraction(100))


def pair_chart(
    report: Report,
    rows: Sequence[charts_spread.Pair],
    median: Fraction | None,
    floor: Fraction | None,
    title: str,
    *,
    width: float,
    room: float,
) -> PairChart:
    row = next((step for step in ROW_STEPS if step * len(rows) <= room), ROW_STEPS[-1])
    drawing = charts_spread.pairs(rows, median, floor, title, width=width, row=row)
    return PairChart(tuple(report.short(line, BESIDE) for line in report.lines), f"row-{row}", drawing)
