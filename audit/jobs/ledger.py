"""Does claimed work under a lease: a sign of life while it runs, and a clear end, however many processes there are."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from audit.domain.errors import AuditError
from audit.persistence import ledger

if TYPE_CHECKING:
    from audit.persistence.sessions import Sessions

log = logging.getLogger("audit.jobs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one run of a job came to. `summary` is one line for people."""

    made: int = 0
    skipped: int = 0
    failed: int = 0
    summary: str = ""


def owner() -> str:
    """Who holds a lease: this process, by machine and number."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}"


def perform(
    sessions: Sessions, held: ledger.Claim, effect: Callable[[Any], str], *, now: Callable[[], datetime]
) -> None:
    """Write an effect and "done" in one transaction: whoever was overtaken meanwhile writes nothing (LeaseLost)."""
    with sessions.writing() as session:
        result = effect(session)
        ledger.finish(session, held, now=now(), result=result)


@contextmanager
def kept(
    sessions: Sessions, held: ledger.Claim, *, now: Callable[[], datetime], lease: timedelta = ledger.LEASE
) -> Iterator[threading.Event]:
    """Prolong the lease at a third of its time while the block runs; the event says that it was lost."""
    over, lost = threading.Event(), threading.Event()

    def beat() -> None:
        while not over.wait(lease.total_seconds() / 3):
            try:
                with sessions.writing() as session:
                    if not ledger.prolong(session, held, now=now(), lease=lease):
                        lost.set()
                        return
            except AuditError:
                continue  # the database is busy; the lease has room for another try

    thread = threading.Thread(target=beat, name=f"lease of {held.key}", daemon=True)
    thread.start()
    try:
        yield lost
    finally:
        over.set()
        thread.join(timeout=10)


def attempt(
    sessions: Sessions,
    held: ledger.Claim,
    work: Callable[[], Outcome],
    *,
    now: Callable[[], datetime],
    lease: timedelta = ledger.LEASE,
) -> Outcome:
    """Run a job's work for a claimed period and enter how it ended; a mistake is entered, never passed on."""
    try:
        with kept(sessions, held, now=now, lease=lease):
            outcome = work()
        with sessions.writing() as session:
            ledger.finish(session, held, now=now(), result=outcome.summary)
        return outcome
    except ledger.LeaseLost:
        log.warning("%s was taken over by another process", held.key)
        return Outcome(skipped=1, summary="taken over by another process")
    except Exception as error:
        log.exception("%s failed", held.key)
        return give_back(sessions, held, error, now=now())


def give_back(sessions: Sessions, held: ledger.Claim, error: Exception, *, now: datetime) -> Outcome:
    """Enter why an attempt failed, for people, and when the next one is."""
    words = str(error) if isinstance(error, AuditError) else f"{type(error).__name__}: {error}"
    with sessions.writing() as session:
        ledger.fail(session, held, now=now, error=words)
    return Outcome(failed=1, summary=words)
