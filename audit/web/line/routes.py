"""The home of a line and its people."""

from __future__ import annotations

from flask import Response, render_template

from audit.domain.errors import N_, AuditError
from audit.domain.permissions import Permission, Role
from audit.persistence.queries import people as people_queries
from audit.persistence.tables import ReportingLine
from audit.usecases import accounts
from audit.web import visit
from audit.web.guards import may, requires
from audit.web.line.blueprint import blueprint
from audit.web.line.home import standing
from audit.web.line.material import line_of
from audit.web.line.submission_forms import InviteForm
from audit.web.replies import said, see
from audit.web.transaction import session


@blueprint.get("")
@requires(Permission.SEE_LINE, load=line_of)
def home(line: ReportingLine) -> str:
    """Where we stand and what is next."""
    return render_template(
        "line/home.html",
        line=line,
        standing=standing(session(), line, visit.today()),
        people=people_queries.people_of_line(session(), line),
        may_invite=may(Permission.INVITE_TO_LINE, line),
    )


def _people_page(line: ReportingLine, form: InviteForm) -> tuple[str, int]:
    page = render_template(
        "line/people.html",
        line=line,
        people=people_queries.people_of_line(session(), line),
        may_invite=may(Permission.INVITE_TO_LINE, line),
        form=form,
    )
    return page, form.status


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
