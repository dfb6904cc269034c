"""The declaration of interest: before a reviewer reads anything, they say whether a tie binds them to the line."""

from __future__ import annotations

from flask import Response, render_template
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice

from audit.domain.errors import N_, AuditError, InvalidInput
from audit.domain.permissions import Permission
from audit.domain.workflow import State
from audit.persistence.queries.reviewing import subject_of
from audit.persistence.tables import Review
from audit.usecases import review as reviewing
from audit.web import visit
from audit.web.forms import Form, Longest, Needed, stripped
from audit.web.guards import requires
from audit.web.replies import said, see
from audit.web.review.blueprint import blueprint, review_of
from audit.web.transaction import session

NONE, TIE = "none", "tie"
RELEASED = N_(
    "Thank you for saying so. You are released from this review, and the network office asks somebody else. "
    "There is nothing more for you to do."
)


class DeclarationForm(Form):
    tie = RadioField(
        N_("Does anything tie you to this line?"),
        [Needed(N_("Choose one of the two."))],
        choices=[
            SelectChoice(NONE, N_("No. None of these holds for me.")),
            SelectChoice(TIE, N_("Yes, or I am not sure.")),
        ],
    )
    reason = TextAreaField(
        N_("What ties you to this line?"),
        [Longest(1000)],
        filters=[stripped],
        description=N_(
            "Only where you chose yes. A few words are enough; the network office reads them, the line does not."
        ),
    )


def _page(review: Review, form: DeclarationForm) -> tuple[str, int]:
    assessment = subject_of(session(), review)
    page = render_template(
        "review/declaration.html",
        review=review,
        line=assessment.line,
        cycle=assessment.cycle,
        declared=review.declared_at,
        open=assessment.state in (State.SUBMITTED, State.IN_REVIEW, State.RECONCILIATION),
        form=form,
    )
    return page, form.status


@blueprint.get("/<review>/declaration")
@requires(Permission.REVIEW, load=review_of)
def declaration(review: Review) -> tuple[str, int]:
    return _page(review, DeclarationForm(formdata=None))


@blueprint.post("/<review>/declaration")
@requires(Permission.REVIEW, load=review_of)
def declare(review: Review) -> Response | tuple[str, int]:
    """No tie opens the review; a tie ends it at once."""
    form = DeclarationForm()
    if not form.accepted():
        return _page(review, form)
    tie = form.tie.data == TIE
    try:
        if not tie and form.reason.data:
            raise InvalidInput(
                N_("You wrote down a tie and chose no. Choose yes, or take the words away."), field="tie"
            )
        reviewing.declare(
            session(), review, tie=tie, reason=form.reason.data or "", actor=visit.actor(), at=visit.now()
        )
    except AuditError as refusal:
        form.refuse(refusal)
        return _page(review, form)
    if tie:
        return see("mine", said(RELEASED))
    return see("start", said(N_("Thank you. Nothing ties you to this line.")), review=review.public_id)
