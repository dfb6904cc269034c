"""The line asks for more time; its pages say what was asked and what came of it."""

from __future__ import annotations

from datetime import timedelta

from audit.persistence.queries import assessments
from audit.persistence.sessions import Sessions
from audit.usecases import cycles
from tests.building import AT, a_coordinator, submit
from tests.building import fill as fill_in
from tests.web.line.conftest import Draft
from tests.web.strict import StrictVisitor

REASON = "Two of three colleagues are ill.\nWe need the weeks after Easter."


def due_on(desk: Sessions, draft: Draft):
    with desk.reading() as session:
        return assessments.for_page(session, draft.assessment).due_on


def ask(desk: Sessions, draft: Draft, visitor: StrictVisitor, **changed: str):
    day = due_on(desk, draft) + timedelta(days=21)
    return visitor.send(f"{draft.round}/time", {"until": day.isoformat(), "reason": REASON, **changed})


def test_it_is_asked_and_waits_for_an_answer(desk: Sessions, draft: Draft, manager: StrictVisitor) -> None:
    assert f'href="{draft.round}/time"' in manager.get(draft.home).text
    assert f'href="{draft.round}/time"' in manager.get(f"{draft.round}/submit").text
    assert ask(desk, draft, manager).status_code == 303
    page = manager.get(f"{draft.round}/time").text
    assert (
        "You asked for time until" in page
        and "after Easter" in page
        and '<form method="post" class="spaced"' not in page
    )
    assert "You asked for time until" in manager.get(draft.home).text
    again = ask(desk, draft, manager)
    assert again.status_code == 409 and "already" in again.text


def test_what_is_wrong_stands_beside_its_field_and_the_words_stay(
    desk: Sessions, draft: Draft, manager: StrictVisitor
) -> None:
    early = ask(desk, draft, manager, until=due_on(desk, draft).isoformat())
    assert early.status_code == 422 and 'id="until-problem"' in early.text and "after Easter" in early.text
    without = ask(desk, draft, manager, reason=" ")
    assert without.status_code == 422 and 'id="reason-problem"' in without.text
    none = ask(desk, draft, manager, until="soon")
    assert none.status_code == 422 and "after Easter" in none.text


def test_a_contributor_reads_and_does_not_ask(desk: Sessions, draft: Draft, contributor: StrictVisitor) -> None:
    assert "Only a manager of your line" in contributor.get(f"{draft.round}/time").text
    assert ask(desk, draft, contributor).status_code == 403


def test_the_answer_is_read_where_it_was_asked(desk: Sessions, draft: Draft, manager: StrictVisitor) -> None:
    ask(desk, draft, manager)
    with desk.writing() as session:
        assessment = assessments.for_page(session, draft.assessment)
        cycles.decline_time(
            session, assessment, reason="The reviewers have no later week.", actor=a_coordinator(session), at=AT
        )
    for page in (f"{draft.round}/time", draft.home):
        assert "The reviewers have no later week." in manager.get(page).text
    assert ask(desk, draft, manager).status_code == 303  # once more, with the same words


def test_after_submission_there_is_nothing_to_ask(desk: Sessions, draft: Draft, manager: StrictVisitor) -> None:
    with desk.writing() as session:
        assessment = assessments.for_page(session, draft.assessment)
        fill_in(session, assessment)
        submit(session, assessment)
    assert "already submitted" in manager.get(f"{draft.round}/time").text
    assert ask(desk, draft, manager).status_code == 409
