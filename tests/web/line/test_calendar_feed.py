"""A calendar reads the line's dates by a secret address, as long as the person belongs to the line."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from audit.domain.permissions import Role
from audit.persistence.sessions import Sessions
from audit.persistence.tables import CalendarFeed, Person, ReportingLine
from audit.usecases import accounts, cycles, evidence, teamwork
from tests.building import AT, a_coordinator, an_assessment, appointment_of, fill, small_set, submit
from tests.calendars import Calendar, read_calendar
from tests.web.conftest import Clock
from tests.web.course import an_issued_certificate
from tests.web.line.conftest import Draft
from tests.web.strict import StrictVisitor


def _made(browser: StrictVisitor, draft: Draft) -> str:
    answer = browser.send(f"{draft.home}/calendar")
    assert answer.status_code == 200
    found = re.search(r'value="http://localhost(/calendar/[A-Za-z0-9_-]{43}\.ics)"', answer.text)
    assert found is not None
    return found[1]


def _read(visitor: StrictVisitor, path: str) -> Calendar:
    answer = visitor.get(path)
    assert answer.status_code == 200 and answer.content_type == "text/calendar; charset=utf-8"
    return read_calendar(answer.data.decode())


def _kinds(calendar: Calendar) -> list[str]:
    return sorted(event.uid.split("-")[0] for event in calendar.events)


def test_the_address_is_shown_once_and_kept_as_a_hash(
    desk: Sessions, draft: Draft, manager: StrictVisitor, visitor: StrictVisitor
) -> None:
    path = _made(manager, draft)
    assert ".ics" not in manager.get(f"{draft.home}/calendar").text
    token = path.removeprefix("/calendar/").removesuffix(".ics")
    with desk.reading() as session:
        row = session.query(CalendarFeed).one()
        assert token not in row.token_hash and row.token_hash == accounts.feed_hash(token)
    answer = visitor.get(path)
    assert "Set-Cookie" not in answer.headers and answer.headers["Cache-Control"].startswith("private")
    assert _kinds(_read(visitor, path)) == ["decide", "review", "submit"]


def test_dates_keep_their_names_and_grow_when_they_move(
    desk: Sessions, draft: Draft, manager: StrictVisitor, visitor: StrictVisitor
) -> None:
    path = _made(manager, draft)
    before = {event.uid: event for event in _read(visitor, path).events}
    with desk.writing() as session:
        assessment = an_assessment(session)
        due = assessment.due_on + timedelta(days=14)
        cycles.give_time(session, assessment, due_on=due, reason="Illness", actor=a_coordinator(session), at=AT)
    after = {event.uid: event for event in _read(visitor, path).events}
    assert after.keys() == before.keys()
    moved = next(uid for uid in after if uid.startswith("submit-"))
    assert after[moved].on == due and after[moved].sequence > before[moved].sequence
    assert all(after[uid] == before[uid] for uid in after if uid != moved)


def test_everything_that_is_due_stands_in_it_and_nothing_of_what_is_said(
    desk: Sessions, draft: Draft, contributor: StrictVisitor, visitor: StrictVisitor
) -> None:
    with desk.writing() as session:
        assessment = an_assessment(session)
        line = session.get_one(ReportingLine, assessment.line_id)
        fill(session, assessment)
        share = {"GOV-01": draft.contributor.public_id}
        teamwork.share_out(session, assessment, small_set(), share, actor=draft.manager, at=AT)
        evidence.add_statement(
            session, line, statement="Seen in a call, the whole log of it.", kind="viewed_live", title="Secret title",
            issued_on=AT.date(), valid_until=AT.date() + timedelta(days=40), criteria_set=small_set(),
            actor=draft.manager, at=AT,
        )  # fmt: skip
    path = _made(contributor, draft)
    calendar = _read(visitor, path)
    assert _kinds(calendar) == ["decide", "evidence", "review", "submit", "yours"]
    text = visitor.get(path).text
    assert not re.search("GOV-01|Secret|This is how we meet|people.example", text)
    assert all(event.summary and event.url.endswith(draft.home) for event in calendar.events)
    with desk.writing() as session:
        submit(session, an_assessment(session))
    assert _kinds(_read(visitor, path)) == ["decide", "evidence", "review"]


def test_a_certified_line_reads_its_appeal_and_its_end(
    desk: Sessions, draft: Draft, manager: StrictVisitor, visitor: StrictVisitor
) -> None:
    with desk.writing() as session:
        an_issued_certificate(session)
    assert _kinds(_read(visitor, _made(manager, draft))) == ["appeal", "certificate"]


def test_the_words_are_in_the_persons_language(
    desk: Sessions, draft: Draft, manager: StrictVisitor, visitor: StrictVisitor
) -> None:
    path = _made(manager, draft)
    with desk.writing() as session:
        accounts.set_language(session, session.get_one(Person, draft.manager.id), "de")
    answer = visitor.get(path, headers={"Accept-Language": "fr"})
    words = " ".join(event.summary for event in read_calendar(answer.data.decode()).events)
    assert "Submit" not in words and "Decision" not in words


@pytest.mark.parametrize("end", ["revoked", "made anew", "left", "disabled"])
def test_an_address_that_ended_and_one_that_never_was_read_the_same(
    desk: Sessions, draft: Draft, contributor: StrictVisitor, visitor: StrictVisitor, end: str
) -> None:
    path = _made(contributor, draft)
    if end == "revoked":
        contributor.send(f"{draft.home}/calendar/revoked")
    elif end == "made anew":
        assert _made(contributor, draft) != path
    else:
        with desk.writing() as session:
            person = session.get_one(Person, draft.contributor.id)
            if end == "left":
                own = appointment_of(session, person, Role.CONTRIBUTOR)
                accounts.end_appointment(session, own, actor=a_coordinator(session), at=AT)
            else:
                accounts.disable(session, person, actor=a_coordinator(session), at=AT)
    ended, never = visitor.get(path), visitor.get("/calendar/" + "x" * 43 + ".ics")
    assert (ended.status_code, never.status_code) == (404, 404)

    def body(text: str) -> str:
        text = re.sub(r"404-[0-9a-f]+", "", text)
        return text.split("<main")[1].split("</main")[0]

    assert body(ended.text) == body(never.text)


def test_guessing_is_slowed_down_and_a_true_address_still_read(
    draft: Draft, manager: StrictVisitor, visitor: StrictVisitor, clock: Clock
) -> None:
    path = _made(manager, draft)
    codes = [visitor.get(f"/calendar/guess{number}.ics").status_code for number in range(40)]
    assert codes[:30] == [404] * 30 and set(codes[30:]) == {429}
    assert visitor.get("/calendar/guess.ics").headers["Retry-After"].isdigit()
    assert visitor.get(path).status_code == 200, "who shares the address of a guesser is not shut out"
    clock.step(hours=2)
    assert visitor.get("/calendar/guess.ics").status_code == 404


def test_one_persons_address_is_not_anothers_to_end(
    draft: Draft, manager: StrictVisitor, contributor: StrictVisitor, visitor: StrictVisitor
) -> None:
    path = _made(manager, draft)
    contributor.send(f"{draft.home}/calendar/revoked")
    assert visitor.get(path).status_code == 200


def test_more_dates_need_no_more_statements(
    desk: Sessions, draft: Draft, manager: StrictVisitor, visitor: StrictVisitor, counted: Callable[[], Any]
) -> None:
    path = _made(manager, draft)

    def statements() -> int:
        with counted() as found:
            _read(visitor, path)
        return len(found)

    before = statements()
    with desk.writing() as session:
        line = session.get_one(ReportingLine, an_assessment(session).line_id)
        for days in range(20):
            evidence.add_statement(
                session, line, statement="Seen in a call.", kind="viewed_live", title=f"Item {days}",
                issued_on=AT.date(), valid_until=date(2026, 6, 1) + timedelta(days=days), criteria_set=small_set(),
                actor=draft.manager, at=AT,
            )  # fmt: skip
    assert statements() == before and before <= 10
