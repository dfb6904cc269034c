"""Decides on a self-assessment: the level, its findings, its certificate and its result sheet, in one transaction."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from audit.domain.calendar import (
    APPEAL_DAYS,
    RENEWAL_WINDOW_MONTHS,
    TIE_MONTHS,
    add_months,
    add_working_days,
    last_valid_day,
)
from audit.domain.case import Case, case_to_text, is_conditional
from audit.domain.certification import (
    RANDOM_BYTES,
    CertificateStatus,
    facts_hash,
    facts_to_text,
    serial_number,
    verification_code,
)
from audit.domain.criteria import CriteriaSet, Level
from audit.domain.errors import N_, ConflictOfInterest, InvalidInput, WrongState
from audit.domain.findings import Grade
from audit.domain.first_round import letter_valid_until
from audit.domain.journal import Event
from audit.domain.letters import LetterKind
from audit.domain.permissions import Role
from audit.domain.workflow import Verb, after
from audit.persistence import journal, letters
from audit.persistence.course import hold, move
from audit.persistence.queries.assessments import answers_of
from audit.persistence.queries.certificates import present_of_line
from audit.persistence.queries.decisions import case_of, has_reviewed, latest_submission
from audit.persistence.queries.papers import certificate_facts, result_sheet_facts
from audit.persistence.queries.people import holders
from audit.persistence.tables import (
    Appointment,
    Audience,
    Certificate,
    CertificateEvent,
    Cycle,
    CycleKind,
    Decision,
    Document,
    DocumentKind,
    FindingRow,
    Network,
    Person,
    ReportingLine,
    Review,
    SelfAssessment,
    random_bytes,
)

FINDING_DUE_MONTHS = {Grade.MAJOR: 6, Grade.MINOR: 6, Grade.OPPORTUNITY: 12}  # domain report 2.3, findings


def decide(
    session: Session,
    assessment: SelfAssessment,
    criteria_set: CriteriaSet,
    *,
    level: str | None = None,
    reason: str = "",
    plan_accepted: bool = False,
    base_url: str,
    actor: Person,
    at: datetime,
    today: date,
) -> Decision:
    """Take the decision. The set's rules compute the level; another one (`level`) needs a written reason.

    `base_url` is the public address of this installation, which the certificate's code opens. Raises ConflictOfInterest
    for someone who reviewed or has a tie to the line, WrongState unless a decision is due, InvalidInput for a deviation
    without a reason, ScoringError when confirmed answers are missing.
    """
    hold(session, assessment)
    if has_reviewed(session, assessment, actor):
        raise ConflictOfInterest(N_("You were asked to review this self-assessment, so someone else decides on it."))
    if _is_tied(session, actor, assessment.line_id, today):
        raise ConflictOfInterest(N_("You belong or belonged to this line, so someone else decides on it."))
    after(assessment.state, Verb.DECIDE)
    submission = latest_submission(session, assessment)
    if submission is None:
        raise WrongState(N_("This self-assessment has not been submitted yet."))
    case = case_of(session, assessment, criteria_set, plan_accepted=plan_accepted, today=today)
    reason = reason.strip()
    decided = _chosen(criteria_set, case, level, reason)
    move(session, assessment, Verb.DECIDE)  # nothing changes before everything that can be refused was
    cycle = session.get_one(Cycle, assessment.cycle_id)
    number = session.scalar(
        select(func.coalesce(func.max(Decision.number), 0)).where(Decision.self_assessment_id == assessment.id)
    )
    decision = Decision(
        self_assessment_id=assessment.id,
        number=(number or 0) + 1,
        computed_level=case.verdict.level,
        level=decided.id,
        reason=reason,
        plan_accepted=plan_accepted,
        overall=str(case.score.overall),
        result=case_to_text(case),
        snapshot_hash=submission.snapshot_hash,
        criteria_set_hash=cycle.criteria_set_hash,
        decided_at=at,
        decided_by_id=actor.id,
        appeal_until=add_working_days(today, APPEAL_DAYS),
    )
    session.add(decision)
    session.flush()
    _open_findings(session, assessment, case, at=at, today=today)
    certificate = None
    if decided.certificate and cycle.kind is CycleKind.FULL:
        certificate = _grant(
            session, decision, assessment, criteria_set, case, decided, cycle, base_url=base_url, at=at, today=today,
            actor=actor,
        )  # fmt: skip
    _want_result_sheet(session, decision, assessment, case, certificate, actor=actor, at=at, today=today)
    _tell(session, decision, assessment, certificate, actor=actor, at=at)
    if cycle.kind is CycleKind.FIRST_ROUND:
        _first_round_letter(session, decision, assessment, criteria_set, actor=actor, at=at)
    return decision


def _chosen(criteria_set: CriteriaSet, case: Case, level: str | None, reason: str) -> Level:
    if level is None or level == case.verdict.level:
        return criteria_set.level(case.verdict.level)
    if level not in {one.id for one in criteria_set.levels}:
        raise InvalidInput(N_("There is no such level."), field="level")
    if not reason:
        raise InvalidInput(
            N_("This is not the level that the rules give. Write down why you decide differently."), field="reason"
        )
    return criteria_set.level(level)


def _is_tied(session: Session, person: Person, line_id: int, today: date) -> bool:
    ends = session.scalars(
        select(Appointment.ended_at).where(Appointment.person_id == person.id, Appointment.line_id == line_id)
    )
    return any(ended is None or add_months(ended.date(), TIE_MONTHS) > today for ended in ends)


def _open_findings(session: Session, assessment: SelfAssessment, case: Case, *, at: datetime, today: date) -> None:
    """Open what this review found; earlier findings on criteria that were judged anew end with it."""
    earlier = select(SelfAssessment.id).where(
        SelfAssessment.line_id == assessment.line_id, SelfAssessment.id != assessment.id
    )
    session.execute(
        update(FindingRow)
        .where(
            FindingRow.self_assessment_id.in_(earlier),
            FindingRow.closed_at.is_(None),
            FindingRow.criterion_id.in_(list(case.confirmed)),
        )
        .values(closed_at=at)
        .execution_options(synchronize_session=False)
    )
    for one in case.confirmed.values():
        if one.grade.can_be_open:
            session.add(
                FindingRow(
                    self_assessment_id=assessment.id,
                    criterion_id=one.criterion,
                    grade=one.grade,
                    text=one.comment,
                    due_on=add_months(today, FINDING_DUE_MONTHS[one.grade]),
                    opened_at=at,
                )
            )
    session.flush()


def _grant(
    session: Session,
    decision: Decision,
    assessment: SelfAssessment,
    criteria_set: CriteriaSet,
    case: Case,
    level: Level,
    cycle: Cycle,
    *,
    base_url: str,
    actor: Person,
    at: datetime,
    today: date,
) -> Certificate:
    """Write the certificate's row with its facts, and let it take the place of the one that is in force."""
    line = session.get_one(ReportingLine, assessment.line_id)
    old = present_of_line(session, line.id, today)
    months = min(level.validity_months or cycle.validity_months, cycle.validity_months)
    valid_until = last_valid_day(today, months)
    if (
        old is not None
        and not is_conditional(level)
        and not any(is_conditional(one) for one in criteria_set.levels if one.id == old.level)
        and old.valid_from < today <= old.valid_until
        and add_months(today, RENEWAL_WINDOW_MONTHS) >= old.valid_until
    ):
        valid_until = add_months(old.valid_until, months)  # a renewal in time keeps the anniversary
    sequence = session.scalar(
        update(Network).values(last_serial=Network.last_serial + 1).returning(Network.last_serial)
    )
    serial = serial_number(today.year, line.country, sequence or 0)
    code = verification_code(random_bytes(RANDOM_BYTES))
    facts = certificate_facts(
        session,
        decision,
        assessment,
        case,
        serial=serial,
        code=code,
        supersedes=old.serial if old is not None else None,
        valid_from=today,
        valid_until=valid_until,
        reviewers=_reviewers(session, assessment),
        base_url=base_url,
    )
    text = facts_to_text(facts)
    certificate = Certificate(
        serial=serial,
        code=code,
        decision_id=decision.id,
        line_id=line.id,
        level=level.id,
        valid_from=today,
        valid_until=valid_until,
        facts=text,
        facts_hash=facts_hash(text),
        granted_at=at,
    )
    session.add(certificate)
    session.flush()
    status = CertificateStatus.CONDITIONAL if is_conditional(level) else CertificateStatus.GRANTED
    session.add(_event(certificate, status, today, at=at, actor=actor))
    if old is not None:
        session.add(
            _event(old, CertificateStatus.SUPERSEDED, today, at=at, actor=actor, reason_class="new_certificate")
        )
    session.flush()
    return certificate


