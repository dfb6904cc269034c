"""Translations of stored sets: kept for good, corrected by a further row, read by whoever reads that language."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from audit.domain.criteria_text import content_hash
from audit.domain.criteria_translation import TranslatedText
from audit.domain.journal import Event
from audit.persistence import criteria_sets
from audit.persistence.tables import CriteriaTranslation, JournalEntry
from audit.usecases.criteria import store_translations
from tests.building import AT, a_coordinator, an_open_cycle, small_set
from tests.translating import a_translation

SMALL = small_set()
DIGEST = content_hash(SMALL)


def rows(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(CriteriaTranslation)) or 0


def journalled(session: Session) -> list[JournalEntry]:
    return list(
        session.scalars(
            select(JournalEntry)
            .where(JournalEntry.event == Event.CRITERIA_TRANSLATION_STORED)
            .order_by(JournalEntry.number)
        )
    )


def test_a_cycle_keeps_the_translations_it_was_opened_with(session: Session) -> None:
    cycle = an_open_cycle(session, translations=[a_translation(SMALL, "fr"), a_translation(SMALL, "ar", draft=True)])
    french = criteria_sets.wording(session, cycle.criteria_set_hash, "fr")
    assert french.criteria_set.title == f"fr: {SMALL.title}" and not french.draft
    assert criteria_sets.wording(session, cycle.criteria_set_hash, "ar").draft
    assert criteria_sets.in_language(session, cycle.criteria_set_hash, "de") == SMALL  # no German: the source's words
    assert criteria_sets.frozen(session, cycle.criteria_set_hash) == SMALL
    assert content_hash(criteria_sets.frozen(session, cycle.criteria_set_hash)) == cycle.criteria_set_hash == DIGEST
    told = [(entry.subject, '"language":"' in entry.payload) for entry in journalled(session)]
    assert told == [(f"criteria_set:{DIGEST}", True)] * 2


def test_the_same_words_again_are_not_stored_again(session: Session) -> None:
    an_open_cycle(session, translations=[a_translation(SMALL)])
    an_open_cycle(session, name="2027", translations=[a_translation(SMALL)])
    assert rows(session) == 1 and len(journalled(session)) == 1


def test_a_correction_is_a_further_number_that_readers_see_at_once(session: Session) -> None:
    an_open_cycle(session, translations=[a_translation(SMALL)])
    assert criteria_sets.in_language(session, DIGEST, "fr").title.startswith("fr: ")
    better = a_translation(SMALL, changes={"title": "Mieux dit"})
    actor = a_coordinator(session)
    (stored,) = store_translations(session, {SMALL.id: [better], "other": [better]}, actor=actor, at=AT + timedelta(1))
    assert (stored.digest, stored.language, stored.number) == (DIGEST, "fr", 2)
    assert criteria_sets.in_language(session, DIGEST, "fr").title == "Mieux dit"
    assert store_translations(session, {SMALL.id: [better]}, actor=actor, at=AT + timedelta(2)) == ()
    assert rows(session) == 2 and len(journalled(session)) == 2


def test_a_correction_that_was_rolled_back_is_never_shown(session: Session) -> None:
    an_open_cycle(session, translations=[a_translation(SMALL)])
    session.commit()
    better = a_translation(SMALL, changes={"title": "Jamais"})
    criteria_sets.store_translation(session, DIGEST, better, actor="job:test", at=AT)
    assert criteria_sets.in_language(session, DIGEST, "fr").title == "Jamais"
    session.rollback()
    assert criteria_sets.in_language(session, DIGEST, "fr").title == f"fr: {SMALL.title}"


def test_a_stored_set_keeps_its_words_when_the_file_has_moved_on(session: Session) -> None:
    an_open_cycle(session, translations=[a_translation(SMALL)])
    moved = a_translation(SMALL, changes={"title": "Traduit un titre plus récent"})
    moved = replace(moved, texts={**moved.texts, "title": TranslatedText(text="plus récent", of="0" * 8)})
    assert store_translations(session, {SMALL.id: [moved]}, actor="job:test", at=AT) == ()
    assert criteria_sets.in_language(session, DIGEST, "fr").title == f"fr: {SMALL.title}"


def test_reading_costs_one_statement_and_none_in_the_language_of_the_set(session: Session) -> None:
    an_open_cycle(session, translations=[a_translation(SMALL)])
    criteria_sets.in_language(session, DIGEST, "fr")
    said: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *given: said.append(given[2]))
    criteria_sets.in_language(session, DIGEST, "fr")
    assert len(said) == 1
    criteria_sets.in_language(session, DIGEST, "en")
    assert len(said) == 1


def test_what_is_kept_in_memory_is_bounded(session: Session) -> None:
    an_open_cycle(session)
    for number in range(criteria_sets.MOST_WORDINGS + 5):
        words = a_translation(SMALL, changes={"title": f"Titre {number}"})
        criteria_sets.store_translation(session, DIGEST, words, actor="job:test", at=AT)
        assert criteria_sets.in_language(session, DIGEST, "fr").title == f"Titre {number}"
    assert len(criteria_sets._wordings) <= criteria_sets.MOST_WORDINGS
