"""Practice: a self-assessment of one line that counts nowhere, begun, emptied and left whenever it likes."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit.domain.criteria import CriteriaSet
from audit.domain.criteria_text import content_hash
from audit.domain.criteria_translation import Translation
from audit.domain.errors import N_, WrongState
from audit.domain.journal import Event
from audit.domain.workflow import State
from audit.persistence import criteria_sets, journal
from audit.persistence.queries.practice import practice_of
from audit.persistence.tables import (
    AnswerHistory,
    AnswerRow,
    Cycle,
    CycleKind,
    Delegation,
    EvidenceLink,
    Mention,
    Note,
    Person,
    ReportingLine,
    SelfAssessment,
)

FAR = date(2099, 12, 31)  # practice has no dates; its rows need some that never come


def start_practice(
    session: Session,
    line: ReportingLine,
    criteria_set: CriteriaSet,
    *,
    source: str = "",
    translations: tuple[Translation, ...] = (),
    actor: Person,
    at: datetime,
) -> SelfAssessment:
    """The line's practice self-assessment on a set: the one it has, or a new one. Nobody is written to."""
    cycle = _cycle(session, criteria_set, source, translations, actor=actor, at=at)
    found = practice_of(session, line.id)
    if found is not None and found.cycle_id == cycle.id:
        return found
    if found is not None:  # of an older set: one place to try things out is enough
        leave_practice(session, found, actor=actor, at=at)
    assessment = SelfAssessment(
        cycle_id=cycle.id,
        line_id=line.id,
        state=State.DRAFT,
        due_on=FAR,
        profile=dict(line.profile),
        created_at=at,
    )
    try:
        with session.begin_nested():
            session.add(assessment)
    except IntegrityError:  # a colleague began it at the same moment
        found = practice_of(session, line.id)
        assert found is not None
        return found
    _record(session, Event.PRACTICE_STARTED, assessment, actor=actor, at=at)
    return assessment


def empty_practice(session: Session, assessment: SelfAssessment, *, actor: Person, at: datetime) -> None:
    """Start over: every answer, note and link of the practice is gone."""
    _held(session, assessment)
    _empty(session, assessment)
    _record(session, Event.PRACTICE_EMPTIED, assessment, actor=actor, at=at)


def leave_practice(session: Session, assessment: SelfAssessment, *, actor: Person, at: datetime) -> None:
    """Nothing of the practice stays but two lines in the journal."""
    _held(session, assessment)
    _empty(session, assessment)
    _record(session, Event.PRACTICE_LEFT, assessment, actor=actor, at=at)
    session.execute(delete(SelfAssessment).where(SelfAssessment.id == assessment.id))
    session.expunge(assessment)


def _cycle(
    session: Session,
    criteria_set: CriteriaSet,
    source: str,
    translations: tuple[Translation, ...],
    *,
    actor: Person,
    at: datetime,
) -> Cycle:
    """The hidden cycle of a set, made once whoever comes first."""
    digest = content_hash(criteria_set)
    wanted = select(Cycle).where(Cycle.kind == CycleKind.PRACTICE, Cycle.criteria_set_hash == digest)
    found = session.scalar(wanted)
    if found is not None:
        return found
    criteria_sets.freeze(session, criteria_set, source, at)
    cycle = Cycle(
        name=f"Practice {criteria_set.id} {criteria_set.version} {digest[:8]}",
        kind=CycleKind.PRACTICE,
        criteria_set_hash=digest,
        opens_on=at.date(),
        submit_by=FAR,
        review_by=FAR,
        decide_by=FAR,
        reviewers=1,
        opened_at=at,
        opened_by_id=actor.id,
    )
    try:
        with session.begin_nested():
            session.add(cycle)
    except IntegrityError:
        return session.scalars(wanted).one()
    for translation in translations:
        criteria_sets.store_translation(session, digest, translation, actor=actor, at=at)
    return cycle


def _held(session: Session, assessment: SelfAssessment) -> None:
    """Nobody saves an answer while it is emptied; WrongState for a self-assessment that counts."""
    session.refresh(assessment, with_for_update={"of": SelfAssessment})
    if session.get_one(Cycle, assessment.cycle_id).kind is not CycleKind.PRACTICE:
        raise WrongState(N_("This is not practice: it counts, and stays."))


def _empty(session: Session, assessment: SelfAssessment) -> None:
    answers = select(AnswerRow.id).where(AnswerRow.self_assessment_id == assessment.id)
    notes = select(Note.id).where(Note.self_assessment_id == assessment.id)
    session.execute(delete(AnswerHistory).where(AnswerHistory.answer_id.in_(answers)))
    session.execute(delete(Mention).where(Mention.note_id.in_(notes)))
    for table in (AnswerRow, Note, Delegation, EvidenceLink):
        session.execute(delete(table).where(table.self_assessment_id == assessment.id))


def _record(session: Session, event: Event, assessment: SelfAssessment, *, actor: Person, at: datetime) -> None:
    line = session.get_one(ReportingLine, assessment.line_id)
    journal.record(session, event, f"assessment:{assessment.public_id}", actor=actor, at=at, line=line)
