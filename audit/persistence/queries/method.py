"""The criteria sets that cycles were opened with, for the public page of the method."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit.persistence.queries.practice import COUNTS
from audit.persistence.tables import Cycle, CycleKind, FrozenCriteriaSet


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedSet:
    """A frozen criteria set and the cycles that are measured against it."""

    hash: str
    set_id: str
    version: str
    first_used_on: date
    cycles: int

    @property
    def short(self) -> str:
        """What addresses the set: the beginning of its hash, since two drafts may carry one version."""
        return self.hash[:16]


def used_sets(session: Session) -> tuple[UsedSet, ...]:
    """Every set that a cycle was opened with, the latest first; a first round asks a part of one of them."""
    rows = session.execute(
        select(
            FrozenCriteriaSet.hash,
            FrozenCriteriaSet.set_id,
            FrozenCriteriaSet.version,
            func.min(Cycle.opens_on).label("first_used_on"),
            func.count().label("cycles"),
        )
        .join(Cycle, Cycle.criteria_set_hash == FrozenCriteriaSet.hash)
        .where(COUNTS, Cycle.kind != CycleKind.FIRST_ROUND)
        .group_by(FrozenCriteriaSet.hash, FrozenCriteriaSet.set_id, FrozenCriteriaSet.version)
        .order_by(func.max(Cycle.opens_on).desc(), FrozenCriteriaSet.hash)
    )
    return tuple(UsedSet(**row._asdict()) for row in rows)
