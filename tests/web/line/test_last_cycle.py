"""Last cycle beside this one: what was said and confirmed, what changed since, and how the questions changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import select

from audit.domain.criteria import CriteriaSet
from audit.persistence.sessions import Sessions
from audit.persistence.tables import SelfAssessment
from audit.usecases import self_assessment
from tests.building import a_line, a_manager, an_answer, an_open_cycle, later, small_set
from tests.web.course import a_decision
from tests.web.strict import StrictVisitor

REWORDED = "The line has a mandate that its board approved."


def next_set() -> CriteriaSet:
    """The small set a year later: one criterion reworded, one a stopper now, one dropped, one new."""
    old = small_set()
    mandate = replace(old.criterion("GOV-01"), asks=REWORDED)
    triage = replace(old.criterion("HND-03"), stopper=True)
    report = replace(old.criterion("GOV-02"), id="GOV-03", title="A yearly talk")
    changed = {"GOV-01": mandate, "HND-03": triage, "GOV-02": report}
    return replace(old, version="0.3.0", criteria=tuple(changed.get(one.id, one) for one in old.criteria))


@dataclass(frozen=True, slots=True, kw_only=True)
class Years:
    """A line that was decided in 2026 and is asked again in 2027."""

    place: str
    manager: Any
    line: str


@pytest.fixture
def years(desk: Sessions, clock: Any) -> Years:
    at = later(clock(), days=200)
    with desk.writing() as session:
        line = a_line(session)
        a_decision(session, line, level=2)
        an_open_cycle(session, [line], name="2027", criteria_set=next_set(), source="2027", opens_on=at.date(), at=at)
        new = session.scalars(select(SelfAssessment).order_by(SelfAssessment.id.desc())).first()
        assert new is not None
        found = Years(
            place=f"/lines/{line.public_id}/assessments/{new.public_id}",
            manager=a_manager(session, line),
            line=line.public_id,
        )
    clock.step(days=200)
    return found


@pytest.fixture
def manager(years: Years, signed_in: Callable[..., StrictVisitor]) -> StrictVisitor:
    return signed_in(years.manager)


def read(page: str) -> str:
    """The words of a page without their marks."""
    return " ".join(re.sub(r"<[^>]+>", "", page).split())


def answered(desk: Sessions, clock: Any, name: str, *, level: int, words: str | None = None) -> None:
    with desk.writing() as session:
        assessment = session.scalars(select(SelfAssessment).order_by(SelfAssessment.id.desc())).first()
        answer = an_answer(next_set(), name, level=level)
        if words is not None:
            answer = replace(answer, justification=words)
        self_assessment.record_answer(
            session,
            assessment,
            next_set(),
            name,
            answer,
            expected_version=0,
            actor=a_manager(session, a_line(session)),
            at=clock(),
        )


def test_an_empty_answer_has_last_cycles_beside_it_and_counts_as_nothing(years: Years, manager: StrictVisitor) -> None:
    page = manager.get(f"{years.place}/HND").text
    assert "Your answer in 2026" in page and "This is how we meet HND-02." in page
    assert "Confirmed:" in page and "Conforms" in page and "Evidence of then: 1 item" in page
    assert "What changed since" not in page, "nothing is answered yet"
    assert "0 of 4 answered" in page or "0 of 3 answered" in page


def test_what_changed_since_is_told_with_level_words_and_evidence(
    desk: Sessions, years: Years, manager: StrictVisitor, clock: Any
) -> None:
    answered(desk, clock, "HND-02", level=3, words="This is how we meet HND-02 by night.")
    page = manager.get(f"{years.place}/HND").text
    assert "What changed since 2026" in page and "The level went up:" in page
    assert '<ins><span class="vh">(added:) </span>' in page and "by night." in page
    assert "Evidence no longer offered: <bdi>Seen in a call</bdi>" in " ".join(page.split())


def test_a_copied_answer_says_so(years: Years, manager: StrictVisitor) -> None:
    manager.send(f"{years.place}/criteria/HND-02/still-true", {"version": "0"})
    page = manager.get(f"{years.place}/HND").text
    assert "Copied from the last cycle by" in page and "not changed since." in page
    assert "The level went" not in page


def test_a_reworded_criterion_shows_both_texts_and_a_new_one_says_so(years: Years, manager: StrictVisitor) -> None:
    page = manager.get(f"{years.place}/GOV").text
    assert "This criterion is worded or counted otherwise than in 2026" in page
    assert "tasks and its limits." in read(page) and "board approved." in read(page)
    assert "New in this version" in page
    assert "It is a stopper now." in manager.get(f"{years.place}/HND").text


def test_the_summary_lists_changed_new_and_dropped(
    desk: Sessions, years: Years, manager: StrictVisitor, clock: Any
) -> None:
    page = manager.get(f"{years.place}/submit").text
    assert "Nothing is answered yet. Last cycle’s answers stand beside each empty one" in page
    answered(desk, clock, "HND-02", level=1)
    manager.send(f"{years.place}/criteria/GOV-01/still-true", {"version": "0"})
    page = " ".join(manager.get(f"{years.place}/submit").text.split())
    assert "One answer changed. One level is lower. At one criterion only the evidence changed." in page
    assert "No longer asked" in page and "A yearly report" in page and "A yearly talk" in page
    assert "It is a stopper now." in page and "board approved." in read(page)


def test_a_first_cycle_speaks_of_no_other(desk: Sessions, clock: Any, signed_in: Callable[..., StrictVisitor]) -> None:
    with desk.writing() as session:
        line = a_line(session)
        an_open_cycle(session, [line])
        assessment = session.scalars(select(SelfAssessment)).one()
        place, manager = f"/lines/{line.public_id}/assessments/{assessment.public_id}", a_manager(session, line)
    visitor = signed_in(manager)
    for page in ("GOV", "submit"):
        text = visitor.get(f"{place}/{page}").text
        assert "What changed since" not in text and "New in this version" not in text and "worded or" not in text


def test_the_pages_cost_the_same_whatever_changed(
    desk: Sessions, years: Years, manager: StrictVisitor, clock: Any, counted: Callable[[], Any]
) -> None:
    def cost(page: str) -> int:
        with counted() as statements:
            manager.get(f"{years.place}/{page}")
        return len(statements)

    cost("HND")
    before = [cost("HND"), cost("submit")]
    for name in ("GOV-01", "HND-02", "HND-03"):
        answered(desk, clock, name, level=1)
    assert [cost("HND"), cost("submit")] == before
    assert max(before) <= 26, before
