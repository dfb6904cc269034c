"""The commands of the clock, the journal and the report: what they print and how they end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from audit.cli.jobs import jobs
from audit.cli.journal import journal
from audit.cli.report import report
from audit.persistence.sessions import sessions
from audit.persistence.tables import JournalEntry
from tests import building, reviewing


@pytest.fixture
def run(sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Runs a command on an installation with one decision."""
    monkeypatch.setenv("AUDIT_DATABASE_URL", sqlite_engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("AUDIT_INSTANCE", str(tmp_path))
    with sessions(sqlite_engine).writing() as session:
        reviewing.a_decision(session)

    def call(command: object, *arguments: str) -> Result:
        return CliRunner().invoke(command, list(arguments))

    return call


def test_jobs(run) -> None:
    listed = json.loads(run(jobs, "list", "--json").output)
    assert {"issue-certificates", "reminders", "expire"} <= {row["job"] for row in listed}
    done = run(jobs, "run", "expire", "--now", "2029-04-01T06:00Z", "--json")
    assert done.exit_code == 0
    assert json.loads(done.output)["made"] == 1
    again = run(jobs, "run", "expire", "--now", "2029-04-01T06:00Z")
    assert again.output.strip() == "expire: 0 certificates ended"
    assert len(json.loads(run(jobs, "history", "--json").output)) == 2


@pytest.mark.parametrize(
    "arguments", [("run", "make-tea"), ("run", "expire", "--now", "soon"), ("history", "--limit", "0")]
)
def test_bad_usage_of_jobs(run, arguments: tuple[str, ...]) -> None:
    ended = run(jobs, *arguments)
    assert ended.exit_code == 2
    assert "Traceback" not in ended.output


def test_journal(run, sqlite_engine: Engine, tmp_path: Path) -> None:
    assert run(journal, "verify").exit_code == 0
    file = tmp_path / "journal.jsonl"
    assert run(journal, "export", "-o", str(file)).exit_code == 0
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))
    assert len(run(journal, "export", "--line", "Sample line Austria").output.splitlines()) < len(rows)
    assert run(journal, "export", "--line", "No such line").exit_code == 1
    with sessions(sqlite_engine).writing() as session:
        session.get_one(JournalEntry, 3).payload = "{}"
    ended = run(journal, "verify", "--json")
    assert (ended.exit_code, json.loads(ended.output)["first_broken"]) == (1, 3)


def test_report(run, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    assert run(report, "--cycle", "2026", "--format", "json", "-o", str(file)).exit_code == 0
    assert "Sample line Austria" in file.read_text()
    assert run(report, "--cycle", "1999", "--format", "json", "-o", str(file)).exit_code == 1
    for form in ("xlsx", "csv"):
        assert run(report, "--cycle", "2026", "--format", form, "-o", str(file)).exit_code == 2
    assert run(report, "--cycle", "2026", "--audience", "public", "-o", str(file)).exit_code == 2
    assert building.small_set().id in file.read_text()
