"""A session that ends while somebody types: nothing typed is lost, and nobody signs another's words."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask

from audit.domain.permissions import Role
from audit.persistence.sessions import Sessions
from audit.persistence.tables import Person
from tests.building import PASSWORD, a_coordinator, a_person
from tests.web.conftest import Clock, saved
from tests.web.strict import StrictVisitor, parsed

ORIGIN = {"Origin": "http://localhost"}
SCRIPT = {"Accept": "application/json"}
WORDS = "Head of the secretariat <of the> network"
FORM = {"name": "Sample network", "language": WORDS}
Enter = Callable[[Person], StrictVisitor]


@pytest.fixture
def coordinator(desk: Sessions) -> Person:
    return saved(desk, a_coordinator)


@pytest.fixture
def other(desk: Sessions) -> Person:
    return saved(desk, lambda session: a_person(session, "Other", Role.COORDINATOR))


@pytest.fixture
def away(signed_in: Enter, coordinator: Person, clock: Clock) -> StrictVisitor:
    """A browser whose session has run out."""
    browser = signed_in(coordinator)
    browser.get("/account")
    clock.step(hours=3)
    return browser


def hidden(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form on a page that leads to an address."""
    form = next(one for one in parsed(page).iter("form") if (one.get("action") or "").startswith(action))
    return {one.get("name") or "": one.get("value") or "" for one in form.iter("input") if one.get("type") == "hidden"}


def typed_into(browser: StrictVisitor) -> str:
    """The page that answers a form sent after the session ended."""
    answer = browser.send("/account/language", FORM)
    assert answer.status_code == 401 and WORDS in unescape(answer.text)
    return answer.text


def sign_in(browser: StrictVisitor, page: str, person: Person, password: str = PASSWORD) -> str:
    form = next(one for one in parsed(page).iter("form") if (one.get("action") or "").startswith("/sign-in"))
    fields = {"email": person.email, "password": password, **hidden(page, "/sign-in")}
    answer = browser.post(form.get("action") or "", data=fields)
    assert answer.status_code in (200, 303, 422)
    return answer.text


def test_what_was_typed_is_shown_after_signing_in_and_sent_by_one_click(
    away: StrictVisitor, coordinator: Person
) -> None:
    page = sign_in(away, typed_into(away), coordinator)
    assert "You are signed in again" in page and WORDS in unescape(page)
    again = hidden(page, "/account/language")
    assert again["language"] == WORDS and "password" not in again
    sent = away.post("/account/language", data={**again, "language": "en"})
    assert sent.status_code == 303, "the form's token belongs to the new session"


def test_a_mistyped_password_loses_nothing(away: StrictVisitor, coordinator: Person) -> None:
    page = typed_into(away)
    wrong = sign_in(away, page, coordinator, "not the password")
    assert "is not right" in wrong and "not the password" not in wrong
    fields = {"email": coordinator.email, "password": PASSWORD, **kept_of(wrong)}
    right = away.post("/sign-in", data=fields)
    assert WORDS in unescape(right.text)


def kept_of(page: str) -> dict[str, str]:
    return {name: unescape(re.search(f'name="{name}" value="([^"]*)"', page)[1]) for name in ("csrf_token", "kept")}  # type: ignore[index]


def test_another_person_does_not_send_it(away: StrictVisitor, other: Person) -> None:
    page = sign_in(away, typed_into(away), other)
    assert WORDS not in unescape(page)
    assert "another person" in away.get("/account").text


@pytest.mark.parametrize("forged", ["", "x", "eyJhIjoxfQ.aaaa.bbbb"])
def test_a_forged_form_is_not_shown(away: StrictVisitor, coordinator: Person, forged: str) -> None:
    fields = {"email": coordinator.email, "password": PASSWORD, "csrf_token": away.token(), "kept": forged}
    assert away.post("/sign-in", data=fields).status_code == 303


