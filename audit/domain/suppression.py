"""Which counts may be shown: small groups are withheld, and so is whatever would give them away by difference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

SMALLEST_GROUP = 5  # lines (domain report 3.2, no. 7)

K = TypeVar("K")


def suppress(table: Mapping[K, int], minimum: int = SMALLEST_GROUP) -> dict[K, int | None]:
    """A table of counts whose total is known, with None where a count is not shown.

    Counts from 1 to `minimum` - 1 are withheld. Whoever knows the total can subtract what is shown, so the withheld
    cells together must be at least two and hold at least `minimum`: the smallest further counts are withheld until they
    do, and one more where the withheld ones could still be told apart. A table of fewer than `minimum` is withheld
    altogether. Nought is shown: it is no group.
    """
    total = sum(table.values())
    if total < minimum:
        return dict.fromkeys(table)
    hidden = {key for key, count in table.items() if 0 < count < minimum}
    for smallest in sorted({count for count in table.values() if count >= minimum}):
        if _safe(table, hidden, minimum):
            break
        hidden |= {key for key, count in table.items() if count == smallest}  # a choice among equals would tell
    return {key: None if key in hidden else count for key, count in table.items()}


def _safe(table: Mapping[K, int], hidden: set[K], minimum: int) -> bool:
    """Whether subtraction tells nothing: no cell hidden, or enough of them, large enough, with room to vary.

    If each of k hidden cells held as much as a small one can, k x (minimum - 1), the sum alone would tell every count.
    """
    if not hidden:
        return True
    withheld = sum(table[key] for key in hidden)
    most = len(hidden) * (minimum - 1)
    return len(hidden) >= 2 and withheld >= minimum and withheld != most and withheld != len(hidden)
