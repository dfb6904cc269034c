"""Makes papers from frozen facts: print, sign, put into the vault, and only then publish, once in effect."""

from __future__ import annotations

import hashlib
import logging
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from audit.jobs.ledger import Outcome, give_back, kept, owner
from audit.persistence import ledger
from audit.persistence.queries import certificates as certificate_queries
from audit.persistence.queries import reports as report_queries
from audit.persistence.tables import Certificate, Document, DocumentKind
from audit.usecases import certificates, reports

if TYPE_CHECKING:
    from audit.wiring import Wiring

log = logging.getLogger("audit.jobs")
NETWORK = "network"  # the vault's owner of papers that belong to no single line


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One paper to make: its ledger key, what the printer needs, and who owns the file."""

    key: str
    kind: str
    facts: str
    language: str
    owner: str
    reason: str  # what the signature says it is for
    signed: bool = True  # copies of a line's own words are not: the network vouches for nothing in them


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A paper that lies in the vault."""

    digest: str
    unsigned_digest: str
    pages: int
    size: int  # bytes


def issue_certificates(wiring: Wiring, *, now: datetime) -> Outcome:
    """Issue every granted certificate without a file, every result sheet and answer sheet, one transaction each."""
    with wiring.sessions.reading() as session:
        serials = [row.serial for row in certificate_queries.unissued(session)]
        sheets = report_queries.wanted(session, DocumentKind.RESULT_SHEET)
        copies = report_queries.wanted(session, DocumentKind.ANSWER_SHEET)
    outcomes = [
        *_each(wiring, "issue-certificate", [f"certificate:{serial}" for serial in serials], _issue, now=now),
        *_each(wiring, "make-result-sheet", [f"document:{sheet}" for sheet in sheets], _make_document, now=now),
        *_each(wiring, "make-answer-sheet", [f"document:{copy}" for copy in copies], _make_document, now=now),
    ]
    return _together(outcomes, "papers issued")


def make_reports(wiring: Wiring, *, now: datetime) -> Outcome:
    """Make every comparison report that was asked for and does not exist yet."""
    with wiring.sessions.reading() as session:
        wanted = report_queries.wanted(session, DocumentKind.COMPARISON_REPORT)
    keys = [f"document:{public_id}" for public_id in wanted]
    return _together(_each(wiring, "make-report", keys, _make_document, now=now), "reports made")


def _each(
    wiring: Wiring,
    job: str,
    keys: Iterable[str],
    make: Callable[[Wiring, ledger.Claim, datetime], bool],
    *,
    now: datetime,
) -> list[Outcome]:
    """Claim each paper by its key and make it; what is in other hands stays there, what fails waits its turn.

    Each worker goes through them in an order of its own, so that many workers rarely reach for the same one.
    """
    outcomes = []
    order = list(keys)
    random.shuffle(order)
    for key in order:
        with wiring.sessions.reading() as session:
            if ledger.is_taken(session, key, now=now):
                continue
        with wiring.sessions.writing() as session:
            ledger.offer(session, job, [(key, now)])
            held = ledger.claim(session, job, owner=owner(), now=now, key=key)
        if held is None:
            continue
        try:
            with kept(wiring.sessions, held, now=wiring.now):
                made = make(wiring, held, now)
            outcomes.append(Outcome(made=int(made), skipped=int(not made)))
        except ledger.LeaseLost:
            outcomes.append(Outcome(skipped=1))
        except Exception as error:
            log.exception("%s could not be made", key)
            outcomes.append(give_back(wiring.sessions, held, error, now=now))
    return outcomes


def _issue(wiring: Wiring, held: ledger.Claim, now: datetime) -> bool:
    serial = held.key.removeprefix("certificate:")
    with wiring.sessions.reading() as session:
        certificate = certificate_queries.for_download(session, serial)
        wanted = _wanted_certificate(held.key, certificate) if certificate and certificate.digest is None else None
    made = _make(wiring, wanted, now) if wanted is not None else None
    with wiring.sessions.writing() as session:
        certificate = certificate_queries.for_download(session, serial)
        published = (
            made is not None
            and certificate is not None
            and certificates.publish(
                session, certificate, digest=made.digest, unsigned_digest=made.unsigned_digest, at=now
            )
        )
        ledger.finish(session, held, now=wiring.now(), result=made.digest if made and published else "")
    return published


def _wanted_certificate(key: str, certificate: Certificate) -> Wanted:
    from audit.domain.certification import certificate_facts_from_text

    facts = certificate_facts_from_text(certificate.facts)
    return Wanted(
        key=key,
        kind="certificate",
        facts=certificate.facts,
        language=facts.language,
        owner=certificate.line.public_id,
        reason=f"Certificate {certificate.serial}",
    )


def _make_document(wiring: Wiring, held: ledger.Claim, now: datetime) -> bool:
    public_id = held.key.removeprefix("document:")
    with wiring.sessions.reading() as session:
        document = report_queries.by_public_id(session, public_id)
        wanted = _wanted_document(session, held.key, document, now) if document and document.digest is None else None
    made = _make(wiring, wanted, now) if wanted is not None else None
    with wiring.sessions.writing() as session:
        document = report_queries.by_public_id(session, public_id)
        published = (
            made is not None
            and wanted is not None
            and document is not None
            and reports.publish_document(
                session,
                document,
                digest=made.digest,
                unsigned_digest=made.unsigned_digest,
                pages=made.pages,
                size=made.size,
                facts=wanted.facts,
                at=now,
            )
        )
        ledger.finish(session, held, now=wiring.now(), result=made.digest if made and published else "")
    return published


def _wanted_document(session: Any, key: str, document: Document, now: datetime) -> Wanted:
    return Wanted(
        key=key,
        kind=document.kind.value,
        facts=reports.gather(session, document, at=now),
        language=document.language,
        owner=document.line.public_id if document.line is not None else NETWORK,
        reason=document.title,
        signed=document.kind is not DocumentKind.ANSWER_SHEET,
    )


def _make(wiring: Wiring, wanted: Wanted, now: datetime) -> Made:
    """Print, and sign, while no transaction is open; on return the file lies in the vault, synced to disk."""
    unsigned = wiring.printer.print(wanted.kind, wanted.facts, wanted.language)
    signed = wiring.signer.sign(unsigned, reason=wanted.reason, at=now) if wanted.signed else unsigned
    digest = wiring.vault.put(wanted.owner, signed)
    return Made(
        digest=digest,
        unsigned_digest=hashlib.sha256(unsigned).hexdigest(),
        pages=_pages(unsigned),
        size=len(signed),
    )


def _pages(pdf: bytes) -> int:
    import io

    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return len(opened.pages)


def _together(outcomes: list[Outcome], what: str) -> Outcome:
    made = sum(outcome.made for outcome in outcomes)
    failed = [outcome for outcome in outcomes if outcome.failed]
    reasons = "; ".join(dict.fromkeys(outcome.summary for outcome in failed))
    summary = f"{made} {what}" + (f", {len(failed)} failed: {reasons}" if failed else "")
    return Outcome(
        made=made, skipped=sum(outcome.skipped for outcome in outcomes), failed=len(failed), summary=summary[:500]
    )
