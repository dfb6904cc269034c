"""The script that saves by itself, in a real browser: typing, keyboard alone, two people, a broken connection."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from audit.persistence.sessions import Sessions
from audit.persistence.tables import AnswerHistory, AnswerRow
from tests.browsing import clean
from tests.building import PASSWORD
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


def words(page: Page, criterion: str = "GOV-01") -> Any:
    return card(page, criterion).locator("textarea[name='justification']")


def path_of(draft: Draft) -> str:
    return f"/lines/{draft.line}/assessments/{draft.assessment}/GOV"


def versions(desk: Sessions) -> int:
    with desk.reading() as session:
        return session.scalar(select(func.count(AnswerHistory.id))) or 0


def test_a_lost_reply_counts_once_and_later_words_follow(
    desk: Sessions, draft: Draft, page_of: Callable[..., Page]
) -> None:
    """The save arrived, its reply did not: the same goes once more, and is no conflict with oneself."""
    page = page_of(draft.manager, path_of(draft))
    lost = []

    def lose(route: Any) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch())
        route.abort()

    page.route("**/criteria/GOV-01", lose)
    words(page).fill("First words.")
    banner = page.locator("[data-part='lost']")
    expect(banner).to_be_visible()
    expect(banner).to_contain_text("Next try in")
    words(page).fill("First words, and more.")
    banner.get_by_role("button", name="Try now").click()
    expect(banner).to_be_hidden()
    expect(status(page)).to_contain_text("Saved at")
    page.unroute("**/criteria/GOV-01")
    soon(desk, "First words, and more.")
    expect(card(page).locator(".conflict")).to_have_count(0)
    assert versions(desk) == 2


def test_a_double_click_on_save_saves_once(desk: Sessions, draft: Draft, page_of: Callable[..., Page]) -> None:
    for options in ({}, {"java_script_enabled": False}):
        page = page_of(draft.manager, path_of(draft), **options)
        words(page).fill(f"Typed once {len(options)}.")
        card(page).get_by_role("button", name="Save").dblclick()
        soon(desk, f"Typed once {len(options)}.")
    page.wait_for_load_state()
    assert versions(desk) == 2


def test_a_session_that_ended_goes_on_in_place(
    desk: Sessions, draft: Draft, page_of: Callable[..., Page], clock: Any
) -> None:
    page = page_of(draft.manager, path_of(draft))
    clock.step(hours=3)
    words(page).fill("Typed after the end.")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("What you typed is still on this page.")
    clean(page)
    expect(dialog.get_by_label("E-mail")).to_have_value(draft.manager.email)
    dialog.get_by_label("Password").fill("not the password")
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog.get_by_role("alert")).to_contain_text("is not right")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    soon(desk, "Typed after the end.")
    expect(dialog).to_be_hidden()
    expect(words(page)).to_have_value("Typed after the end.")
    words(page).fill("Typed after the end, and more.")
    soon(desk, "Typed after the end, and more.")


def test_a_sign_in_can_wait_and_the_words_stay(
    desk: Sessions, draft: Draft, page_of: Callable[..., Page], clock: Any
) -> None:
    page = page_of(draft.manager, path_of(draft))
    clock.step(hours=3)
    words(page).fill("Typed after the end.")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Not now").click()
    expect(page.locator("[data-part='lost']")).to_contain_text("You were signed out.")
    page.locator("[data-part='lost']").get_by_role("button", name="Try now").click()
    dialog.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    soon(desk, "Typed after the end.")


def test_a_form_token_of_an_earlier_session_is_renewed_unseen(
    desk: Sessions, draft: Draft, page_of: Callable[..., Page]
) -> None:
    page = page_of(draft.manager, path_of(draft))
    page.evaluate("document.querySelectorAll('[name=csrf_token]').forEach((field) => { field.value = 'old'; })")
    words(page).fill("Typed with an old token.")
    soon(desk, "Typed with an old token.")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_who_signs_in_meanwhile_in_this_browser_does_not_sign_for_another(
    desk: Sessions, draft: Draft, page_of: Callable[..., Page], signed_in: Callable[..., Any], site: str
) -> None:
    page = page_of(draft.manager, path_of(draft))
    other = signed_in(draft.contributor).get_cookie("plumbline", domain="localhost").value
    page.context.add_cookies([{"name": "plumbline", "value": other, "url": site}])
    words(page).fill("Typed by the manager.")
    expect(status(page)).to_contain_text("Someone else signed in in this browser.")
    assert stored(desk) is None
    expect(words(page)).to_have_value("Typed by the manager.")


def test_two_windows_of_one_person_can_be_joined(desk: Sessions, draft: Draft, page_of: Callable[..., Page]) -> None:
    one = page_of(draft.manager, path_of(draft))
    two = one.context.new_page()
    two.goto(one.url)
    words(one).fill("Two analysts share the inbox.")
    expect(status(one)).to_contain_text("Saved at")
    words(two).fill("Three analysts share it.")
    conflict = card(two).locator(".conflict")
    expect(conflict).to_contain_text("Saved in another window meanwhile")
    expect(conflict.locator("del").first).to_contain_text("Two")
    expect(conflict.locator("ins").first).to_contain_text("Three")
    clean(two)
    conflict.get_by_role("button", name="Put both into the field").click()
    expect(words(two)).to_have_value("Two analysts share the inbox.\n\nThree analysts share it.")
    soon(desk, "Two analysts share the inbox.\n\nThree analysts share it.")


def unsaved(page: Page, text: str) -> None:
    """Text that never reaches the server, on a page that is left at once."""
    page.route("**/criteria/GOV-01", lambda route: route.abort())
    words(page).fill(text)
    expect(page.locator("[data-part='lost']")).to_be_visible()
    page.on("dialog", lambda dialog: dialog.accept())


def test_text_that_was_not_saved_is_offered_after_a_reload(
    desk: Sessions, draft: Draft, page_of: Callable[..., Page]
) -> None:
    page = page_of(draft.manager, path_of(draft))
    unsaved(page, "Typed before the crash.")
    page.unroute("**/criteria/GOV-01")
    page.evaluate("() => { window.fetch = () => new Promise(() => {}); }")  # the tab dies with its last request
    page.reload()
    offer = card(page).locator(".draft")
    expect(offer).to_contain_text("Typed before the crash.")
    expect(words(page)).to_have_value("")
    clean(page)
    offer.get_by_role("button", name="Put it back").click()
    soon(desk, "Typed before the crash.")
    page.reload()
    expect(card(page).locator(".draft")).to_have_count(0)
    expect(words(page)).to_have_value("Typed before the crash.")


def test_a_draft_over_an_older_version_shows_both(desk: Sessions, draft: Draft, page_of: Callable[..., Page]) -> None:
    page, other = page_of(draft.manager, path_of(draft)), page_of(draft.contributor, path_of(draft))
    unsaved(page, "Mine, from before.")
    words(other).fill("Theirs, meanwhile.")
    expect(status(other)).to_contain_text("Saved at")
    page.unroute("**/criteria/GOV-01")
    page.evaluate("() => { window.fetch = () => new Promise(() => {}); }")
    page.reload()
    card(page).get_by_role("button", name="Put it back").click()
    expect(card(page).locator(".conflict")).to_contain_text("Theirs, meanwhile.")
    expect(words(page)).to_have_value("Mine, from before.")


@pytest.mark.parametrize("end", ["thrown away", "signed out", "switched off"])
def test_a_draft_goes_when_it_should(
    draft: Draft, page_of: Callable[..., Page], desk: Sessions, site: str, end: str
) -> None:
    page = page_of(draft.manager, path_of(draft))
    unsaved(page, "Typed before the crash.")
    page.evaluate("() => { window.fetch = () => new Promise(() => {}); }")
    page.reload()
    kept = "Object.keys(sessionStorage).filter((key) => key.startsWith('plumbline-draft:')).length"
    assert page.evaluate(kept) == 1
    if end == "thrown away":
        card(page).get_by_role("button", name="Throw it away").click()
    elif end == "signed out":
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/sign-in")
    else:
        page.goto(f"{site}/account")
        page.get_by_label("Keep text that could not be saved yet").uncheck()
        page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("main")).to_be_visible()
    page.wait_for_function(f"{kept} === 0")


@pytest.mark.parametrize("way", ["link", "language", "back"])
def test_leaving_the_page_takes_the_last_words_along(
    desk: Sessions, draft: Draft, page_of: Callable[..., Page], way: str
) -> None:
    page = page_of(draft.manager, f"/lines/{draft.line}")
    page.goto(page.url + f"/assessments/{draft.assessment}/GOV")
    page.on("dialog", lambda dialog: dialog.accept())
    words(page).press_sequentially("Typed and gone at once.", delay=1)
    if way == "link":
        page.get_by_role("navigation", name="Themes").get_by_role("link").last.click()
    elif way == "language":
        page.locator("footer").get_by_text("Français", exact=True).click()
    else:
        page.go_back()
    soon(desk, "Typed and gone at once.")


def test_what_looks_like_personal_data_is_said_beside_the_field(
    desk: Sessions, draft: Draft, page_of: Callable[..., Page]
) -> None:
    page = page_of(draft.manager, path_of(draft))
    words(page).fill("Written to maria.sample@mail.example in May.")
    expect(card(page).locator(".signs")).to_contain_text("maria.sample@mail.example")
    soon(desk, "Written to maria.sample@mail.example in May.")
    words(page).fill("Written to the reporter in May.")
    expect(card(page).locator(".signs")).to_have_count(0)
    expect(card(page).get_by_role("link", name="History (2)")).to_be_visible()


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
