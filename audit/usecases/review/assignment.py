"""Asks reviewers for their review, hears their declaration, and lets them go."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit.domain.conflicts import CONFLICT_WORDS, ConflictReason, conflict_reasons
from audit.domain.errors import N_, ConflictOfInterest, InvalidInput, NotAllowed, WrongState
from audit.domain.journal import Event
from audit.domain.letters import LetterKind
from audit.domain.permissions import Role
from audit.domain.workflow import State
from audit.persistence import journal, letters
from audit.persistence.course import hold
from audit.persistence.queries import conflicts as gathering
from audit.persistence.queries.people import holders
from audit.persistence.tables import Appointment, Cycle, Person, ReportingLine, Review, SelfAssessment

ASSIGNABLE = frozenset({State.SUBMITTED, State.IN_REVIEW})
RELEASABLE = ASSIGNABLE | {State.RECONCILIATION}


def conflicts(
    session: Session, assessment: SelfAssessment, person: Person, *, today: date
) -> tuple[ConflictReason, ...]:
    """Why the person may not review this self-assessment; empty when nothing is known against it."""
    known = gathering.candidates(session, [person])[person.id]
    return conflict_reasons(known, gathering.subject(session, assessment), today=today)


def assign(
    session: Session, assessment: SelfAssessment, person: Person, *, actor: Person, at: datetime, today: date
) -> Review:
    """Ask a person to review. A reviewer who was released without a tie may be asked again and keeps the letter.

    Raises WrongState outside submission and review or when enough reviewers are there, ConflictOfInterest for a tie.
    """
    hold(session, assessment)
    if assessment.state not in ASSIGNABLE:
        raise WrongState(N_("Reviewers can be assigned from the submission to the end of the review."))
    cycle = session.get_one(Cycle, assessment.cycle_id)
    reviews = _reviews(session, assessment)
    present = [review for review in reviews if review.ended_at is None]
    if any(review.person_id == person.id for review in present):
        raise WrongState(N_("This person already reviews this self-assessment."))
    if len(present) >= cycle.reviewers:
        raise WrongState(N_("This self-assessment has all its reviewers. Release one before you assign another."))
    if person.disabled_at is not None or not _may_review(session, person):
        raise InvalidInput(N_("This person is not a reviewer of the network."), field="person")
    reasons = conflicts(session, assessment, person, today=today)
    if reasons:
        raise ConflictOfInterest(CONFLICT_WORDS[reasons[0]], field="person")
    review = next((review for review in reviews if review.person_id == person.id), None)
    if review is None:
        review = Review(
            self_assessment_id=assessment.id,
            person=person,
            letter="ABCDEFGHIJKLMNOPQRSTUVWXYZ"[len(reviews)],
            assigned_at=at,
            assigned_by_id=actor.id,
        )
        session.add(review)
    else:
        review.assigned_at, review.assigned_by_id = at, actor.id
        review.declared_at = review.completed_at = review.ended_at = None
        review.ended_reason = ""
    session.flush()
    line = session.get_one(ReportingLine, assessment.line_id)
    if assessment.state is State.IN_REVIEW:
        tell_reviewer(session, review, person, line, cycle, at=at)
    journal.record(
        session,
        Event.REVIEWER_ASSIGNED,
        f"assessment:{assessment.public_id}",
        actor=actor,
        at=at,
        line=line,
        review=review.public_id,
        person=person.public_id,
    )
    return review


def tell_reviewer(
    session: Session, review: Review, person: Person, line: ReportingLine, cycle: Cycle, *, at: datetime
) -> None:
    """One letter per asking: the review can begin."""
    letters.write(
        session,
        LetterKind.ASSIGNED_TO_REVIEW,
        person,
        key=f"assigned_to_review:{review.public_id}:{review.assigned_at.isoformat()}",
        at=at,
        review_id=review.public_id,
        line=line.name,
        cycle=cycle.name,
        due_on=cycle.review_by.isoformat(),
    )


def declare(session: Session, review: Review, *, tie: bool, reason: str = "", actor: Person, at: datetime) -> None:
    """The reviewer's declaration. A tie releases at once, with all access, and tells the coordinators."""
    _own(review, actor)
    assessment = session.get_one(SelfAssessment, review.self_assessment_id)
    if assessment.state not in RELEASABLE:
        raise WrongState(N_("This review is over."))
    if tie:
        if not reason.strip():
            raise InvalidInput(N_("Say in a few words what ties you to this line."), field="reason")
        review.tie_declared = True
        _end(session, review, assessment, reason=reason.strip(), actor=actor, at=at)
        return
    if review.declared_at is not None:
        return
    review.declared_at = at
    journal.record(
        session,
        Event.REVIEWER_DECLARED,
        f"assessment:{assessment.public_id}",
        actor=actor,
        at=at,
        line=session.get_one(ReportingLine, assessment.line_id),
        review=review.public_id,
        tie=False,
    )


def release(session: Session, review: Review, *, reason: str, actor: Person, at: datetime) -> None:
    """A coordinator lets a reviewer go; what they said so far no longer counts."""
    if not reason.strip():
        raise InvalidInput(N_("Say why the reviewer is released."), field="reason")
    assessment = session.get_one(SelfAssessment, review.self_assessment_id)
    if review.ended_at is not None:
        raise WrongState(N_("This reviewer was released already."))
    if assessment.state not in ASSIGNABLE:
        raise WrongState(N_("The reviews are complete; a reviewer cannot be released now."))
    _end(session, review, assessment, reason=reason.strip(), actor=actor, at=at)


def _end(
    session: Session, review: Review, assessment: SelfAssessment, *, reason: str, actor: Person, at: datetime
) -> None:
    review.ended_at, review.ended_reason = at, reason
    line = session.get_one(ReportingLine, assessment.line_id)
    person = session.get_one(Person, review.person_id)
    told = holders(session, Role.COORDINATOR) if actor.id == person.id else [person]
    for recipient in told:
        letters.write(
            session,
            LetterKind.REVIEWER_RELEASED,
            recipient,
            key=f"reviewer_released:{review.public_id}:{at.isoformat()}:{recipient.public_id}",
            at=at,
            assessment_id=assessment.public_id,
            line=line.name,
            line_id=line.public_id,
            own=recipient.id == person.id,
        )
    journal.record(
        session,
        Event.REVIEWER_RELEASED,
        f"assessment:{assessment.public_id}",
        actor=actor,
        at=at,
        line=line,
        review=review.public_id,
        tie=review.tie_declared,
    )


def _own(review: Review, actor: Person) -> None:
    if review.person_id != actor.id or review.ended_at is not None:
        raise NotAllowed(N_("This is not your review."))


def _reviews(session: Session, assessment: SelfAssessment) -> list[Review]:
    return list(session.scalars(select(Review).where(Review.self_assessment_id == assessment.id).order_by(Review.id)))


def _may_review(session: Session, person: Person) -> bool:
    """Reviewers are appointed as such; managers of lines and coordinators may be asked as peers only when they are."""
    found = session.scalar(
        select(func.count())
        .select_from(Appointment)
        .where(Appointment.person_id == person.id, Appointment.role == Role.REVIEWER, Appointment.ended_at.is_(None))
    )
    return bool(found)
