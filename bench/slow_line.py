"""One answer over 50 kbit/s with 800 ms of delay: seconds until the text can be read, it is saved, and one moves on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, expect

from bench.ground import Ground, ground
from tests.browsing import address_of, chromium, free_door, served

BITS, DELAY = 50_000, 800  # a second; milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Seconds:
    """From the click on."""

    text: float  # the first text is painted
    ready: float  # everything answers, scripts included
    saved: float  # from the last key to the words "Saved at"
    next_theme: float  # from the click on the next theme to its heading
    fonts: int  # font files that were asked for until then


def slow(page: Page) -> None:
    """From now on this page's connection is slow."""
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    rate = BITS / 8
    conditions = {"offline": False, "latency": DELAY, "downloadThroughput": rate, "uploadThroughput": rate}
    wire.send("Network.emulateNetworkConditions", conditions)


@contextmanager
def line() -> Iterator[tuple[Ground, str]]:
    """A line with the whole criteria set, served; its address."""
    door = free_door()
    with ground(base_url=address_of(door)) as here, served(here.app, door) as address:
        yield here, address


def one_answer(browser: Browser, here: Ground, address: str, *, words: str, saves_data: bool = False) -> Seconds:
    """A first visit with nothing kept: the theme page opens, an answer is typed and saved, the next theme opens."""
    context = browser.new_context(base_url=address, extra_http_headers={"Save-Data": "on"} if saves_data else {})
    context.set_default_timeout(120_000)
    pairs = (pair.split("=", 1) for pair in here.visitors[0].cookies.split("; "))
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in pairs])
    page = context.new_page()
    fonts: list[str] = []
    page.on("request", lambda request: fonts.append(request.url) if request.resource_type == "font" else None)
    slow(page)
    start = time.monotonic()
    page.goto(here.theme_page, wait_until="domcontentloaded")
    ready = time.monotonic() - start
    page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length > 0")
    text = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime") / 1000
    name = here.asked[0]
    card = page.locator(f"form[data-criterion='{name}']")
    if not card.is_visible():
        page.locator(f"details#{name} > summary").click()
    field = card.locator("textarea[name='justification']")
    field.fill("")
    field.press_sequentially(words)
    start = time.monotonic()
    expect(card.locator("[data-part='status']")).to_contain_text("Saved at", timeout=120_000)
    saved = time.monotonic() - start
    start = time.monotonic()
    theme = here.criteria_set.themes[1]
    page.get_by_role("main").locator(f"a[href$='/{theme.id}']").first.click()
    page.wait_for_url(f"**/{theme.id}*", wait_until="commit")
    expect(page.get_by_role("heading", level=1)).to_contain_text(theme.title)
    moved = time.monotonic() - start
    context.close()
    return Seconds(text=text, ready=ready, saved=saved, next_theme=moved, fonts=len(fonts))


if __name__ == "__main__":
    with line() as (here, address), chromium() as browser:
        print("as it is:      ", one_answer(browser, here, address, words="Approved in May."))
        print("saving data:   ", one_answer(browser, here, address, words="Approved in June.", saves_data=True))
