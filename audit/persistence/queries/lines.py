"""One line, found by its public id or its name."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.persistence.tables import ReportingLine


def by_public_id(session: Session, public_id: str) -> ReportingLine | None:
    return session.scalar(select(ReportingLine).where(ReportingLine.public_id == public_id))


def by_name(session: Session, name: str) -> ReportingLine | None:
    return session.scalar(select(ReportingLine).where(ReportingLine.name == name))
