"""Who takes care of what: given once, told once, gone with the person. Notes: theirs alone, taken back at any time."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit.domain.completeness import snapshot_text
from audit.domain.errors import InvalidInput, Missing, NotAllowed, WrongState
from audit.domain.permissions import Role
from audit.persistence.queries import teamwork as queries
from audit.persistence.sessions import Sessions
from audit.persistence.tables import Delegation, Letter, Note, Person, ReportingLine, SelfAssessment, Submission
from audit.usecases import accounts, teamwork
from tests.building import (
    AT,
    a_coordinator,
    a_line,
    a_manager,
    a_person,
    an_assessment,
    appointment_of,
    fill,
    later,
    small_set,
    submit,
)

WORDS = "Could you look at the mandate once more?"


def _team(session: Session) -> tuple[SelfAssessment, Person, Person]:
    assessment = an_assessment(session)
    contributor = a_person(session, "Contributor Austria", Role.CONTRIBUTOR, line=assessment.line)
    return assessment, a_manager(session, assessment.line), contributor


def _share(session: Session, assessment: SelfAssessment, changes: dict[str, str], actor: Person, at=AT):
    return teamwork.share_out(session, assessment, small_set(), changes, actor=actor, at=at)


def _letters(session: Session, kind: str) -> list[Letter]:
    return list(session.scalars(select(Letter).where(Letter.kind == kind).order_by(Letter.id)))


def test_a_share_is_given_and_told_in_one_letter(session: Session) -> None:
    assessment, manager, contributor = _team(session)
    given = {"GOV-01": contributor.public_id, "ACC-01": contributor.public_id, "ACC-02": manager.public_id}
    assert set(_share(session, assessment, given, manager)) == set(given)
    shares = queries.shares_of(session, assessment.id)
    assert {name: one.id for name, one in shares.items()} == {
        "GOV-01": contributor.id, "ACC-01": contributor.id, "ACC-02": manager.id
    }  # fmt: skip
    (letter,) = _letters(session, "delegated")
    assert letter.person_id == contributor.id and letter.parameters["criteria"] == ["GOV-01", "ACC-01"]
    assert _share(session, assessment, given, manager) == (), "the same once more changes nothing"
    assert len(_letters(session, "delegated")) == 1


def test_a_share_is_given_on_and_given_back(session: Session) -> None:
    assessment, manager, contributor = _team(session)
    _share(session, assessment, {"GOV-01": contributor.public_id}, manager)
    _share(session, assessment, {"GOV-01": manager.public_id}, manager, later(AT, hours=1))
    assert queries.criteria_of(session, assessment.id, manager.id) == {"GOV-01"}
    _share(session, assessment, {"GOV-01": ""}, manager, later(AT, hours=2))
    assert queries.shares_of(session, assessment.id) == {}


def test_only_people_of_the_line_and_criteria_that_apply(session: Session) -> None:
    assessment, manager, _ = _team(session)
    stranger = a_manager(session, a_line(session, "Sample line Belgium", "BE"))
    for changes in ({"GOV-01": stranger.public_id}, {"GOV-01": "never-was"}, {"NO-01": manager.public_id}):
        with pytest.raises(InvalidInput) as refused:
            _share(session, assessment, changes, manager)
        assert refused.value.field == next(iter(changes))


def test_what_was_submitted_is_shared_out_no_more(session: Session) -> None:
    assessment, manager, contributor = _team(session)
    fill(session, assessment)
    submit(session, assessment)
    with pytest.raises(WrongState):
        _share(session, assessment, {"GOV-01": contributor.public_id}, manager)


@pytest.mark.parametrize("how", ["appointment", "account"])
def test_who_leaves_loses_their_share_at_once(session: Session, how: str) -> None:
    assessment, manager, contributor = _team(session)
    _share(session, assessment, {"GOV-01": contributor.public_id, "ACC-01": manager.public_id}, manager)
    if how == "account":
        accounts.disable(session, contributor, actor=a_coordinator(session), at=AT)
    else:
        own = appointment_of(session, contributor, Role.CONTRIBUTOR)
        accounts.end_appointment(session, own, actor=a_coordinator(session), at=AT)
    assert set(queries.shares_of(session, assessment.id)) == {"ACC-01"}
    with pytest.raises(InvalidInput):
        _share(session, assessment, {"GOV-01": contributor.public_id}, manager)


def test_who_keeps_another_role_in_the_line_keeps_their_share(session: Session) -> None:
    assessment, manager, contributor = _team(session)
    _share(session, assessment, {"GOV-01": contributor.public_id}, manager)
    accounts.invite(
        session,
        email=contributor.email,
        name=contributor.name,
        role=Role.MANAGER,
        line=session.get_one(ReportingLine, assessment.line_id),
        actor=manager,
        at=AT,
    )
    accounts.end_appointment(session, appointment_of(session, contributor, Role.CONTRIBUTOR), actor=manager, at=AT)
    assert set(queries.shares_of(session, assessment.id)) == {"GOV-01"}


def test_two_managers_who_share_out_at_once_both_succeed(database: Sessions) -> None:
    """Each criterion ends with one person, whoever was first, and nobody sees an error."""
    with database.writing() as session:
        assessment, manager, contributor = _team(session)
        second = a_person(session, "Second manager", Role.MANAGER, line=assessment.line)
        key = assessment.id
    problems: list[BaseException] = []

    def share(actor: Person, to: Person) -> None:
        try:
            with database.writing() as own:
                found = own.get_one(SelfAssessment, key)
                _share(own, found, dict.fromkeys(("GOV-01", "ACC-01", "ACC-02"), to.public_id), actor)
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=share, args=one) for one in ((manager, contributor), (second, manager))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    with database.reading() as session:
        keepers = set(session.scalars(select(Delegation.person_id)))
        assert session.scalar(select(func.count()).select_from(Delegation)) == 3 and len(keepers) == 1


# Notes ------------------------------------------------------------------------------------------------------


def _write(session: Session, assessment: SelfAssessment, actor: Person, text: str = WORDS, at=AT, **changes) -> Note:
    return teamwork.write_note(session, assessment, small_set(), "GOV-01", text, actor=actor, at=at, **changes)


def test_a_note_reaches_whom_it_is_meant_for_without_its_words(session: Session) -> None:
    assessment, manager, contributor = _team(session)
    _write(session, assessment, manager, mentioned=[contributor.public_id])
    (letter,) = _letters(session, "mentioned")
    assert letter.person_id == contributor.id
    assert WORDS not in str(letter.parameters) and "mandate" not in str(letter.parameters)
    (note,) = queries.notes_of(session, assessment.id)["GOV-01"]
    assert (note.text, note.by, note.mentioned) == (WORDS, manager.name, (contributor.name,))


def test_an_at_sign_in_the_text_mentions_nobody(session: Session) -> None:
    assessment, manager, contributor = _team(session)
    note = _write(session, assessment, manager, f"@{contributor.name} please look")
    assert note.text == f"@{contributor.name} please look" and _letters(session, "mentioned") == []


def test_a_note_sent_twice_stands_once(session: Session) -> None:
    assessment, manager, contributor = _team(session)
    first = _write(session, assessment, manager, mentioned=[contributor.public_id])
    again = _write(session, assessment, manager, at=AT + timedelta(seconds=3), mentioned=[contributor.public_id])
    assert again is first and len(_letters(session, "mentioned")) == 1
    assert _write(session, assessment, manager, at=AT + timedelta(hours=1)) is not first


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 2001])
def test_an_empty_and_an_endless_note_are_refused(session: Session, text: str) -> None:
    assessment, manager, _ = _team(session)
    with pytest.raises(InvalidInput):
        _write(session, assessment, manager, text)


def test_only_people_of_the_line_are_mentioned(session: Session) -> None:
    assessment, manager, _ = _team(session)
    for public_id in (a_coordinator(session).public_id, "never-was"):
        with pytest.raises(InvalidInput):
            _write(session, assessment, manager, mentioned=[public_id])


def test_ones_own_note_is_taken_back_and_its_words_are_gone(session: Session) -> None:
    assessment, manager, contributor = _team(session)
    note = _write(session, assessment, manager)
    with pytest.raises(NotAllowed):
        teamwork.take_back_note(session, assessment, note.public_id, actor=contributor, at=AT)
    with pytest.raises(Missing):
        teamwork.take_back_note(session, assessment, "never-was", actor=manager, at=AT)
    for _ in range(2):
        teamwork.take_back_note(session, assessment, note.public_id, actor=manager, at=AT)
    session.flush()
    assert session.scalars(select(Note.text)).all() == [""]
    assert queries.notes_of(session, assessment.id)["GOV-01"][0].taken_back


def test_a_note_is_no_part_of_what_is_signed(session: Session) -> None:
    assessment, manager, _ = _team(session)
    _write(session, assessment, manager)
    fill(session, assessment)
    submit(session, assessment)
    assert WORDS not in session.scalars(select(Submission.snapshot)).one()
    assert snapshot_text({"a": WORDS}).count(WORDS) == 1, "the search would find it"
    _write(session, assessment, manager, "The line still talks among itself.", later(AT, days=1))
