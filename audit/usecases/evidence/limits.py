"""What a line's library may hold, and what may never come into it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from audit.domain.errors import N_, InvalidInput, TooMany
from audit.persistence.tables import EvidenceItem, Person, ReportingLine, Upload

MOST_FILES = 400  # per line
MOST_BYTES = 1024 * 1024 * 1024  # per line
MOST_AN_HOUR = 60  # files of one person, finished or begun


def refuse_locked(session: Session, *digests: str) -> None:
    """InvalidInput when a file of these fingerprints, as it came or as it is stored, was locked in any library."""
    same = or_(EvidenceItem.received_digest.in_(digests), EvidenceItem.digest.in_(digests))
    if session.scalar(select(EvidenceItem.id).where(same, EvidenceItem.locked_at.is_not(None)).limit(1)) is not None:
        raise InvalidInput(N_("This file was locked earlier and cannot be uploaded again."), field="file")


def within_quota(session: Session, line: ReportingLine, size: int) -> None:
    """Uploads of one line take turns, so that two at once cannot pass the limit together. `size` in bytes."""
    session.execute(select(ReportingLine.id).where(ReportingLine.id == line.id).with_for_update())
    count, held = session.execute(
        select(func.count(), func.coalesce(func.sum(EvidenceItem.size), 0)).where(
            EvidenceItem.line_id == line.id, EvidenceItem.digest.is_not(None)
        )
    ).one()
    if count >= MOST_FILES or held + size > MOST_BYTES:
        message = N_("Your library is full. Please use items that are in it already, or ask the coordinator.")
        raise InvalidInput(message, field="file")


def not_too_many(session: Session, person: Person, *, at: datetime) -> None:
    """TooMany when a person began or finished more files within the last hour than anybody does by hand."""
    since = at - timedelta(hours=1)
    finished = select(func.count(EvidenceItem.id)).where(
        EvidenceItem.added_by_id == person.id, EvidenceItem.added_at > since, EvidenceItem.digest.is_not(None)
    )
    begun = select(func.count(Upload.id)).where(Upload.person_id == person.id, Upload.begun_at > since)
    if (session.scalar(finished) or 0) + (session.scalar(begun) or 0) >= MOST_AN_HOUR:
        message = N_("You sent many files within an hour. Please go on in a while.")
        raise TooMany(message, retry_after=600)
