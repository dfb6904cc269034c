"""The clock and the hands: the scheduler makes work due and does it, a worker only does it."""

from __future__ import annotations

import logging
import signal
import threading

import click

from audit.cli.surroundings import installation


@click.command()
def scheduler() -> None:
    """Run the clock until stopped: makes scheduled work due and does it. Any number may run at once."""
    from audit.jobs.schedule import run_scheduler

    run_scheduler(installation(), stop=_prepare())
    click.echo("The scheduler has stopped.", err=True)


@click.command()
def worker() -> None:
    """Do due work until stopped, without making any due: hands for another machine."""
    from audit.jobs.schedule import run_worker

    run_worker(installation(), stop=_prepare())
    click.echo("The worker has stopped.", err=True)


def _prepare() -> threading.Event:
    """Log to standard error; the event is set when the process is asked to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    stop = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda number, frame: stop.set())
    return stop
