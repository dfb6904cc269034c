"""Killed while four people save over HTTP: 0 acknowledged answers lost, torn, doubled or put under an older one."""

from __future__ import annotations

import os
import re
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask, g, make_response
from sqlalchemy import update

from audit import app as front_door
from audit.domain.permissions import Role
from audit.persistence.tables import SelfAssessment
from audit.settings import Settings
from audit.usecases import accounts
from tests.browsing import address_of, free_door
from tests.building import PASSWORD, a_line, a_manager, a_person, an_assessment
from tests.torture.killing import PLACES, Serve, Writer, kill_again_and_again, serve, text_of

ROUNDS = int(os.environ.get("AUDIT_TEST_KILLS", "500"))  # ./dev torture asks for 10,000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """An installation with a draft, on a disk in memory where there is one, and four people signed in."""

    app: Flask
    door: socket.socket
    writers: list[Writer]
    database: Path


@pytest.fixture
def ground(empty_sqlite: Path) -> Iterator[Ground]:
    memory = Path("/dev/shm")  # what a kill can lose is lost there as well, and the disk is spared
    folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
    database = folder / "plumbline.sqlite"
    shutil.copyfile(empty_sqlite, database)
    door = free_door()
    door.listen(64)
    app = front_door.create_app(Settings(instance=folder, base_url=address_of(door), session_hours=24))
    wiring = app.extensions["plumbline"]
    at = wiring.now()
    with wiring.sessions.writing() as session:
        line = a_line(session, at=at)
        assessment = an_assessment(session, line, at=at)
        people = [a_manager(session, line, at=at)]
        people += [a_person(session, f"Contributor {n}", Role.CONTRIBUTOR, line=line, at=at) for n in range(3)]
        session.execute(update(SelfAssessment).values(state="draft"))
    writers = []
    for person, criterion in zip(people, PLACES, strict=True):
        with wiring.sessions.writing() as session:
            token = accounts.sign_in(
                session, email=person.email, password=PASSWORD, address="", at=at, idle_minutes=1440, hours=24
            )
        browser = app.test_client()
        browser.set_cookie("plumbline", token, domain="127.0.0.1")
        page = browser.get("/account", base_url=address_of(door)).text
        form = browser.get_cookie("plumbline-form", domain="127.0.0.1")
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert form is not None and found is not None
        writers.append(
            Writer(
                criterion=criterion,
                path=f"/lines/{line.public_id}/assessments/{assessment.public_id}/criteria/{criterion}",
                cookies=f"plumbline={token}; plumbline-form={form.value}",
                token=found[1],
                host=address_of(door).removeprefix("http://"),
            )
        )
        saved = browser.post(  # what the application learns by its first save, every fork of it knows
            writers[-1].path.replace(criterion, "ACC-01"),
            data={
                "csrf_token": found[1],
                "version": "0",
                "level": "unknown",
                "justification": text_of(0),
                "language": "en",
            },
            headers={"Accept": "application/json"},
            base_url=address_of(door),
        )
        assert saved.status_code in (200, 409)
    wiring.sessions.engine.dispose()
    yield Ground(app=app, door=door, writers=writers, database=database)
    door.close()
    shutil.rmtree(folder)


def run(ground: Ground, rounds: int, how: Serve = serve):
    return kill_again_and_again(ground.app, ground.door, ground.writers, ground.database, rounds=rounds, serve=how)


def test_nothing_acknowledged_is_lost_however_often_the_server_is_killed(ground: Ground) -> None:
    account = run(ground, ROUNDS)
    assert account.saves > ROUNDS and account.repeats > ROUNDS, "the kills must fall among the saves"


def test_a_server_that_says_saved_before_it_is_saved_is_found(ground: Ground) -> None:
    """A planted fault: the transaction is committed once the reply is on its way."""

    def hasty(app: Flask, door: socket.socket) -> None:
        def run_and_commit_late() -> object:
            response = make_response(Flask.dispatch_request(app))
            opened = g.pop("session")

            def late() -> None:
                time.sleep(0.005)
                opened.commit()
                opened.close()

            response.call_on_close(late)
            return response

        app.dispatch_request = run_and_commit_late  # type: ignore[assignment, method-assign]
        serve(app, door)

    with pytest.raises(AssertionError, match=r"gone|not what was acknowledged|two texts|twice"):
        run(ground, 199, hasty)
