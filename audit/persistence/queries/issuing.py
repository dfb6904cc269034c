"""Who issued, issues and will issue the network's certificates, by date."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.persistence.tables import IssuingBodyEntry


def issuing_bodies(session: Session) -> list[IssuingBodyEntry]:
    """Every entry, the latest date first: one statement."""
    return list(session.scalars(select(IssuingBodyEntry).order_by(IssuingBodyEntry.valid_from.desc())))
