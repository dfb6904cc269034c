"""Reviews as their pages read them: one reviewer's own work, never the other's before both are done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from audit.domain.agreement import Agreement
from audit.domain.agreement import agreement as agree
from audit.domain.criteria import CriteriaSet
from audit.domain.findings import EvidenceVerdict, Grade
from audit.domain.settlement import Settled
from audit.domain.workflow import State
from audit.persistence.queries.assessments import (
    Past,
    PreviousAnswer,
    SavedAnswer,
    answers_of,
    evidence_of,
    past,
)
from audit.persistence.tables import (
    ConfirmedAnswer,
    CriterionVerdict,
    Cycle,
    EvidenceItem,
    EvidenceVerdictRow,
    Person,
    ReportingLine,
    Review,
    SelfAssessment,
)

# The states in which every review is in, so that one reviewer may read the other.
BOTH_IN = frozenset({State.RECONCILIATION, State.FACTUAL_CHECK, State.AWAITING_DECISION, State.DECIDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class MyReview:
    """One line of a reviewer's own list."""

    public_id: str
    letter: str
    line: str
    country: str
    cycle: str
    criteria_set_hash: str
    due_on: date
    state: State
    declared: bool
    completed: bool
    judged: int  # criteria with a level and a finding, or "not applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenVerdict:
    """What one reviewer said about one criterion."""

    criterion: str
    key: str | None
    not_applicable: bool
    grade: Grade | None
    comment: str
    version: int
    saved_at: datetime

    @property
    def is_full(self) -> bool:
        return self.not_applicable or (self.key is not None and self.grade is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenEvidenceVerdict:
    verdict: EvidenceVerdict
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """All that one reviewer sees: the line's answers, last cycle's, the evidence, and this reviewer's own verdicts."""

    review: Review
    assessment: SelfAssessment  # with line and cycle
    answers: Mapping[str, SavedAnswer]
    past: Past | None  # the last cycle, where there was one
    evidence: Mapping[str, list[EvidenceItem]]  # locked items too
    verdicts: Mapping[str, GivenVerdict]
    evidence_verdicts: Mapping[tuple[str, str], GivenEvidenceVerdict]  # (criterion, item's public id)
    reviewers: int  # how many reviewers the cycle asks for
    others_done: int | None  # None while this review is not complete

    @property
    def previous(self) -> Mapping[str, PreviousAnswer]:
        return self.past.answers if self.past is not None else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One reviewer's verdict beside the other's."""

    letter: str
    verdict: GivenVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A criterion on which the reviewers differed, and what they settled on, once they have."""

    criterion: str
    sides: tuple[Side, ...]
    confirmed: ConfirmedAnswer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignedReview:
    """A review as the coordinator sees it: who, and how far, not what."""

    review: Review
    person: Person
    judged: int


def by_public_id(session: Session, public_id: str) -> Review | None:
    return session.scalar(select(Review).where(Review.public_id == public_id))


def mine(session: Session, person: Person) -> list[MyReview]:
    """The person's present reviews, those still open first, then by date."""
    judged = (
        select(CriterionVerdict.review_id, func.count().label("judged"))
        .where(CriterionVerdict.not_applicable.is_(True) | CriterionVerdict.grade.is_not(None))
        .where(CriterionVerdict.not_applicable.is_(True) | CriterionVerdict.key.is_not(None))
        .group_by(CriterionVerdict.review_id)
        .subquery()
    )
    rows = session.execute(
        select(Review, SelfAssessment.state, ReportingLine, Cycle, judged.c.judged)
        .join(SelfAssessment, SelfAssessment.id == Review.self_assessment_id)
        .join(ReportingLine, ReportingLine.id == SelfAssessment.line_id)
        .join(Cycle, Cycle.id == SelfAssessment.cycle_id)
        .outerjoin(judged, judged.c.review_id == Review.id)
        .where(Review.person_id == person.id, Review.ended_at.is_(None))
        .order_by(Review.completed_at.is_not(None), Cycle.review_by, ReportingLine.name)
    )
    return [
        MyReview(
            public_id=review.public_id,
            letter=review.letter,
            line=line.name,
            country=line.country,
            cycle=cycle.name,
            criteria_set_hash=cycle.criteria_set_hash,
            due_on=cycle.review_by,
            state=state,
            declared=review.declared_at is not None,
            completed=review.completed_at is not None,
            judged=count or 0,
        )
        for review, state, line, cycle, count in rows
    ]


def busiest_reviewer(session: Session) -> str | None:
    """The e-mail address of the person with most reviews that still have to be completed."""
    return session.scalar(
        select(Person.email)
        .join(Review, Review.person_id == Person.id)
        .where(Review.completed_at.is_(None), Review.ended_at.is_(None))
        .group_by(Person.email)
        .order_by(func.count().desc(), Person.email)
        .limit(1)
    )


def workspace(session: Session, review: Review) -> Workspace:
    """The reviewer's page; a constant number of statements, and no word of another reviewer."""
    assessment = session.execute(
        select(SelfAssessment)
        .where(SelfAssessment.id == review.self_assessment_id)
        .options(joinedload(SelfAssessment.line), joinedload(SelfAssessment.cycle))
    ).scalar_one()
    answers = answers_of(session, assessment.id)
    evidence = evidence_of(session, assessment.id)
    others_done = None
    if review.completed_at is not None:
        others_done = session.scalar(
            select(func.count())
            .select_from(Review)
            .where(
                Review.self_assessment_id == assessment.id,
                Review.id != review.id,
                Review.ended_at.is_(None),
                Review.completed_at.is_not(None),
            )
        )
    return Workspace(
        review=review,
        assessment=assessment,
        answers=answers,
        past=past(session, assessment),
        evidence=evidence,
        verdicts=_verdicts(session, review),
        evidence_verdicts=_evidence_verdicts(session, review),
        reviewers=assessment.cycle.reviewers,
        others_done=others_done,
    )


def differences(
    session: Session, assessment: SelfAssessment, criteria_set: CriteriaSet | None = None
) -> tuple[Difference, ...]:
    """The criteria to reconcile with both sides, in the set's order (or by id); empty until every review is in."""
    if assessment.state not in BOTH_IN:
        return ()
    confirmed = {
        row.criterion_id: row
        for row in session.scalars(select(ConfirmedAnswer).where(ConfirmedAnswer.self_assessment_id == assessment.id))
    }
    found: dict[str, list[Side]] = defaultdict(list)
    for letter, row in session.execute(_given(assessment)):
        found[row.criterion_id].append(Side(letter=letter, verdict=_given_verdict(row)))
    places = {criterion.id: place for place, criterion in enumerate(criteria_set.criteria if criteria_set else ())}
    return tuple(
        Difference(criterion=criterion, sides=tuple(given), confirmed=confirmed.get(criterion))
        for criterion, given in sorted(found.items(), key=lambda one: (places.get(one[0], 0), one[0]))
        if criterion not in confirmed or confirmed[criterion].settled is Settled.RECONCILED
    )


def sides(session: Session, assessment: SelfAssessment) -> dict[str, tuple[Side, ...]]:
    """What every reviewer said about every criterion; empty until every review is in."""
    if assessment.state not in BOTH_IN:
        return {}
    found: dict[str, list[Side]] = defaultdict(list)
    for letter, row in session.execute(_given(assessment)):
        found[row.criterion_id].append(Side(letter=letter, verdict=_given_verdict(row)))
    return {criterion: tuple(given) for criterion, given in found.items()}


def agreement(session: Session, assessment: SelfAssessment, criteria_set: CriteriaSet) -> Agreement | None:
    """How far the two reviewers agreed before they talked; None until both are in, or with one reviewer."""
    pairs = []
    for criterion, given in sides(session, assessment).items():
        keys = [side.verdict.key for side in given]
        if len(keys) != 2 or not criteria_set.has(criterion):
            continue
        answers = criteria_set.answer_set_of(criteria_set.criterion(criterion))
        levels = [answer.level for key in keys if key is not None and (answer := answers.answer(key)) is not None]
        if len(levels) == 2:
            pairs.append((levels[0], levels[1]))
    return agree(pairs) if pairs else None


def reviews_of(session: Session, assessment: SelfAssessment, *, ended: bool = False) -> list[AssignedReview]:
    """Who reviews this self-assessment and how far they are; with `ended`, also those released."""
    judged = (
        select(CriterionVerdict.review_id, func.count().label("judged"))
        .where(CriterionVerdict.not_applicable.is_(True) | CriterionVerdict.key.is_not(None))
        .group_by(CriterionVerdict.review_id)
        .subquery()
    )
    statement = (
        select(Review, Person, judged.c.judged)
        .join(Person, Person.id == Review.person_id)
        .outerjoin(judged, judged.c.review_id == Review.id)
        .where(Review.self_assessment_id == assessment.id)
        .order_by(Review.letter)
    )
    if not ended:
        statement = statement.where(Review.ended_at.is_(None))
    return [
        AssignedReview(review=review, person=person, judged=count or 0)
        for review, person, count in session.execute(statement)
    ]


def _verdicts(session: Session, review: Review) -> dict[str, GivenVerdict]:
    rows = session.scalars(select(CriterionVerdict).where(CriterionVerdict.review_id == review.id))
    return {row.criterion_id: _given_verdict(row) for row in rows}


def _evidence_verdicts(session: Session, review: Review) -> dict[tuple[str, str], GivenEvidenceVerdict]:
    rows = session.execute(
        select(EvidenceVerdictRow, EvidenceItem.public_id)
        .join(EvidenceItem, EvidenceItem.id == EvidenceVerdictRow.evidence_item_id)
        .where(EvidenceVerdictRow.review_id == review.id)
    )
    return {
        (row.criterion_id, item): GivenEvidenceVerdict(verdict=row.verdict, reason=row.reason) for row, item in rows
    }


def _given(assessment: SelfAssessment) -> Select[tuple[str, CriterionVerdict]]:
    return (
        select(Review.letter, CriterionVerdict)
        .join(CriterionVerdict, CriterionVerdict.review_id == Review.id)
        .where(
            Review.self_assessment_id == assessment.id,
            Review.ended_at.is_(None),
            Review.completed_at.is_not(None),
        )
        .order_by(Review.letter)
    )


def _given_verdict(row: CriterionVerdict) -> GivenVerdict:
    return GivenVerdict(
        criterion=row.criterion_id,
        key=row.key,
        not_applicable=row.not_applicable,
        grade=row.grade,
        comment=row.comment,
        version=row.version,
        saved_at=row.saved_at,
    )
