"""The front of a comparison report as its template sees it: cover, contents, the year in brief, maps and spreads."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from markupsafe import Markup

from audit.documents import charts
from audit.documents.comparison_report_words import filled, name, sentence, signed
from audit.domain.comparison_facts import ComparisonFacts, CriterionFacts, IndicatorFacts, LineFacts, Movement
from audit.domain.comparison_statements import (
    Statement,
    StatementKind,
    statements,
    strongest_criteria,
    weakest_criteria,
)
from audit.domain.statistics import Spread
from audit.language import Language

PAGE_WIDTH = 476.2  # points of text across the page: 168 mm
MAP_STEPS = (20, 16, 14)  # points of a row of a heat map; the style sheet has a class for each
MAP_ROOM = 530.0  # points for the rows of a heat map on one page
ROW_STEPS = (19, 17, 15, 13, 11)  # points; the style sheet has a class for each
MOST_NAMED = 60  # lines that the table of levels names
MOST_PAIRS = 34  # lines that one chart of pairs holds


@dataclass(frozen=True, slots=True)
class Report:
    """What every page draws on: the facts, the language, and what each line is called here."""

    facts: ComparisonFacts
    words: Language
    labels: dict[str, str]  # line → label
    lines: tuple[LineFacts, ...]  # alphabetical by label

    def label(self, line: LineFacts) -> str:
        return self.labels[line.line]

    @property
    def floor(self) -> Fraction | None:
        return self.facts.floor

    @property
    def compared(self) -> bool:
        return bool(self.facts.earlier_cycle)

    def of_theme(self, theme_id: str) -> tuple[CriterionFacts, ...]:
        return tuple(criterion for criterion in self.facts.criteria if criterion.theme == theme_id)

    def number_of(self, theme_id: str) -> int:
        return next(number for number, theme in enumerate(self.facts.themes, 1) if theme.id == theme_id)

    def level_title(self, level_id: str) -> str:
        return next((level.title for level in self.facts.levels if level.id == level_id), level_id)


def report_of(facts: ComparisonFacts, words: Language) -> Report:
    """Lines are called by their country where that is enough to tell them apart, and by their name otherwise."""
    countries = [line.country for line in facts.lines]
    by_country = len(set(countries)) == len(countries) and all(countries)
    labels = {line.line: words.country(line.country) if by_country else line.name for line in facts.lines}
    ordered = sorted(facts.lines, key=lambda line: (_sorting(labels[line.line]), line.line))
    return Report(facts=facts, words=words, labels=labels, lines=tuple(ordered))


def _sorting(text: str) -> str:
    """Letters without their marks, so that Österreich stands under O."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in plain if not unicodedata.combining(character))


def day(text: str) -> date:
    """The day of an ISO date or time."""
    return date.fromisoformat(text[:10])


def points(words: Language, value: Fraction | None) -> str:
    """A score as people see it, or a dash."""
    return words.decimal1(value) if value is not None else "–"


# Cover and brief ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cover:
    art: Markup
    title: str
    subtitle: Markup
    caption: Markup


