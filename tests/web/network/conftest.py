"""The browser of a coordinator, and what its pages are asked for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from audit.persistence.queries import assessments
from audit.persistence.sessions import Sessions
from audit.persistence.tables import Person, SelfAssessment
from audit.usecases import self_assessment
from tests.building import (
    AT,
    a_coordinator,
    a_line,
    a_manager,
    a_submitted_assessment,
    an_assessment,
    an_open_cycle,
)
from tests.web.conftest import saved
from tests.web.course import judge_all, two_reviews
from tests.web.strict import StrictVisitor


@pytest.fixture
def coordinator(desk: Sessions, signed_in: Callable[[Person], StrictVisitor]) -> StrictVisitor:
    return signed_in(saved(desk, a_coordinator))


def a_round(session: Session) -> dict[str, str]:
    """Four lines of one cycle in a draft, submitted, under review and waiting for the decision: their public ids."""
    lines = [
        a_line(session, f"Sample line {name}", country)
        for name, country in (("Austria", "AT"), ("Belgium", "BE"), ("Denmark", "DK"), ("Estonia", "EE"))
    ]
    an_open_cycle(session, lines)
    draft = an_assessment(session, lines[0])
    submitted = a_submitted_assessment(session, lines[1])
    reviewed = a_submitted_assessment(session, lines[2])
    first, _second = two_reviews(session, reviewed)
    judge_all(session, first, reviewed)
    return {
        "draft": draft.public_id,
        "submitted": submitted.public_id,
        "in_review": reviewed.public_id,
        "awaiting_decision": to_decide(session, lines[3]).public_id,
    }


def to_decide(session: Session, line: object = None, *, level: int = 3) -> SelfAssessment:
    """A self-assessment that waits for its decision."""
    line = line or a_line(session)
    found = an_assessment(session, line)  # type: ignore[arg-type]
    a_submitted_assessment(session, line, level=level)  # type: ignore[arg-type]
    for own in two_reviews(session, found):
        judge_all(session, own, found)
    session.refresh(found)
    self_assessment.confirm_facts(
        session,
        found,
        remark="",
        actor=a_manager(session, line),
        at=AT,  # type: ignore[arg-type]
    )
    again = assessments.for_page(session, found.public_id)
    assert again is not None
    return again
