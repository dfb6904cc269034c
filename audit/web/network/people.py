"""The people of the network: invite, end a role; what auditors may read, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, render_template, request
from wtforms import BooleanField, DateField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice

from audit.domain.errors import N_, AuditError, Missing, NotAllowed
from audit.domain.permissions import Permission, Role
from audit.persistence.queries import administration, network
from audit.persistence.queries import people as people_queries
from audit.persistence.queries.auditors import scopes
from audit.persistence.tables import Person, ReportingLine
from audit.usecases import accounts
from audit.web import visit
from audit.web.forms import EmailAddress, Form, Longest, Needed, stripped
from audit.web.guards import NOT_FOUND, requires
from audit.web.network.blueprint import A_DATE, blueprint
from audit.web.replies import said, see
from audit.web.transaction import session


class InviteForm(Form):
    name = StringField(
        N_("Name"),
        description=N_("A function is enough where naming a person is a risk."),
        filters=[stripped],
        validators=[Needed(N_("Enter a name.")), Longest(160)],
    )
    email = StringField(
        N_("E-mail address"),
        filters=[stripped],
        validators=[Needed(N_("Enter an e-mail address.")), Longest(254), EmailAddress()],
    )
    role = SelectField(
        N_("Role"),
        choices=[
            SelectChoice(Role.MANAGER.value, N_("Manager of a line")),
            SelectChoice(Role.REVIEWER.value, N_("Peer reviewer")),
            SelectChoice(Role.AUDITOR.value, N_("Auditor")),
            SelectChoice(Role.COORDINATOR.value, N_("Coordinator")),
        ],
    )
    line = SelectField(N_("Line"), description=N_("Only for a manager."))
    country = StringField(
        N_("Country"),
        description=N_("For a reviewer: the two letters of the country of their own line, for example AT."),
        filters=[stripped],
        validators=[Longest(2)],
    )


class ScopeForm(Form):
    person = SelectField(N_("Auditor"), validators=[Needed(N_("Choose an auditor."))])
    name = StringField(
        N_("Name of the scope"),
        description=N_("For example: yearly audit 2026."),
        filters=[stripped],
        validators=[Needed(N_("Enter a name.")), Longest(160)],
    )
    lines = SelectMultipleField(N_("Lines"), validators=[Needed(N_("Choose at least one line."))])
    includes_evidence = BooleanField(N_("The scope includes the evidence files."))
    starts_at = DateField(N_("From"), validators=[Needed(A_DATE)])
    ends_at = DateField(
        N_("Until, this day included"),
        description=N_("Access ends at the midnight that ends this day."),
        validators=[Needed(A_DATE)],
    )


@blueprint.get("/people")
@requires(Permission.SEE_NETWORK)
def people() -> str:
    """Everyone with what they hold; search and role stand in the address."""
    search, role = request.args.get("search", "").strip()[:80], request.args.get("role", "")
    chosen = Role(role) if role in set(Role) else None
    return render_template(
        "network/people.html",
        found=administration.directory(session(), search=search, role=chosen),
        scopes=scopes(session(), now=visit.now()),
        search=search,
        role=chosen,
        roles_offered=tuple(Role),
    )


@blueprint.get("/people/invite")
@requires(Permission.SEE_NETWORK)
def invite_person() -> tuple[str, int]:
    form = InviteForm(
        formdata=None, line=request.args.get("line", ""), role=request.args.get("role", Role.MANAGER.value)
    )
    return _inviting(form)


def _inviting(form: InviteForm) -> tuple[str, int]:
    _offer_lines(form)
    return render_template("network/invite.html", form=form), form.status


def _offer_lines(form: InviteForm) -> dict[str, ReportingLine]:
    """The lines of the network in the form's choice; returns them by public id."""
    lines = {one.public_id: one for one in network.lines(session())}
    form.line.choices = [
        SelectChoice("", "–"),
        *(SelectChoice(key, one.name_latin or one.name) for key, one in lines.items()),
    ]
    return lines


