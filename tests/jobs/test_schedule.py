"""The table of jobs and its ledger: due once, run by hand, failing in sight, and one paper with the real print shop."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from audit.domain.errors import InvalidInput
from audit.jobs import schedule, work
from audit.jobs.ledger import Outcome
from audit.persistence import ledger
from audit.persistence.journal import entries
from audit.persistence.queries.jobs import failed, history, last_run
from audit.persistence.sessions import Sessions
from audit.persistence.tables import (
    Audience,
    Certificate,
    Cycle,
    Document,
    DocumentKind,
    DuePeriod,
    JournalEntry,
    PeriodState,
    ReportingLine,
)
from audit.usecases import reports
from tests import building, reviewing
from tests.building import AT
from tests.jobs import harness


@pytest.fixture
def wiring(database: Sessions, tmp_path: Path) -> object:
    built = harness.wire(
        harness.Settings(instance=tmp_path, base_url="https://audit.example"),
        printer=harness.BlankPrinter(),
        signer=harness.UniqueSigner(),
    )
    built.sessions = database
    built.now = lambda: AT
    return built


def test_every_job_runs_on_an_empty_installation(wiring) -> None:
    assert {job.name for job in schedule.JOBS} == set(work.RUNS)
    for job in schedule.JOBS:
        assert schedule.run_by_hand(wiring, job, now=AT).failed == 0
        assert job.sentence.endswith(".")
    with wiring.sessions.reading() as session:
        assert len(history(session)) == len(schedule.JOBS)
        assert all(run.state is PeriodState.DONE for run in history(session))


def test_names(wiring) -> None:
    for call in (schedule.job_called, lambda name: work.run(wiring, name, now=AT)):
        with pytest.raises(InvalidInput) as refusal:
            call("make-tea")
        assert "issue-certificates" in str(refusal.value)


def test_periods_are_due_once_and_caught_up(wiring) -> None:
    job = schedule.job_called("expire")
    assert schedule.offer_due(wiring, job, now=AT) == 1
    assert schedule.offer_due(wiring, job, now=AT) == 0
    assert len(schedule.do_due(wiring, job, now=AT)) == 1
    assert schedule.do_due(wiring, job, now=AT) == []
    assert schedule.offer_due(wiring, job, now=AT + timedelta(days=3)) == 1, "the latest missed run does it all"
    every = replace(job, schedule=replace(job.schedule, catch_up=10))
    assert schedule.offer_due(wiring, every, now=AT + timedelta(days=3, hours=4)) == 4


def test_a_failing_job_is_tried_again_later_and_then_set_aside(wiring) -> None:
    runs = []

    def fail(wiring: object, *, now: object) -> Outcome:
        runs.append(now)
        raise RuntimeError("the paper tray is empty")

    job = replace(schedule.job_called("expire"), run=fail)
    now = AT
    wiring.now = lambda: now
    schedule.offer_due(wiring, job, now=now)
    for attempt in range(1, ledger.MOST_ATTEMPTS + 1):
        assert [outcome.failed for outcome in schedule.do_due(wiring, job, now=now)] == [1]
        assert len(runs) == attempt
        assert schedule.do_due(wiring, job, now=now) == [], "the next attempt is later"
        now += timedelta(hours=3)
    with wiring.sessions.reading() as session:
        (given_up,) = failed(session)
        assert "the paper tray is empty" in given_up.error
        assert last_run(session, job.name).attempts == ledger.MOST_ATTEMPTS
    with wiring.sessions.writing() as session:
        assert ledger.retry(session, given_up.key, now=now)
        assert not ledger.retry(session, given_up.key, now=now)
    assert len(schedule.do_due(wiring, schedule.job_called("expire"), now=now)) == 1
    with wiring.sessions.reading() as session:
        assert failed(session) == []


def test_work_whose_holders_always_die_is_set_aside(wiring) -> None:
    with wiring.sessions.writing() as session:
        ledger.offer(session, "heavy", [("heavy:1", AT)])
    now = AT
    for _ in range(ledger.MOST_ATTEMPTS):
        with wiring.sessions.writing() as session:
            assert ledger.claim(session, "heavy", owner="killed", now=now) is not None
            assert ledger.claim(session, "heavy", owner="other", now=now) is None
        now += timedelta(minutes=3)
    with wiring.sessions.writing() as session:
        assert ledger.claim(session, "heavy", owner="other", now=now) is None
        assert session.scalars(select(DuePeriod.state)).one() is PeriodState.FAILED


def test_a_clock_that_went_back_does_not_lock_work_away(wiring) -> None:
    with wiring.sessions.writing() as session:
        ledger.offer(session, "heavy", [("heavy:1", AT)])
        assert ledger.claim(session, "heavy", owner="ahead", now=AT + timedelta(days=30)) is not None
        assert ledger.claim(session, "heavy", owner="here", now=AT) is not None


def test_the_overtaken_writes_nothing(wiring) -> None:
    with wiring.sessions.writing() as session:
        ledger.offer(session, "heavy", [("heavy:1", AT)])
        slow = ledger.claim(session, "heavy", owner="slow", now=AT)
        quick = ledger.claim(session, "heavy", owner="quick", now=AT + timedelta(minutes=3))
    with wiring.sessions.writing() as session:
        assert not ledger.prolong(session, slow, now=AT)
        assert ledger.prolong(session, quick, now=AT)
        ledger.fail(session, slow, now=AT, error="too late to say")
    with pytest.raises(ledger.LeaseLost), wiring.sessions.writing() as session:
        ledger.finish(session, slow, now=AT)
    with wiring.sessions.writing() as session:
        ledger.finish(session, quick, now=AT)
    with pytest.raises(ledger.LeaseLost), wiring.sessions.writing() as session:
        ledger.finish(session, quick, now=AT)


def test_certificates_and_result_sheets_are_made_and_never_again(wiring) -> None:
    with wiring.sessions.writing() as session:
        reviewing.a_decision(session)
    assert work.run(wiring, "issue-certificates", now=AT).made == 2
    assert work.run(wiring, "issue-certificates", now=AT + timedelta(days=1)).made == 0
    with wiring.sessions.reading() as session:
        certificate = session.scalars(select(Certificate)).one()
        sheet = session.scalars(select(Document)).one()
        line = session.scalars(select(ReportingLine.public_id)).one()
        assert certificate.issued_at == sheet.made_at == AT
        assert sheet.pages == 1 and sheet.size > 0
        for digest in (certificate.digest, sheet.digest):
            assert wiring.vault.holds(line, digest)
        events = [entry.event for entry in entries(session)]
        assert events.count("certificate:issued") == events.count("document:made") == 1


def test_a_comparison_report_of_now(wiring) -> None:
    with wiring.sessions.writing() as session:
        reviewing.a_decision(session)
        cycle = session.scalars(select(Cycle)).one()
        coordinator = building.a_coordinator(session)
        common = {"audience": Audience.COORDINATOR, "occasion": "first look", "actor": coordinator, "language": "en"}
        wanted = reports.want_report(session, cycle, at=AT, **common)
        assert reports.want_report(session, cycle, at=AT, **common).id == wanted.id
        with pytest.raises(InvalidInput):
            reports.want_report(session, cycle, at=AT, **{**common, "audience": Audience.PUBLIC})
    outcome = work.run(wiring, "comparison-reports", now=AT)
    assert (outcome.made, outcome.failed) == (1, 0), outcome.summary
    with wiring.sessions.reading() as session:
        report = session.scalars(select(Document).where(Document.kind == DocumentKind.COMPARISON_REPORT)).one()
        assert report.digest is not None and wiring.vault.holds("network", report.digest)
        assert '"Sample line Austria"' in (report.facts or "")


def test_a_journal_that_was_touched_is_a_failed_run(wiring) -> None:
    with wiring.sessions.writing() as session:
        building.a_coordinator(session)
    assert work.run(wiring, "verify-journal", now=AT).made == 1
    with wiring.sessions.writing() as session:
        session.scalars(select(JournalEntry).where(JournalEntry.number == 2)).one().actor = "someone else"
    outcome = schedule.run_by_hand(wiring, schedule.job_called("verify-journal"), now=AT)
    assert outcome.failed == 1 and "entry 2" in outcome.summary


def test_sweeping_keeps_each_jobs_latest_run(wiring) -> None:
    job = schedule.job_called("sweep")
    for days in (0, 1, 2):
        at = AT + timedelta(days=days)
        schedule.offer_due(wiring, job, now=at)
        schedule.do_due(wiring, job, now=at)
    work.run(wiring, "sweep", now=AT + timedelta(days=90))
    with wiring.sessions.reading() as session:
        assert len(history(session)) == 1
        assert ledger.last_due(session, "sweep") is not None


def test_the_scheduler_is_loaded_by_no_one_else() -> None:
    import subprocess
    import sys

    script = "import sys, audit.jobs.schedule, audit.jobs.work; print('apscheduler' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"
