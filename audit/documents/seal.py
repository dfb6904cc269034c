"""The network's seal as a drawing: one tick for each criterion, the plumb line falling in, lettering as outlines."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

_FACES = Path(__file__).resolve().parent / "fonts"
_PETROL = "#0e5061"  # the accent of the screen's tokens, as a literal: drawings read no style sheet
_CENTRE = 60.0  # the drawing is 120 units wide; 42 mm in print
_TICK_FROM, _TICK_TO = 52.4, 55.6
_UPPER_BASE, _LOWER_BASE = 38.4, 44.2  # radii on which the letters stand, above and below
_LARGEST, _SMALLEST = 7.6, 5.4  # size of the lettering in units; the smallest is as small as a coin's
_TRACKING = 0.1  # of the size
_WIDEST = math.radians(236)  # how far the upper lettering may reach round


class _Face:
    """One face whose letters can be had as outlines."""

    def __init__(self, file: str) -> None:
        self.font = TTFont(_FACES / file, lazy=True)
        self.glyphs = self.font.getGlyphSet()
        self.names = self.font.getBestCmap()
        self.units = self.font["head"].unitsPerEm

    def draws(self, text: str) -> bool:
        return all(ord(character) in self.names for character in text)

    def advances(self, text: str) -> list[float]:
        """Widths of the letters, in ems."""
        return [self.glyphs[self.names[ord(character)]].width / self.units for character in text]

    def outline(self, character: str, matrix: tuple[float, float, float, float, float, float]) -> str:
        pen = SVGPathPen(self.glyphs, ntos=_short)
        self.glyphs[self.names[ord(character)]].draw(TransformPen(pen, matrix))
        return str(pen.getCommands())


def _short(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


@lru_cache(maxsize=4)
def _face(file: str) -> _Face:
    return _Face(file)


@lru_cache(maxsize=256)
def seal(network: str, purpose: str, year: int, criteria: int) -> str:
    """The inside of an SVG of 120 by 120 units.

    `network` runs round the top and `purpose` round the foot. A name that is too long to read, or in letters the face
    has none of, gives way to the purpose.
    """
    letters = _face("SourceSans3-Semibold.ttf")
    below = purpose.upper() if letters.draws(purpose.upper()) else "QUALITY AUDIT"
    above = network.upper()
    if not letters.draws(above) or _size(letters, above, _UPPER_BASE, _WIDEST) < _SMALLEST:
        above = below
    size = _size(letters, above, _UPPER_BASE, _WIDEST)
    lower = _size(letters, below, _LOWER_BASE, math.radians(84))
    dots = _dots(_sweep(letters, above, size, _UPPER_BASE), _sweep(letters, below, lower, _LOWER_BASE))
    return "".join(
        [
            f'<circle cx="60" cy="60" r="58.6" fill="#ffffff" stroke="{_PETROL}" stroke-width="1.3"/>',
            f'<path d="{_ticks(criteria)}" fill="none" stroke="{_PETROL}" stroke-width=".8"/>',
            f'<circle cx="60" cy="60" r="49.4" fill="none" stroke="{_PETROL}" stroke-width=".5"/>',
            f'<circle cx="60" cy="60" r="33.4" fill="none" stroke="{_PETROL}" stroke-width=".5"/>',
            f'<path d="{_above(letters, above, size)}{_below(letters, below, lower)}{dots}{_year(year)}'
            f'M56.4 55h7.2v3.6h2.9L60 82.5 53.5 58.6h2.9z" fill="{_PETROL}"/>',
            f'<path d="M60 26.6V56" fill="none" stroke="{_PETROL}" stroke-width=".9"/>',
        ]
    )


def _ticks(criteria: int) -> str:
    """One tick for each criterion, the gap between the first and the last at the top, where the line falls in."""
    lines = []
    for number in range(criteria):
        angle = (number + 0.5) * math.tau / criteria
        x, y = math.sin(angle), -math.cos(angle)
        lines.append(
            f"M{_short(_CENTRE + _TICK_FROM * x)} {_short(_CENTRE + _TICK_FROM * y)}"
            f"L{_short(_CENTRE + _TICK_TO * x)} {_short(_CENTRE + _TICK_TO * y)}"
        )
    return "".join(lines)


def _sweep(face: _Face, text: str, size: float, radius: float) -> float:
    return size * (sum(face.advances(text)) + _TRACKING * max(len(text) - 1, 0)) / radius


def _size(face: _Face, text: str, radius: float, widest: float) -> float:
    """The largest size at which the text stays within its part of the ring."""
    return min(_LARGEST, widest / (_sweep(face, text, 1, radius) or 1))


def _letters(face: _Face, text: str, size: float, radius: float) -> Iterable[tuple[str, float]]:
    """Each letter with the angle of its middle, from the middle of the text."""
    at = -_sweep(face, text, size, radius) / 2
    for character, advance in zip(text, face.advances(text), strict=True):
        yield character, at + size * advance / 2 / radius
        at += size * (advance + _TRACKING) / radius


def _above(face: _Face, text: str, size: float) -> str:
    """Letters standing outwards round the top, read clockwise."""
    scale, outlines = size / face.units, []
    for character, angle in _letters(face, text, size, _UPPER_BASE):
        outlines.append(_placed(face, character, scale, angle, _UPPER_BASE))
    return "".join(outlines)


def _below(face: _Face, text: str, size: float) -> str:
    """Letters standing inwards round the foot, read counter-clockwise, so that both texts are upright."""
    scale, outlines = size / face.units, []
    for character, angle in _letters(face, text, size, _LOWER_BASE):
        outlines.append(_placed(face, character, scale, -angle, -_LOWER_BASE))
    return "".join(outlines)


def _placed(face: _Face, character: str, scale: float, angle: float, radius: float) -> str:
    """A letter turned by `angle` about the centre, standing `radius` above it (below it when negative)."""
    cosine, sine = math.cos(angle), math.sin(angle)
    half = face.advances(character)[0] * face.units * scale / 2
    # Font coordinates grow upwards, the drawing's downwards: hence the signs of the second pair.
    x = _CENTRE + radius * math.sin(angle) - half * cosine
    y = _CENTRE - radius * math.cos(angle) - half * sine
    return face.outline(character, (scale * cosine, scale * sine, scale * sine, -scale * cosine, x, y))


def _dots(upper: float, lower: float) -> str:
    """A dot on each side, midway between the end of the upper lettering and the beginning of the lower."""
    angle = (upper / 2 + math.pi - lower / 2) / 2
    radius, size = 41.4, 1.1
    dots = []
    for side in (1, -1):
        x, y = _CENTRE + side * radius * math.sin(angle), _CENTRE - radius * math.cos(angle)
        dots.append(
            f"M{_short(x - size)} {_short(y)}a{size} {size} 0 1 0 {2 * size} 0a{size} {size} 0 1 0 {-2 * size} 0z"
        )
    return "".join(dots)


def _year(year: int) -> str:
    """The year, two figures on each side of the bob."""
    face, size, gap = _face("SourceSerif4-Regular.ttf"), 13.6, 8.2
    text = f"{year:04d}"
    scale = size / face.units
    halves = []
    for part, begins in ((text[:-2], None), (text[-2:], _CENTRE + gap)):
        width = sum(face.advances(part)) * size
        at = _CENTRE - gap - width if begins is None else begins
        for character, advance in zip(part, face.advances(part), strict=True):
            halves.append(face.outline(character, (scale, 0, 0, -scale, at, 64.6)))
            at += advance * size
    return "".join(halves)
