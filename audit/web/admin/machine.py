"""The machine room: scheduled jobs, letters that wait, health."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for

from audit.domain.errors import N_, Missing
from audit.domain.permissions import Permission
from audit.persistence.queries import administration
from audit.persistence.queries import jobs as job_queries
from audit.usecases import scheduled_work
from audit.web import visit
from audit.web.admin.blueprint import blueprint
from audit.web.admin.pages import TITLES, health_of, listed
from audit.web.guards import NOT_FOUND, requires


def known_jobs() -> dict[str, Any]:
    """The jobs of the clock by name, as the front door handed them over."""
    return {job.name: job for job in current_app.extensions["jobs"]}


@blueprint.get("/jobs")
@requires(Permission.ADMINISTER)
def jobs() -> Any:
    session = visit.session()
    page = listed(
        known_jobs().values(),
        administration.latest_runs(session),
        administration.asked_for(session),
        now=visit.now(),
    )
    return render_template("admin/jobs.html", page=page)


@blueprint.post("/jobs/run")
@requires(Permission.ADMINISTER)
def run_job() -> Any:
    """Ask for a run out of turn; a worker does it within seconds."""
    name = request.form.get("job", "")
    if name not in known_jobs():
        raise Missing(NOT_FOUND)
    scheduled_work.ask_for_run(visit.session(), name, actor=visit.actor(), at=visit.now())
    flash(
        visit.reading().gettext(N_("Asked for. The scheduler runs it within a minute; reload this page to see.")),
        "done",
    )
    return redirect(url_for("admin.jobs"), 303)


@blueprint.get("/jobs/history")
@requires(Permission.ADMINISTER)
def job_history() -> Any:
    name = request.args.get("job", "")
    chosen = name if name in known_jobs() else None
    runs = job_queries.history(visit.session(), job=chosen, limit=100)
    return render_template("admin/job_history.html", runs=runs, chosen=chosen, titles=TITLES, names=tuple(known_jobs()))


@blueprint.get("/letters")
@requires(Permission.ADMINISTER)
def letters() -> Any:
    return render_template("admin/letters.html", outbox=administration.outbox(visit.session()))


@blueprint.get("/health")
@requires(Permission.ADMINISTER)
def health() -> Any:
    session = visit.session()
    page = health_of(
        visit.settings(),
        schema_is_current=visit.schema_is_current(),
        beat=administration.latest_beat(session),
        outbox=administration.outbox(session, limit=1),
        failed=len(job_queries.failed(session)),
        now=visit.now(),
    )
    return render_template("admin/health.html", page=page)
