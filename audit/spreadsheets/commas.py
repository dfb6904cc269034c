"""The answers as a table of commas (CSV), for programs: out, and in again. Keys stand for levels, codes for languages.

A spreadsheet program that opens such a file runs what looks like a formula. So a text that begins with one of its signs
is written with an apostrophe before it, which is taken off again on the way back; one that begins with an apostrophe
gets another one.
"""

from __future__ import annotations

import csv
import io

from audit.domain.answer_sheet import AnswerSheetFacts, SheetCriterion
from audit.domain.answers import AnswerStatus
from audit.spreadsheets.codes import ANSWERS, FIGURES, FROM_FIGURES, MARK, NOT_APPLICABLE, UNKNOWN, Refusal, RefusedFile
from audit.spreadsheets.tables import MOST_CELLS, TEXT, Cell, letters

COLUMNS = ("id", "title", "level", "justification", "language", "summary", "equivalent", "version")
ABOUT = ("format", "assessment", "criteria_set")  # the same in every row, so that a row may travel alone
LONGEST_CELL = 40_000
_GUARDED = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "'")
_HEAD = f"{ANSWERS}:id"


def write(facts: AnswerSheetFacts) -> bytes:
    """The table in UTF-8 with its mark, as every spreadsheet program expects; figures are not in it."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow([f"{ANSWERS}:{key}" for key in (*COLUMNS, *ABOUT)])
    for one in facts.criteria:
        about = (str(facts.format), facts.assessment, facts.criteria_set)
        table.writerow([_guarded(text) for text in (*_row(one), *about)])
    return out.getvalue().encode("utf-8-sig")


def _row(one: SheetCriterion) -> tuple[str, ...]:
    special = {AnswerStatus.NOT_APPLICABLE: NOT_APPLICABLE, AnswerStatus.UNKNOWN: UNKNOWN}.get(one.status)
    level = special or (FROM_FIGURES if one.measured and one.graded else one.key or "")
    equivalent = "yes" if one.equivalent else ""
    return one.id, one.title, level, one.justification, one.language, one.summary, equivalent, str(one.version)


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(_GUARDED) else text


def _plain(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(_GUARDED) else text


def looks_like(content: bytes) -> bool:
    """Whether a file begins like a table of ours; every other text is not looked into any further."""
    return _HEAD.encode() in content[:400]


def tables(content: bytes) -> dict[str, object]:
    """The same tables that are found in a workbook. RefusedFile for what cannot be read."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RefusedFile(Refusal.NOT_UTF8) from None
    csv.field_size_limit(LONGEST_CELL)
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True))
    except csv.Error:
        raise RefusedFile(Refusal.DAMAGED) from None
    if not rows or sum(len(row) for row in rows) > MOST_CELLS:
        raise RefusedFile(Refusal.TOO_COMPLEX)
    keys = [key.strip().removeprefix(f"{ANSWERS}:") for key in rows[0]]
    found: list[dict[str, object]] = []
    about: list[list[str]] = []
    for number, row in enumerate(rows[1:], 2):
        cells: dict[str, Cell] = {
            key: ("CSV", f"{letters(at)}{number}", TEXT, _plain(cell))
            for at, (key, cell) in enumerate(zip(keys, row, strict=False))
            if cell
        }
        if "id" in cells:
            about += [[key, cells[key][3]] for key in ABOUT if key in cells]
            about += [["version", cells["id"][3], cells["version"][3]]] if "version" in cells else []
            found.append({**cells, "": keys})
    if not about:
        raise RefusedFile(Refusal.NOT_OURS)
    return {MARK: about, ANSWERS: found, FIGURES: [], "date1904": False}
