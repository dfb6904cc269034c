"""What each scheduled job does: a session and one use case each; run twice, late or killed, it does no harm."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from audit.domain.calendar import today
from audit.domain.errors import N_, InvalidInput
from audit.domain.journal import first_broken
from audit.jobs import letters, papers
from audit.jobs.ledger import Outcome
from audit.persistence import journal, ledger
from audit.persistence.queries import certificates as certificate_queries
from audit.persistence.queries.stored import is_wanted
from audit.persistence.sweeping import forget_people_traces
from audit.usecases import certificates, evidence, reminders

if TYPE_CHECKING:
    from audit.wiring import Wiring

KEPT_RUNS = timedelta(days=3)


def issue_certificates(wiring: Wiring, *, now: datetime) -> Outcome:
    return papers.issue_certificates(wiring, now=now)


def comparison_reports(wiring: Wiring, *, now: datetime) -> Outcome:
    return papers.make_reports(wiring, now=now)


def send_letters(wiring: Wiring, *, now: datetime) -> Outcome:
    return letters.send_due(wiring, now=now)


def remind(wiring: Wiring, *, now: datetime) -> Outcome:
    with wiring.sessions.writing() as session:
        written = reminders.remind(session, at=now, today=today(now, wiring.settings.timezone))
    return Outcome(made=written, summary=f"{written} reminders written")


def expire(wiring: Wiring, *, now: datetime) -> Outcome:
    """One transaction for each certificate, so that one that cannot be ended holds up no other."""
    day = today(now, wiring.settings.timezone)
    with wiring.sessions.reading() as session:
        serials = [row.serial for row in certificate_queries.ended_unrecorded(session, day)]
    made = 0
    for serial in serials:
        with wiring.sessions.writing() as session:
            row = certificate_queries.for_download(session, serial)
            if row is not None and certificates.expire(session, row, at=now, today=day) is not None:
                made += 1
    return Outcome(made=made, skipped=len(serials) - made, summary=f"{made} certificates ended")


def verify_journal(wiring: Wiring, *, now: datetime) -> Outcome:
    """A broken chain is a failed run, which people see; nothing is mended by itself."""
    with wiring.sessions.reading() as session:
        broken = first_broken(journal.entries(session))
    if broken is not None:
        raise InvalidInput(N_("The journal is broken at entry %(number)s."), number=broken)
    return Outcome(made=1, summary="the journal is whole")


def sweep(wiring: Wiring, *, now: datetime) -> Outcome:
    with wiring.sessions.writing() as session:
        runs = ledger.forget(session, before=now - KEPT_RUNS)
        traces = forget_people_traces(session, now=now)
        uploads = evidence.forget_uploads(session, now=now)
    for owner in uploads:
        wiring.vault.clear(owner)
    with wiring.sessions.reading() as session:
        files = wiring.vault.sweep(lambda owner, digest: is_wanted(session, owner, digest))
    summary = (
        f"{runs} old runs and {traces} used links and sessions forgotten, {len(uploads)} uploads given up, "
        f"{files} files that no record names removed"
    )
    return Outcome(made=runs + traces + len(uploads) + files, summary=summary)


RUNS: Mapping[str, Callable[..., Outcome]] = {
    "issue-certificates": issue_certificates,
    "comparison-reports": comparison_reports,
    "send-letters": send_letters,
    "reminders": remind,
    "expire": expire,
    "verify-journal": verify_journal,
    "sweep": sweep,
}


def run(wiring: Wiring, name: str, *, now: datetime) -> Outcome:
    """Run a job's work once, without an entry in the ledger; InvalidInput for a name that is no job."""
    if name not in RUNS:
        raise InvalidInput(
            N_("There is no job called “%(name)s”. There are: %(names)s."), name=name, names=", ".join(RUNS)
        )
    return RUNS[name](wiring, now=now)
