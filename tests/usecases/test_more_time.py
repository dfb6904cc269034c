"""A line asks for more time with a reason; a coordinator gives another day or declines, and the line hears of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.domain.errors import InvalidInput, WrongState
from audit.domain.workflow import OPEN_FOR_THE_LINE, State
from audit.persistence.journal import entries
from audit.persistence.queries import rounds
from audit.persistence.tables import Letter, SelfAssessment
from audit.usecases import cycles
from tests import building
from tests.building import AT


def ask(session: Session, assessment: SelfAssessment, days: int = 14, reason: str = "Our colleague is ill."):
    manager = building.a_manager(session, assessment.line)
    return cycles.ask_time(
        session, assessment, until=assessment.due_on + timedelta(days=days), reason=reason, actor=manager, at=AT
    )


def letters_to(session: Session, person: object) -> list[Letter]:
    statement = select(Letter).where(Letter.person_id == person.id, Letter.kind.like("more_time%")).order_by(Letter.id)
    return list(session.scalars(statement))


def test_coordinators_hear_of_it_and_the_date_stays(session: Session) -> None:
    assessment = building.an_assessment(session)
    due_on = assessment.due_on
    request = ask(session, assessment)
    assert rounds.open_request(session, assessment.id) is request
    assert assessment.due_on == due_on
    (letter,) = letters_to(session, building.a_coordinator(session))
    assert letter.parameters["asked_until"] == request.until.isoformat()
    assert "ill" not in str(letter.parameters)  # the reason stands on the page, not in a mailbox
    assert [one.event for one in entries(session)][-1] == "assessment:asked_time"


def test_a_request_is_granted_by_any_later_day(session: Session) -> None:
    assessment = building.an_assessment(session)
    request, due_on = ask(session, assessment, 30), assessment.due_on
    other = due_on + timedelta(days=7)
    actor = building.a_coordinator(session)
    cycles.give_time(session, assessment, due_on=other, reason="A week is possible.", actor=actor, at=AT)
    session.refresh(request)
    assert (request.granted, request.answer, request.answered_by_id) == (True, "A week is possible.", actor.id)
    assert assessment.due_on == other and rounds.open_request(session, assessment.id) is None
    (letter,) = letters_to(session, building.a_manager(session, assessment.line))
    assert (letter.parameters["granted"], letter.parameters["due_on"]) == (True, other.isoformat())


def test_a_request_is_declined_with_a_reason(session: Session) -> None:
    assessment = building.an_assessment(session)
    request, due_on = ask(session, assessment), assessment.due_on
    actor = building.a_coordinator(session)
    with pytest.raises(InvalidInput, match="give a reason"):
        cycles.decline_time(session, assessment, reason=" \n", actor=actor, at=AT)
    cycles.decline_time(session, assessment, reason="The reviewers have no later week.", actor=actor, at=AT)
    session.refresh(request)
    assert request.granted is False and assessment.due_on == due_on
    (letter,) = letters_to(session, building.a_manager(session, assessment.line))
    assert letter.parameters["granted"] is False
    assert [one.event for one in entries(session)][-1] == "assessment:refused_time"
    with pytest.raises(WrongState, match="does not ask"):
        cycles.decline_time(session, assessment, reason="Again.", actor=actor, at=AT)
    assert ask(session, assessment).granted is None  # a line may ask again after an answer


def test_one_open_request_at_a_time(session: Session) -> None:
    assessment = building.an_assessment(session)
    ask(session, assessment)
    with pytest.raises(WrongState, match="already"):
        ask(session, assessment, 20)


@pytest.mark.parametrize(
    ("days", "reason", "field"), [(0, "Ill.", "until"), (7, " ", "reason"), (7, "x" * 2001, "reason")]
)
def test_a_later_day_and_a_reason_are_needed(session: Session, days: int, reason: str, field: str) -> None:
    assessment = building.an_assessment(session)
    with pytest.raises(InvalidInput) as refused:
        ask(session, assessment, days, reason)
    assert refused.value.field == field
    assert rounds.latest_request(session, assessment.id) is None


@pytest.mark.parametrize("state", list(State))
def test_only_while_the_line_may_hand_in(session: Session, state: State) -> None:
    assessment = building.an_assessment(session)
    assessment.state = state
    session.flush()
    if state in OPEN_FOR_THE_LINE:
        ask(session, assessment)
    else:
        with pytest.raises(WrongState):
            ask(session, assessment)
        with pytest.raises(WrongState):
            cycles.decline_time(session, assessment, reason="No.", actor=building.a_coordinator(session), at=AT)