@blueprint.post("/people/invite")
@requires(Permission.INVITE)
def send_invitation() -> Response | tuple[str, int]:
    form = InviteForm()
    lines = _offer_lines(form)
    if form.accepted():
        role = Role(form.role.data)
        line = lines.get(form.line.data) if role is Role.MANAGER else None
        country = (form.country.data or "").upper() or (line.country if line is not None else "")
        try:
            accounts.invite(
                session(),
                email=form.email.data,
                name=form.name.data,
                role=role,
                line=line,
                country=country,
                language=visit.reading().code,
                actor=visit.actor(),
                at=visit.now(),
            )
        except AuditError as refusal:
            form.refuse(refusal)
        else:
            return see("people", said(N_("Invited. A letter with a link is on its way.")))
    return _inviting(form)


def person_of(session: Any, person: str) -> Person | None:
    return people_queries.by_public_id(session, person)


@blueprint.get("/people/<person>")
@requires(Permission.SEE_NETWORK, load=person_of)
def person(person: Person) -> str:
    """What one person holds and held, with the ways to end it."""
    held = people_queries.appointments_of(session(), person, ended=True)
    return render_template("network/person.html", one=person, held=held, closable=_closable(person))


def _closable(person: Person) -> bool:
    """Whether a coordinator may close the account: not their own, and not an administrator's."""
    roles = {one.appointment.role for one in people_queries.appointments_of(session(), person)}
    return person.id != visit.actor().id and Role.ADMINISTRATOR not in roles


@blueprint.post("/people/<person>/appointments/<int:number>/end")
@requires(Permission.INVITE, load=person_of)
def end_appointment(person: Person, number: int) -> Response:
    """End what a person holds: their sessions, links and open reviews that rest on it end at once."""
    appointment = administration.appointment(session(), number)
    if appointment is None or appointment.person_id != person.id or appointment.role is Role.ADMINISTRATOR:
        raise Missing(NOT_FOUND)
    accounts.end_appointment(session(), appointment, actor=visit.actor(), at=visit.now())
    message = N_("The role has ended, and with it every session and link of this person.")
    return see("person", said(message), person=person.public_id)


@blueprint.post("/people/<person>/disable")
@requires(Permission.INVITE, load=person_of)
def disable(person: Person) -> Response:
    """Close an account at once; an administrator can open it again."""
    if not _closable(person):
        raise NotAllowed(N_("Only an administrator closes this account."))
    accounts.disable(session(), person, actor=visit.actor(), at=visit.now())
    message = N_("The account is closed. What this person did stays recorded.")
    return see("person", said(message), person=person.public_id)


@blueprint.get("/people/scopes/new")
@requires(Permission.SEE_NETWORK)
def new_scope() -> tuple[str, int]:
    today = visit.today()
    form = ScopeForm(formdata=None, starts_at=today, ends_at=today + timedelta(days=30))
    return _scoping(form)


def _offer(form: ScopeForm) -> dict[str, ReportingLine]:
    lines = {one.public_id: one for one in network.lines(session())}
    form.lines.choices = [SelectChoice(key, one.name_latin or one.name) for key, one in lines.items()]
    form.person.choices = [
        SelectChoice(one.public_id, one.name) for one in people_queries.holders(session(), Role.AUDITOR)
    ]
    return lines


def _scoping(form: ScopeForm) -> tuple[str, int]:
    _offer(form)
    return render_template("network/scope.html", form=form), form.status


@blueprint.post("/people/scopes/new")
@requires(Permission.INVITE)
def open_scope() -> Response | tuple[str, int]:
    """Let an auditor read named lines for a time; it ends by itself."""
    form = ScopeForm()
    lines = _offer(form)
    if not form.person.choices:
        return see("new_scope")
    if form.accepted():
        try:
            accounts.open_scope(
                session(),
                person=people_queries.by_public_id(session(), form.person.data),
                name=form.name.data,
                lines=[lines[key] for key in form.lines.data],
                includes_evidence=form.includes_evidence.data,
                starts_at=_midnight(form.starts_at.data),
                ends_at=_midnight(form.ends_at.data + timedelta(days=1)),
                actor=visit.actor(),
                at=visit.now(),
            )
        except AuditError as refusal:
            form.refuse(refusal)
        else:
            return see("people", said(N_("The scope is open.")), anchor="scopes")
    return _scoping(form)


def _midnight(day: Any) -> datetime:
    """The beginning of a day in the installation's zone, as UTC."""
    return datetime.combine(day, time(), ZoneInfo(visit.settings().timezone)).astimezone(UTC)
