"""Whether a row still names a file of the vault."""

from __future__ import annotations

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from audit.persistence.tables import Certificate, Document, EvidenceItem, ReportingLine, Upload

_PARTS = "upload"


def parts_owner(upload: str) -> str:
    """Under which owner the parts of an upload lie in the vault, by its public id."""
    return f"{_PARTS}{upload}"


def is_wanted(session: Session, owner: str, digest: str) -> bool:
    """True when evidence, a certificate or another paper has this digest, or when it may be a part of a live upload.

    Locked evidence is kept too, until it is purged.
    """
    named = [
        exists().where(
            EvidenceItem.digest == digest,
            EvidenceItem.purged_at.is_(None),
            ReportingLine.id == EvidenceItem.line_id,
            ReportingLine.public_id == owner,
        ),
        exists().where(Certificate.digest == digest),
        exists().where(Document.digest == digest),
    ]
    if owner.startswith(_PARTS):
        named = [exists().where(Upload.public_id == owner.removeprefix(_PARTS))]
    return bool(session.scalar(select(or_(*named))))
