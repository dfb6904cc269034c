"""The manager’s journey where no script runs: sign in, answer, show evidence, see what is missing, submit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsing import clean
from tests.journeys.assessing import Filling, fill_everything, sign
from tests.journeys.conftest import Enter, Site

_SCRIPT = re.compile(r"<script\b[^>]*></script>")


@pytest.fixture
def look(browser: Browser, site: Site) -> Iterator[Callable[[Page], None]]:
    """Examines a page where no script runs: axe is one itself, so it reads the page in a second browser."""
    context = browser.new_context(base_url=site.address)
    glass = context.new_page()

    def examine(page: Page) -> None:
        text = _SCRIPT.sub("", page.content())
        address = page.url.split("#")[0]
        glass.route(address, lambda route: route.fulfill(body=text, content_type="text/html; charset=utf-8"))
        glass.goto(address)
        clean(glass)
        glass.unroute(address)

    yield examine
    context.close()


def test_a_manager_fills_and_submits_without_a_script(
    site: Site, enter: Enter, look: Callable[[Page], None], tmp_path: Path
) -> None:
    policy = tmp_path / "mandate.txt"
    policy.write_text("SAMPLE. The mandate of the line, approved this year.\n", encoding="utf-8")
    page = enter("manager", java_script_enabled=False)
    filling = Filling(page=page, site=site, scripted=False, look=look)

    look(page)
    page.get_by_role("link", name="See everything that is missing before you can submit").click()
    expect(page.get_by_text("7 criteria need something before you can submit.")).to_be_visible()
    look(page)

    fill_everything(filling, policy)

    page.goto(f"{site.round}/missing")
    expect(page.get_by_text("Nothing is missing. A manager can sign and submit.")).to_be_visible()
    page.get_by_role("link", name="Summary and submission").click()
    look(page)
    page.get_by_role("button", name="Sign and submit").click()
    expect(page.get_by_role("heading", name="There are 2 problems")).to_be_visible()
    look(page)
    sign(filling, site.people["manager"][0])
    expect(page.get_by_text("Fingerprint (SHA-256) of everything that was signed.")).to_be_visible()
    look(page)
