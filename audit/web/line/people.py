"""The people of a line: who they are, inviting a colleague, handing the line over."""

from __future__ import annotations

from flask import Response, flash, make_response, redirect, render_template
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice

from audit.domain.errors import N_, AuditError
from audit.domain.permissions import Permission, Role
from audit.persistence.queries import people as people_queries
from audit.persistence.queries.people import Held
from audit.persistence.queries.teamwork import colleagues_of
from audit.persistence.tables import ReportingLine
from audit.usecases import accounts
from audit.web import visit
from audit.web.forms import EmailAddress, Form, Longest, Needed, stripped
from audit.web.guards import may, requires
from audit.web.line.blueprint import blueprint
from audit.web.line.material import line_of
from audit.web.line.submission_forms import InviteForm
from audit.web.replies import said, see
from audit.web.transaction import session


def _people_page(line: ReportingLine, form: InviteForm) -> tuple[str, int]:
    held = people_queries.people_of_line(session(), line)
    page = render_template(
        "line/people.html",
        line=line,
        people=held,
        managers=sum(_can_sign(one) for one in held),
        may_invite=may(Permission.INVITE_TO_LINE, line),
        waits_for=_waits_for(held),
        form=form,
    )
    return page, form.status


def _can_sign(held: Held) -> bool:
    person = held.person
    return held.appointment.role is Role.MANAGER and person.disabled_at is None and person.password_hash is not None


def _waits_for(held: list[Held]) -> str:
    """The name of the person the visitor waits for before they leave; "" for none."""
    actor = visit.actor()
    followers = [one.appointment.hands_over_to_id for one in held if one.person.id == actor.id]
    return next((one.person.name for one in held if one.person.id in followers), "")


@blueprint.get("/people")
@requires(Permission.SEE_LINE, load=line_of)
def people(line: ReportingLine) -> tuple[str, int]:
    return _people_page(line, InviteForm(formdata=None))


@blueprint.post("/people")
@requires(Permission.INVITE_TO_LINE, load=line_of)
def invite(line: ReportingLine) -> Response | tuple[str, int]:
    """Invite a colleague by letter."""
    form = InviteForm()
    if form.accepted():
        try:
            accounts.invite(
                session(),
                email=form.email.data,
                name=form.name.data,
                role=Role(form.role.data),
                line=line,
                language=line.language,
                country=line.country,
                actor=visit.actor(),
                at=visit.now(),
            )
        except AuditError as refusal:
            form.refuse(refusal)
        else:
            return see("people", said(N_("Invited. The letter is on its way.")), line=line.public_id)
    return _people_page(line, form)


# Handing over -----------------------------------------------------------------------------------------------


class HandOverForm(Form):
    successor = RadioField(
        N_("Who takes over from you?"), validators=[Needed(N_("Choose one of the people of your line."))]
    )


class SuccessorForm(Form):
    name = StringField(N_("Name"), filters=[stripped], validators=[Needed(N_("Enter a name.")), Longest(160)])
    email = StringField(
        N_("E-mail address"),
        filters=[stripped],
        validators=[Needed(N_("Enter an e-mail address.")), Longest(254), EmailAddress()],
    )


def _hand_over_page(line: ReportingLine, form: HandOverForm, invited: SuccessorForm) -> tuple[str, int]:
    page = render_template(
        "line/people_hand_over.html",
        line=line,
        form=form,
        invited=invited,
        waits_for=_waits_for(people_queries.people_of_line(session(), line)),
    )
    return page, max(form.status, invited.status)


def _of_colleagues(line: ReportingLine, form: HandOverForm) -> HandOverForm:
    """Offer the others who could follow; who has not joined is named by the desk when chosen."""
    own = visit.actor().id
    form.successor.choices = [
        SelectChoice(one.public_id, one.name) for one in colleagues_of(session(), line.id) if one.id != own
    ]
    return form


@blueprint.get("/people/hand-over")
@requires(Permission.HAND_OVER_LINE, load=line_of)
def hand_over_page(line: ReportingLine) -> tuple[str, int]:
    """Leave as a manager, with a colleague or somebody new to follow."""
    return _hand_over_page(line, _of_colleagues(line, HandOverForm(formdata=None)), SuccessorForm(formdata=None))


@blueprint.post("/people/hand-over")
@requires(Permission.HAND_OVER_LINE, load=line_of)
def hand_over(line: ReportingLine) -> Response | tuple[str, int]:
    """Hand the line over to a colleague, at once."""
    form = _of_colleagues(line, HandOverForm())
    if form.accepted():
        try:
            successor = accounts.hand_over(
                session(), line, successor=form.successor.data, actor=visit.actor(), at=visit.now()
            )
        except AuditError as refusal:
            form.refuse(refusal)
        else:
            return _left(line, successor.name)
    return _hand_over_page(line, form, SuccessorForm(formdata=None))


@blueprint.post("/people/hand-over/by-letter")
@requires(Permission.HAND_OVER_LINE, load=line_of)
def hand_over_by_letter(line: ReportingLine) -> Response | tuple[str, int]:
    """Invite somebody who takes over as soon as they have joined."""
    form = SuccessorForm()
    if form.accepted():
        try:
            done = accounts.hand_over_by_letter(
                session(), line, name=form.name.data, email=form.email.data, actor=visit.actor(), at=visit.now()
            )
        except AuditError as refusal:
            form.refuse(refusal)
        else:
            if done:
                return _left(line, form.name.data)
            message = N_("Invited. You stay a manager until they have joined.")
            return see("people", said(message), line=line.public_id)
    return _hand_over_page(line, _of_colleagues(line, HandOverForm(formdata=None)), form)


@blueprint.post("/people/hand-over/called-off")
@requires(Permission.HAND_OVER_LINE, load=line_of)
def stay(line: ReportingLine) -> Response:
    """Remain a manager after all."""
    accounts.stay(session(), line, actor=visit.actor())
    return see("people", said(N_("You remain a manager of your line.")), line=line.public_id)


def _left(line: ReportingLine, successor: str) -> Response:
    """Out of the line, with a word of thanks; what else the person holds opens after signing in again."""
    message = N_("%(line)s is in the care of %(person)s now. Your access to it has ended. Thank you for your work.")
    flash(said(message, line=line.name, person=successor), "done")
    return make_response(redirect("/sign-in", code=303))
