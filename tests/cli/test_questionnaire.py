"""The answer sheet by command: written, looked at, taken over; what could be lost is never taken over."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from audit.cli.questionnaire import questionnaire
from audit.domain.answers import AnswerOrigin
from audit.persistence.queries import assessments
from audit.persistence.sessions import Sessions, sessions
from audit.persistence.tables import SelfAssessment
from audit.usecases.self_assessment import record_answer
from tests.building import AT, a_line, a_manager, an_answer, an_assessment, fill, small_set
from tests.spreadsheets.sheets import put

LINE, CYCLE = "Sample line Austria", "2026"
MANAGER = "manager.sample.line.austria@people.example"
Run = Callable[..., Result]


@pytest.fixture
def desk(sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sessions:
    """An installation with a line whose self-assessment is filled in."""
    monkeypatch.setenv("AUDIT_DATABASE_URL", sqlite_engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("AUDIT_INSTANCE", str(tmp_path))
    found = sessions(sqlite_engine)
    with found.writing() as session:
        fill(session, an_assessment(session, a_line(session)), level=1)
    return found


def run(*arguments: str) -> Result:
    return CliRunner().invoke(questionnaire, list(arguments))


def exported(folder: Path) -> tuple[Path, Any]:
    file = folder / "sheet.xlsx"
    done = run("export", "--line", LINE, "--cycle", CYCLE, str(file))
    assert done.exit_code == 0, done.output
    return file, openpyxl.load_workbook(file)


def shown(file: Path, *more: str) -> dict[str, Any]:
    done = run("import", "--line", LINE, "--cycle", CYCLE, "--json", *more, str(file))
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def stored(desk: Sessions) -> dict[str, assessments.SavedAnswer]:
    with desk.reading() as session:
        (assessment,) = session.query(SelfAssessment).all()
        return assessments.answers_of(session, assessment.id)


def test_without_apply_the_differences_are_shown_and_nothing_is_stored(desk: Sessions, tmp_path: Path) -> None:
    file, book = exported(tmp_path)
    assert run("import", "--line", LINE, "--cycle", CYCLE, str(file)).output.strip() == (
        "The file says what is stored here already."
    )
    put(book, "GOV-01", "justification", "Written offline.")
    book.save(file)
    before = stored(desk)
    report = shown(file)
    assert [(one["criterion"], one["kind"]) for one in report["changes"]] == [("GOV-01", "theirs")]
    assert report["changes"][0]["file"]["text"] == "Written offline."
    assert stored(desk) == before
    told = run("import", "--line", LINE, "--cycle", CYCLE, str(file))
    assert told.exit_code == 0 and "GOV-01: changed in the file" in told.output


def test_apply_takes_over_what_changed_in_the_file_only(desk: Sessions, tmp_path: Path) -> None:
    file, book = exported(tmp_path)
    for name in ("GOV-01", "HND-01"):
        put(book, name, "justification", f"{name} offline.")
    put(book, "ACC-01", "justification", "")
    book.save(file)
    with desk.writing() as session:
        assessment = an_assessment(session)
        manager = a_manager(session, assessment.line)
        record_answer(
            session,
            assessment,
            small_set(),
            "HND-01",
            an_answer(small_set(), "HND-01", level=2),
            expected_version=1,
            actor=manager,
            at=AT,
        )
    report = shown(file, "--apply", "--as", MANAGER)
    assert report["stored"] == ["GOV-01"]
    now = stored(desk)
    assert (now["GOV-01"].value.justification, now["GOV-01"].origin) == ("GOV-01 offline.", AnswerOrigin.IMPORTED)
    assert now["HND-01"].value.justification == "This is how we meet HND-01."
    assert now["ACC-01"].value.justification == "This is how we meet ACC-01."


def test_only_a_person_of_the_line_takes_over(desk: Sessions, tmp_path: Path) -> None:
    file, book = exported(tmp_path)
    put(book, "GOV-01", "justification", "Written offline.")
    book.save(file)
    for email in ("coordinator@people.example", "nobody@people.example"):
        done = run("import", "--line", LINE, "--cycle", CYCLE, "--apply", "--as", email, str(file))
        assert done.exit_code == 1 and "may not answer for the line" in done.output
    assert run("import", "--line", LINE, "--cycle", CYCLE, "--apply", str(file)).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--line", "Nowhere", "--cycle", CYCLE), "no line called"),
        (("--line", LINE, "--cycle", "1999"), "no self-assessment"),
    ],
)
def test_what_is_not_there_is_said_in_a_line(
    desk: Sessions, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = run("export", *arguments, str(tmp_path / "a.xlsx"))
    assert done.exit_code == 1 and words in done.output and "Traceback" not in done.output


def test_a_file_that_is_no_answer_sheet_is_said_in_a_line(desk: Sessions, tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_text("id,level\n")
    done = run("import", "--line", LINE, "--cycle", CYCLE, str(file))
    assert done.exit_code == 1 and "not an XLSX spreadsheet" in done.output


def test_json_goes_out_as_well(desk: Sessions, tmp_path: Path) -> None:
    file = tmp_path / "sheet.json"
    assert run("export", "--line", LINE, "--cycle", CYCLE, str(file)).exit_code == 0
    assert json.loads(file.read_text())["cycle_name"] == CYCLE
