"""The whole course of one audit through the use cases, up to a certificate in the register."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.domain.findings import EvidenceVerdict, Grade
from audit.persistence.criteria_sets import frozen
from audit.persistence.queries import assessments
from audit.persistence.tables import (
    Certificate,
    Cycle,
    Decision,
    EvidenceItem,
    EvidenceLink,
    Person,
    ReportingLine,
    Review,
    SelfAssessment,
)
from audit.ports import Inspected, Vault
from audit.usecases import certificates, decisions, evidence, review, self_assessment
from tests.building import AT, a_coordinator, a_line, a_manager, a_reviewer, an_assessment, fill, submit

BASE_URL = "http://localhost"


def the_certificate(session: Session, line: ReportingLine) -> Certificate:
    """The line's latest certificate."""
    return session.scalars(
        select(Certificate).where(Certificate.line_id == line.id).order_by(Certificate.id.desc())
    ).first()  # type: ignore[return-value]


def two_reviews(session: Session, assessment: SelfAssessment, *, at: datetime = AT) -> list[Review]:
    """Two reviewers assigned, the submission accepted, both without a tie."""
    coordinator = a_coordinator(session, at=at)
    reviewers = [a_reviewer(session, f"Reviewer {country}", country, at=at) for country in ("FR", "NL")]
    reviews = [
        review.assign(session, assessment, person, actor=coordinator, at=at, today=at.date()) for person in reviewers
    ]
    review.accept(session, assessment, actor=coordinator, at=at)
    for own, person in zip(reviews, reviewers, strict=True):
        review.declare(session, own, tie=False, actor=person, at=at)
    return reviews


def released_reviews(session: Session, assessment: SelfAssessment, *, at: datetime = AT) -> None:
    """Two people are asked to review and released again."""
    coordinator = a_coordinator(session, at=at)
    for name, country in (("Released reviewer", "LU"), ("Released coordinator", "PL")):
        person = a_reviewer(session, name, country, at=at)
        own = review.assign(session, assessment, person, actor=coordinator, at=at, today=at.date())
        review.release(session, own, reason="Not needed after all.", actor=coordinator, at=at)


def judge_all(session: Session, own: Review, assessment: SelfAssessment, *, at: datetime = AT) -> None:
    """Confirm every answer as the line gave it, accept every item, and complete the review."""
    criteria_set = frozen(session, session.get_one(Cycle, assessment.cycle_id).criteria_set_hash)
    actor = session.get_one(Person, own.person_id)
    links = session.execute(
        select(EvidenceLink.criterion_id, EvidenceItem)
        .join(EvidenceItem, EvidenceItem.id == EvidenceLink.evidence_item_id)
        .where(EvidenceLink.self_assessment_id == assessment.id)
    ).all()
    for criterion_id, item in links:
        review.judge_evidence(session, own, criterion_id, item, verdict=EvidenceVerdict.ACCEPTED, actor=actor, at=at)
    for criterion_id, saved in assessments.answers_of(session, assessment.id).items():
        review.judge(
            session,
            own,
            criteria_set,
            criterion_id,
            key=saved.value.key,
            grade=Grade.CONFORMS,
            expected_version=0,
            actor=actor,
            at=at,
        )
    review.complete(session, own, criteria_set, actor=actor, at=at, today=at.date())


def a_policy(session: Session, vault: Vault, assessment: SelfAssessment, *, at: datetime = AT) -> EvidenceItem:
    """A file in the line's library, offered for its mandate."""
    line = session.get_one(ReportingLine, assessment.line_id)
    criteria_set = frozen(session, session.get_one(Cycle, assessment.cycle_id).criteria_set_hash)
    content = f"%PDF-1.7 the policy of {line.name}".encode()
    item = evidence.add_file(
        session,
        vault,
        line,
        inspected=Inspected(content=content, media_type="application/pdf", extension="pdf"),
        received=content,
        file_name="policy.pdf",
        kind="policy",
        title="Our policy",
        issued_on=at.date(),
        valid_until=None,
        no_abuse_image=True,
        no_personal_data=True,
        criteria_set=criteria_set,
        actor=a_manager(session, line),
        at=at,
    )
    self_assessment.attach(session, assessment, criteria_set, "GOV-01", item, actor=a_manager(session, line), at=at)
    return item


def a_decision(
    session: Session,
    line: ReportingLine | None = None,
    *,
    level: int = 3,
    vault: Vault | None = None,
    released: bool = False,
    at: datetime = AT,
) -> Decision:
    """A self-assessment from its first answer to its decision; with a vault, a file is among its evidence."""
    line = line or a_line(session, at=at)
    assessment = an_assessment(session, line, at=at)
    fill(session, assessment, level=level, at=at)
    if vault is not None:
        a_policy(session, vault, assessment, at=at)
    submit(session, assessment, at=at)
    if released:
        released_reviews(session, assessment, at=at)
    for own in two_reviews(session, assessment, at=at):
        judge_all(session, own, assessment, at=at)
    self_assessment.confirm_facts(session, assessment, remark="", actor=a_manager(session, line), at=at)
    criteria_set = frozen(session, session.get_one(Cycle, assessment.cycle_id).criteria_set_hash)
    return decisions.decide(
        session,
        assessment,
        criteria_set,
        base_url=BASE_URL,
        actor=a_coordinator(session),
        at=at,
        today=at.date(),
    )


def issue(
    session: Session,
    certificate: Certificate,
    *,
    content: bytes = b"%PDF-1.7 sample",
    vault: Vault | None = None,
    at: datetime = AT,
) -> None:
    """Publish a certificate as the worker does, with the fingerprint of some content."""
    owner = session.get_one(ReportingLine, certificate.line_id).public_id
    digest = hashlib.sha256(content).hexdigest() if vault is None else vault.put(owner, content)
    certificates.publish(session, certificate, digest=digest, unsigned_digest=digest, at=at)


def an_issued_certificate(
    session: Session,
    line: ReportingLine | None = None,
    *,
    level: int = 3,
    content: bytes = b"%PDF-1.7 sample",
    vault: Vault | None = None,
    released: bool = False,
    at: datetime = AT,
) -> Certificate:
    """A line that went the whole way and holds an issued certificate."""
    line = line or a_line(session, at=at)
    a_decision(session, line, level=level, vault=vault, released=released, at=at)
    certificate = the_certificate(session, line)
    issue(session, certificate, content=content, vault=vault, at=at)
    return certificate
