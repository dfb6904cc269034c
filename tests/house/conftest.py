"""An application over the sample town, built once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from audit import app as front_door
from audit.persistence.queries import people
from audit.settings import Settings
from audit.usecases import accounts
from audit.wiring import wire
from tests.building import AT, PASSWORD
from tests.house import town as building_site
from tests.house.town import Town
from tests.web.strict import StrictVisitor, watch


@pytest.fixture(scope="session")
def town_file(empty_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Town, dict[str, str]]:
    """The town's instance folder, its description, and a signed-in token for each kind of visitor."""
    folder = tmp_path_factory.mktemp("town")
    shutil.copyfile(empty_sqlite, folder / "plumbline.sqlite")
    wiring = wire(Settings(instance=folder))
    with wiring.sessions.writing() as session:
        town = building_site.build(session, wiring.vault)
    tokens = {}
    for kind, email in town.visitors.items():
        with wiring.sessions.writing() as session:
            assert people.by_email(session, email) is not None, kind
            tokens[kind] = accounts.sign_in(
                session, email=email, password=PASSWORD, address=kind, at=AT, idle_minutes=9999, hours=999
            )
    wiring.sessions.engine.dispose()
    return folder, town, tokens


@pytest.fixture(scope="module")
def house(town_file: tuple[Path, Town, dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application over a copy of the town."""
    instance = tmp_path_factory.mktemp("instance")
    shutil.copytree(town_file[0], instance, dirs_exist_ok=True)
    settings = Settings(instance=instance, base_url="http://localhost")
    app = front_door.create_app(settings, pseudo_languages=True, now=lambda: AT)
    app.test_client_class = StrictVisitor
    watch(app)
    yield app
    app.extensions["plumbline"].sessions.engine.dispose()


@pytest.fixture
def town(town_file: tuple[Path, Town, dict[str, str]]) -> Town:
    return town_file[1]


@pytest.fixture
def restore(house: Flask, town_file: tuple[Path, Town, dict[str, str]]) -> Callable[[], None]:
    """Puts the town back as it was, after something was allowed to change it."""

    def put_back() -> None:
        wiring = house.extensions["plumbline"]
        wiring.sessions.engine.dispose()
        shutil.copyfile(town_file[0] / "plumbline.sqlite", wiring.settings.instance / "plumbline.sqlite")

    return put_back


@pytest.fixture
def browser_of(house: Flask, town_file: tuple[Path, Town, dict[str, str]]) -> Callable[..., StrictVisitor]:
    """`browser_of("manager")`: a browser of that kind of visitor; None: of somebody who is not signed in."""

    def open_browser(kind: str | None, language: str = "") -> StrictVisitor:
        client: StrictVisitor = house.test_client()  # type: ignore[assignment]
        if kind is not None:
            client.set_cookie("plumbline", town_file[2][kind], domain="localhost")
        if language:
            client.set_cookie("plumbline-language", language, domain="localhost")
        return client

    return open_browser
