"""Finds the tables of an answer sheet in a workbook: by the keys in their hidden rows, wherever they were moved.

The order of sheets, rows and columns means nothing, nor do the sheets' names. Values of formulas are never used: the
cell is told to be a formula, and stays out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from audit.spreadsheets.codes import ANSWERS, FIGURES, MARK, Refusal, RefusedFile
from audit.spreadsheets.package import Package, local

MOST_SHEETS = 40
MOST_CELLS = 60_000
MOST_CHARACTERS = 4_000_000  # of all texts together
SEARCHED = 40  # rows of a sheet in which its keys are looked for
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
# Programs write control characters so, and the low line where a text holds such a sequence itself; nothing else.
_ESCAPED = re.compile(r"_x(00[01][0-9A-Fa-f]|005[Ff])_")

# A cell as it is told: the sheet's name, "F12", one of text, number, formula, error, flag, and what stands in it.
Cell = tuple[str, str, str, str]
TEXT, NUMBER, FORMULA, ERROR, FLAG = "text", "number", "formula", "error", "flag"


def tables(content: bytes) -> dict[str, object]:
    """Rows of the hidden sheet, of the answers and of the figures, as lists and mappings of cells."""
    package = Package(content)
    workbook = next(
        (name for kind, name in package.related("").values() if kind == "officeDocument"), "xl/workbook.xml"
    )
    parts = package.related(workbook)
    shared = _shared(package, parts)
    tree = package.tree(workbook)
    found: dict[str, list[object]] = {MARK: [], ANSWERS: [], FIGURES: []}
    budget = _Budget()
    names = [(one.get("name") or "", _relation(one)) for one in tree.iter() if local(one) == "sheet" and _relation(one)]
    if len(names) > MOST_SHEETS:
        raise RefusedFile(Refusal.TOO_COMPLEX)
    for name, relation in names:
        kind, part = parts.get(relation, ("", ""))
        if kind == "worksheet" and package.has(part):
            _sort_in(list(_rows(package.tree(part), name, shared, budget)), found)
    if not found[MARK]:
        raise RefusedFile(Refusal.NOT_OURS)
    since = any(local(one) == "workbookPr" and one.get("date1904") in ("1", "true") for one in tree.iter())
    return {**found, "date1904": since}


class _Budget:
    """What is left of the cells and characters that one file may hold."""

    def __init__(self) -> None:
        self.cells, self.characters = MOST_CELLS, MOST_CHARACTERS

    def spend(self, text: str) -> None:
        self.cells -= 1
        self.characters -= len(text)
        if self.cells < 0 or self.characters < 0:
            raise RefusedFile(Refusal.TOO_COMPLEX)


def _relation(sheet: ElementTree.Element) -> str:
    return next((value for key, value in sheet.attrib.items() if key.rpartition("}")[2] == "id" and "}" in key), "")


def _shared(package: Package, parts: dict[str, tuple[str, str]]) -> list[str]:
    """The table of texts that cells refer to by number."""
    part = next((name for kind, name in parts.values() if kind == "sharedStrings"), "")
    if not part or not package.has(part):
        return []
    return [_text(one) for one in package.tree(part) if local(one) == "si"]


def _text(holder: ElementTree.Element) -> str:
    """All runs of a text, without the reading help that stands beside some scripts."""
    parts: list[str] = []
    for one in holder:
        if local(one) == "t":
            parts.append(one.text or "")
        elif local(one) == "r":
            parts += [inner.text or "" for inner in one if local(inner) == "t"]
    return _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), "".join(parts))


def _rows(tree: ElementTree.Element, name: str, shared: list[str], budget: _Budget) -> Iterator[dict[str, Cell]]:
    """The rows of a sheet that hold anything, each as column → cell."""
    number = 0
    for row in (one for data in tree if local(data) == "sheetData" for one in data if local(one) == "row"):
        given = row.get("r") or ""
        number = int(given) if given.isascii() and given.isdigit() and len(given) < 8 else number + 1
        cells: dict[str, Cell] = {}
        for at, one in enumerate(row):
            match = _REFERENCE.fullmatch(one.get("r") or "")
            column = match.group(1) if match else letters(at)
            cell = _cell(one, name, f"{column}{number}", shared)
            if cell is not None:
                budget.spend(cell[3])
                cells[column] = cell
        if cells:
            yield cells


def letters(at: int) -> str:
    """The name of a column, counted from nought: A, B … Z, AA."""
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(65 + rest) + name
    return name


def _cell(one: ElementTree.Element, sheet: str, place: str, shared: list[str]) -> Cell | None:
    kind, parts = one.get("t") or "n", {local(part): part for part in one}
    if "f" in parts:
        return sheet, place, FORMULA, ""
    value = (parts["v"].text or "") if "v" in parts else ""
    if kind == "s":
        known = value.isascii() and value.isdigit() and len(value) < 8 and int(value) < len(shared)
        return (sheet, place, TEXT, shared[int(value)]) if known else (sheet, place, ERROR, "")
    if kind == "inlineStr":
        return (sheet, place, TEXT, _text(parts["is"])) if "is" in parts else None
    if kind == "str":
        return sheet, place, TEXT, _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), value)
    if not value:
        return None
    return sheet, place, {"n": NUMBER, "d": TEXT, "b": FLAG}.get(kind, ERROR), value


def _sort_in(rows: list[dict[str, Cell]], found: dict[str, list[object]]) -> None:
    """Tells what a sheet is by what stands in it, and adds its rows to the table they belong to."""
    if rows and rows[0].get("A", ("", "", "", ""))[3] == MARK:
        found[MARK] += [[cell[3] for _, cell in sorted(row.items(), key=_by_column)] for row in rows[1:]]
        return
    for at, row in enumerate(rows[:SEARCHED]):
        for table in (ANSWERS, FIGURES):
            keys = {
                column: cell[3].removeprefix(f"{table}:")
                for column, cell in row.items()
                if cell[2] == TEXT and cell[3].startswith(f"{table}:")
            }
            if len(keys) > 1:
                found[table] += [
                    {key: below[column] for column, key in keys.items() if column in below} | {"": _columns(keys)}
                    for below in rows[at + 1 :]
                ]
                return


def _by_column(entry: tuple[str, Cell]) -> tuple[int, str]:
    return len(entry[0]), entry[0]


def _columns(keys: dict[str, str]) -> list[str]:
    """The columns a table has: an empty cell in one of them was emptied, a missing column says nothing."""
    return sorted(set(keys.values()))
