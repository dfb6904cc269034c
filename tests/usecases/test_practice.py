"""Practice counts nowhere: no letter, no date, no submission; begun, emptied and left without a trace in the rounds."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit.domain.errors import WrongState
from audit.persistence.journal import entries
from audit.persistence.queries import assessments, rounds
from audit.persistence.queries.practice import practice_of
from audit.persistence.sessions import Sessions
from audit.persistence.tables import AnswerHistory, AnswerRow, Cycle, CycleKind, Letter, ReportingLine, SelfAssessment
from audit.usecases import cycles, reminders, self_assessment
from tests import building
from tests.building import AT


def practise(session: Session, line: ReportingLine | None = None, **more: object) -> SelfAssessment:
    line = line or building.a_line(session)
    manager = building.a_manager(session, line)
    return cycles.start_practice(
        session, line, building.small_set(), source=building.small_source(), actor=manager, at=AT, **more
    )


def answer(session: Session, assessment: SelfAssessment, words: str = "Only a try.") -> None:
    line = session.get_one(ReportingLine, assessment.line_id)
    self_assessment.record_answer(
        session,
        assessment,
        building.small_set(),
        "GOV-01",
        building.an_answer(building.small_set(), "GOV-01"),
        expected_version=0,
        actor=building.a_manager(session, line),
        at=AT,
    )


def test_one_hidden_cycle_serves_every_line(session: Session) -> None:
    austria, belgium = building.a_line(session), building.a_line(session, "Sample line Belgium", "BE")
    one, other = practise(session, austria), practise(session, belgium)
    assert one.cycle_id == other.cycle_id and one.id != other.id
    assert practise(session, austria) is one  # begun once
    assert [one.event for one in entries(session)].count("practice:started") == 2
    assert session.scalar(select(func.count()).select_from(Cycle).where(Cycle.kind == CycleKind.PRACTICE)) == 1


def test_it_is_none_of_the_rounds_of_the_line_and_nobody_is_written_to(session: Session) -> None:
    line = building.a_line(session)
    practice = practise(session, line)
    answer(session, practice)
    assert rounds.rounds_of(session, line) == () and assessments.of_line(session, line.id) == []
    assert assessments.current_of_line(session, line.id) is None
    for day in (date(2026, 3, 3), date(2099, 12, 30), date(2099, 12, 31)):
        assert reminders.remind(session, at=AT, today=day) == 0
    assert session.scalars(select(Letter).where(Letter.kind != "invitation")).all() == []
    later = AT + timedelta(days=30)
    building.an_open_cycle(session, [line], opens_on=later.date(), at=later)
    real = assessments.current_of_line(session, line.id)
    assert real is not None and real.id != practice.id
    assert assessments.previous_assessment(session, real) is None


def test_nothing_leaves_it_and_nothing_is_kept_for_it(session: Session) -> None:
    practice = practise(session)
    line = session.get_one(ReportingLine, practice.line_id)
    manager, criteria_set = building.a_manager(session, line), building.small_set()
    item = building.a_live_view(session, line, criteria_set)
    doings = (
        lambda: self_assessment.submit(
            session, practice, criteria_set, typed_name="M", agreed=True, actor=manager, at=AT, today=AT.date()
        ),
        lambda: self_assessment.withdraw(session, practice, reason="Enough.", actor=manager, at=AT),
        lambda: self_assessment.attach(session, practice, criteria_set, "GOV-01", item, actor=manager, at=AT),
        lambda: cycles.ask_time(session, practice, until=date(2100, 1, 1), reason="More.", actor=manager, at=AT),
        lambda: cycles.give_time(session, practice, due_on=date(2100, 1, 1), reason="More.", actor=manager, at=AT),
    )
    for do in doings:
        with pytest.raises(WrongState, match="practice and counts nowhere"):
            do()


def test_starting_over_empties_it_and_leaving_takes_it_away(session: Session) -> None:
    practice = practise(session)
    line = session.get_one(ReportingLine, practice.line_id)
    manager = building.a_manager(session, line)
    answer(session, practice)
    cycles.empty_practice(session, practice, actor=manager, at=AT)
    assert assessments.answers_of(session, practice.id) == {}
    answer(session, practice)
    cycles.leave_practice(session, practice, actor=manager, at=AT)
    for table in (SelfAssessment, AnswerRow, AnswerHistory):
        assert session.scalar(select(func.count()).select_from(table)) == 0
    events = [one.event for one in entries(session)]
    assert events[-3:] == ["practice:started", "practice:emptied", "practice:left"]
    assert practise(session, line).id  # and it can begin anew


def test_what_counts_is_never_emptied(session: Session) -> None:
    assessment = building.an_assessment(session)
    building.fill(session, assessment)
    manager = building.a_manager(session, assessment.line)
    for do in (cycles.empty_practice, cycles.leave_practice):
        with pytest.raises(WrongState, match="it counts"):
            do(session, assessment, actor=manager, at=AT)
    assert assessments.answers_of(session, assessment.id)


def test_another_set_takes_the_place_of_the_practice_before(database: Sessions) -> None:
    from dataclasses import replace

    with database.writing() as session:
        first = practise(session)
        line = session.get_one(ReportingLine, first.line_id)
        newer = replace(building.small_set(), version="9.9.9")
        actor = building.a_manager(session, line)
        second = cycles.start_practice(session, line, newer, source="…", actor=actor, at=AT)
        assert second.cycle_id != first.cycle_id
    with database.reading() as session:
        found = practice_of(session, line.id)
        assert found is not None and found.id == second.id
        assert session.scalar(select(func.count()).select_from(SelfAssessment)) == 1


def test_a_coordinator_cannot_open_practice(session: Session) -> None:
    with pytest.raises(ValueError):
        building.an_open_cycle(session, kind=CycleKind.PRACTICE)
