"""Moves a self-assessment along its course, so that of two people acting at once only one succeeds."""

from __future__ import annotations

from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from audit.domain.errors import N_, WrongState
from audit.domain.workflow import State, Verb, after
from audit.persistence.tables import Cycle, CycleKind, SelfAssessment


def move(session: Session, assessment: SelfAssessment, verb: Verb) -> State:
    """Set the state after a verb and write it; WrongState when the table refuses or someone else was faster."""
    assessment.state = after(assessment.state, verb)
    try:
        session.flush()
    except StaleDataError as error:
        raise WrongState(
            N_("Someone else changed this self-assessment at the same moment. Load the page again.")
        ) from error
    return assessment.state


def hold(session: Session, assessment: SelfAssessment) -> None:
    """Read the row again and keep others from changing it until the transaction ends: they wait for their turn."""
    session.refresh(assessment, ["state", "version"], with_for_update=True)


def refuse_practice(session: Session, assessment: SelfAssessment) -> None:
    """WrongState for a self-assessment that counts nowhere: nothing leaves practice, and nothing is kept for it."""
    if session.get_one(Cycle, assessment.cycle_id).kind is CycleKind.PRACTICE:
        raise WrongState(
            N_("This is practice and counts nowhere: nothing is submitted, nobody is written to, no evidence is kept.")
        )
