"""The network as its coordinators read it: cycles, lines, who may review whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from audit.domain.answers import AnswerStatus
from audit.domain.certification import CertificateStatus
from audit.domain.conflicts import ConflictReason, conflict_reasons
from audit.domain.permissions import Role
from audit.domain.workflow import CLOSED, OPEN_FOR_THE_LINE, State
from audit.persistence.queries import conflicts as gathering
from audit.persistence.queries.certificates import status_now
from audit.persistence.queries.people import holders
from audit.persistence.queries.practice import COUNTS
from audit.persistence.tables import (
    AnswerRow,
    Certificate,
    Cycle,
    Decision,
    FindingRow,
    FrozenCriteriaSet,
    Person,
    ReportingLine,
    Review,
    SelfAssessment,
    TimeRequest,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleSummary:
    """One cycle with how far its lines are."""

    cycle: Cycle
    criteria_set_id: str
    criteria_set_version: str
    states: Mapping[State, int] = field(default_factory=dict)

    @property
    def lines(self) -> int:
        return sum(self.states.values())

    @property
    def decided(self) -> int:
        return self.states.get(State.DECIDED, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the overview shows; empty fields leave nothing out."""

    search: str = ""  # in the name of the line
    country: str = ""
    state: State | None = None
    level: str = ""
    late: bool = False  # only lines whose date has passed
    asks_time: bool = False  # only lines that ask for more time


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewLine:
    """One line in a cycle. `level` and `overall` (percent, exact) are of its latest decision."""

    assessment: SelfAssessment
    line: ReportingLine
    answered: int
    reviewers: int  # present ones
    reviews_complete: int
    decision: Decision | None
    level: str
    overall: Fraction | None
    certificate: Certificate | None  # the latest
    certificate_status: CertificateStatus | None
    open_findings: int  # of this line, from any cycle
    due_on: date | None  # the next date for whoever has the turn; None when nothing is due
    is_late: bool
    asks_until: date | None  # the day an unanswered request for more time asks for


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    cycle: Cycle
    lines: tuple[OverviewLine, ...]
    total: int  # before filters
    states: Mapping[State, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerChoice:
    """Someone who might review, with every reason against it and how much they have to do."""

    person: Person
    reasons: tuple[ConflictReason, ...]
    open_reviews: int
    asked_here: bool  # was or is a reviewer of this self-assessment


def cycles(session: Session) -> list[CycleSummary]:
    """Every cycle, the latest first: two statements."""
    counts: dict[int, dict[State, int]] = {}
    for cycle_id, state, count in session.execute(
        select(SelfAssessment.cycle_id, SelfAssessment.state, func.count())
        .join(Cycle, Cycle.id == SelfAssessment.cycle_id)
        .where(COUNTS)
        .group_by(SelfAssessment.cycle_id, SelfAssessment.state)
    ):
        counts.setdefault(cycle_id, {})[state] = count
    rows = session.execute(
        select(Cycle, FrozenCriteriaSet.set_id, FrozenCriteriaSet.version)
        .join(FrozenCriteriaSet, FrozenCriteriaSet.hash == Cycle.criteria_set_hash)
        .where(COUNTS)
        .order_by(Cycle.opens_on.desc(), Cycle.id.desc())
    )
    return [
        CycleSummary(cycle=cycle, criteria_set_id=set_id, criteria_set_version=version, states=counts.get(cycle.id, {}))
        for cycle, set_id, version in rows
    ]


def cycle_by_public_id(session: Session, public_id: str) -> Cycle | None:
    return session.scalar(select(Cycle).where(Cycle.public_id == public_id, COUNTS))


def cycle_by_name(session: Session, name: str) -> Cycle | None:
    return session.scalar(select(Cycle).where(Cycle.name == name, COUNTS))


def latest_cycle(session: Session) -> Cycle | None:
    """The open cycle that opened last, or else the one closed last."""
    return session.scalar(
        select(Cycle)
        .where(COUNTS)
        .order_by(Cycle.closed_at.is_not(None), Cycle.opens_on.desc(), Cycle.id.desc())
        .limit(1)
    )


def lines(session: Session, *, left: bool = False) -> list[ReportingLine]:
    """The lines of the network by name; with `left`, also those that left it."""
    statement = select(ReportingLine).order_by(ReportingLine.name)
    if not left:
        statement = statement.where(ReportingLine.left_at.is_(None))
    return sorted(session.scalars(statement), key=lambda line: _read_name(line).casefold())


def overview(
    session: Session, cycle_id: int, filters: Filters | None = None, sort: str = "line", *, today: date
) -> Overview:
    """Every line of a cycle with where it stands; eight statements, however many lines there are.

    `sort` is line, country, state, answered, level, overall, findings or due_on, with "-" before it for the
    other direction.
    """
    wanted = filters or Filters()
    cycle = session.get_one(Cycle, cycle_id)
    rows = session.scalars(
        select(SelfAssessment)
        .join(ReportingLine, ReportingLine.id == SelfAssessment.line_id)
        .where(SelfAssessment.cycle_id == cycle_id)
        .options(joinedload(SelfAssessment.line), joinedload(SelfAssessment.cycle))
        .order_by(ReportingLine.name)
    ).all()
    answered = _answered(session, cycle_id)
    reviews = _reviews(session, cycle_id)
    decisions = _decisions(session, cycle_id)
    certificates = _certificates(session)
    findings = _open_findings(session)
    asked = _asked_time(session, cycle_id)
    every = [
        _line(row, cycle, answered.get(row.id, 0), reviews.get(row.id, (0, 0)), decisions.get(row.id),
              certificates.get(row.line_id), findings.get(row.line_id, 0), asked.get(row.id), today)
        for row in rows
    ]  # fmt: skip
    shown = [line for line in every if _matches(line, wanted)]
    key = _SORTS.get(sort.removeprefix("-"))
    if key is not None:
        shown.sort(key=key)
    if sort.startswith("-"):
        shown.reverse()
    states: dict[State, int] = {}
    for line in every:
        states[line.assessment.state] = states.get(line.assessment.state, 0) + 1
    return Overview(cycle=cycle, lines=tuple(shown), total=len(every), states=states)


def candidates(session: Session, assessment: SelfAssessment, today: date) -> list[ReviewerChoice]:
    """Everyone appointed as a reviewer: those without a reason against first, then by work in hand, then by name."""
    people = holders(session, Role.REVIEWER)
    known = gathering.candidates(session, people)
    subject = gathering.subject(session, assessment)
    busy = dict(
        session.execute(
            select(Review.person_id, func.count())
            .join(SelfAssessment, SelfAssessment.id == Review.self_assessment_id)
            .where(
                Review.ended_at.is_(None),
                Review.completed_at.is_(None),
                SelfAssessment.state.in_((State.SUBMITTED, State.IN_REVIEW)),
            )
            .group_by(Review.person_id)
        ).all()
    )
    asked = set(session.scalars(select(Review.person_id).where(Review.self_assessment_id == assessment.id)))
    choices = [
        ReviewerChoice(
            person=person,
            reasons=conflict_reasons(known[person.id], subject, today=today),
            open_reviews=busy.get(person.id, 0),
            asked_here=person.id in asked,
        )
        for person in people
    ]
    return sorted(choices, key=lambda one: (bool(one.reasons), one.open_reviews, one.person.name))


def _answered(session: Session, cycle_id: int) -> dict[int, int]:
    rows = session.execute(
        select(AnswerRow.self_assessment_id, func.count())
        .join(SelfAssessment, SelfAssessment.id == AnswerRow.self_assessment_id)
        .where(
            SelfAssessment.cycle_id == cycle_id,
            AnswerRow.status.in_((AnswerStatus.ANSWERED, AnswerStatus.NOT_APPLICABLE)),
        )
        .group_by(AnswerRow.self_assessment_id)
    )
    return dict(rows.all())


def _reviews(session: Session, cycle_id: int) -> dict[int, tuple[int, int]]:
    rows = session.execute(
        select(
            Review.self_assessment_id,
            func.count(),
            func.sum(case((Review.completed_at.is_not(None), 1), else_=0)),
        )
        .join(SelfAssessment, SelfAssessment.id == Review.self_assessment_id)
        .where(SelfAssessment.cycle_id == cycle_id, Review.ended_at.is_(None))
        .group_by(Review.self_assessment_id)
    )
    return {assessment: (present, complete) for assessment, present, complete in rows}


def _decisions(session: Session, cycle_id: int) -> dict[int, Decision]:
    rows = session.scalars(
        select(Decision)
        .join(SelfAssessment, SelfAssessment.id == Decision.self_assessment_id)
        .where(SelfAssessment.cycle_id == cycle_id)
        .order_by(Decision.number)
    )
    return {row.self_assessment_id: row for row in rows}


def _certificates(session: Session) -> dict[int, Certificate]:
    """Each line's latest certificate with its events."""
    latest = select(Certificate.line_id, func.max(Certificate.id).label("id")).group_by(Certificate.line_id).subquery()
    rows = session.scalars(
        select(Certificate)
        .join(latest, and_(latest.c.line_id == Certificate.line_id, latest.c.id == Certificate.id))
        .options(selectinload(Certificate.events))
    )
    return {row.line_id: row for row in rows}


def _open_findings(session: Session) -> dict[int, int]:
    """How many findings are open, by line."""
    rows = session.execute(
        select(SelfAssessment.line_id, func.count())
        .join(FindingRow, FindingRow.self_assessment_id == SelfAssessment.id)
        .where(FindingRow.closed_at.is_(None))
        .group_by(SelfAssessment.line_id)
    )
    return dict(rows.all())


def _asked_time(session: Session, cycle_id: int) -> dict[int, date]:
    """The days asked for by lines that can still hand in, where nobody has answered yet."""
    rows = session.execute(
        select(TimeRequest.self_assessment_id, TimeRequest.until)
        .join(SelfAssessment, SelfAssessment.id == TimeRequest.self_assessment_id)
        .where(
            SelfAssessment.cycle_id == cycle_id,
            SelfAssessment.state.in_(OPEN_FOR_THE_LINE),
            TimeRequest.answered_at.is_(None),
        )
    )
    return dict(rows.all())


def _line(
    row: SelfAssessment,
    cycle: Cycle,
    answered: int,
    reviews: tuple[int, int],
    decision: Decision | None,
    certificate: Certificate | None,
    findings: int,
    asks_until: date | None,
    today: date,
) -> OverviewLine:
    due_on = _due_on(row, cycle)
    return OverviewLine(
        assessment=row,
        line=row.line,
        answered=answered,
        reviewers=reviews[0],
        reviews_complete=reviews[1],
        decision=decision,
        level=decision.level if decision is not None else "",
        overall=Fraction(decision.overall) if decision is not None else None,
        certificate=certificate,
        certificate_status=status_now(certificate, today) if certificate is not None else None,
        open_findings=findings,
        due_on=due_on,
        is_late=due_on is not None and due_on < today,
        asks_until=asks_until,
    )


def _due_on(row: SelfAssessment, cycle: Cycle) -> date | None:
    dates: Mapping[State, date | None] = {
        State.DRAFT: row.due_on,
        State.RETURNED: row.due_on,
        State.SUBMITTED: cycle.review_by,
        State.IN_REVIEW: cycle.review_by,
        State.RECONCILIATION: cycle.review_by,
        State.FACTUAL_CHECK: row.facts_due_on,
        State.AWAITING_DECISION: cycle.decide_by,
    }
    return None if row.state in CLOSED else dates[row.state]


def _matches(line: OverviewLine, wanted: Filters) -> bool:
    return (
        (not wanted.search or wanted.search.casefold() in f"{line.line.name}\n{line.line.name_latin}".casefold())
        and (not wanted.country or line.line.country == wanted.country)
        and (wanted.state is None or line.assessment.state is wanted.state)
        and (not wanted.level or line.level == wanted.level)
        and (not wanted.late or line.is_late)
        and (not wanted.asks_time or line.asks_until is not None)
    )


def _read_name(line: ReportingLine) -> str:
    """The name by which a list shows and sorts a line, in Latin letters where its own has others."""
    return line.name_latin or line.name


_NEVER = date.max
_SORTS: Mapping[str, Callable[[OverviewLine], Any]] = {
    "line": lambda line: _read_name(line.line).casefold(),
    "country": lambda line: line.line.country,
    "state": lambda line: list(State).index(line.assessment.state),
    "answered": lambda line: line.answered,
    "level": lambda line: line.level,
    "overall": lambda line: line.overall if line.overall is not None else Fraction(-1),
    "findings": lambda line: line.open_findings,
    "due_on": lambda line: line.due_on or _NEVER,
}
