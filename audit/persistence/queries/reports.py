"""Papers other than certificates: those still to be made, and those a line, a cycle or an auditor's scope holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from audit.domain.certification import CertificateStatus
from audit.persistence.queries.certificates import status_now
from audit.persistence.tables import (
    Audience,
    Certificate,
    Cycle,
    Document,
    DocumentKind,
    ReportingLine,
    Scope,
    ScopeLine,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper with the cycle it belongs to."""

    document: Document  # with its line, where it has one
    cycle: Cycle


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeContent:
    """All that an auditor may take from a scope: issued certificates, result sheets, comparison reports."""

    scope: Scope
    lines: list[ReportingLine]
    certificates: list[tuple[Certificate, CertificateStatus | None]]  # with line and events
    result_sheets: list[Paper]
    reports: list[Paper]


def by_public_id(session: Session, public_id: str) -> Document | None:
    """The document with its line."""
    return session.scalar(select(Document).where(Document.public_id == public_id).options(joinedload(Document.line)))


def wanted(session: Session, kind: DocumentKind) -> list[str]:
    """The public ids of papers that were asked for and do not exist yet, the earliest first."""
    return list(
        session.scalars(
            select(Document.public_id).where(Document.kind == kind, Document.digest.is_(None)).order_by(Document.id)
        )
    )


def of_cycle(session: Session, cycle: Cycle, kind: DocumentKind = DocumentKind.COMPARISON_REPORT) -> list[Document]:
    """The papers of a cycle, the latest first, those still to be made included."""
    return list(
        session.scalars(
            select(Document)
            .where(Document.cycle_id == cycle.id, Document.kind == kind)
            .options(joinedload(Document.line))
            .order_by(Document.wanted_at.desc(), Document.id.desc())
        )
    )


def of_line(session: Session, line_id: int) -> list[Paper]:
    """The result sheets of a line, the latest first."""
    return _papers(
        session,
        _with_cycle().where(Document.line_id == line_id, Document.kind == DocumentKind.RESULT_SHEET),
    )


def comparison_reports(session: Session) -> list[Paper]:
    """Every comparison report for coordinators, the latest first, those still to be made included."""
    return _papers(
        session,
        _with_cycle().where(Document.kind == DocumentKind.COMPARISON_REPORT, Document.audience == Audience.COORDINATOR),
    )


def scope_by_public_id(session: Session, public_id: str) -> Scope | None:
    return session.scalar(select(Scope).where(Scope.public_id == public_id).options(selectinload(Scope.lines)))


def content_of_scope(session: Session, scope: Scope, today: date) -> ScopeContent:
    """What lies in a scope, in a constant number of statements; whether it is open now is the guard's question."""
    line_ids = select(ScopeLine.line_id).where(ScopeLine.scope_id == scope.id)
    lines = list(
        session.scalars(select(ReportingLine).where(ReportingLine.id.in_(line_ids)).order_by(ReportingLine.name))
    )
    certificates = session.scalars(
        select(Certificate)
        .where(Certificate.line_id.in_(line_ids), Certificate.digest.is_not(None))
        .options(joinedload(Certificate.line), selectinload(Certificate.events))
        .order_by(Certificate.valid_from.desc(), Certificate.serial)
    ).all()
    sheets = _papers(
        session,
        _with_cycle().where(
            Document.line_id.in_(line_ids),
            Document.kind == DocumentKind.RESULT_SHEET,
            Document.digest.is_not(None),
        ),
    )
    public_or_included = or_(Document.audience == Audience.PUBLIC, Document.audience == Audience.COORDINATOR)
    if not scope.includes_comparison:
        public_or_included = Document.audience == Audience.PUBLIC
    reports = _papers(
        session,
        _with_cycle().where(
            Document.kind == DocumentKind.COMPARISON_REPORT,
            Document.line_id.is_(None),
            Document.digest.is_not(None),
            public_or_included,
        ),
    )
    return ScopeContent(
        scope=scope,
        lines=lines,
        certificates=[(certificate, status_now(certificate, today)) for certificate in certificates],
        result_sheets=sheets,
        reports=reports,
    )


def _with_cycle() -> Select[tuple[Document, Cycle]]:
    return (
        select(Document, Cycle)
        .join(Cycle, Cycle.id == Document.cycle_id)
        .options(joinedload(Document.line))
        .order_by(Document.wanted_at.desc(), Document.id.desc())
    )


def _papers(session: Session, statement: Select[tuple[Document, Cycle]]) -> list[Paper]:
    return [Paper(document=document, cycle=cycle) for document, cycle in session.execute(statement)]
