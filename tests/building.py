"""Builds what tests need through the use cases, so that no test rests on rows that could never exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.criteria_files import read
from audit.domain.answers import Answer, AnswerStatus, Figure, FigureSource
from audit.domain.criteria import CriteriaSet
from audit.domain.criteria_translation import Translation
from audit.domain.permissions import Role
from audit.persistence.criteria_sets import frozen
from audit.persistence.queries import assessments, people
from audit.persistence.tables import (
    Appointment,
    Cycle,
    CycleKind,
    EvidenceItem,
    Network,
    Person,
    ReportingLine,
    SelfAssessment,
    Submission,
)
from audit.usecases import accounts, cycles, evidence, self_assessment

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PASSWORD = "three quiet lamps"
SMALL = Path(__file__).parent / "criteria" / "small"


@lru_cache(maxsize=1)
def small_set() -> CriteriaSet:
    """The small criteria set of tests/criteria/small: three themes, seven criteria, every answer set."""
    return read(SMALL)


def small_source() -> str:
    return (SMALL / "set.yaml").read_text("utf-8")


def a_network(session: Session, *, at: datetime = AT, sample: bool = True) -> Network:
    """The network of the test, made once."""
    network = session.scalar(select(Network))
    if network is not None:
        return network
    return accounts.create_network(
        session,
        name="Sample network",
        issuing_body="Sample network secretariat",
        address="1 Sample Street, 1000 Sample Town",
        place="Sample Town",
        signatory="Coordinator of the network",
        website="https://network.example",
        valid_from=date(2020, 1, 1),
        sample=sample,
        contact_email="secretariat@network.example",
        at=at,
    )


def a_person(
    session: Session,
    name: str,
    role: Role,
    *,
    line: ReportingLine | None = None,
    joined: bool = True,
    country: str = "",
    at: datetime = AT,
) -> Person:
    """A person appointed to a role, who has joined with PASSWORD; the address follows from the name."""
    a_network(session, at=at)
    email = f"{name.lower().replace(' ', '.')}@people.example"
    person = accounts.invite(session, email=email, name=name, role=role, line=line, country=country, actor=None, at=at)
    if joined and person.password_hash is None:
        token = accounts.mint_token(session, person, accounts.TokenPurpose.INVITATION, at=at)
        accounts.join(session, token=token, name=name, password=PASSWORD, at=at)
    return person


def a_coordinator(session: Session, name: str = "Coordinator", *, at: datetime = AT) -> Person:
    found = people.by_email(session, f"{name.lower().replace(' ', '.')}@people.example")
    return found or a_person(session, name, Role.COORDINATOR, at=at)


def a_line(
    session: Session,
    name: str = "Sample line Austria",
    country: str = "AT",
    *,
    profile: Mapping[str, Any] | None = None,
    at: datetime = AT,
) -> ReportingLine:
    """A line of that name, made once."""
    found = session.scalar(select(ReportingLine).where(ReportingLine.name == name))
    if found is not None:
        return found
    return cycles.create_line(
        session,
        name=name,
        country=country,
        operator=f"{name} operator",
        operator_address="2 Sample Street, 1000 Sample Town",
        scope="Reports of suspected sexual exploitation of children in travel and tourism",
        channels="Web form, telephone",
        web_address="https://line.example",
        profile={"model": "filter", "channels": ["form", "phone"]} if profile is None else profile,
        actor=a_coordinator(session, at=at),
        at=at,
    )


def a_manager(session: Session, line: ReportingLine, name: str = "", *, at: datetime = AT) -> Person:
    """The manager of a line, made once."""
    name = name or f"Manager {line.name}"
    found = people.by_email(session, f"{name.lower().replace(' ', '.')}@people.example")
    return found or a_person(session, name, Role.MANAGER, line=line, at=at)


def a_reviewer(session: Session, name: str, country: str, *, at: datetime = AT) -> Person:
    """A reviewer from a country, made once."""
    found = people.by_email(session, f"{name.lower().replace(' ', '.')}@people.example")
    return found or a_person(session, name, Role.REVIEWER, country=country, at=at)


def an_open_cycle(
    session: Session,
    lines: Sequence[ReportingLine] = (),
    *,
    name: str = "2026",
    kind: CycleKind = CycleKind.FULL,
    criteria_set: CriteriaSet | None = None,
    source: str | None = None,
    translations: Sequence[Translation] = (),
    opens_on: date = date(2026, 3, 2),
    reviewers: int = 2,
    at: datetime = AT,
) -> Cycle:
    """A cycle of the given lines (or of one), each with a manager; three months to submit, two to review and decide."""
    lines = list(lines) or [a_line(session, at=at)]
    for line in lines:
        a_manager(session, line, at=at)
    return cycles.open_cycle(
        session,
        name=name,
        kind=kind,
        criteria_set=criteria_set or small_set(),
        source=source or small_source(),
        translations=translations,
        lines=lines,
        opens_on=opens_on,
        submit_by=opens_on + timedelta(days=90),
        review_by=opens_on + timedelta(days=130),
        decide_by=opens_on + timedelta(days=160),
        reviewers=reviewers,
        actor=a_coordinator(session, at=at),
        at=at,
    )


def an_assessment(session: Session, line: ReportingLine | None = None, *, at: datetime = AT) -> SelfAssessment:
    """The line's self-assessment in the latest cycle, with line and cycle loaded; opens a cycle where there is none."""
    line = line or a_line(session, at=at)
    found = assessments.current_of_line(session, line.id)
    if found is None:
        an_open_cycle(session, [line], at=at)
        found = assessments.current_of_line(session, line.id)
    assert found is not None
    return found


