"""Gathers what conflicts of interest are judged by, for many people at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from audit.domain.conflicts import Candidate, Subject
from audit.persistence.tables import Appointment, Person, ReportingLine, Review, SelfAssessment


def candidates(session: Session, people: Collection[Person]) -> dict[int, Candidate]:
    """What is known about each of the people, by person id: three statements however many they are."""
    ids = [person.id for person in people]
    lines: dict[int, set[int]] = defaultdict(set)
    countries: dict[int, set[str]] = defaultdict(set)
    former: dict[int, dict[int, date]] = defaultdict(dict)
    ties: dict[int, dict[int, date]] = defaultdict(dict)
    held = session.execute(
        select(Appointment.person_id, Appointment.line_id, Appointment.ended_at, ReportingLine.country)
        .join(ReportingLine, ReportingLine.id == Appointment.line_id)
        .where(Appointment.person_id.in_(ids))
        .order_by(Appointment.ended_at)
    )
    for person_id, line_id, ended_at, country in held:
        if ended_at is None:
            lines[person_id].add(line_id)
            countries[person_id].add(country)
        else:
            former[person_id][line_id] = ended_at.date()
    declared = session.execute(
        select(Review.person_id, SelfAssessment.line_id, Review.ended_at)
        .join(SelfAssessment, SelfAssessment.id == Review.self_assessment_id)
        .where(Review.person_id.in_(ids), Review.tie_declared.is_(True), Review.ended_at.is_not(None))
        .order_by(Review.ended_at)
    )
    for person_id, line_id, ended_at in declared:
        ties[person_id][line_id] = ended_at.date()
    return {
        person.id: Candidate(
            lines=frozenset(lines[person.id]),
            countries=frozenset(countries[person.id] | ({person.country} if person.country else set())),
            former_lines=former[person.id],
            declared_ties=ties[person.id],
        )
        for person in people
    }


def subject(session: Session, assessment: SelfAssessment) -> Subject:
    """The assessed line as conflicts see it, with who reviews it now and whom its people review in the same cycle."""
    line = session.get_one(ReportingLine, assessment.line_id)
    reviewers = list(
        session.scalars(
            select(Person)
            .join(Review, Review.person_id == Person.id)
            .where(Review.self_assessment_id == assessment.id, Review.ended_at.is_(None))
        )
    )
    taken = candidates(session, reviewers)
    members = select(Appointment.person_id).where(Appointment.line_id == line.id, Appointment.ended_at.is_(None))
    reviewed = session.execute(
        select(ReportingLine.id, ReportingLine.country)
        .join(SelfAssessment, SelfAssessment.line_id == ReportingLine.id)
        .join(Review, Review.self_assessment_id == SelfAssessment.id)
        .join(Person, Person.id == Review.person_id)
        .where(
            SelfAssessment.cycle_id == assessment.cycle_id,
            Review.ended_at.is_(None),
            or_(Person.id.in_(members), Person.country == line.country),
        )
    ).all()
    return Subject(
        line=line.id,
        country=line.country,
        reviewer_countries=frozenset().union(*(candidate.countries for candidate in taken.values())),
        reviewed_lines=frozenset(line_id for line_id, _ in reviewed),
        reviewed_countries=frozenset(country for _, country in reviewed),
    )
