"""What the journeys share: an installation with its people, served on a free port, a browser, and its commands."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy.orm import Session

from audit import app as front_door
from audit.cli.installation import prepare
from audit.domain.criteria import CriteriaSet
from audit.domain.permissions import Role
from audit.settings import ROOT, Settings
from audit.wiring import wire
from tests import building
from tests.browsing import address_of, chromium, free_door, served

CRITERIA = [criterion.id for criterion in building.small_set().criteria]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A served installation: one line in an open cycle of the small criteria set, and a person for each role."""

    address: str
    instance: Path
    line: str
    assessment: str
    people: dict[str, tuple[str, str]]  # name and e-mail address, by what they are here

    @property
    def round(self) -> str:
        return f"/lines/{self.line}/assessments/{self.assessment}"

    @contextmanager
    def desk(self) -> Iterator[Session]:
        """A writing session on its database, for what happened before a journey begins."""
        wiring = wire(Settings(instance=self.instance))
        with wiring.sessions.writing() as session:
            yield session
        wiring.sessions.engine.dispose()

    def command(self, *arguments: str, expect: int | None = 0) -> subprocess.CompletedProcess[str]:
        """Runs `flask …` on this installation as a process of its own, as its operators do."""
        return flask_command(*arguments, expect=expect, AUDIT_INSTANCE=str(self.instance), AUDIT_BASE_URL=self.address)


def flask_command(*arguments: str, expect: int | None = 0, **settings: str) -> subprocess.CompletedProcess[str]:
    """`flask …` with these settings and no others; asserts the exit status unless `expect` is None."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("AUDIT_")}
    done = subprocess.run(
        [sys.executable, "-m", "flask", *arguments],
        cwd=ROOT,
        env={**others, "FLASK_APP": "wsgi", "AUDIT_DEMONSTRATION": "true", **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    if expect is not None:
        assert done.returncode == expect, f"{arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def asked() -> CriteriaSet | None:
    """The criteria set of the cycle, where a journey asks another than the small one."""
    return None


@pytest.fixture
def site(tmp_path: Path, empty_sqlite: Path, asked: CriteriaSet | None) -> Iterator[Site]:
    """An installation of its own for each journey, on the real clock."""
    door = free_door()
    instance = tmp_path / "instance"
    (instance / "criteria").mkdir(parents=True)
    shutil.copyfile(empty_sqlite, instance / "plumbline.sqlite")
    shutil.copytree(building.SMALL, instance / "criteria" / "small")
    settings = Settings(instance=instance, base_url=address_of(door), demonstration=True)
    app = front_door.create_app(settings, pseudo_languages=True)
    wiring = app.extensions["plumbline"]
    prepare(wiring)
    with wiring.sessions.writing() as session:
        at = datetime.now(UTC) - timedelta(hours=1)
        line = building.a_line(session, at=at)
        people = {
            "coordinator": building.a_coordinator(session, at=at),
            "manager": building.a_manager(session, line, at=at),
            "contributor": building.a_person(session, "Contributor", Role.CONTRIBUTOR, line=line, at=at),
            "first reviewer": building.a_reviewer(session, "Reviewer one", "FI", at=at),
            "second reviewer": building.a_reviewer(session, "Reviewer two", "PT", at=at),
            "auditor": building.a_person(session, "Auditor", Role.AUDITOR, at=at),
            "administrator": building.a_person(session, "Administrator", Role.ADMINISTRATOR, at=at),
        }
        building.an_open_cycle(session, [line], criteria_set=asked, opens_on=at.date(), at=at)
        assessment = building.an_assessment(session, line, at=at)
        made = {
            "line": line.public_id,
            "assessment": assessment.public_id,
            "people": {role: (person.name, person.email) for role, person in people.items()},
        }
    with served(app, door) as address:
        yield Site(address=address, instance=instance, **made)
    wiring.sessions.engine.dispose()


Enter = Callable[..., Page]


@pytest.fixture
def enter(browser: Browser, site: Site) -> Iterator[Enter]:
    """`enter("manager")`: a browser of this person's own, signed in through the page; without a name: nobody."""
    opened: list[BrowserContext] = []
    troubles: list[str] = []

    def into(role: str | None = None, **options: Any) -> Page:
        context = browser.new_context(base_url=site.address, **options)
        context.set_default_timeout(20_000)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(f"{page.url}: the script failed: {error}"))
        page.on("response", lambda answer: troubles.extend(_failures(answer.status, answer.url)))
        if role is not None:
            page.goto("/sign-in")
            page.get_by_label("E-mail").fill(site.people[role][1])
            page.get_by_label("Password").fill(building.PASSWORD)
            page.get_by_role("main").get_by_role("button", name="Sign in").click()
            page.get_by_role("button", name="Sign out").wait_for()
        return page

    yield into
    for context in opened:
        context.close()
    assert not troubles, troubles


def _failures(status: int, address: str) -> list[str]:
    """No way on a page leads to an error, to nothing, or to a door that is shut."""
    return [f"{address} answered {status}"] if status >= 500 or status in (403, 404, 405) else []
