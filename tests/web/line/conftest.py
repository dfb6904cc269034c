"""A line with a draft self-assessment, and browsers of its people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from audit.domain.permissions import Role
from audit.persistence.sessions import Sessions
from audit.persistence.tables import Person
from tests.building import a_line, a_manager, a_person, an_assessment
from tests.web.strict import StrictVisitor


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A line in a cycle, before anything is answered."""

    line: str
    assessment: str
    manager: Person
    contributor: Person
    stranger: Person  # the manager of another line in the same cycle

    @property
    def home(self) -> str:
        return f"/lines/{self.line}"

    @property
    def round(self) -> str:
        return f"/lines/{self.line}/assessments/{self.assessment}"

    def criterion(self, name: str) -> str:
        return f"{self.round}/criteria/{name}"


@pytest.fixture
def draft(desk: Sessions) -> Draft:
    with desk.writing() as session:
        assessment = an_assessment(session)
        line = assessment.line
        other = a_line(session, "Sample line Belgium", "BE")
        return Draft(
            line=line.public_id,
            assessment=assessment.public_id,
            manager=a_manager(session, line),
            contributor=a_person(session, "Contributor Austria", Role.CONTRIBUTOR, line=line),
            stranger=a_manager(session, other),
        )


@pytest.fixture
def manager(draft: Draft, signed_in: Callable[[Person], StrictVisitor]) -> StrictVisitor:
    return signed_in(draft.manager)


@pytest.fixture
def contributor(draft: Draft, signed_in: Callable[[Person], StrictVisitor]) -> StrictVisitor:
    return signed_in(draft.contributor)
