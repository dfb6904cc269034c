"""Signing in and out, one-time links, one's own account."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from audit.domain.permissions import Role
from audit.persistence.queries import people
from audit.persistence.sessions import Sessions
from audit.persistence.tables import Person
from audit.usecases import accounts
from tests.building import AT, PASSWORD, a_coordinator, a_network, a_person
from tests.web.conftest import Clock
from tests.web.strict import StrictVisitor

WRONG = "The e-mail address or the password is not right"


@pytest.fixture
def coordinator(desk: Sessions) -> Person:
    with desk.writing() as session:
        return a_coordinator(session)


def enter(visitor: StrictVisitor, email: str, password: str, way: str = "") -> object:
    return visitor.send(f"/sign-in{way}", {"email": email, "password": password})


def test_signing_in_leads_home(visitor: StrictVisitor, coordinator: Person) -> None:
    answer = enter(visitor, coordinator.email.upper(), PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/")
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith("plumbline="))
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert "Coordinator" in visitor.get("/account").text


@pytest.mark.parametrize(
    ("email", "password"),
    [("coordinator@people.example", "wrong"), ("nobody@people.example", PASSWORD), ("nobody@people.example", "x")],
)
def test_one_wording_for_whatever_is_wrong(
    visitor: StrictVisitor, coordinator: Person, email: str, password: str
) -> None:
    answer = enter(visitor, email, password)
    assert answer.status_code == 422
    assert WRONG in answer.text and email in answer.text
    assert answer.text.count("<title>Error: ") == 1


def test_guessing_is_slowed_down(visitor: StrictVisitor, coordinator: Person, clock: Clock) -> None:
    answers = [enter(visitor, coordinator.email, f"guess {number}") for number in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    clock.step(minutes=16)
    assert enter(visitor, coordinator.email, PASSWORD).status_code == 303


@pytest.mark.parametrize(
    "way",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "/%09/elsewhere.example",
        "javascript:x",
    ],
)
def test_the_way_on_never_leads_elsewhere(visitor: StrictVisitor, coordinator: Person, way: str) -> None:
    answer = enter(visitor, coordinator.email, PASSWORD, f"?next={way}")
    assert answer.location.startswith("/") and "elsewhere" not in answer.location.split("/")[1]


def test_a_page_behind_the_door_asks_first_and_leads_back(visitor: StrictVisitor, coordinator: Person) -> None:
    answer = visitor.get("/account?lang=en")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/account?lang%3Den")
    assert enter(visitor, coordinator.email, PASSWORD, "?next=/account?lang%3Den").location == "/account?lang=en"


def test_a_form_sent_after_the_session_ended_keeps_what_was_typed(
    signed_in: Callable[[Person], StrictVisitor], coordinator: Person, clock: Clock
) -> None:
    browser = signed_in(coordinator)
    token = browser.token()
    clock.step(hours=3)
    answer = browser.post("/account/language", data={"csrf_token": token, "language": "typed words"})
    assert answer.status_code == 401
    assert "typed words" in answer.text and f">{token}<" not in answer.text


def test_a_form_without_its_token_is_refused_and_kept(visitor: StrictVisitor) -> None:
    answer = visitor.post("/sign-in", data={"email": "someone@people.example", "password": "very secret words"})
    assert answer.status_code == 400
    assert "someone@people.example" in answer.text
    assert "very secret words" not in answer.text


def test_a_form_of_another_session_is_refused(
    signed_in: Callable[[Person], StrictVisitor], coordinator: Person, desk: Sessions
) -> None:
    with desk.writing() as session:
        other = a_person(session, "Other", Role.COORDINATOR)
    stolen = signed_in(other).token()
    answer = signed_in(coordinator).post("/account/language", data={"csrf_token": stolen, "language": "en"})
    assert answer.status_code == 400


def test_signing_out_ends_the_session_at_once(
    signed_in: Callable[[Person], StrictVisitor], coordinator: Person
) -> None:
    browser = signed_in(coordinator)
    copied = browser.get_cookie("plumbline", domain="localhost")
    answer = browser.send("/sign-out")
    assert answer.status_code == 303 and answer.headers["Clear-Site-Data"] == '"storage"'
    assert "You are signed out." in browser.get("/sign-in").text
    browser.set_cookie("plumbline", copied.value, domain="localhost")
    assert browser.get("/account").status_code == 303


def test_a_session_lives_while_it_is_used_but_not_for_ever(
    signed_in: Callable[[Person], StrictVisitor], coordinator: Person, clock: Clock
) -> None:
    browser = signed_in(coordinator)
    for _ in range(11):
        clock.step(hours=1)
        assert browser.get("/account").status_code == 200
    clock.step(hours=1)
    assert browser.get("/account").status_code == 303


def test_every_other_device_can_be_signed_out(
    signed_in: Callable[[Person], StrictVisitor], coordinator: Person
) -> None:
    here, elsewhere = signed_in(coordinator), signed_in(coordinator)
    assert elsewhere.get("/account").status_code == 200
    assert here.send("/account/sessions").status_code == 303
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 303


def test_the_password_changes_after_the_present_one(
    signed_in: Callable[[Person], StrictVisitor], coordinator: Person, visitor: StrictVisitor
) -> None:
    browser = signed_in(coordinator)
    wrong = browser.send("/account/password", {"present": "not it", "password": "four quiet lamps here"})
    assert wrong.status_code == 422 and "not your present password" in wrong.text
    short = browser.send("/account/password", {"present": PASSWORD, "password": "short"})
    assert short.status_code == 422 and "at least 12 characters" in short.text
    good = browser.send("/account/password", {"present": PASSWORD, "password": "four quiet lamps here"})
    assert good.status_code == 303
    assert enter(visitor, coordinator.email, "four quiet lamps here").status_code == 303


def test_an_invitation_is_accepted_once(visitor: StrictVisitor, desk: Sessions) -> None:
    with desk.writing() as session:
        person = a_person(session, "Newcomer", Role.REVIEWER, joined=False)
        token = accounts.mint_token(session, person, accounts.TokenPurpose.INVITATION, at=AT)
    page = visitor.get(f"/join/{token}")
    assert page.status_code == 200 and person.email in page.text
    assert visitor.get(f"/join/{token}").status_code == 200, "looking must not use the link up"
    short = visitor.send(f"/join/{token}", {"name": "Reviewer", "password": "short"})
    assert short.status_code == 422 and "Reviewer" in short.text
    assert visitor.send(f"/join/{token}", {"name": "Reviewer", "password": PASSWORD}).status_code == 303
    assert "Your account is ready." in visitor.get("/sign-in").text
    assert visitor.get(f"/join/{token}").status_code == 404


def test_a_reset_says_the_same_for_everyone_and_its_link_works_once(
    visitor: StrictVisitor, coordinator: Person, desk: Sessions
) -> None:
    answers = [visitor.send("/reset", {"email": email}) for email in (coordinator.email, "nobody@people.example")]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].data == answers[1].data
    with desk.writing() as session:
        token = accounts.mint_token(session, coordinator, accounts.TokenPurpose.RESET, at=AT)
    assert visitor.get(f"/reset/{token}").status_code == 200
    assert visitor.send(f"/reset/{token}", {"password": "five quiet lamps here"}).status_code == 303
    assert visitor.get(f"/reset/{token}").status_code == 404
    assert enter(visitor, coordinator.email, "five quiet lamps here").status_code == 303


def test_the_first_administrator_makes_the_network(visitor: StrictVisitor, desk: Sessions) -> None:
    with desk.writing() as session:
        token = accounts.first_administrator_link(session, at=AT)
    typed = {
        "network_name": "Sample network",
        "issuing_body": "Sample secretariat",
        "address": "1 Sample Street",
        "place": "Sample Town",
        "signatory": "Head of the secretariat",
        "name": "Administrator",
        "email": "administrator@people.example",
        "password": PASSWORD,
    }
    missing = visitor.send(f"/welcome/{token}", {**typed, "place": " "})
    assert missing.status_code == 422 and "Enter a town" in missing.text and "Sample secretariat" in missing.text
    assert visitor.send(f"/welcome/{token}", typed).status_code == 303
    assert visitor.get(f"/welcome/{token}").status_code == 404
    assert enter(visitor, typed["email"], PASSWORD).status_code == 303
    with desk.reading() as session:
        person = people.by_email(session, typed["email"])
        assert person is not None
        homes = people.role_homes(session, person, at=AT)
    assert homes.network and homes.administration


def test_the_language_is_the_persons(
    signed_in: Callable[[Person], StrictVisitor], coordinator: Person, desk: Sessions
) -> None:
    browser = signed_in(coordinator)
    assert browser.send("/account/language", {"language": "ar-XB"}).status_code == 303
    assert 'lang="ar-XB" dir="rtl"' in browser.get("/account").text
    with desk.reading() as session:
        person = people.by_email(session, coordinator.email)
        assert person is not None and person.language == "ar-XB"


def test_a_language_asked_for_once_stays_in_this_browser(visitor: StrictVisitor, desk: Sessions) -> None:
    with desk.writing() as session:
        a_network(session)
    assert 'lang="en-XA"' in visitor.get("/sign-in?lang=en-XA").text
    assert 'lang="en-XA"' in visitor.get("/sign-in").text
    assert 'lang="en-XA"' in visitor.get("/sign-in?lang=unknown").text
