"""The front page, the register, the method and the statements."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request

from audit.domain.certification import Shown
from audit.domain.errors import Missing
from audit.persistence.queries import certificates
from audit.persistence.queries.method import used_sets
from audit.web import homes, visit
from audit.web.guards import NOT_FOUND, public
from audit.web.public.blueprint import blueprint
from audit.web.public.pages import method

SORTS = ("line", "country", "level", "valid_from", "valid_until")


@blueprint.get("/")
@public
def front() -> Any:
    """What this is, for whoever comes by; a signed-in person goes on to the first of their homes."""
    if visit.person() is not None:
        return redirect(homes.first_home(), 303)
    return render_template("public/front.html", in_force=_in_force())


def _in_force() -> int:
    entries = certificates.register(visit.session(), today=visit.today())
    return sum(entry.shown in (Shown.VALID, Shown.CONDITIONAL) for entry in entries)


@blueprint.get("/register")
@public
def register() -> Any:
    """The register of certificates; search, filters and sort stand in the address."""
    asked = {name: request.args.get(name, "").strip()[:100] for name in ("q", "country", "level", "status")}
    sort = request.args.get("sort", "line")
    if sort.removeprefix("-") not in SORTS:
        sort = "line"
    session, today = visit.session(), visit.today()
    everything = certificates.register(session, today=today)
    found = certificates.register(
        session,
        today=today,
        search=asked["q"],
        country=asked["country"],
        level=asked["level"],
        status=asked["status"],
        sort=sort,
    )
    return render_template(
        "public/register.html",
        found=found,
        total=len(everything),
        asked=asked,
        sort=sort,
        countries=sorted({entry.facts.country for entry in everything}, key=visit.reading().country),
        levels=tuple({entry.facts.level: entry.facts.level_title for entry in everything}.items()),
        statuses=tuple(one for one in Shown if any(entry.shown is one for entry in everything)),
    )


@blueprint.get("/method")
@public
def method_latest() -> Any:
    """The criteria set of the latest cycle, and which others were used."""
    sets = used_sets(visit.session())
    if not sets:
        return render_template("public/method_none.html")
    return _method(sets[0].short)


@blueprint.get("/method/<short>")
@public
def method_of_set(short: str) -> Any:
    """One criteria set, addressed by the beginning of its hash."""
    return _method(short)


def _method(short: str) -> Any:
    sets = used_sets(visit.session())
    chosen = next((one for one in sets if one.short == short), None)
    if chosen is None:
        raise Missing(NOT_FOUND)
    page = method(visit.wording(chosen.hash))
    return render_template("public/method.html", method=page, chosen=chosen, sets=sets)


@blueprint.get("/accessibility")
@public
def accessibility() -> Any:
    return render_template("public/accessibility.html")


@blueprint.get("/privacy")
@public
def privacy() -> Any:
    return render_template("public/privacy.html")


@blueprint.get("/healthz")
@public
def health() -> Any:
    """For whoever watches over the service: the database answers and its schema is this version's."""
    current = visit.schema_is_current()
    return {"status": "ok" if current else "schema", "schema_current": current}, 200 if current else 503
