"""Out, edited, and in again: every text comes back as it was typed, and nothing else changes."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.domain.answer_sheet import FilledSheet
from audit.domain.answer_sheet_changes import Differences, Held, differences, same
from audit.domain.answering import checked
from audit.domain.answers import Answer, AnswerStatus
from audit.spreadsheets import Workbooks
from audit.spreadsheets.meaning import filled
from audit.spreadsheets.tables import tables
from tests.building import small_set
from tests.spreadsheets.sheets import PROFILE, a_sheet, cell, opened, put, saved, some_answers, table, written

TODAY = date(2026, 3, 2)
WORDS = (
    "two\nlines\n\nand a third",
    "نصّ من اليمين إلى اليسار، مع (أقواس) و English",
    "👩‍👩‍👧 emoji, 𝒮cript, ﷺ, e\u0301",
    "=1+1", "+49 in text", "-dash", "@home", "'quoted", '"quoted"', "<b>&amp;</b>", "_x0041_ stays", "_x000D_",
    "tab\there", "a  b   c", "5", "0012", "2026-03-02", "TRUE", "#REF!", "x" * 6000,
)  # fmt: skip


def here(content: bytes) -> FilledSheet:
    """Read in this process: the same functions the child calls, without starting one."""
    return filled(tables(content), small_set())


def stored_answers() -> dict[str, Answer]:
    """The answers as they are stored: what `checked` makes of them."""
    return {name: checked(small_set(), PROFILE, name, one, today=TODAY) for name, one in some_answers().items()}


def compared(found: FilledSheet, stored: dict[str, Answer], bases: dict[str, Answer] | None = None) -> Differences:
    held = {name: Held(answer=one, version=1) for name, one in stored.items()}
    return differences(small_set(), PROFILE, found, held, stored if bases is None else bases, today=TODAY)


def test_a_sheet_nobody_touched_changes_nothing() -> None:
    stored = stored_answers()
    for language in ("en", "ar-XB", "fr", "de", "ar"):
        found = compared(here(written(a_sheet(stored), language)), stored)
        assert found == Differences(changes=(), newer_here=(), problems=(), unknown=()), language


def test_nor_does_one_that_another_program_saved() -> None:
    stored = stored_answers()
    found = compared(here(saved(opened(written(a_sheet(stored))))), stored)
    assert found == Differences(changes=(), newer_here=(), problems=(), unknown=())


def test_the_child_reads_the_same_as_this_process() -> None:
    content = written()
    assert Workbooks().read(content, small_set()) == here(content)


@pytest.mark.parametrize("words", WORDS)
def test_every_kind_of_text_comes_back_as_it_was_typed(words: str) -> None:
    stored = stored_answers()
    book = opened(written(a_sheet(stored)))
    put(book, "GOV-01", "justification", words)
    found = compared(here(saved(book)), stored)
    assert [one.criterion for one in found.changes] == ["GOV-01"]
    assert found.changes[0].theirs == replace(stored["GOV-01"], justification=words)


def test_what_is_stored_goes_out_and_comes_back_as_it_is() -> None:
    stored = stored_answers()
    names = list(stored)
    for at, words in enumerate(WORDS):
        name = names[at % len(names)]
        stored[name] = checked(small_set(), PROFILE, name, replace(stored[name], justification=words), today=TODAY)
        found = here(written(a_sheet(stored)))
        row = next(one for one in found.answers if one.criterion == name)
        assert row.answer.justification == words, words[:40]
        assert compared(found, stored) == Differences(changes=(), newer_here=(), problems=(), unknown=())


TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r\x00\ufffe\uffff"), max_size=300).map(
    lambda text: "".join(sign for sign in text if sign in "\n\t" or ord(sign) >= 32)
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(sorted(some_answers())), st.tuples(TEXTS, st.integers(0, 2)), max_size=5))
def test_exactly_what_was_edited_is_offered_byte_for_byte(edits: dict[str, tuple[str, int]]) -> None:
    stored = stored_answers()
    book = opened(written(a_sheet(stored)))
    expected = {}
    for name, (words, level) in edits.items():
        steps = small_set().answer_set_of(small_set().criterion(name)).answers
        step = steps[level % len(steps)]
        put(book, name, "justification", words)
        put(book, name, "level", step.title)
        typed = replace(stored[name], justification=words, key=step.key)
        typed = checked(small_set(), PROFILE, name, typed, today=TODAY)
        if not same(typed, stored[name]):
            expected[name] = typed
    found = compared(here(saved(book)), stored)
    assert not found.problems
    assert {one.criterion: one.theirs for one in found.changes} == expected


def test_levels_not_applicable_and_not_knowing_are_read_in_any_language() -> None:
    stored = stored_answers()
    may = next(one.id for one in small_set().applicable(PROFILE) if one.not_applicable)
    book = opened(written(a_sheet(stored)))
    put(book, may, "level", "  NOT  applicable ")
    put(book, "GOV-01", "level", "don’t know yet")
    statuses = {one.criterion: one.theirs.status for one in compared(here(saved(book)), stored).changes}
    assert statuses == {may: AnswerStatus.NOT_APPLICABLE, "GOV-01": AnswerStatus.UNKNOWN}


def test_rows_columns_and_sheets_may_stand_in_any_order() -> None:
    stored = stored_answers()
    book = opened(written(a_sheet(stored)))
    put(book, "GOV-01", "justification", "Moved about.")
    rng = random.Random(3)
    for name in ("answer", "figure"):
        shuffle(table(book, name), rng)
    book.move_sheet(book.worksheets[0], 2)
    table(book, "answer").title = "Renamed"
    found = compared(here(saved(book)), stored)
    assert not found.problems and [one.criterion for one in found.changes] == ["GOV-01"]


def shuffle(sheet: Any, rng: random.Random) -> None:
    """Rows below the heads and all columns in another order."""
    grid = [[(one.value, one.data_type) for one in row] for row in sheet.iter_rows()]
    heads, below = grid[:2], grid[2:]
    rng.shuffle(below)
    order = list(range(len(grid[0])))
    rng.shuffle(order)
    for row_at, row in enumerate([*heads, *below], 1):
        for column_at, source in enumerate(order, 1):
            one = sheet.cell(row_at, column_at)
            one.value, one.data_type = row[source]


def test_a_date_typed_as_text_a_real_date_and_the_other_day_nought_are_the_same_day() -> None:
    stored = stored_answers()
    indicator = next(one.indicators[0] for one in small_set().applicable(PROFILE) if one.indicators)
    for value in ("2025-02-03", datetime(2025, 2, 3), datetime(2025, 2, 3, 11, 59)):
        book = opened(written(a_sheet(stored)))
        cell(book, "figure", indicator, "period_from", id_column=2).value = value
        found = compared(here(saved(book)), stored)
        assert not found.problems
        changed = {one.period_from for one in found.changes[0].theirs.figures if one.indicator == indicator}
        assert changed == {"2025-02-03"}
    book = opened(written(a_sheet(stored)))
    book.epoch = datetime(1904, 1, 1)
    assert not compared(here(saved(book)), stored).changes


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("level", "Superb", "is not a level of this criterion"),
        ("level", "=1+1", "holds a formula"),
        ("language", "Klingon", "is not a language of the list"),
        ("justification", "x" * 6001, "too long"),
        ("justification", "=A1", "holds a formula"),
    ],
)
def test_a_cell_that_cannot_be_used_is_named_and_the_rest_of_its_row_is_kept(key: str, value: str, words: str) -> None:
    stored = stored_answers()
    book = opened(written(a_sheet(stored)))
    put(book, "GOV-01", "summary", "A summary that can be used.")
    one = cell(book, "answer", "GOV-01", key)
    one.value = value
    one.data_type = "f" if value.startswith("=") else "s"
    found = compared(here(saved(book)), stored)
    (problem,) = found.problems
    assert (problem.place.sheet, problem.place.cell) == ("Answers", one.coordinate)
    assert words in problem.message
    (change,) = found.changes
    assert change.theirs == replace(stored["GOV-01"], summary="A summary that can be used.")


@pytest.mark.parametrize(
    ("key", "value"),
    [("numerator", "many"), ("numerator", -3), ("period_to", "soon"), ("source", "a friend"), ("denominator", 0)],
)
def test_a_figure_that_cannot_be_used_is_named_and_the_stored_one_stays(key: str, value: Any) -> None:
    stored = stored_answers()
    indicator = next(one for one in small_set().indicators if one.measure == "rate").id
    book = opened(written(a_sheet(stored)))
    one = cell(book, "figure", indicator, key, id_column=2)
    one.value = value
    found = compared(here(saved(book)), stored)
    assert found.problems and {problem.place.sheet for problem in found.problems} == {"Figures"}
    assert found.problems[0].place.cell.endswith(str(one.row))
    assert not found.changes


def test_what_both_changed_and_what_nobody_can_tell_is_never_ticked() -> None:
    stored = stored_answers()
    book = opened(written(a_sheet(stored)))
    put(book, "GOV-01", "justification", "From the file.")
    found = here(saved(book))
    held = {name: Held(answer=one, version=1) for name, one in stored.items()}
    held["GOV-01"] = Held(answer=replace(stored["GOV-01"], justification="From a colleague."), version=2)
    both = differences(small_set(), PROFILE, found, held, stored, today=TODAY)
    assert [(one.kind, one.wanted) for one in both.changes] == [("both", False)]
    unknown = compared(found, stored, bases={})
    assert [(one.kind, one.wanted) for one in unknown.changes] == [("both", False)]
    put(book, "GOV-01", "justification", "")
    emptied = compared(here(saved(book)), stored)
    assert [(one.kind, one.empties, one.wanted) for one in emptied.changes] == [("theirs", True, False)]


def test_what_changed_here_only_is_told_and_stays() -> None:
    stored = stored_answers()
    found = here(written(a_sheet(stored)))
    held = {name: Held(answer=one, version=1) for name, one in stored.items()}
    held["GOV-01"] = Held(answer=replace(stored["GOV-01"], justification="From a colleague."), version=2)
    seen = differences(small_set(), PROFILE, found, held, stored, today=TODAY)
    assert seen.newer_here == ("GOV-01",) and not seen.changes
