"""The line's work: answers saved one by one, evidence offered, the signed submission, the factual check."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from audit.domain import answering, workflow
from audit.domain.answers import Answer, AnswerStatus
from audit.domain.completeness import (
    SUBMISSION_STATEMENT,
    Gap,
    GapReason,
    gaps,
    snapshot_hash,
    snapshot_text,
)
from audit.domain.criteria import CriteriaSet
from audit.domain.errors import N_, InvalidInput, Missing, StaleVersion, WrongState
from audit.domain.journal import Event
from audit.domain.letters import LetterKind
from audit.domain.permissions import Role
from audit.domain.workflow import State, Verb
from audit.persistence import journal, letters
from audit.persistence.queries import assessments, people
from audit.persistence.tables import (
    AnswerHistory,
    AnswerRow,
    Cycle,
    EvidenceItem,
    EvidenceLink,
    Person,
    ReportingLine,
    Review,
    SelfAssessment,
    Submission,
    answer_values,
)

_ANSWER = AnswerRow.__table__
_HISTORY = AnswerHistory.__table__
_LINK = EvidenceLink.__table__

GAP_WORDS = {
    GapReason.NOT_ANSWERED: N_("%(criterion)s has no level yet."),
    GapReason.UNKNOWN: N_("%(criterion)s is answered “don't know yet”. Please choose a level."),
    GapReason.JUSTIFICATION: N_("%(criterion)s has no reason for its level yet."),
    GapReason.NOT_APPLICABLE_REASON: N_("%(criterion)s needs a reason why it does not apply."),
    GapReason.FIGURES: N_("%(criterion)s needs its figures."),
    GapReason.EVIDENCE: N_("%(criterion)s needs at least one item of evidence, or a lower level."),
    GapReason.PRACTICE_EVIDENCE: N_("%(criterion)s needs evidence of practice for the highest level."),
}


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
) -> int:
    """Save one answer and return its new version. `expected_version` is the one the person saw, 0 for none.

    WrongState when the line cannot answer now, InvalidInput with every problem, StaleVersion with the stored answer
    when someone else saved first. Saving what is stored already changes nothing and returns the stored version, so a
    repeated request is harmless. One versioned statement writes, one appends to the history.
    """
    # A zone may be a day ahead of UTC, so "in the future" begins the day after tomorrow.
    answer = answering.checked(
        criteria_set, assessment.profile, criterion_id, answer, today=(at + timedelta(days=1)).date()
    )
    workflow.after(_state_held(session, assessment), Verb.ANSWER)
    values: dict[str, Any] = {**answer_values(answer), "saved_at": at, "saved_by_id": actor.id}
    answer_id = _write(session, assessment.id, criterion_id, values, expected_version)
    if answer_id is None:
        stored = _stored(session, assessment.id, criterion_id)
        if stored.value == answer:
            return stored.version
        message = N_("Someone saved this answer in the meantime. Both texts are shown; nothing was overwritten.")
        raise StaleVersion(message, current=stored.value, version=stored.version)
    version = expected_version + 1
    session.execute(insert(_HISTORY).values(answer_id=answer_id, version=version, **values))
    return version


def _state_held(session: Session, assessment: SelfAssessment) -> State:
    """The present state, which cannot change before this transaction ends (submission waits for its savers)."""
    state = session.scalar(
        select(SelfAssessment.state).where(SelfAssessment.id == assessment.id).with_for_update(read=True)
    )
    if state is None:
        raise Missing(N_("There is no such self-assessment."))
    return state


def _write(
    session: Session, assessment_id: int, criterion_id: str, values: dict[str, Any], expected_version: int
) -> int | None:
    """Insert version 1 or raise the expected version by one; None when someone else was there first."""
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
            )
            .values(version=expected_version + 1, **values)
            .returning(_ANSWER.c.id)
        )
    answer_id: int | None = session.execute(statement).scalar()
    return answer_id


def _stored(session: Session, assessment_id: int, criterion_id: str) -> assessments.SavedAnswer:
    stored = assessments.answers_of(session, assessment_id).get(criterion_id)
    return stored or assessments.SavedAnswer(criterion_id=criterion_id)


def still_true(
    session: Session,
    assessment: SelfAssessment,
    criteria_set: CriteriaSet,
    criterion_id: str,
    *,
    expected_version: int,
    actor: Person,
    at: datetime,
) -> int:
    """Copy last cycle's answer, with its evidence that still counts, as the actor's own; return the new version.

    Figures are not copied, since they belong to their period. InvalidInput when there is nothing to copy or its level
    does not exist any more.
    """
    workflow.after(_state_held(session, assessment), Verb.ANSWER)
    earlier = assessments.previous_assessment(session, assessment)
    found = None if earlier is None else assessments.values_of(session, earlier.id).get(criterion_id)
    if earlier is None or found is None or not found.counts:
        raise InvalidInput(N_("There is no answer from the last cycle to copy."))
    if criteria_set.has(criterion_id) and found.key is not None:
        criterion = criteria_set.criterion(criterion_id)
        if criteria_set.answer_set_of(criterion).answer(found.key) is None:
            raise InvalidInput(N_("This criterion has other levels now. Please choose one."), field="key")
    version = record_answer(
        session,
        assessment,
        criteria_set,
        criterion_id,
        replace(found, figures=(), status=AnswerStatus(found.status)),
        expected_version=expected_version,
        actor=actor,
        at=at,
    )
    for item in assessments.evidence_of(session, earlier.id).get(criterion_id, []):
        if assessments.counts(item, today=at.date()):
            _link(session, assessment, criterion_id, item, at)
    return version


def attach(
    session: Session,
    assessment: SelfAssessment,
    criteria_set: CriteriaSet,
    criterion_id: str,
    item: EvidenceItem,
    *,
    actor: Person,
    at: datetime,
) -> None:
    """Offer an item of the line's library for a criterion; offering it twice changes nothing."""
    workflow.after(_state_held(session, assessment), Verb.ANSWER)
    if not criteria_set.has(criterion_id):
        raise InvalidInput(N_("This criterion is not part of the criteria set."))
    if item.line_id != assessment.line_id:
        raise Missing(N_("There is no such evidence."))
    if item.locked_at is not None:
        raise InvalidInput(N_("This item is locked and cannot be used as evidence."))
    _link(session, assessment, criterion_id, item, at)


