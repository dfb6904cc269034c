"""Commands about scheduled work: what there is, run one now, what ran."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime

import click

from audit.cli.surroundings import FOUND, USAGE, installation, plain_errors, show


@click.group()
def jobs() -> None:
    """Scheduled work."""


@jobs.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def jobs_list(as_json: bool) -> None:
    """Every scheduled job: when it runs next, when it last ran, what came of it."""
    from audit.jobs.schedule import JOBS
    from audit.persistence.queries.jobs import last_run

    wiring = installation()
    now = wiring.now()
    rows = []
    with plain_errors(), wiring.sessions.reading() as session:
        for job in JOBS:
            last = last_run(session, job.name)
            rows.append(
                {
                    "job": job.name,
                    "every": str(job.schedule.every),
                    "next": job.schedule.following(now).isoformat(timespec="minutes"),
                    "last": last.started_at.isoformat(timespec="seconds") if last and last.started_at else None,
                    "state": last.state.value if last else None,
                    "result": (last.error or last.result) if last else None,
                    "does": job.sentence,
                }
            )
    show(rows, as_json=as_json)


@jobs.command("run")
@click.argument("name")
@click.option("--now", "moment", metavar="ISO-TIME", help="Pretend it is this time, for example 2026-03-31T06:00Z.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def jobs_run(name: str, moment: str | None, as_json: bool) -> None:
    """Run a job once; harmless at any time, also while a scheduler runs."""
    from audit.jobs.schedule import job_called, run_by_hand

    wiring = installation()
    now = wiring.now() if moment is None else _time(moment)
    with plain_errors(USAGE):
        job = job_called(name)
    with plain_errors():
        outcome = run_by_hand(wiring, job, now=now)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "job": name,
                    "now": now.isoformat(),
                    "made": outcome.made,
                    "skipped": outcome.skipped,
                    "failed": outcome.failed,
                    "summary": outcome.summary,
                },
                ensure_ascii=False,
            )
        )
    else:
        click.echo(f"{name}: {outcome.summary}", err=bool(outcome.failed))
    if outcome.failed:
        sys.exit(FOUND)


@jobs.command("history")
@click.option("--job", help="Only this job.")
@click.option("--limit", default=30, show_default=True, type=click.IntRange(1, 10_000), help="How many runs.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def jobs_history(job: str | None, limit: int, as_json: bool) -> None:
    """The latest runs, the latest first."""
    from audit.persistence.queries.jobs import history

    wiring = installation()
    with plain_errors(), wiring.sessions.reading() as session:
        rows = [
            {
                "run": run.key,
                "job": run.job,
                "state": run.state.value,
                "due": run.due_at.isoformat(timespec="seconds"),
                "finished": run.finished_at.isoformat(timespec="seconds") if run.finished_at else None,
                "attempts": run.attempts,
                "result": run.error or run.result,
            }
            for run in history(session, job=job, limit=limit)
        ]
    show(rows, as_json=as_json)


def _time(text: str) -> datetime:
    """A time with its zone; without one it is UTC. Exit 2 for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        click.echo(f"“{text}” is not a time. Write it like 2026-03-31T06:00Z.", err=True)
        sys.exit(USAGE)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