def cover(report: Report) -> Cover:
    words, facts = report.words, report.facts
    median = facts.overall.median if facts.overall else None
    return Cover(
        art=charts.plumb_lines(
            [(line.country, line.overall) for line in report.lines],
            median,
            words.gettext("Plumb lines hanging from the upper edge, one for each reporting line."),
        ),
        title=words.ngettext("%(lines)s line, one measure", "%(lines)s lines, one measure", facts.counted)
        % {"lines": words.number(facts.counted)},
        subtitle=filled(
            words.gettext("Comparison report on the reporting lines of the network, %(cycle)s"),
            cycle=name(facts.edition.cycle),
        ),
        caption=filled(
            words.gettext(
                "Each plumb line is one reporting line; the longer it hangs, the higher its overall score. The dotted "
                "line is the network median, %(median)s."
            ),
            median=points(words, median),
        ),
    )


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A large figure with its unit and the words that say what it is."""

    figure: str
    of: str
    text: Markup


def key_figures(report: Report) -> tuple[KeyFigure, ...]:
    """Up to six figures that sum the year up; what cannot be told is left out."""
    found = [*_median_figure(report), *_moved_figure(report), *_floor_figure(report), *_level_figures(report)]
    return tuple([*found, *_indicator_figures(report)][:6])


def _median_figure(report: Report) -> Iterable[KeyFigure]:
    words, facts = report.words, report.facts
    if facts.overall is None:
        return
    yield KeyFigure(
        points(words, facts.overall.median),
        "",
        filled(
            words.gettext("median of the overall scores; the middle half lies between %(low)s and %(high)s"),
            low=points(words, facts.overall.q1),
            high=points(words, facts.overall.q3),
        ),
    )


def _moved_figure(report: Report) -> Iterable[KeyFigure]:
    words, movement = report.words, report.facts.overall_movement
    if movement is None or movement.risen is None or movement.compared is None:
        return
    yield KeyFigure(
        words.number(movement.risen),
        _of(words, movement.compared),
        filled(
            words.gettext("lines rose by three points or more since %(cycle)s; %(fallen)s fell by as much"),
            cycle=name(report.facts.earlier_cycle),
            fallen=words.number(movement.fallen or 0),
        ),
    )


def _of(words: Language, whole: int) -> str:
    return words.gettext("of %(whole)s") % {"whole": words.number(whole)}


def _floor_figure(report: Report) -> Iterable[KeyFigure]:
    words, facts = report.words, report.facts
    if facts.floor is None or any(theme.below_floor is None for theme in facts.themes):
        return
    rated = sum(theme.spread.n or 0 for theme in facts.themes if theme.spread)
    yield KeyFigure(
        words.number(sum(theme.below_floor or 0 for theme in facts.themes)),
        _of(words, rated),
        filled(
            words.gettext("theme scores lie below %(floor)s, the floor for a full certificate"),
            floor=words.number(facts.floor),
        ),
    )


def _level_figures(report: Report) -> Iterable[KeyFigure]:
    words, facts = report.words, report.facts
    carrying = [level for level in facts.levels if level.certificate]
    if carrying and all(level.count is not None for level in carrying):
        yield KeyFigure(
            words.number(sum(level.count or 0 for level in carrying)),
            _of(words, facts.counted),
            filled(
                words.gettext("lines reached a level that carries a certificate: %(levels)s"),
                levels=words.list(level.title for level in carrying),
            ),
        )


def _indicator_figures(report: Report) -> Iterable[KeyFigure]:
    words = report.words
    for indicator in report.facts.indicators:
        if indicator.spread is None or indicator.better == "not_graded" or not indicator.spread.n:
            continue
        yield KeyFigure(
            amount(words, indicator.spread.median),
            unit(words, indicator.unit),
            filled(
                words.ngettext(
                    "“%(title)s” in the median of %(lines)s line",
                    "“%(title)s” in the median of %(lines)s lines",
                    indicator.spread.n,
                ),
                title=name(indicator.title),
                lines=words.number(indicator.spread.n),
            ),
        )


def amount(words: Language, value: Fraction) -> str:
    """An indicator's value with at most two decimals."""
    return words.number(Fraction(round(value * 100), 100))


def unit(words: Language, code: str) -> str:
    """A unit as it stands after a figure; units the shop has no word for stand as the set writes them."""
    _ = words.gettext
    known = {"percent": "%", "hours": _("h"), "days": _("days"), "count": ""}
    return known.get(code, code)


@dataclass(frozen=True, slots=True)
class LevelRow:
    title: str
    count: str
    earlier: str
    bar: Markup
    lines: str


def level_rows(report: Report) -> tuple[LevelRow, ...]:
    words, facts = report.words, report.facts
    rows = []
    for level in facts.levels:
        named = [report.label(line) for line in report.lines if line.level == level.id]
        if len(report.lines) > MOST_NAMED:
            named = []
        bar = charts.share(
            Fraction(level.count or 0, facts.counted or 1),
            title=words.gettext("%(count)s of %(whole)s")
            % {"count": words.number(level.count or 0), "whole": words.number(facts.counted)},
        )
        rows.append(
            LevelRow(
                level.title,
                words.number(level.count) if level.count is not None else "–",
                words.number(level.earlier_count) if level.earlier_count is not None else "–",
                bar,
                ", ".join(named) or "–",
            )
        )
    return tuple(rows)


def said(report: Report, *kinds: StatementKind) -> tuple[Markup, ...]:
    """The sentences that hold; of the given kinds, or all of them."""
    return tuple(
        sentence(statement, report.facts, report.words)
        for statement in statements(report.facts)
        if not kinds or statement.kind in kinds
    )


