"""The settings of the network: its name and contact, who issues from a date on, what to do with a wrong file."""

from __future__ import annotations

from flask import Response, render_template
from wtforms import DateField, StringField, TextAreaField

from audit.domain.errors import N_, AuditError, Missing
from audit.domain.permissions import Permission
from audit.persistence.queries import issuing, network
from audit.persistence.tables import IssuingBodyEntry, Network
from audit.usecases import accounts
from audit.usecases import cycles as cycle_desk
from audit.web import visit
from audit.web.forms import EmailAddress, Form, Longest, Needed, stripped
from audit.web.guards import NOT_FOUND, requires
from audit.web.network.blueprint import A_DATE, blueprint
from audit.web.replies import said, see
from audit.web.transaction import session


class NetworkForm(Form):
    name = StringField(
        N_("Name of the network"),
        description=N_("It stands in letters and reports."),
        filters=[stripped],
        validators=[Needed(N_("Enter the name of the network.")), Longest(160)],
    )
    contact_email = StringField(
        N_("E-mail address of the network office"),
        description=N_("Lines read it where they may need somebody to talk to."),
        filters=[stripped],
        validators=[Needed(N_("Enter an e-mail address.")), Longest(254), EmailAddress()],
    )


class IssuingBodyForm(Form):
    name = StringField(N_("Name"), filters=[stripped], validators=[Needed(N_("Enter a name.")), Longest(160)])
    address = StringField(N_("Address"), filters=[stripped], validators=[Needed(N_("Enter an address.")), Longest(240)])
    place = StringField(
        N_("Place"),
        description=N_("Where certificates are issued, for example Brussels."),
        filters=[stripped],
        validators=[Needed(N_("Enter a place.")), Longest(80)],
    )
    signatory = StringField(
        N_("Signed by"),
        description=N_("A function, not a person: for example Head of certification."),
        filters=[stripped],
        validators=[Needed(N_("Enter the function that signs.")), Longest(160)],
    )
    website = StringField(N_("Web address (optional)"), filters=[stripped], validators=[Longest(200)])
    valid_from = DateField(
        N_("From"),
        description=N_("Certificates that begin on this day or later name it; earlier ones keep what they say."),
        validators=[Needed(A_DATE)],
    )


class InstructionForm(Form):
    instruction = TextAreaField(
        N_("What to do now"),
        description=N_("Whom to tell, and what not to do. Leave it empty for the general words."),
        filters=[stripped],
        validators=[Longest(cycle_desk.INSTRUCTION_LIMIT)],
    )


@blueprint.get("/settings")
@requires(Permission.SEE_NETWORK)
def settings() -> tuple[str, int]:
    known = _network()
    return _page(NetworkForm(formdata=None, name=known.name, contact_email=known.contact_email))


def _network() -> Network:
    known = visit.network()
    if known is None:
        raise Missing(NOT_FOUND)
    return known


def _page(form: NetworkForm) -> tuple[str, int]:
    today = visit.today()
    entries = issuing.issuing_bodies(session())
    page = render_template(
        "network/settings.html",
        form=form,
        entries=entries,
        present=next((entry for entry in entries if entry.valid_from <= today), None),
        instructions=_instructions(),
    )
    return page, form.status


def _instructions() -> dict[str, str]:
    """What the lines of each country read after “wrong file”; empty: the general words."""
    found: dict[str, str] = {}
    for line in network.lines(session()):
        found[line.country] = found.get(line.country) or line.wrong_file_instruction
    return dict(sorted(found.items(), key=lambda entry: visit.reading().country(entry[0])))


@blueprint.post("/settings")
@requires(Permission.CHANGE_NETWORK)
def change_settings() -> Response | tuple[str, int]:
    """Change the network's name and contact."""
    form = NetworkForm()
    if form.accepted():
        try:
            accounts.change_network(
                session(),
                _network(),
                name=form.name.data or "",
                contact_email=form.contact_email.data or "",
                actor=visit.actor(),
                at=visit.now(),
            )
        except AuditError as refusal:
            form.refuse(refusal)
        else:
            return see("settings", said(N_("Saved.")))
    return _page(form)


@blueprint.get("/settings/issuing-body")
@requires(Permission.SEE_NETWORK)
def new_issuing_body() -> tuple[str, int]:
    """Begins with what holds now, so that only what changes has to be typed."""
    entries = issuing.issuing_bodies(session())
    latest: IssuingBodyEntry | None = entries[0] if entries else None
    form = IssuingBodyForm(formdata=None, obj=latest)
    form.valid_from.data = visit.today()
    return _issuing(form)


def _issuing(form: IssuingBodyForm) -> tuple[str, int]:
    return render_template("network/issuing_body.html", form=form), form.status


@blueprint.post("/settings/issuing-body")
@requires(Permission.CHANGE_NETWORK)
def set_issuing_body() -> Response | tuple[str, int]:
    """Who issues from a date on; earlier entries stay."""
    form = IssuingBodyForm()
    if form.accepted():
        try:
            accounts.set_issuing_body(
                session(),
                name=form.name.data or "",
                address=form.address.data or "",
                place=form.place.data or "",
                signatory=form.signatory.data or "",
                website=form.website.data or "",
                valid_from=form.valid_from.data,
                actor=visit.actor(),
                at=visit.now(),
            )
        except AuditError as refusal:
            form.refuse(refusal)
        else:
            return see("settings", said(N_("Saved.")), anchor="issuing")
    return _issuing(form)


@blueprint.get("/settings/countries/<country>")
@requires(Permission.SEE_NETWORK)
def instruction(country: str) -> tuple[str, int]:
    return _instructing(country, InstructionForm(formdata=None, instruction=_instructions().get(country, "")))


def _instructing(country: str, form: InstructionForm) -> tuple[str, int]:
    if country not in _instructions():
        raise Missing(NOT_FOUND)
    return render_template("network/instruction.html", country=country, form=form), form.status


@blueprint.post("/settings/countries/<country>")
@requires(Permission.CHANGE_NETWORK)
def instruct(country: str) -> Response | tuple[str, int]:
    """Set what the lines of one country read after “wrong file”."""
    form = InstructionForm()
    if form.accepted():
        try:
            cycle_desk.instruct_on_wrong_files(
                session(),
                country=country,
                instruction=form.instruction.data or "",
                actor=visit.actor(),
                at=visit.now(),
            )
        except AuditError as refusal:
            form.refuse(refusal)
        else:
            return see("settings", said(N_("Saved.")), anchor="wrong-files")
    return _instructing(country, form)