def _event(
    certificate: Certificate,
    status: CertificateStatus,
    day: date,
    *,
    at: datetime,
    actor: Person,
    reason_class: str = "",
) -> CertificateEvent:
    return CertificateEvent(
        certificate_id=certificate.id,
        status=status.value,
        effective_on=day,
        recorded_at=at,
        reason_class=reason_class,
        recorded_by_id=actor.id,
    )


def _reviewers(session: Session, assessment: SelfAssessment) -> int:
    count = session.scalar(
        select(func.count())
        .select_from(Review)
        .where(Review.self_assessment_id == assessment.id, Review.completed_at.is_not(None), Review.ended_at.is_(None))
    )
    return count or 0


def _want_result_sheet(
    session: Session,
    decision: Decision,
    assessment: SelfAssessment,
    case: Case,
    certificate: Certificate | None,
    *,
    actor: Person,
    at: datetime,
    today: date,
) -> None:
    line = session.get_one(ReportingLine, assessment.line_id)
    cycle = session.get_one(Cycle, assessment.cycle_id)
    facts = result_sheet_facts(
        session,
        decision,
        assessment,
        case,
        {criterion: saved.value for criterion, saved in answers_of(session, assessment.id).items()},
        certificate_serial=certificate.serial if certificate is not None else None,
        reviewers=_reviewers(session, assessment),
        today=today,
    )
    session.add(
        Document(
            kind=DocumentKind.RESULT_SHEET,
            subject=f"decision:{decision.public_id}",
            audience=Audience.LINE,
            line_id=line.id,
            cycle_id=cycle.id,
            decision_id=decision.id,
            title=line.name,
            language=line.language,
            facts=facts_to_text(facts),
            wanted_at=at,
            wanted_by_id=actor.id,
        )
    )
    session.flush()


