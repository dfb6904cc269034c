"""The lines of the network: list, create, change."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request
from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from audit.domain.errors import N_, AuditError
from audit.domain.permissions import Permission
from audit.language import OFFERED, OWN_NAMES, SOURCE
from audit.persistence.queries import assessments, certificates, network
from audit.persistence.queries import lines as line_queries
from audit.persistence.queries import people as people_queries
from audit.persistence.tables import ReportingLine
from audit.usecases import cycles as desk
from audit.web import visit
from audit.web.forms import Form, Longest, Needed, stripped
from audit.web.guards import requires
from audit.web.network.blueprint import blueprint
from audit.web.replies import said, see
from audit.web.transaction import session


class LineForm(Form):
    name = StringField(
        N_("Name of the line"),
        description=N_("In its own script, as it stands on the certificate."),
        filters=[stripped],
        validators=[Needed(N_("Enter the name of the line.")), Longest(160)],
    )
    name_latin = StringField(
        N_("Name in Latin letters"),
        description=N_("Only where the name is written in another script."),
        filters=[stripped],
        validators=[Longest(160)],
    )
    country = StringField(
        N_("Country"),
        description=N_("The two letters of its code, for example AT."),
        filters=[stripped],
        validators=[Needed(N_("Enter the two letters of the country, for example AT.")), Length(2, 2)],
    )
    operator = StringField(
        N_("Operator"), filters=[stripped], validators=[Needed(N_("Enter who runs the line.")), Longest(160)]
    )
    operator_address = StringField(N_("Address of the operator"), filters=[stripped], validators=[Longest(240)])
    scope = TextAreaField(
        N_("Scope"),
        description=N_("What the line takes and in which languages, in one sentence. It stands on the certificate."),
        filters=[stripped],
        validators=[Needed(N_("Say in one sentence what the line takes.")), Longest(240)],
    )
    channels = StringField(
        N_("Channels"),
        description=N_("For example: web form, telephone, e-mail."),
        filters=[stripped],
        validators=[Needed(N_("Name at least one channel.")), Longest(240)],
    )
    web_address = StringField(N_("Web address"), filters=[stripped], validators=[Longest(200)])


def line_of(session: Any, line: str) -> ReportingLine | None:
    return line_queries.by_public_id(session, line)


def _with_profile(line: ReportingLine | None) -> type[LineForm]:
    """The form with one field for each fact that the present criteria sets ask of a line."""
    own = line.language if line is not None else SOURCE
    fields: dict[str, Any] = {
        "language": SelectField(
            N_("Language"),
            description=N_("The certificates and result sheets of the line are written in it."),
            choices=[SelectChoice(code, OWN_NAMES.get(code, code)) for code in dict.fromkeys((*OFFERED, own))],
            default=own,
        )
    }
    stated = line.profile if line is not None else {}
    for fact in _facts():
        choices = [SelectChoice(option.key, option.title) for option in fact.options]
        if fact.many:
            given = stated.get(fact.id) or []
            fields[f"profile_{fact.id}"] = SelectMultipleField(fact.title, choices=choices, default=list(given))
        else:
            fields[f"profile_{fact.id}"] = SelectField(
                fact.title, choices=[SelectChoice("", "–"), *choices], default=stated.get(fact.id, "")
            )
    return type("LineFormWithProfile", (LineForm,), fields)


def _facts() -> list[Any]:
    """The facts of every sound criteria set, each once, in their order."""
    found: dict[str, Any] = {}
    for file in visit.wiring().criteria_files():
        shown = file.shown(visit.reading().code)
        for fact in shown.profile if shown is not None else ():
            found.setdefault(fact.id, fact)
    return list(found.values())


def _values(form: LineForm) -> dict[str, Any]:
    profile = {
        name.removeprefix("profile_"): field.data
        for name, field in form._fields.items()
        if name.startswith("profile_") and field.data
    }
    return {
        "name": form.name.data or "",
        "name_latin": form.name_latin.data or "",
        "country": (form.country.data or "").upper(),
        "operator": form.operator.data or "",
        "operator_address": form.operator_address.data or "",
        "scope": form.scope.data or "",
        "channels": form.channels.data or "",
        "web_address": form.web_address.data or "",
        "language": form.language.data,
        "profile": profile,
    }


@blueprint.get("/lines")
@requires(Permission.SEE_NETWORK)
def lines() -> str:
    search = request.args.get("search", "").strip()[:80]
    found = [
        line
        for line in network.lines(session(), left=True)
        if search.casefold() in f"{line.name}\n{line.name_latin}".casefold()
    ]
    return render_template("network/lines.html", lines=found, search=search)


@blueprint.get("/lines/new")
@requires(Permission.SEE_NETWORK)
def new_line() -> tuple[str, int]:
    return _page(None, _with_profile(None)(formdata=None))


@blueprint.post("/lines/new")
@requires(Permission.CHANGE_NETWORK)
def create_line() -> Response | tuple[str, int]:
    form = _with_profile(None)()
    if form.accepted():
        try:
            line = desk.create_line(session(), **_values(form), actor=visit.actor(), at=visit.now())
        except AuditError as refusal:
            form.refuse(refusal)
        else:
            message = N_("Added. Invite a manager next, so that somebody can fill the self-assessment.")
            return see("line", said(message), line=line.public_id)
    return _page(None, form)


@blueprint.get("/lines/<line>")
@requires(Permission.SEE_NETWORK, load=line_of)
def line(line: ReportingLine) -> tuple[str, int]:
    return _page(line, _with_profile(line)(formdata=None, obj=line))


@blueprint.post("/lines/<line>")
@requires(Permission.CHANGE_NETWORK, load=line_of)
def change_line(line: ReportingLine) -> Response | tuple[str, int]:
    form = _with_profile(line)()
    if form.accepted():
        try:
            desk.change_line(session(), line, **_values(form), actor=visit.actor(), at=visit.now())
        except AuditError as refusal:
            form.refuse(refusal)
        else:
            return see("line", said(N_("Saved.")), line=line.public_id)
    return _page(line, form)


def _page(line: ReportingLine | None, form: LineForm) -> tuple[str, int]:
    facts = [form._fields[f"profile_{fact.id}"] for fact in _facts()]
    held = people_queries.people_of_line(session(), line) if line is not None else []
    page = render_template(
        "network/line.html",
        line=line,
        form=form,
        facts=facts,
        people=held,
        files=assessments.of_line(session(), line.id) if line is not None else [],
        certificates=certificates.of_line(session(), line.id, visit.today()) if line is not None else [],
    )
    return page, form.status
