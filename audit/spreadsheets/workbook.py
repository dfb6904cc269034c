"""Writes an answer sheet as XLSX: a page that explains, the answers, the figures, and a hidden sheet for the way back.

All criteria stand on one sheet with a band for each theme: one place to scroll, to search and to print, which is easier
on an old laptop than eight sheets. Every text is written as a text; nothing a person typed can become a formula or a
link.
"""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from audit.domain.answer_sheet import AnswerSheetFacts, SheetCriterion, SheetFigure, SheetIndicator
from audit.domain.errors import N_
from audit.language import Language, language
from audit.spreadsheets.choices import Choices, shown_level
from audit.spreadsheets.codes import (
    ANSWER_COLUMNS,
    ANSWERS,
    FIGURE_COLUMNS,
    FIGURES,
    LANGUAGES,
    MARK,
    SOURCES,
    YES,
)
from audit.spreadsheets.styles import Styles

WIDTHS = {
    "id": 9,
    "title": 24,
    "asks": 34,
    "weight": 9,
    "guidance": 46,
    "level": 18,
    "justification": 60,
    "language": 14,
    "summary": 40,
    "equivalent": 12,
    "last": 30,
    "confirmed": 30,
    "criterion": 9,
    "indicator": 9,
    "above": 30,
    "numerator": 13,
    "below": 30,
    "denominator": 13,
    "period_from": 13,
    "period_to": 13,
    "source": 18,
}
HEADS = {
    "id": N_("Id"),
    "title": N_("Criterion"),
    "asks": N_("What is asked"),
    "weight": N_("Core or stopper"),
    "guidance": N_("What each level looks like"),
    "level": N_("Level"),
    "justification": N_("Why this level?"),
    "language": N_("You answer in"),
    "summary": N_("Short summary in English, for the reviewers"),
    "equivalent": N_("Equivalent measure"),
    "last": N_("Last cycle’s answer"),
    "confirmed": N_("Confirmed by the reviewers then"),
    "criterion": N_("Criterion"),
    "indicator": N_("Indicator"),
    "above": N_("What is counted"),
    "numerator": N_("Value"),
    "below": N_("Out of"),
    "denominator": N_("Cases"),
    "period_from": N_("From"),
    "period_to": N_("To, that day included"),
    "source": N_("Source"),
}
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
MOST_EXACT = 15  # digits a spreadsheet's number keeps; longer ones are written as texts


def write(facts: AnswerSheetFacts, language_code: str) -> bytes:
    """The workbook's bytes; the same facts give the same bytes."""
    words = language(language_code)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    made = datetime.fromisoformat(facts.made_at).replace(tzinfo=None)
    book.set_properties({"title": words.gettext("Answer sheet"), "author": facts.network, "created": made})
    _Writing(book, facts, words).write()
    book.close()
    return out.getvalue()


