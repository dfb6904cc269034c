"""A manager leaves: somebody follows, nobody is left without one, and access ends at once."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.domain.errors import InvalidInput, NotAllowed, WrongState
from audit.domain.permissions import Relation, Role
from audit.persistence.queries import people, teamwork
from audit.persistence.queries.access import relations
from audit.persistence.sessions import Sessions
from audit.persistence.tables import JournalEntry, Letter, Person, ReportingLine
from audit.usecases import accounts
from audit.usecases import teamwork as desk
from tests.building import (
    AT,
    PASSWORD,
    a_coordinator,
    a_line,
    a_manager,
    a_person,
    an_assessment,
    appointment_of,
    small_set,
)


def _roles(session: Session, person: Person, line: ReportingLine) -> set[Relation]:
    return relations(session, person, line=line, now=AT) & {Relation.MANAGER, Relation.CONTRIBUTOR}


def _hand_over(session: Session, line: ReportingLine, to: Person, actor: Person) -> Person:
    return accounts.hand_over(session, line, successor=to.public_id, actor=actor, at=AT)


def test_a_contributor_follows_the_manager(session: Session) -> None:
    assessment = an_assessment(session)
    line, manager = assessment.line, a_manager(session, assessment.line)
    contributor = a_person(session, "Contributor", Role.CONTRIBUTOR, line=line)
    desk.share_out(session, assessment, small_set(), {"GOV-01": manager.public_id}, actor=manager, at=AT)
    _hand_over(session, line, contributor, manager)
    assert _roles(session, manager, line) == set() and _roles(session, contributor, line) == {Relation.MANAGER}
    assert teamwork.criteria_of(session, assessment.id, contributor.id) == {"GOV-01"}
    told = session.execute(
        select(Letter.person_id, Letter.parameters).where(Letter.kind == "line_handed_over").order_by(Letter.id)
    ).all()
    assert {person for person, _ in told} == {contributor.id, a_coordinator(session).id}
    assert {person: values["own"] for person, values in told}[contributor.id] is True
    events = session.scalars(select(JournalEntry.event).order_by(JournalEntry.number)).all()
    assert events[-1] == "line:handed_over" and "appointment:ended" in events
    with pytest.raises(NotAllowed):
        _hand_over(session, line, contributor, manager)


def test_sessions_of_whoever_left_end(session: Session) -> None:
    line = an_assessment(session).line
    manager, contributor = a_manager(session, line), a_person(session, "Contributor", Role.CONTRIBUTOR, line=line)
    token = accounts.sign_in(
        session, email=manager.email, password=PASSWORD, address="x", at=AT, idle_minutes=9, hours=9
    )
    _hand_over(session, line, contributor, manager)
    assert accounts.person_of_token(session, token, at=AT) is None


def test_nobody_is_left_who_cannot_sign(session: Session) -> None:
    line = an_assessment(session).line
    manager = a_manager(session, line)
    invited = a_person(session, "Invited", Role.MANAGER, line=line, joined=False)
    with pytest.raises(WrongState) as refused:
        _hand_over(session, line, invited, manager)
    assert "has not joined" in str(refused.value) and refused.value.field == "successor"
    stranger = a_manager(session, a_line(session, "Sample line Belgium", "BE"))
    for other in (stranger, manager, a_coordinator(session)):
        with pytest.raises(InvalidInput):
            _hand_over(session, line, other, manager)
    assert _roles(session, manager, line) == {Relation.MANAGER}


def test_somebody_new_follows_as_soon_as_they_have_joined(session: Session) -> None:
    line = an_assessment(session).line
    manager = a_manager(session, line)
    address = "new.manager@people.example"
    assert not accounts.hand_over_by_letter(session, line, name="New", email=address, actor=manager, at=AT)
    assert not accounts.hand_over_by_letter(session, line, name="New", email=address, actor=manager, at=AT), "twice"
    assert _roles(session, manager, line) == {Relation.MANAGER}, "until then the manager stays"
    new = people.by_email(session, address)
    assert new is not None
    token = accounts.mint_token(session, new, accounts.TokenPurpose.INVITATION, at=AT)
    accounts.join(session, token=token, name="New manager", password=PASSWORD, at=AT)
    assert new.password_hash is not None and new.name == "New manager"
    assert _roles(session, manager, line) == set() and _roles(session, new, line) == {Relation.MANAGER}


def test_a_hand_over_that_waits_can_be_called_off(session: Session) -> None:
    line = an_assessment(session).line
    manager = a_manager(session, line)
    accounts.hand_over_by_letter(session, line, name="New", email="new@people.example", actor=manager, at=AT)
    accounts.stay(session, line, actor=manager)
    with pytest.raises(WrongState):
        accounts.stay(session, line, actor=manager)
    new = people.by_email(session, "new@people.example")
    token = accounts.mint_token(session, new, accounts.TokenPurpose.INVITATION, at=AT)
    accounts.join(session, token=token, name="New manager", password=PASSWORD, at=AT)
    assert _roles(session, manager, line) == {Relation.MANAGER} == _roles(session, new, line)


def test_an_invitation_that_was_taken_away_hands_nothing_over(session: Session) -> None:
    line = an_assessment(session).line
    manager = a_manager(session, line)
    accounts.hand_over_by_letter(session, line, name="New", email="new@people.example", actor=manager, at=AT)
    new = people.by_email(session, "new@people.example")
    accounts.end_appointment(session, appointment_of(session, new, Role.MANAGER), actor=a_coordinator(session), at=AT)
    token = accounts.mint_token(session, new, accounts.TokenPurpose.INVITATION, at=AT)
    accounts.join(session, token=token, name="New", password=PASSWORD, at=AT)
    assert _roles(session, manager, line) == {Relation.MANAGER}


def test_who_has_an_account_already_follows_at_once(session: Session) -> None:
    line = an_assessment(session).line
    manager = a_manager(session, line)
    reviewer = a_person(session, "Reviewer", Role.REVIEWER, country="FR")
    assert accounts.hand_over_by_letter(session, line, name="Reviewer", email=reviewer.email, actor=manager, at=AT)
    assert _roles(session, manager, line) == set() and _roles(session, reviewer, line) == {Relation.MANAGER}
    with pytest.raises(InvalidInput):
        accounts.hand_over_by_letter(session, line, name="R", email=reviewer.email, actor=reviewer, at=AT)


def test_two_managers_who_hand_over_to_each_other_at_once_leave_one(database: Sessions) -> None:
    with database.writing() as session:
        line = an_assessment(session).line
        both = (a_manager(session, line), a_person(session, "Second manager", Role.MANAGER, line=line))
    refused: list[BaseException] = []
    ready = threading.Barrier(2)

    def leave(actor: Person, to: Person) -> None:
        ready.wait()
        try:
            with database.writing() as own:
                here = own.get_one(ReportingLine, line.id)
                _hand_over(own, here, own.get_one(Person, to.id), own.get_one(Person, actor.id))
        except (InvalidInput, NotAllowed) as error:
            refused.append(error)

    threads = [threading.Thread(target=leave, args=one) for one in (both, both[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert len(people.holders(session, Role.MANAGER, line=line)) == 1 and len(refused) == 1
