"""Answers of a spreadsheet become ordinary versions; what somebody saved meanwhile stays; copies give way."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.domain.answer_sheet import FilledAnswer, FilledSheet
from audit.domain.answers import Answer, AnswerOrigin
from audit.domain.errors import InvalidInput, WrongState
from audit.persistence.queries import answer_sheets, assessments
from audit.persistence.tables import Document, JournalEntry
from audit.usecases import self_assessment
from audit.usecases.self_assessment import Wanted
from tests.building import (
    AT,
    a_line,
    a_manager,
    an_answer,
    an_assessment,
    an_open_cycle,
    fill,
    later,
    small_set,
    submit,
)


def wanted(criterion: str, words: str, *, version: int) -> Wanted:
    answer = replace(an_answer(small_set(), criterion, level=1), justification=words)
    return Wanted(criterion=criterion, answer=answer, version=version)


def test_each_answer_is_a_version_of_its_own_and_the_journal_names_them(session: Session) -> None:
    assessment = an_assessment(session)
    manager = a_manager(session, assessment.line)
    fill(session, assessment, level=1)
    chosen = [wanted("GOV-01", "Of the file.", version=1), wanted("HND-01", "Of the file too.", version=1)]
    done = self_assessment.take_over(session, assessment, small_set(), chosen, actor=manager, at=AT)
    assert done.stored == ("GOV-01", "HND-01") and not done.contested and not done.refused
    first, second = assessments.history(session, assessment.id, "GOV-01")
    assert (first.version, first.origin, first.value.justification) == (2, AnswerOrigin.IMPORTED, "Of the file.")
    assert second.origin is AnswerOrigin.TYPED
    entry = session.scalars(select(JournalEntry).order_by(JournalEntry.number.desc())).first()
    assert entry is not None and entry.event == "answers:imported" and "HND-01" in entry.payload


def test_what_changed_meanwhile_and_what_cannot_be_stored_hold_nothing_else_up(session: Session) -> None:
    assessment = an_assessment(session)
    manager = a_manager(session, assessment.line)
    fill(session, assessment, level=1)
    chosen = [
        wanted("GOV-01", "Shown over nothing.", version=0),
        wanted("HND-01", "x" * 6001, version=1),
        wanted("ACC-01", "Of the file.", version=1),
    ]
    done = self_assessment.take_over(session, assessment, small_set(), chosen, actor=manager, at=AT)
    assert (done.stored, done.contested) == (("ACC-01",), ("GOV-01",))
    assert [name for name, _ in done.refused] == ["HND-01"]
    assert assessments.answer_to(session, assessment.id, "GOV-01").value.justification == "This is how we meet GOV-01."


def test_nothing_chosen_and_nothing_to_change_any_more_are_refused(session: Session) -> None:
    assessment = an_assessment(session)
    manager = a_manager(session, assessment.line)
    with pytest.raises(InvalidInput):
        self_assessment.take_over(session, assessment, small_set(), [], actor=manager, at=AT)
    fill(session, assessment)
    submit(session, assessment)
    with pytest.raises(WrongState):
        chosen = [wanted("GOV-01", "Too late.", version=1)]
        self_assessment.take_over(session, assessment, small_set(), chosen, actor=manager, at=AT)


def a_row(criterion: str, words: str, version: int | None) -> FilledAnswer:
    answer = replace(an_answer(small_set(), criterion, level=1), justification=words)
    return FilledAnswer(criterion=criterion, answer=answer, version=version)


def test_a_file_is_compared_with_the_version_it_was_made_from(session: Session) -> None:
    assessment = an_assessment(session)
    manager = a_manager(session, assessment.line)
    fill(session, assessment, level=1)
    newer = wanted("HND-01", "Newer here.", version=1)
    self_assessment.take_over(session, assessment, small_set(), [newer], actor=manager, at=AT)
    rows = (
        a_row("GOV-01", "Changed in the file.", 1),
        a_row("HND-01", "This is how we meet HND-01.", 1),  # as it was when the sheet was made
        a_row("ACC-01", "Made from a version nobody has.", 7),
    )
    digest = assessment.cycle.criteria_set_hash
    filled = FilledSheet(assessment=assessment.public_id, criteria_set=digest, answers=rows)
    found, notes = answer_sheets.compared(session, assessment, filled, today=AT.date())
    assert {one.criterion: one.kind.value for one in found.changes} == {"GOV-01": "theirs", "ACC-01": "both"}
    assert found.newer_here == ("HND-01",) and notes == ()


def test_a_file_of_an_earlier_cycle_is_offered_without_ticks_and_one_of_another_line_refused(session: Session) -> None:
    line = a_line(session)
    elsewhere = a_line(session, "Sample line Belgium", "BE")
    an_open_cycle(session, [line, elsewhere])
    before, other = an_assessment(session, line), an_assessment(session, elsewhere)
    an_open_cycle(session, [line], name="2027", at=later(AT, days=300), opens_on=later(AT, days=300).date())
    now = an_assessment(session, line)
    assert now.id != before.id
    rows = (a_row("GOV-01", "From last year.", 1),)
    filled = FilledSheet(assessment=before.public_id, criteria_set="0" * 64, answers=rows)
    found, notes = answer_sheets.compared(session, now, filled, today=AT.date())
    assert [(one.criterion, one.wanted) for one in found.changes] == [("GOV-01", False)]
    assert notes == (answer_sheets.EARLIER_FILE, answer_sheets.OTHER_SET)
    for stranger in (other.public_id, "nowhere"):
        with pytest.raises(InvalidInput, match="another self-assessment"):
            answer_sheets.compared(session, now, replace(filled, assessment=stranger), today=AT.date())


def test_a_later_copy_takes_the_place_of_the_one_before(session: Session) -> None:
    assessment = an_assessment(session)
    manager = a_manager(session, assessment.line)

    def ordered(days: int) -> Document:
        at = later(AT, days=days)
        facts = answer_sheets.answer_sheet(session, assessment, language="en", at=at)
        return self_assessment.want_copy(session, assessment, facts, language="en", actor=manager, at=at)

    first = ordered(0)
    assert ordered(1).public_id == first.public_id, "asked twice before it is made, it is one copy"
    first.digest, first.made_at = "0" * 64, AT
    session.flush()
    assert ordered(2).public_id == first.public_id, "the same answers are the same copy"
    self_assessment.record_answer(
        session,
        assessment,
        small_set(),
        "GOV-01",
        an_answer(small_set(), "GOV-01", level=1),
        expected_version=0,
        actor=manager,
        at=AT,
    )
    second = ordered(3)
    assert second.digest is None and second.public_id != first.public_id
    assert len(list(session.scalars(select(Document)))) == 1


def test_a_sheet_leaves_out_what_does_not_apply_and_a_blank_one_every_answer(session: Session) -> None:
    assessment = an_assessment(session)
    fill(session, assessment, level=1)
    full = answer_sheets.answer_sheet(session, assessment, language="en", at=AT)
    asked = [criterion.id for criterion in small_set().applicable(assessment.profile)]
    assert [one.id for one in full.criteria] == asked
    blank = answer_sheets.answer_sheet(session, assessment, language="en", at=AT, blank=True)
    assert all(one.version == 0 and not one.justification and not one.evidence for one in blank.criteria)
    assert Answer().status is blank.criteria[0].status
