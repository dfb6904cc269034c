"""Order statistics from counts: exact medians and quartiles without holding every value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Five numbers of a group. Quartiles by linear interpolation between order statistics (scoring.md, Vectors).

    `n` is None where saying it would give a small group away by difference.
    """

    n: int | None
    minimum: Fraction
    q1: Fraction
    median: Fraction
    q3: Fraction
    maximum: Fraction

    @property
    def middle_half(self) -> Fraction:
        """How far the first and the third quartile lie apart."""
        return self.q3 - self.q1


def quantile(counts: Mapping[Fraction, int], share: Fraction) -> Fraction:
    """The value below which `share` (0 to 1) of the group lies, from a histogram {value: how often}.

    Position share x (n - 1) in the sorted values, interpolated linearly: the default of R (type 7), numpy and
    spreadsheets, and `statistics.quantiles(method="inclusive")`. Raises ValueError for an empty group.
    """
    ordered = sorted((value, count) for value, count in counts.items() if count)
    n = sum(count for _, count in ordered)
    if not n:
        raise ValueError("a quantile needs at least one value")
    position = share * (n - 1)
    lower = position.numerator // position.denominator
    low = _at(ordered, lower)
    part = position - lower
    return low + part * (_at(ordered, lower + 1) - low) if part else low


def _at(ordered: list[tuple[Fraction, int]], index: int) -> Fraction:
    seen = 0
    for value, count in ordered:
        seen += count
        if index < seen:
            return value
    return ordered[-1][0]


def spread(counts: Mapping[Fraction, int]) -> Spread | None:
    """The five numbers of a histogram {value: how often}; None for an empty group."""
    n = sum(counts.values())
    if not n:
        return None
    present = [value for value, count in counts.items() if count]
    return Spread(
        n=n,
        minimum=min(present),
        q1=quantile(counts, Fraction(1, 4)),
        median=quantile(counts, Fraction(1, 2)),
        q3=quantile(counts, Fraction(3, 4)),
        maximum=max(present),
    )