def _link(session: Session, assessment: SelfAssessment, criterion_id: str, item: EvidenceItem, at: datetime) -> None:
    insert_new = insert_postgresql if session.get_bind().dialect.name == "postgresql" else insert_sqlite
    session.flush()
    session.execute(
        insert_new(_LINK)
        .values(self_assessment_id=assessment.id, criterion_id=criterion_id, evidence_item_id=item.id, linked_at=at)
        .on_conflict_do_nothing()
    )


def detach(
    session: Session,
    assessment: SelfAssessment,
    criteria_set: CriteriaSet,
    criterion_id: str,
    item: EvidenceItem,
    *,
    actor: Person,
    at: datetime,
) -> None:
    """No longer offer an item for a criterion; it stays in the library."""
    workflow.after(_state_held(session, assessment), Verb.ANSWER)
    session.execute(
        _LINK.delete().where(
            _LINK.c.self_assessment_id == assessment.id,
            _LINK.c.criterion_id == criterion_id,
            _LINK.c.evidence_item_id == item.id,
        )
    )


def submit(
    session: Session,
    assessment: SelfAssessment,
    criteria_set: CriteriaSet,
    *,
    typed_name: str,
    agreed: bool,
    actor: Person,
    at: datetime,
    today: date,
) -> Submission:
    """Sign and hand in: everything is frozen in one canonical text, whose hash the journal and all approvals name.

    InvalidInput names every gap (`problems`, each with its criterion in `field`), a missing name or an unticked box.
    Savers that were first are waited for; those that come later find the self-assessment submitted.
    """
    session.refresh(assessment, with_for_update={"of": SelfAssessment})
    state = workflow.after(assessment.state, Verb.SUBMIT)
    cycle = session.get_one(Cycle, assessment.cycle_id)
    line = session.get_one(ReportingLine, assessment.line_id)
    if cycle.closed_at is not None:
        raise WrongState(N_("This cycle is closed."))
    typed_name = " ".join(typed_name.split())
    if not typed_name or len(typed_name) > 160:
        raise InvalidInput(N_("Please type your name to sign."), field="typed_name")
    if not agreed:
        raise InvalidInput(N_("Please tick the box to sign the statement."), field="agreed")
    answers = assessments.answers_of(session, assessment.id)
    offered = assessments.evidence_of(session, assessment.id)
    _refuse_gaps(
        gaps(
            criteria_set,
            assessment.profile,
            {criterion_id: saved.value for criterion_id, saved in answers.items()},
            assessments.current_kinds(offered, today=today),
        )
    )
    number = (
        session.scalar(select(func.max(Submission.number)).where(Submission.self_assessment_id == assessment.id)) or 0
    ) + 1
    text = snapshot_text(
        {
            "format": 1,
            "self_assessment": assessment.public_id,
            "number": number,
            "line": line.public_id,
            "cycle": cycle.public_id,
            "criteria_set": cycle.criteria_set_hash,
            "profile": assessment.profile,
            "answers": {
                criterion.id: _frozen_answer(answers[criterion.id])
                for criterion in criteria_set.applicable(assessment.profile)
            },
            "evidence": {
                criterion.id: [_frozen_item(item) for item in offered.get(criterion.id, []) if item.locked_at is None]
                for criterion in criteria_set.applicable(assessment.profile)
            },
            "statement": SUBMISSION_STATEMENT,
            "typed_name": typed_name,
            "submitted_by": actor.public_id,
            "submitted_at": at.isoformat(),
        }
    )
    submission = Submission(
        self_assessment_id=assessment.id,
        number=number,
        snapshot=text,
        snapshot_hash=snapshot_hash(text),
        statement=SUBMISSION_STATEMENT,
        typed_name=typed_name,
        submitted_by_id=actor.id,
        submitted_at=at,
    )
    session.add(submission)
    assessment.state = state
    assessment.submitted_at = at
    _tell_submitted(session, submission, assessment, line, cycle, at)
    journal.record(
        session,
        Event.ASSESSMENT_SUBMITTED,
        f"assessment:{assessment.public_id}",
        actor=actor,
        at=at,
        line=line,
        number=number,
        snapshot=submission.snapshot_hash,
        criteria_set=cycle.criteria_set_hash,
    )
    return submission


