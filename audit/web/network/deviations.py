"""What goes otherwise than planned: one line gets more time, or leaves the cycle."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, render_template
from wtforms import DateField, TextAreaField

from audit.domain.errors import N_, AuditError
from audit.domain.permissions import Permission
from audit.domain.workflow import OPEN_FOR_THE_LINE, Verb, after
from audit.persistence.queries import rounds
from audit.persistence.tables import SelfAssessment
from audit.usecases import cycles as cycle_desk
from audit.usecases import self_assessment as line_desk
from audit.web import visit
from audit.web.forms import Form, Longest, Needed, stripped
from audit.web.guards import may, requires
from audit.web.network.blueprint import A_DATE, assessment_of, blueprint
from audit.web.replies import said, see
from audit.web.transaction import session


class TimeForm(Form):
    due_on = DateField(N_("The self-assessment is due on"), validators=[Needed(A_DATE)])
    reason = TextAreaField(
        N_("Reason"),
        description=N_("Kept in the journal; the line reads it."),
        filters=[stripped],
        validators=[Needed(N_("Give a reason.")), Longest(2000)],
    )


class DeclineForm(Form):
    no = TextAreaField(
        N_("Why does the date stay?"),
        description=N_("The line reads this. One or two sentences are enough."),
        filters=[stripped],
        validators=[Needed(N_("Give a reason.")), Longest(2000)],
    )


class WithdrawForm(Form):
    reason = TextAreaField(
        N_("Reason"),
        description=N_("For example: the line asked for it by letter, or has not answered since a date."),
        filters=[stripped],
        validators=[Needed(N_("Give a reason.")), Longest(2000)],
    )


@blueprint.get("/assessments/<assessment>/time")
@requires(Permission.SEE_NETWORK, load=assessment_of)
def more_time(assessment: SelfAssessment) -> tuple[str, int]:
    asked = rounds.open_request(session(), assessment.id)
    until = asked.until if asked is not None else assessment.due_on + timedelta(days=14)
    return _time(assessment, TimeForm(formdata=None, due_on=until), DeclineForm(formdata=None))


def _time(assessment: SelfAssessment, form: TimeForm, decline: DeclineForm) -> tuple[str, int]:
    """What the line asks, and the two answers; of the two forms the one that was sent carries the status."""
    page = render_template(
        "network/more_time.html",
        assessment=assessment,
        asked=rounds.open_request(session(), assessment.id),
        answers=assessment.state in OPEN_FOR_THE_LINE and may(Permission.GIVE_TIME, assessment),
        form=form,
        decline=decline,
    )
    return page, max(form.status, decline.status)


@blueprint.post("/assessments/<assessment>/time/decline")
@requires(Permission.GIVE_TIME, load=assessment_of)
def decline_time(assessment: SelfAssessment) -> Response | tuple[str, int]:
    """Leave the date as it is, with a reason."""
    decline = DeclineForm()
    if decline.accepted():
        cycle_desk.decline_time(
            session(), assessment, reason=decline.no.data or "", actor=visit.actor(), at=visit.now()
        )
        message = N_("The date stays. The line has a letter.")
        return see("dossier", said(message), assessment=assessment.public_id)
    return _time(assessment, TimeForm(formdata=None, due_on=assessment.due_on + timedelta(days=14)), decline)


@blueprint.post("/assessments/<assessment>/time")
@requires(Permission.GIVE_TIME, load=assessment_of)
def give_time(assessment: SelfAssessment) -> Response | tuple[str, int]:
    """Move the date on which this one line's self-assessment is due."""
    after(assessment.state, Verb.SUBMIT)
    form = TimeForm()
    if form.accepted():
        try:
            cycle_desk.give_time(
                session(),
                assessment,
                due_on=form.due_on.data,
                reason=form.reason.data or "",
                actor=visit.actor(),
                at=visit.now(),
            )
        except AuditError as refusal:
            form.refuse(refusal)
        else:
            message = N_("The line has until %(day)s now.")
            return see(
                "dossier",
                said(message, day=visit.reading().date(form.due_on.data)),
                assessment=assessment.public_id,
            )
    return _time(assessment, form, DeclineForm(formdata=None))


@blueprint.get("/assessments/<assessment>/withdrawal")
@requires(Permission.SEE_NETWORK, load=assessment_of)
def withdrawal(assessment: SelfAssessment) -> tuple[str, int]:
    return _withdrawal(assessment, WithdrawForm(formdata=None))


def _withdrawal(assessment: SelfAssessment, form: WithdrawForm) -> tuple[str, int]:
    return render_template("network/withdrawal.html", assessment=assessment, form=form), form.status


@blueprint.post("/assessments/<assessment>/withdrawal")
@requires(Permission.WITHDRAW_FOR_LINE, load=assessment_of)
def withdraw(assessment: SelfAssessment) -> Response | tuple[str, int]:
    """Take a line out of the cycle on its behalf, so that the cycle can close; nothing is decided about it."""
    after(assessment.state, Verb.WITHDRAW)
    form = WithdrawForm()
    if form.accepted():
        try:
            line_desk.withdraw(
                session(), assessment, reason=form.reason.data or "", actor=visit.actor(), at=visit.now()
            )
        except AuditError as refusal:
            form.refuse(refusal)
        else:
            return see("dossier", said(N_("The line is out of this cycle.")), assessment=assessment.public_id)
    return _withdrawal(assessment, form)
