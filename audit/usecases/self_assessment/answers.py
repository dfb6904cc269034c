"""Answers saved one by one, each with its version and history."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, or_, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from audit.domain import answering
from audit.domain.answers import Answer, AnswerOrigin
from audit.domain.criteria import CriteriaSet
from audit.domain.errors import N_, InvalidInput, Missing, StaleVersion
from audit.domain.journal import Event
from audit.persistence import journal
from audit.persistence.queries import assessments
from audit.persistence.tables import (
    AnswerHistory,
    AnswerRow,
    Person,
    ReportingLine,
    SelfAssessment,
    answer_values,
)
from audit.usecases.self_assessment.holding import held_open
from audit.usecases.self_assessment.offering import still_valid

_ANSWER = AnswerRow.__table__
_HISTORY = AnswerHistory.__table__
_CONTENT = tuple(answer_values(Answer()))  # the columns that hold what was said, not who said it when and how


def record_answer(
    session: Session,
    assessment: SelfAssessment,
    criteria_set: CriteriaSet,
    criterion_id: str,
    answer: Answer,
    *,
    expected_version: int,
    actor: Person,
    at: datetime,
    origin: AnswerOrigin = AnswerOrigin.TYPED,
) -> int:
    """Save one answer and return its new version. `expected_version` is the one the person saw, 0 for none.

    WrongState when the line cannot answer now, InvalidInput with every problem, StaleVersion with the stored answer
    when someone else saved first. Saving what is stored already changes nothing and returns the stored version, so a
    repeated request is harmless. One versioned statement writes, one appends to the history.
    """
    version, _ = _record(
        session,
        assessment,
        criteria_set,
        criterion_id,
        answer,
        expected_version=expected_version,
        actor=actor,
        at=at,
        origin=origin,
    )
    return version


def _record(
    session: Session,
    assessment: SelfAssessment,
    criteria_set: CriteriaSet,
    criterion_id: str,
    answer: Answer,
    *,
    expected_version: int,
    actor: Person,
    at: datetime,
    origin: AnswerOrigin,
) -> tuple[int, bool]:
    """`record_answer`, and whether something was written: False where the answer stood like that already."""
    # A zone may be a day ahead of UTC, so "in the future" begins the day after tomorrow.
    answer = answering.checked(
        criteria_set, assessment.profile, criterion_id, answer, today=(at + timedelta(days=1)).date()
    )
    held_open(session, assessment, criteria_set, criterion_id, at)
    values: dict[str, Any] = {**answer_values(answer), "origin": origin, "saved_at": at, "saved_by_id": actor.id}
    answer_id = _write(session, assessment.id, criterion_id, values, expected_version)
    if answer_id is None:
        stored = assessments.answer_to(session, assessment.id, criterion_id)
        if stored.value == answer:
            return stored.version, False
        message = N_("Someone saved this answer in the meantime. Both texts are shown; nothing was overwritten.")
        raise StaleVersion(message, current=stored.value, version=stored.version)
    version = expected_version + 1
    session.execute(insert(_HISTORY).values(answer_id=answer_id, version=version, **values))
    return version, True


def _write(
    session: Session, assessment_id: int, criterion_id: str, values: dict[str, Any], expected_version: int
) -> int | None:
    """Insert version 1 or raise the expected version by one; None when someone was there first or nothing changes."""
    if expected_version == 0:
        insert_new = insert_postgresql if session.get_bind().dialect.name == "postgresql" else insert_sqlite
        statement: Any = (
            insert_new(_ANSWER)
            .values(self_assessment_id=assessment_id, criterion_id=criterion_id, version=1, **values)
            .on_conflict_do_nothing(index_elements=["self_assessment_id", "criterion_id"])
            .returning(_ANSWER.c.id)
        )
    else:
        statement = (
            update(_ANSWER)
            .where(
                _ANSWER.c.self_assessment_id == assessment_id,
                _ANSWER.c.criterion_id == criterion_id,
                _ANSWER.c.version == expected_version,
                or_(*(_ANSWER.c[name].is_distinct_from(values[name]) for name in _CONTENT)),
            )
            .values(version=expected_version + 1, **values)
            .returning(_ANSWER.c.id)
        )
    answer_id: int | None = session.execute(statement).scalar()
    return answer_id


def still_true(
    session: Session,
    assessment: SelfAssessment,
    criteria_set: CriteriaSet,
    criterion_id: str,
    *,
    expected_version: int,
    with_evidence: bool = False,
    actor: Person,
    at: datetime,
) -> int:
    """Copy last cycle's answer as the actor's own; return the new version.

    Its evidence comes along only where the actor says that it is still valid too (`with_evidence`). Figures are not
    copied, since they belong to their period. InvalidInput when there is nothing to copy or its level does not exist
    any more.
    """
    held_open(session, assessment, criteria_set, criterion_id, at)
    earlier = assessments.previous_assessment(session, assessment)
    found = None if earlier is None else assessments.values_of(session, earlier.id).get(criterion_id)
    if earlier is None or found is None or not found.counts:
        raise InvalidInput(N_("There is no answer from the last cycle to copy. Choose a level here."))
    if criteria_set.has(criterion_id) and found.key is not None:
        criterion = criteria_set.criterion(criterion_id)
        if criteria_set.answer_set_of(criterion).answer(found.key) is None:
            raise InvalidInput(N_("This criterion has other levels now. Please choose one."), field="key")
    version = record_answer(
        session,
        assessment,
        criteria_set,
        criterion_id,
        replace(found, figures=()),
        expected_version=expected_version,
        actor=actor,
        at=at,
        origin=AnswerOrigin.STILL_TRUE,
    )
    if with_evidence:
        still_valid(session, assessment, criteria_set, criterion_id, actor=actor, at=at)
    return version


def restore(
    session: Session,
    assessment: SelfAssessment,
    criteria_set: CriteriaSet,
    criterion_id: str,
    version: int,
    *,
    expected_version: int,
    actor: Person,
    at: datetime,
) -> int:
    """Make an earlier version the present answer again, as a version of its own; return that version.

    Everything in between stays in the history. Missing: there is no such version; otherwise as `record_answer`.
    """
    earlier = assessments.version_of(session, assessment.id, criterion_id, version)
    if earlier is None:
        raise Missing(N_("There is no such version of this answer."))
    restored, is_new = _record(
        session,
        assessment,
        criteria_set,
        criterion_id,
        earlier,
        expected_version=expected_version,
        actor=actor,
        at=at,
        origin=AnswerOrigin.RESTORED,
    )
    if is_new:
        journal.record(
            session,
            Event.ANSWER_RESTORED,
            f"assessment:{assessment.public_id}",
            actor=actor,
            at=at,
            line=session.get_one(ReportingLine, assessment.line_id),
            criterion=criterion_id,
            restored=version,
            version=restored,
        )
    return restored
