"""The clock and the hands: the scheduler makes work due and does it, a worker only does it."""

from __future__ import annotations

import logging
import signal
import threading
from types import FrameType

import click

from audit.cli.surroundings import installation


@click.command()
def scheduler() -> None:
    """Run the clock until stopped: makes scheduled work due and does it. Any number may run at once."""
    from audit.jobs.schedule import run_scheduler

    _prepare()
    signal.signal(signal.SIGTERM, _stop)
    try:
        run_scheduler(installation())
    except (KeyboardInterrupt, SystemExit):
        click.echo("The scheduler has stopped.", err=True)


@click.command()
def worker() -> None:
    """Do due work until stopped, without making any due: hands for another machine."""
    from audit.jobs.schedule import run_worker

    _prepare()
    stop = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda number, frame: stop.set())
    run_worker(installation(), stop=stop)
    click.echo("The worker has stopped.", err=True)


def _prepare() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)
