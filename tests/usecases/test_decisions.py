"""Decisions and what follows: levels by the rules, deviations, grants, and the life of a certificate."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.domain.calendar import add_months
from audit.domain.certification import (
    CertificateStatus,
    Shown,
    certificate_facts_from_text,
    facts_hash,
    normalise_code,
    result_sheet_facts_from_text,
    serial_is_sound,
)
from audit.domain.errors import ConflictOfInterest, InvalidInput, WrongState
from audit.domain.findings import Grade
from audit.domain.permissions import Role
from audit.domain.workflow import State
from audit.persistence.journal import entries
from audit.persistence.queries import certificates as register
from audit.persistence.queries import decisions as decision_queries
from audit.persistence.tables import (
    Certificate,
    CycleKind,
    Document,
    FindingRow,
    Letter,
    ReportingLine,
)
from audit.usecases import accounts, certificates, decisions, review
from tests import building, reviewing
from tests.building import AT

TODAY = AT.date()


def the_certificate(session: Session) -> Certificate:
    return session.scalars(select(Certificate).order_by(Certificate.id.desc()).limit(1)).one()


def issue(session: Session, certificate: Certificate, digest: str = "d" * 64) -> bool:
    return certificates.publish(session, certificate, digest=digest, unsigned_digest="u" * 64, at=AT)


def test_the_rules_decide(session: Session) -> None:
    decision = reviewing.a_decision(session)
    assert (decision.level, decision.computed_level) == ("certified", "certified")
    assert Fraction(decision.overall) == 100
    assert decision.number == 1
    assert decision.appeal_until == date(2026, 3, 30)  # 20 working days after 2 March 2026
    certificate = the_certificate(session)
    facts = certificate_facts_from_text(certificate.facts)
    assert certificate.facts_hash == facts_hash(certificate.facts)
    assert serial_is_sound(certificate.serial) and facts.serial == certificate.serial
    assert normalise_code(certificate.code) == certificate.code
    assert facts.verification_url == f"https://audit.example/c/{certificate.code}"
    assert (facts.valid_from, facts.valid_until) == (TODAY, date(2029, 3, 1))
    assert facts.decided_on == facts.first_certified_on == TODAY
    assert (facts.conditions, facts.reviewers, facts.revision, facts.supersedes) == (0, 2, 1, None)
    assert certificate.digest is None and certificate.issued_at is None
    sheet = session.scalars(select(Document)).one()
    result = result_sheet_facts_from_text(sheet.facts or "")
    assert result.certificate_serial == certificate.serial
    assert {rule.level for rule in result.rules} == {"exemplary", "certified", "conditional"}
    assert len(result.criteria) == 7
    assert [one.event for one in entries(session)][-2:] == ["decision:taken", "certificate:granted"]


def test_findings_open_and_a_major_one_refuses(session: Session) -> None:
    decision = reviewing.a_decision(session, grades={"GOV-02": Grade.MAJOR, "ACC-01": Grade.MINOR})
    assert decision.level == "not_certified"
    assert session.scalars(select(Certificate)).all() == []
    found = {row.criterion_id: row for row in session.scalars(select(FindingRow))}
    assert {criterion: row.grade for criterion, row in found.items()} == {
        "GOV-02": Grade.MAJOR,
        "ACC-01": Grade.MINOR,
    }
    assert found["GOV-02"].due_on == add_months(TODAY, 6)
    assert session.scalars(select(Document)).one().facts is not None, "a refused line gets its result sheet too"


def test_conditional_needs_the_plan(session: Session) -> None:
    assessment = reviewing.awaiting_decision(session, levels={"HND-03": 1})
    dossier = decision_queries.dossier(session, assessment, TODAY)
    assert dossier.case.verdict.level == "not_certified"
    assert dossier.case_with_plan.verdict.level == "conditional"
    assert [rule.id for rule in dossier.case.verdict.of_level("certified") if not rule.holds] == ["certified.core"]
    decision = reviewing.decide(session, assessment, plan_accepted=True)
    assert decision.level == "conditional"
    certificate = the_certificate(session)
    facts = certificate_facts_from_text(certificate.facts)
    assert facts.valid_until == date(2026, 9, 1)
    assert (facts.conditions, facts.conditions_due_on) == (1, facts.valid_until)
    issue(session, certificate)
    assert register.by_code(session, certificate.code.lower(), TODAY).shown is Shown.CONDITIONAL


def test_a_deviation_needs_a_written_reason(session: Session) -> None:
    assessment = reviewing.awaiting_decision(session)
    with pytest.raises(InvalidInput) as refusal:
        reviewing.decide(session, assessment, level="conditional")
    assert refusal.value.field == "reason"
    session.rollback()


def test_a_deviation_is_recorded(session: Session) -> None:
    assessment = reviewing.awaiting_decision(session)
    decision = reviewing.decide(session, assessment, level="not_certified", reason="A complaint is being heard.")
    assert (decision.computed_level, decision.level) == ("certified", "not_certified")
    assert session.scalars(select(Certificate)).all() == []
    assert assessment.state is State.DECIDED
    with pytest.raises(WrongState):
        reviewing.decide(session, assessment)


@pytest.mark.parametrize("tie", ["reviewed", "released", "member", "former"])
def test_who_may_not_decide(session: Session, tie: str) -> None:
    assessment = reviewing.awaiting_decision(session)
    line = session.get_one(ReportingLine, assessment.line_id)
    coordinator = building.a_coordinator(session)
    if tie in ("reviewed", "released"):
        person = building.a_reviewer(session, "Reviewer one", "FI")
        accounts.invite(session, email=person.email, name=person.name, role=Role.COORDINATOR, actor=coordinator, at=AT)
    else:
        person = building.a_person(session, "Colleague", Role.CONTRIBUTOR, line=line)
        if tie == "former":
            appointment = building.appointment_of(session, person, Role.CONTRIBUTOR)
            accounts.end_appointment(session, appointment, actor=coordinator, at=AT)
    with pytest.raises(ConflictOfInterest):
        decisions.decide(
            session,
            assessment,
            building.small_set(),
            base_url="https://audit.example",
            actor=person,
            at=AT,
            today=TODAY,
        )
    assert assessment.state is State.AWAITING_DECISION


def test_evidence_that_lapses_before_the_decision_caps_it(session: Session) -> None:
    assessment = reviewing.awaiting_decision(session)
    later = AT + timedelta(days=400)
    dossier = decision_queries.dossier(session, assessment, later.date())
    assert dossier.case.keys["HND-02"] == "partly"
    assert dossier.case.lapsing == {"HND-02"}
    assert reviewing.decide(session, assessment, at=later).level == "not_certified"


def test_published_once(session: Session) -> None:
    reviewing.a_decision(session)
    certificate = the_certificate(session)
    assert register.by_serial(session, certificate.serial, TODAY) is None, "the public reads nothing before the issue"
    assert issue(session, certificate)
    assert not issue(session, certificate, digest="e" * 64)
    assert certificate.digest == "d" * 64
    assert register.by_digest(session, "D" * 64, TODAY).shown is Shown.VALID
    assert [one.event for one in entries(session)].count("certificate:issued") == 1
    assert len(session.scalars(select(Letter).where(Letter.kind == "certificate_issued")).all()) == 1


def test_suspended_reinstated_withdrawn(session: Session) -> None:
    reviewing.a_decision(session)
    certificate = the_certificate(session)
    issue(session, certificate)
    coordinator = building.a_coordinator(session)

    def change(status: CertificateStatus, days: int, **changes: object) -> None:
        given = {"reason_class": "misuse", "reason": "Used on a poster.", "actor": coordinator, "at": AT}
        certificates.change_status(
            session, certificate, status=status, effective_on=TODAY + timedelta(days=days), **{**given, **changes}
        )

    def shown(days: int) -> Shown:
        session.expire(certificate)
        return register.by_serial(session, certificate.serial, TODAY + timedelta(days=days)).shown

    with pytest.raises(WrongState):
        change(CertificateStatus.REINSTATED, 1)
    for wrong in ({"reason": " "}, {"reason_class": "because"}, {"reason_class": "correction"}):
        with pytest.raises(InvalidInput):
            change(CertificateStatus.SUSPENDED, 1, **wrong)
    for status in (CertificateStatus.GRANTED, CertificateStatus.SUPERSEDED, CertificateStatus.EXPIRED):
        with pytest.raises(InvalidInput):
            change(status, 1)
    with pytest.raises(InvalidInput):
        change(CertificateStatus.SUSPENDED, -1)
    change(CertificateStatus.SUSPENDED, 5)
    assert (shown(4), shown(5)) == (Shown.VALID, Shown.SUSPENDED)
    with pytest.raises(WrongState):
        change(CertificateStatus.REINSTATED, 3)
    change(CertificateStatus.REINSTATED, 9, reason_class="resolved")
    change(CertificateStatus.WITHDRAWN, 20, reason_class="own_request")
    assert (shown(9), shown(19), shown(20)) == (Shown.VALID, Shown.VALID, Shown.WITHDRAWN)
    for status in (CertificateStatus.REINSTATED, CertificateStatus.SUSPENDED, CertificateStatus.WITHDRAWN):
        with pytest.raises(WrongState):
            change(status, 30)
    kinds = [letter.kind for letter in session.scalars(select(Letter)) if letter.kind == "certificate_status_changed"]
    assert len(kinds) == 3


def test_a_correction_is_a_new_revision(session: Session) -> None:
    reviewing.a_decision(session)
    certificate = the_certificate(session)
    issue(session, certificate)
    coordinator = building.a_coordinator(session)

    def reissue(**changes: str) -> Certificate:
        return certificates.reissue(
            session, certificate, changes=changes, reason="The house number was wrong.",
            base_url="https://audit.example", actor=coordinator, at=AT, today=TODAY,
        )  # fmt: skip

    for wrong in ({"level": "exemplary"}, {"operator": "x" * 161}, {"operator": ""}, {}):
        with pytest.raises(InvalidInput):
            reissue(**wrong)
    corrected = reissue(operator_address="4 Sample Street")
    facts = certificate_facts_from_text(corrected.facts)
    assert (facts.revision, facts.supersedes, facts.operator_address) == (2, certificate.serial, "4 Sample Street")
    assert (corrected.valid_from, corrected.valid_until) == (certificate.valid_from, certificate.valid_until)
    assert corrected.serial != certificate.serial and corrected.code != certificate.code
    issue(session, corrected, digest="e" * 64)
    session.expire_all()
    old = register.by_serial(session, certificate.serial, TODAY)
    assert (old.shown, old.successor) == (Shown.SUPERSEDED, corrected.serial)
    assert [one.certificate.serial for one in register.register(session, today=TODAY)] == [corrected.serial]
    with pytest.raises(WrongState):
        reissue(operator_address="5 Sample Street")


def test_a_certificate_ends_the_day_after_its_last(session: Session) -> None:
    reviewing.a_decision(session)
    certificate = the_certificate(session)
    issue(session, certificate)
    last = certificate.valid_until
    assert register.ended_unrecorded(session, last) == []
    with pytest.raises(WrongState):
        certificates.expire(session, certificate, at=AT, today=last)
    late = last + timedelta(days=40)
    assert [one.serial for one in register.ended_unrecorded(session, late)] == [certificate.serial]
    event = certificates.expire(session, certificate, at=AT, today=late)
    assert event is not None and event.effective_on == last + timedelta(days=1)
    assert certificates.expire(session, certificate, at=AT, today=late) is None
    session.expire_all()
    assert register.by_serial(session, certificate.serial, last).shown is Shown.VALID
    assert register.by_serial(session, certificate.serial, last + timedelta(days=1)).shown is Shown.EXPIRED
    assert len(register.register(session, today=late)) == 1, "listed for a year"
    assert register.register(session, today=last + timedelta(days=400)) == []


def next_cycle(session: Session, line: ReportingLine, *, at: object, name: str = "2027", **filled: object) -> object:
    building.an_open_cycle(session, [line], name=name, opens_on=at.date(), at=at)
    return reviewing.awaiting_decision(session, line, at=at, **filled)


def test_a_new_grant_takes_the_old_ones_place_and_a_refusal_does_not(session: Session) -> None:
    line = building.a_line(session)
    reviewing.a_decision(session, line)
    first = the_certificate(session)
    issue(session, first)
    later = AT + timedelta(days=365)
    refused = reviewing.decide(
        session, next_cycle(session, line, at=later), at=later, level="not_certified", reason="Not shown."
    )
    assert refused.level == "not_certified"
    session.expire_all()
    assert register.by_serial(session, first.serial, later.date()).shown is Shown.VALID
    again = AT + timedelta(days=700)
    reviewing.decide(session, next_cycle(session, line, at=again, name="2028"), at=again)
    second = the_certificate(session)
    issue(session, second, digest="e" * 64)
    facts = certificate_facts_from_text(second.facts)
    assert (facts.supersedes, facts.first_certified_on) == (first.serial, TODAY)
    session.expire_all()
    assert register.by_serial(session, first.serial, again.date()).shown is Shown.SUPERSEDED
    assert register.present_of_line(session, line.id, again.date()).serial == second.serial


def test_a_renewal_in_time_keeps_the_anniversary(session: Session) -> None:
    line = building.a_line(session)
    reviewing.a_decision(session, line)
    first = the_certificate(session)
    in_time = AT + timedelta(days=3 * 365 - 60)
    reviewing.decide(session, next_cycle(session, line, at=in_time, name="2029"), at=in_time)
    assert the_certificate(session).valid_until == add_months(first.valid_until, 36)


def test_months_as_certified_count_towards_exemplary(session: Session) -> None:
    line = building.a_line(session)
    reviewing.a_decision(session, line)
    two_years = AT + timedelta(days=731)
    assessment = next_cycle(session, line, at=two_years, name="2028")
    case = decision_queries.dossier(session, assessment, two_years.date()).case
    assert case.circumstances.certified_months == 24
    assert case.circumstances.indicator_months == 12
    assert case.verdict.level == "exemplary"


def test_a_yearly_check_grants_nothing(session: Session) -> None:
    line = building.a_line(session)
    building.an_open_cycle(session, [line], kind=CycleKind.YEARLY_CHECK)
    reviewing.decide(session, reviewing.awaiting_decision(session, line))
    assert session.scalars(select(Certificate)).all() == []


def test_nothing_of_a_decision_remains_when_it_fails(session: Session) -> None:
    assessment = reviewing.awaiting_decision(session)
    session.commit()
    reviewing.decide(session, assessment)
    session.rollback()
    assert assessment.state is State.AWAITING_DECISION
    assert session.scalars(select(Certificate)).all() == []
    assert session.scalars(select(Letter).where(Letter.kind == "decided")).all() == []


def test_register_filters(session: Session) -> None:
    countries = {"Sample line Austria": "AT", "Sample line Belgium": "BE"}
    building.an_open_cycle(session, [building.a_line(session, *one) for one in countries.items()])
    for name, country in countries.items():
        reviewing.a_decision(session, building.a_line(session, name, country))
        issue(session, the_certificate(session), digest=country.lower() * 32)
    names = [one.facts.line_name for one in register.register(session, today=TODAY)]
    assert names == ["Sample line Austria", "Sample line Belgium"]
    for given, expected in (
        ({"country": "BE"}, ["Sample line Belgium"]),
        ({"search": "austria"}, ["Sample line Austria"]),
        ({"level": "certified", "sort": "-line"}, ["Sample line Belgium", "Sample line Austria"]),
        ({"status": "suspended"}, []),
    ):
        assert [one.facts.line_name for one in register.register(session, today=TODAY, **given)] == expected


def test_reviews_cannot_be_released_after_they_settled(session: Session) -> None:
    assessment = reviewing.awaiting_decision(session)
    one = decision_queries.dossier(session, assessment, TODAY).reviews[0].review
    with pytest.raises(WrongState):
        review.release(session, one, reason="Late.", actor=building.a_coordinator(session), at=AT)
