"""How long a part of the self-assessment takes, so that people with half an hour can choose what fits into it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from audit.domain.criteria import Criterion

CRITERION_MINUTES = 8  # to read it, choose a level and say why in a few sentences
FIGURE_MINUTES = 10  # to find one figure in the log and count it
EVIDENCE_MINUTES = 4  # to choose an item, or to add one
STEP = 5
LONGEST_IN_MINUTES = 90  # from there on people think in hours


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """An estimate in minutes, rounded up to five."""

    minutes: int

    @property
    def hours(self) -> Fraction | None:
        """The same in hours, to the nearest half; None while it is better said in minutes."""
        return Fraction(round(Fraction(self.minutes, 30)), 2) if self.minutes > LONGEST_IN_MINUTES else None


def effort(criteria: Iterable[Criterion]) -> Effort:
    """How long these criteria take when they are answered for the first time; 0 minutes for none."""
    total = sum(
        CRITERION_MINUTES + FIGURE_MINUTES * len(criterion.indicators) + (EVIDENCE_MINUTES if criterion.evidence else 0)
        for criterion in criteria
    )
    return Effort(minutes=-(-total // STEP) * STEP)