def figures_for(criteria_set: CriteriaSet, criterion_id: str, *, level: int = 3) -> tuple[Figure, ...]:
    """Last year's figures that reach a level on every graded indicator of the criterion, from 100 cases or reports."""
    found = []
    for indicator_id in criteria_set.criterion(criterion_id).indicators:
        indicator = criteria_set.indicator(indicator_id)
        limit = next((band.limit for band in indicator.bands if band.level == level), None)
        value = str(limit if limit is not None else 0 if indicator.better == "higher" else 9999)
        single = not indicator.denominator
        found.append(
            Figure(
                indicator=indicator_id,
                numerator=value,
                denominator=None if single else "100",
                period_from="2025-01-01",
                period_to="2025-12-31",
                source=FigureSource.LOG_EXTRACT,
            )
        )
    return tuple(found)


def an_answer(criteria_set: CriteriaSet, criterion_id: str, *, level: int = 3) -> Answer:
    """An answer at a numeric level (the nearest one below where the answer set skips it), with a reason."""
    criterion = criteria_set.criterion(criterion_id)
    answer_set = criteria_set.answer_set_of(criterion)
    step = [answer for answer in answer_set.answers if answer.level <= level][-1]
    return Answer(
        status=AnswerStatus.ANSWERED,
        key=step.key,
        justification=f"This is how we meet {criterion_id}.",
        figures=figures_for(criteria_set, criterion_id, level=level) if answer_set.from_indicators else (),
    )


def a_live_view(
    session: Session,
    line: ReportingLine,
    criteria_set: CriteriaSet,
    *,
    title: str = "Seen in a call",
    at: datetime = AT,
) -> EvidenceItem:
    """Evidence without a file that stands in for every kind."""
    return evidence.add_statement(
        session,
        line,
        statement="Seen by two reviewers in a call on 2 February: the log, the on-call list, the form.",
        kind="viewed_live",
        title=title,
        issued_on=at.date() - timedelta(days=28),
        valid_until=None,
        criteria_set=criteria_set,
        actor=a_manager(session, line, at=at),
        at=at,
    )


def fill(
    session: Session,
    assessment: SelfAssessment,
    criteria_set: CriteriaSet | None = None,
    *,
    levels: Mapping[str, int] | None = None,
    level: int = 3,
    at: datetime = AT,
) -> None:
    """Answer every applicable criterion at `level` (or its own in `levels`); offer a live view where one is needed."""
    criteria_set = criteria_set or small_set()
    line = session.get_one(ReportingLine, assessment.line_id)
    manager = a_manager(session, line, at=at)
    seen = a_live_view(session, line, criteria_set, at=at)
    saved = assessments.answers_of(session, assessment.id)
    for criterion in criteria_set.applicable(assessment.profile):
        wanted = (levels or {}).get(criterion.id, level)
        version = saved[criterion.id].version if criterion.id in saved else 0
        self_assessment.record_answer(
            session,
            assessment,
            criteria_set,
            criterion.id,
            an_answer(criteria_set, criterion.id, level=wanted),
            expected_version=version,
            actor=manager,
            at=at,
        )
        if wanted >= 2:
            self_assessment.attach(session, assessment, criteria_set, criterion.id, seen, actor=manager, at=at)


def submit(
    session: Session, assessment: SelfAssessment, criteria_set: CriteriaSet | None = None, *, at: datetime = AT
) -> Submission:
    """Sign and hand in as the line's manager."""
    line = session.get_one(ReportingLine, assessment.line_id)
    manager = a_manager(session, line, at=at)
    return self_assessment.submit(
        session,
        assessment,
        criteria_set or small_set(),
        typed_name=manager.name,
        agreed=True,
        actor=manager,
        at=at,
        today=at.date(),
    )


def a_submitted_assessment(
    session: Session,
    line: ReportingLine | None = None,
    *,
    levels: Mapping[str, int] | None = None,
    level: int = 3,
    at: datetime = AT,
) -> SelfAssessment:
    """A self-assessment that is filled and handed in."""
    assessment = an_assessment(session, line, at=at)
    criteria_set = frozen(session, assessment.cycle.criteria_set_hash)
    fill(session, assessment, criteria_set, levels=levels, level=level, at=at)
    submit(session, assessment, criteria_set, at=at)
    return assessment


def appointment_of(session: Session, person: Person, role: Role) -> Appointment:
    """The person's present appointment to a role."""
    return session.scalars(
        select(Appointment).where(
            Appointment.person_id == person.id, Appointment.role == role, Appointment.ended_at.is_(None)
        )
    ).one()


def later(moment: datetime, **step: float) -> datetime:
    return moment + timedelta(**step)
