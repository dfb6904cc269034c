"""Every page of the line's side, for those who may see it and those who may not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from audit.persistence.sessions import Sessions
from audit.persistence.tables import Person
from tests.building import a_manager, a_submitted_assessment, an_assessment
from tests.web.conftest import saved
from tests.web.strict import StrictVisitor

SignIn = Callable[[Person], StrictVisitor]
PAGES = ("", "/evidence", "/people")
ROUND_PAGES = ("", "/missing", "/submit", "/withdraw", "/GOV", "/HND", "/ACC")


def _draft(session: Session) -> tuple[Person, str, str]:
    assessment = an_assessment(session)
    return a_manager(session, assessment.line), assessment.line.public_id, assessment.public_id


def _submitted(session: Session) -> tuple[Person, str, str]:
    assessment = a_submitted_assessment(session)
    return a_manager(session, assessment.line), assessment.line.public_id, assessment.public_id


@pytest.mark.parametrize("build", [_draft, _submitted])
@pytest.mark.parametrize("language", ["en", "ar-XB"])
def test_a_manager_sees_every_page(desk: Sessions, signed_in: SignIn, build: Callable, language: str) -> None:
    manager, line, assessment = saved(desk, build)
    visitor = signed_in(manager)
    for page in PAGES:
        assert visitor.get(f"/lines/{line}{page}?lang={language}").status_code == 200
    for page in ROUND_PAGES:
        assert visitor.get(f"/lines/{line}/assessments/{assessment}{page}").status_code == 200, page
