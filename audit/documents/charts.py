"""Charts as SVG text: few points, colours as attributes, a title that says in words what is drawn.

One unit is one point on paper. Words stay outside, in the page, because text in drawings is set letter by letter and
scripts that join would fall apart; only figures, codes and dashes are drawn here. Drawings run left to right in every
language.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup, escape

INK, QUIET, ACCENT, MIDDLE, PALE = "#1a2229", "#4b545c", "#0e5061", "#357885", "#afcdd0"
RULE, GRID, WARNING, GROUND, EMPTY = "#c9c3b6", "#d9d4c9", "#7a4a00", "#ece8df", "#f1eee8"
BANDS = ("#fbf3e3", "#dce8e8", "#afcdd0", "#357885", "#0e5061")  # below 50, 50–69, 70–79, 80–89, 90 and more
ON_BAND = (INK, INK, INK, "#ffffff", "#ffffff")
LEVEL_BANDS = (0, 2, 3, 4)  # numeric levels 0 to 3 in the same hue
SMALLEST = 7.6  # points; no type is smaller

Number = float | int | Fraction


def band(score: Number) -> int:
    """The shade of a score in percent: 0 (below 50) to 4 (90 and more)."""
    return sum(score >= limit for limit in (50, 70, 80, 90))


def drawing(width: float, height: float, body: Iterable[str], title: str = "", *, class_: str = "") -> Markup:
    """One SVG of the size in points. Without a title it only repeats what stands beside it in words."""
    name = f"<title>{escape(title)}</title>" if title else ""
    kind = f' class="{class_}"' if class_ else ""
    return Markup(  # noqa: S704 – titles and labels are escaped where they enter; the rest is written here
        f'<svg{kind} xmlns="http://www.w3.org/2000/svg" width="{at(width)}pt" height="{at(height)}pt" '
        f'viewBox="0 0 {at(width)} {at(height)}">{name}{"".join(body)}</svg>'
    )


def at(value: Number) -> str:
    """A coordinate with at most two decimals, without a trailing nought."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def path(d: str, **style: str) -> str:
    attributes = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in style.items())
    return f'<path d="{d}"{attributes}/>' if d else ""


def label(
    x: str | Number, y: Number, text: str, *, size: float, fill: str = INK, weight: int = 400, anchor: str = ""
) -> str:
    place = x if isinstance(x, str) else at(x)
    end = f' text-anchor="{anchor}"' if anchor else ""
    return (
        f'<text x="{place}" y="{at(y)}" font-family="Source Sans 3" font-size="{at(size)}" '
        f'font-weight="{weight}" fill="{fill}"{end}>{escape(text)}</text>'
    )


def discs(centres: Iterable[tuple[float, float]], radius: float) -> str:
    """Path data of many equal discs, so that they are one element."""
    r, across = at(radius), at(2 * radius)
    return "".join(f"M{at(x - radius)} {at(y)}a{r} {r} 0 1 0 {across} 0a{r} {r} 0 1 0 -{across} 0z" for x, y in centres)


def bob(x: float, y: float, width: float = 6.08, height: float = 7.2) -> str:
    """Path data of the plumb bob, its neck at (x, y)."""
    neck, shoulder = 0.58 * width, 0.21 * width
    top = 0.2 * height
    return (
        f"M{at(x - neck / 2)} {at(y)}h{at(neck)}v{at(top)}h{at(shoulder)}L{at(x)} {at(y + height)}"
        f"L{at(x - neck / 2 - shoulder)} {at(y + top)}h{at(shoulder)}z"
    )


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
    size = min(1.0, step / 8)
    places = [
        (10 + index * step if len(lines) > 1 else width / 2, depth(score)) for index, (_, score) in enumerate(lines)
    ]
    body = [
        path(
            "".join(f"M{at(x)} 0V{at(y)}" for x, y in places),
            stroke=ACCENT,
            stroke_width=at(thick),
        ),
        path("".join(bob(x, y, 8 * size, 15.8 * size) for x, y in places), fill=ACCENT),
    ]
    if median is not None:
        y = depth(median) + 15.8 * size
        body.insert(
            0,
            path(f"M0 {at(y)}H{at(width)}", stroke=ACCENT, stroke_width=".6", stroke_dasharray="1.2 3"),
        )
    if step >= 14:
        for (code, _), (x, y) in zip(lines, places, strict=True):
            body.append(f'<rect x="{at(x - 7)}" y="{at(y + 18)}" width="14" height="10" fill="#f6f4ef"/>')
            body.append(label(x, y + 26, code, size=8, fill=ACCENT, anchor="middle"))
    return drawing(width, height, body, title, class_="art")


# Marks inside tables --------------------------------------------------------------------------------------------------


def track(now: Number | None, before: Number | None, median: Number | None, *, title: str, width: float = 98) -> Markup:
    """0 to 100 as a thin rule: plumb line at the median, ring before, disc now."""
    scale = Scale(0, 100, 5, width - 5)
    body = [path(f"M5 5H{at(width - 5)}M5 3V7M{at(width - 5)} 3V7", stroke=RULE, stroke_width=".7")]
    if median is not None:
        x = scale.x(median)
        body.append(path(f"M{at(x)} 0V7", stroke=INK, stroke_width=".9"))
        body.append(path(f"M{at(x - 1.9)} 7h3.8l-1.9 3.4z", fill=INK))
    if before is not None:
        body.append(path(discs([(scale.x(before), 5)], 2.3), fill="#ffffff", stroke=MIDDLE, stroke_width=".8"))
    if now is not None:
        body.append(path(discs([(scale.x(now), 5)], 3), fill=ACCENT, stroke="#ffffff", stroke_width=".8"))
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
        path(f"M{at(low)} 6H{at(high)}", stroke=QUIET, stroke_width=".6"),
        f'<rect x="{at(q1)}" y="3.4" width="{at(max(q3 - q1, 0.8))}" height="5.2" fill="{PALE}"/>',
        path(f"M{at(median)} .8V11.2", stroke=INK, stroke_width="1"),
    ]
    if own is not None:
        body.append(path(discs([(scale.x(own), 6)], 2.8), fill=ACCENT, stroke="#ffffff", stroke_width=".8"))
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
            f'<rect x="{at(x + 0.3 + inset)}" y="{at(inset)}" width="{at(max(part - 0.6 - 2 * inset, 0.4))}" '
            f'height="{at(12 - 2 * inset)}" fill="{BANDS[shade]}"{frame}/>'
        )
        if part >= len(str(count)) * 4.2 + 3:
            body.append(label(x + part / 2, 9, str(count), size=8.4, fill=ON_BAND[shade], anchor="middle"))
        x += part
    return drawing(width, 12, body, title)


def share(value: Number, *, title: str, width: float = 84) -> Markup:
    """A share (0 to 1) as a bar on its whole."""
    return drawing(
        width,
        5,
        [
            f'<rect width="{at(width)}" height="5" fill="{GROUND}"/>',
            f'<rect width="{at(width * float(value))}" height="5" fill="{ACCENT}"/>',
        ],
        title,
    )


def swatch(shade: int | None, title: str, *, framed: bool = False) -> Markup:
    """A cell of the key."""
    fill = EMPTY if shade is None else BANDS[shade]
    frame = f' stroke="{WARNING}" stroke-width=".8"' if framed else ""
    inset = 0.4 if framed else 0
    size = f'x="{inset}" y="{inset}" width="{at(17 - 2 * inset)}" height="{at(8.4 - 2 * inset)}"'
    return drawing(17, 8.4, [f'<rect {size} fill="{fill}"{frame}/>'], title, class_="swatch")
