"""The course of one self-assessment as a table: what is not listed is refused."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from audit.domain.errors import N_, WrongState


class State(StrEnum):
    """Where a self-assessment stands (product.md, "The course of one audit")."""

    DRAFT = "draft"  # the line fills it in
    SUBMITTED = "submitted"  # waits for the completeness check
    RETURNED = "returned"  # back with the line, naming what is missing
    IN_REVIEW = "in_review"  # the reviewers work, blind to each other
    RECONCILIATION = "reconciliation"  # both are done and differ
    FACTUAL_CHECK = "factual_check"  # the line reads the findings for factual mistakes
    AWAITING_DECISION = "awaiting_decision"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"  # the line left the cycle


class Verb(StrEnum):
    ANSWER = "answer"  # save an answer, attach evidence: changes no state
    SUBMIT = "submit"
    RETURN = "return"
    ACCEPT = "accept"  # complete: the review begins
    JUDGE = "judge"  # a reviewer's verdict: changes no state
    COMPLETE_REVIEW = "complete_review"  # changes no state until the last reviewer is done
    DISAGREE = "disagree"  # the last review is in and criteria differ
    AGREE = "agree"  # the last review is in and nothing differs
    RECONCILE = "reconcile"  # one criterion settled: changes no state
    FINISH_RECONCILIATION = "finish_reconciliation"
    CONFIRM_FACTS = "confirm_facts"
    DECIDE = "decide"
    WITHDRAW = "withdraw"


_D, _S, _R = State.DRAFT, State.SUBMITTED, State.RETURNED
_I, _C, _F, _A = State.IN_REVIEW, State.RECONCILIATION, State.FACTUAL_CHECK, State.AWAITING_DECISION

TRANSITIONS: Mapping[tuple[State, Verb], State] = {
    (_D, Verb.ANSWER): _D,
    (_R, Verb.ANSWER): _R,
    (_D, Verb.SUBMIT): _S,
    (_R, Verb.SUBMIT): _S,
    (_S, Verb.RETURN): _R,
    (_S, Verb.ACCEPT): _I,
    (_I, Verb.JUDGE): _I,
    (_I, Verb.COMPLETE_REVIEW): _I,
    (_I, Verb.DISAGREE): _C,
    (_I, Verb.AGREE): _F,
    (_C, Verb.RECONCILE): _C,
    (_C, Verb.FINISH_RECONCILIATION): _F,
    (_F, Verb.CONFIRM_FACTS): _A,
    (_A, Verb.DECIDE): State.DECIDED,
    (_D, Verb.WITHDRAW): State.WITHDRAWN,
    (_R, Verb.WITHDRAW): State.WITHDRAWN,
    (_S, Verb.WITHDRAW): State.WITHDRAWN,
    (_I, Verb.WITHDRAW): State.WITHDRAWN,
    (_C, Verb.WITHDRAW): State.WITHDRAWN,
    (_F, Verb.WITHDRAW): State.WITHDRAWN,
    (_A, Verb.WITHDRAW): State.WITHDRAWN,
}

OPEN_FOR_THE_LINE = frozenset({_D, _R})
CLOSED = frozenset({State.DECIDED, State.WITHDRAWN})
MOST_RETURNS = 3  # product.md 6: at most three returns before the decision

_REFUSALS: Mapping[State, str] = {
    State.DRAFT: N_("This self-assessment has not been submitted yet."),
    State.SUBMITTED: N_("This self-assessment was submitted and cannot be changed now."),
    State.RETURNED: N_("This self-assessment is back with the line."),
    State.IN_REVIEW: N_("This self-assessment is being reviewed and cannot be changed now."),
    State.RECONCILIATION: N_("The reviewers are settling their differences; this cannot be done now."),
    State.FACTUAL_CHECK: N_("The line is checking the facts; this cannot be done now."),
    State.AWAITING_DECISION: N_("This self-assessment waits for its decision; this cannot be done now."),
    State.DECIDED: N_("This self-assessment was decided and stays as it is."),
    State.WITHDRAWN: N_("The line withdrew from this cycle."),
}


def may(state: State, verb: Verb) -> bool:
    return (state, verb) in TRANSITIONS


def after(state: State, verb: Verb) -> State:
    """The state after a verb; WrongState, in words, when the table does not list it."""
    try:
        return TRANSITIONS[state, verb]
    except KeyError:
        raise WrongState(_REFUSALS[state]) from None
