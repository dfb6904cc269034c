"""A self-assessment on paper: every question with what the line answered, or without, as a form to write on by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from audit.documents.finish import facts_file, finish
from audit.documents.render import compose, lay_out
from audit.documents.result_sheet import SOURCES
from audit.documents.units import unit
from audit.domain.answer_sheet import (
    AnswerSheetFacts,
    SheetCriterion,
    SheetFigure,
    SheetIndicator,
    from_text,
)
from audit.domain.answers import AnswerStatus
from audit.domain.criteria import Measure
from audit.domain.errors import N_
from audit.language import Language, language

ANSWERED: Mapping[AnswerStatus, str] = {
    AnswerStatus.EMPTY: N_("Not answered"),
    AnswerStatus.NOT_APPLICABLE: N_("Not applicable"),
    AnswerStatus.UNKNOWN: N_("Don’t know yet"),
}


def make(facts: str, language_code: str) -> bytes:
    """Canonical facts to the finished sheet, unsigned; ValueError for text that is not its facts."""
    told = from_text(facts)
    words = language(language_code)
    attached = [] if told.blank else [facts_file(facts, words.gettext("The same answers, for machines"))]
    pages = lay_out(answer_sheet_html(told, words), "sheet.css", "answer_sheet.css").write()
    return finish(pages, created=datetime.fromisoformat(told.made_at), attached=attached)


def answer_sheet_html(facts: AnswerSheetFacts, words: Language) -> str:
    name = facts.line_name_latin or facts.line_name
    title = words.gettext("Self-assessment %(cycle)s, %(line)s") % {"cycle": facts.cycle_name, "line": name}
    if facts.blank:
        title = words.gettext("Self-assessment form, %(cycle)s") % {"cycle": facts.cycle_name}
    return compose(
        "answer_sheet.html",
        {
            "facts": facts,
            "name": name,
            "other_name": facts.line_name if facts.line_name_latin else "",
            "made_at": datetime.fromisoformat(facts.made_at),
            "signed_at": datetime.fromisoformat(facts.signed_at) if facts.signed_at else None,
            "themes": [(theme, [entry(one, words) for one in theme.criteria]) for theme in facts.themes],
        },
        words,
        title=words.gettext("%(title)s (sample)") % {"title": title} if facts.sample else title,
        created=datetime.fromisoformat(facts.made_at),
        author=facts.network,
        description=words.gettext("For the line only."),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One criterion as its words on paper."""

    criterion: SheetCriterion
    level: str
    step: int | None  # the level's number, for its mark
    descriptor: str
    figures: tuple[FigureRow, ...]
    choices: tuple[str, ...]  # what may be ticked beside the levels


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    indicator: SheetIndicator
    value: str
    unit: str  # "" after a rate, which is a percentage
    counts: str
    period_from: date | None
    period_to: date | None
    source: str


def entry(one: SheetCriterion, words: Language) -> Entry:
    chosen = next((level for level in one.levels if level.key == one.key), None)
    known = chosen if one.status is AnswerStatus.ANSWERED else None
    choices = [words.gettext(N_("Not applicable"))] if one.not_applicable else []
    return Entry(
        criterion=one,
        level=known.title if known else words.gettext(ANSWERED.get(one.status, N_("Not answered"))),
        step=known.level if known else None,
        descriptor=known.descriptor if known else "",
        figures=tuple(
            figure_row(indicator, figure, words) for indicator in one.indicators for figure in indicator.figures
        ),
        choices=(*choices, words.gettext(N_("Don’t know yet"))),
    )


def figure_row(indicator: SheetIndicator, figure: SheetFigure, words: Language) -> FigureRow:
    """A figure as people read it: a rate as a share of a hundred, everything else in the indicator's own unit."""
    value = counts = ""
    if figure.numerator:
        exact = Fraction(figure.numerator)
        below = Fraction(figure.denominator) if figure.denominator else None
        counts = f"{figure.numerator} / {figure.denominator}" if below is not None else ""
        if indicator.measure is Measure.RATE:
            value = words.percent1(exact / below) if below else words.gettext("not computed")
        else:
            value = words.number(exact)
    return FigureRow(
        indicator=indicator,
        value=value,
        unit="" if indicator.measure is Measure.RATE else unit(words, indicator.unit),
        counts=counts,
        period_from=date.fromisoformat(figure.period_from) if figure.numerator and figure.period_from else None,
        period_to=date.fromisoformat(figure.period_to) if figure.numerator and figure.period_to else None,
        source=words.gettext(SOURCES[figure.source.value]) if figure.source and figure.numerator else "",
    )
