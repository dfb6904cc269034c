"""What happens to a certificate after its grant: it is issued, changes its status, is corrected, or ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from audit.domain.certification import (
    RANDOM_BYTES,
    CertificateFacts,
    CertificateStatus,
    certificate_facts_from_text,
    facts_hash,
    facts_to_text,
    may_become,
    serial_number,
    status_now,
    verification_code,
)
from audit.domain.errors import N_, InvalidInput, WrongState
from audit.domain.journal import Event
from audit.domain.letters import LetterKind
from audit.domain.permissions import Role
from audit.domain.status_reasons import CHOSEN_BY_PEOPLE, ReasonClass
from audit.persistence import journal, letters
from audit.persistence.queries.papers import checkpoint
from audit.persistence.queries.people import holders
from audit.persistence.tables import (
    Certificate,
    CertificateEvent,
    Network,
    Person,
    ReportingLine,
    random_bytes,
)

# What a corrected re-issue may change; everything else was decided, or is computed.
CORRECTABLE = {
    "line_name": 160,
    "line_name_latin": 160,
    "operator": 160,
    "operator_address": 240,
    "scope": 240,
    "channels": 240,
    "web_address": 200,
    "language": 12,
}
BY_PEOPLE = frozenset({CertificateStatus.SUSPENDED, CertificateStatus.REINSTATED, CertificateStatus.WITHDRAWN})


def publish(session: Session, certificate: Certificate, *, digest: str, unsigned_digest: str, at: datetime) -> bool:
    """Set the digest of the issued file, once: False when another worker was faster, then nothing changes.

    The file must lie in the vault, synced, before this is called. Writes the journal's entry and the letters.
    """
    published = session.execute(
        update(Certificate)
        .where(Certificate.id == certificate.id, Certificate.digest.is_(None))
        .values(digest=digest, unsigned_digest=unsigned_digest, issued_at=at)
        .returning(Certificate.id)
        .execution_options(synchronize_session=False)
    ).first()
    if published is None:
        return False
    session.refresh(certificate, ["digest", "unsigned_digest", "issued_at"])
    line = session.get_one(ReportingLine, certificate.line_id)
    _tell(session, LetterKind.CERTIFICATE_ISSUED, certificate, line, occasion="issued", at=at)
    journal.record(
        session,
        Event.CERTIFICATE_ISSUED,
        f"certificate:{certificate.serial}",
        actor="job:issue-certificates",
        at=at,
        line=line,
        digest=digest,
        unsigned_digest=unsigned_digest,
        facts_hash=certificate.facts_hash,
    )
    return True


def change_status(
    session: Session,
    certificate: Certificate,
    *,
    status: CertificateStatus,
    effective_on: date,
    reason_class: str,
    reason: str,
    actor: Person,
    at: datetime,
) -> CertificateEvent:
    """A person suspends, reinstates or withdraws, from a day on; the public reads the class, the network the reason.

    Raises WrongState where the status that holds on that day does not allow it, InvalidInput for anything else.
    """
    reason = reason.strip()
    if status not in BY_PEOPLE:
        raise InvalidInput(N_("A certificate can be suspended, reinstated or withdrawn."), field="status")
    if reason_class not in CHOSEN_BY_PEOPLE:
        raise InvalidInput(N_("Choose a reason from the list."), field="reason_class")
    if not reason:
        raise InvalidInput(N_("Write down the reason; the line and the network read it."), field="reason")
    if effective_on < certificate.valid_from or effective_on > certificate.valid_until:
        raise InvalidInput(
            N_("Choose a day on which the certificate is valid: from %(first)s to %(last)s."),
            field="effective_on",
            first=certificate.valid_from,
            last=certificate.valid_until,
        )
    _hold(session, certificate)
    recorded = _events(session, certificate)
    latest = max((day for _, day in recorded), default=certificate.valid_from)
    present = status_now(recorded, max(effective_on, latest), certificate.valid_until)
    if present is None or not may_become(present, status) or effective_on < latest:
        raise WrongState(N_("The certificate's present status does not allow this change from that day on."))
    event = _record(
        session, certificate, status, effective_on, reason_class=reason_class, reason=reason, actor=actor, at=at
    )
    line = session.get_one(ReportingLine, certificate.line_id)
    _tell(
        session, LetterKind.CERTIFICATE_STATUS_CHANGED, certificate, line, occasion=f"event:{event.id}", at=at,
        status=status.value, effective_on=effective_on.isoformat(),
    )  # fmt: skip
    return event


def reissue(
    session: Session,
    certificate: Certificate,
    *,
    changes: Mapping[str, str],
    reason: str,
    base_url: str,
    actor: Person,
    at: datetime,
    today: date,
) -> Certificate:
    """A corrected certificate takes the place of this one today: same decision, level and dates, next revision.

    `changes` maps names of CORRECTABLE to their new text. Raises WrongState for a certificate that has ended.
    """
    reason = reason.strip()
    if not reason:
        raise InvalidInput(N_("Write down what was wrong."), field="reason")
    _hold(session, certificate)
    present = status_now(_events(session, certificate), today, certificate.valid_until)
    if present is None or not may_become(present, CertificateStatus.SUPERSEDED):
        raise WrongState(N_("This certificate has ended; it cannot be corrected any more."))
    old = certificate_facts_from_text(certificate.facts)
    facts = _corrected(old, changes)
    line = session.get_one(ReportingLine, certificate.line_id)
    sequence = session.scalar(
        update(Network).values(last_serial=Network.last_serial + 1).returning(Network.last_serial)
    )
    revision = session.scalar(
        select(func.max(Certificate.revision)).where(Certificate.decision_id == certificate.decision_id)
    )
    serial = serial_number(today.year, line.country, sequence or 0)
    code = verification_code(random_bytes(RANDOM_BYTES))
    facts = replace(
        facts,
        serial=serial,
        verification_code=code,
        revision=(revision or 1) + 1,
        supersedes=certificate.serial,
        verification_url=f"{base_url.rstrip('/')}/c/{code}",
        journal_checkpoint=checkpoint(session),
    )
    text = facts_to_text(facts)
    corrected = Certificate(
        serial=serial,
        code=code,
        decision_id=certificate.decision_id,
        revision=facts.revision,
        line_id=certificate.line_id,
        level=certificate.level,
        valid_from=certificate.valid_from,
        valid_until=certificate.valid_until,
        facts=text,
        facts_hash=facts_hash(text),
        granted_at=at,
    )
    session.add(corrected)
    session.flush()
    for status, day in _events(session, certificate):  # a suspension is not undone by correcting a typo
        _record(session, corrected, status, day, reason_class="", reason="", actor=actor, at=at, tell=False)
    _record(
        session,
        certificate,
        CertificateStatus.SUPERSEDED,
        max(today, certificate.valid_from),
        reason_class=ReasonClass.CORRECTION,
        reason=reason,
        actor=actor,
        at=at,
    )
    journal.record(
        session,
        Event.CERTIFICATE_REVISED,
        f"certificate:{corrected.serial}",
        actor=actor,
        at=at,
        line=line,
        supersedes=certificate.serial,
        revision=corrected.revision,
        changes=sorted(changes),
        reason=reason,
        facts_hash=corrected.facts_hash,
    )
    return corrected


def expire(session: Session, certificate: Certificate, *, at: datetime, today: date) -> CertificateEvent | None:
    """Record the end of a certificate whose last day has passed, from the day after; None when an end is recorded."""
    if certificate.valid_until >= today:
        raise WrongState(N_("This certificate's last day has not passed yet."))
    _hold(session, certificate)
    day = certificate.valid_until + timedelta(days=1)
    present = status_now(_events(session, certificate), day)
    if present is None or not may_become(present, CertificateStatus.EXPIRED):
        return None
    event = _record(
        session,
        certificate,
        CertificateStatus.EXPIRED,
        day,
        reason_class=ReasonClass.END_OF_VALIDITY,
        reason="",
        actor=None,
        at=at,
    )
    line = session.get_one(ReportingLine, certificate.line_id)
    _tell(session, LetterKind.CERTIFICATE_EXPIRED, certificate, line, occasion="expired", at=at)
    return event


def _corrected(old: CertificateFacts, changes: Mapping[str, str]) -> CertificateFacts:
    known = {field.name for field in fields(CertificateFacts)}
    wanted: dict[str, Any] = {}
    for name, text in changes.items():
        if name not in CORRECTABLE or name not in known:
            raise InvalidInput(N_("This cannot be corrected on a certificate."), field=name)
        text = text.strip()
        if len(text) > CORRECTABLE[name]:
            raise InvalidInput(N_("At most %(limit)s characters."), field=name, limit=CORRECTABLE[name])
        if not text and name != "line_name_latin":
            raise InvalidInput(N_("This cannot be left empty."), field=name)
        wanted[name] = text
    corrected = replace(old, **wanted)
    if corrected == old:
        raise InvalidInput(N_("Nothing would change."))
    return corrected


def _hold(session: Session, certificate: Certificate) -> None:
    """Others who change this certificate wait for their turn."""
    session.execute(select(Certificate.id).where(Certificate.id == certificate.id).with_for_update())


def _events(session: Session, certificate: Certificate) -> tuple[tuple[CertificateStatus, date], ...]:
    rows = session.execute(
        select(CertificateEvent.status, CertificateEvent.effective_on)
        .where(CertificateEvent.certificate_id == certificate.id)
        .order_by(CertificateEvent.id)
    )
    return tuple((CertificateStatus(status), day) for status, day in rows)


def _record(
    session: Session,
    certificate: Certificate,
    status: CertificateStatus,
    effective_on: date,
    *,
    reason_class: str,
    reason: str,
    actor: Person | None,
    at: datetime,
    tell: bool = True,
) -> CertificateEvent:
    event = CertificateEvent(
        certificate_id=certificate.id,
        status=status.value,
        effective_on=effective_on,
        recorded_at=at,
        reason_class=reason_class,
        reason=reason,
        recorded_by_id=actor.id if actor is not None else None,
    )
    session.add(event)
    session.flush()
    if tell:
        journal.record(
            session,
            Event.CERTIFICATE_STATUS_CHANGED,
            f"certificate:{certificate.serial}",
            actor=actor or "job:expire",
            at=at,
            line=session.get_one(ReportingLine, certificate.line_id),
            status=status.value,
            effective_on=effective_on,
            reason_class=reason_class,
        )
    return event


def _tell(
    session: Session,
    kind: LetterKind,
    certificate: Certificate,
    line: ReportingLine,
    *,
    occasion: str,
    at: datetime,
    **parameters: Any,
) -> None:
    for manager in holders(session, Role.MANAGER, line=line):
        letters.write(
            session,
            kind,
            manager,
            key=f"{kind.value}:{certificate.serial}:{occasion}:{manager.public_id}",
            at=at,
            serial=certificate.serial,
            line=line.name,
            line_id=line.public_id,
            valid_until=certificate.valid_until.isoformat(),
            **parameters,
        )
