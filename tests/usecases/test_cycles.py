"""Lines and cycles: opening freezes, closing names who is left."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit.domain.criteria_text import content_hash
from audit.domain.errors import InvalidInput, Missing, WrongState
from audit.domain.workflow import State
from audit.persistence import criteria_sets
from audit.persistence.queries import assessments, lines
from audit.persistence.tables import Cycle, CycleKind, Document, FrozenCriteriaSet, Letter, SelfAssessment
from audit.usecases import cycles, self_assessment
from tests.building import (
    AT,
    a_coordinator,
    a_line,
    a_manager,
    a_submitted_assessment,
    an_assessment,
    an_open_cycle,
    small_set,
    small_source,
)

LINE = {
    "name": "Sample line Chile", "country": "cl", "operator": "Operator", "operator_address": "Street",
    "scope": "Reports", "channels": "Web form", "web_address": "https://line.example",
    "profile": {"model": "direct", "channels": ("phone", "form")}, "at": AT,
}  # fmt: skip


def test_a_line_is_stored_clean(session: Session) -> None:
    line = cycles.create_line(session, **{**LINE, "name": "  Sample \n line Chile "}, actor=a_coordinator(session))
    assert (line.name, line.country, line.profile["channels"]) == ("Sample line Chile", "CL", ["form", "phone"])
    assert lines.by_public_id(session, line.public_id) is line


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "x" * 161), ("scope", "x" * 241), ("country", "C"), ("country", "1A"),
        ("operator", " "), ("web_address", "javascript:alert(1)"), ("web_address", "https://"),
        ("profile", {"model": 3}),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_at_its_field(session: Session, field: str, value: object) -> None:
    with pytest.raises(InvalidInput) as refusal:
        cycles.create_line(session, **{**LINE, field: value}, actor=a_coordinator(session))
    assert refusal.value.field == field


def test_the_longest_name_and_scope_fit(session: Session) -> None:
    given = {**LINE, "name": "x" * 160, "scope": "y" * 240}
    assert cycles.create_line(session, **given, actor=a_coordinator(session)).id
    with pytest.raises(InvalidInput) as refusal:
        cycles.create_line(session, **given, actor=a_coordinator(session))
    assert refusal.value.field == "name"


def test_all_problems_come_at_once(session: Session) -> None:
    with pytest.raises(InvalidInput) as refusal:
        cycles.create_line(session, **{**LINE, "name": "", "scope": "", "country": "9"}, actor=a_coordinator(session))
    fields = {refusal.value.field, *(problem.field for problem in refusal.value.problems)}
    assert fields == {"name", "scope", "country"}


def test_opening_freezes_set_and_profile_and_writes_to_managers(session: Session) -> None:
    austria, belgium = a_line(session), a_line(session, "Sample line Belgium", "BE", profile={"model": "direct"})
    cycle = an_open_cycle(session, [austria, belgium])
    assert cycle.criteria_set_hash == content_hash(small_set())
    assert criteria_sets.frozen(session, cycle.criteria_set_hash) == small_set()
    assert session.scalar(select(FrozenCriteriaSet.source)) == small_source()
    found = assessments.of_line_in_cycle(session, belgium.id, cycle.id)
    assert (found.state, found.profile, found.due_on) == (State.DRAFT, {"model": "direct"}, cycle.submit_by)
    cycles.change_line(
        session, belgium, **{**LINE, "name": belgium.name, "profile": {"model": "filter"}}, actor=a_coordinator(session)
    )
    session.flush()
    assert found.profile == {"model": "direct"}
    assert session.scalar(select(func.count(Letter.id)).where(Letter.kind == "cycle_opened")) == 2


def test_a_set_is_frozen_once_and_an_unknown_one_is_missing(session: Session) -> None:
    first = criteria_sets.freeze(session, small_set(), small_source(), AT)
    assert criteria_sets.freeze(session, small_set(), "other text", AT) == first
    assert session.scalar(select(func.count()).select_from(FrozenCriteriaSet)) == 1
    with pytest.raises(Missing):
        criteria_sets.frozen(session, "0" * 64)


def test_a_cycle_that_makes_no_sense_is_refused(session: Session) -> None:
    line, actor = a_line(session), a_coordinator(session)
    day = date(2026, 3, 2)
    given = {
        "name": "2026", "kind": CycleKind.FULL, "criteria_set": small_set(), "source": "", "lines": [line],
        "opens_on": day, "submit_by": day, "review_by": day, "decide_by": day, "actor": actor, "at": AT,
    }  # fmt: skip
    for field, value in (
        ("name", ""), ("name", "x" * 81), ("lines", []), ("submit_by", date(2026, 1, 1)),
        ("review_by", date(2026, 1, 1)), ("decide_by", date(2026, 1, 1)), ("reviewers", 3), ("validity_months", 0),
    ):  # fmt: skip
        with pytest.raises(InvalidInput):
            cycles.open_cycle(session, **{**given, field: value})
    assert session.scalar(select(func.count(Cycle.id))) == 0
    cycles.open_cycle(session, **given)
    with pytest.raises(InvalidInput):
        cycles.open_cycle(session, **given)


def test_a_cycle_closes_when_nobody_is_left_and_asks_for_its_report(session: Session) -> None:
    austria, belgium = a_line(session), a_line(session, "Sample line Belgium", "BE")
    cycle = an_open_cycle(session, [austria, belgium])
    actor = a_coordinator(session)
    with pytest.raises(WrongState) as refusal:
        cycles.close_cycle(session, cycle, actor=actor, at=AT)
    assert "Sample line Austria; Sample line Belgium" in str(refusal.value)
    for assessment in session.scalars(select(SelfAssessment)).all():
        self_assessment.withdraw(session, assessment, reason="No funding.", actor=actor, at=AT)
    session.flush()
    cycles.close_cycle(session, cycle, actor=actor, at=AT)
    wanted = session.scalars(select(Document)).one()
    assert (wanted.cycle_id, wanted.digest, wanted.line_id) == (cycle.id, None, None)
    with pytest.raises(WrongState):
        cycles.close_cycle(session, cycle, actor=actor, at=AT)


def test_more_time_moves_the_date_forward_only_and_with_a_reason(session: Session) -> None:
    assessment = an_assessment(session)
    actor = a_coordinator(session)
    later = assessment.due_on + timedelta(days=14)
    for due_on, reason in ((assessment.due_on, "Illness."), (later, " ")):
        with pytest.raises(InvalidInput):
            cycles.give_time(session, assessment, due_on=due_on, reason=reason, actor=actor, at=AT)
    cycles.give_time(session, assessment, due_on=later, reason="Illness.", actor=actor, at=AT)
    assert assessment.due_on == later


def test_managers_of_a_line_are_told_once_each(session: Session) -> None:
    assessment = a_submitted_assessment(session)
    manager = a_manager(session, assessment.line)
    kinds = session.scalars(select(Letter.kind).where(Letter.person_id == manager.id).order_by(Letter.id)).all()
    assert kinds == ["invitation", "cycle_opened", "submission_confirmed"]
