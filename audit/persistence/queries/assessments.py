"""A self-assessment as its page reads it: answers, evidence and last cycle's words, straight from Core as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, and_, select
from sqlalchemy.orm import Session, joinedload

from audit.domain.answers import Answer, figures_from_text
from audit.domain.findings import EvidenceVerdict, Grade
from audit.domain.workflow import State
from audit.persistence.tables import (
    AnswerHistory,
    AnswerRow,
    ConfirmedAnswer,
    Cycle,
    EvidenceItem,
    EvidenceLink,
    EvidenceVerdictRow,
    Person,
    Review,
    SelfAssessment,
    Submission,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedAnswer:
    """The present answer to one criterion, who saved it and when. Version 0: never saved."""

    criterion: str
    value: Answer
    version: int
    saved_at: datetime | None
    saved_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousAnswer:
    """What the line answered in the cycle before, and what the reviewers confirmed, where they did."""

    criterion: str
    answer: Answer
    cycle: str
    criteria_set_hash: str
    confirmed_key: str | None
    confirmed_not_applicable: bool
    grade: Grade | None
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedEvidence:
    """One item offered for one criterion. A locked item keeps its place and loses its name."""

    criterion: str
    public_id: str
    kind: str
    title: str
    statement: str
    url: str
    file_name: str
    media_type: str
    size: int
    issued_on: date | None
    valid_until: date | None
    locked: bool
    rejected_reason: str  # of a complete review of this assessment; "" where nobody rejected it
    accepted: bool  # by every complete review of this assessment that judged it


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedVersion:
    """One version an answer had."""

    version: int
    value: Answer
    saved_at: datetime
    saved_by: str


_ANSWERS = (
    select(
        AnswerRow.criterion_id,
        AnswerRow.status,
        AnswerRow.key,
        AnswerRow.justification,
        AnswerRow.figures,
        AnswerRow.language,
        AnswerRow.summary,
        AnswerRow.equivalent,
        AnswerRow.version,
        AnswerRow.saved_at,
        Person.name.label("saved_by"),
    )
    .outerjoin(Person, Person.id == AnswerRow.saved_by_id)
    .order_by(AnswerRow.criterion_id)
)

_EVIDENCE = (
    select(
        EvidenceLink.criterion_id,
        EvidenceItem.id,
        EvidenceItem.public_id,
        EvidenceItem.kind,
        EvidenceItem.title,
        EvidenceItem.statement,
        EvidenceItem.url,
        EvidenceItem.file_name,
        EvidenceItem.media_type,
        EvidenceItem.size,
        EvidenceItem.issued_on,
        EvidenceItem.valid_until,
        EvidenceItem.locked_at,
    )
    .join(EvidenceItem, EvidenceItem.id == EvidenceLink.evidence_item_id)
    .order_by(EvidenceLink.criterion_id, EvidenceLink.linked_at, EvidenceItem.id)
)


def for_page(session: Session, public_id: str) -> SelfAssessment | None:
    """The self-assessment with its line and its cycle, or None."""
    return session.scalar(
        select(SelfAssessment)
        .where(SelfAssessment.public_id == public_id)
        .options(joinedload(SelfAssessment.line), joinedload(SelfAssessment.cycle))
    )


def answers_of(session: Session, assessment_id: int) -> dict[str, SavedAnswer]:
    """Every answer saved so far, by criterion: one statement, however many criteria there are."""
    rows = session.execute(_ANSWERS.where(AnswerRow.self_assessment_id == assessment_id))
    return {row.criterion_id: _saved(row) for row in rows}


def answer_to(session: Session, assessment_id: int, criterion_id: str) -> SavedAnswer | None:
    """The answer to one criterion, or None where none was ever saved: one statement."""
    row = session.execute(
        _ANSWERS.where(AnswerRow.self_assessment_id == assessment_id, AnswerRow.criterion_id == criterion_id)
    ).first()
    return None if row is None else _saved(row)


def previous(session: Session, assessment: SelfAssessment) -> dict[str, PreviousAnswer]:
    """The line's answers in the latest cycle before this one that was decided, with what was confirmed: two statements.

    `assessment.cycle` must be loaded (for_page does).
    """
    earlier = session.execute(
        select(SelfAssessment.id, Cycle.name, Cycle.criteria_set_hash)
        .join(Cycle, Cycle.id == SelfAssessment.cycle_id)
        .where(
            SelfAssessment.line_id == assessment.line_id,
            SelfAssessment.id != assessment.id,
            SelfAssessment.state == State.DECIDED,
            Cycle.opens_on < assessment.cycle.opens_on,
        )
        .order_by(Cycle.opens_on.desc(), Cycle.id.desc())
        .limit(1)
    ).first()
    if earlier is None:
        return {}
    rows = session.execute(
        select(
            AnswerRow.criterion_id,
            AnswerRow.status,
            AnswerRow.key,
            AnswerRow.justification,
            AnswerRow.figures,
            AnswerRow.language,
            AnswerRow.summary,
            AnswerRow.equivalent,
            ConfirmedAnswer.key.label("confirmed_key"),
            ConfirmedAnswer.not_applicable,
            ConfirmedAnswer.grade,
            ConfirmedAnswer.comment,
        )
        .outerjoin(
            ConfirmedAnswer,
            and_(
                ConfirmedAnswer.self_assessment_id == AnswerRow.self_assessment_id,
                ConfirmedAnswer.criterion_id == AnswerRow.criterion_id,
            ),
        )
        .where(AnswerRow.self_assessment_id == earlier.id)
    )
    return {
        row.criterion_id: PreviousAnswer(
            criterion=row.criterion_id,
            answer=_answer(row),
            cycle=earlier.name,
            criteria_set_hash=earlier.criteria_set_hash,
            confirmed_key=row.confirmed_key,
            confirmed_not_applicable=bool(row.not_applicable),
            grade=row.grade,
            comment=row.comment or "",
        )
        for row in rows
    }


def evidence_of(session: Session, assessment_id: int) -> dict[str, list[OfferedEvidence]]:
    """The evidence offered for each criterion, with what complete reviews say of it: two statements."""
    verdicts: dict[tuple[str, int], list[tuple[EvidenceVerdict, str]]] = {}
    for row in session.execute(
        select(
            EvidenceVerdictRow.criterion_id,
            EvidenceVerdictRow.evidence_item_id,
            EvidenceVerdictRow.verdict,
            EvidenceVerdictRow.reason,
        )
        .join(Review, Review.id == EvidenceVerdictRow.review_id)
        .join(SelfAssessment, SelfAssessment.id == Review.self_assessment_id)
        .where(
            Review.self_assessment_id == assessment_id,
            Review.completed_at.is_not(None),
            Review.ended_at.is_(None),
            # Until every review is in, a verdict is the reviewer's own: the line reads none of them.
            SelfAssessment.state.in_((State.FACTUAL_CHECK, State.AWAITING_DECISION, State.DECIDED)),
        )
    ):
        verdicts.setdefault((row.criterion_id, row.evidence_item_id), []).append((row.verdict, row.reason))
    offered: dict[str, list[OfferedEvidence]] = {}
    for row in session.execute(_EVIDENCE.where(EvidenceLink.self_assessment_id == assessment_id)):
        judged = verdicts.get((row.criterion_id, row.id), [])
        offered.setdefault(row.criterion_id, []).append(_offered(row, judged))
    return offered


def evidence_for(session: Session, assessment_id: int, criterion_id: str) -> list[OfferedEvidence]:
    """The evidence offered for one criterion while the line answers, when nobody has judged it: one statement."""
    rows = session.execute(
        _EVIDENCE.where(EvidenceLink.self_assessment_id == assessment_id, EvidenceLink.criterion_id == criterion_id)
    )
    return [_offered(row, []) for row in rows]


def history(session: Session, assessment_id: int, criterion_id: str) -> list[SavedVersion]:
    """Every version an answer had, the latest first."""
    rows = session.execute(
        select(
            AnswerHistory.version,
            AnswerHistory.status,
            AnswerHistory.key,
            AnswerHistory.justification,
            AnswerHistory.figures,
            AnswerHistory.language,
            AnswerHistory.summary,
            AnswerHistory.equivalent,
            AnswerHistory.saved_at,
            Person.name.label("saved_by"),
        )
        .join(AnswerRow, AnswerRow.id == AnswerHistory.answer_id)
        .join(Person, Person.id == AnswerHistory.saved_by_id)
        .where(AnswerRow.self_assessment_id == assessment_id, AnswerRow.criterion_id == criterion_id)
        .order_by(AnswerHistory.version.desc())
    )
    return [
        SavedVersion(version=row.version, value=_answer(row), saved_at=row.saved_at, saved_by=row.saved_by)
        for row in rows
    ]


def submissions_of(session: Session, assessment_id: int) -> list[Submission]:
    """What was signed, the latest first."""
    return list(
        session.scalars(
            select(Submission).where(Submission.self_assessment_id == assessment_id).order_by(Submission.number.desc())
        )
    )


def confirmed_of(session: Session, assessment_id: int) -> dict[str, ConfirmedAnswer]:
    """What the reviewers confirmed, by criterion; empty while they work."""
    rows = session.scalars(select(ConfirmedAnswer).where(ConfirmedAnswer.self_assessment_id == assessment_id))
    return {row.criterion_id: row for row in rows}


def _offered(row: Row[Any], judged: list[tuple[EvidenceVerdict, str]]) -> OfferedEvidence:
    locked = row.locked_at is not None
    return OfferedEvidence(
        criterion=row.criterion_id,
        public_id=row.public_id,
        kind=row.kind,
        title="" if locked else row.title,
        statement="" if locked else row.statement,
        url="" if locked else row.url,
        file_name="" if locked else row.file_name,
        media_type=row.media_type,
        size=row.size,
        issued_on=row.issued_on,
        valid_until=row.valid_until,
        locked=locked,
        rejected_reason=next((why for verdict, why in judged if verdict is EvidenceVerdict.REJECTED), ""),
        accepted=bool(judged) and all(verdict is EvidenceVerdict.ACCEPTED for verdict, _ in judged),
    )


def _saved(row: Row[Any]) -> SavedAnswer:
    return SavedAnswer(
        criterion=row.criterion_id,
        value=_answer(row),
        version=row.version,
        saved_at=row.saved_at,
        saved_by=row.saved_by or "",
    )


def _answer(row: Row[Any]) -> Answer:
    return Answer(
        status=row.status,
        key=row.key,
        justification=row.justification,
        figures=figures_from_text(row.figures),
        language=row.language,
        summary=row.summary,
        equivalent=row.equivalent,
    )
