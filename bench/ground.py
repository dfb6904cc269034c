"""An installation to measure on: one line with the whole sample criteria set filled in, its manager signed in."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import event, update
from werkzeug.test import EnvironBuilder

from audit import app as front_door
from audit.criteria_files import read
from audit.domain.criteria import CriteriaSet
from audit.domain.permissions import Role
from audit.domain.workflow import State
from audit.persistence.schema import upgrade
from audit.persistence.tables import SelfAssessment
from audit.settings import ROOT, Settings
from audit.usecases import accounts
from tests import building

CRITERIA = ROOT / "criteria" / "sectt-lines"
Wsgi = Callable[[dict[str, Any], Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """One person's browser, reduced to what a request carries."""

    cookies: str
    csrf_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The application on its own database, the addresses of one self-assessment, and the people who fill it in."""

    app: Flask
    folder: Path
    criteria_set: CriteriaSet
    line: str
    assessment: str
    visitors: tuple[Visitor, ...]

    @property
    def database(self) -> Path:
        return self.folder / "plumbline.sqlite"

    @property
    def round(self) -> str:
        return f"/lines/{self.line}/assessments/{self.assessment}"

    @property
    def theme_page(self) -> str:
        return f"{self.round}/{self.criteria_set.themes[0].id}"

    def save_of(self, criterion: str) -> str:
        return f"{self.round}/criteria/{criterion}"

    @property
    def asked(self) -> tuple[str, ...]:
        """The criteria of the first theme whose level is chosen by hand."""
        found = self.criteria_set.criteria
        chosen = [one for one in found if not self.criteria_set.answer_set_of(one).from_indicators]
        return tuple(one.id for one in chosen if one.theme == self.criteria_set.themes[0].id)

    def key_of(self, criterion: str) -> str:
        """The answer that was given to it."""
        return str(building.an_answer(self.criteria_set, criterion).key)

    @contextmanager
    def statements(self) -> Iterator[list[tuple[str, Any]]]:
        """Every statement sent meanwhile, with its parameters."""
        sent: list[tuple[str, Any]] = []

        def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
            sent.append((statement, parameters))

        engine = self.app.extensions["plumbline"].sessions.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(engine, "before_cursor_execute", note)


@contextmanager
def ground(*, people: int = 1, where: Path | None = None, base_url: str = "http://localhost") -> Iterator[Ground]:
    """The ground, in a folder of its own below `where` that goes when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="plumbline-bench-", dir=where))
    app = front_door.create_app(Settings(instance=folder, base_url=base_url, session_hours=24))
    wiring = app.extensions["plumbline"]
    upgrade(wiring.sessions.engine)
    at = wiring.now()
    criteria_set, source = read(CRITERIA), (CRITERIA / "set.yaml").read_text("utf-8")
    with wiring.sessions.writing() as session:
        line = building.a_line(session, at=at)
        building.an_open_cycle(session, [line], criteria_set=criteria_set, source=source, opens_on=at.date(), at=at)
        assessment = building.an_assessment(session, line, at=at)
        building.fill(session, assessment, criteria_set, at=at)
        session.execute(update(SelfAssessment).values(state=State.DRAFT))
        staff = [building.a_manager(session, line, at=at)]
        staff += [
            building.a_person(session, f"Contributor {n}", Role.CONTRIBUTOR, line=line, at=at) for n in range(1, people)
        ]
        tokens = [
            accounts.sign_in(
                session,
                email=person.email,
                password=building.PASSWORD,
                address="",
                at=at,
                idle_minutes=1440,
                hours=24,
            )
            for person in staff
        ]
        made = {"line": line.public_id, "assessment": assessment.public_id}
    try:
        yield Ground(
            app=app,
            folder=folder,
            criteria_set=criteria_set,
            visitors=tuple(_entered(app, token) for token in tokens),
            **made,
        )
    finally:
        wiring.sessions.engine.dispose()
        shutil.rmtree(folder)


def _entered(app: Flask, token: str) -> Visitor:
    browser = app.test_client()
    browser.set_cookie("plumbline", token)
    page = browser.get("/account").text
    form = browser.get_cookie("plumbline-form")
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert form is not None and found is not None
    return Visitor(cookies=f"plumbline={token}; plumbline-form={form.value}", csrf_token=found[1])


def answer_fields(visitor: Visitor, key: str, *, version: int, text: str) -> bytes:
    """One answer as the page's script sends it."""
    return urlencode(
        {
            "csrf_token": visitor.csrf_token,
            "version": str(version),
            "level": key,
            "justification": text,
            "language": "en",
            "summary": "",
        }
    ).encode()


def asking(path: str, visitor: Visitor, *, method: str = "GET") -> dict[str, Any]:
    """The environment of one request, made once and copied for each."""
    headers = {"Cookie": visitor.cookies, **({"Accept": "application/json"} if method == "POST" else {})}
    return EnvironBuilder(
        path=path,
        method=method,
        headers=headers,
        content_type="application/x-www-form-urlencoded" if method == "POST" else None,
    ).get_environ()


def ask(wsgi: Wsgi, environ: dict[str, Any], body: bytes = b"") -> bytes:
    """The body of the reply; AssertionError where it is not a success."""
    heard: list[str] = []
    request = {**environ, "wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    reply = wsgi(request, lambda status, _headers, _trouble=None: heard.append(status))
    try:
        said = b"".join(reply)
    finally:
        if hasattr(reply, "close"):
            reply.close()
    assert heard[0].startswith("200"), (environ["PATH_INFO"], heard, said[:300])
    return said
