"""Answers taken over from a filled-in spreadsheet, and copies of the sheet: who took one, and one on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from audit.domain.answer_sheet import AnswerSheetFacts, from_text, to_text
from audit.domain.answers import Answer, AnswerOrigin
from audit.domain.criteria import CriteriaSet
from audit.domain.errors import N_, AuditError, InvalidInput, StaleVersion
from audit.domain.journal import Event
from audit.persistence import journal
from audit.persistence.course import refuse_practice
from audit.persistence.queries.answer_sheets import copy_of, subject_of
from audit.persistence.tables import Audience, Document, DocumentKind, Person, SelfAssessment
from audit.usecases.self_assessment.answers import record_answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One answer to take over, and the version it was shown over."""

    criterion: str
    answer: Answer
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver:
    """What became of it: criteria whose answer is stored, those that changed meanwhile, those that cannot be."""

    stored: tuple[str, ...]
    contested: tuple[str, ...]
    refused: tuple[tuple[str, AuditError], ...]


def take_over(
    session: Session,
    assessment: SelfAssessment,
    criteria_set: CriteriaSet,
    wanted: Sequence[Wanted],
    *,
    actor: Person,
    at: datetime,
) -> TakenOver:
    """Save the chosen answers of a spreadsheet, each as a version of its own. WrongState when the line cannot answer.

    An answer that somebody saved since it was shown stays as it is and comes back as contested: nothing is overwritten.
    """
    if not wanted:
        raise InvalidInput(N_("Tick at least one answer to take over."), field="take")
    stored, contested, refused = [], [], []
    for one in wanted:
        try:
            record_answer(
                session,
                assessment,
                criteria_set,
                one.criterion,
                one.answer,
                expected_version=one.version,
                actor=actor,
                at=at,
                origin=AnswerOrigin.IMPORTED,
            )
        except StaleVersion:
            contested.append(one.criterion)
        except InvalidInput as refusal:
            refused.append((one.criterion, refusal))
        else:
            stored.append(one.criterion)
    if stored:
        journal.record(
            session,
            Event.ANSWERS_IMPORTED,
            f"assessment:{assessment.public_id}",
            actor=actor,
            at=at,
            line=assessment.line,
            criteria=stored,
        )
    return TakenOver(stored=tuple(stored), contested=tuple(contested), refused=tuple(refused))


def record_copy(session: Session, assessment: SelfAssessment, form: str, *, actor: Person, at: datetime) -> None:
    """Leave a trace of who took a copy: `form` is xlsx, csv, json, pdf or blank."""
    journal.record(
        session,
        Event.ANSWER_SHEET_DOWNLOADED,
        f"assessment:{assessment.public_id}",
        actor=actor,
        at=at,
        line=assessment.line,
        form=form,
    )


def want_copy(
    session: Session, assessment: SelfAssessment, facts: AnswerSheetFacts, *, language: str, actor: Person, at: datetime
) -> Document:
    """Ask for a copy on paper of the answers as they are now; a worker makes it within a minute.

    One copy stands for each language: an earlier one gives way, since it says what is no longer so. Asked twice before
    it is made, it is one copy.
    """
    refuse_practice(session, assessment)
    held = copy_of(session, assessment, language, blank=facts.blank)
    text = to_text(facts)
    if held is not None and (held.digest is None or _says_the_same(held.facts, facts)):
        if held.digest is None:
            held.facts, held.wanted_at, held.wanted_by_id = text, at, actor.id
        return held
    subject = subject_of(assessment.public_id, language, blank=facts.blank)
    session.execute(delete(Document).where(Document.kind == DocumentKind.ANSWER_SHEET, Document.subject == subject))
    insert = insert_postgresql if session.get_bind().dialect.name == "postgresql" else insert_sqlite
    session.execute(
        insert(Document)
        .values(
            kind=DocumentKind.ANSWER_SHEET,
            subject=subject,
            audience=Audience.LINE,
            line_id=assessment.line_id,
            cycle_id=assessment.cycle_id,
            title=assessment.cycle.name,
            language=language,
            facts=text,
            wanted_at=at,
            wanted_by_id=actor.id,
        )
        .on_conflict_do_nothing(index_elements=["kind", "subject"])
    )
    wanted = copy_of(session, assessment, language, blank=facts.blank)
    assert wanted is not None
    return wanted


def _says_the_same(text: str | None, facts: AnswerSheetFacts) -> bool:
    """Whether two copies differ in nothing but the moment at which they were taken."""
    return text is not None and replace(from_text(text), made_at=facts.made_at) == facts
