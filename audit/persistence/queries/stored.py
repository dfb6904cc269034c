"""Whether a row still names a file of the vault."""

from __future__ import annotations

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from audit.persistence.tables import Certificate, Document, EvidenceItem


def is_wanted(session: Session, digest: str) -> bool:
    """True when evidence, a certificate or another paper has this digest; locked evidence is kept too."""
    named = or_(*(exists().where(table.digest == digest) for table in (EvidenceItem, Certificate, Document)))
    return bool(session.scalar(select(named)))
