"""Letters: every kind in words, and a mail server that is down, refuses, hesitates or drops."""

from __future__ import annotations

import email
import email.policy
import re
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from audit.domain.errors import InvalidInput
from audit.domain.letters import LetterKind
from audit.domain.permissions import Role
from audit.jobs import work
from audit.jobs.letters import render, sample_parameters
from audit.language import OFFERED, SOURCE, language
from audit.persistence import letters, outbox
from audit.persistence.sessions import Sessions
from audit.persistence.tables import Letter, Person
from audit.post import FolderPost, SmtpPost
from audit.settings import Settings
from audit.usecases import accounts
from audit.wiring import Wiring, wire
from tests import building
from tests.building import AT
from tests.translating import missed


class Server:
    """A mail server that answers as it is told to, and remembers what it took."""

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}
        self.drop_after_data = 0
        self.taken: list[email.message.EmailMessage] = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        self.taken.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        if self.drop_after_data:
            self.drop_after_data -= 1
            server.transport.abort()
        return "250 taken"


@pytest.fixture
def server() -> Iterator[tuple[Server, Controller]]:
    handler = Server()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, controller
    controller.stop()


def wiring_of(database: Sessions, folder: Path, post: object) -> Wiring:
    built = wire(Settings(instance=folder, base_url="https://audit.example"), post=post)
    built.sessions = database
    return built


def smtp(controller: Controller) -> SmtpPost:
    port = controller.server.sockets[0].getsockname()[1]
    return SmtpPost(f"smtp://127.0.0.1:{port}", sender="Network <office@network.example>", timeout=5)


@pytest.fixture
def people(database: Sessions) -> list[Person]:
    """Three people, with every letter so far out of the way, and one report letter for each."""
    with database.writing() as session:
        found = [building.a_person(session, name, Role.COORDINATOR) for name in ("First", "Second", "Third")]
        for letter in session.scalars(select(Letter)):
            letter.dropped_at = AT
        for person in found:
            letters.write(session, LetterKind.REPORT_READY, person, key=f"report:{person.email}", at=AT, cycle="2026")
    return found


def states(database: Sessions) -> dict[str, tuple[bool, bool, int]]:
    with database.reading() as session:
        rows = session.scalars(select(Letter).where(Letter.kind == "report_ready").order_by(Letter.id))
        return {row.key: (row.sent_at is not None, row.dropped_at is not None, row.attempts) for row in rows}


@pytest.mark.parametrize("kind", list(LetterKind))
def test_every_kind_in_words(kind: LetterKind) -> None:
    words = render(
        kind, sample_parameters(kind), language("en"), link="https://audit.example/x", sender="Sample network"
    )
    assert words.subject and "\n" not in words.subject
    assert "https://audit.example/x" in words.text and 'href="https://audit.example/x"' in words.html
    assert "%(" not in words.text and "{" not in words.text and "None" not in words.text
    other = render(kind, sample_parameters(kind), language("ar-XB"), link="https://audit.example/x", sender="S")
    assert 'dir="rtl"' in other.html
    bare = re.sub(r"https\S+|^S$|^-- $", "", other.text, flags=re.MULTILINE)
    while re.search(r"⟦[^⟦⟧]*⟧", bare):
        bare = re.sub(r"⟦[^⟦⟧]*⟧", "", bare)
    assert not re.search(r"[A-Za-z]{3,}", bare), bare


@pytest.mark.parametrize("code", OFFERED)
def test_every_kind_is_written_in_every_language(code: str) -> None:
    with missed(code) as english:
        for kind in LetterKind:
            words = render(kind, sample_parameters(kind), language(code), link="https://audit.example/x", sender="S")
            assert words.subject and f'lang="{code}" dir="{language(code).direction}"' in words.html, kind
            assert "%(" not in words.text and "{" not in words.text and "None" not in words.text
    assert code == SOURCE or english == []


def test_what_people_type_cannot_break_out() -> None:
    parameters = {**sample_parameters(LetterKind.RETURNED), "line": "<b>x</b>\r\nBcc: all@network.example"}
    words = render(LetterKind.RETURNED, parameters, language("en"), link="https://audit.example/x", sender="S")
    assert "<b>" not in words.html
    assert "\n" not in words.subject and "\r" not in words.subject


def test_sent_once_and_done(database: Sessions, tmp_path: Path, people: list[Person], server) -> None:
    handler, controller = server
    wiring = wiring_of(database, tmp_path, smtp(controller))
    outcome = work.send_letters(wiring, now=AT)
    assert (outcome.made, outcome.failed) == (3, 0)
    assert work.send_letters(wiring, now=AT + timedelta(days=1)).made == 0
    assert len({mail["Message-ID"] for mail in handler.taken}) == len(handler.taken) == 3
    mail = handler.taken[0]
    assert mail["To"] == people[0].email
    assert mail.get_body(("plain",)) is not None and mail.get_body(("html",)) is not None
    assert mail["Auto-Submitted"] == "auto-generated"


