"""The profile of a line: drafts follow it, what was submitted keeps the one it was opened with."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.domain.errors import InvalidInput, WrongState
from audit.domain.profile import profile_text
from audit.persistence.queries import assessments
from audit.persistence.tables import JournalEntry, ReportingLine, SelfAssessment
from audit.usecases import lines
from tests.building import AT, a_manager, an_assessment, fill, small_set, submit

PHONE_ONLY = {"model": ["filter"], "channels": ["phone"]}


def _change(session: Session, assessment: SelfAssessment, stated: dict[str, list[str]], seen: str | None = None):
    line = session.get_one(ReportingLine, assessment.line_id)
    return lines.change_profile(
        session,
        line,
        small_set().profile,
        stated,
        seen=profile_text(line.profile) if seen is None else seen,
        actor=a_manager(session, line),
        at=AT,
    )


def test_a_draft_follows_and_its_answers_are_kept(session: Session) -> None:
    assessment = an_assessment(session)
    fill(session, assessment)
    before = set(assessments.answers_of(session, assessment.id))
    assert _change(session, assessment, PHONE_ONLY) == ("channels",)
    session.flush()
    session.refresh(assessment, ["profile"])
    asked = {one.id for one in small_set().applicable(assessment.profile)}
    assert "ACC-02" in before - asked and set(assessments.answers_of(session, assessment.id)) == before
    entry = session.scalars(select(JournalEntry).order_by(JournalEntry.number.desc())).first()
    assert entry is not None and entry.event == "line:changed" and '"facts":["channels"]' in entry.payload
    assert submit(session, assessment).snapshot.count("ACC-02") == 0, "what is not asked is not signed"


def test_what_was_submitted_keeps_its_profile(session: Session) -> None:
    assessment = an_assessment(session)
    fill(session, assessment)
    submit(session, assessment)
    frozen = dict(assessment.profile)
    assert _change(session, assessment, PHONE_ONLY) == ("channels",)
    session.flush()
    session.refresh(assessment, ["profile"])
    assert assessment.profile == frozen
    assert session.get_one(ReportingLine, assessment.line_id).profile["channels"] == ["phone"]


def test_the_same_facts_change_nothing(session: Session) -> None:
    assessment = an_assessment(session)
    entries = len(session.scalars(select(JournalEntry.number)).all())
    assert _change(session, assessment, {"model": ["filter"], "channels": ["form", "phone"]}) == ()
    assert len(session.scalars(select(JournalEntry.number)).all()) == entries


def test_who_looked_at_an_older_profile_looks_again(session: Session) -> None:
    assessment = an_assessment(session)
    seen = profile_text(session.get_one(ReportingLine, assessment.line_id).profile)
    _change(session, assessment, PHONE_ONLY)
    with pytest.raises(WrongState):
        _change(session, assessment, {"model": ["direct"], "channels": ["form"]}, seen=seen)


def test_an_unknown_option_is_refused(session: Session) -> None:
    with pytest.raises(InvalidInput):
        _change(session, an_assessment(session), {"model": ["fax"]})
