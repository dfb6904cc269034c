"""The spreadsheet itself: what can be filled in, what is locked, and that no text ever becomes a formula or a link."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from audit.domain.answers import Answer, AnswerStatus
from tests.building import small_set
from tests.spreadsheets.sheets import PROFILE, a_sheet, cell, opened, table, written

STARTS = (
    "=",
    "+",
    "-",
    "@",
    "\t=",
    "|",
    "{=",
    "=HYPERLINK(",
    "=cmd|' /C calc'!A0",
    "http://",
    "https://a.b/",
    "mailto:",
)
MIDDLES = (
    "1+1",
    "SUM(A1:A9)",
    'WEBSERVICE("http://a.b")',
    "[book.xlsx]Sheet1!A1",
    "file:///etc/passwd",
    "'",
    '"',
    "é\n",
)


@pytest.fixture(scope="module")
def book() -> Any:
    return opened(written())


def test_a_first_sheet_explains_in_five_sentences(book: Any) -> None:
    first = book.worksheets[0]
    sentences = [first.cell(row, 2).value for row in range(6, 11)]
    assert all(sentence and sentence.endswith(".") for sentence in sentences)
    assert first.cell(11, 2).value is None


def test_every_criterion_has_a_row_with_what_it_asks_and_what_levels_look_like(book: Any) -> None:
    criteria_set = small_set()
    for criterion in criteria_set.applicable(PROFILE):
        assert cell(book, "answer", criterion.id, "asks").value == criterion.asks
        guidance = cell(book, "answer", criterion.id, "guidance").value
        for _key, descriptor in criterion.descriptors:
            assert descriptor in guidance
        for name in criterion.indicators:
            assert cell(book, "figure", name, "title", id_column=2).value.startswith(criteria_set.indicator(name).title)


def test_only_answer_cells_are_open_and_the_lock_has_no_password(book: Any) -> None:
    open_keys = {"level", "justification", "language", "summary", "equivalent"}
    answers = table(book, "answer")
    keys = {one.column: str(one.value).partition(":")[2] for one in answers[1]}
    allowed = {one.id for one in small_set().criteria if one.equivalent_allowed}
    for row in answers.iter_rows(min_row=2):
        known = small_set().has(str(row[0].value))
        for one in row:
            key = keys[one.column]
            may = known and key in open_keys and (key != "equivalent" or row[0].value in allowed)
            assert one.protection.locked == (not may), (one.coordinate, key)
    for sheet in book.worksheets[:3]:
        assert sheet.protection.sheet and sheet.protection.password is None
        assert sheet.print_options is not None and sheet.page_setup.fitToHeight == 0
    assert answers.freeze_panes == "C3" and answers.row_dimensions[1].hidden
    assert answers.print_title_rows == "$2:$2"


def test_levels_languages_and_sources_are_chosen_from_lists(book: Any) -> None:
    answers, hidden = table(book, "answer"), book["plumbline"]
    assert hidden.sheet_state == "veryHidden"
    for criterion in small_set().applicable(PROFILE):
        words = listed(book, answers, cell(book, "answer", criterion.id, "level").coordinate)
        for one in small_set().answer_set_of(criterion).answers:
            assert one.title in words
        assert ("Not applicable" in words) == criterion.not_applicable
        assert "Don’t know yet" in words
    figure = next(iter(small_set().indicators)).id
    sources = listed(book, table(book, "figure"), cell(book, "figure", figure, "source", id_column=2).coordinate)
    assert sources == ["Log extract", "Count by hand", "Estimate"]


def listed(book: Any, sheet: Any, place: str) -> list[str]:
    """The words of the list behind a cell."""
    rule = next(one for one in sheet.data_validations.dataValidation if place in one.sqref and one.type == "list")
    first, last = re.fullmatch(r"plumbline!\$D\$(\d+):\$D\$(\d+)", rule.formula1).groups()  # type: ignore[union-attr]
    return [book["plumbline"].cell(row, 4).value for row in range(int(first), int(last) + 1)]


def test_periods_are_real_dates_and_figures_real_numbers(book: Any) -> None:
    figures = table(book, "figure")
    keys = {str(one.value).partition(":")[2]: one.column for one in figures[1]}
    seen = 0
    for row in range(3, figures.max_row + 1):
        assert isinstance(figures.cell(row, keys["period_from"]).value, datetime)
        number = figures.cell(row, keys["numerator"]).value
        seen += isinstance(number, (int, float))
    assert seen


def test_a_sheet_in_arabic_runs_from_right_to_left() -> None:
    assert all(one.sheet_view.rightToLeft for one in opened(written(language="ar-XB")).worksheets[:3])
    assert not any(one.sheet_view.rightToLeft for one in opened(written()).worksheets)


def test_the_same_sheet_gives_the_same_bytes() -> None:
    assert written() == written()


def hostile_texts(count: int, seed: int) -> list[str]:
    chosen = random.Random(seed)
    return [
        chosen.choice(STARTS) + "".join(chosen.choice(MIDDLES) for _ in range(chosen.randrange(1, 4))) + str(number)
        for number in range(count)
    ]


def sheets_of(texts: list[str]) -> list[bytes]:
    """As many sheets as it takes to hold the texts, two in each answer and one in each title."""
    criteria = [one.id for one in small_set().applicable(PROFILE)]
    found, at = [], 0
    while at < len(texts):
        answers: dict[str, Answer] = {}
        for name in criteria:
            mine = [*texts[at : at + 2], "", ""]
            answers[name] = Answer(status=AnswerStatus.UNKNOWN, justification=mine[0], summary=mine[1])
            at += 2
        found.append(written(a_sheet(answers)))
    return found


def dangers(content: bytes) -> Mapping[str, int]:
    """Formulas, links and references that lead outside, read from the parts themselves."""
    found = {"formulas": 0, "links": 0, "outside": 0}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            text = archive.read(name).decode("utf-8", "replace")
            if name.startswith("xl/worksheets/"):
                found["formulas"] += len(re.findall(r"<f[ >/]", text))
                found["links"] += text.count("<hyperlink ")
            found["outside"] += text.count('TargetMode="External"') + ("externalLink" in name)
    return found


def test_ten_thousand_texts_that_look_like_formulas_and_links_stay_texts() -> None:
    texts = hostile_texts(10_000, seed=7)
    sheets = sheets_of(texts)
    told: list[str] = []
    for content in sheets:
        assert dangers(content) == {"formulas": 0, "links": 0, "outside": 0}
    for content in sheets[:20]:
        book = opened(content)
        for one in (one for sheet in book for row in sheet.iter_rows() for one in row):
            assert one.data_type != "f" and one.hyperlink is None
        told += [str(one.value) for row in table(book, "answer").iter_rows(min_row=3) for one in row if one.value]
    assert set(texts[:200]) <= {one.replace("_x0009_", "\t") for one in told}


def test_the_search_for_dangers_finds_a_planted_formula_and_a_planted_link() -> None:
    book = opened(written())
    book.worksheets[1]["G5"] = "=1+1"
    book.worksheets[1]["G6"].hyperlink = "https://elsewhere.example/"
    out = io.BytesIO()
    book.save(out)
    found = dangers(out.getvalue())
    assert found["formulas"] == 1 and found["links"] == 1 and found["outside"] == 1