def _tell(
    session: Session,
    decision: Decision,
    assessment: SelfAssessment,
    certificate: Certificate | None,
    *,
    actor: Person,
    at: datetime,
) -> None:
    line = session.get_one(ReportingLine, assessment.line_id)
    for manager in holders(session, Role.MANAGER, line=line):
        letters.write(
            session,
            LetterKind.DECIDED,
            manager,
            key=f"decided:{decision.public_id}:{manager.public_id}",
            at=at,
            assessment_id=assessment.public_id,
            line=line.name,
            line_id=line.public_id,
            appeal_until=decision.appeal_until.isoformat(),
        )
    journal.record(
        session,
        Event.DECISION_TAKEN,
        f"assessment:{assessment.public_id}",
        actor=actor,
        at=at,
        line=line,
        decision=decision.public_id,
        computed_level=decision.computed_level,
        level=decision.level,
        reason=decision.reason,
        plan_accepted=decision.plan_accepted,
        snapshot_hash=decision.snapshot_hash,
        criteria_set_hash=decision.criteria_set_hash,
    )
    if certificate is not None:
        journal.record(
            session,
            Event.CERTIFICATE_GRANTED,
            f"certificate:{certificate.serial}",
            actor=actor,
            at=at,
            line=line,
            decision=decision.public_id,
            facts_hash=certificate.facts_hash,
            valid_from=certificate.valid_from,
            valid_until=certificate.valid_until,
        )


def _first_round_letter(
    session: Session,
    decision: Decision,
    assessment: SelfAssessment,
    criteria_set: CriteriaSet,
    *,
    actor: Person,
    at: datetime,
) -> None:
    """A first round that was met ends in a letter with a last day, to each manager; there is nothing to look up."""
    valid_until = letter_valid_until(criteria_set, decision.level, at.date())
    if valid_until is None:
        return
    line = session.get_one(ReportingLine, assessment.line_id)
    for manager in holders(session, Role.MANAGER, line=line):
        letters.write(
            session,
            LetterKind.FIRST_ROUND_LETTER,
            manager,
            key=f"{LetterKind.FIRST_ROUND_LETTER}:{decision.public_id}:{manager.public_id}",
            at=at,
            assessment_id=assessment.public_id,
            line=line.name,
            line_id=line.public_id,
            valid_until=valid_until.isoformat(),
        )
    journal.record(
        session,
        Event.FIRST_ROUND_MET,
        f"assessment:{assessment.public_id}",
        actor=actor,
        at=at,
        line=line,
        decision=decision.public_id,
        valid_until=valid_until,
    )
