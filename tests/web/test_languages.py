"""Reading and switching languages: on every page, without losing it, and the criteria in the reader's words."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from audit.language import OFFERED, OWN_NAMES, language
from audit.persistence import criteria_sets
from audit.persistence.queries import people
from audit.persistence.sessions import Sessions
from audit.persistence.tables import Person
from tests.building import (
    AT,
    PASSWORD,
    a_coordinator,
    a_line,
    a_manager,
    a_network,
    an_assessment,
    an_open_cycle,
    small_set,
)
from tests.translating import a_translation
from tests.web.strict import StrictVisitor

OTHERS = [code for code in OFFERED if code != "en"]


@pytest.fixture
def open_house(desk: Sessions) -> None:
    with desk.writing() as session:
        a_network(session)


@pytest.fixture
def coordinator(desk: Sessions) -> Person:
    with desk.writing() as session:
        a_network(session)
        return a_coordinator(session)


def heading(text: str) -> str:
    found = re.search(r'<html lang="([^"]+)" dir="([^"]+)"', text)
    assert found is not None
    return f"{found[1]} {found[2]}"


@pytest.mark.parametrize("code", OFFERED)
def test_the_browser_is_asked_the_first_time(open_house: None, visitor: StrictVisitor, code: str) -> None:
    page = visitor.get("/sign-in", headers={"Accept-Language": f"{code}, xx;q=0.5"}).text
    assert heading(page) == f"{code} {'rtl' if code == 'ar' else 'ltr'}"


def test_a_browser_that_reads_none_of_them_gets_english(open_house: None, visitor: StrictVisitor) -> None:
    assert heading(visitor.get("/sign-in", headers={"Accept-Language": "xx"}).text) == "en ltr"


@pytest.mark.parametrize(
    "path", ["/", "/register?q=a&q=b&sort=-country", "/method", "/c", "/sign-in?next=/account", "/nothing"]
)
def test_every_page_offers_each_language_at_the_same_address(
    open_house: None, visitor: StrictVisitor, path: str
) -> None:
    page = visitor.get(path).text
    for code in OTHERS:
        (address,) = re.findall(rf'<a href="([^"]+)" lang="{code}" hreflang="{code}">{OWN_NAMES[code]}</a>', page)
        address = address.replace("&amp;", "&")
        way, query = path.partition("?")[::2]
        assert address.startswith(way) and address.endswith(f"lang={code}")
        assert not query or query.replace("/", "%2F") in address.replace("/", "%2F")
        assert heading(visitor.get(address).text).startswith(f"{code} ")
        assert heading(visitor.get("/sign-in").text).startswith(f"{code} ")  # and it stays


def test_a_signed_in_person_switches_and_stays_where_they_were(
    signed_in: Callable[[Person], StrictVisitor], coordinator: Person, desk: Sessions
) -> None:
    browser = signed_in(coordinator)
    page = browser.get("/network/lines?search=a+b").text
    assert 'name="next" value="/network/lines?search=a+b"' in page
    answer = browser.send("/language", {"language": "ar", "next": "/network/lines?search=a+b"})
    assert answer.status_code == 303 and answer.location == "/network/lines?search=a+b"
    assert heading(browser.get(answer.location).text) == "ar rtl"
    with desk.reading() as session:
        person = people.by_email(session, coordinator.email)
        assert person is not None and person.language == "ar"


@pytest.mark.parametrize("way", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere", ""])
def test_choosing_a_language_leads_nowhere_else(open_house: None, visitor: StrictVisitor, way: str) -> None:
    assert visitor.send("/language", {"language": "fr", "next": way}).location == "/"


def test_a_language_nobody_offers_is_refused(open_house: None, visitor: StrictVisitor) -> None:
    assert visitor.send("/language", {"language": "tlh", "next": "/"}).status_code == 422


def test_signing_in_brings_the_language_of_the_person(
    visitor: StrictVisitor, desk: Sessions, coordinator: Person
) -> None:
    with desk.writing() as session:
        session.merge(coordinator).language = "nl"
    assert heading(visitor.get("/sign-in?lang=fr").text) == "fr ltr"
    visitor.send("/sign-in", {"email": coordinator.email, "password": PASSWORD})
    assert heading(visitor.get("/account").text) == "nl ltr"


@pytest.mark.parametrize("code", OTHERS)
def test_refusals_and_failures_speak_the_language(open_house: None, visitor: StrictVisitor, code: str) -> None:
    spoken = language(code)
    missing = visitor.get(f"/nothing?lang={code}")
    assert missing.status_code == 404 and spoken.gettext("There is nothing here") in missing.text
    assert spoken.gettext("There is nothing here") != "There is nothing here"
    refused = visitor.post("/sign-in", data={"email": "a"})
    assert refused.status_code == 400 and spoken.gettext("This form could not be read") in refused.text
    assert heading(refused.text).startswith(code)
    said = visitor.get("/nothing", headers={"Accept": "application/json"}).get_json()
    assert said["title"] == spoken.gettext("There is nothing here")


def test_a_form_that_was_refused_leads_back_to_its_page(
    signed_in: Callable[[Person], StrictVisitor], coordinator: Person
) -> None:
    browser = signed_in(coordinator)
    page = browser.send("/network/lines/new", {})
    assert page.status_code == 422 and 'name="next" value="/network/lines/new"' in page.text
    lost = browser.post("/sign-out", data={}, headers={"Referer": "http://localhost/network?sort=state&lang=fr"})
    assert lost.status_code == 400 and 'name="next" value="/network?sort=state"' in lost.text


def test_public_pages_name_their_other_languages(open_house: None, visitor: StrictVisitor) -> None:
    page = visitor.get("/register?q=a").text
    named = dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', page))
    assert set(named) == {*OFFERED, "x-default"}
    assert named["fr"] == "http://localhost/register?q=a&amp;lang=fr" and named["x-default"].endswith("/register?q=a")
    assert "hreflang" not in visitor.get("/sign-in").text.partition("</head>")[0]


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalogue_nobody_has_reviewed_says_so(open_house: None, visitor: StrictVisitor, code: str) -> None:
    said = language(code).gettext("Draft translation")
    assert (said in visitor.get(f"/privacy?lang={code}").text) == language(code).draft
    assert "Draft translation" not in visitor.get("/privacy?lang=en").text


# The criteria in the reader's words ---------------------------------------------------------------------------


@pytest.fixture
def asked(desk: Sessions, clock: object) -> tuple[str, Person]:
    """The address of a theme page, and the manager who may fill it; the set has a draft French translation."""
    french = a_translation(small_set(), draft=True)
    with desk.writing() as session:
        line = a_line(session)
        an_open_cycle(session, [line], translations=[french])
        manager, assessment = a_manager(session, line), an_assessment(session, line)
        address = f"/lines/{line.public_id}/assessments/{assessment.public_id}/{small_set().themes[0].id}"
    return address, manager


def test_a_theme_is_asked_in_the_language_of_the_page(
    signed_in: Callable[[Person], StrictVisitor], asked: tuple[str, Person]
) -> None:
    address, manager = asked
    browser, criterion = signed_in(manager), small_set().criteria[0]
    english, french = browser.get(f"{address}?lang=en").text, browser.get(f"{address}?lang=fr").text
    assert f"<bdi>{criterion.asks}" in english and "fr: " not in english
    assert f"<bdi>fr: {criterion.asks}" in french and f"<bdi>{criterion.asks}" not in french
    assert language("fr").gettext("Draft translation") in french.partition("<footer")[0]
    assert "Draft translation" not in english


def test_what_is_saved_in_french_is_bound_to_the_source(
    signed_in: Callable[[Person], StrictVisitor], asked: tuple[str, Person], desk: Sessions
) -> None:
    address, manager = asked
    browser, criterion = signed_in(manager), small_set().criteria[0]
    browser.get(f"{address}?lang=fr")
    place = address.rpartition("/")[0]
    form = {"level": "partly", "justification": "Parce que c’est ainsi.", "version": "0", "language": "fr"}
    kept = browser.send(f"{place}/criteria/{criterion.id}", form)
    assert kept.status_code in (200, 303), kept.text
    refused = browser.send(f"{place}/criteria/{criterion.id}", {**form, "level": "no such level", "version": "1"})
    assert refused.status_code == 422 and f"<bdi>fr: {criterion.asks}" in refused.text
    with desk.reading() as session:
        assert criteria_sets.frozen(session, an_assessment(session).cycle.criteria_set_hash) == small_set()


def test_a_text_of_an_older_source_says_so(
    signed_in: Callable[[Person], StrictVisitor], desk: Sessions, asked: tuple[str, Person]
) -> None:
    address, manager = asked
    found = a_translation(small_set())
    held = dict(found.texts)
    place = f"criteria.{small_set().criteria[0].id}.asks"
    held[place] = type(held[place])(text="Ancien", of="0" * 8)
    with desk.writing() as session:
        digest = an_assessment(session).cycle.criteria_set_hash
        criteria_sets.store_translation(
            session, digest, type(found)(language="fr", draft=False, texts=held), actor="job:test", at=AT
        )
    said = language("fr").gettext("Translation of an older version")
    page = signed_in(manager).get(f"{address}?lang=fr").text
    assert page.count(said) == 1 and "Ancien" in page
    method = signed_in(manager).get("/method?lang=fr").text
    assert method.count(said) == 1 and f"fr: {small_set().title}" in method
    assert said not in signed_in(manager).get("/method?lang=en").text
