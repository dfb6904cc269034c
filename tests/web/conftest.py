"""What tests of reception share: an application on an empty database, strict visitors, a clock that can be set."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from audit import app as front_door
from audit.persistence.sessions import Sessions
from audit.persistence.tables import Person
from audit.settings import Settings
from audit.usecases import accounts
from tests.building import AT, PASSWORD
from tests.web.strict import StrictVisitor, watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


class Clock:
    """The time of the application under test; `step` moves it."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def step(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock(AT)


@pytest.fixture
def settings(tmp_path: Path, empty_sqlite: Path) -> Settings:
    instance = tmp_path / "instance"
    instance.mkdir()
    shutil.copyfile(empty_sqlite, instance / "plumbline.sqlite")
    return Settings(instance=instance, base_url="http://localhost")


@pytest.fixture
def app(settings: Settings, clock: Clock) -> Iterator[Flask]:
    """The application on an empty, migrated SQLite database, with the pseudo languages."""
    app = front_door.create_app(settings, pseudo_languages=True, now=clock)
    app.testing = False  # failures become pages, as they do for people; the strict visitor refuses them
    app.test_client_class = StrictVisitor
    watch(app)
    yield app
    app.extensions["plumbline"].sessions.engine.dispose()


@pytest.fixture
def desk(app: Flask) -> Sessions:
    """Sessions on the application's database: `with desk.writing() as session: …`."""
    found: Sessions = app.extensions["plumbline"].sessions
    return found


@pytest.fixture
def visitor(app: Flask) -> StrictVisitor:
    """Somebody who is not signed in."""
    client: StrictVisitor = app.test_client()  # type: ignore[assignment]
    return client


@pytest.fixture
def signed_in(app: Flask, desk: Sessions, clock: Clock) -> Callable[[Person], StrictVisitor]:
    """`signed_in(person)`: a browser in which this person is signed in (they joined with tests.building.PASSWORD)."""

    def enter(person: Person) -> StrictVisitor:
        with desk.writing() as session:
            token = accounts.sign_in(
                session,
                email=person.email,
                password=PASSWORD,
                address="127.0.0.1",
                at=clock(),
                idle_minutes=120,
                hours=12,
            )
        client: StrictVisitor = app.test_client()  # type: ignore[assignment]
        client.set_cookie("plumbline", token, domain="localhost")
        return client

    return enter


@pytest.fixture
def counted(desk: Sessions) -> Callable[[], Any]:
    """`with counted() as statements: …` gathers the SQL statements run meanwhile."""

    @contextmanager
    def count() -> Iterator[list[str]]:
        statements: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            statements.append(statement)

        event.listen(desk.engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(desk.engine, "before_cursor_execute", note)

    return count


def saved(desk: Sessions, build: Callable[[Session], Any]) -> Any:
    """What `build` made, committed."""
    with desk.writing() as session:
        return build(session)


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The application's address, served from a thread."""
    from tests.browsing import served

    with served(app) as address:
        yield address


@pytest.fixture
def browser() -> Iterator[Browser]:
    """A real browser; the tests that need one say so by asking for it."""
    from tests.browsing import chromium

    with chromium() as browser:
        yield browser


@pytest.fixture
def page_of(browser: Browser, site: str, signed_in: Callable[[Person], StrictVisitor]) -> Callable[[Person, str], Page]:
    """`page_of(person, path)`: a page in a browser of its own; whatever it complains about fails the test."""

    def opened(person: Person, path: str, **options: Any) -> Page:
        token = signed_in(person).get_cookie("plumbline", domain="localhost")
        assert token is not None
        context = browser.new_context(**options)
        context.add_cookies([{"name": "plumbline", "value": token.value, "url": site}])
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"the script failed: {error}"))
        page.goto(site + path)
        return page

    return opened
