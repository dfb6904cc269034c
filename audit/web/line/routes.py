"""The home of a line."""

from __future__ import annotations

from flask import render_template

from audit.domain.permissions import Permission, allows
from audit.persistence.queries import people as people_queries
from audit.persistence.tables import ReportingLine
from audit.web import visit
from audit.web.guards import relations_to, requires
from audit.web.line.beside import beside_of
from audit.web.line.blueprint import blueprint
from audit.web.line.home import standing
from audit.web.line.material import line_of
from audit.web.line.messages import messages_of
from audit.web.line.sharing import own_share
from audit.web.transaction import session


@blueprint.get("")
@requires(Permission.SEE_LINE, load=line_of)
def home(line: ReportingLine) -> str:
    """Where we stand and what is next."""
    held = relations_to(line)
    found = standing(session(), line, visit.actor().id, visit.today())
    own = None
    if found.editable and found.current is not None and found.material is not None:
        own = own_share(found.current.assessment, found.material)
    return render_template(
        "line/home.html",
        line=line,
        standing=found,
        own=own,
        beside=beside_of(session(), line, tuple(found.rounds), found.current, held),
        messages=messages_of(session(), line, visit.actor()),
        people=people_queries.people_of_line(session(), line),
        may_invite=allows(Permission.INVITE_TO_LINE, held),
    )