def _refuse_gaps(found: tuple[Gap, ...]) -> None:
    if found:
        problems = tuple(
            InvalidInput(GAP_WORDS[gap.reason], field=gap.criterion, criterion=gap.criterion) for gap in found
        )
        message = N_("Something is still missing. Your answers are saved; please complete them and submit again.")
        raise InvalidInput(message, problems=problems)


def _frozen_answer(saved: assessments.SavedAnswer) -> dict[str, Any]:
    return {**answer_values(saved.value), "version": saved.version}


def _frozen_item(item: EvidenceItem) -> dict[str, Any]:
    return {
        "id": item.public_id,
        "kind": item.kind,
        "title": item.title,
        "statement": item.statement,
        "url": item.url,
        "issued_on": None if item.issued_on is None else item.issued_on.isoformat(),
        "valid_until": None if item.valid_until is None else item.valid_until.isoformat(),
        "digest": item.digest,
        "received_digest": item.received_digest,
    }


def _tell_submitted(
    session: Session,
    submission: Submission,
    assessment: SelfAssessment,
    line: ReportingLine,
    cycle: Cycle,
    at: datetime,
) -> None:
    """Each manager of the line gets a confirmation that carries the hash of what was signed."""
    for manager in people.holders(session, Role.MANAGER, line=line):
        letters.write(
            session,
            LetterKind.SUBMISSION_CONFIRMED,
            manager,
            key=f"{LetterKind.SUBMISSION_CONFIRMED}:{assessment.public_id}:{submission.number}:{manager.public_id}",
            at=at,
            cycle=cycle.name,
            line=line.name,
            line_id=line.public_id,
            assessment_id=assessment.public_id,
            snapshot=submission.snapshot_hash,
            submitted_on=at.date().isoformat(),
        )


def confirm_facts(session: Session, assessment: SelfAssessment, *, remark: str, actor: Person, at: datetime) -> None:
    """The line has read the findings; a remark on a factual mistake goes to the coordinator with them."""
    session.refresh(assessment, with_for_update={"of": SelfAssessment})
    assessment.state = workflow.after(assessment.state, Verb.CONFIRM_FACTS)
    remark = remark.strip()
    if len(remark) > answering.LONGEST_TEXT:
        message = N_("This text is too long. Please use at most %(most)d characters.")
        raise InvalidInput(message, field="remark", most=answering.LONGEST_TEXT)
    assessment.facts_confirmed_at = at
    assessment.facts_remark = remark
    line = session.get_one(ReportingLine, assessment.line_id)
    cycle = session.get_one(Cycle, assessment.cycle_id)
    for coordinator in people.holders(session, Role.COORDINATOR):
        letters.write(
            session,
            LetterKind.READY_TO_DECIDE,
            coordinator,
            key=f"{LetterKind.READY_TO_DECIDE}:{assessment.public_id}:{coordinator.public_id}",
            at=at,
            cycle=cycle.name,
            line=line.name,
            line_id=line.public_id,
            assessment_id=assessment.public_id,
        )
    journal.record(
        session,
        Event.FACTS_CONFIRMED,
        f"assessment:{assessment.public_id}",
        actor=actor,
        at=at,
        line=line,
        remark=bool(remark),
    )


def withdraw(session: Session, assessment: SelfAssessment, *, reason: str, actor: Person, at: datetime) -> None:
    """Leave the cycle, with a reason; open reviews end, nothing is decided and an old certificate stays as it is."""
    session.refresh(assessment, with_for_update={"of": SelfAssessment})
    state = workflow.after(assessment.state, Verb.WITHDRAW)
    reason = reason.strip()
    if not reason:
        raise InvalidInput(N_("Please give a reason."), field="reason")
    assessment.state = state
    assessment.withdrawn_reason = reason[: answering.LONGEST_TEXT]
    session.execute(
        update(Review)
        .where(Review.self_assessment_id == assessment.id, Review.ended_at.is_(None), Review.completed_at.is_(None))
        .values(ended_at=at, ended_reason="The line withdrew from the cycle.")
    )
    line = session.get_one(ReportingLine, assessment.line_id)
    journal.record(
        session, Event.ASSESSMENT_WITHDRAWN, f"assessment:{assessment.public_id}", actor=actor, at=at, line=line
    )
