"""Every page of the coordinator's side: it opens, in both directions of writing, and its lists cost the same SQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from audit.domain.permissions import Role
from audit.persistence.queries import network
from audit.persistence.sessions import Sessions
from audit.persistence.tables import Person, ReportingLine
from audit.usecases import accounts
from tests.building import AT, a_coordinator, a_line, a_person, an_assessment, an_open_cycle, fill
from tests.web.conftest import saved
from tests.web.course import an_issued_certificate
from tests.web.network.conftest import a_round
from tests.web.strict import StrictVisitor

PAGES = (
    "",
    "/cycles/new",
    "/lines",
    "/lines/new",
    "/people",
    "/people/invite",
    "/people/scopes/new",
    "/settings",
    "/settings/issuing-body",
    "/settings/countries/AT",
)
FILE_PAGES = ("", "/time", "/withdrawal")


@pytest.mark.parametrize("language", ["en", "ar-XB"])
def test_every_page_opens(desk: Sessions, coordinator: StrictVisitor, language: str) -> None:
    files = saved(desk, a_round)
    assert coordinator.get(f"/network?lang={language}").status_code == 200
    for page in PAGES:
        assert coordinator.get(f"/network{page}").status_code == 200, page
    for file in files.values():
        for page in FILE_PAGES:
            assert coordinator.get(f"/network/assessments/{file}{page}").status_code == 200, page
    assert coordinator.get(f"/network/assessments/{files['awaiting_decision']}/decision").status_code == 200


@pytest.mark.parametrize("language", ["en", "ar-XB"])
def test_a_certificate_and_its_line_open(desk: Sessions, coordinator: StrictVisitor, language: str) -> None:
    serial, line = saved(desk, lambda session: _serial_and_line(session, an_issued_certificate(session)))
    assert coordinator.get(f"/network/certificates/{serial}?lang={language}").status_code == 200
    assert coordinator.get(f"/network/certificates/{serial}/correction").status_code == 200
    assert coordinator.get(f"/network/lines/{line}").status_code == 200


def _serial_and_line(session: Any, certificate: Any) -> tuple[str, str]:
    return certificate.serial, session.get_one(ReportingLine, certificate.line_id).public_id


def test_an_empty_network_says_where_to_begin(desk: Sessions, coordinator: StrictVisitor) -> None:
    assert "Add a reporting line" in coordinator.get("/network").text
    saved(desk, a_line)
    assert "Open a cycle" in coordinator.get("/network").text


def test_what_waits_for_the_coordinator_stands_first(desk: Sessions, coordinator: StrictVisitor) -> None:
    saved(desk, a_round)
    text = coordinator.get("/network").text
    assert "1 decision waits for you." in text
    assert "1 submission is to be checked for completeness." in text


def test_the_overview_filters_by_what_stands_in_the_address(desk: Sessions, coordinator: StrictVisitor) -> None:
    saved(desk, a_round)
    text = coordinator.get("/network?state=submitted").text
    assert "Sample line Belgium" in text and "Sample line Austria" not in text
    assert "No line matches." in coordinator.get("/network?search=nowhere").text
    assert "Sample line Austria" in coordinator.get("/network?state=unheard-of&sort=unheard-of").text


def test_the_overview_sorts_in_both_directions(desk: Sessions, coordinator: StrictVisitor) -> None:
    saved(desk, a_round)
    for sort in ("line", "state", "answered", "level", "overall", "due_on"):
        up, down = (coordinator.get(f"/network?sort={sign}{sort}").text for sign in ("", "-"))
        assert up.index("Sample line Austria") and down.index("Sample line Austria")
    text = coordinator.get("/network?sort=-line").text
    assert text.index("Sample line Estonia") < text.index("Sample line Austria")


@pytest.mark.parametrize("page", ["", "/lines", "/people"])
def test_a_list_costs_the_same_for_three_lines_and_for_twelve(
    desk: Sessions, coordinator: StrictVisitor, counted: Callable[[], Any], page: str
) -> None:
    def some(count: int) -> Callable[[Any], None]:
        def build(session: Any) -> None:
            lines = [a_line(session, f"Sample line {number:02}", "AT") for number in range(count)]
            if network.cycle_by_name(session, "2026") is None or count > 3:
                an_open_cycle(session, lines, name=f"Cycle of {count}")

        return build

    spent = []
    for count in (3, 12):
        saved(desk, some(count))
        coordinator.get(f"/network{page}")
        with counted() as statements:
            assert coordinator.get(f"/network{page}").status_code == 200
        spent.append(len(statements))
    assert spent[0] == spent[1], spent


def test_a_draft_is_the_lines_own_until_it_is_handed_in(desk: Sessions, coordinator: StrictVisitor) -> None:
    def begun(session: Any) -> str:
        assessment = an_assessment(session)
        fill(session, assessment, levels={"GOV-01": 2})
        return assessment.public_id

    page = coordinator.get(f"/network/assessments/{saved(desk, begun)}").text
    assert "How far the line is" in page and "What the line says" not in page


def test_nobody_else_comes_in(
    desk: Sessions, visitor: StrictVisitor, signed_in: Callable[[Person], StrictVisitor]
) -> None:
    reviewer = saved(desk, lambda session: a_person(session, "Reviewer", Role.REVIEWER, country="FR"))
    assert visitor.get("/network").status_code == 303
    assert signed_in(reviewer).get("/network").status_code == 403


def test_a_tied_coordinator_sees_the_file_without_its_contents(
    desk: Sessions, signed_in: Callable[[Person], StrictVisitor]
) -> None:
    files = saved(desk, a_round)

    def tied(session: Any) -> Person:
        person = a_coordinator(session, "Second coordinator")
        accounts.invite(
            session, email=person.email, name=person.name, role=Role.CONTRIBUTOR,
            line=a_line(session, "Sample line Belgium", "BE"), actor=None, at=AT,
        )  # fmt: skip
        return person

    browser = signed_in(saved(desk, tied))
    path = f"/network/assessments/{files['submitted']}"
    text = browser.get(path).text
    assert "You have a tie to this line" in text
    assert "Completeness check" not in text and "What the line says" not in text
    assert browser.send(f"{path}/check", {"answer": "accept"}).status_code == 403
