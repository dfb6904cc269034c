"""Completes a review; with the last one in, verdicts become confirmed answers or differences to reconcile."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.domain.calendar import FACTUAL_CHECK_DAYS, add_working_days
from audit.domain.confirmation import cap
from audit.domain.criteria import CriteriaSet, Criterion
from audit.domain.errors import N_, InvalidInput, Missing, NotAllowed, WrongState
from audit.domain.findings import Grade
from audit.domain.journal import Event
from audit.domain.letters import LetterKind
from audit.domain.permissions import Role
from audit.domain.settlement import Settled, Settlement, Verdict, current_kinds, settle
from audit.domain.workflow import Verb, after
from audit.persistence import journal, letters
from audit.persistence.course import hold, move
from audit.persistence.queries.people import holders
from audit.persistence.tables import (
    ConfirmedAnswer,
    CriterionVerdict,
    Cycle,
    EvidenceItem,
    EvidenceLink,
    EvidenceVerdictRow,
    Person,
    ReportingLine,
    Review,
    SelfAssessment,
)
from audit.persistence.verdicts import accepted_items
from audit.usecases.review.judging import check_verdict


def complete(
    session: Session, review: Review, criteria_set: CriteriaSet, *, actor: Person, at: datetime, today: date
) -> None:
    """The reviewer is done; what they said is fixed. With the last reviewer the verdicts are settled.

    Raises InvalidInput naming every criterion (and evidence item) that is not judged yet.
    """
    assessment = session.get_one(SelfAssessment, review.self_assessment_id)
    hold(session, assessment)
    session.refresh(review, ["declared_at", "completed_at", "ended_at"], with_for_update=True)
    if review.person_id != actor.id or review.ended_at is not None:
        raise NotAllowed(N_("This is not your review."))
    if review.declared_at is None:
        raise WrongState(N_("Please declare first that no tie to this line binds you."))
    if review.completed_at is not None:
        raise WrongState(N_("You completed this review; it stays as it is."))
    after(assessment.state, Verb.COMPLETE_REVIEW)
    criteria = list(criteria_set.applicable(assessment.profile))
    problems = _unjudged(session, assessment, review, criteria)
    if problems:
        raise InvalidInput(N_("Some criteria or items are not judged yet."), problems=tuple(problems))
    review.completed_at = at
    session.flush()
    line = session.get_one(ReportingLine, assessment.line_id)
    cycle = session.get_one(Cycle, assessment.cycle_id)
    done = list(
        session.scalars(
            select(Review)
            .where(
                Review.self_assessment_id == assessment.id,
                Review.ended_at.is_(None),
                Review.completed_at.is_not(None),
            )
            .order_by(Review.id)
        )
    )
    open_criteria: list[str] | None = None
    if len(done) >= cycle.reviewers:
        open_criteria = _settle_all(session, assessment, criteria_set, criteria, done, at=at, today=today)
        if open_criteria:
            move(session, assessment, Verb.DISAGREE)
            _tell_differences(session, assessment, line, done, at=at)
        else:
            move(session, assessment, Verb.AGREE)
            _tell_facts(session, assessment, line, at=at, today=today)
    journal.record(
        session,
        Event.REVIEW_COMPLETED,
        f"assessment:{assessment.public_id}",
        actor=actor,
        at=at,
        line=line,
        review=review.public_id,
        last=open_criteria is not None,
        to_reconcile=open_criteria or [],
    )


def reconcile(
    session: Session,
    assessment: SelfAssessment,
    criteria_set: CriteriaSet,
    criterion_id: str,
    *,
    key: str | None,
    not_applicable: bool = False,
    grade: Grade,
    comment: str = "",
    reason: str,
    actor: Person,
    at: datetime,
    today: date,
) -> None:
    """Record what the reviewers settled on where they differed, with the reason; the last one ends reconciliation."""
    hold(session, assessment)
    after(assessment.state, Verb.RECONCILE)
    _reviewed_by(session, assessment, actor)
    criteria = {criterion.id: criterion for criterion in criteria_set.applicable(assessment.profile)}
    if criterion_id not in criteria:
        raise Missing(N_("This criterion is not part of this self-assessment."))
    criterion = criteria[criterion_id]
    comment, reason = comment.strip(), reason.strip()
    if key is None and not not_applicable:
        raise InvalidInput(N_("Choose a level, or say that the criterion does not apply."), field="key")
    check_verdict(criteria_set, criterion, key=key, not_applicable=not_applicable, grade=grade, comment=comment)
    if not reason:
        raise InvalidInput(N_("Write down how you came to this level; the decision rests on it."), field="reason")
    confirmed = {row.criterion_id: row for row in _confirmed(session, assessment)}
    row = confirmed.get(criterion_id)
    if row is not None and row.settled is not Settled.RECONCILED:
        raise WrongState(N_("The reviewers agree on this criterion; there is nothing to reconcile."))
    capped = _capped(session, assessment, criteria_set, criterion, key, today=today)
    if row is None:
        row = ConfirmedAnswer(self_assessment_id=assessment.id, criterion_id=criterion_id)
        confirmed[criterion_id] = row
    row.key, row.not_applicable, row.grade, row.comment = capped, not_applicable, grade, comment
    row.settled, row.reason = Settled.RECONCILED, reason
    row.confirmed_at, row.confirmed_by_id = at, actor.id
    session.add(row)
    session.flush()
    line = session.get_one(ReportingLine, assessment.line_id)
    if criteria.keys() <= confirmed.keys():
        move(session, assessment, Verb.FINISH_RECONCILIATION)
        _tell_facts(session, assessment, line, at=at, today=today)
    journal.record(
        session,
        Event.CRITERION_RECONCILED,
        f"assessment:{assessment.public_id}",
        actor=actor,
        at=at,
        line=line,
        criterion=criterion_id,
        key=capped,
        not_applicable=not_applicable,
        grade=grade.value,
    )


def _unjudged(
    session: Session, assessment: SelfAssessment, review: Review, criteria: list[Criterion]
) -> list[InvalidInput]:
    verdicts = {
        row.criterion_id: row
        for row in session.scalars(select(CriterionVerdict).where(CriterionVerdict.review_id == review.id))
    }
    judged = {
        (row.criterion_id, row.evidence_item_id)
        for row in session.scalars(select(EvidenceVerdictRow).where(EvidenceVerdictRow.review_id == review.id))
    }
    offered = session.execute(
        select(EvidenceLink.criterion_id, EvidenceItem.id, EvidenceItem.title)
        .join(EvidenceItem, EvidenceItem.id == EvidenceLink.evidence_item_id)
        .where(EvidenceLink.self_assessment_id == assessment.id, EvidenceItem.locked_at.is_(None))
        .order_by(EvidenceItem.id)
    ).all()
    problems = []
    for criterion in criteria:
        row = verdicts.get(criterion.id)
        if row is None or not _said(row):
            problems.append(
                InvalidInput(
                    N_("%(criterion)s: give a level and a finding."), field=criterion.id, criterion=criterion.id
                )
            )
        problems += [
            InvalidInput(
                N_("%(criterion)s: accept or reject “%(item)s”."),
                field=criterion.id,
                criterion=criterion.id,
                item=title,
            )
            for criterion_id, item_id, title in offered
            if criterion_id == criterion.id and (criterion_id, item_id) not in judged
        ]
    return problems


def _said(row: CriterionVerdict) -> bool:
    return row.not_applicable or (row.key is not None and row.grade is not None)


def _settle_all(
    session: Session,
    assessment: SelfAssessment,
    criteria_set: CriteriaSet,
    criteria: list[Criterion],
    done: list[Review],
    *,
    at: datetime,
    today: date,
) -> list[str]:
    """Write what is confirmed; return the criteria that the reviewers must reconcile."""
    rows = session.scalars(
        select(CriterionVerdict)
        .where(CriterionVerdict.review_id.in_([review.id for review in done]))
        .order_by(CriterionVerdict.review_id)
    ).all()
    items = accepted_items(session, assessment)
    differing = []
    for criterion in criteria:
        verdicts = [
            Verdict(
                key=row.key,
                not_applicable=row.not_applicable,
                grade=row.grade or Grade.CONFORMS,
                comment=row.comment,
            )
            for row in rows
            if row.criterion_id == criterion.id
        ]
        settlement = settle(criteria_set, criterion, verdicts)
        if settlement is None:
            differing.append(criterion.id)
            continue
        kinds = current_kinds(criteria_set, criterion, items.get(criterion.id, ()), on=today)
        key = None if settlement.key is None else cap(criteria_set, criterion, settlement.key, kinds)
        session.add(_row(assessment, criterion.id, settlement, key, at=at))
    session.flush()
    return differing


def _row(
    assessment: SelfAssessment, criterion_id: str, settlement: Settlement, key: str | None, *, at: datetime
) -> ConfirmedAnswer:
    return ConfirmedAnswer(
        self_assessment_id=assessment.id,
        criterion_id=criterion_id,
        key=key,
        not_applicable=settlement.not_applicable,
        grade=settlement.grade,
        comment=settlement.comment,
        settled=settlement.settled,
        confirmed_at=at,
    )


def _capped(
    session: Session,
    assessment: SelfAssessment,
    criteria_set: CriteriaSet,
    criterion: Criterion,
    key: str | None,
    *,
    today: date,
) -> str | None:
    if key is None:
        return None
    items = accepted_items(session, assessment).get(criterion.id, ())
    return cap(criteria_set, criterion, key, current_kinds(criteria_set, criterion, items, on=today))


def _confirmed(session: Session, assessment: SelfAssessment) -> list[ConfirmedAnswer]:
    return list(session.scalars(select(ConfirmedAnswer).where(ConfirmedAnswer.self_assessment_id == assessment.id)))


def _reviewed_by(session: Session, assessment: SelfAssessment, actor: Person) -> None:
    mine = session.scalar(
        select(Review.id).where(
            Review.self_assessment_id == assessment.id,
            Review.person_id == actor.id,
            Review.ended_at.is_(None),
            Review.completed_at.is_not(None),
        )
    )
    if mine is None:
        raise NotAllowed(N_("Only the reviewers of this self-assessment can reconcile it."))


def _tell_differences(
    session: Session, assessment: SelfAssessment, line: ReportingLine, done: list[Review], *, at: datetime
) -> None:
    for review in done:
        person = session.get_one(Person, review.person_id)
        letters.write(
            session,
            LetterKind.RECONCILIATION_NEEDED,
            person,
            key=f"reconciliation_needed:{assessment.public_id}:{at.isoformat()}:{person.public_id}",
            at=at,
            review_id=review.public_id,
            line=line.name,
        )


def _tell_facts(
    session: Session, assessment: SelfAssessment, line: ReportingLine, *, at: datetime, today: date
) -> None:
    """The line now reads the findings for factual mistakes; the coordinators learn that the review is complete."""
    assessment.facts_due_on = add_working_days(today, FACTUAL_CHECK_DAYS)
    told = [(LetterKind.FACTS_TO_CHECK, person) for person in holders(session, Role.MANAGER, line=line)]
    told += [(LetterKind.REVIEW_COMPLETE, person) for person in holders(session, Role.COORDINATOR)]
    for kind, person in told:
        letters.write(
            session,
            kind,
            person,
            key=f"{kind.value}:{assessment.public_id}:{person.public_id}",
            at=at,
            assessment_id=assessment.public_id,
            line=line.name,
            line_id=line.public_id,
            due_on=assessment.facts_due_on.isoformat(),
        )
