"""The evidence library: adding, offering, downloading, and locking what must not be here."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from audit.persistence.sessions import Sessions
from audit.persistence.tables import EvidenceItem, EvidenceLink, JournalEntry
from tests.building import AT, a_line, a_live_view, a_manager, an_assessment, small_set
from tests.web.line.conftest import Draft
from tests.web.strict import StrictVisitor


def new_item(**changes: Any) -> dict[str, Any]:
    """What the form sends: a text file of a procedure."""
    return {
        "kind": "procedure",
        "title": "Triage procedure, version 4",
        "file": (io.BytesIO(b"Steps, in order.\n"), "triage.txt"),
        "url": "",
        "statement": "",
        "issued_on": "2026-01-12",
        "valid_until": "2029-01-11",
        "no_abuse_image": "y",
        "no_personal_data": "y",
        **changes,
    }


def the_item(desk: Sessions) -> EvidenceItem:
    with desk.reading() as session:
        return session.scalars(select(EvidenceItem).order_by(EvidenceItem.id.desc())).first()  # type: ignore[return-value]


def test_a_file_is_added_listed_and_downloaded_with_a_trace(
    desk: Sessions, draft: Draft, manager: StrictVisitor
) -> None:
    answer = manager.send(f"{draft.home}/evidence", new_item())
    assert answer.status_code == 303, answer.text
    page = manager.get(answer.location).text
    assert "Triage procedure, version 4" in page and "nothing this cycle" in page
    item = the_item(desk)
    file = manager.get(f"{draft.home}/evidence/{item.public_id}/file")
    assert file.status_code == 200 and file.data == b"Steps, in order.\n"
    assert file.mimetype == "application/octet-stream"
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert file.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in file.headers["Content-Security-Policy"]
    with desk.reading() as session:
        events = session.scalars(select(JournalEntry.event)).all()
    assert events.count("evidence:downloaded") == 1


def test_an_item_is_added_to_a_criterion_offered_again_and_taken_back(
    desk: Sessions, draft: Draft, manager: StrictVisitor
) -> None:
    answer = manager.send(f"{draft.criterion('HND-02')}/evidence", new_item())
    assert answer.status_code == 303 and answer.location.endswith("/HND?open=HND-02#HND-02-evidence"), answer.text
    assert "Triage procedure, version 4" in manager.get(answer.location).text
    item = the_item(desk).public_id
    assert manager.send(f"{draft.criterion('HND-03')}/offered", {"item": item}).status_code == 303
    page = manager.get(f"{draft.home}/evidence").text
    assert "HND-02" in page and "HND-03" in page
    assert manager.send(f"{draft.criterion('HND-03')}/offered/{item}/taken-back").status_code == 303
    with desk.reading() as session:
        assert session.scalars(select(EvidenceLink.criterion_id)).all() == ["HND-02"]


def test_links_and_statements_need_no_file(desk: Sessions, draft: Draft, manager: StrictVisitor) -> None:
    link = new_item(kind="url", title="Public report", url="https://line.example/report", file=(io.BytesIO(), ""))
    assert manager.send(f"{draft.home}/evidence", link).status_code == 303
    seen = new_item(kind="viewed_live", title="Case log", statement="Seen in a call.", file=(io.BytesIO(), ""))
    assert manager.send(f"{draft.home}/evidence", seen).status_code == 303
    page = manager.get(f"{draft.home}/evidence").text
    assert "https://line.example/report" in page and "Seen in a call." in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "Give the item a name"),
        ({"kind": ""}, "Choose the kind of evidence."),
        ({"kind": "gossip"}, "Choose one of the options."),
        ({"no_abuse_image": ""}, "no sexual image of a child"),
        ({"no_personal_data": ""}, "identifies a reporter, a child or a suspect"),
        ({"file": (b"", "")}, "Choose a file, or give a web address or a statement."),
        ({"file": (b"", "empty.txt")}, "The file is empty."),
        ({"valid_until": "2025-01-01"}, "must not be before the issue date"),
        ({"issued_on": "soon"}, "Enter a date"),
        ({"file": (b"MZ\x00\x01", "setup.exe")}, "file"),
    ],
)
def test_what_cannot_be_used_is_named_beside_what_was_typed(
    desk: Sessions, draft: Draft, manager: StrictVisitor, changes: dict[str, Any], words: str
) -> None:
    for address in (f"{draft.home}/evidence", f"{draft.criterion('HND-02')}/evidence"):
        content, name = changes.get("file", (b"Steps, in order.", "triage.txt"))
        sent = new_item(**{**changes, "file": (io.BytesIO(content), name)})
        answer = manager.send(address, sent)
        assert answer.status_code == 422, address
        assert words in answer.text and 'class="summary"' in answer.text
        if "title" not in changes:
            assert 'value="Triage procedure, version 4"' in answer.text, "what was typed stays"
    with desk.reading() as session:
        assert session.scalars(select(EvidenceItem)).all() == []


def test_a_file_above_the_limit_is_refused_in_words(draft: Draft, manager: StrictVisitor) -> None:
    large = (io.BytesIO(b"a" * 10_000_001), "large.txt")
    answer = manager.send(f"{draft.criterion('HND-02')}/evidence", new_item(file=large))
    assert answer.status_code == 422
    assert "the limit is" in answer.text and "Your other answers are saved." in answer.text


def test_the_library_filters_by_theme_and_freshness_in_the_address(draft: Draft, manager: StrictVisitor) -> None:
    manager.send(f"{draft.criterion('HND-02')}/evidence", new_item())
    manager.send(f"{draft.home}/evidence", new_item(title="Old plan", valid_until="2026-02-01"))
    manager.get(f"{draft.home}/evidence")  # reads the notices of what was done
    assert "Old plan" not in manager.get(f"{draft.home}/evidence?theme=HND").text
    expired = manager.get(f"{draft.home}/evidence?fresh=expired").text
    assert "Old plan" in expired and "Triage procedure" not in expired
    assert "No item matches." in manager.get(f"{draft.home}/evidence?theme=ACC").text


def test_a_wrong_file_is_locked_at_once_and_cannot_come_back(
    desk: Sessions, draft: Draft, manager: StrictVisitor, contributor: StrictVisitor
) -> None:
    manager.send(f"{draft.criterion('HND-02')}/evidence", new_item())
    place = f"{draft.home}/evidence/{the_item(desk).public_id}"
    assert "Lock it now" in contributor.get(f"{place}/wrong-file").text
    locked = contributor.send(f"{place}/wrong-file")
    assert locked.status_code == 303
    assert "What to do now" in contributor.get(locked.location).text
    assert manager.get(f"{place}/file").status_code == 404
    for page in (f"{draft.home}/evidence", f"{draft.round}/HND"):
        text = manager.get(page).text
        assert "Item locked" in text and "Triage procedure" not in text
    again = manager.send(f"{draft.home}/evidence", new_item(title="Once more"))
    assert again.status_code == 422 and "was locked earlier" in again.text
    assert manager.send(f"{place}/wrong-file").status_code == 409


def test_nobody_reaches_another_lines_library(
    desk: Sessions, draft: Draft, manager: StrictVisitor, signed_in: Callable[..., StrictVisitor]
) -> None:
    manager.send(f"{draft.home}/evidence", new_item())
    item = the_item(desk).public_id
    stranger = signed_in(draft.stranger)
    with desk.reading() as session:
        own = a_line(session, "Sample line Belgium").public_id
    for page in ("", f"/{item}/file", f"/{item}/wrong-file"):
        assert stranger.get(f"{draft.home}/evidence{page}").status_code == 404
        if page:
            assert stranger.get(f"/lines/{own}/evidence{page}").status_code == 404
    assert stranger.send(f"{draft.home}/evidence", new_item()).status_code == 404


def test_the_library_costs_the_same_however_long_it_is(
    desk: Sessions, draft: Draft, manager: StrictVisitor, counted: Callable[[], Any]
) -> None:
    manager.get(f"{draft.home}/evidence")
    counts = []
    for _ in range(2):
        with counted() as statements:
            manager.get(f"{draft.home}/evidence")
        counts.append(len(statements))
        with desk.writing() as session:
            line = an_assessment(session).line
            for number in range(5):
                a_live_view(session, line, small_set(), title=f"Seen {number}", at=AT)
            assert a_manager(session, line)
    assert counts[0] == counts[1]
