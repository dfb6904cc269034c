"""More time for one line: it asks with a reason, a coordinator gives it another day or declines with one."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from audit.domain import workflow
from audit.domain.errors import N_, InvalidInput, WrongState
from audit.domain.journal import Event
from audit.domain.letters import LetterKind
from audit.domain.permissions import Role
from audit.persistence import journal, letters
from audit.persistence.course import refuse_practice
from audit.persistence.queries import people, rounds
from audit.persistence.tables import Cycle, Person, ReportingLine, SelfAssessment, TimeRequest

LONGEST_REASON = 2000  # characters


def ask_time(
    session: Session, assessment: SelfAssessment, *, until: date, reason: str, actor: Person, at: datetime
) -> TimeRequest:
    """Ask the coordinators for a later day. One open request at a time; WrongState for a second one."""
    cycle = _held(session, assessment)
    if rounds.open_request(session, assessment.id) is not None:
        raise WrongState(N_("You asked for more time already; the network office answers by letter."))
    if until <= assessment.due_on:
        raise InvalidInput(N_("Please choose a later date than the present one."), field="until")
    request = TimeRequest(
        self_assessment_id=assessment.id,
        until=until,
        reason=_reason(reason, "reason"),
        asked_at=at,
        asked_by_id=actor.id,
    )
    session.add(request)
    session.flush()
    line = session.get_one(ReportingLine, assessment.line_id)
    for coordinator in people.holders(session, Role.COORDINATOR):
        letters.write(
            session,
            LetterKind.MORE_TIME_ASKED,
            coordinator,
            key=f"{LetterKind.MORE_TIME_ASKED}:{request.public_id}:{coordinator.public_id}",
            at=at,
            line=line.name,
            assessment_id=assessment.public_id,
            cycle=cycle.name,
            due_on=assessment.due_on.isoformat(),
            asked_until=until.isoformat(),
        )
    _record(session, Event.ASSESSMENT_ASKED_TIME, assessment, line, until, request.reason, actor=actor, at=at)
    return request


def give_time(
    session: Session, assessment: SelfAssessment, *, due_on: date, reason: str, actor: Person, at: datetime
) -> None:
    """Move one line's date of submission to a later day, with a reason; what the line asked is answered by it."""
    _held(session, assessment)
    if due_on <= assessment.due_on:
        raise InvalidInput(N_("Please choose a later date than the present one."), field="due_on")
    reason = _reason(reason, "reason")
    line = session.get_one(ReportingLine, assessment.line_id)
    assessment.due_on = due_on
    _record(session, Event.ASSESSMENT_GIVEN_TIME, assessment, line, due_on, reason, actor=actor, at=at)
    request = rounds.open_request(session, assessment.id)
    if request is not None:
        _answer(session, request, assessment, line, granted=True, answer=reason, actor=actor, at=at)


def decline_time(session: Session, assessment: SelfAssessment, *, reason: str, actor: Person, at: datetime) -> None:
    """Leave the date as it is, with a reason that the line reads. WrongState when nothing was asked."""
    _held(session, assessment)
    request = rounds.open_request(session, assessment.id)
    if request is None:
        raise WrongState(N_("The line does not ask for more time now."))
    reason = _reason(reason, "reason")
    line = session.get_one(ReportingLine, assessment.line_id)
    _record(session, Event.ASSESSMENT_REFUSED_TIME, assessment, line, request.until, reason, actor=actor, at=at)
    _answer(session, request, assessment, line, granted=False, answer=reason, actor=actor, at=at)


def _held(session: Session, assessment: SelfAssessment) -> Cycle:
    """The cycle, when the line may still hand in; nobody else asks or answers until this transaction ends."""
    refuse_practice(session, assessment)
    session.refresh(assessment, with_for_update={"of": SelfAssessment})
    cycle = session.get_one(Cycle, assessment.cycle_id)
    if assessment.state is workflow.State.WITHDRAWN:
        raise WrongState(N_("The line withdrew from this cycle."))
    if assessment.state not in workflow.OPEN_FOR_THE_LINE:
        raise WrongState(N_("This self-assessment was already submitted."))
    if cycle.closed_at is not None:
        raise WrongState(N_("This cycle is closed."))
    return cycle


def _reason(reason: str, field: str) -> str:
    reason = reason.replace("\0", "").replace("\r\n", "\n").strip()
    if not reason:
        raise InvalidInput(N_("Please give a reason."), field=field)
    if len(reason) > LONGEST_REASON:
        raise InvalidInput(N_("Please use at most %(most)d characters."), field=field, most=LONGEST_REASON)
    return reason


def _answer(
    session: Session,
    request: TimeRequest,
    assessment: SelfAssessment,
    line: ReportingLine,
    *,
    granted: bool,
    answer: str,
    actor: Person,
    at: datetime,
) -> None:
    """Close the request and write to the line's managers."""
    session.execute(
        update(TimeRequest)
        .where(TimeRequest.id == request.id)
        .values(granted=granted, answer=answer, answered_at=at, answered_by_id=actor.id)
    )
    for manager in people.holders(session, Role.MANAGER, line=line):
        letters.write(
            session,
            LetterKind.MORE_TIME_ANSWERED,
            manager,
            key=f"{LetterKind.MORE_TIME_ANSWERED}:{request.public_id}:{manager.public_id}",
            at=at,
            line=line.name,
            line_id=line.public_id,
            granted=granted,
            due_on=assessment.due_on.isoformat(),
        )


def _record(
    session: Session,
    event: Event,
    assessment: SelfAssessment,
    line: ReportingLine,
    day: date,
    reason: str,
    *,
    actor: Person,
    at: datetime,
) -> None:
    journal.record(
        session,
        event,
        f"assessment:{assessment.public_id}",
        actor=actor,
        at=at,
        line=line,
        due_on=day,
        reason=reason,
    )
