"""Reminders: one correct letter for the latest point, however late the job runs, and none that is moot."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.persistence.tables import Certificate, Letter
from audit.usecases import certificates, reminders
from tests import building, reviewing
from tests.building import AT


def reminded(session: Session, kind: str) -> list[Letter]:
    return list(session.scalars(select(Letter).where(Letter.kind == f"reminder_{kind}").order_by(Letter.id)))


def remind(session: Session, day: date) -> int:
    at = datetime.combine(day, AT.timetz())
    return reminders.remind(session, at=at, today=day)


def test_each_point_once(session: Session) -> None:
    assessment = building.an_assessment(session)
    day = AT.date()
    while day <= assessment.due_on + timedelta(days=3):
        remind(session, day)
        remind(session, day)  # twice a day does no harm
        day += timedelta(days=1)
    days_left = [
        assessment.due_on - date.fromisoformat(one.parameters["today"]) for one in reminded(session, "submission")
    ]
    assert [left.days for left in days_left] == [30, 14, 7, 1]


def test_a_month_late_there_is_one_letter_and_it_states_the_day(session: Session) -> None:
    assessment = building.an_assessment(session)
    late = assessment.due_on - timedelta(days=2)
    assert remind(session, late) == 1
    letter = reminded(session, "submission")[0]
    assert letter.parameters["today"] == late.isoformat()
    assert letter.parameters["due_on"] == assessment.due_on.isoformat()


def test_submitted_or_past_there_is_none(session: Session) -> None:
    assessment = building.a_submitted_assessment(session)
    assert remind(session, assessment.due_on - timedelta(days=1)) == 0
    assert remind(session, assessment.due_on + timedelta(days=1)) == 0


def test_reviewers_who_are_not_done(session: Session) -> None:
    _, (one, two) = reviewing.in_review(session)
    reviewing.judge_all(session, one)
    reviewing.complete(session, one)
    cycle = building.an_assessment(session).cycle
    assert remind(session, cycle.review_by - timedelta(days=7)) == 1
    assert remind(session, cycle.review_by - timedelta(days=3)) == 0
    assert remind(session, cycle.review_by) == 1
    assert {letter.person_id for letter in reminded(session, "review")} == {two.person_id}


def test_renewal_until_the_certificate_ends(session: Session) -> None:
    reviewing.a_decision(session)
    certificate = session.scalars(select(Certificate)).one()
    day = certificate.valid_from
    while day <= certificate.valid_until + timedelta(days=30):
        remind(session, day)
        day += timedelta(days=5)
    assert len(reminded(session, "renewal")) == 4


def test_no_renewal_of_what_was_withdrawn(session: Session) -> None:
    reviewing.a_decision(session)
    certificate = session.scalars(select(Certificate)).one()
    certificates.change_status(
        session,
        certificate,
        status=certificates.CertificateStatus.WITHDRAWN,
        effective_on=certificate.valid_from + timedelta(days=10),
        reason_class="own_request",
        reason="The line closes.",
        actor=building.a_coordinator(session),
        at=AT,
    )
    session.expire_all()
    assert remind(session, certificate.valid_until - timedelta(days=20)) == 0
