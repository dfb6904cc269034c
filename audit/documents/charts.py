"""Charts as SVG text: few points, colours as attributes, a title that says in words what is drawn.

One unit is one point on paper. Words stay outside, in the page, because text in drawings is set letter by letter and
scripts that join would fall apart; only figures, codes and dashes are drawn here. Drawings run left to right in every
language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup, escape

INK, QUIET, ACCENT, MIDDLE, PALE = "#1a2229", "#4b545c", "#0e5061", "#357885", "#afcdd0"
RULE, GRID, WARNING, GROUND, EMPTY = "#c9c3b6", "#d9d4c9", "#7a4a00", "#ece8df", "#f1eee8"
BANDS = ("#fbf3e3", "#dce8e8", "#afcdd0", "#357885", "#0e5061")  # below 50, 50–69, 70–79, 80–89, 90 and more
ON_BAND = (INK, INK, INK, "#ffffff", "#ffffff")
LEVEL_BANDS = (0, 2, 3, 4)  # numeric levels 0 to 3 in the same hue
SMALLEST = 7.6  # points; no type is smaller
FIGURE_WIDTH = 0.497  # of the type size: every figure of the sans face is this wide
GAP = 1.4  # white between two cells

Number = float | int | Fraction


def band(score: Number) -> int:
    """The shade of a score in percent: 0 (below 50) to 4 (90 and more)."""
    return sum(score >= limit for limit in (50, 70, 80, 90))


def drawing(width: float, height: float, body: Iterable[str], title: str = "", *, class_: str = "") -> Markup:
    """One SVG of the size in points. Without a title it only repeats what stands beside it in words."""
    name = f"<title>{escape(title)}</title>" if title else ""
    kind = f' class="{class_}"' if class_ else ""
    return Markup(
        f'<svg{kind} xmlns="http://www.w3.org/2000/svg" width="{_n(width)}pt" height="{_n(height)}pt" '
        f'viewBox="0 0 {_n(width)} {_n(height)}">{name}{"".join(body)}</svg>'
    )


def _n(value: Number) -> str:
    """A coordinate with at most two decimals, without a trailing nought."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def _path(d: str, **style: str) -> str:
    attributes = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in style.items())
    return f'<path d="{d}"{attributes}/>' if d else ""


def _text(
    x: str | Number, y: Number, text: str, *, size: float, fill: str = INK, weight: int = 400, anchor: str = ""
) -> str:
    place = x if isinstance(x, str) else _n(x)
    end = f' text-anchor="{anchor}"' if anchor else ""
    return (
        f'<text x="{place}" y="{_n(y)}" font-family="Source Sans 3" font-size="{_n(size)}" font-weight="{weight}" '
        f'fill="{fill}"{end}>{escape(text)}</text>'
    )


def _circles(centres: Iterable[tuple[float, float]], radius: float) -> str:
    """Path data of many equal discs, so that they are one element."""
    r = _n(radius)
    return "".join(
        f"M{_n(x - radius)} {_n(y)}a{r} {r} 0 1 0 {_n(2 * radius)} 0a{r} {r} 0 1 0 {_n(-2 * radius)} 0z"
        for x, y in centres
    )


def _bob(x: float, y: float, width: float = 6.08, height: float = 7.2) -> str:
    """Path data of the plumb bob, its neck at (x, y)."""
    neck, shoulder = 0.58 * width, 0.21 * width
    top = 0.2 * height
    return (
        f"M{_n(x - neck / 2)} {_n(y)}h{_n(neck)}v{_n(top)}h{_n(shoulder)}L{_n(x)} {_n(y + height)}"
        f"L{_n(x - neck / 2 - shoulder)} {_n(y + top)}h{_n(shoulder)}z"
    )


# The cover ------------------------------------------------------------------------------------------------------------


