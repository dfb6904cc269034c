"""Practice on the line's pages: marked on each of them, and on nobody else's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from sqlalchemy import func, select

from audit.persistence.queries.practice import practice_of
from audit.persistence.sessions import Sessions
from audit.persistence.tables import EvidenceItem, Letter, Person, ReportingLine, SelfAssessment
from tests.browsing import clean
from tests.building import a_line, a_manager
from tests.web.conftest import saved
from tests.web.line.conftest import Draft
from tests.web.strict import StrictVisitor

BAND = "Practice: counts nowhere."
PAGES = ("/GOV", "", "/share", "/copies", "/missing", "/outlook", "/submit")


@pytest.fixture
def practice(desk: Sessions, draft: Draft, manager: StrictVisitor) -> str:
    """The address of the practice self-assessment of the draft's line."""
    begun = manager.send(f"{draft.home}/practice", {})
    assert begun.status_code == 303
    return begun.location.rsplit("/", 1)[0]


def test_the_home_leads_to_it(draft: Draft, manager: StrictVisitor) -> None:
    assert f'href="{draft.home}/practice"' in manager.get(draft.home).text
    page = manager.get(f"{draft.home}/practice")
    assert "Begin to practise" in page.text and BAND not in page.text


def test_a_line_without_a_cycle_can_practise(desk: Sessions, signed_in: Callable[[Person], StrictVisitor]) -> None:
    def build(session: object) -> tuple[str, object]:
        line = a_line(session)
        return line.public_id, a_manager(session, line)

    line, person = saved(desk, build)
    begun = signed_in(person).send(f"/lines/{line}/practice", {})
    assert begun.status_code == 303 and "/assessments/" in begun.location


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_so(practice: str, manager: StrictVisitor, page: str) -> None:
    text = manager.get(practice + page).text
    assert BAND in text
    assert "2099" not in text, "a date that never comes is no date"


def test_no_page_of_what_counts_says_so(draft: Draft, practice: str, manager: StrictVisitor) -> None:
    for page in PAGES:
        assert BAND not in manager.get(draft.round + page).text


def test_answers_are_saved_and_nothing_is_submitted(
    desk: Sessions, draft: Draft, practice: str, manager: StrictVisitor
) -> None:
    theme = manager.get(f"{practice}/GOV").text
    assert "In practice no evidence is added or kept." in theme and "Add evidence to" not in theme
    assert "Notes of your line" not in theme, "a note would write letters"
    assert "On paper" not in manager.get(f"{practice}/copies").text
    page = manager.get(f"{practice}/submit").text
    assert "Nothing is submitted from practice." in page and "Sign and submit" not in page
    signed = manager.send(f"{practice}/submit", {"agreed": "y", "typed_name": "Manager"})
    assert signed.status_code == 409 and "counts nowhere" in signed.text
    assert manager.get(f"{practice}/withdraw").status_code == manager.get(f"{practice}/time").status_code == 409


def test_starting_over_and_leaving(desk: Sessions, draft: Draft, practice: str, manager: StrictVisitor) -> None:
    assert manager.send(f"{practice}/practice/empty", {}).status_code == 303
    page = manager.get(f"{draft.home}/practice").text
    assert "Start over" in page and "Go on practising" in page
    assert manager.send(f"{practice}/practice/leave", {}).status_code == 303
    assert manager.get(practice).status_code == 404
    with desk.reading() as session:
        line = session.scalars(select(ReportingLine).where(ReportingLine.public_id == draft.line)).one()
        assert practice_of(session, line.id) is None
        assert session.scalar(select(func.count()).select_from(SelfAssessment)) == 1


def test_what_counts_has_no_such_doors(draft: Draft, manager: StrictVisitor) -> None:
    for door in ("empty", "leave"):
        assert manager.send(f"{draft.round}/practice/{door}", {}).status_code == 404


def test_a_stranger_sees_none_of_it(
    desk: Sessions, draft: Draft, practice: str, signed_in: Callable[[Person], StrictVisitor]
) -> None:
    stranger = signed_in(draft.stranger)
    assert stranger.get(practice).status_code == 404
    assert stranger.get(f"{draft.home}/practice").status_code == 404
    with desk.reading() as session:
        kinds = set(session.scalars(select(Letter.kind)))
        assert kinds <= {"invitation", "cycle_opened"}
        assert session.scalars(select(EvidenceItem)).all() == []


def test_nobody_is_kept_out(draft: Draft, practice: str, page_of: Callable[..., Page]) -> None:
    """Practice, its way in and out, and the page that asks for more time, as axe sees them."""
    page = page_of(draft.manager, f"{draft.home}/practice")
    for address in (f"{draft.home}/practice", f"{practice}/GOV", f"{practice}/submit", f"{draft.round}/time"):
        page.goto(page.url.split("/lines/")[0] + address)
        clean(page)