class _Writing:
    """One workbook while it is written."""

    def __init__(self, book: Any, facts: AnswerSheetFacts, words: Language) -> None:
        self.book, self.facts, self.words = book, facts, words
        self.styles = Styles(book)
        self.choices = Choices(facts, words)

    def write(self) -> None:
        said = self.words.gettext
        names = _names([said(N_("Read first")), said(N_("Answers")), said(N_("Figures"))])
        sheets = [self.book.add_worksheet(name) for name in names]
        hidden = self.book.add_worksheet(MARK)
        # The lists come first: the other sheets name their places.
        self._hidden(hidden)
        self._first(sheets[0], names)
        self._answers(sheets[1])
        self._figures(sheets[2])
        for sheet in sheets:
            if self.words.direction == "rtl":
                sheet.right_to_left()
            sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})
            sheet.set_paper(9)
            sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
            sheet.fit_to_pages(1, 0)
            sheet.set_footer("&C&P / &N")
        hidden.very_hidden()
        sheets[0].activate()

    # The page that explains ------------------------------------------------------------------------------------

    def _first(self, sheet: Worksheet, names: list[str]) -> None:
        said, facts, styles = self.words.gettext, self.facts, self.styles
        sheet.set_column(0, 0, 4)
        sheet.set_column(1, 1, 96)
        sheet.hide_gridlines(2)
        sheet.write_string(0, 1, said(N_("Answer sheet")), styles.title)
        sheet.write_string(1, 1, f"{facts.line_name} · {facts.cycle_name}", styles.text)
        sheet.write_string(2, 1, f"{facts.criteria_set_title} {facts.criteria_set_version}", styles.text)
        made = self.words.datetime(datetime.fromisoformat(facts.made_at))
        sheet.write_string(3, 1, said(N_("As it stood on %(moment)s.")) % {"moment": made}, styles.text)
        sentences = (
            said(N_("Fill in the coloured cells on “%(answers)s” and “%(figures)s”. All other cells are locked."))
            % {"answers": names[1], "figures": names[2]},
            said(N_("Choose levels, languages and sources from the list of the cell; write reasons as plain text.")),
            said(N_("Leave out anything that could identify a reporter, a child or a suspect.")),
            said(
                N_(
                    "Save the file as XLSX and bring it back on the page you got it from. There you see every"
                    " difference and choose before anything is stored."
                )
            ),
            said(N_("This file sends nothing and submits nothing. Evidence is added on the website.")),
        )
        for number, sentence in enumerate(sentences):
            sheet.write_string(5 + number, 0, self.words.number(number + 1), styles.number_of_step)
            sheet.write_string(5 + number, 1, sentence, styles.step)

    # The answers -----------------------------------------------------------------------------------------------

    def _heads(self, sheet: Worksheet, table: str, columns: tuple[str, ...], frozen: int) -> None:
        """A hidden row of keys, by which the reader finds its columns wherever they were moved, and the heads."""
        styles = self.styles
        for at, key in enumerate(columns):
            sheet.set_column(at, at, WIDTHS[key])
            sheet.write_string(0, at, f"{table}:{key}", styles.text)
            sheet.write_string(1, at, self.words.gettext(HEADS[key]), styles.head)
        sheet.set_row(0, None, None, {"hidden": True})
        sheet.freeze_panes(2, frozen)
        sheet.repeat_rows(1)
        sheet.set_landscape()

    def _answers(self, sheet: Worksheet) -> None:
        self._heads(sheet, ANSWERS, ANSWER_COLUMNS, frozen=2)
        row = 2
        for theme in self.facts.themes:
            for at in range(len(ANSWER_COLUMNS)):
                sheet.write_string(row, at, theme.title if at == 0 else "", self.styles.band)
            row += 1
            for criterion in theme.criteria:
                self._answer(sheet, row, criterion)
                row += 1

    def _answer(self, sheet: Worksheet, row: int, one: SheetCriterion) -> None:
        styles = self.styles
        texts = {
            "id": one.id,
            "title": one.title,
            "asks": one.asks,
            "weight": self._weight(one),
            "guidance": self._guidance(one),
            "level": shown_level(one, self.choices),
            "justification": one.justification,
            "language": self.choices.word(LANGUAGES, one.language),
            "summary": one.summary,
            "equivalent": self.choices.word(YES, "yes") if one.equivalent else "",
            "last": self._last(one),
            "confirmed": self._confirmed(one),
        }
        for at, key in enumerate(ANSWER_COLUMNS):
            style = styles.locked
            if key in ("level", "language"):
                style = styles.choice
            elif key in ("justification", "summary"):
                style = styles.answer
            elif key == "equivalent":
                style = styles.choice if one.equivalent_allowed else styles.locked
            elif key == "id":
                style = styles.id
            sheet.write_string(row, at, texts[key], style)
        self._list(sheet, row, "level", self.choices.place_of_levels(one))
        self._list(sheet, row, "language", self.choices.place(LANGUAGES))
        if one.equivalent_allowed:
            self._list(sheet, row, "equivalent", self.choices.place(YES))

    def _list(self, sheet: Worksheet, row: int, key: str, place: str) -> None:
        columns = ANSWER_COLUMNS if key in ANSWER_COLUMNS else FIGURE_COLUMNS
        at = columns.index(key)
        sheet.data_validation(row, at, row, at, {"validate": "list", "source": place, "ignore_blank": True})

    def _weight(self, one: SheetCriterion) -> str:
        if one.stopper:
            return self.words.gettext("Stopper")
        return self.words.gettext("Core") if one.core else ""

    def _guidance(self, one: SheetCriterion) -> str:
        lines = [f"{level.title}: {level.descriptor}" for level in one.levels]
        if one.measured:
            lines.insert(0, self.words.gettext("The worst of your graded figures counts."))
        if one.not_applicable_cases:
            held = self.words.gettext("Only where one of these holds; say which:")
            lines.append(f"{self.words.gettext('Not applicable')}: {held} {' · '.join(one.not_applicable_cases)}")
        return "\n".join(lines)

    def _last(self, one: SheetCriterion) -> str:
        if not one.last_cycle:
            return ""
        level = one.last_title or self.words.gettext("Not applicable")
        return "\n".join(part for part in (f"{one.last_cycle}: {level}", one.last_justification) if part)

    def _confirmed(self, one: SheetCriterion) -> str:
        if one.confirmed_title is None:
            return ""
        level = one.confirmed_title or self.words.gettext("Not applicable")
        return "\n".join(part for part in (level, one.confirmed_comment) if part)

    # The figures -----------------------------------------------------------------------------------------------

    def _figures(self, sheet: Worksheet) -> None:
        self._heads(sheet, FIGURES, FIGURE_COLUMNS, frozen=3)
        row = 2
        for one in self.facts.criteria:
            for indicator in one.indicators:
                for figure in indicator.figures:
                    self._figure(sheet, row, one, indicator, figure)
                    row += 1

    def _figure(
        self, sheet: Worksheet, row: int, one: SheetCriterion, indicator: SheetIndicator, figure: SheetFigure
    ) -> None:
        styles = self.styles
        locked = {
            "criterion": one.id,
            "indicator": indicator.id,
            "title": "\n".join(part for part in (indicator.title, indicator.text) if part),
            "above": indicator.numerator or self.words.gettext("Value"),
            "below": (indicator.denominator or self.words.gettext("Cases")) if indicator.counted else "",
        }
        for at, key in enumerate(FIGURE_COLUMNS):
            if key in locked:
                sheet.write_string(row, at, locked[key], styles.id if key == "indicator" else styles.locked)
            elif key in ("numerator", "denominator"):
                if key == "denominator" and not indicator.counted:
                    sheet.write_string(row, at, "", styles.locked)
                else:
                    _number(sheet, row, at, getattr(figure, key), styles)
            elif key in ("period_from", "period_to"):
                _day(sheet, row, at, getattr(figure, key), styles)
            else:
                word = self.choices.word(SOURCES, figure.source.value) if figure.source else ""
                sheet.write_string(row, at, word, styles.choice)
        self._list(sheet, row, "source", self.choices.place(SOURCES))

    # The hidden sheet ------------------------------------------------------------------------------------------

    def _hidden(self, sheet: Worksheet) -> None:
        facts, text = self.facts, self.styles.text
        rows = [
            (MARK, "answer sheet"),
            ("format", str(facts.format)),
            ("assessment", facts.assessment),
            ("criteria_set", facts.criteria_set),
            ("language", facts.language),
            ("made_at", facts.made_at),
            *(("version", one.id, str(one.version)) for one in facts.criteria),
        ]
        for at, row in enumerate([*rows, *self.choices.rows(len(rows))]):
            for column, part in enumerate(row):
                sheet.write_string(at, column, part, text)


