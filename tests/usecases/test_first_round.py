"""A first round asks the core criteria, once, and ends in a letter; what follows builds on it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.domain.criteria import FIRST_ROUND_LEVEL
from audit.domain.errors import InvalidInput
from audit.domain.findings import Grade
from audit.domain.first_round import first_round
from audit.persistence import criteria_sets
from audit.persistence.journal import entries
from audit.persistence.queries import assessments, method, rounds
from audit.persistence.tables import Certificate, CycleKind, Document, Letter, SelfAssessment
from audit.usecases import cycles, self_assessment
from tests import building, reviewing
from tests.building import AT
from tests.translating import a_translation

CORE = [criterion.id for criterion in building.small_set().criteria if criterion.core]


def a_first_round(session: Session, *lines: object, **more: object):
    return building.an_open_cycle(session, list(lines), name="First round", kind=CycleKind.FIRST_ROUND, **more)


def letters_of(session: Session, kind: str) -> list[Letter]:
    return list(session.scalars(select(Letter).where(Letter.kind == kind)))


def test_the_core_criteria_are_frozen_with_their_translations(session: Session) -> None:
    whole = building.small_set()
    cycle = a_first_round(session, translations=[a_translation(whole)])
    asked = criteria_sets.frozen(session, cycle.criteria_set_hash)
    assert [criterion.id for criterion in asked.criteria] == CORE
    french = criteria_sets.in_language(session, cycle.criteria_set_hash, "fr")
    assert french.criteria[0].asks == f"fr: {asked.criteria[0].asks}"
    assert french.levels[0].title == f"fr: {asked.levels[0].title}"


def test_met_it_ends_in_a_letter_of_twelve_months_and_in_no_certificate(session: Session) -> None:
    line = building.a_line(session)
    cycle = a_first_round(session, line)
    decision = reviewing.a_decision(session, line)
    assert decision.level == FIRST_ROUND_LEVEL
    assert session.scalars(select(Certificate)).all() == []
    (letter,) = letters_of(session, "first_round_letter")
    assert letter.parameters["valid_until"] == "2027-03-01"
    assert rounds.letter_of(session, rounds.rounds_of(session, line)) == date(2027, 3, 1)
    assert [one.event for one in entries(session)][-2:] == ["decision:taken", "first_round:met"]
    assert len(session.scalars(select(Document)).all()) == 1  # the result sheet
    cycles.close_cycle(session, cycle, actor=building.a_coordinator(session), at=AT)
    assert method.used_sets(session) == ()  # a part of a set is no set of its own for the public


def test_not_met_there_is_no_letter(session: Session) -> None:
    line = building.a_line(session)
    a_first_round(session, line)
    decision = reviewing.a_decision(session, line, grades={CORE[0]: Grade.MAJOR})
    assert decision.level == "not_certified"
    assert letters_of(session, "first_round_letter") == [] and len(letters_of(session, "decided")) == 1
    assert rounds.letter_of(session, rounds.rounds_of(session, line)) is None


def test_no_line_has_it_twice_or_after_a_certificate(session: Session) -> None:
    austria, belgium, finland = (
        building.a_line(session, f"Sample line {name}", code)
        for name, code in (("Austria", "AT"), ("Belgium", "BE"), ("Denmark", "DK"))
    )
    a_first_round(session, austria)
    reviewing.a_decision(session, austria)
    building.an_open_cycle(session, [belgium])
    reviewing.a_decision(session, belgium)
    with pytest.raises(InvalidInput) as refused:
        building.an_open_cycle(session, [austria, belgium, finland], name="Again", kind=CycleKind.FIRST_ROUND)
    told = [refused.value, *refused.value.problems]
    assert [str(one) for one in told] == [
        "Sample line Austria had its first round already; a full cycle comes next.",
        "Sample line Belgium holds or held a certificate, so a first round is behind it.",
    ]
    assert {one.field for one in told} == {"lines"}


def test_a_line_that_withdrew_may_have_it_after_all(session: Session) -> None:
    line = building.a_line(session)
    a_first_round(session, line)
    assessment = building.an_assessment(session, line)
    manager = building.a_manager(session, line)
    self_assessment.withdraw(session, assessment, reason="Nobody is here.", actor=manager, at=AT)
    building.an_open_cycle(session, [line], name="Again", kind=CycleKind.FIRST_ROUND)


def test_the_full_cycle_after_it_finds_it_as_the_last_one(session: Session) -> None:
    line = building.a_line(session)
    a_first_round(session, line)
    reviewing.a_decision(session, line)
    later = AT + timedelta(days=400)
    building.an_open_cycle(session, [line], name="2027", opens_on=later.date(), at=later)
    assessment = assessments.current_of_line(session, line.id)
    before = assessments.previous(session, assessment)
    assert list(before) == CORE and before[CORE[0]].cycle == "First round"
    assert before[CORE[0]].grade is Grade.CONFORMS


def test_a_set_without_a_first_round_opens_none(session: Session) -> None:
    with pytest.raises(InvalidInput, match="knows no first round"):
        a_first_round(session, criteria_set=first_round(building.small_set()))
    assert session.scalars(select(SelfAssessment)).all() == []
