"""What an auditor may take, until when, and the trace it leaves; papers for coordinators and lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from audit.domain.permissions import Role
from audit.persistence.queries.issued import NETWORK
from audit.persistence.sessions import Sessions
from audit.persistence.tables import (
    Audience,
    Cycle,
    Document,
    DocumentKind,
    JournalEntry,
    Person,
    SelfAssessment,
)
from audit.usecases import accounts, reports
from tests.building import AT, a_coordinator, a_line, a_manager, a_person, an_open_cycle
from tests.web.conftest import Clock
from tests.web.course import an_issued_certificate
from tests.web.strict import StrictVisitor

PDF = b"%PDF-1.7 a certificate"
SHEET = b"%PDF-1.7 a result sheet"
REPORT = b"%PDF-1.7 a comparison report"
ENDS = AT + timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """One line with all its papers, another outside of the scope, and a scope over the first."""

    scope: str
    line: str
    serial: str
    other_serial: str
    sheet: str
    report: str
    auditor: Person
    manager: Person
    coordinator: Person
    digest: str


def _publish(app: Flask, session: Any, document: Document, owner: str, content: bytes) -> None:
    digest = app.extensions["plumbline"].vault.put(owner, content)
    reports.publish_document(
        session, document, digest=digest, unsigned_digest=digest, pages=2, size=len(content), facts="{}", at=AT
    )


@pytest.fixture
def audit(app: Flask, desk: Sessions) -> Audit:
    vault = app.extensions["plumbline"].vault
    with desk.writing() as session:
        line, elsewhere = a_line(session), a_line(session, "Sample line Belgium", "BE")
        an_open_cycle(session, [line, elsewhere])
        certificate = an_issued_certificate(session, line, content=PDF)
        vault.put(line.public_id, PDF)
        other = an_issued_certificate(session, elsewhere, content=PDF + b" other")
        sheet = session.scalars(select(Document).where(Document.line_id == line.id)).one()
        _publish(app, session, sheet, line.public_id, SHEET)
        cycle = session.scalars(
            select(Cycle)
            .join(SelfAssessment, SelfAssessment.cycle_id == Cycle.id)
            .where(SelfAssessment.line_id == line.id)
        ).one()
        report = reports.want_report(
            session,
            cycle,
            audience=Audience.COORDINATOR,
            occasion="test",
            actor=a_coordinator(session),
            at=AT,
            language="en",
        )
        _publish(app, session, report, NETWORK, REPORT)
        assert report.kind is DocumentKind.COMPARISON_REPORT
        auditor = a_person(session, "Auditor", Role.AUDITOR)
        scope = accounts.open_scope(
            session,
            person=auditor,
            name="Sample audit",
            lines=[line],
            includes_evidence=True,
            starts_at=AT - timedelta(days=1),
            ends_at=ENDS,
            actor=a_coordinator(session),
            at=AT,
        )
        return Audit(
            scope=scope.public_id,
            line=line.public_id,
            serial=certificate.serial,
            other_serial=other.serial,
            sheet=sheet.public_id,
            report=report.public_id,
            auditor=auditor,
            manager=a_manager(session, line),
            coordinator=a_coordinator(session),
            digest=certificate.digest or "",
        )


@pytest.fixture
def auditor(audit: Audit, signed_in: Callable[[Person], StrictVisitor]) -> StrictVisitor:
    return signed_in(audit.auditor)


def traces(desk: Sessions) -> list[tuple[str, str, str]]:
    """Subject, actor and line of every download in the journal."""
    with desk.reading() as session:
        rows = session.scalars(
            select(JournalEntry).where(JournalEntry.event == "document:downloaded").order_by(JournalEntry.number)
        )
        return [(row.subject, row.actor, row.line) for row in rows]


def test_the_only_scope_opens_by_itself_and_says_what_it_allows(audit: Audit, auditor: StrictVisitor) -> None:
    answer = auditor.get("/auditing")
    assert answer.status_code == 303 and answer.location.endswith(f"/auditing/{audit.scope}")
    page = auditor.get(answer.location).text
    assert "You may read the papers of one line until" in page and "30 days left" in page
    assert audit.serial in page and audit.other_serial not in page
    for address in (
        f"/certificates/{audit.serial}.pdf",
        f"/documents/{audit.sheet}.pdf",
        f"/documents/{audit.report}.pdf",
    ):
        assert f'href="{address}"' in page
    assert audit.digest[:4] in page and "1 item in its library" in page
    narrowed = auditor.get(f"/auditing/{audit.scope}?line={audit.line}").text
    assert "no file" in narrowed and "in its library" not in narrowed


def test_papers_are_attachments_and_leave_a_trace_the_line_can_see(
    desk: Sessions, audit: Audit, auditor: StrictVisitor
) -> None:
    for address, content, subject, line in (
        (f"/certificates/{audit.serial}.pdf", PDF, f"certificate:{audit.serial}", audit.line),
        (f"/documents/{audit.sheet}.pdf", SHEET, f"document:{audit.sheet}", audit.line),
        (f"/documents/{audit.report}.pdf", REPORT, f"document:{audit.report}", ""),
    ):
        answer = auditor.get(address)
        assert answer.status_code == 200 and answer.data == content
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        assert answer.headers["Cache-Control"] == "no-store" and answer.mimetype == "application/pdf"
        assert traces(desk)[-1] == (subject, audit.auditor.public_id, line)


def test_a_second_after_the_end_nothing_opens_and_the_page_says_why(
    desk: Sessions, audit: Audit, auditor: StrictVisitor, clock: Clock, signed_in: Any
) -> None:
    clock.at = ENDS - timedelta(seconds=1)
    late = signed_in(audit.auditor)
    assert late.get(f"/certificates/{audit.serial}.pdf").status_code == 200
    taken = len(traces(desk))
    clock.step(seconds=1)
    for address in (
        f"/auditing/{audit.scope}",
        f"/certificates/{audit.serial}.pdf",
        f"/documents/{audit.sheet}.pdf",
        f"/documents/{audit.report}.pdf",
        "/certificates/PL-0000-XX-0000-0.pdf",
    ):
        answer = late.get(address)
        assert answer.status_code == 404, address
        assert "Your access as an auditor ended on 1 April 2026" in answer.text
    index = late.get("/auditing")
    assert index.status_code == 403 and "Your access as an auditor ended on" in index.text
    assert len(traces(desk)) == taken


def test_before_the_beginning_the_page_says_when(desk: Sessions, audit: Audit, clock: Clock, signed_in: Any) -> None:
    clock.at = AT - timedelta(days=2)
    early = signed_in(audit.auditor)
    answer = early.get(f"/auditing/{audit.scope}")
    assert answer.status_code == 404 and "Your access as an auditor begins on 1 March 2026" in answer.text


def test_what_lies_outside_the_scope_is_not_there(audit: Audit, auditor: StrictVisitor, desk: Sessions) -> None:
    outside = auditor.get(f"/certificates/{audit.other_serial}.pdf")
    never = auditor.get("/certificates/PL-0000-XX-0000-0.pdf")
    assert (outside.status_code, never.status_code) == (404, 404)
    assert traces(desk) == []


def test_coordinators_and_the_line_take_papers_under_the_same_guard(
    desk: Sessions, audit: Audit, visitor: StrictVisitor, signed_in: Any
) -> None:
    coordinator, manager = signed_in(audit.coordinator), signed_in(audit.manager)
    assert coordinator.get(f"/documents/{audit.report}.pdf").data == REPORT
    assert manager.get(f"/certificates/{audit.serial}.pdf").data == PDF
    assert manager.get(f"/lines/{audit.line}/certificates/{audit.serial}").data == PDF
    assert manager.get(f"/lines/{audit.line}/documents/{audit.sheet}").data == SHEET
    assert manager.get(f"/documents/{audit.report}.pdf").status_code == 404
    assert manager.get(f"/certificates/{audit.other_serial}.pdf").status_code == 404
    assert visitor.get(f"/certificates/{audit.serial}.pdf").status_code == 303
    assert coordinator.get(f"/auditing/{audit.scope}").status_code == 403
    assert coordinator.get("/auditing").status_code == 403
    assert len(traces(desk)) == 4


def test_a_paper_still_being_made_says_so(app: Flask, desk: Sessions, audit: Audit, signed_in: Any) -> None:
    with desk.writing() as session:
        cycle = session.scalars(select(Cycle)).first()
        wanted = reports.want_report(
            session,
            cycle,
            audience=Audience.COORDINATOR,
            occasion="later",
            actor=a_coordinator(session),
            at=AT,
            language="en",
        )
        address = f"/documents/{wanted.public_id}.pdf"
    answer = signed_in(audit.coordinator).get(address)
    assert answer.status_code == 404 and "still being made" in answer.text


def test_the_scope_asks_the_same_number_of_statements_however_much_lies_in_it(
    desk: Sessions, audit: Audit, auditor: StrictVisitor, counted: Any
) -> None:
    path = f"/auditing/{audit.scope}"
    auditor.get(path)
    with counted() as before:
        auditor.get(path)
    with desk.writing() as session:
        lines = [a_line(session), a_line(session, "Sample line Belgium", "BE")]
        wider = accounts.open_scope(
            session,
            person=session.get_one(Person, audit.auditor.id),
            name="Wider audit",
            lines=lines,
            includes_evidence=True,
            starts_at=AT,
            ends_at=ENDS,
            actor=a_coordinator(session),
            at=AT,
        )
        wide = f"/auditing/{wider.public_id}"
    with counted() as after:
        auditor.get(wide)
    assert len(before) == len(after) <= 20
    page = auditor.get("/auditing").text
    assert "2 scopes are open for you." in page and "Wider audit" in page


def test_every_page_is_sound_in_both_pseudo_languages(audit: Audit, auditor: StrictVisitor) -> None:
    for code in ("en-XA", "ar-XB"):
        assert auditor.get(f"/auditing/{audit.scope}?lang={code}").status_code == 200
        assert auditor.get(f"/auditing/{audit.scope}?line={audit.line}&lang={code}").status_code == 200
