"""Practice counts nowhere: the one condition that keeps it out of every list, job and report; and a line's own."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from audit.persistence.tables import Cycle, CycleKind, FrozenCriteriaSet, SelfAssessment

# Put on every statement over cycles or self-assessments that does not begin from one a person was let in to.
COUNTS = Cycle.kind != CycleKind.PRACTICE


def practice_of(session: Session, line_id: int) -> SelfAssessment | None:
    """The line's practice self-assessment begun last, with its line and cycle."""
    return session.scalar(
        select(SelfAssessment)
        .join(Cycle, Cycle.id == SelfAssessment.cycle_id)
        .where(SelfAssessment.line_id == line_id, Cycle.kind == CycleKind.PRACTICE)
        .options(joinedload(SelfAssessment.line), joinedload(SelfAssessment.cycle))
        .order_by(SelfAssessment.id.desc())
        .limit(1)
    )


def latest_set(session: Session) -> str | None:
    """The hash of the set of the latest full cycle: what a line would be asked; None before the first."""
    return session.scalar(
        select(FrozenCriteriaSet.hash)
        .join(Cycle, Cycle.criteria_set_hash == FrozenCriteriaSet.hash)
        .where(Cycle.kind == CycleKind.FULL)
        .order_by(Cycle.opens_on.desc(), Cycle.id.desc())
        .limit(1)
    )
