"""Answers as a table of commas: no cell that a program would run, and every text back as it was."""

from __future__ import annotations

import csv
import io
import random

import pytest

from audit.domain.answer_sheet_changes import Differences
from audit.spreadsheets import Workbooks
from audit.spreadsheets.commas import tables
from audit.spreadsheets.meaning import filled
from tests.building import small_set
from tests.spreadsheets.sheets import a_sheet
from tests.spreadsheets.test_round_trip import WORDS, compared, stored_answers
from tests.spreadsheets.test_workbook import hostile_texts

NOTHING = Differences(changes=(), newer_here=(), problems=(), unknown=())


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def with_rows(rows: list[list[str]], mark: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=mark).writerows(rows)
    return out.getvalue().encode()


def test_a_table_nobody_touched_changes_nothing() -> None:
    stored = stored_answers()
    content = Workbooks().write_commas(a_sheet(stored))
    assert compared(Workbooks().read(content, small_set()), stored) == NOTHING


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_every_text_comes_back_whatever_stands_between_the_cells(mark: str) -> None:
    for words in (*WORDS, "'=1", "''", "a;b,c\td"):
        stored = stored_answers()
        rows = rows_of(Workbooks().write_commas(a_sheet(stored)))
        at = rows[0].index("answer:justification")
        row = next(row for row in rows if row[0] == "GOV-01")
        row[at] = f"'{words}" if words[0] in "=+-@'" else words
        (change,) = compared(filled(tables(with_rows(rows, mark)), small_set()), stored).changes
        assert change.theirs.justification == words


def test_no_cell_begins_like_a_formula() -> None:
    texts = hostile_texts(2_000, seed=11)
    stored = stored_answers()
    rng = random.Random(1)
    from dataclasses import replace

    for at in range(0, len(texts), len(stored)):
        answers = {
            name: replace(one, justification=text, summary=rng.choice(texts))
            for (name, one), text in zip(stored.items(), texts[at:], strict=False)
        }
        for row in rows_of(Workbooks().write_commas(a_sheet(answers)))[1:]:
            assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "|")) for cell in row)
