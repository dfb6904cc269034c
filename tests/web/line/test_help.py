"""Help where it is needed: on the card, in the theme's head, in the glossary, and on the first visit."""

from __future__ import annotations

import re

from audit.domain.glossary import TERMS
from audit.persistence.sessions import Sessions
from audit.persistence.tables import Person
from tests.web.line.conftest import Draft
from tests.web.strict import StrictVisitor


def test_a_card_says_what_a_good_answer_looks_like(draft: Draft, manager: StrictVisitor) -> None:
    page = manager.get(f"{draft.round}/GOV").text
    assert "What a good answer looks like" in page and "Staff and partners need to know" in page
    assert "Say who does it, since when, where it is written" in page, "a criterion of maturity"
    assert "A written rule with a date." in page and "Sample source 1" in page
    assert "Enter last year’s figures" in manager.get(f"{draft.round}/HND").text, "a measured criterion"


def test_a_theme_says_how_long_it_takes(draft: Draft, manager: StrictVisitor) -> None:
    assert "About 25 minutes the first time." in manager.get(f"{draft.round}/GOV").text


def test_the_glossary_is_open_to_everyone_and_explains_every_word_once(visitor: StrictVisitor) -> None:
    page = visitor.get("/glossary").text
    anchors = re.findall(r'<div id="([a-z-]+)"><dt>', page)
    assert anchors == [term.id for term in TERMS] and len(set(anchors)) == len(anchors)
    assert len({term.word for term in TERMS}) == len(TERMS) and all(term.meaning.endswith(".") for term in TERMS)
    assert 'href="/glossary"' in visitor.get("/privacy").text


def test_the_first_visit_is_explained_until_it_is_closed(
    desk: Sessions, draft: Draft, manager: StrictVisitor, contributor: StrictVisitor
) -> None:
    assert "Your first visit, in three sentences" in manager.get(draft.home).text
    answer = manager.send("/account/tour", {"next": draft.home})
    assert answer.status_code == 303 and answer.location == draft.home
    assert "Your first visit" not in manager.get(draft.home).text
    assert "Your first visit" in contributor.get(draft.home).text, "each person closes it for themselves"
    with desk.reading() as session:
        first = session.get_one(Person, draft.manager.id).tour_seen_at
    manager.send("/account/tour", {"next": "https://elsewhere.example/"})
    with desk.reading() as session:
        assert session.get_one(Person, draft.manager.id).tour_seen_at == first


def test_the_way_back_from_the_first_visit_stays_on_this_site(draft: Draft, manager: StrictVisitor) -> None:
    answer = manager.send("/account/tour", {"next": "//elsewhere.example"})
    assert answer.status_code == 303 and answer.location == draft.home


def test_the_home_says_how_long_the_whole_takes(draft: Draft, manager: StrictVisitor) -> None:
    assert re.search(r"About [\d.]+ hours the first time\.", manager.get(draft.home).text)
