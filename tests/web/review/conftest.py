"""A self-assessment under review by two people, and their browsers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from audit.persistence.sessions import Sessions
from audit.persistence.tables import Person, Review
from tests.building import a_coordinator, a_manager
from tests.reviewing import in_review
from tests.web.strict import StrictVisitor


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Two reviews of one line; A and B know each other by letter only."""

    line: str
    assessment: str
    a: str  # public ids of the reviews
    b: str
    first: Person
    second: Person
    manager: Person
    coordinator: Person

    def at(self, letter: str = "a") -> str:
        return f"/reviews/{getattr(self, letter)}"


def ask(desk: Sessions, **given: object) -> Asked:
    """A self-assessment that two people are asked to review."""
    with desk.writing() as session:
        assessment, (one, other) = in_review(session, **given)
        return Asked(
            line=assessment.line.public_id,
            assessment=assessment.public_id,
            a=one.public_id,
            b=other.public_id,
            first=one.person,
            second=other.person,
            manager=a_manager(session, assessment.line),
            coordinator=a_coordinator(session),
        )


def own_review(session: Session, public_id: str) -> Review:
    """The review with its person, for tests that judge through the use cases."""
    return session.scalars(select(Review).where(Review.public_id == public_id).options(joinedload(Review.person))).one()


@pytest.fixture
def asked(desk: Sessions) -> Asked:
    return ask(desk)


@pytest.fixture
def first(asked: Asked, signed_in: Callable[[Person], StrictVisitor]) -> StrictVisitor:
    return signed_in(asked.first)


@pytest.fixture
def second(asked: Asked, signed_in: Callable[[Person], StrictVisitor]) -> StrictVisitor:
    return signed_in(asked.second)
