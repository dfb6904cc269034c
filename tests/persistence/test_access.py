"""A right is a relation to an object right now: the whole matrix of people, objects and moments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.domain.permissions import MAY_KNOW, Permission, Relation, Role, allows, may_know
from audit.persistence.queries.access import relations
from audit.persistence.tables import Certificate, Document, EvidenceItem, Person, ReportingLine, Review, SelfAssessment
from audit.usecases import accounts, cycles, review
from tests.building import (
    AT,
    a_coordinator,
    a_line,
    a_manager,
    a_person,
    a_reviewer,
    a_submitted_assessment,
    appointment_of,
)

R = Relation
SIGNED = frozenset({R.SIGNED_IN})
TWO_YEARS = timedelta(days=730)


@dataclass(frozen=True)
class Scene:
    line: ReportingLine
    other: ReportingLine
    assessment: SelfAssessment
    evidence: EvidenceItem
    reviews: tuple[Review, Review]
    coordinator: Person


@pytest.fixture
def scene(session: Session) -> Scene:
    line, other = a_line(session), a_line(session, "Sample line Belgium", "BE")
    assessment = a_submitted_assessment(session, line)
    coordinator = a_coordinator(session)
    given = {"actor": coordinator, "at": AT}
    pair = tuple(
        review.assign(session, assessment, a_reviewer(session, f"Reviewer {code}", code), today=AT.date(), **given)
        for code in ("CL", "DK")
    )
    review.accept(session, assessment, **given)
    item = session.scalars(select(EvidenceItem)).first()
    session.flush()
    return Scene(line, other, assessment, item, pair, coordinator)


def _to(session: Session, scene: Scene, person: Person | None, now=AT) -> dict[str, frozenset[Relation]]:
    objects = {
        "line": {"line": scene.line},
        "other": {"line": scene.other},
        "assessment": {"assessment": scene.assessment},
        "evidence": {"evidence": scene.evidence},
        "review": {"review": scene.reviews[0]},
        "network": {},
    }
    return {name: relations(session, person, **given, now=now) for name, given in objects.items()}


def test_nobody_and_the_disabled_have_no_relation(session: Session, scene: Scene) -> None:
    assert set(_to(session, scene, None).values()) == {frozenset()}
    manager = a_manager(session, scene.line)
    accounts.disable(session, manager, actor=scene.coordinator, at=AT)
    assert set(_to(session, scene, manager).values()) == {frozenset()}


@pytest.mark.parametrize(("role", "relation"), [(Role.MANAGER, R.MANAGER), (Role.CONTRIBUTOR, R.CONTRIBUTOR)])
def test_members_stand_to_their_own_line_only(session: Session, scene: Scene, role: Role, relation: Relation) -> None:
    person = a_person(session, "Member", role, line=scene.line)
    found = _to(session, scene, person)
    for name in ("line", "assessment", "evidence", "review"):
        assert found[name] == SIGNED | {relation}
    assert found["other"] == found["network"] == SIGNED
    assert not may_know(found["other"])


def test_a_member_who_left_stands_to_nothing_at_once(session: Session, scene: Scene) -> None:
    manager = a_manager(session, scene.line)
    accounts.end_appointment(session, appointment_of(session, manager, Role.MANAGER), actor=scene.coordinator, at=AT)
    assert set(_to(session, scene, manager).values()) == {SIGNED}


def test_a_reviewer_stands_to_their_own_work_only(session: Session, scene: Scene) -> None:
    person = session.get_one(Person, scene.reviews[0].person_id)
    found = _to(session, scene, person)
    assert found["assessment"] == found["evidence"] == found["review"] == SIGNED | {R.REVIEWER}
    assert found["line"] == found["other"] == found["network"] == SIGNED
    assert relations(session, person, review=scene.reviews[1], now=AT) == SIGNED, "the other's review stays unknown"


def test_a_released_reviewer_and_one_who_declares_a_tie_lose_access_at_once(session: Session, scene: Scene) -> None:
    first, second = (session.get_one(Person, one.person_id) for one in scene.reviews)
    review.declare(session, scene.reviews[0], tie=True, reason="A relative works there.", actor=first, at=AT)
    review.release(session, scene.reviews[1], reason="Illness.", actor=scene.coordinator, at=AT)
    session.flush()
    for person in (first, second):
        assert set(_to(session, scene, person).values()) == {SIGNED}


def test_a_reviewer_who_joins_the_line_stops_reviewing_it(session: Session, scene: Scene) -> None:
    person = session.get_one(Person, scene.reviews[0].person_id)
    given = {"email": person.email, "name": person.name, "actor": scene.coordinator, "at": AT}
    accounts.invite(session, role=Role.CONTRIBUTOR, line=scene.line, **given)
    found = _to(session, scene, person)
    assert found["assessment"] == SIGNED | {R.CONTRIBUTOR}
    assert R.REVIEWER not in found["evidence"]


def test_ending_a_reviewers_appointment_ends_open_reviews(session: Session, scene: Scene) -> None:
    person = session.get_one(Person, scene.reviews[0].person_id)
    accounts.end_appointment(session, appointment_of(session, person, Role.REVIEWER), actor=scene.coordinator, at=AT)
    session.expire(scene.reviews[0])
    assert set(_to(session, scene, person).values()) == {SIGNED}


def test_a_coordinator_without_a_tie_is_free(session: Session, scene: Scene) -> None:
    assert set(_to(session, scene, scene.coordinator).values()) == {SIGNED | {R.COORDINATOR}}


def test_a_coordinator_with_a_tie_is_tied_for_two_years_after_leaving(session: Session, scene: Scene) -> None:
    person = a_person(session, "Both", Role.MANAGER, line=scene.line)
    given = {"email": person.email, "name": person.name, "actor": scene.coordinator, "at": AT}
    accounts.invite(session, role=Role.COORDINATOR, **given)
    found = _to(session, scene, person)
    for name in ("line", "assessment", "evidence", "review"):
        assert found[name] == SIGNED | {R.MANAGER, R.TIED_COORDINATOR}
        assert not allows(Permission.DECIDE, found[name])
    assert found["other"] == SIGNED | {R.COORDINATOR}
    accounts.end_appointment(session, appointment_of(session, person, Role.MANAGER), actor=scene.coordinator, at=AT)
    assert _to(session, scene, person, AT + TWO_YEARS - timedelta(days=1))["assessment"] == SIGNED | {
        R.TIED_COORDINATOR
    }
    assert _to(session, scene, person, AT + TWO_YEARS + timedelta(days=2))["assessment"] == SIGNED | {R.COORDINATOR}


def test_a_coordinator_who_reviewed_does_not_decide(session: Session, scene: Scene) -> None:
    person = session.get_one(Person, scene.reviews[0].person_id)
    given = {"email": person.email, "name": person.name, "actor": scene.coordinator, "at": AT}
    accounts.invite(session, role=Role.COORDINATOR, **given)
    found = _to(session, scene, person)["assessment"]
    assert found == SIGNED | {R.REVIEWER, R.REVIEWING_COORDINATOR}
    assert not allows(Permission.DECIDE, found) and allows(Permission.SEE_NETWORK, found)
    assert _to(session, scene, person)["other"] == SIGNED | {R.COORDINATOR}


def test_a_coordinator_who_declared_a_tie_as_reviewer_is_tied(session: Session, scene: Scene) -> None:
    person = session.get_one(Person, scene.reviews[0].person_id)
    given = {"email": person.email, "name": person.name, "actor": scene.coordinator, "at": AT}
    accounts.invite(session, role=Role.COORDINATOR, **given)
    review.declare(session, scene.reviews[0], tie=True, reason="A relative works there.", actor=person, at=AT)
    session.flush()
    assert _to(session, scene, person)["line"] == SIGNED | {R.TIED_COORDINATOR}
    assert _to(session, scene, person, AT + TWO_YEARS + timedelta(days=2))["line"] == SIGNED | {R.COORDINATOR}


def test_an_administrator_sees_no_content_by_that_role(session: Session, scene: Scene) -> None:
    person = a_person(session, "Administrator", Role.ADMINISTRATOR)
    for found in _to(session, scene, person).values():
        assert found == SIGNED | {R.ADMINISTRATOR}
        assert not may_know(found)
        assert {permission for permission in Permission if allows(permission, found)} == {
            Permission.SEE_OWN_ACCOUNT, Permission.CHANGE_OWN_ACCOUNT, Permission.SEE_OWN_REVIEWS,
            Permission.ADMINISTER,
        }  # fmt: skip


@pytest.mark.parametrize("with_evidence", [False, True])
def test_an_auditor_reads_within_an_open_scope_to_the_second(
    session: Session, scene: Scene, with_evidence: bool
) -> None:
    person = a_person(session, "Auditor", Role.AUDITOR)
    start, end = AT + timedelta(days=1), AT + timedelta(days=8)
    scope = accounts.open_scope(
        session, person=person, name="Sample audit", lines=[scene.line], includes_evidence=with_evidence,
        starts_at=start, ends_at=end, actor=scene.coordinator, at=AT,
    )  # fmt: skip
    open_now = SIGNED | ({R.AUDITOR, R.EVIDENCE_AUDITOR} if with_evidence else {R.AUDITOR})
    for now, expected in (
        (start - timedelta(seconds=1), SIGNED), (start, open_now),
        (end - timedelta(seconds=1), open_now), (end, SIGNED),
    ):  # fmt: skip
        found = _to(session, scene, person, now)
        assert found["line"] == found["evidence"] == found["assessment"] == expected
        assert found["other"] == SIGNED
        assert allows(Permission.DOWNLOAD_EVIDENCE, found["evidence"]) is (with_evidence and expected is open_now)
    assert relations(session, person, scope=scope, now=start) == SIGNED | {R.AUDITOR}
    stranger = a_person(session, "Second auditor", Role.AUDITOR)
    assert relations(session, stranger, scope=scope, now=start) == SIGNED
    accounts.end_appointment(session, appointment_of(session, person, Role.AUDITOR), actor=scene.coordinator, at=start)
    session.expire(scope)
    assert set(_to(session, scene, person, start).values()) == {SIGNED}


@pytest.mark.parametrize("comparison", [False, True])
def test_a_comparison_report_is_the_coordinators_and_the_auditors_whose_scope_says_so(
    session: Session, scene: Scene, comparison: bool
) -> None:
    from audit.persistence.tables import Audience, DocumentKind

    report = Document(
        kind=DocumentKind.COMPARISON_REPORT, subject="cycle:x:coordinator:close", audience=Audience.COORDINATOR,
        cycle_id=scene.assessment.cycle_id, title="2026", wanted_at=AT,
    )  # fmt: skip
    session.add(report)
    session.flush()
    person = a_person(session, "Auditor", Role.AUDITOR)
    accounts.open_scope(
        session, person=person, name="Sample audit", lines=[scene.line], includes_evidence=True,
        includes_comparison=comparison, starts_at=AT, ends_at=AT + timedelta(days=1), actor=scene.coordinator, at=AT,
    )  # fmt: skip
    assert (R.AUDITOR in relations(session, person, document=report, now=AT)) is comparison
    assert relations(session, scene.coordinator, document=report, now=AT) == SIGNED | {R.COORDINATOR}
    assert relations(session, a_manager(session, scene.line), document=report, now=AT) == SIGNED


def test_only_one_object_is_asked_about(session: Session, scene: Scene) -> None:
    with pytest.raises(ValueError, match="one object"):
        relations(session, scene.coordinator, line=scene.line, assessment=scene.assessment, now=AT)


def test_evidence_not_offered_in_a_reviewed_assessment_is_unknown_to_its_reviewer(
    session: Session, scene: Scene
) -> None:
    from tests.building import a_live_view, small_set

    private = a_live_view(session, scene.line, small_set(), title="Not offered")
    person = session.get_one(Person, scene.reviews[0].person_id)
    assert relations(session, person, evidence=private, now=AT) == SIGNED


def test_a_certificate_follows_its_decision(session: Session) -> None:
    from tests.reviewing import a_decision

    decision = a_decision(session)
    session.flush()
    certificate = session.scalars(select(Certificate).where(Certificate.decision_id == decision.id)).one()
    reviewer = session.get_one(Person, session.scalars(select(Review.person_id)).first())
    given = {"email": reviewer.email, "name": reviewer.name, "actor": a_coordinator(session), "at": AT}
    accounts.invite(session, role=Role.COORDINATOR, **given)
    found = relations(session, reviewer, certificate=certificate, now=AT)
    assert R.REVIEWING_COORDINATOR in found and R.COORDINATOR not in found
    manager = a_manager(session, a_line(session))
    assert relations(session, manager, certificate=certificate, now=AT) == SIGNED | {R.MANAGER}
    sheet = session.scalars(select(Document).where(Document.decision_id == decision.id)).one()
    assert relations(session, manager, document=sheet, now=AT) == SIGNED | {R.MANAGER}
    other = a_manager(session, cycles.create_line(
        session, name="Sample line Chile", country="CL", operator="O", operator_address="A", scope="S", channels="C",
        web_address="", profile={}, actor=a_coordinator(session), at=AT,
    ))  # fmt: skip
    for thing in ({"certificate": certificate}, {"document": sheet}):
        assert relations(session, other, **thing, now=AT) == SIGNED


def test_signed_in_and_administrator_alone_never_tell_that_a_thing_exists() -> None:
    assert not MAY_KNOW & {R.SIGNED_IN, R.ADMINISTRATOR}
