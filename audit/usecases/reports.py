"""Papers other than certificates: asked for by a person or the course, gathered, made once, published once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from audit.domain.comparison import comparison_facts_to_text, coordinator_facts
from audit.domain.errors import N_, InvalidInput, WrongState
from audit.domain.journal import Event
from audit.domain.letters import LetterKind
from audit.persistence import journal, letters
from audit.persistence.criteria_sets import frozen, in_language
from audit.persistence.queries.comparison import assessed_lines, earlier_cycle, edition
from audit.persistence.tables import Audience, Cycle, Document, DocumentKind, Person, ReportingLine


def want_report(
    session: Session, cycle: Cycle, *, audience: Audience, occasion: str, actor: Person, at: datetime, language: str
) -> Document:
    """Ask for a comparison report; asked twice for one occasion, it is one report. A worker makes it within a minute.

    `occasion` says what makes it one: "close" for the report of a closed cycle, else the moment or a name of its own.
    """
    if audience is not Audience.COORDINATOR:
        raise InvalidInput(N_("So far the comparison report is made for coordinators only."), field="audience")
    subject = f"cycle:{cycle.public_id}:{audience.value}:{occasion}"
    if len(subject) > 120:
        raise InvalidInput(N_("Give the report a shorter name."), field="occasion")
    insert = insert_postgresql if session.get_bind().dialect.name == "postgresql" else insert_sqlite
    added = session.execute(
        insert(Document)
        .values(
            kind=DocumentKind.COMPARISON_REPORT,
            subject=subject,
            audience=audience,
            cycle_id=cycle.id,
            title=cycle.name,
            language=language,
            wanted_at=at,
            wanted_by_id=actor.id,
        )
        .on_conflict_do_nothing(index_elements=["kind", "subject"])
        .returning(Document.id)
    ).first()
    document = session.scalars(
        select(Document).where(Document.kind == DocumentKind.COMPARISON_REPORT, Document.subject == subject)
    ).one()
    if added is not None:
        journal.record(
            session,
            Event.REPORT_REQUESTED,
            f"document:{document.public_id}",
            actor=actor,
            at=at,
            cycle=cycle.public_id,
            audience=audience.value,
        )
    return document


def gather(session: Session, document: Document, *, at: datetime) -> str:
    """The facts of a paper as canonical JSON: frozen ones as they are, a comparison's from the rows of now."""
    if document.facts is not None:
        return document.facts
    if document.kind is not DocumentKind.COMPARISON_REPORT:
        raise WrongState(N_("The facts of this paper were never fixed."))
    cycle = session.get_one(Cycle, document.cycle_id)
    return comparison_facts(session, cycle, language=document.language, at=at)


def comparison_facts(session: Session, cycle: Cycle, *, language: str, at: datetime) -> str:
    """The coordinator's comparison of a cycle's decided lines, as canonical JSON."""
    facts = coordinator_facts(
        frozen(session, cycle.criteria_set_hash),
        assessed_lines(session, cycle),
        edition=edition(session, cycle, language=language, made_at=at),
        earlier=earlier_cycle(session, cycle),
        words=in_language(session, cycle.criteria_set_hash, language),
    )
    return comparison_facts_to_text(facts)


def publish_document(
    session: Session,
    document: Document,
    *,
    digest: str,
    unsigned_digest: str,
    pages: int,
    size: int,
    facts: str,
    at: datetime,
) -> bool:
    """Set the digest of the made file, once: False when another worker was faster, then nothing changes."""
    published = session.execute(
        update(Document)
        .where(Document.id == document.id, Document.digest.is_(None))
        .values(digest=digest, unsigned_digest=unsigned_digest, pages=pages, size=size, facts=facts, made_at=at)
        .returning(Document.id)
        .execution_options(synchronize_session=False)
    ).first()
    if published is None:
        return False
    session.refresh(document, ["digest", "unsigned_digest", "pages", "size", "facts", "made_at"])
    if document.kind is DocumentKind.COMPARISON_REPORT and document.wanted_by_id is not None:
        person = session.get_one(Person, document.wanted_by_id)
        cycle = session.get_one(Cycle, document.cycle_id)
        letters.write(
            session,
            LetterKind.REPORT_READY,
            person,
            key=f"report_ready:{document.public_id}:{person.public_id}",
            at=at,
            cycle=cycle.name,
        )
    line = session.get_one(ReportingLine, document.line_id) if document.line_id is not None else None
    journal.record(
        session,
        Event.DOCUMENT_MADE,
        f"document:{document.public_id}",
        actor="job:comparison-reports" if document.kind is DocumentKind.COMPARISON_REPORT else "job:issue-certificates",
        at=at,
        line=line,
        kind=document.kind.value,
        digest=digest,
        unsigned_digest=unsigned_digest,
    )
    return True


def record_download(
    session: Session, subject: str, *, digest: str, line: ReportingLine | None, actor: Person, at: datetime
) -> None:
    """Leave a trace of who took which paper: `subject` is "document:<public id>" or "certificate:<serial>"."""
    journal.record(session, Event.DOCUMENT_DOWNLOADED, subject, actor=actor, at=at, line=line, digest=digest)