def test_one_refused_address_stops_only_itself(database: Sessions, tmp_path: Path, people, server) -> None:
    handler, controller = server
    handler.answers = {people[0].email: "550 no such person", people[1].email: "451 later"}
    wiring = wiring_of(database, tmp_path, smtp(controller))
    outcome = work.send_letters(wiring, now=AT)
    assert (outcome.made, outcome.failed) == (1, 2)
    first, second, third = states(database).values()
    assert first == (False, True, 1)
    assert second == (False, False, 1)
    assert third == (True, False, 1)
    handler.answers = {}
    assert work.send_letters(wiring, now=AT + timedelta(seconds=30)).made == 0, "it waits a minute"
    assert work.send_letters(wiring, now=AT + timedelta(minutes=2)).made == 1


def test_a_server_that_is_down_delays_and_loses_nothing(database: Sessions, tmp_path: Path, people, server) -> None:
    handler, controller = server
    down = SmtpPost("smtp://127.0.0.1:1", sender="office@network.example", timeout=2)
    now = AT
    for _ in range(12):
        work.send_letters(wiring_of(database, tmp_path, down), now=now)
        now += timedelta(hours=6)
    assert all(not sent and not dropped for sent, dropped, _ in states(database).values())
    outcome = work.send_letters(wiring_of(database, tmp_path, smtp(controller)), now=now + timedelta(hours=6))
    assert outcome.made == 3
    assert len(handler.taken) == 3


def test_given_up_after_a_week(database: Sessions, tmp_path: Path, people) -> None:
    down = SmtpPost("smtp://127.0.0.1:1", sender="office@network.example", timeout=2)
    work.send_letters(wiring_of(database, tmp_path, down), now=AT + timedelta(days=7))
    assert all(dropped for _, dropped, _ in states(database).values())


def test_dropped_after_data_comes_again_with_the_same_id(database: Sessions, tmp_path: Path, people, server) -> None:
    handler, controller = server
    handler.drop_after_data = 1
    wiring = wiring_of(database, tmp_path, smtp(controller))
    assert work.send_letters(wiring, now=AT).made == 2
    assert work.send_letters(wiring, now=AT + timedelta(minutes=2)).made == 1
    first = [mail["Message-ID"] for mail in handler.taken if mail["To"] == people[0].email]
    assert len(first) == 2 and len(set(first)) == 1


def test_a_sender_that_died_in_between_sends_the_same_letter_again(database: Sessions, tmp_path: Path, people) -> None:
    post = FolderPost(tmp_path / "mail", sender="office@network.example")
    wiring = wiring_of(database, tmp_path, post)
    with database.writing() as session:
        assert outbox.take(session, now=AT) is not None  # taken, and never heard of again
    assert work.send_letters(wiring, now=AT).made == 2
    assert work.send_letters(wiring, now=AT + timedelta(minutes=6)).made == 1
    before = {path.name: path.read_bytes() for path in (tmp_path / "mail").iterdir()}
    assert len(before) == 3
    with database.writing() as session:
        for row in session.scalars(select(Letter).where(Letter.kind == "report_ready")):
            row.sent_at = None
    assert work.send_letters(wiring, now=AT + timedelta(minutes=6)).made == 3
    assert {path.name: path.read_bytes() for path in (tmp_path / "mail").iterdir()} == before


def link_in(folder: Path) -> str:
    texts = [path.read_bytes().decode() for path in folder.glob("*.eml")]
    found = re.search(r"https://audit\.example/(?:join|reset)/[\w=\r\n-]+", texts[-1])
    assert found is not None
    return re.sub(r"=\r?\n", "", found.group()).strip()


def test_links_are_made_when_the_letter_leaves(database: Sessions, tmp_path: Path) -> None:
    with database.writing() as session:
        building.a_network(session)
        person = accounts.invite(
            session, email="new@people.example", name="New", role=Role.COORDINATOR, actor=None, at=AT
        )
        assert "token" not in repr(session.scalars(select(Letter)).one().parameters)
    late = AT + timedelta(days=3)
    wiring = wiring_of(database, tmp_path, FolderPost(tmp_path / "mail", sender="office@network.example"))
    assert work.send_letters(wiring, now=late).made == 1
    token = link_in(tmp_path / "mail").split("/join/")[1].split()[0]
    with database.writing() as session:
        joined = accounts.join(
            session, token=token, name="New", password="three quiet lamps", at=late + timedelta(days=13)
        )
        assert joined.id == person.id


def test_no_letter_to_who_has_no_access(database: Sessions, tmp_path: Path, people) -> None:
    with database.writing() as session:
        accounts.disable(session, session.get_one(Person, people[0].id), actor=None, at=AT)
    post = FolderPost(tmp_path / "mail", sender="office@network.example")
    outcome = work.send_letters(wiring_of(database, tmp_path, post), now=AT)
    assert (outcome.made, outcome.skipped) == (2, 1)


@pytest.mark.parametrize("address", ["mail.example", "http://mail.example", "smtp://"])
def test_addresses_of_servers(address: str) -> None:
    with pytest.raises(InvalidInput):
        SmtpPost(address, sender="x@y.example")
