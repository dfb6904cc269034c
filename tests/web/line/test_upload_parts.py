"""Files in parts over HTTP and in a real browser: on a line that breaks, after a reload, and never sent twice."""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from audit.persistence.sessions import Sessions
from audit.persistence.tables import EvidenceItem, EvidenceLink, Person, Upload, UploadPart
from audit.usecases import evidence
from tests.browsing import clean
from tests.web.line.conftest import Draft
from tests.web.strict import StrictVisitor

if TYPE_CHECKING:
    from playwright.sync_api import Page

TEXT = "".join(random.Random(4).choices("abcdefgh \n", k=3 * evidence.PART - 77)).encode()


def announced(content: bytes = TEXT, **changed: str) -> dict[str, str]:
    return {
        "name": "log.txt",
        "size": str(len(content)),
        "digest": hashlib.sha256(content).hexdigest(),
        "no_abuse_image": "y",
        "no_personal_data": "y",
        **changed,
    }


def begin(visitor: StrictVisitor, draft: Draft, **changed: str) -> Any:
    return visitor.send(f"{draft.home}/evidence/uploads", announced(**changed), headers={"Accept": "application/json"})


def send_part(visitor: StrictVisitor, draft: Draft, upload: str, number: object, content: bytes) -> int:
    answer = visitor.post(
        f"{draft.home}/evidence/uploads/{upload}/parts/{number}",
        data=content,
        content_type="application/octet-stream",
        headers={"Accept": "application/json", "X-CSRFToken": visitor.token()},
    )
    return int(answer.status_code)


def new_item(**changed: Any) -> dict[str, Any]:
    return {
        "kind": "procedure", "title": "Log", "file": (io.BytesIO(), ""), "url": "", "statement": "",
        "no_abuse_image": "y", "no_personal_data": "y", **changed,
    }  # fmt: skip


def test_what_arrived_in_parts_becomes_an_item_and_a_mistake_in_the_form_costs_no_second_sending(
    desk: Sessions, draft: Draft, manager: StrictVisitor
) -> None:
    begun = begin(manager, draft).json
    for number in range(3):
        start = number * begun["part"]
        assert send_part(manager, draft, begun["upload"], number, TEXT[start : start + begun["part"]]) == 200
    assert begin(manager, draft).json["held"] == [0, 1, 2]
    wrong = manager.send(f"{draft.criterion('HND-02')}/evidence", new_item(upload=begun["upload"], title=""))
    assert wrong.status_code == 422 and begun["upload"] in wrong.text
    right = manager.send(f"{draft.criterion('HND-02')}/evidence", new_item(upload=begun["upload"]))
    assert right.status_code == 303, right.text
    with desk.reading() as session:
        item = session.scalars(select(EvidenceItem)).one()
        assert (item.size, item.received_digest) == (len(TEXT), hashlib.sha256(TEXT).hexdigest())
        assert session.scalars(select(EvidenceLink.criterion_id)).all() == ["HND-02"]
        assert (
            session.scalar(select(func.count(Upload.id))) == session.scalar(select(func.count(UploadPart.number))) == 0
        )
    assert manager.get(f"{draft.home}/evidence/{item.public_id}/file").data == TEXT
    assert begin(manager, draft).json["known"] == item.public_id
    gone = manager.send(f"{draft.home}/evidence", new_item(upload=begun["upload"]))
    assert gone.status_code == 422 and "Choose the file again" in gone.text


def test_hostile_parts_and_other_peoples_uploads_are_refused(
    app: Flask,
    draft: Draft,
    manager: StrictVisitor,
    contributor: StrictVisitor,
    signed_in: Callable[..., StrictVisitor],
) -> None:
    upload = begin(manager, draft).json["upload"]
    whole = TEXT[: evidence.PART]
    for number, content, status in (
        (0, whole + b"x", 422), (0, whole[:-1], 422), (3, b"x", 422), (10**20, b"x", 422), (-1, b"x", 404),
        ("one", b"x", 404),
    ):  # fmt: skip
        assert send_part(manager, draft, upload, number, content) == status, (number, len(content))
    assert send_part(contributor, draft, upload, 0, whole) == 404
    assert send_part(signed_in(draft.stranger), draft, upload, 0, whole) == 404
    assert send_part(manager, draft, "never-was", 0, whole) == 404
    half = manager.send(f"{draft.home}/evidence", new_item(upload=upload))
    assert half.status_code == 422 and "not arrived whole" in half.text
    assert begin(manager, draft, size="10000001").status_code == 422
    assert begin(manager, draft, no_abuse_image="").status_code == 422
    assert begin(signed_in(draft.stranger), draft).status_code == 404


