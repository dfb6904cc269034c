"""Self-assessments as pages and rules need them: answers straight from Core, evidence by criterion, last cycle's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from audit.domain.answers import Answer, AnswerOrigin, AnswerStatus, figures_from_text
from audit.domain.findings import Grade
from audit.domain.workflow import State
from audit.persistence.queries.practice import COUNTS
from audit.persistence.tables import (
    AnswerHistory,
    AnswerRow,
    ConfirmedAnswer,
    Cycle,
    EvidenceItem,
    EvidenceLink,
    Person,
    SelfAssessment,
    Submission,
)

_ANSWER = AnswerRow.__table__
_HISTORY = AnswerHistory.__table__
_PERSON = Person.__table__


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedAnswer:
    """An answer with its version and who saved it when. Version 0: never saved."""

    criterion_id: str
    value: Answer = field(default_factory=Answer)
    version: int = 0
    saved_at: datetime | None = None
    saved_by: str = ""  # the person's name
    saved_by_id: int | None = None
    origin: AnswerOrigin = AnswerOrigin.TYPED


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousAnswer:
    """What the line said last time, and what the reviewers made of it."""

    answer: Answer
    cycle: str
    confirmed_key: str | None
    confirmed_not_applicable: bool
    grade: Grade | None  # none where no review was finished
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The last cycle as the present one is held against it."""

    assessment: SelfAssessment  # with its cycle
    answers: Mapping[str, PreviousAnswer]
    evidence: Mapping[str, list[EvidenceItem]]  # locked items too


def by_public_id(session: Session, public_id: str) -> SelfAssessment | None:
    return session.scalar(select(SelfAssessment).where(SelfAssessment.public_id == public_id))


def for_page(session: Session, public_id: str) -> SelfAssessment | None:
    """The self-assessment with its line and its cycle loaded."""
    return session.scalar(_whole().where(SelfAssessment.public_id == public_id))


def of_line_in_cycle(session: Session, line_id: int, cycle_id: int) -> SelfAssessment | None:
    return session.scalar(_whole().where(SelfAssessment.line_id == line_id, SelfAssessment.cycle_id == cycle_id))


def current_of_line(session: Session, line_id: int) -> SelfAssessment | None:
    """The line's self-assessment in the cycle opened last, whatever its state; never practice."""
    statement = _whole().join(Cycle, Cycle.id == SelfAssessment.cycle_id)
    statement = statement.where(SelfAssessment.line_id == line_id, COUNTS)
    return session.scalar(statement.order_by(Cycle.opens_on.desc(), Cycle.id.desc()).limit(1))


def of_line(session: Session, line_id: int) -> list[SelfAssessment]:
    """All of a line's self-assessments that count, the latest cycle first."""
    statement = _whole().join(Cycle, Cycle.id == SelfAssessment.cycle_id)
    statement = statement.where(SelfAssessment.line_id == line_id, COUNTS)
    return list(session.scalars(statement.order_by(Cycle.opens_on.desc(), Cycle.id.desc())))


def _whole() -> Select[tuple[SelfAssessment]]:
    return select(SelfAssessment).options(
        joinedload(SelfAssessment.line, innerjoin=True), joinedload(SelfAssessment.cycle, innerjoin=True)
    )


def answers_of(session: Session, assessment_id: int) -> dict[str, SavedAnswer]:
    """The saved answers by criterion; a criterion that was never answered is not in it."""
    rows = session.execute(
        select(_ANSWER, _PERSON.c.name.label("saved_by"))
        .outerjoin(_PERSON, _PERSON.c.id == _ANSWER.c.saved_by_id)
        .where(_ANSWER.c.self_assessment_id == assessment_id)
    )
    return {
        row.criterion_id: SavedAnswer(
            criterion_id=row.criterion_id,
            value=_value(row),
            version=row.version,
            saved_at=row.saved_at,
            saved_by=row.saved_by or "",
            origin=AnswerOrigin(row.origin),
        )
        for row in rows
    }


def answer_to(session: Session, assessment_id: int, criterion_id: str) -> SavedAnswer:
    """The answer to one criterion, version 0 where none was ever saved: one statement."""
    row = session.execute(
        select(_ANSWER, _PERSON.c.name.label("saved_by"))
        .outerjoin(_PERSON, _PERSON.c.id == _ANSWER.c.saved_by_id)
        .where(_ANSWER.c.self_assessment_id == assessment_id, _ANSWER.c.criterion_id == criterion_id)
    ).first()
    if row is None:
        return SavedAnswer(criterion_id=criterion_id)
    return SavedAnswer(
        criterion_id=criterion_id,
        value=_value(row),
        version=row.version,
        saved_at=row.saved_at,
        saved_by=row.saved_by or "",
        saved_by_id=row.saved_by_id,
        origin=AnswerOrigin(row.origin),
    )


def evidence_for(session: Session, assessment_id: int, criterion_id: str) -> list[EvidenceItem]:
    """The items offered for one criterion: one statement."""
    return list(
        session.scalars(
            select(EvidenceItem)
            .join(EvidenceLink, EvidenceLink.evidence_item_id == EvidenceItem.id)
            .where(EvidenceLink.self_assessment_id == assessment_id, EvidenceLink.criterion_id == criterion_id)
            .order_by(EvidenceLink.linked_at, EvidenceItem.id)
        )
    )


def values_of(session: Session, assessment_id: int) -> dict[str, Answer]:
    """The saved answers as values only."""
    return {criterion_id: saved.value for criterion_id, saved in answers_of(session, assessment_id).items()}


