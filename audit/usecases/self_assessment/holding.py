"""Whether the line may change something now, held until the transaction ends."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.domain import workflow
from audit.domain.criteria import CriteriaSet
from audit.domain.errors import N_, Missing, WrongState
from audit.domain.workflow import State, Verb
from audit.persistence.queries import reopening
from audit.persistence.tables import SelfAssessment


def held_open(
    session: Session, assessment: SelfAssessment, criteria_set: CriteriaSet, criterion_id: str, at: datetime
) -> None:
    """WrongState unless the line may change this now, which cannot change before this transaction ends.

    Submission waits for its savers. After a return that names criteria, the others stay as they were signed.
    """
    row = session.execute(
        select(SelfAssessment.state, SelfAssessment.returned_criteria)
        .where(SelfAssessment.id == assessment.id)
        .with_for_update(read=True)
    ).first()
    if row is None:
        raise Missing(N_("There is no such self-assessment."))
    workflow.after(row.state, Verb.ANSWER)
    if row.state is State.RETURNED and reopening.is_shut(
        session, assessment, criteria_set, criterion_id, named=row.returned_criteria, today=at.date()
    ):
        raise WrongState(
            N_("%(criterion)s stays as it was signed: the network office asked about %(asked)s."),
            criterion=criterion_id,
            asked=", ".join(row.returned_criteria),
        )
