"""The line asks for more time, with a reason; the network office answers by letter."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, render_template
from wtforms import DateField, TextAreaField

from audit.domain import workflow
from audit.domain.errors import N_, AuditError, WrongState
from audit.domain.permissions import Permission
from audit.domain.workflow import OPEN_FOR_THE_LINE, Verb
from audit.persistence.queries import rounds
from audit.persistence.tables import SelfAssessment
from audit.usecases import cycles as cycle_desk
from audit.web import visit
from audit.web.forms import Form, Longest, Needed, stripped
from audit.web.guards import may, requires
from audit.web.line.blueprint import blueprint, place
from audit.web.line.material import assessment_of
from audit.web.line.practice import refuse_practice
from audit.web.replies import said, see
from audit.web.transaction import session


class AskForm(Form):
    until = DateField(
        N_("Until which day?"), validators=[Needed(N_("Enter a date like 30 4 2026, or choose it from the calendar."))]
    )
    reason = TextAreaField(
        N_("Why do you need more time?"),
        description=N_("The network office reads this. Two or three sentences are enough."),
        filters=[stripped],
        validators=[Needed(N_("Give a reason.")), Longest(cycle_desk.LONGEST_REASON)],
    )


@blueprint.get("/assessments/<assessment>/time")
@requires(Permission.SEE_ASSESSMENT, load=assessment_of)
def more_time(assessment: SelfAssessment) -> tuple[str, int]:
    return _page(assessment, AskForm(formdata=None, until=assessment.due_on + timedelta(days=14)))


def _page(assessment: SelfAssessment, form: AskForm) -> tuple[str, int]:
    """The form, or what was asked and what came of it."""
    refuse_practice(assessment)
    page = render_template(
        "line/more_time.html",
        line=assessment.line,
        assessment=assessment,
        cycle=assessment.cycle,
        request_for_time=rounds.latest_request(session(), assessment.id),
        editable=assessment.state in OPEN_FOR_THE_LINE,
        may_ask=may(Permission.ASK_TIME, assessment),
        form=form,
    )
    return page, form.status


@blueprint.post("/assessments/<assessment>/time")
@requires(Permission.ASK_TIME, load=assessment_of)
def ask_time(assessment: SelfAssessment) -> Response | tuple[str, int]:
    """Ask; the date stays until somebody answers."""
    workflow.after(assessment.state, Verb.ANSWER)
    form = AskForm()
    if form.accepted():
        try:
            cycle_desk.ask_time(
                session(),
                assessment,
                until=form.until.data,
                reason=form.reason.data,
                actor=visit.actor(),
                at=visit.now(),
            )
        except WrongState:
            raise
        except AuditError as refusal:
            form.refuse(refusal)
        else:
            message = said(N_("Asked. The network office has a letter; its answer comes by letter too."))
            return see("more_time", message, **place(assessment))
    return _page(assessment, form)