def _value(row: Row[Any]) -> Answer:
    return Answer(
        status=AnswerStatus(row.status),
        key=row.key,
        justification=row.justification,
        figures=figures_from_text(row.figures),
        language=row.language,
        summary=row.summary,
        equivalent=row.equivalent,
    )


def history(
    session: Session, assessment_id: int, criterion_id: str, *, before: int | None = None, most: int | None = None
) -> list[SavedAnswer]:
    """The versions an answer had, the latest first: those below `before`, at most `most`, else all. One statement."""
    statement = (
        select(_HISTORY, _PERSON.c.name.label("saved_by"))
        .join(_ANSWER, _ANSWER.c.id == _HISTORY.c.answer_id)
        .join(_PERSON, _PERSON.c.id == _HISTORY.c.saved_by_id)
        .where(_ANSWER.c.self_assessment_id == assessment_id, _ANSWER.c.criterion_id == criterion_id)
        .order_by(_HISTORY.c.version.desc())
        .limit(most)
    )
    if before is not None:
        statement = statement.where(_HISTORY.c.version < before)
    return [
        SavedAnswer(
            criterion_id=criterion_id,
            value=_value(row),
            version=row.version,
            saved_at=row.saved_at,
            saved_by=row.saved_by,
            saved_by_id=row.saved_by_id,
            origin=AnswerOrigin(row.origin),
        )
        for row in session.execute(statement)
    ]


def version_of(session: Session, assessment_id: int, criterion_id: str, version: int) -> Answer | None:
    """What an answer said in one of its versions: one statement."""
    row = session.execute(
        select(_HISTORY)
        .join(_ANSWER, _ANSWER.c.id == _HISTORY.c.answer_id)
        .where(
            _ANSWER.c.self_assessment_id == assessment_id,
            _ANSWER.c.criterion_id == criterion_id,
            _HISTORY.c.version == version,
        )
    ).first()
    return None if row is None else _value(row)


def evidence_of(session: Session, assessment_id: int) -> dict[str, list[EvidenceItem]]:
    """The items offered, by criterion, in the order in which they were added; locked ones included."""
    rows = session.execute(
        select(EvidenceLink.criterion_id, EvidenceItem)
        .join(EvidenceItem, EvidenceItem.id == EvidenceLink.evidence_item_id)
        .where(EvidenceLink.self_assessment_id == assessment_id)
        .order_by(EvidenceLink.criterion_id, EvidenceLink.linked_at, EvidenceItem.id)
    )
    found: dict[str, list[EvidenceItem]] = {}
    for criterion_id, item in rows:
        found.setdefault(criterion_id, []).append(item)
    return found


def current_kinds(offered: Mapping[str, list[EvidenceItem]], *, today: date) -> dict[str, tuple[str, ...]]:
    """The kinds of the items that count today, by criterion: unlocked and not past their "valid until"."""
    return {
        criterion_id: tuple(item.kind for item in items if counts(item, today=today))
        for criterion_id, items in offered.items()
    }


def counts(item: EvidenceItem, *, today: date) -> bool:
    """Whether an item can carry a level today."""
    return item.locked_at is None and (item.valid_until is None or item.valid_until >= today)


def previous_assessment(session: Session, assessment: SelfAssessment) -> SelfAssessment | None:
    """The line's latest submitted self-assessment of an earlier cycle."""
    own = select(Cycle.opens_on, Cycle.id).where(Cycle.id == assessment.cycle_id).subquery()
    statement = (
        _whole()
        .join(Cycle, Cycle.id == SelfAssessment.cycle_id)
        .join(own, or_(Cycle.opens_on < own.c.opens_on, and_(Cycle.opens_on == own.c.opens_on, Cycle.id < own.c.id)))
        .where(
            SelfAssessment.line_id == assessment.line_id,
            SelfAssessment.state != State.WITHDRAWN,
            SelfAssessment.submitted_at.is_not(None),
        )
        .order_by(Cycle.opens_on.desc(), Cycle.id.desc())
        .limit(1)
    )
    return session.scalar(statement)


def previous(session: Session, assessment: SelfAssessment) -> dict[str, PreviousAnswer]:
    """Last cycle's answers by criterion, with what the reviewers confirmed; empty when there was none."""
    earlier = previous_assessment(session, assessment)
    return {} if earlier is None else _reviewed(session, earlier)


def past(session: Session, assessment: SelfAssessment) -> Past | None:
    """The last cycle with its answers and its evidence, None when there was none: four statements."""
    earlier = previous_assessment(session, assessment)
    if earlier is None:
        return None
    return Past(assessment=earlier, answers=_reviewed(session, earlier), evidence=evidence_of(session, earlier.id))


def _reviewed(session: Session, earlier: SelfAssessment) -> dict[str, PreviousAnswer]:
    confirmed = {
        row.criterion_id: row
        for row in session.scalars(select(ConfirmedAnswer).where(ConfirmedAnswer.self_assessment_id == earlier.id))
    }
    return {
        criterion_id: PreviousAnswer(
            answer=answer,
            cycle=earlier.cycle.name,
            confirmed_key=None if criterion_id not in confirmed else confirmed[criterion_id].key,
            confirmed_not_applicable=criterion_id in confirmed and confirmed[criterion_id].not_applicable,
            grade=None if criterion_id not in confirmed else confirmed[criterion_id].grade,
            comment="" if criterion_id not in confirmed else confirmed[criterion_id].comment,
        )
        for criterion_id, answer in values_of(session, earlier.id).items()
        if answer.counts
    }


def submissions_of(session: Session, assessment_id: int) -> list[Submission]:
    """What was signed, the latest first."""
    statement = select(Submission).where(Submission.self_assessment_id == assessment_id)
    return list(session.scalars(statement.order_by(Submission.number.desc())))
