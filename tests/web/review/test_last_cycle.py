"""What a reviewer sees of the last cycle: what was said and confirmed then, what changed, and what was only copied."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from audit.persistence.sessions import Sessions
from audit.persistence.tables import SelfAssessment
from audit.usecases import self_assessment
from tests.building import a_line, a_manager, an_open_cycle, later, small_set
from tests.reviewing import in_review
from tests.web.course import a_decision
from tests.web.strict import StrictVisitor


@pytest.fixture
def reviewer(desk: Sessions, clock: Any, signed_in: Callable[..., StrictVisitor]) -> tuple[StrictVisitor, str]:
    """A reviewer of 2027: the line stood at level 2 in 2026, claims the top now, and copied one answer."""
    at = later(clock(), days=200)
    with desk.writing() as session:
        line = a_line(session)
        a_decision(session, line, level=2)
        an_open_cycle(session, [line], name="2027", opens_on=at.date(), at=at)
        new = session.scalars(select(SelfAssessment).order_by(SelfAssessment.id.desc())).first()
        assert new is not None
        self_assessment.still_true(
            session, new, small_set(), "HND-02", expected_version=0, actor=a_manager(session, line), at=at
        )
        _, (one, _other) = in_review(session, line, at=at, levels={"HND-02": 2})
        person, place = one.person, f"/reviews/{one.public_id}"
    clock.step(days=200)
    return signed_in(person), place


def test_a_reviewer_sees_what_changed_since(reviewer: tuple[StrictVisitor, str]) -> None:
    visitor, place = reviewer
    page = " ".join(visitor.get(f"{place}/GOV-01").text.split())
    assert "What changed since 2026" in page and "The level went up:" in page
    assert "In 2026" in page and "Confirmed:" in page and "Evidence of then: 1 item" in page
    assert "Copied from the last cycle" not in page


def test_a_copied_answer_is_marked_with_who_and_when(reviewer: tuple[StrictVisitor, str]) -> None:
    visitor, place = reviewer
    page = visitor.get(f"{place}/HND-02").text
    assert "Copied from the last cycle by Manager Sample line Austria on" in page and "not changed since." in page
    assert "The level went" not in page


def test_the_queue_can_show_only_what_changed(reviewer: tuple[StrictVisitor, str]) -> None:
    visitor, place = reviewer
    page = visitor.get(f"{place}/GOV-01?show=changed").text
    assert "Changed since last cycle (7)" in page, "every answer rests on other evidence now"


def test_the_workspace_costs_the_same_with_a_last_cycle_for_every_criterion(
    reviewer: tuple[StrictVisitor, str], counted: Callable[[], Any]
) -> None:
    visitor, place = reviewer
    visitor.get(f"{place}/GOV-01")
    costs = set()
    for name in ("GOV-01", "HND-02", "ACC-01"):
        with counted() as statements:
            visitor.get(f"{place}/{name}")
        costs.add(len(statements))
    assert len(costs) == 1 and max(costs) <= 26, costs
