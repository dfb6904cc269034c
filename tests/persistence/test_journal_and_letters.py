"""The journal chains its entries whoever writes; a letter of one key is one letter."""

from __future__ import annotations

import threading
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit.domain.journal import Event, first_broken
from audit.domain.letters import LetterKind
from audit.domain.permissions import Role
from audit.persistence import journal, letters
from audit.persistence.sessions import Sessions
from audit.persistence.tables import JournalEntry, Letter
from tests.building import AT, a_coordinator, a_person


def test_entries_form_a_chain(session: Session) -> None:
    person = a_coordinator(session)
    journal.record(
        session, Event.NETWORK_CHANGED, "network:1", actor=person, at=AT, on=date(2026, 3, 2), names=["ä", "b"]
    )
    found = list(journal.entries(session))
    assert first_broken(found) is None
    assert [entry.number for entry in found] == list(range(1, len(found) + 1))
    assert found[-1].payload == '{"names":["ä","b"],"on":"2026-03-02"}'
    assert found[-1].actor == person.public_id


def test_a_changed_entry_breaks_the_chain_at_its_number(session: Session) -> None:
    a_coordinator(session)
    session.scalars(select(JournalEntry).where(JournalEntry.number == 3)).one().payload = "{}"
    session.flush()
    assert first_broken(journal.entries(session)) == 3


def test_twelve_writers_at_once_make_one_chain_without_gaps(database: Sessions) -> None:
    def write() -> None:
        for _ in range(5):
            with database.writing() as session:
                journal.record(session, Event.NETWORK_CHANGED, "network:1", actor="job:test", at=AT)

    threads = [threading.Thread(target=write) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        found = list(journal.entries(session))
    assert len(found) == 60
    assert first_broken(found) is None


def test_a_letter_of_one_key_is_written_once(session: Session) -> None:
    person = a_person(session, "Coordinator", Role.COORDINATOR)
    before = session.scalar(select(func.count(Letter.id)))
    assert letters.write(session, LetterKind.CYCLE_OPENED, person, key="cycle_opened:x", at=AT, cycle="2026")
    assert not letters.write(session, LetterKind.CYCLE_OPENED, person, key="cycle_opened:x", at=AT, cycle="2027")
    assert session.scalar(select(func.count(Letter.id))) == before + 1
    letter = session.scalars(select(Letter).where(Letter.key == "cycle_opened:x")).one()
    assert letter.parameters == {"cycle": "2026"}
    assert letter.written_at == AT
