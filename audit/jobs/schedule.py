"""The table of scheduled jobs, and the alarm clock that only ticks: the truth about due work is the ledger."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from audit.domain.calendar import Schedule, due_periods
from audit.domain.errors import N_, AuditError, InvalidInput
from audit.jobs import work
from audit.jobs.ledger import Outcome, attempt, owner
from audit.persistence import ledger

if TYPE_CHECKING:
    from audit.wiring import Wiring

log = logging.getLogger("audit.jobs")
TICK_SECONDS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One scheduled job. Missed runs are caught up as the schedule says: each run makes whatever is missing."""

    name: str
    sentence: str  # what it does, for people
    schedule: Schedule
    run: Callable[..., Outcome]  # run(wiring, *, now)


_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)

JOBS: tuple[Job, ...] = (
    Job(
        name="issue-certificates",
        sentence=N_("Prints and signs every certificate and result sheet that was decided and is not issued yet."),
        schedule=Schedule(every=_MINUTE),
        run=work.issue_certificates,
    ),
    Job(
        name="comparison-reports",
        sentence=N_("Makes every comparison report that was asked for and does not exist yet."),
        schedule=Schedule(every=_MINUTE),
        run=work.comparison_reports,
    ),
    Job(
        name="send-letters",
        sentence=N_("Sends every letter that is due, each in its reader's language."),
        schedule=Schedule(every=_MINUTE),
        run=work.send_letters,
    ),
    Job(
        name="reminders",
        sentence=N_("Writes the reminders due today: submissions, reviews and renewals."),
        schedule=Schedule(every=timedelta(hours=1), offset=timedelta(minutes=5)),
        run=work.remind,
    ),
    Job(
        name="expire",
        sentence=N_("Records the end of every certificate whose last day has passed."),
        schedule=Schedule(every=timedelta(hours=1), offset=timedelta(minutes=1)),
        run=work.expire,
    ),
    Job(
        name="verify-journal",
        sentence=N_("Reads the whole journal and checks that no entry was changed, removed or put in."),
        schedule=Schedule(every=_DAY, offset=timedelta(hours=2)),
        run=work.verify_journal,
    ),
    Job(
        name="sweep",
        sentence=N_("Takes away old runs, used links, ended sessions, counted attempts and files without a record."),
        schedule=Schedule(every=_DAY, offset=timedelta(hours=3)),
        run=work.sweep,
    ),
)
BY_NAME: Mapping[str, Job] = {job.name: job for job in JOBS}


def job_called(name: str) -> Job:
    """The job of a name; InvalidInput, naming all, when there is none."""
    if name not in BY_NAME:
        raise InvalidInput(
            N_("There is no job called “%(name)s”. There are: %(names)s."), name=name, names=", ".join(BY_NAME)
        )
    return BY_NAME[name]


def period_key(job: Job, begins: datetime) -> str:
    return f"{job.name}:{begins.astimezone(UTC).strftime('%Y-%m-%dT%H:%MZ')}"


def offer_due(wiring: Wiring, job: Job, *, now: datetime) -> int:
    """Enter the job's due periods in the ledger, those missed while no clock ran included. Returns how many are new."""
    with wiring.sessions.reading() as session:
        last = ledger.last_due(session, job.name)
    periods = due_periods(job.schedule, last, now)
    if not periods:
        return 0
    with wiring.sessions.writing() as session:
        return ledger.offer(session, job.name, [(period_key(job, begins), begins) for begins in periods])


def do_due(wiring: Wiring, job: Job, *, now: datetime) -> list[Outcome]:
    """Claim and do the job's due periods, one after the other, until none is free."""
    outcomes = []
    while True:
        with wiring.sessions.writing() as session:
            held = ledger.claim(session, job.name, owner=owner(), now=now)
        if held is None:
            return outcomes
        outcomes.append(attempt(wiring.sessions, held, partial(job.run, wiring, now=now), now=wiring.now))


def run_by_hand(wiring: Wiring, job: Job, *, now: datetime) -> Outcome:
    """Run a job once, now, whatever its schedule says; the run is entered in the ledger like any other."""
    key = f"{job.name}:by-hand:{uuid.uuid4().hex[:16]}"
    with wiring.sessions.writing() as session:
        ledger.offer(session, job.name, [(key, now)])
        held = ledger.claim(session, job.name, owner=owner(), now=now, key=key)
    if held is None:  # cannot be: the key is new
        raise InvalidInput(N_("This run was taken by another process."))
    return attempt(wiring.sessions, held, partial(job.run, wiring, now=now), now=wiring.now)


def turn(wiring: Wiring, job: Job) -> None:
    """One tick of one job; what goes wrong is told to the log and tried again at the next tick."""
    try:
        now = wiring.now()
        offer_due(wiring, job, now=now)
        do_due(wiring, job, now=now)
    except AuditError as refusal:
        log.warning("%s: %s", job.name, refusal)


def run_scheduler(wiring: Wiring, *, stop: threading.Event | None = None) -> None:
    """Tick until told to stop, then finish what is begun. Any number may run: each due period is done once in effect.

    APScheduler keeps nothing: in-memory store, UTC, one run of each job at a time, missed ticks run once.
    """
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.schedulers.background import BackgroundScheduler

    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(len(JOBS))},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for place, job in enumerate(JOBS):
        begin = datetime.now(UTC) + timedelta(milliseconds=200 * place)
        scheduler.add_job(turn, "interval", seconds=TICK_SECONDS, args=(wiring, job), id=job.name, next_run_time=begin)
    scheduler.start()
    (stop or threading.Event()).wait()
    scheduler.shutdown(wait=True)


def run_worker(wiring: Wiring, *, stop: threading.Event | None = None) -> None:
    """Claim and do due work until told to stop, without making periods due: hands for another machine."""
    stop = stop or threading.Event()
    while not stop.is_set():
        for job in JOBS:
            try:
                do_due(wiring, job, now=wiring.now())
            except AuditError as refusal:
                log.warning("%s: %s", job.name, refusal)
        stop.wait(TICK_SECONDS)
