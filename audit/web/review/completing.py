"""Completing a review: what is not judged yet, by name; then what was said is fixed."""

from __future__ import annotations

from flask import Response, render_template

from audit.domain.errors import N_, AuditError
from audit.domain.permissions import Permission
from audit.domain.workflow import State
from audit.persistence.tables import Review
from audit.usecases import review as reviewing
from audit.web import visit
from audit.web.forms import Form
from audit.web.guards import requires
from audit.web.replies import said, see
from audit.web.review.blueprint import blueprint, declared, readable, review_of
from audit.web.review.desk import Desk, desk_of
from audit.web.transaction import session


class CompletionForm(Form):
    """Nothing to fill in: the button is the statement."""


def _page(desk: Desk, form: CompletionForm) -> tuple[str, int]:
    open_entries = [entry for entry in desk.entries if not entry.is_judged]
    page = render_template(
        "review/completion.html",
        desk=desk,
        review=desk.work.review,
        line=desk.assessment.line,
        cycle=desk.assessment.cycle,
        open_entries=open_entries,
        unnamed={entry.criterion.id: _items(desk, entry.criterion.id) for entry in open_entries},
        form=form,
    )
    return page, form.status


def _items(desk: Desk, criterion: str) -> list[str]:
    """The titles of the items that wait for a verdict."""
    return [
        item.title
        for item in desk.work.evidence.get(criterion, [])
        if item.locked_at is None and (criterion, item.public_id) not in desk.work.evidence_verdicts
    ]


@blueprint.get("/<review>/completion")
@requires(Permission.REVIEW, load=review_of)
def completion(review: Review) -> Response | tuple[str, int]:
    if review.declared_at is None:
        return see("declaration", review=review.public_id)
    desk = desk_of(session(), review)
    readable(desk.assessment)
    return _page(desk, CompletionForm(formdata=None))


@blueprint.post("/<review>/completion")
@requires(Permission.REVIEW, load=review_of)
def complete(review: Review) -> Response | tuple[str, int]:
    declared(review)
    form = CompletionForm()
    desk = desk_of(session(), review)
    readable(desk.assessment)
    try:
        reviewing.complete(session(), review, desk.source_set, actor=visit.actor(), at=visit.now(), today=visit.today())
    except AuditError as refusal:
        form.refuse(refusal)
        return _page(desk, form)
    if desk.assessment.state is State.RECONCILIATION:
        message = N_("Your review is complete, and so is the other one. On some criteria you differ: settle them now.")
        return see("reconciliation", said(message), review=review.public_id)
    if desk.assessment.state is State.IN_REVIEW:
        return see("mine", said(N_("Your review is complete. The other reviewer is still at work; you get a letter.")))
    return see("mine", said(N_("Your review is complete. The line now checks the facts. Thank you.")))
