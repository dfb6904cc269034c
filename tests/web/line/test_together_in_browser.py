"""The people's pages in a real browser: by keyboard alone, and open to everyone in both directions and in the dark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from audit.persistence.queries import teamwork as queries
from audit.persistence.sessions import Sessions
from audit.usecases import teamwork
from tests.browsing import clean
from tests.building import AT, an_assessment, small_set
from tests.web.line.conftest import Draft

Open = Callable[..., Any]


def _focus(page: Any, selector: str) -> None:
    """Press Tab until the field is reached; a field that cannot be reached fails the test."""
    for _ in range(90):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"{selector} cannot be reached by keyboard")


def test_work_is_shared_and_a_note_written_by_keyboard(desk: Sessions, draft: Draft, page_of: Open) -> None:
    page = page_of(draft.manager, f"{draft.round}/share")
    _focus(page, "#of-GOV-01")
    page.keyboard.type("Contributor")
    _focus(page, "main form button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/share")
    page.get_by_role("status").filter(has_text="one letter").wait_for()
    with desk.reading() as session:
        shares = queries.shares_of(session, an_assessment(session).id)
    assert {name: one.id for name, one in shares.items()} == {"GOV-01": draft.contributor.id}

    page = page_of(draft.contributor, f"{draft.round}/GOV?mine=1")
    _focus(page, "#GOV-01-notes > summary")
    page.keyboard.press("Enter")
    _focus(page, "#GOV-01-note")
    page.keyboard.type("Where is the mandate?")
    _focus(page, "#GOV-01-notes input[name=mentioned]")
    page.keyboard.press("Space")
    _focus(page, "#GOV-01-notes form button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/GOV?*open=GOV-01*")
    assert "mine=1" in page.url, "one's own part stays in the address"
    page.locator("#GOV-01-notes li").get_by_text("Where is the mandate?").wait_for()


def _looked_at(draft: Draft) -> list[str]:
    return [
        f"{draft.round}/share",
        f"{draft.round}/GOV?mine=1&open=GOV-01",
        f"{draft.round}/missing?mine=1",
        f"{draft.criterion('GOV-01')}/notes",
        f"{draft.home}/people",
        f"{draft.home}/people/hand-over",
        f"{draft.home}/profile",
        f"{draft.home}/calendar",
    ]


@pytest.mark.parametrize(
    ("width", "scheme", "language"), [(1280, "light", "en"), (390, "dark", "ar-XB"), (360, "light", "en-XA")]
)
def test_the_pages_keep_nobody_out(
    desk: Sessions, draft: Draft, page_of: Open, site: str, width: int, scheme: str, language: str
) -> None:
    with desk.writing() as session:
        assessment, share = an_assessment(session), {"GOV-01": draft.manager.public_id}
        teamwork.share_out(session, assessment, small_set(), share, actor=draft.manager, at=AT)
        teamwork.write_note(session, assessment, small_set(), "GOV-01", "A note.", actor=draft.manager, at=AT)
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    page = page_of(draft.manager, f"{draft.home}/people?lang={language}", **options)
    for path in _looked_at(draft):
        page.goto(site + path)
        clean(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} px too wide"
    page.goto(f"{site}{draft.home}/calendar")
    page.locator("main form button").first.click()
    page.locator("#address").wait_for()
    clean(page)
