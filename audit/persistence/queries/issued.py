"""Every paper the print shop has made, one after the other, for laying them out as files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.persistence.tables import Certificate, Cycle, Decision, Document, DocumentKind, ReportingLine, SelfAssessment

PAGE = 100  # rows read at a time

NETWORK = "network"  # the vault's owner of papers that belong to no single line


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedPaper:
    """Where the vault holds a paper, and the words a file name is made of."""

    kind: str  # certificate, result_sheet, comparison_report
    owner: str
    digest: str
    line: str  # the line's country, "" for the network
    cycle: str
    mark: str  # the serial, or the audience


def issued_papers(session: Session) -> Iterator[IssuedPaper]:
    """Certificates first, in the order they were granted, then the other papers."""
    certificates = (
        select(Certificate, ReportingLine, Cycle)
        .join(ReportingLine, ReportingLine.id == Certificate.line_id)
        .join(Decision, Decision.id == Certificate.decision_id)
        .join(SelfAssessment, SelfAssessment.id == Decision.self_assessment_id)
        .join(Cycle, Cycle.id == SelfAssessment.cycle_id)
        .where(Certificate.digest.is_not(None))
        .order_by(Certificate.id)
        .execution_options(yield_per=PAGE)
    )
    for certificate, line, cycle in session.execute(certificates):
        yield IssuedPaper(
            kind="certificate",
            owner=line.public_id,
            digest=certificate.digest,
            line=line.country,
            cycle=cycle.name,
            mark=certificate.serial,
        )
    documents = (
        select(Document, Cycle, ReportingLine)
        .join(Cycle, Cycle.id == Document.cycle_id)
        .outerjoin(ReportingLine, ReportingLine.id == Document.line_id)
        .where(Document.digest.is_not(None))
        .order_by(Document.id)
        .execution_options(yield_per=PAGE)
    )
    for document, cycle, owner in session.execute(documents):
        yield IssuedPaper(
            kind=DocumentKind(document.kind).value,
            owner=owner.public_id if owner is not None else NETWORK,
            digest=document.digest,
            line=owner.country if owner is not None else "",
            cycle=cycle.name,
            mark=document.audience.value,
        )
