"""How far two reviewers agree before they talk: raw agreement and weighted kappa with linear weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Of `n` criteria judged by both, how many got the same level, and how far that goes beyond chance.

    `raw` is a share from 0 to 1. `kappa` is 1 for full agreement and 0 for what chance alone would give; it is None
    where it is undefined: nothing judged twice, or chance alone could not disagree.
    """

    n: int
    same: int
    raw: Fraction | None
    kappa: Fraction | None


def agreement(pairs: Iterable[tuple[int, int]]) -> Agreement:
    """Agreement over (first reviewer's level, second reviewer's level), numeric levels 0 to 3 (scoring.md, Vectors)."""
    counts = Counter(pairs)
    n = counts.total()
    same = sum(count for (first, second), count in counts.items() if first == second)
    return Agreement(n=n, same=same, raw=Fraction(same, n) if n else None, kappa=weighted_kappa(counts))


def weighted_kappa(counts: Counter[tuple[int, int]]) -> Fraction | None:
    """Cohen's weighted kappa (1968) with linear weights, from a table {(first, second): how often}.

    1 - observed disagreement / disagreement expected by chance, where a disagreement weighs as many units as the two
    levels lie apart. None for an empty table, or when both reviewers gave one and the same level throughout.
    """
    n = counts.total()
    if not n:
        return None
    firsts: Counter[int] = Counter()
    seconds: Counter[int] = Counter()
    for (first, second), count in counts.items():
        firsts[first] += count
        seconds[second] += count
    observed = sum(abs(first - second) * count for (first, second), count in counts.items())
    by_chance = sum(abs(a - b) * left * right for a, left in firsts.items() for b, right in seconds.items())
    return 1 - Fraction(observed * n, by_chance) if by_chance else None
