"""The stop button: an item nobody may open any more, and the trace of each download until then."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from audit.domain.errors import N_, WrongState
from audit.domain.journal import Event
from audit.persistence import journal
from audit.persistence.tables import EvidenceItem, Person, ReportingLine


def same_bytes(item: EvidenceItem) -> ColumnElement[bool]:
    """The items that hold the same file, as it came or as it is stored; the item itself where it has none."""
    if item.received_digest is None or item.digest is None:
        return EvidenceItem.id == item.id
    prints = (item.received_digest, item.digest)
    return or_(EvidenceItem.received_digest.in_(prints), EvidenceItem.digest.in_(prints))


def lock(session: Session, item: EvidenceItem, *, actor: Person, at: datetime) -> int:
    """“Wrong file”: at once unreadable for everyone, wherever the same bytes were uploaded. How many items are locked.

    The hash is kept, so that the same file cannot come back; what happens to the bytes is decided by two people later.
    """
    if item.locked_at is not None:
        raise WrongState(N_("This item is locked already."))
    rows = session.execute(
        select(EvidenceItem, ReportingLine)
        .join(ReportingLine, ReportingLine.id == EvidenceItem.line_id)
        .where(same_bytes(item), EvidenceItem.locked_at.is_(None))
        .order_by(EvidenceItem.id)
    ).all()
    for locked, line in rows:
        locked.locked_at = at
        locked.locked_by_id = actor.id
        journal.record(
            session,
            Event.EVIDENCE_LOCKED,
            f"evidence:{locked.public_id}",
            actor=actor,
            at=at,
            line=line,
            received=locked.received_digest,
        )
    return len(rows)


def record_download(session: Session, item: EvidenceItem, *, actor: Person, at: datetime) -> None:
    """Leave a trace of who took an item; WrongState when it is locked, so that nothing is served without one."""
    session.refresh(item)
    if item.locked_at is not None:
        raise WrongState(N_("This item is locked and cannot be downloaded."))
    line = session.get(ReportingLine, item.line_id)
    journal.record(
        session,
        Event.EVIDENCE_DOWNLOADED,
        f"evidence:{item.public_id}",
        actor=actor,
        at=at,
        line=line,
        digest=item.digest,
    )