def test_a_kept_form_of_another_installation_is_not_shown(away: StrictVisitor, coordinator: Person, app: Flask) -> None:
    page = typed_into(away)
    app.config["SECRET_KEY"] = "another key of the same house"
    fields = {"email": coordinator.email, "password": PASSWORD, "csrf_token": away.token()}
    assert away.post("/sign-in", data={**fields, "kept": kept_of(page)["kept"]}).status_code == 303


def test_a_form_of_an_earlier_session_can_be_sent_once_more(signed_in: Enter, coordinator: Person) -> None:
    """Signed out and in again in another tab: this tab's token is old, its words are not."""
    browser = signed_in(coordinator)
    fields = {"csrf_token": "of an earlier session", "language": WORDS}
    answer = browser.post("/account/language", data=fields, headers=ORIGIN)
    assert answer.status_code == 400
    again = hidden(answer.text, "/account/language")
    assert again["language"] == WORDS and again["csrf_token"] != fields["csrf_token"]
    assert browser.post("/account/language", data={**again, "language": "en"}).status_code == 303


@pytest.mark.parametrize("origin", [{}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}])
def test_a_form_from_elsewhere_is_never_offered_again(
    signed_in: Enter, coordinator: Person, origin: dict[str, str]
) -> None:
    browser = signed_in(coordinator)
    answer = browser.post("/account/language", data={"csrf_token": "x", "language": "words"}, headers=origin)
    assert answer.status_code == 400 and "Save it now" not in answer.text and "words" in answer.text


def test_a_script_signs_in_on_its_page_and_goes_on(away: StrictVisitor, coordinator: Person) -> None:
    start = away.get("/sign-in/token").get_json()
    assert start["person"] == ""
    fields = {"email": coordinator.email, "person": coordinator.public_id, "csrf_token": start["token"]}
    wrong = away.post("/sign-in/here", data={**fields, "password": "no"}, headers=SCRIPT)
    assert wrong.status_code == 422 and "is not right" in wrong.get_json()["message"]
    right = away.post("/sign-in/here", data={**fields, "password": PASSWORD}, headers=SCRIPT)
    assert right.status_code == 200 and right.get_json()["person"] == coordinator.public_id
    token = right.get_json()["token"]
    assert away.post("/account/language", data={"csrf_token": token, "language": "en"}).status_code == 303
    assert away.get("/sign-in/token").get_json()["person"] == coordinator.public_id


def test_a_script_that_guesses_is_slowed_down_like_a_page(away: StrictVisitor, coordinator: Person) -> None:
    fields = {"email": coordinator.email, "person": coordinator.public_id, "csrf_token": away.token(), "password": "no"}
    said = [away.post("/sign-in/here", data=fields, headers=SCRIPT) for _ in range(7)]
    assert [one.status_code for one in said] == [422] * 5 + [429] * 2
    assert "Too many attempts" in said[-1].get_json()["message"]


def test_another_person_cannot_sign_in_on_the_page(away: StrictVisitor, coordinator: Person, other: Person) -> None:
    fields = {"email": other.email, "person": coordinator.public_id, "csrf_token": away.token(), "password": PASSWORD}
    answer = away.post("/sign-in/here", data=fields, headers=SCRIPT)
    assert answer.status_code == 403 and "someone else" in answer.get_json()["detail"]
    assert away.get("/sign-in/token").get_json()["person"] == "", "nobody is signed in by it"


def test_keeping_drafts_in_the_browser_can_be_switched_off(signed_in: Enter, coordinator: Person) -> None:
    browser = signed_in(coordinator)
    assert "data-keeps-drafts" in browser.get("/account").text
    assert browser.send("/account/drafts").status_code == 303
    assert "data-keeps-drafts" not in browser.get("/account").text
    browser.send("/account/drafts", {"keeps_drafts": "y"})
    assert "data-keeps-drafts" in browser.get("/account").text
