"""Every page of the served sample network, reached as people reach it, in every theme, width and direction."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.exceptions import HTTPException

from audit import app as front_door
from audit.settings import Settings
from tests.browsing import address_of, chromium, clean, free_door, served
from tests.demo.conftest import Demo

# Each page is seen in two of these: over both, it meets each theme, width and direction; over two pages, each pair.
LOOKS = (
    (("light", 390, "en"), ("dark", 1280, "ar-XB")),
    (("light", 1280, "ar-XB"), ("dark", 390, "en")),
)
FILES = {
    "public.answer_as_json",
    "public.health",
    "public.calendar",
    "account.form_token",
    "line.sheet_xlsx",
    "line.sheet_json",
    "line.sheet_csv",
    "line.sheet_pdf",
    "line.blank_pdf",
    "line.download_evidence",
    "line.certificate",
    "line.document",
    "auditing.certificate",
    "auditing.document",
}
WITH_A_LINK_FROM_A_LETTER = {"account.join", "account.reset", "account.welcome"}
UNLINKED = {"public.method_of_set"}  # offered once there are several versions of the method
# Who walks which room. Pages that no link leads to in this state of the network answer those people as well.
WALKS: dict[str, str | None] = {
    "public": None,
    "account": "contributor",
    "line": "manager",
    "network": "coordinator",
    "review": "reviewer",
    "auditing": "auditor",
    "admin": "administrator",
}


@dataclass(slots=True)
class Walk:
    """One visitor's way through a room: pages still to see, and what the addresses met so far were made of."""

    app: Flask
    room: str
    seen: set[str] = field(default_factory=set)
    known: dict[str, Any] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)

    def endpoint(self, address: str) -> str | None:
        """The view behind an address of this site; None for the look of a page, files and other sites."""
        parts = urlsplit(address)
        try:
            name, values = self.app.url_map.bind(parts.netloc or "localhost").match(parts.path, method="GET")
        except HTTPException:
            return None
        self.known.update(values)
        return str(name) if name in pages_of(self.app, self.room) else None

    def note(self, addresses: list[str]) -> None:
        for address in addresses:
            name = self.endpoint(address)
            if name is not None and name not in self.seen:
                self.seen.add(name)
                self.waiting.append(address.split("#")[0])

    def straight(self) -> None:
        """Pages of the room that no link led to, where the visitor met the parts of their addresses."""
        adapter = self.app.url_map.bind("localhost")
        for name, arguments in pages_of(self.app, self.room).items():
            unmet = name in WITH_A_LINK_FROM_A_LETTER | UNLINKED
            if name not in self.seen and not unmet and arguments <= set(self.known):
                self.seen.add(name)
                self.waiting.append(adapter.build(name, {part: self.known[part] for part in arguments}))


def pages_of(app: Flask, room: str) -> dict[str, set[str]]:
    """Every page of a room by its view, with the parts its address has."""
    return {
        rule.endpoint: rule.arguments
        for rule in app.url_map.iter_rules()
        if rule.endpoint.split(".")[0] == room and "GET" in (rule.methods or ()) and rule.endpoint not in FILES
    }


@pytest.fixture(scope="module")
def app(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, str]]:
    """A copy of the sample network, served."""
    folder = tmp_path_factory.mktemp("served") / "demo"
    shutil.copytree(demo.folder, folder)
    door = free_door()
    settings = Settings(instance=folder, base_url=address_of(door), demonstration=True)
    made = front_door.create_app(settings, pseudo_languages=True)
    with served(made, door) as address:
        yield made, address
    made.extensions["plumbline"].sessions.engine.dispose()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def sign_in(page: Page, account: dict[str, str]) -> None:
    page.goto("/sign-in?lang=en")
    page.get_by_label("E-mail").fill(account["email"])
    page.get_by_label("Password").fill(account["password"])
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()


def look_at(page: Page, address: str, look: tuple[str, int, str], answers: set[int]) -> str | None:
    """Opens one page in one look; returns what is wrong with it, if anything: not one of the `answers`, for one."""
    theme, width, language = look
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 900})
    answer = page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
    if answer is None or answer.status not in answers:
        return f"{address}: {answer.status if answer else 'no answer'}"
    if page.locator(".sample").count() != 1:
        return f"{address} does not say that it is a sample"
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        return f"{address} is wider than {width} px in {language}"
    try:
        clean(page)
    except pytest.fail.Exception as found:
        return f"{look} {found}"
    return None


def walk_through(page: Page, walk: Walk, address: str, wrong: list[str], *, straight: bool = True) -> None:
    """From page to page by their links, then straight to what is left; notes what is wrong on the way."""
    answers = {200}
    while True:
        if not walk.waiting and straight:
            walk.straight()
            answers = {200, 409}  # what no link leads to now may say that it is too late for it
        if not walk.waiting:
            return
        here = walk.waiting.pop(0)
        for look in LOOKS[len(walk.seen) % 2]:
            problem = look_at(page, here, look, answers)
            if problem:
                wrong.append(problem)
        links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
        walk.note([link for link in links if link.startswith(address)])


@pytest.mark.parametrize("room", WALKS)
def test_every_page_keeps_nobody_out(room: str, app: tuple[Flask, str], demo: Demo, browser: Browser) -> None:
    flask, address = app
    walk = Walk(app=flask, room=room)
    wrong: list[str] = []
    with browser.new_context(base_url=address) as context:
        page = context.new_page()
        page.goto("/")
        walk.waiting.append(page.url)
        if room in ("public", "account"):  # what is seen without signing in
            walk_through(page, walk, address, wrong, straight=room == "public")
        role = WALKS[room]
        if role is not None:
            sign_in(page, demo.sign_in[role])
            walk.endpoint(page.url)
            walk.waiting.append(page.url)
            walk_through(page, walk, address, wrong)
    assert not wrong, "\n\n".join(wrong)
    assert set(pages_of(flask, room)) - walk.seen <= WITH_A_LINK_FROM_A_LETTER | UNLINKED


def test_every_room_is_walked_by_someone(app: tuple[Flask, str], demo: Demo) -> None:
    flask, _ = app
    assert {rule.endpoint.split(".")[0] for rule in flask.url_map.iter_rules()} - {"static"} == set(WALKS)
    assert set(demo.sign_in) == {role for role in WALKS.values() if role is not None}
