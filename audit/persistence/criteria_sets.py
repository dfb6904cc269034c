"""Frozen criteria sets: stored once by the hash of their content, read back as values."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from audit.domain.criteria import CriteriaSet
from audit.domain.criteria_text import content_hash, from_canonical, to_canonical
from audit.domain.errors import N_, Missing
from audit.persistence.tables import FrozenCriteriaSet


def freeze(session: Session, criteria_set: CriteriaSet, source: str, at: datetime) -> str:
    """Store the set with the text it was read from and return its hash; a set that is stored already stays as it is."""
    digest = content_hash(criteria_set)
    insert = insert_postgresql if session.get_bind().dialect.name == "postgresql" else insert_sqlite
    session.execute(
        insert(FrozenCriteriaSet.__table__)
        .values(
            hash=digest,
            set_id=criteria_set.id,
            version=criteria_set.version,
            canonical=to_canonical(criteria_set),
            source=source,
            stored_at=at,
        )
        .on_conflict_do_nothing(index_elements=["hash"])
    )
    return digest


def frozen(session: Session, digest: str) -> CriteriaSet:
    """The set stored under a hash; Missing when there is none. Parsed once per process: a hash means one content."""
    known = _known.get(digest)
    if known is not None:
        return known
    canonical = session.scalar(select(FrozenCriteriaSet.canonical).where(FrozenCriteriaSet.hash == digest))
    if canonical is None:
        raise Missing(N_("There is no criteria set of this fingerprint."))
    return _known.setdefault(digest, from_canonical(canonical))


_known: dict[str, CriteriaSet] = {}