def statement_of(report: Report, kind: StatementKind) -> Statement | None:
    return next((statement for statement in statements(report.facts) if statement.kind is kind), None)


# Heat maps ------------------------------------------------------------------------------------------------------------


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
    grid = charts.theme_grid(len(facts.themes), PAGE_WIDTH - 160, row=row)
    heads = charts.theme_heads(grid, [theme.id for theme in facts.themes])
    title = words.gettext(
        "Heat map of the overall score and the theme scores of each line. The same figures stand in the tables of the "
        "line profiles and in the attached file."
    )
    pages = []
    for rows in _pages(report.lines, row):
        cells = [_theme_cells(report, line) for line in rows]
        if rows[-1] is report.lines[-1]:
            cells.append(_median_cells(report))
        labels = [report.label(line) for line in rows] + [words.gettext("Median")] * (len(cells) - len(rows))
        levels = [report.level_title(line.level) for line in rows] + [""] * (len(cells) - len(rows))
        pages.append(MapPage(tuple(labels), tuple(levels), f"row-{row}", charts.heat_map(cells, grid, title, heads)))
    return tuple(pages)


def _map_row(rows: int) -> int:
    """The highest row that leaves a map of so many rows on one page, or the lowest of all."""
    return next((step for step in MAP_STEPS if step * rows <= MAP_ROOM), MAP_STEPS[-1])


def _pages(lines: Sequence[LineFacts], row: int) -> list[Sequence[LineFacts]]:
    most = int(MAP_ROOM) // row - 1
    return [lines[start : start + most] for start in range(0, len(lines), most)]


def _theme_cells(report: Report, line: LineFacts) -> list[charts.Cell]:
    major = {finding.criterion for finding in line.findings if finding.grade == "major"}
    touched = {criterion.theme for criterion in report.facts.criteria if criterion.id in major}
    return [
        charts.Cell(None, str(int(line.overall)), plain=True),
        *(_score_cell(report, theme.score, theme.theme in touched) for theme in line.themes),
    ]


def _score_cell(report: Report, score: Fraction | None, marked: bool = False) -> charts.Cell:
    if score is None:
        return charts.Cell(None, "–")
    framed = report.floor is not None and score < report.floor
    return charts.Cell(charts.band(score), str(int(score)), framed=framed, marked=marked)


def _median_cells(report: Report) -> list[charts.Cell]:
    facts = report.facts
    overall = str(int(facts.overall.median)) if facts.overall else "–"
    medians = [theme.spread.median if theme.spread else None for theme in facts.themes]
    return [charts.Cell(None, overall, plain=True), *(_score_cell(report, median) for median in medians)]


def criteria_maps(report: Report) -> tuple[MapPage, ...]:
    words, facts = report.words, report.facts
    themes = [(theme.id, len(report.of_theme(theme.id))) for theme in facts.themes if report.of_theme(theme.id)]
    row = _map_row(len(report.lines))
    grid = charts.criteria_grid([size for _, size in themes], PAGE_WIDTH - 92, row=row)
    heads = charts.criteria_heads(grid, themes)
    title = words.gettext(
        "Heat map of the confirmed level, 0 to 3, of each line in each criterion. The same figures are in the attached "
        "file."
    )
    pages = []
    for rows in _pages(report.lines, row):
        cells = [[_level_cell(cell.level) for cell in line.criteria] for line in rows]
        labels = tuple(report.label(line) for line in rows)
        pages.append(MapPage(labels, (), f"row-{row}", charts.heat_map(cells, grid, title, heads)))
    return tuple(pages)


def _level_cell(level: int | None) -> charts.Cell:
    return charts.Cell(charts.LEVEL_BANDS[level], str(level)) if level is not None else charts.Cell(None, "–")


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
        (report.label(line), tuple(points(report.words, index.value) for index in line.indices))
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
    rows = [charts.Pair(line.overall, earlier(line.overall, line.change)) for line in report.lines]
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
    rows: Sequence[charts.Pair],
    median: Fraction | None,
    floor: Fraction | None,
    title: str,
    *,
    width: float,
    room: float,
) -> PairChart:
    row = next((step for step in ROW_STEPS if step * len(rows) <= room), ROW_STEPS[-1])
    drawing = charts.pairs(rows, median, floor, title, width=width, row=row)
    return PairChart(tuple(report.label(line) for line in report.lines), f"row-{row}", drawing)
