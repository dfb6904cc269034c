"""Evidence on its whole way: uploaded, opened, stored, downloaded, locked; and nobody waits while it is opened."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.persistence.sessions import Sessions
from audit.persistence.tables import EvidenceItem, JournalEntry, Network, Person
from audit.ports import Inspected
from tests.building import a_line, a_manager, an_assessment
from tests.web.conftest import saved
from tests.web.strict import StrictVisitor

SignIn = Callable[[Person], StrictVisitor]


def _pdf() -> bytes:
    made = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(made)
    return made.getvalue()


def _line(session: Session) -> tuple[Person, Person, str]:
    assessment = an_assessment(session)
    other = a_line(session, "Sample line Belgium", "BE")
    return a_manager(session, assessment.line), a_manager(session, other), assessment.line.public_id


def _upload(visitor: StrictVisitor, line: str, content: bytes, name: str = "policy.pdf", **changed: object):
    given = {
        "kind": "policy", "title": "Policy", "no_abuse_image": "y", "no_personal_data": "y",
        "file": (io.BytesIO(content), name), **changed,
    }  # fmt: skip
    return visitor.send(f"/lines/{line}/evidence", given, content_type="multipart/form-data")


def test_a_file_goes_in_and_comes_out_as_a_download(desk: Sessions, signed_in: SignIn) -> None:
    manager, stranger, line = saved(desk, _line)
    visitor = signed_in(manager)
    content = _pdf()
    assert _upload(visitor, line, content).status_code == 303
    with desk.reading() as session:
        item = session.scalars(select(EvidenceItem)).one().public_id
    answer = visitor.get(f"/lines/{line}/evidence/{item}/file", loose=True)
    assert answer.status_code == 200 and answer.data == content
    assert answer.headers["Content-Disposition"].startswith("attachment")
    with desk.reading() as session:
        assert session.scalar(select(JournalEntry.event).order_by(JournalEntry.number.desc())) == "evidence:downloaded"
    assert signed_in(stranger).get(f"/lines/{line}/evidence/{item}/file").status_code == 404


@pytest.mark.parametrize(
    ("content", "name", "changed", "said"),
    [
        (b"%PDF-1.4 nothing", "policy.pdf", {}, "damaged"),
        (b"<html>", "policy.pdf", {}, "not accepted"),
        (b"", "policy.pdf", {}, ""),
        (b"plain text", "policy.txt", {"no_abuse_image": ""}, "sexual image"),
    ],
)
def test_a_refusal_says_why_and_keeps_what_was_typed(
    desk: Sessions, signed_in: SignIn, content: bytes, name: str, changed: dict, said: str
) -> None:
    manager, _, line = saved(desk, _line)
    answer = _upload(signed_in(manager), line, content, name, title="A title worth keeping", **changed)
    assert answer.status_code == 422
    assert said in answer.text and "A title worth keeping" in answer.text
    with desk.reading() as session:
        assert session.scalars(select(EvidenceItem)).all() == []


def test_others_can_save_while_an_upload_is_opened(app: Flask, desk: Sessions, signed_in: SignIn) -> None:
    manager, _, line = saved(desk, _line)
    opened, finish = threading.Event(), threading.Event()

    def slow(content: bytes, file_name: str, *, images_allowed: bool) -> Inspected:
        opened.set()
        finish.wait(20)
        return Inspected(content=content, media_type="text/plain", extension="txt")

    app.extensions["plumbline"].inspect = slow
    answers = []
    upload = threading.Thread(target=lambda: answers.append(_upload(signed_in(manager), line, b"text", "a.txt")))
    upload.start()
    assert opened.wait(20)
    started = time.monotonic()
    with desk.writing() as session:
        session.scalars(select(Network)).one().name = "Saved meanwhile"
    assert time.monotonic() - started < 2
    finish.set()
    upload.join()
    assert answers[0].status_code == 303
