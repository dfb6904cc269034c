"""Reminders: one correct letter for the latest point, however late the job runs, and none that is moot."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.persistence.tables import Certificate, EvidenceItem, EvidenceLink, Letter, ReportingLine, SelfAssessment
from audit.usecases import certificates, evidence, reminders, self_assessment
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


def an_item_until(session: Session, assessment: SelfAssessment, day: date, *criteria: str, title: str = "Log"):
    """A live view that was seen long ago and is past its date after a day, offered for some criteria."""
    line = session.get_one(ReportingLine, assessment.line_id)
    item = building.a_live_view(session, line, building.small_set(), title=title, at=AT)
    item.valid_until = day
    for criterion in criteria:
        self_assessment.attach(
            session, assessment, building.small_set(), criterion, item, actor=building.a_manager(session, line), at=AT
        )
    session.flush()
    return item


def test_evidence_that_runs_out_is_told_once_for_each_point_all_items_in_one_letter(session: Session) -> None:
    assessment = building.an_assessment(session)
    first = an_item_until(session, assessment, AT.date() + timedelta(days=70), "GOV-01", "HND-02")
    an_item_until(session, assessment, AT.date() + timedelta(days=75), "GOV-01", title="Another")
    day = AT.date()
    while day <= AT.date() + timedelta(days=80):
        remind(session, day)
        remind(session, day)
        day += timedelta(days=1)
    written = reminded(session, "evidence")
    days = [(date.fromisoformat(one.parameters["today"]) - AT.date()).days for one in written]
    assert days == [10, 15, 40, 45, 63, 68], "60, 30 and 7 days before each of the two"
    assert [len(one.parameters["items"]) for one in written] == [1, 2, 2, 2, 2, 2]
    assert written[0].parameters["items"][0]["criteria"] == "GOV-01, HND-02"
    assert first.title not in str([one.parameters for one in written]), "names of items stay out of letters"


def test_a_late_run_writes_one_letter_of_evidence_for_the_latest_point(session: Session) -> None:
    assessment = building.an_assessment(session)
    an_item_until(session, assessment, AT.date() + timedelta(days=70), "GOV-01")
    remind(session, AT.date() + timedelta(days=69))
    (letter,) = reminded(session, "evidence")
    assert letter.parameters["items"][0]["point"] == 7


def test_nothing_is_said_of_evidence_that_nothing_rests_on(session: Session) -> None:
    assessment = building.an_assessment(session)
    line = session.get_one(ReportingLine, assessment.line_id)
    soon = AT.date() + timedelta(days=61)
    an_item_until(session, assessment, soon)
    locked = an_item_until(session, assessment, soon, "GOV-01", title="Locked")
    evidence.lock(session, locked, actor=building.a_manager(session, line), at=AT)
    old = an_item_until(session, assessment, soon, "HND-02", title="Old")
    new = evidence.add_statement(
        session, line, statement="Seen again.", kind="viewed_live", title="New", issued_on=None, valid_until=None,
        criteria_set=building.small_set(), replaces=old, actor=building.a_manager(session, line), at=AT,
    )  # fmt: skip
    assert remind(session, soon - timedelta(days=60)) == 0 and new.replaces_id == old.id
    assert reminded(session, "evidence") == []


def test_evidence_behind_a_valid_certificate_is_told_until_the_certificate_ends(session: Session) -> None:
    decision = reviewing.a_decision(session)
    certificate = session.scalars(select(Certificate)).one()
    link = session.scalars(
        select(EvidenceLink).where(EvidenceLink.self_assessment_id == decision.self_assessment_id)
    ).first()
    item = session.get_one(EvidenceItem, link.evidence_item_id)
    item.valid_until = certificate.valid_from + timedelta(days=100)
    session.flush()
    remind(session, item.valid_until - timedelta(days=60))
    assert len(reminded(session, "evidence")) == 1
    certificates.change_status(
        session, certificate, status=certificates.CertificateStatus.WITHDRAWN,
        effective_on=item.valid_until - timedelta(days=40), reason_class="own_request", reason="The line closes.",
        actor=building.a_coordinator(session), at=AT,
    )  # fmt: skip
    session.expire_all()
    remind(session, item.valid_until - timedelta(days=30))
    assert len(reminded(session, "evidence")) == 1
