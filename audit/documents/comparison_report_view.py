"""The front of a comparison report as its template sees it: cover, contents, the year in brief, maps and spreads."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from markupsafe import Markup

from audit.documents import charts
from audit.documents.comparison_report_words import filled, name, sentence
from audit.documents.units import unit
from audit.domain.comparison_facts import ComparisonFacts, CriterionFacts, LineFacts
from audit.domain.comparison_statements import (
    Statement,
    StatementKind,
    statements,
)
from audit.language import Language

PAGE_WIDTH = 476.2  # points of text across the page: 168 mm
MAP_STEPS = (20, 16, 14)  # points of a row of a heat map; the style sheet has a class for each
MAP_ROOM = 530.0  # points for the rows of a heat map on one page
ROW_STEPS = (19, 17, 15, 13, 11)  # points; the style sheet has a class for each
SHORT = 42  # characters of a label in a dense table
BESIDE = 21  # characters of a label beside a drawing
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

    def short(self, line: LineFacts, most: int = SHORT) -> str:
        """The label where a row must stay low or narrow: cut after so many characters."""
        label = self.labels[line.line]
        return label if len(label) <= most else f"{label[: most - 2].rstrip()}…"

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
        named = [report.short(line) for line in report.lines if line.level == level.id]
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
