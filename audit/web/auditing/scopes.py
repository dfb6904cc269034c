"""Scopes: which are open for the auditor, and what lies in one."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, render_template, request, url_for

from audit.domain.permissions import Permission
from audit.persistence.queries import reports
from audit.persistence.queries.scopes import evidence_of_scope, libraries_of_scope, scopes_of
from audit.persistence.tables import Scope
from audit.web import visit
from audit.web.auditing.blueprint import blueprint
from audit.web.guards import requires
from audit.web.transaction import session


def scope_of(session: Any, scope: str) -> Scope | None:
    return reports.scope_by_public_id(session, scope)


@blueprint.get("/auditing")
@requires(Permission.SEE_SCOPE)
def index() -> Response | str:
    """The auditor's scopes; one that is the only one open shows itself."""
    found = scopes_of(session(), visit.actor())
    now = visit.now()
    open_now = [one for one in found if one.is_open(now)]
    if len(found) == 1 and open_now:
        return redirect(url_for("auditing.scope", scope=open_now[0].scope.public_id), code=303)  # type: ignore[return-value]
    return render_template(
        "auditing/list.html",
        open_now=open_now,
        coming=[one for one in found if one.scope.starts_at > now],
        over=[one for one in found if one.scope.ends_at <= now],
    )


@blueprint.get("/auditing/<scope>")
@requires(Permission.SEE_SCOPE, load=scope_of)
def scope(found: Scope) -> str:
    """Lines, period, and every paper with what is needed to check it: size, date, fingerprint.

    `?line=` narrows everything to one line; only then are the items of its library listed.
    """
    content = reports.content_of_scope(session(), found, visit.today())
    asked = request.args.get("line", "")
    chosen = next((line for line in content.lines if line.public_id == asked), None)
    return render_template(
        "auditing/scope.html",
        scope=found,
        content=content,
        chosen=chosen,
        certificates=[one for one in content.certificates if chosen is None or one[0].line_id == chosen.id],
        result_sheets=[one for one in content.result_sheets if chosen is None or one.document.line_id == chosen.id],
        evidence=evidence_of_scope(session(), found, chosen) if chosen is not None else [],
        libraries=libraries_of_scope(session(), found),
    )