def test_a_file_that_changed_on_its_way_is_forgotten(desk: Sessions, draft: Draft, manager: StrictVisitor) -> None:
    upload = begin(manager, draft).json["upload"]
    for number in range(3):
        part = TEXT[number * evidence.PART : (number + 1) * evidence.PART]
        assert send_part(manager, draft, upload, number, part[::-1]) == 200
    answer = manager.send(f"{draft.home}/evidence", new_item(upload=upload))
    assert answer.status_code == 422 and "changed on its way" in answer.text
    with desk.reading() as session:
        assert session.scalar(select(func.count(Upload.id))) == 0
    assert begin(manager, draft).json["held"] == []


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "log.txt"
    path.write_bytes(TEXT)
    return path


def choose(page: Page, file: Path, prefix: str = "new-") -> None:
    page.select_option(f"#{prefix}kind", "procedure")
    page.fill(f"#{prefix}title", "Log of the line")
    page.check(f"#{prefix}no_abuse_image")
    page.check(f"#{prefix}no_personal_data")
    page.set_input_files(f"#{prefix}file", str(file))


def held(desk: Sessions) -> int:
    with desk.reading() as session:
        return session.scalar(select(func.count(UploadPart.number))) or 0


def test_a_cut_connection_and_a_reload_cost_only_what_had_not_arrived(
    desk: Sessions, draft: Draft, page_of: Callable[[Person, str], Page], file: Path
) -> None:
    page = page_of(draft.manager, f"{draft.home}/evidence")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/parts/" in request.url else None)
    page.route("**/parts/1", lambda route: route.abort())  # the second part never gets through
    choose(page, file)
    page.get_by_text("No connection.").wait_for()
    clean(page)
    assert held(desk) == 1
    page.context.set_offline(True)
    page.wait_for_timeout(1500)
    page.unroute("**/parts/1")
    page.context.set_offline(False)
    page.get_by_text("The file has arrived.").wait_for()
    assert held(desk) == 3 and sum(url.endswith("/parts/0") for url in sent) == 1
    page.reload()
    sent.clear()
    choose(page, file)
    page.get_by_text("The file has arrived.").wait_for()
    assert sent == [], "after a reload nothing is sent a second time"
    page.get_by_role("button", name="Add evidence").click()
    page.get_by_text("is in your library.").wait_for()
    with desk.reading() as session:
        item = session.scalars(select(EvidenceItem)).one()
        assert item.received_digest == hashlib.sha256(TEXT).hexdigest() and item.title == "Log of the line"
    assert page.get_by_text("Log of the line").count()


def test_the_file_leaves_only_once_both_declarations_are_ticked_and_can_be_paused(
    desk: Sessions, draft: Draft, page_of: Callable[[Person, str], Page], file: Path
) -> None:
    page = page_of(draft.manager, f"{draft.home}/evidence")
    page.set_input_files("#new-file", str(file))
    page.get_by_text("Tick both declarations below").wait_for()
    page.get_by_role("button", name="Add evidence").click()
    assert page.evaluate("document.activeElement.id") == "new-no_abuse_image"
    waiting: list[Any] = []
    page.route("**/parts/1", lambda route: waiting.append(route))
    page.check("#new-no_abuse_image")
    page.check("#new-no_personal_data")
    page.get_by_role("button", name="Pause").click()
    page.get_by_text("Paused.").wait_for()
    clean(page)
    page.unroute("**/parts/1")
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("The file has arrived.").wait_for()
    assert held(desk) == 3


def test_a_file_of_the_library_is_offered_instead_of_sent(
    desk: Sessions, draft: Draft, manager: StrictVisitor, page_of: Callable[[Person, str], Page], file: Path
) -> None:
    manager.send(f"{draft.home}/evidence", new_item(title="Known log", file=(io.BytesIO(TEXT), "known.txt")))
    page = page_of(draft.manager, f"{draft.round}/HND?open=HND-02")
    page.locator("#HND-02-evidence summary", has_text="Add evidence to HND-02").click()
    choose(page, file, "HND-02-new-")
    page.get_by_text("in your library already: “Known log”").wait_for()
    page.get_by_role("button", name="Use this item").last.click()
    page.get_by_text("“Known log” is offered here.").wait_for()
    with desk.reading() as session:
        assert session.scalars(select(EvidenceLink.criterion_id)).all() == ["HND-02"]
        assert session.scalar(select(func.count(Upload.id))) == 0
