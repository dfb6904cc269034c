"""Heat maps: thousands of cells in a handful of shapes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from audit.documents.charts import (
    BANDS,
    EMPTY,
    INK,
    ON_BAND,
    QUIET,
    SMALLEST,
    WARNING,
    at,
    drawing,
    label,
    path,
)

FIGURE_WIDTH = 0.497  # of the type size: every figure of the sans face is this wide
GAP = 1.4  # white between two cells


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its shade (None: nothing to show), the figure in it, whether it is framed, whether it is marked ▲."""

    shade: int | None
    text: str
    framed: bool = False
    marked: bool = False
    plain: bool = False  # a figure on paper, without a shade


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the columns of a heat map stand (left edge, width), how high its rows are, how large its type."""

    columns: tuple[tuple[float, float], ...]
    row: float
    size: float
    head: float = 0.0

    @property
    def width(self) -> float:
        left, width = self.columns[-1]
        return left + width


def heat_map(rows: Sequence[Sequence[Cell]], grid: Grid, title: str, heads: Iterable[str] = ()) -> Markup:
    """Cells as five paths of merged runs, one path of white rules, and one text for each row and ink.

    A table of thousands of cells costs several times as much to set; the figures themselves stand
    in tables on other pages and in the attached files.
    """
    height = grid.head + len(rows) * grid.row
    fills: dict[str, list[str]] = {}
    frames: list[str] = []
    texts: list[str] = []
    for index, row in enumerate(rows):
        top = grid.head + index * grid.row
        for shade, left, right in _runs(row, grid):
            colour = EMPTY if shade is None else BANDS[shade]
            fills.setdefault(colour, []).append(f"M{at(left)} {at(top)}H{at(right)}v{at(grid.row - GAP)}H{at(left)}z")
        frames += [
            f"M{at(x + 0.5)} {at(top + 0.5)}h{at(w - 1)}v{at(grid.row - GAP - 1)}h{at(1 - w)}z"
            for cell, (x, w) in zip(row, grid.columns, strict=True)
            if cell.framed
        ]
        texts += _row_texts(row, grid, top)
    rules = "".join(f"M{at(x + w + GAP / 2)} {at(grid.head)}V{at(height)}" for x, w in grid.columns[:-1])
    body = [
        *heads,
        *(path("".join(parts), fill=colour) for colour, parts in sorted(fills.items())),
        path(rules, stroke="#ffffff", stroke_width=at(GAP)),
        path("".join(frames), fill="none", stroke=WARNING, stroke_width=".8"),
        *texts,
    ]
    return drawing(grid.width, height, body, title, class_="heat")


def _runs(row: Sequence[Cell], grid: Grid) -> list[tuple[int | None, float, float]]:
    """Neighbours of one shade as one stretch (shade, left, right)."""
    runs: list[tuple[int | None, float, float]] = []
    for cell, (x, width) in zip(row, grid.columns, strict=True):
        if cell.plain:
            continue
        if runs and runs[-1][0] == cell.shade and x - runs[-1][2] <= GAP + 0.01:
            runs[-1] = (cell.shade, runs[-1][1], x + width)
        else:
            runs.append((cell.shade, x, x + width))
    return runs


def _row_texts(row: Sequence[Cell], grid: Grid, top: float) -> list[str]:
    """The row's figures: one text for each ink, every character with its place."""
    figure = FIGURE_WIDTH * grid.size
    baseline = top + (grid.row - GAP) / 2 + grid.size * 0.33
    inks: dict[str, tuple[list[str], list[str]]] = {}
    for cell, (x, width) in zip(row, grid.columns, strict=True):
        places, characters = inks.setdefault(_ink(cell), ([], []))
        text = cell.text + ("▲" if cell.marked else "")
        left = x + (width - figure * len(cell.text)) / 2
        for number, character in enumerate(text):
            places.append(at(left + number * figure + (0.8 if character == "▲" else 0)))
            characters.append(character)
    return [
        label(" ".join(places), baseline, "".join(characters), size=grid.size, fill=ink)
        for ink, (places, characters) in inks.items()
        if characters
    ]


def _ink(cell: Cell) -> str:
    if cell.shade is not None:
        return ON_BAND[cell.shade]
    return INK if cell.plain else QUIET


def theme_grid(themes: int, width: float, *, row: float = 14.6) -> Grid:
    """Columns for the overall score and each theme."""
    first = 27.0
    each = (width - first - 6 - GAP * (themes - 1)) / themes
    columns = [(0.0, first), *((first + 6 + index * (each + GAP), each) for index in range(themes))]
    return Grid(columns=tuple(columns), row=row, size=9 if each > 24 else SMALLEST, head=26)


def theme_heads(grid: Grid, ids: Sequence[str]) -> list[str]:
    """Number and id above each theme column."""
    heads = []
    for number, (theme, (x, width)) in enumerate(zip(ids, grid.columns[1:], strict=True), 1):
        heads.append(label(x + width / 2, 10, str(number), size=10, weight=600, anchor="middle"))
        heads.append(label(x + width / 2, 20.5, theme, size=SMALLEST, fill=QUIET, anchor="middle"))
    return heads


def criteria_grid(sizes: Sequence[int], width: float, *, row: float = 12.4) -> Grid:
    """Columns for the criteria of several themes (how many each has), with more room between themes."""
    between = 4.0
    count = sum(sizes)
    each = (width - between * (len(sizes) - 1) - GAP * (count - len(sizes))) / count
    columns, x = [], 0.0
    for size in sizes:
        for _ in range(size):
            columns.append((x, min(each, 20.0)))
            x += min(each, 20.0) + GAP
        x += between - GAP
    return Grid(columns=tuple(columns), row=row, size=SMALLEST, head=26)


def criteria_heads(grid: Grid, themes: Sequence[tuple[str, int]]) -> list[str]:
    """The theme's id above its columns, with a rule, and the criterion's number within it."""
    heads, rules, start = [], "", 0
    for theme, size in themes:
        first, last = grid.columns[start], grid.columns[start + size - 1]
        heads.append(label(first[0], 8, theme, size=SMALLEST, weight=600))
        rules += f"M{at(first[0])} 11.5H{at(last[0] + last[1])}"
        for number in range(size):
            x, width = grid.columns[start + number]
            heads.append(label(x + width / 2, 21, str(number + 1), size=SMALLEST, fill=QUIET, anchor="middle"))
        start += size
    return [*heads, path(rules, stroke=INK, stroke_width=".5")]