def _number(sheet: Worksheet, row: int, at: int, number: str, styles: Styles) -> None:
    if not number:
        sheet.write_blank(row, at, None, styles.figure)
    elif len(number.replace(".", "").lstrip("0")) > MOST_EXACT:
        sheet.write_string(row, at, number, styles.figure)
    else:
        sheet.write_number(row, at, float(number), styles.figure)
    sheet.data_validation(
        row,
        at,
        row,
        at,
        {"validate": "decimal", "criteria": ">=", "value": 0, "ignore_blank": True, "error_type": "warning"},
    )


def _day(sheet: Worksheet, row: int, at: int, day: str, styles: Styles) -> None:
    """A real date, which every program shows and sorts as one."""
    if day:
        sheet.write_datetime(row, at, datetime.fromisoformat(day), styles.day)
    else:
        sheet.write_blank(row, at, None, styles.day)
    sheet.data_validation(
        row,
        at,
        row,
        at,
        {
            "validate": "date",
            "criteria": "between",
            "minimum": FIRST_DAY,
            "maximum": LAST_DAY,
            "ignore_blank": True,
            "error_type": "warning",
        },
    )


def _names(wanted: list[str]) -> list[str]:
    """Names that every spreadsheet program accepts: short, unlike, without its own signs."""
    found: list[str] = []
    for name in wanted:
        name = "".join(sign for sign in name if sign not in "[]:*?/\\").strip("' ")[:28] or MARK
        while name.casefold() in {MARK, *(one.casefold() for one in found)}:
            name += "\N{MIDDLE DOT}"
        found.append(name)
    return found
