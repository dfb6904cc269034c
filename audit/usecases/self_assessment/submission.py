"""The signed submission over a frozen snapshot, the factual check, and leaving the cycle."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from audit.domain import answering, workflow
from audit.domain.completeness import SUBMISSION_STATEMENT, Gap, GapReason, gaps, snapshot_hash, snapshot_text
from audit.domain.criteria import CriteriaSet
from audit.domain.errors import N_, InvalidInput, WrongState
from audit.domain.journal import Event
from audit.domain.letters import LetterKind
from audit.domain.permissions import Role
from audit.domain.workflow import Verb
from audit.persistence import journal, letters
from audit.persistence.course import refuse_practice
from audit.persistence.queries import assessments, people
from audit.persistence.queries.reviewing import reviewers_at_work
from audit.persistence.tables import (
    Cycle,
    EvidenceItem,
    Person,
    ReportingLine,
    Review,
    SelfAssessment,
    Submission,
    answer_values,
)

GAP_WORDS = {
    GapReason.NOT_ANSWERED: N_("%(criterion)s has no level yet."),
    GapReason.UNKNOWN: N_("%(criterion)s is answered “don't know yet”. Please choose a level."),
    GapReason.JUSTIFICATION: N_("%(criterion)s has no reason for its level yet."),
    GapReason.NOT_APPLICABLE_REASON: N_("%(criterion)s needs a reason why it does not apply."),
    GapReason.FIGURES: N_("%(criterion)s needs its figures."),
    GapReason.EVIDENCE: N_("%(criterion)s needs at least one item of evidence, or a lower level."),
    GapReason.PRACTICE_EVIDENCE: N_("%(criterion)s needs evidence of practice for the highest level."),
}


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
    refuse_practice(session, assessment)
    session.refresh(assessment, with_for_update={"of": SelfAssessment})
    state = workflow.after(assessment.state, Verb.SUBMIT)
    cycle = session.get_one(Cycle, assessment.cycle_id)
    line = session.get_one(ReportingLine, assessment.line_id)
    if cycle.closed_at is not None:
        raise WrongState(N_("This cycle is closed."))
    typed_name = _signed(typed_name, agreed)
    answers = assessments.answers_of(session, assessment.id)
    offered = assessments.evidence_of(session, assessment.id)
    values = {criterion_id: saved.value for criterion_id, saved in answers.items()}
    kinds = assessments.current_kinds(offered, today=today)
    _refuse_gaps(gaps(criteria_set, assessment.profile, values, kinds))
    number = _next_number(session, assessment)
    text = snapshot_text(
        {
            "format": 1,
            "self_assessment": assessment.public_id,
            "number": number,
            "line": line.public_id,
            "cycle": cycle.public_id,
            "criteria_set": cycle.criteria_set_hash,
            "profile": assessment.profile,
            **_frozen(criteria_set, assessment.profile, answers, offered),
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


def _signed(typed_name: str, agreed: bool) -> str:
    typed_name = " ".join(typed_name.replace("\0", "").split())
    if not typed_name or len(typed_name) > 160:
        raise InvalidInput(N_("Please type your name to sign."), field="typed_name")
    if not agreed:
        raise InvalidInput(N_("Please tick the box to sign the statement."), field="agreed")
    return typed_name


def _next_number(session: Session, assessment: SelfAssessment) -> int:
    last = session.scalar(select(func.max(Submission.number)).where(Submission.self_assessment_id == assessment.id))
    return (last or 0) + 1


def _frozen(
    criteria_set: CriteriaSet,
    profile: Mapping[str, Any],
    answers: Mapping[str, assessments.SavedAnswer],
    offered: Mapping[str, list[EvidenceItem]],
) -> dict[str, Any]:
    """Answers and evidence of every criterion that applies; a locked item is no part of what was signed."""
    asked = [criterion.id for criterion in criteria_set.applicable(profile)]
    return {
        "answers": {asked_id: _frozen_answer(answers[asked_id]) for asked_id in asked},
        "evidence": {
            asked_id: [_frozen_item(item) for item in offered.get(asked_id, []) if item.locked_at is None]
            for asked_id in asked
        },
    }


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
    remark = remark.replace("\0", "").strip()
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
    refuse_practice(session, assessment)
    session.refresh(assessment, with_for_update={"of": SelfAssessment})
    state = workflow.after(assessment.state, Verb.WITHDRAW)
    reason = reason.replace("\0", "").strip()
    if not reason:
        raise InvalidInput(N_("Please give a reason."), field="reason")
    assessment.state = state
    assessment.withdrawn_reason = reason[: answering.LONGEST_TEXT]
    _tell_withdrawn(session, assessment, actor, at)
    session.execute(
        update(Review)
        .where(Review.self_assessment_id == assessment.id, Review.ended_at.is_(None), Review.completed_at.is_(None))
        .values(ended_at=at, ended_reason="The line withdrew from the cycle.")
    )
    line = session.get_one(ReportingLine, assessment.line_id)
    journal.record(
        session, Event.ASSESSMENT_WITHDRAWN, f"assessment:{assessment.public_id}", actor=actor, at=at, line=line
    )


def _tell_withdrawn(session: Session, assessment: SelfAssessment, actor: Person, at: datetime) -> None:
    """Write to everybody who had something to do with it, but for whoever did it."""
    line = session.get_one(ReportingLine, assessment.line_id)
    cycle = session.get_one(Cycle, assessment.cycle_id)
    homes = {person.id: (person, "/") for person in reviewers_at_work(session, assessment)}
    for manager in people.holders(session, Role.MANAGER, line=line):
        homes[manager.id] = (manager, f"/lines/{line.public_id}")
    for coordinator in people.holders(session, Role.COORDINATOR):
        homes[coordinator.id] = (coordinator, f"/network/assessments/{assessment.public_id}")
    for person, home in homes.values():
        if person.id != actor.id:
            letters.write(
                session,
                LetterKind.LINE_WITHDREW,
                person,
                key=f"{LetterKind.LINE_WITHDREW}:{assessment.public_id}:{person.public_id}",
                at=at,
                cycle=cycle.name,
                line=line.name,
                home=home,
            )
