"""The scopes of auditors, as coordinators see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit.persistence.tables import Person, Scope, ScopeLine


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenScope:
    scope: Scope
    person: Person
    lines: int
    is_open: bool


def scopes(session: Session, *, now: datetime) -> list[GivenScope]:
    """Every scope ever given, the latest first: one statement."""
    rows = session.execute(
        select(Scope, Person, func.count(ScopeLine.line_id))
        .join(Person, Person.id == Scope.person_id)
        .outerjoin(ScopeLine, ScopeLine.scope_id == Scope.id)
        .group_by(Scope.id, Person.id)
        .order_by(Scope.ends_at.desc(), Scope.id.desc())
    )
    return [
        GivenScope(scope=scope, person=person, lines=lines, is_open=scope.starts_at <= now < scope.ends_at)
        for scope, person, lines in rows
    ]
