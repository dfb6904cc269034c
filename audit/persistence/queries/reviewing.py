"""What a reviewer's pages ask besides their own work: whose self-assessment it is, and who else reviews it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from audit.persistence.tables import Person, Review, SelfAssessment


def subject_of(session: Session, review: Review) -> SelfAssessment:
    """The self-assessment under review, with its line and its cycle."""
    return session.execute(
        select(SelfAssessment)
        .where(SelfAssessment.id == review.self_assessment_id)
        .options(joinedload(SelfAssessment.line), joinedload(SelfAssessment.cycle))
    ).scalar_one()


def letters_of_others(session: Session, review: Review) -> tuple[str, ...]:
    """The letters of the other present reviewers; nothing of what they say."""
    return tuple(
        session.scalars(
            select(Review.letter)
            .where(
                Review.self_assessment_id == review.self_assessment_id,
                Review.id != review.id,
                Review.ended_at.is_(None),
            )
            .order_by(Review.letter)
        )
    )


def reviewers_at_work(session: Session, assessment: SelfAssessment) -> list[Person]:
    """Who still reviews a self-assessment."""
    return list(
        session.scalars(
            select(Person)
            .join(Review, Review.person_id == Person.id)
            .where(
                Review.self_assessment_id == assessment.id,
                Review.ended_at.is_(None),
                Review.completed_at.is_(None),
                Person.disabled_at.is_(None),
            )
            .order_by(Review.letter)
        )
    )
