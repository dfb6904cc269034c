"""The blueprint of the reviewer's side, and what its views share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from audit.domain.errors import N_, WrongState
from audit.domain.workflow import State
from audit.persistence.queries import reviews
from audit.persistence.tables import Review, SelfAssessment

blueprint = Blueprint("review", __name__, url_prefix="/reviews")

# From the completeness check on a reviewer reads the answers; before, they may still change under their eyes.
READABLE = frozenset(
    {State.IN_REVIEW, State.RECONCILIATION, State.FACTUAL_CHECK, State.AWAITING_DECISION, State.DECIDED}
)
NOT_YET = N_("The review begins when the network office has checked that everything is there. You get a letter then.")
BACK = N_("The self-assessment is back with the line. You get a letter when it can be reviewed.")
LEFT = N_("The line left this cycle. There is nothing left to review.")
UNDECLARED = N_("Please declare first that no tie to this line binds you.")
_NOT_READABLE = {State.SUBMITTED: NOT_YET, State.WITHDRAWN: LEFT}


def review_of(session: Any, review: str) -> Review | None:
    return reviews.by_public_id(session, review)


def readable(assessment: SelfAssessment) -> None:
    """WrongState, in words, while a reviewer has nothing to read."""
    if assessment.state not in READABLE:
        raise WrongState(_NOT_READABLE.get(assessment.state, BACK))


def declared(review: Review) -> None:
    """WrongState, in words, while the reviewer has not said whether a tie binds them: until then nothing is shown."""
    if review.declared_at is None:
        raise WrongState(UNDECLARED)
