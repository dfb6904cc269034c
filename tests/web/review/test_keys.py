"""The workspace in a real browser: single keys, saving by itself before going on, two windows, and no script at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from audit.persistence.tables import Person
from tests.web.review.conftest import Asked

Opens = Callable[..., Page]
SAID = "[data-part='status']"


@pytest.fixture
def work(asked: Asked, page_of: Opens) -> Page:
    return page_of(asked.first, f"{asked.at()}/GOV-01")


def blur(page: Page) -> None:
    page.evaluate("document.activeElement.blur()")


def test_a_criterion_is_judged_by_keys_alone(work: Page) -> None:
    expect(work.locator(SAID)).to_have_text("Saves as you type.")
    work.keyboard.press("1")
    expect(work.locator(SAID)).to_contain_text("Saved at")
    assert work.is_checked("input[name='grade'][value='conforms']")
    work.keyboard.press("e")
    work.keyboard.press("a")
    expect(work.locator("input[name='version']")).to_have_value("2")
    work.locator("input[name='level']").nth(3).press("Space")
    expect(work.locator("[data-part='progress']")).to_contain_text("1 of 7 criteria judged")
    blur(work)
    work.keyboard.press("s")
    work.wait_for_url("**/GOV-02")
    work.keyboard.press("k")
    work.wait_for_url("**/GOV-01")


def test_keys_never_act_inside_a_field_and_a_rejection_asks_for_its_reason(work: Page) -> None:
    work.keyboard.press("e")
    work.keyboard.press("r")
    work.keyboard.type("just a draft, 1 page")
    expect(work.locator(SAID)).to_contain_text("Saved at")
    assert work.url.endswith("/GOV-01")
    assert work.evaluate("document.activeElement.value") == "just a draft, 1 page"
    assert work.locator("input[name='grade']:checked").count() == 0


def test_what_cannot_be_saved_keeps_the_reviewer_here(work: Page) -> None:
    work.keyboard.press("3")
    expect(work.locator("#comment-problem")).to_have_text("Say what you found, so that the line can act on it.")
    work.keyboard.press("s")
    expect(work.locator("textarea[name='comment']")).to_be_focused()
    assert work.url.endswith("/GOV-01")
    work.keyboard.type("No date on page 2.")
    blur(work)
    work.keyboard.press("j")
    work.wait_for_url("**/GOV-02")
    work.goto(work.url.replace("GOV-02", "GOV-01"))
    assert work.input_value("textarea[name='comment']") == "No date on page 2."


def test_keys_can_be_turned_off_and_stay_off_in_this_browser(work: Page) -> None:
    work.get_by_role("button", name="Turn shortcuts off").click()
    work.keyboard.press("j")
    work.keyboard.press("1")
    work.reload()
    expect(work.get_by_role("button", name="Turn shortcuts on")).to_be_visible()
    assert work.url.endswith("/GOV-01") and work.locator("input[name='grade']:checked").count() == 0


def test_two_windows_of_one_reviewer_lose_nothing(asked: Asked, work: Page) -> None:
    other = work.context.new_page()
    other.goto(work.url)
    other.fill("textarea[name='comment']", "From the other window.")
    expect(other.locator(SAID)).to_contain_text("Saved at")
    work.fill("textarea[name='comment']", "From this window.")
    expect(work.locator(".conflict")).to_contain_text("From the other window.")
    assert work.input_value("textarea[name='comment']") == "From this window."
    work.get_by_role("button", name="Keep mine").click()
    expect(work.locator(SAID)).to_contain_text("Saved at")
    other.reload()
    assert other.input_value("textarea[name='comment']") == "From this window."


def test_without_a_script_the_same_buttons_do_the_same(asked: Asked, page_of: Opens) -> None:
    person: Person = asked.first
    plain = page_of(person, f"{asked.at()}/GOV-01", java_script_enabled=False)
    assert not plain.locator(".keys kbd").first.is_visible()
    plain.locator("input[name='level']").nth(3).check()
    plain.locator("input[name='grade']").first.check()
    plain.get_by_role("button", name="Save and go to GOV-02").click()
    assert plain.url.endswith("/GOV-02")
