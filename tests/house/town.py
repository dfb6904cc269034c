"""A small sample network with every kind of visitor, lines in every state and something of each kind to look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.domain.permissions import Relation, Role
from audit.persistence.queries import people
from audit.persistence.tables import (
    Appointment,
    Decision,
    Document,
    EvidenceItem,
    EvidenceLink,
    Person,
    ReportingLine,
    Review,
    SelfAssessment,
)
from audit.ports import Vault
from audit.usecases import accounts, reports
from tests.building import (
    AT,
    a_coordinator,
    a_line,
    a_manager,
    a_person,
    a_submitted_assessment,
    an_assessment,
    an_open_cycle,
    appointment_of,
    fill,
)
from tests.web.course import an_issued_certificate, judge_all, two_reviews

# Kinds of object that rights are asked for; "network" stands for everything without one line.
KINDS = ("line", "assessment", "certificate", "document", "evidence", "review", "network")
_OF_LINE = KINDS[:-1]
_OF_REVIEW = ("assessment", "certificate", "document", "evidence")
_R = Relation


def _towards(relation: Relation, kinds: tuple[str, ...]) -> dict[str, set[Relation]]:
    return {kind: {relation} for kind in kinds}


# Who stands how to the objects of the first line, written down by hand: an oracle beside queries.access.
VISITORS: dict[str, dict[str, set[Relation]]] = {
    "manager": _towards(_R.MANAGER, _OF_LINE),
    "contributor": _towards(_R.CONTRIBUTOR, _OF_LINE),
    "former_manager": {},
    "manager_elsewhere": {},
    "reviewer": _towards(_R.REVIEWER, (*_OF_REVIEW, "review")),
    "other_reviewer": _towards(_R.REVIEWER, _OF_REVIEW),
    "released_reviewer": {},
    "coordinator": _towards(_R.COORDINATOR, (*KINDS, "scope")),
    "tied_coordinator": _towards(_R.TIED_COORDINATOR, _OF_LINE) | _towards(_R.COORDINATOR, ("network", "scope")),
    "reviewing_coordinator": _towards(_R.REVIEWING_COORDINATOR, (*_OF_REVIEW, "review"))
    | _towards(_R.COORDINATOR, ("line", "network", "scope")),
    "auditor": _towards(_R.AUDITOR, (*KINDS, "scope")),  # the scope of an address is theirs
    "evidence_auditor": {kind: {_R.AUDITOR, _R.EVIDENCE_AUDITOR} for kind in _OF_LINE} | {"network": {_R.AUDITOR}},
    "auditor_elsewhere": {"network": {_R.AUDITOR}},
    "auditor_too_late": {},
    "administrator": _towards(_R.ADMINISTRATOR, (*KINDS, "scope")),
}


@dataclass(kw_only=True)
class Objects:
    """What addresses name, of one line."""

    line: str
    assessment: str
    serial: str = ""
    document: str = ""
    item: str = ""
    review: str = ""
    decision: str = ""


@dataclass(kw_only=True)
class Town:
    first: Objects  # decided and certified
    second: Objects  # another line, with the same kinds of thing
    visitors: dict[str, str] = field(default_factory=dict)  # kind of visitor → e-mail address
    cycle: str = ""
    scope: str = ""
    person: str = ""
    appointment: int = 0
    code: str = ""
    document: str = ""  # a comparison report
    more: dict[str, Objects] = field(default_factory=dict)  # state → a line whose self-assessment is in it


def build(session: Session, vault: Vault) -> Town:
    """The town, through the use cases, at tests.building.AT."""
    lines = {
        country: a_line(session, f"Sample line {name}", country)
        for country, name in (("AT", "Austria"), ("BE", "Belgium"), ("DE", "Germany"), ("ES", "Spain"), ("IT", "Italy"))
    }
    austria = lines["AT"]
    before = AT - timedelta(days=30)
    former = a_person(session, "Former manager", Role.MANAGER, line=austria, at=before)
    accounts.end_appointment(
        session, appointment_of(session, former, Role.MANAGER), actor=a_coordinator(session), at=before
    )
    cycle = an_open_cycle(session, list(lines.values()))
    a_person(session, "Contributor", Role.CONTRIBUTOR, line=austria)
    tied = a_person(session, "Tied coordinator", Role.COORDINATOR)
    accounts.end_appointment(session, _joins(session, tied, austria), actor=a_coordinator(session), at=AT)

    town = Town(
        first=_certified(session, austria, vault, released=True), second=_certified(session, lines["BE"], vault)
    )
    town.cycle = cycle.public_id
    town.visitors = {
        "manager": a_manager(session, austria).email,
        "contributor": "contributor@people.example",
        "former_manager": former.email,
        "manager_elsewhere": a_manager(session, lines["BE"]).email,
        "reviewer": "reviewer.fr@people.example",
        "other_reviewer": "reviewer.nl@people.example",
        "released_reviewer": "released.reviewer@people.example",
        "coordinator": a_coordinator(session).email,
        "tied_coordinator": tied.email,
        "reviewing_coordinator": _reviewed_once(session, austria).email,
        "administrator": a_person(session, "Administrator", Role.ADMINISTRATOR).email,
    }
    for name, places, evidence, days in (
        ("auditor", [austria], False, 30),
        ("evidence_auditor", [austria], True, 30),
        ("auditor_elsewhere", [lines["BE"]], True, 30),
        ("auditor_too_late", [austria], True, -1),
    ):
        town.visitors[name] = _auditor(session, name, places, evidence, days, town).email
    town.more = _in_other_states(session, lines)
    newcomer = a_person(session, "Newcomer", Role.REVIEWER, country="PT")
    town.person, town.appointment = newcomer.public_id, appointment_of(session, newcomer, Role.REVIEWER).id
    return town


def _joins(session: Session, person: Person, line: ReportingLine) -> Appointment:
    accounts.invite(session, email=person.email, name=person.name, role=Role.CONTRIBUTOR, line=line, actor=None, at=AT)
    return appointment_of(session, person, Role.CONTRIBUTOR)


def _certified(session: Session, line: ReportingLine, vault: Vault, *, released: bool = False) -> Objects:
    content = f"%PDF-1.7 the certificate of {line.name}".encode()
    certificate = an_issued_certificate(session, line, content=content, vault=vault, released=released)
    decision = session.get_one(Decision, certificate.decision_id)
    assessment = session.get_one(SelfAssessment, decision.self_assessment_id)
    item = session.scalars(
        select(EvidenceItem)
        .join(EvidenceLink, EvidenceLink.evidence_item_id == EvidenceItem.id)
        .where(EvidenceLink.self_assessment_id == assessment.id, EvidenceItem.digest.is_not(None))
    ).one()
    reviewer = people.by_email(session, "reviewer.fr@people.example")
    own = session.scalars(
        select(Review).where(Review.self_assessment_id == assessment.id, Review.person_id == reviewer.id)
    ).one()
    sheet = session.scalars(select(Document).where(Document.decision_id == decision.id)).one()
    paper = f"%PDF-1.7 the result of {line.name}".encode()
    digest = vault.put(line.public_id, paper)
    reports.publish_document(
        session,
        sheet,
        digest=digest,
        unsigned_digest=digest,
        pages=2,
        size=len(paper),
        facts=sheet.facts or "{}",
        at=AT,
    )
    return Objects(
        line=line.public_id,
        assessment=assessment.public_id,
        serial=certificate.serial,
        document=sheet.public_id,
        item=item.public_id,
        review=own.public_id,
        decision=decision.public_id,
    )


def _reviewed_once(session: Session, line: ReportingLine) -> Person:
    """A coordinator who once was asked to review this line, which is remembered for as long as the review is."""
    person = people.by_email(session, "released.coordinator@people.example")
    assert person is not None
    accounts.invite(session, email=person.email, name=person.name, role=Role.COORDINATOR, actor=None, at=AT)
    return person


def _auditor(session: Session, name: str, lines: list[ReportingLine], evidence: bool, days: int, town: Town) -> Person:
    person = a_person(session, name.replace("_", " ").capitalize(), Role.AUDITOR)
    opened = accounts.open_scope(
        session,
        person=person,
        name="Sample audit",
        lines=lines,
        includes_evidence=evidence,
        starts_at=AT - timedelta(days=60),
        ends_at=AT + timedelta(days=days),
        actor=a_coordinator(session),
        at=AT - timedelta(days=60),
    )
    if name == "auditor":
        town.scope = opened.public_id
    return person


def _in_other_states(session: Session, lines: dict[str, ReportingLine]) -> dict[str, Objects]:
    draft = an_assessment(session, lines["DE"])
    fill(session, draft, levels={"GOV-01": 1})
    submitted = a_submitted_assessment(session, lines["ES"])
    reviewed = a_submitted_assessment(session, lines["IT"])
    first, _second = two_reviews(session, reviewed)
    judge_all(session, first, reviewed)
    return {
        "draft": Objects(line=lines["DE"].public_id, assessment=draft.public_id),
        "submitted": Objects(line=lines["ES"].public_id, assessment=submitted.public_id),
        "in_review": Objects(line=lines["IT"].public_id, assessment=reviewed.public_id, review=first.public_id),
    }
