"""My reviews: what I am asked to review, how far I am, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template

from audit.domain.permissions import Permission
from audit.domain.workflow import State
from audit.persistence import criteria_sets
from audit.persistence.queries import reviews
from audit.persistence.queries.reviews import MyReview
from audit.web import visit
from audit.web.guards import requires
from audit.web.review.blueprint import READABLE, blueprint
from audit.web.transaction import session

DECLARE, WAIT, GO_ON, RECONCILE, READ, OVER = "declare", "wait", "go_on", "reconcile", "read", "over"
MY_TURN = (DECLARE, GO_ON, RECONCILE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One review with what its reviewer does next."""

    review: MyReview
    criteria: int  # of the set; what does not apply to the line is left out on its own page
    next: str
    late: bool


@blueprint.get("")
@requires(Permission.SEE_OWN_REVIEWS)
def mine() -> str:
    """What waits for the reviewer stands first, then by date, the latest cycle first."""
    rows = [_row(review) for review in reviews.mine(session(), visit.actor())]
    waiting = [row for row in rows if row.next in MY_TURN]
    others = sorted((row for row in rows if row.next not in MY_TURN), key=lambda row: row.review.due_on, reverse=True)
    return render_template("review/list.html", rows=[*waiting, *others], waiting=waiting)


def _row(review: MyReview) -> Row:
    criteria = len(criteria_sets.frozen(session(), review.criteria_set_hash).criteria)
    following = _next(review)
    late = following in (DECLARE, GO_ON) and review.due_on < visit.today()
    return Row(review=review, criteria=criteria, next=following, late=late)


def _next(review: MyReview) -> str:
    if review.state is State.WITHDRAWN:
        return OVER
    if not review.declared and review.state in (State.SUBMITTED, State.IN_REVIEW, State.RECONCILIATION):
        return DECLARE
    if review.state is State.RECONCILIATION and review.completed:
        return RECONCILE
    if review.state is State.IN_REVIEW and not review.completed:
        return GO_ON
    return READ if review.state in READABLE else WAIT
