"""Spreads: every line of a group on one scale, and the plumb line at its median."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from audit.documents.charts import (
    ACCENT,
    GRID,
    INK,
    MIDDLE,
    PALE,
    QUIET,
    WARNING,
    Number,
    Scale,
    at,
    bob,
    discs,
    drawing,
    label,
    path,
)


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
        body.append(
            path(
                f"M{at(scale.left)} {at(base)}H{at(scale.right)}",
                stroke=QUIET,
                stroke_width=".6",
            )
        )
        if median is not None:
            x = scale.x(median)
            body.append(path(f"M{at(x)} {at(base - row + 18)}V{at(base)}", stroke=INK, stroke_width="1"))
            body.append(path(bob(x, base), fill=INK))
            body.append(label(width, base, str(int(median)), size=9, fill=INK, weight=600, anchor="end"))
        body.append(
            path(discs(_stacked(theme, scale, base, row - 20), 2.9), fill=PALE, stroke=MIDDLE, stroke_width=".6")
        )
    return drawing(width, height, body, title)


def _grid(scale: Scale, top: float, bottom: float) -> str:
    rules = "".join(f"M{at(scale.x(ten))} {at(top)}V{at(bottom)}" for ten in scale.tens())
    labels = "".join(
        label(scale.x(ten), bottom + 9.5, str(ten), size=8, fill=QUIET, anchor="middle") for ten in scale.tens()
    )
    return path(rules, stroke=GRID, stroke_width=".5") + labels


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
    """A row for each line: ring before, disc now, the score at the end; plumb line at the median, the floor dashed."""
    known = [value for pair in rows for value in (pair.now, pair.before) if value is not None]
    scale = score_scale(known, 8, width - 30, floor)
    bottom = len(rows) * row + 6
    body = [_grid(scale, 0, bottom)]
    if floor is not None:
        x = scale.x(floor)
        body.append(
            path(
                f"M{at(x)} 0V{at(bottom)}",
                stroke=WARNING,
                stroke_width=".8",
                stroke_dasharray="2.4 2.4",
            )
        )
    if median is not None:
        x = scale.x(median)
        body.append(path(f"M{at(x)} 0V{at(bottom - 7)}", stroke=INK, stroke_width="1"))
        body.append(path(bob(x, bottom - 7), fill=INK))
    ties, before_at, now_at = "", [], []
    for index, pair in enumerate(rows):
        y = index * row + row / 2
        if pair.now is None:
            body.append(label(width, y + 3, "–", size=9, fill=QUIET, anchor="end"))
        else:
            now_at.append((scale.x(pair.now), y))
            body.append(label(width, y + 3, str(int(pair.now)), size=9, weight=600, anchor="end"))
        if pair.before is not None:
            before_at.append((scale.x(pair.before), y))
        if pair.now is not None and pair.before is not None:
            ties += f"M{at(scale.x(pair.before))} {at(y)}H{at(scale.x(pair.now))}"
    body += [
        path(ties, stroke="#7fa9b0", stroke_width="1.3"),
        path(discs(before_at, 2.7), fill="#ffffff", stroke=MIDDLE, stroke_width=".9"),
        path(discs(now_at, 3.5), fill=ACCENT),
    ]
    return drawing(width, bottom + 13, body, title)
