"""Coordinators see which lines ask for more time, read the reason, and give it or decline."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from audit.persistence.queries import assessments, rounds
from audit.persistence.sessions import Sessions
from audit.usecases import cycles
from tests.building import AT, a_line, a_manager, an_assessment, an_open_cycle
from tests.web.conftest import saved
from tests.web.strict import StrictVisitor


def a_request(session: Session) -> str:
    lines = [a_line(session), a_line(session, "Sample line Belgium", "BE")]
    an_open_cycle(session, lines)
    assessment = an_assessment(session, lines[0])
    cycles.ask_time(
        session,
        assessment,
        until=assessment.due_on + timedelta(days=21),
        reason="Two colleagues are ill.",
        actor=a_manager(session, lines[0]),
        at=AT,
    )
    return assessment.public_id


@pytest.fixture
def asked(desk: Sessions) -> str:
    return saved(desk, a_request)


def test_the_overview_says_who_asks(asked: str, coordinator: StrictVisitor) -> None:
    page = coordinator.get("/network").text
    assert "1 line asks for more time." in page and "Asks for time until" in page
    only = coordinator.get("/network?asks=time").text
    assert "Sample line Austria" in only and "Sample line Belgium" not in only
    file = coordinator.get(f"/network/assessments/{asked}").text
    assert "Two colleagues are ill." in file and f'href="/network/assessments/{asked}/time"' in file


def test_another_day_may_be_given(desk: Sessions, asked: str, coordinator: StrictVisitor) -> None:
    path = f"/network/assessments/{asked}/time"
    page = coordinator.get(path).text
    assert "Two colleagues are ill." in page and "Leave the date as it is" in page
    with desk.reading() as session:
        day = assessments.for_page(session, asked).due_on + timedelta(days=7)
    assert coordinator.send(path, {"due_on": day.isoformat(), "reason": "A week is possible."}).status_code == 303
    with desk.reading() as session:
        found = assessments.for_page(session, asked)
        assert found.due_on == day and rounds.latest_request(session, found.id).granted is True
    assert "asks for more time" not in coordinator.get("/network").text


def test_declining_needs_a_reason(desk: Sessions, asked: str, coordinator: StrictVisitor) -> None:
    path = f"/network/assessments/{asked}/time/decline"
    refused = coordinator.send(path, {"no": " "})
    assert refused.status_code == 422 and 'id="no-problem"' in refused.text
    assert coordinator.send(path, {"no": "There is no later week."}).status_code == 303
    with desk.reading() as session:
        found = assessments.for_page(session, asked)
        assert rounds.latest_request(session, found.id).granted is False
    assert coordinator.send(path, {"no": "Again."}).status_code == 409
