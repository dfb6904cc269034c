"""The script that saves by itself, in a real browser: typing, keyboard alone, two people, a broken connection."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy import select

from audit.persistence.sessions import Sessions
from audit.persistence.tables import AnswerRow
from tests.web.line.conftest import Draft


def stored(desk: Sessions, criterion: str = "GOV-01") -> AnswerRow | None:
    with desk.reading() as session:
        return session.scalar(select(AnswerRow).where(AnswerRow.criterion_id == criterion))


def soon(desk: Sessions, justification: str) -> AnswerRow:
    """The stored answer once it has these words."""
    for _ in range(100):
        row = stored(desk)
        if row is not None and row.justification == justification:
            return row
        time.sleep(0.1)
    raise AssertionError(f"never saved: {justification}")


def card(page: Page, criterion: str = "GOV-01") -> Any:
    return page.locator(f"form[data-criterion='{criterion}']")


def status(page: Page, criterion: str = "GOV-01") -> Any:
    return card(page, criterion).locator("[data-part='status']")


def test_typing_saves_and_the_card_says_so(desk: Sessions, draft: Draft, page_of: Callable[..., Page]) -> None:
    page = page_of(draft.manager, f"/lines/{draft.line}/assessments/{draft.assessment}/GOV")
    expect(page.locator("[data-part='count'] [aria-hidden]")).to_have_text("0/2")
    card(page).locator("textarea[name='justification']").press_sequentially("Approved in May.", delay=5)
    expect(status(page)).to_contain_text("Saved at")
    card(page).get_by_text("Mostly met").click()
    expect(page.locator("[data-part='count'] [aria-hidden]")).to_have_text("1/2")
    expect(page.locator("#GOV-01 [data-part='state']").first).to_contain_text("Evidence missing")
    assert soon(desk, "Approved in May.").key == "mostly"


def test_the_keyboard_alone_is_enough(desk: Sessions, draft: Draft, page_of: Callable[..., Page]) -> None:
    page = page_of(draft.manager, f"/lines/{draft.line}/assessments/{draft.assessment}/GOV")
    first = card(page).locator("input[type='radio']").first
    for _ in range(60):
        page.keyboard.press("Tab")
        if first.evaluate("field => field === document.activeElement"):
            break
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("A draft exists.")
    page.keyboard.press("Tab")
    expect(status(page)).to_contain_text("Saved at")
    assert soon(desk, "A draft exists.").key == "partly"


def test_two_people_see_both_texts_and_choose(desk: Sessions, draft: Draft, page_of: Callable[..., Page]) -> None:
    path = f"/lines/{draft.line}/assessments/{draft.assessment}/GOV"
    one, two = page_of(draft.manager, path), page_of(draft.contributor, path)
    card(one).locator("textarea[name='justification']").fill("First words.")
    expect(status(one)).to_contain_text("Saved at")
    card(two).locator("textarea[name='justification']").fill("Second words.")
    expect(card(two).locator(".conflict")).to_contain_text("First words.")
    assert stored(desk).justification == "First words."  # type: ignore[union-attr]
    card(two).get_by_role("button", name="Keep mine").click()
    expect(status(two)).to_contain_text("Saved at")
    expect(card(two).locator(".conflict")).to_have_count(0)
    assert soon(desk, "Second words.").version == 2


def test_a_broken_connection_is_said_and_mended(desk: Sessions, draft: Draft, page_of: Callable[..., Page]) -> None:
    page = page_of(draft.manager, f"/lines/{draft.line}/assessments/{draft.assessment}/GOV")
    page.context.set_offline(True)
    card(page).locator("textarea[name='justification']").fill("Typed on a train.")
    expect(status(page)).to_contain_text("There is no connection.")
    page.context.set_offline(False)
    expect(status(page)).to_contain_text("Saved at", timeout=10_000)
    assert stored(desk).justification == "Typed on a train."  # type: ignore[union-attr]


def test_what_cannot_be_used_is_said_at_the_field(draft: Draft, page_of: Callable[..., Page]) -> None:
    page = page_of(draft.manager, f"/lines/{draft.line}/assessments/{draft.assessment}/HND")
    numerator = page.locator("[id='HND-01-IND-01.numerator']")
    numerator.fill("about five")
    page.locator("[id='HND-01-IND-01.denominator']").fill("100")
    page.keyboard.press("Tab")
    expect(page.locator("[id='HND-01-IND-01.numerator-problem']")).to_contain_text("Enter a number like")
    expect(numerator).to_have_value("about five")
    numerator.fill("99")
    page.locator("[id='HND-01-IND-01.source']").select_option("log_extract")
    expect(page.locator("[data-figure='IND-01']")).to_contain_text("99.0%")
    expect(page.locator("[id='HND-01-IND-01.numerator-problem']")).to_have_count(0)


def test_without_a_script_the_button_does_the_same(desk: Sessions, draft: Draft, page_of: Callable[..., Page]) -> None:
    path = f"/lines/{draft.line}/assessments/{draft.assessment}/GOV"
    page = page_of(draft.manager, path, java_script_enabled=False)
    expect(page.get_by_text("Press Save at each criterion")).to_be_visible()
    card(page).get_by_text("Mostly met").click()
    card(page).locator("textarea[name='justification']").fill("Approved in May.")
    card(page).get_by_role("button", name="Save").click()
    expect(page.get_by_text("GOV-01: your answer is saved.")).to_be_visible()
    assert stored(desk).key == "mostly"  # type: ignore[union-attr]
