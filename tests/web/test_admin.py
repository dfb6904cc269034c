"""The administrator's room: people and roles, jobs, letters, health."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from audit.domain.permissions import Role
from audit.persistence import ledger
from audit.persistence.queries import people
from audit.persistence.sessions import Sessions
from audit.persistence.tables import Person
from tests.building import AT, a_coordinator, a_line, a_manager, a_person, appointment_of
from tests.web.conftest import Clock
from tests.web.strict import StrictVisitor


@pytest.fixture
def administrator(desk: Sessions) -> Person:
    with desk.writing() as session:
        return a_person(session, "Administrator", Role.ADMINISTRATOR)


@pytest.fixture
def office(signed_in: Callable[[Person], StrictVisitor], administrator: Person) -> StrictVisitor:
    return signed_in(administrator)


PAGES = (
    "/admin",
    "/admin/invite",
    "/admin/jobs",
    "/admin/jobs/history",
    "/admin/letters",
    "/admin/health",
)


@pytest.mark.parametrize("path", PAGES)
def test_only_an_administrator_comes_in(
    path: str,
    office: StrictVisitor,
    visitor: StrictVisitor,
    signed_in: Callable[[Person], StrictVisitor],
    desk: Sessions,
) -> None:
    with desk.writing() as session:
        coordinator = a_coordinator(session)
    assert office.get(path).status_code == 200
    assert visitor.get(path).status_code == 303
    refused = signed_in(coordinator).get(path)
    assert refused.status_code == 403 and "This is not open to you" in refused.text


def test_people_are_listed_with_what_they_hold(office: StrictVisitor, desk: Sessions) -> None:
    with desk.writing() as session:
        a_manager(session, a_line(session))
    page = office.get("/admin").text
    assert "Manager Sample line Austria" in page and "Manager of a line" in page
    assert "Nobody matches." in office.get("/admin?q=nobody+at+all").text
    assert "Manager Sample" not in office.get("/admin?role=administrator").text
    assert office.get("/admin?role=nonsense").status_code == 200


def test_inviting_and_what_is_refused(office: StrictVisitor, desk: Sessions) -> None:
    typed = {"name": "A reviewer", "email": "reviewer@people.example", "role": "reviewer", "country": "AT"}
    wrong = office.send("/admin/invite", {**typed, "email": "no address"})
    assert wrong.status_code == 422 and "name@example.org" in wrong.text and "A reviewer" in wrong.text
    assert office.send("/admin/invite", {**typed, "role": "manager"}).status_code == 422
    assert office.send("/admin/invite", typed).status_code == 303
    twice = office.send("/admin/invite", typed)
    assert twice.status_code == 409 and "holds this role already" in twice.text
    assert "Invitation" in office.get("/admin/letters").text


def test_a_role_ends_and_with_it_the_sessions(
    office: StrictVisitor, desk: Sessions, signed_in: Callable[[Person], StrictVisitor]
) -> None:
    with desk.writing() as session:
        coordinator = a_coordinator(session)
        number = appointment_of(session, coordinator, Role.COORDINATOR).id
    theirs = signed_in(coordinator)
    assert theirs.get("/account").status_code == 200
    path = f"/admin/people/{coordinator.public_id}/appointments/{number}/end"
    assert office.send(path).status_code == 303
    assert theirs.get("/account").status_code == 303
    assert office.send(path).status_code == 409
    assert office.send(f"/admin/people/{coordinator.public_id}/appointments/{number + 50}/end").status_code == 404


def test_closing_and_opening_an_account(
    office: StrictVisitor, administrator: Person, desk: Sessions, signed_in: Callable[[Person], StrictVisitor]
) -> None:
    with desk.writing() as session:
        coordinator = a_coordinator(session)
    theirs = signed_in(coordinator)
    assert office.send(f"/admin/people/{coordinator.public_id}/disable").status_code == 303
    assert theirs.get("/account").status_code == 303
    assert "The account is closed" in office.get(f"/admin/people/{coordinator.public_id}").text
    assert office.send(f"/admin/people/{coordinator.public_id}/enable").status_code == 303
    last = office.send(f"/admin/people/{administrator.public_id}/disable")
    assert last.status_code == 409 and "The last administrator cannot leave" in last.text
    assert office.get("/admin/people/nobody").status_code == 404
    with desk.reading() as session:
        found = people.by_email(session, coordinator.email)
        assert found is not None and found.disabled_at is None


def test_a_job_is_asked_for_and_shows_how_it_went(office: StrictVisitor, desk: Sessions, clock: Clock) -> None:
    assert "has not run yet" in office.get("/admin/jobs").text
    assert office.send("/admin/jobs/run", {"job": "sweep"}).status_code == 303
    assert "Asked for" in office.get("/admin/jobs").text
    with desk.writing() as session:
        held = ledger.claim(session, "sweep", owner="test", now=AT)
        assert held is not None
        ledger.fail(session, held, now=AT, error="The disk was full.")
    page = office.get("/admin/jobs").text
    assert "Failed, will be tried again" in page and "The disk was full." in page
    clock.step(hours=1)
    with desk.writing() as session:
        held = ledger.claim(session, "sweep", owner="test", now=clock())
        assert held is not None
        ledger.finish(session, held, now=clock(), result="12 rows forgotten")
    assert "12 rows forgotten" in office.get("/admin/jobs").text
    assert "12 rows forgotten" in office.get("/admin/jobs/history?job=sweep").text
    assert office.send("/admin/jobs/run", {"job": "nonsense"}).status_code == 404


def test_health_says_what_is_wrong_and_how_to_mend_it(office: StrictVisitor, desk: Sessions) -> None:
    page = office.get("/admin/health").text
    assert "flask scheduler" in page and "It is at this version." in page