def plumb_lines(lines: Sequence[tuple[str, Number]], median: Number | None, title: str) -> Markup:
    """The cover: one plumb line each (code, overall score); the longer it hangs, the higher the score."""
    width, height = 493.0, 414.0
    lowest = min((float(score) for _, score in lines), default=0.0)
    start = min(50.0, 10 * (lowest // 10))

    def depth(score: Number) -> float:
        return 34 + (float(score) - start) / (100 - start) * 330

    step = (width - 20) / max(len(lines) - 1, 1)
    thick = 0.9 if len(lines) <= 60 else 0.4
    bob = min(1.0, step / 8)
    places = [
        (10 + index * step if len(lines) > 1 else width / 2, depth(score)) for index, (_, score) in enumerate(lines)
    ]
    body = [
        _path("".join(f"M{_n(x)} 0V{_n(y)}" for x, y in places), stroke=ACCENT, stroke_width=_n(thick)),
        _path("".join(_bob(x, y, 8 * bob, 15.8 * bob) for x, y in places), fill=ACCENT),
    ]
    if median is not None:
        y = depth(median) + 15.8 * bob
        body.insert(0, _path(f"M0 {_n(y)}H{_n(width)}", stroke=ACCENT, stroke_width=".6", stroke_dasharray="1.2 3"))
    if step >= 14:
        for (code, _), (x, y) in zip(lines, places, strict=True):
            body.append(f'<rect x="{_n(x - 7)}" y="{_n(y + 18)}" width="14" height="10" fill="#f6f4ef"/>')
            body.append(_text(x, y + 26, code, size=8, fill=ACCENT, anchor="middle"))
    return drawing(width, height, body, title, class_="art")


# Heat maps ------------------------------------------------------------------------------------------------------------


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

    A table of thousands of cells costs several times as much to set (`docs/decisions`); the figures themselves stand
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
            fills.setdefault(colour, []).append(f"M{_n(left)} {_n(top)}H{_n(right)}v{_n(grid.row - GAP)}H{_n(left)}z")
        frames += [
            f"M{_n(x + 0.5)} {_n(top + 0.5)}h{_n(w - 1)}v{_n(grid.row - GAP - 1)}h{_n(1 - w)}z"
            for cell, (x, w) in zip(row, grid.columns, strict=True)
            if cell.framed
        ]
        texts += _row_texts(row, grid, top)
    rules = "".join(f"M{_n(x + w + GAP / 2)} {_n(grid.head)}V{_n(height)}" for x, w in grid.columns[:-1])
    body = [
        *heads,
        *(_path("".join(parts), fill=colour) for colour, parts in sorted(fills.items())),
        _path(rules, stroke="#ffffff", stroke_width=_n(GAP)),
        _path("".join(frames), fill="none", stroke=WARNING, stroke_width=".8"),
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
            places.append(_n(left + number * figure + (0.8 if character == "▲" else 0)))
            characters.append(character)
    return [
        _text(" ".join(places), baseline, "".join(characters), size=grid.size, fill=ink)
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
        heads.append(_text(x + width / 2, 10, str(number), size=10, weight=600, anchor="middle"))
        heads.append(_text(x + width / 2, 20.5, theme, size=SMALLEST, fill=QUIET, anchor="middle"))
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
    heads, rules, at = [], "", 0
    for theme, size in themes:
        first, last = grid.columns[at], grid.columns[at + size - 1]
        heads.append(_text(first[0], 8, theme, size=SMALLEST, weight=600))
        rules += f"M{_n(first[0])} 11.5H{_n(last[0] + last[1])}"
        for number in range(size):
            x, width = grid.columns[at + number]
            heads.append(_text(x + width / 2, 21, str(number + 1), size=SMALLEST, fill=QUIET, anchor="middle"))
        at += size
    return [*heads, _path(rules, stroke=INK, stroke_width=".5")]


# Spreads --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale from `start` to `end` (percent or a unit), drawn from `left` to `right` (points)."""

    start: float
    end: float
    left: float
    right: float

    def x(self, value: Number) -> float:
        return self.left + (float(value) - self.start) / ((self.end - self.start) or 1) * (self.right - self.left)

    def tens(self) -> range:
        return range(int(self.start), int(self.end) + 1, 10)


def score_scale(scores: Iterable[Number], left: float, right: float, floor: Number | None = None) -> Scale:
    """From the ten below the lowest score (or the floor) to 100."""
    lowest = min([*(float(score) for score in scores), float(floor) if floor is not None else 100.0, 90.0])
    return Scale(max(0.0, 10 * (lowest // 10)), 100, left, right)


def strips(
    themes: Sequence[Mapping[Fraction, int]], medians: Sequence[Number | None], title: str, *, width: float, row: float
) -> Markup:
    """One strip for each theme: discs stacked where scores are close, the plumb line at the median."""
    scale = score_scale((score for theme in themes for score in theme), 8, width - 30)
    height = len(themes) * row + 14
    body = [_grid(scale, 0, height - 12)]
    for index, (theme, median) in enumerate(zip(themes, medians, strict=True)):
        base = index * row + row - 12
        body.append(_path(f"M{_n(scale.left)} {_n(base)}H{_n(scale.right)}", stroke=QUIET, stroke_width=".6"))
        if median is not None:
            x = scale.x(median)
            body.append(_path(f"M{_n(x)} {_n(base - row + 18)}V{_n(base)}", stroke=INK, stroke_width="1"))
            body.append(_path(_bob(x, base), fill=INK))
            body.append(_text(width, base, str(int(median)), size=9, fill=INK, weight=600, anchor="end"))
        body.append(
            _path(_circles(_stacked(theme, scale, base, row - 20), 2.9), fill=PALE, stroke=MIDDLE, stroke_width=".6")
        )
    return drawing(width, height, body, title)


def _grid(scale: Scale, top: float, bottom: float) -> str:
    rules = "".join(f"M{_n(scale.x(ten))} {_n(top)}V{_n(bottom)}" for ten in scale.tens())
    labels = "".join(
        _text(scale.x(ten), bottom + 9.5, str(ten), size=8, fill=QUIET, anchor="middle") for ten in scale.tens()
    )
    return _path(rules, stroke=GRID, stroke_width=".5") + labels


def _stacked(counts: Mapping[Fraction, int], scale: Scale, base: float, room: float) -> list[tuple[float, float]]:
    """Centres of discs: scores that would overlap share a column and are stacked; tall stacks are pressed together."""
    columns: dict[int, int] = {}
    for score, count in sorted(counts.items()):
        column = round(scale.x(score) / 6.2)
        columns[column] = columns.get(column, 0) + count
    pitch = min(6.2, room / max(columns.values(), default=1))
    return [(column * 6.2, base - 4.2 - pitch * level) for column, height in columns.items() for level in range(height)]


@dataclass(frozen=True, slots=True)
class Pair:
    """One line's score now and before (both in percent, None where there is none)."""

    now: Number | None
    before: Number | None


def pairs(
    rows: Sequence[Pair], median: Number | None, floor: Number | None, title: str, *, width: float, row: float
) -> Markup:
    """A row for each line: ring before, disc now, the plumb line at the median, the floor dashed; the score at the end."""
    known = [value for pair in rows for value in (pair.now, pair.before) if value is not None]
    scale = score_scale(known, 8, width - 30, floor)
    bottom = len(rows) * row + 6
    body = [_grid(scale, 0, bottom)]
    if floor is not None:
        x = scale.x(floor)
        body.append(_path(f"M{_n(x)} 0V{_n(bottom)}", stroke=WARNING, stroke_width=".8", stroke_dasharray="2.4 2.4"))
    if median is not None:
        x = scale.x(median)
        body.append(_path(f"M{_n(x)} 0V{_n(bottom - 7)}", stroke=INK, stroke_width="1"))
        body.append(_path(_bob(x, bottom - 7), fill=INK))
    ties, rings, discs = "", [], []
    for index, pair in enumerate(rows):
        y = index * row + row / 2
        if pair.now is not None:
            discs.append((scale.x(pair.now), y))
            body.append(_text(width, y + 3, str(int(pair.now)), size=9, weight=600, anchor="end"))
        if pair.before is not None:
            rings.append((scale.x(pair.before), y))
        if pair.now is not None and pair.before is not None:
            ties += f"M{_n(scale.x(pair.before))} {_n(y)}H{_n(scale.x(pair.now))}"
    body += [
        _path(ties, stroke="#7fa9b0", stroke_width="1.3"),
        _path(_circles(rings, 2.7), fill="#ffffff", stroke=MIDDLE, stroke_width=".9"),
        _path(_circles(discs, 3.5), fill=ACCENT),
    ]
    return drawing(width, bottom + 13, body, title)


# Marks inside tables --------------------------------------------------------------------------------------------------


def track(
    now: Number | None, before: Number | None, median: Number | None, *, title: str, width: float = 118
) -> Markup:
    """0 to 100 as a thin rule: plumb line at the median, ring before, disc now."""
    scale = Scale(0, 100, 5, width - 5)
    body = [_path(f"M5 5H{_n(width - 5)}M5 3V7M{_n(width - 5)} 3V7", stroke=RULE, stroke_width=".7")]
    if median is not None:
        x = scale.x(median)
        body.append(_path(f"M{_n(x)} 0V7", stroke=INK, stroke_width=".9"))
        body.append(_path(f"M{_n(x - 1.9)} 7h3.8l-1.9 3.4z", fill=INK))
    if before is not None:
        body.append(_path(_circles([(scale.x(before), 5)], 2.3), fill="#ffffff", stroke=MIDDLE, stroke_width=".8"))
    if now is not None:
        body.append(_path(_circles([(scale.x(now), 5)], 3), fill=ACCENT, stroke="#ffffff", stroke_width=".8"))
    return drawing(width, 11, body, title)


def box(
    five: tuple[Number, Number, Number, Number, Number],
    own: Number | None = None,
    *,
    start: Number,
    end: Number,
    title: str,
    width: float = 78,
) -> Markup:
    """Thin rule from the lowest to the highest, box for the middle half, upright at the median, disc for one line."""
    scale = Scale(float(start), float(end), 5, width - 5)
    low, q1, median, q3, high = (scale.x(value) for value in five)
    body = [
        _path(f"M{_n(low)} 6H{_n(high)}", stroke=QUIET, stroke_width=".6"),
        f'<rect x="{_n(q1)}" y="3.4" width="{_n(max(q3 - q1, 0.8))}" height="5.2" fill="{PALE}"/>',
        _path(f"M{_n(median)} .8V11.2", stroke=INK, stroke_width="1"),
    ]
    if own is not None:
        body.append(_path(_circles([(scale.x(own), 6)], 2.8), fill=ACCENT, stroke="#ffffff", stroke_width=".8"))
    return drawing(width, 12, body, title)


def stacked(counts: Sequence[tuple[int, int]], *, title: str, width: float = 176) -> Markup:
    """Lines by level as one bar: (numeric level, lines), highest level first. A figure stands where it has room."""
    total = sum(count for _, count in counts) or 1
    body, x = [], 0.0
    for level, count in counts:
        part = width * count / total
        if not count:
            continue
        shade = LEVEL_BANDS[level]
        frame = f' stroke="{WARNING}" stroke-width=".7"' if level == 0 else ""
        inset = 0.35 if level == 0 else 0
        body.append(
            f'<rect x="{_n(x + 0.3 + inset)}" y="{_n(inset)}" width="{_n(max(part - 0.6 - 2 * inset, 0.4))}" '
            f'height="{_n(12 - 2 * inset)}" fill="{BANDS[shade]}"{frame}/>'
        )
        if part >= len(str(count)) * 4.2 + 3:
            body.append(_text(x + part / 2, 9, str(count), size=8.4, fill=ON_BAND[shade], anchor="middle"))
        x += part
    return drawing(width, 12, body, title)


def share(value: Number, *, title: str, width: float = 84) -> Markup:
    """A share (0 to 1) as a bar on its whole."""
    return drawing(
        width,
        5,
        [
            f'<rect width="{_n(width)}" height="5" fill="{GROUND}"/>',
            f'<rect width="{_n(width * float(value))}" height="5" fill="{ACCENT}"/>',
        ],
        title,
    )


def swatch(shade: int | None, title: str, *, framed: bool = False) -> Markup:
    """A cell of the key."""
    fill = EMPTY if shade is None else BANDS[shade]
    frame = f' stroke="{WARNING}" stroke-width=".8"' if framed else ""
    inset = 0.4 if framed else 0
    size = f'x="{inset}" y="{inset}" width="{_n(17 - 2 * inset)}" height="{_n(8.4 - 2 * inset)}"'
    return drawing(17, 8.4, [f'<rect {size} fill="{fill}"{frame}/>'], title, class_="swatch")
