"""People and what they hold."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from audit.domain.errors import N_, AuditError, Missing
from audit.domain.permissions import Permission, Role
from audit.persistence.queries import administration
from audit.persistence.queries import people as people_queries
from audit.persistence.tables import Person
from audit.usecases import accounts
from audit.web import visit
from audit.web.admin.blueprint import blueprint
from audit.web.admin.forms import InviteForm
from audit.web.guards import NOT_FOUND, requires


def person_of(session: Any, person: str) -> Person | None:
    """Loader: the person of a public id."""
    return people_queries.by_public_id(session, person)


@blueprint.get("")
@requires(Permission.ADMINISTER)
def people() -> Any:
    """Everyone with what they hold; search and role stand in the address."""
    search, role = request.args.get("q", "").strip()[:100], request.args.get("role", "")
    chosen = Role(role) if role in set(Role) else None
    found = administration.directory(visit.session(), search=search, role=chosen)
    return render_template("admin/people.html", found=found, search=search, role=chosen, roles_offered=tuple(Role))


@blueprint.get("/invite")
@requires(Permission.ADMINISTER)
def invite() -> Any:
    return render_template("admin/invite.html", form=InviteForm(role=request.args.get("role", "")))


@blueprint.post("/invite")
@requires(Permission.ADMINISTER)
def send_invitation() -> Any:
    form = InviteForm()
    if form.accepted():
        try:
            person = accounts.invite(
                visit.session(),
                email=form.email.data or "",
                name=form.name.data or "",
                role=Role(form.role.data),
                country=form.country.data or "",
                language=visit.reading().code,
                actor=visit.actor(),
                at=visit.now(),
            )
        except AuditError as refusal:
            form.refuse(refusal)
        else:
            flash(visit.reading().gettext(N_("Invited. A letter with a link is on its way.")), "done")
            return redirect(url_for("admin.person", person=person.public_id), 303)
    return render_template("admin/invite.html", form=form), form.status


@blueprint.get("/people/<person>")
@requires(Permission.ADMINISTER, load=person_of)
def person(person: Person) -> Any:
    held = people_queries.appointments_of(visit.session(), person, ended=True)
    return render_template("admin/person.html", one=person, held=held)


@blueprint.post("/people/<person>/appointments/<int:number>/end")
@requires(Permission.ADMINISTER, load=person_of)
def end_appointment(person: Person, number: int) -> Any:
    appointment = administration.appointment(visit.session(), number)
    if appointment is None or appointment.person_id != person.id:
        raise Missing(NOT_FOUND)
    accounts.end_appointment(visit.session(), appointment, actor=visit.actor(), at=visit.now())
    return _back(person, N_("The role has ended, and with it every session and link of this person."))


@blueprint.post("/people/<person>/disable")
@requires(Permission.ADMINISTER, load=person_of)
def disable(person: Person) -> Any:
    accounts.disable(visit.session(), person, actor=visit.actor(), at=visit.now())
    return _back(person, N_("The account is closed. What this person did stays recorded."))


@blueprint.post("/people/<person>/enable")
@requires(Permission.ADMINISTER, load=person_of)
def enable(person: Person) -> Any:
    accounts.enable(visit.session(), person, actor=visit.actor(), at=visit.now())
    return _back(person, N_("The account is open again."))


def _back(person: Person, message: str) -> Any:
    flash(visit.reading().gettext(message), "done")
    return redirect(url_for("admin.person", person=person.public_id), 303)
