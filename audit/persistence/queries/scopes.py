"""What an auditor was allowed to read: scopes with their lines, and the evidence in those that include it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit.persistence.tables import EvidenceItem, Person, ReportingLine, Scope, ScopeLine


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeOf:
    """One scope of a person with the names of its lines."""

    scope: Scope
    lines: tuple[str, ...]

    def is_open(self, now: datetime) -> bool:
        return self.scope.starts_at <= now < self.scope.ends_at


def scopes_of(session: Session, person: Person) -> tuple[ScopeOf, ...]:
    """Every scope the person was ever given, the one that ends last first: two statements."""
    scopes = session.scalars(
        select(Scope).where(Scope.person_id == person.id).order_by(Scope.ends_at.desc(), Scope.id)
    ).all()
    names: dict[int, list[str]] = defaultdict(list)
    for scope_id, name in session.execute(
        select(ScopeLine.scope_id, ReportingLine.name)
        .join(ReportingLine, ReportingLine.id == ScopeLine.line_id)
        .where(ScopeLine.scope_id.in_([scope.id for scope in scopes]))
        .order_by(ReportingLine.name)
    ):
        names[scope_id].append(name)
    return tuple(ScopeOf(scope=scope, lines=tuple(names[scope.id])) for scope in scopes)


def libraries_of_scope(session: Session, scope: Scope) -> dict[int, int]:
    """How many items, locked ones left out, each line of the scope has; empty where evidence is not included."""
    if not scope.includes_evidence:
        return {}
    rows = session.execute(
        select(EvidenceItem.line_id, func.count().label("items"))
        .join(ScopeLine, ScopeLine.line_id == EvidenceItem.line_id)
        .where(ScopeLine.scope_id == scope.id, EvidenceItem.locked_at.is_(None))
        .group_by(EvidenceItem.line_id)
    )
    return {row.line_id: row.items for row in rows}


def evidence_of_scope(session: Session, scope: Scope, line: ReportingLine) -> list[EvidenceItem]:
    """The items of one line of the scope, the latest first, without locked ones; none where evidence is left out."""
    if not scope.includes_evidence:
        return []
    return list(
        session.scalars(
            select(EvidenceItem)
            .join(ScopeLine, ScopeLine.line_id == EvidenceItem.line_id)
            .where(
                ScopeLine.scope_id == scope.id,
                EvidenceItem.line_id == line.id,
                EvidenceItem.locked_at.is_(None),
            )
            .order_by(EvidenceItem.added_at.desc(), EvidenceItem.id.desc())
        )
    )
