"""Working offline: a sheet is downloaded, filled in, brought back; every difference is shown before it is stored."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from sqlalchemy import select

from audit.documents.pool import InProcessPrinter
from audit.domain.answer_sheet import from_text
from audit.domain.answers import Answer, AnswerOrigin, AnswerStatus
from audit.jobs import papers
from audit.persistence.queries import assessments
from audit.persistence.sessions import Sessions
from audit.persistence.tables import Document, JournalEntry
from audit.usecases import self_assessment
from tests.browsing import clean
from tests.building import AT, a_submitted_assessment, small_set
from tests.web.conftest import saved
from tests.web.line.conftest import Draft
from tests.web.strict import StrictVisitor

if TYPE_CHECKING:
    from playwright.sync_api import Page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def answered(desk: Sessions, draft: Draft, criterion: str, words: str, *, version: int = 0, key: str = "mostly") -> int:
    """An answer saved on the website by the manager."""
    with desk.writing() as session:
        assessment = assessments.for_page(session, draft.assessment)
        assert assessment is not None
        answer_set = small_set().answer_set_of(small_set().criterion(criterion))
        key = key if answer_set.answer(key) else answer_set.answers[-1].key
        return self_assessment.record_answer(
            session,
            assessment,
            small_set(),
            criterion,
            Answer(status=AnswerStatus.ANSWERED, key=key, justification=words),
            expected_version=version,
            actor=draft.manager,
            at=AT,
        )


def stored(desk: Sessions, draft: Draft) -> dict[str, assessments.SavedAnswer]:
    with desk.reading() as session:
        assessment = assessments.by_public_id(session, draft.assessment)
        assert assessment is not None
        return assessments.answers_of(session, assessment.id)


def downloaded(visitor: StrictVisitor, draft: Draft) -> Any:
    answer = visitor.get(f"{draft.round}/copies/answers.xlsx")
    assert (answer.status_code, answer.mimetype) == (200, XLSX)
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def put(book: Any, criterion: str, key: str, value: Any) -> None:
    """Type into the cell of a criterion, as a person does."""
    sheet = next(one for one in book if one["A1"].value == "answer:id")
    column = next(cell.column for cell in sheet[1] if cell.value == f"answer:{key}")
    row = next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value == criterion)
    cell = sheet.cell(row, column)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"


def brought_back(visitor: StrictVisitor, draft: Draft, book: Any, name: str = "answers.xlsx") -> Any:
    out = io.BytesIO()
    book.save(out)
    return upload(visitor, draft, out.getvalue(), name)


def upload(visitor: StrictVisitor, draft: Draft, content: bytes, name: str = "answers.xlsx") -> Any:
    return visitor.send(f"{draft.round}/copies/filled-in", {"file": (io.BytesIO(content), name)})


def carried(page: str) -> str:
    found = re.search(r'name="token-of-file" value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


def take(visitor: StrictVisitor, draft: Draft, page: str, *criteria: str) -> Any:
    return visitor.send(f"{draft.round}/copies/taken-over", {"token-of-file": carried(page), "take": [*criteria]})


def ticked(page: str) -> set[str]:
    boxes = re.findall(r'<input type="checkbox" name="take" value="([^"]+)"( checked)?', page)
    return {name for name, checked in boxes if checked}


def offered(page: str) -> set[str]:
    return set(re.findall(r'<input type="checkbox" name="take" value="([^"]+)"', page))


def test_what_was_filled_in_offline_is_shown_and_only_what_is_ticked_is_stored(
    desk: Sessions, draft: Draft, manager: StrictVisitor
) -> None:
    answered(desk, draft, "GOV-01", "As it was.")
    book = downloaded(manager, draft)
    put(book, "GOV-01", "justification", "=Written on the train + more")
    put(book, "HND-01", "level", "Mostly met")
    put(book, "HND-01", "justification", "Two people read every report.\nAlways.")
    page = brought_back(manager, draft, book)
    assert page.status_code == 200
    assert offered(page.text) == ticked(page.text) == {"GOV-01", "HND-01"}
    assert "Two people read every report." in page.text and "As it was." in page.text
    before = stored(desk, draft)
    assert before["GOV-01"].version == 1 and "HND-01" not in before, "showing must store nothing"
    answer = take(manager, draft, page.text, "HND-01")
    assert answer.status_code == 303
    after = stored(desk, draft)
    assert after["GOV-01"] == before["GOV-01"]
    assert after["HND-01"].value.justification == "Two people read every report.\nAlways."
    assert (after["HND-01"].version, after["HND-01"].origin) == (1, AnswerOrigin.IMPORTED)
    with desk.reading() as session:
        events = [entry.event for entry in session.scalars(select(JournalEntry))]
    assert "answers:imported" in events and "answer_sheet:downloaded" in events


def test_what_changed_in_both_places_stands_side_by_side_and_unticked(
    desk: Sessions, draft: Draft, manager: StrictVisitor
) -> None:
    answered(desk, draft, "GOV-01", "The first text.")
    answered(desk, draft, "ACC-01", "Open to all.")
    book = downloaded(manager, draft)
    put(book, "GOV-01", "justification", "The text of the file.")
    answered(desk, draft, "GOV-01", "The text of a colleague.", version=1)
    answered(desk, draft, "ACC-01", "Open to all, day and night.", version=1)
    page = brought_back(manager, draft, book).text
    assert offered(page) == {"GOV-01"} and ticked(page) == set()
    assert "may have changed in the file and here" in page
    assert re.search(r"These answers stay as they are:.*ACC-01", page)
    assert take(manager, draft, page, "GOV-01").status_code == 303
    assert stored(desk, draft)["GOV-01"].value.justification == "The text of the file."
    assert stored(desk, draft)["ACC-01"].value.justification == "Open to all, day and night."


def test_what_somebody_saves_while_the_differences_are_read_is_shown_again_and_not_overwritten(
    desk: Sessions, draft: Draft, manager: StrictVisitor
) -> None:
    answered(desk, draft, "GOV-01", "The first text.")
    book = downloaded(manager, draft)
    put(book, "GOV-01", "justification", "The text of the file.")
    put(book, "HND-01", "justification", "Another text of the file.")
    page = brought_back(manager, draft, book).text
    answered(desk, draft, "GOV-01", "Saved in between.", version=1)
    again = take(manager, draft, page, "GOV-01", "HND-01")
    assert again.status_code == 200
    assert "One answer is taken over." in again.text
    assert "Saved in between." in again.text and offered(again.text) == {"GOV-01"} and not ticked(again.text)
    assert stored(desk, draft)["GOV-01"].value.justification == "Saved in between."
    assert stored(desk, draft)["HND-01"].value.justification == "Another text of the file."
    assert take(manager, draft, again.text, "GOV-01").status_code == 303
    assert stored(desk, draft)["GOV-01"].value.justification == "The text of the file."
    assert take(manager, draft, page, "HND-01").status_code == 303, "sent twice, it is stored once"
    assert stored(desk, draft)["HND-01"].version == 1


def test_a_cell_that_cannot_be_used_is_named_and_costs_only_itself(
    desk: Sessions, draft: Draft, manager: StrictVisitor
) -> None:
    answered(desk, draft, "GOV-01", "As it was.")
    book = downloaded(manager, draft)
    put(book, "GOV-01", "level", "Quite good, really")
    put(book, "GOV-01", "justification", "A new reason.")
    page = brought_back(manager, draft, book).text
    assert "“Quite good, really” is not a level of this criterion." in page
    assert re.search(r"GOV-01.*Answers.*F\d", page)
    assert take(manager, draft, page, "GOV-01").status_code == 303
    now = stored(desk, draft)["GOV-01"].value
    assert (now.key, now.justification) == ("mostly", "A new reason.")


def test_nothing_ticked_and_nothing_chosen_are_said_in_words(
    desk: Sessions, draft: Draft, manager: StrictVisitor
) -> None:
    book = downloaded(manager, draft)
    assert "There is nothing to take over." in brought_back(manager, draft, book).text
    put(book, "GOV-01", "justification", "A new reason.")
    page = brought_back(manager, draft, book).text
    unticked = take(manager, draft, page)
    assert unticked.status_code == 422 and "Tick at least one answer" in unticked.text
    assert "A new reason." in unticked.text
    none = manager.send(f"{draft.round}/copies/filled-in")
    assert none.status_code == 422 and "Choose the filled-in sheet first." in none.text
    changed = manager.send(f"{draft.round}/copies/taken-over", {"token-of-file": "ab" + carried(page)})
    assert changed.status_code == 422 and "Choose the file again." in changed.text


def test_a_page_of_one_person_is_no_page_of_another(
    desk: Sessions, draft: Draft, manager: StrictVisitor, contributor: StrictVisitor
) -> None:
    book = downloaded(manager, draft)
    put(book, "GOV-01", "justification", "A new reason.")
    page = brought_back(manager, draft, book).text
    assert take(contributor, draft, page, "GOV-01").status_code == 422
    assert "GOV-01" not in stored(desk, draft)


def test_the_file_of_another_line_is_refused_and_tells_nothing(
    desk: Sessions, draft: Draft, manager: StrictVisitor, signed_in: Callable
) -> None:
    theirs = saved(desk, lambda session: _assessment_of_stranger(session))
    stranger = signed_in(draft.stranger)
    sheet = stranger.get(f"/lines/{theirs[0]}/assessments/{theirs[1]}/copies/answers.xlsx")
    answer = upload(manager, draft, sheet.data)
    assert answer.status_code == 422
    assert "This file belongs to another self-assessment." in answer.text
    assert stranger.get(f"{draft.round}/copies").status_code == 404


def _assessment_of_stranger(session: Any) -> tuple[str, str]:
    from tests.building import a_line, an_open_cycle

    line = a_line(session, "Sample line Belgium", "BE")
    an_open_cycle(session, [line], name="2026 B")
    assessment = assessments.current_of_line(session, line.id)
    assert assessment is not None
    return line.public_id, assessment.public_id


def test_after_submission_copies_stay_and_nothing_can_be_brought_back(
    desk: Sessions, draft: Draft, manager: StrictVisitor
) -> None:
    book = downloaded(manager, draft)
    with desk.writing() as session:
        assessment = assessments.for_page(session, draft.assessment)
        assert assessment is not None
        a_submitted_assessment(session, assessment.line)
    assert downloaded(manager, draft) is not None
    page = manager.get(f"{draft.round}/copies").text
    assert "Bring the sheet back" not in page
    assert brought_back(manager, draft, book).status_code == 409


def test_the_json_is_the_whole_sheet(desk: Sessions, draft: Draft, manager: StrictVisitor) -> None:
    answered(desk, draft, "GOV-01", "Ünïcode, “quoted”.")
    answer = manager.get(f"{draft.round}/copies/answers.json")
    assert answer.mimetype == "application/json"
    facts = from_text(json.dumps(json.loads(answer.data)))
    gov = next(one for one in facts.criteria if one.id == "GOV-01")
    assert (gov.justification, gov.key, gov.version) == ("Ünïcode, “quoted”.", "mostly", 1)


def test_a_table_of_commas_goes_out_and_comes_back(desk: Sessions, draft: Draft, manager: StrictVisitor) -> None:
    answered(desk, draft, "GOV-01", "As it was.")
    content = manager.get(f"{draft.round}/copies/answers.csv").data
    page = upload(manager, draft, content.replace(b"As it was.", b"As it is by now."), "answers.csv").text
    assert ticked(page) == {"GOV-01"}
    assert take(manager, draft, page, "GOV-01").status_code == 303
    assert stored(desk, draft)["GOV-01"].value.justification == "As it is by now."


def test_a_copy_on_paper_is_ordered_made_by_the_worker_and_taken(
    desk: Sessions, draft: Draft, manager: StrictVisitor, app: Any
) -> None:
    wiring = app.extensions["plumbline"]
    wiring.printer = InProcessPrinter()
    answered(desk, draft, "GOV-01", "As it was.")
    early = manager.get(f"{draft.round}/copies/answers.pdf")
    assert early.status_code == 303
    for what in ("answers", "blank"):
        assert manager.send(f"{draft.round}/copies", {"what": what}).status_code == 303
        assert manager.send(f"{draft.round}/copies", {"what": what}).status_code == 303
    assert "It is being made." in manager.get(f"{draft.round}/copies").text
    outcome = papers.issue_certificates(wiring, now=AT)
    assert (outcome.made, outcome.failed) == (2, 0), outcome.summary
    for name in ("answers", "blank"):
        taken = manager.get(f"{draft.round}/copies/{name}.pdf")
        assert taken.data.startswith(b"%PDF-"), name
    with desk.reading() as session:
        assert len(list(session.scalars(select(Document)))) == 2


def test_the_page_costs_the_same_however_many_criteria_there_are(
    desk: Sessions, draft: Draft, manager: StrictVisitor, counted: Callable
) -> None:
    with counted() as page:
        manager.get(f"{draft.round}/copies")
    with counted() as sheet:
        manager.get(f"{draft.round}/copies/answers.json")
    assert len(page) <= 18, page
    assert len(sheet) <= 22, sheet
    for criterion in ("GOV-01", "ACC-01", "HND-01"):
        answered(desk, draft, criterion, "Words.")
    with counted() as again:
        manager.get(f"{draft.round}/copies/answers.json")
    assert len(again) == len(sheet)


@pytest.mark.parametrize("language", ["en", "ar-XB"])
def test_a_person_brings_a_sheet_back_in_a_browser_and_nothing_keeps_anybody_out(
    desk: Sessions, draft: Draft, manager: StrictVisitor, page_of: Callable[..., Page], language: str, tmp_path: Path
) -> None:
    answered(desk, draft, "GOV-01", "As it was.")
    book = downloaded(manager, draft)
    put(book, "GOV-01", "justification", "As it is by now.")
    put(book, "HND-01", "level", "Superb")
    put(book, "HND-01", "justification", "Two people read every report.")
    file = tmp_path / "answers.xlsx"
    book.save(file)
    page = page_of(draft.manager, f"{draft.round}/copies?lang={language}", viewport={"width": 390, "height": 800})
    clean(page)
    page.set_input_files("input[type=file]", file)
    page.click("form[enctype] button")
    page.wait_for_selector("input[name=take]")
    clean(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.uncheck("input[name=take][value=HND-01]")
    page.click("form:has(input[name=take]) button")
    page.wait_for_url("**/copies")
    clean(page)
    now = stored(desk, draft)
    assert now["GOV-01"].value.justification == "As it is by now." and "HND-01" not in now
