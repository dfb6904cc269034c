"""Purging: the bytes of a locked file go for good, when one person asks with a reason and another one confirms."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from audit.domain.errors import N_, InvalidInput, NotAllowed, WrongState
from audit.domain.journal import Event
from audit.persistence import journal
from audit.persistence.queries.stored import parts_owner
from audit.persistence.tables import EvidenceItem, Person, ReportingLine, Upload, UploadPart
from audit.ports import Vault
from audit.usecases.evidence.locking import same_bytes

LONGEST_REASON = 500


def ask_purge(session: Session, item: EvidenceItem, *, reason: str, actor: Person, at: datetime) -> None:
    """Ask that the bytes of a locked file be taken out of the vault, for a reason that describes no content.

    WrongState when the item is not locked, has no file, or was asked about or purged already.
    """
    _still_there(session, item)
    if item.purge_asked_at is not None:
        raise WrongState(N_("Somebody has asked already. A second person confirms it."))
    reason = reason.strip()
    if not reason:
        raise InvalidInput(N_("Say in a sentence why the file must go, without describing it."), field="reason")
    if len(reason) > LONGEST_REASON:
        raise InvalidInput(N_("Please use at most %(most)d characters."), field="reason", most=LONGEST_REASON)
    line = session.get_one(ReportingLine, item.line_id)
    for one in _of_line(session, item):
        one.purge_asked_at, one.purge_asked_by_id, one.purge_reason = at, actor.id, reason
    journal.record(
        session,
        Event.EVIDENCE_PURGE_ASKED,
        f"evidence:{item.public_id}",
        actor=actor,
        at=at,
        line=line,
        received=item.received_digest,
        reason=reason,
    )


def purge(session: Session, vault: Vault, item: EvidenceItem, *, actor: Person, at: datetime) -> int:
    """Take the bytes out of the vault, for every item of the line that holds the same file; how many items.

    The rows stay with their fingerprints, so that the file cannot come back. NotAllowed for the person who asked and
    for whoever uploaded it. The bytes go last: whatever fails before leaves everything as it was, and asking twice to
    remove what is gone does no harm.
    """
    _still_there(session, item)
    if item.purge_asked_at is None:
        raise WrongState(N_("Nobody has asked for this yet. It takes two people and a reason."))
    items = _of_line(session, item)
    if actor.id in {one.purge_asked_by_id for one in items}:
        raise NotAllowed(N_("You asked for this yourself. Another person has to confirm it."))
    if actor.id in {one.added_by_id for one in items}:
        raise NotAllowed(N_("You uploaded this file. Another person has to confirm it."))
    line = session.get_one(ReportingLine, item.line_id)
    for one in items:
        one.purged_at, one.purged_by_id = at, actor.id
        journal.record(
            session,
            Event.EVIDENCE_PURGED,
            f"evidence:{one.public_id}",
            actor=actor,
            at=at,
            line=line,
            received=one.received_digest,
            asked_by=session.get_one(Person, one.purge_asked_by_id).public_id if one.purge_asked_by_id else "",
            reason=one.purge_reason,
        )
    unfinished = session.execute(
        select(Upload.id, Upload.public_id).where(Upload.line_id == line.id, Upload.digest == item.received_digest)
    ).all()
    numbers = [number for number, _ in unfinished]
    session.execute(delete(UploadPart).where(UploadPart.upload_id.in_(numbers)))
    session.execute(delete(Upload).where(Upload.id.in_(numbers)))
    session.flush()
    for digest in sorted({one.digest for one in items if one.digest is not None}):
        vault.remove(line.public_id, digest)
    for _, public_id in unfinished:
        vault.clear(parts_owner(public_id))
    return len(items)


def _of_line(session: Session, item: EvidenceItem) -> list[EvidenceItem]:
    """The line's items that hold the same file, all of them locked by then."""
    statement = select(EvidenceItem).where(EvidenceItem.line_id == item.line_id, same_bytes(item))
    return list(session.scalars(statement.where(EvidenceItem.locked_at.is_not(None)).order_by(EvidenceItem.id)))


def _still_there(session: Session, item: EvidenceItem) -> None:
    session.refresh(item, with_for_update=True)
    if item.locked_at is None:
        raise WrongState(N_("This item is not locked. Only a locked file can be purged."))
    if item.digest is None:
        raise WrongState(N_("This item has no file to purge."))
    if item.purged_at is not None:
        raise WrongState(N_("This file was purged already."))
