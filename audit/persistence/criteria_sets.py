"""Frozen criteria sets: stored once by the hash of their content, read back as values, in any language they have.

Rules, hashes, snapshots and verdicts are bound to `frozen`; what people read comes from `in_language`.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from audit.domain.criteria import CriteriaSet
from audit.domain.criteria_text import content_hash, from_canonical, to_canonical
from audit.domain.criteria_translation import (
    Translation,
    Wording,
    translation_from_text,
    translation_hash,
    translation_to_text,
    worded,
)
from audit.domain.errors import N_, Missing
from audit.domain.journal import Event
from audit.persistence import journal
from audit.persistence.tables import CriteriaTranslation, FrozenCriteriaSet, Person

MOST_WORDINGS = 48  # kept in a process; one takes about 300 kB


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


def translation(session: Session, digest: str, language: str) -> Translation | None:
    """The latest translation of a stored set, or None."""
    row = session.execute(
        select(CriteriaTranslation.texts, CriteriaTranslation.draft)
        .where(CriteriaTranslation.criteria_set_hash == digest, CriteriaTranslation.language == language)
        .order_by(CriteriaTranslation.number.desc())
        .limit(1)
    ).first()
    return translation_from_text(row.texts, language=language, draft=row.draft) if row is not None else None


def store_translation(
    session: Session, digest: str, found: Translation, *, actor: Person | str, at: datetime
) -> int | None:
    """Append a translation of a stored set and enter it in the journal; its number, or None where nothing changed."""
    latest = session.execute(
        select(CriteriaTranslation.number, CriteriaTranslation.content_hash)
        .where(CriteriaTranslation.criteria_set_hash == digest, CriteriaTranslation.language == found.language)
        .order_by(CriteriaTranslation.number.desc())
        .limit(1)
    ).first()
    content = translation_hash(found)
    if latest is not None and latest.content_hash == content:
        return None
    number = latest.number + 1 if latest is not None else 1
    session.add(
        CriteriaTranslation(
            criteria_set_hash=digest,
            language=found.language,
            number=number,
            content_hash=content,
            draft=found.draft,
            texts=translation_to_text(found),
            stored_at=at,
        )
    )
    session.flush()
    journal.record(
        session,
        Event.CRITERIA_TRANSLATION_STORED,
        f"criteria_set:{digest}",
        actor=actor,
        at=at,
        language=found.language,
        number=number,
        content=content,
        draft=found.draft,
    )
    return number


def stored_sets(session: Session) -> list[tuple[str, str]]:
    """Hash and id of every stored set."""
    return [(row.hash, row.set_id) for row in session.execute(select(FrozenCriteriaSet.hash, FrozenCriteriaSet.set_id))]


def wording(session: Session, digest: str, language: str) -> Wording:
    """The set stored under a hash as a reader of `language` sees it: one statement, none in the set's own language.

    Texts without a translation, and languages without one, keep the words of the source. Kept per process by content,
    so that a correction is seen at once and a rolled-back one never.
    """
    source = frozen(session, digest)
    if language == source.source_language:
        return Wording(criteria_set=source, language=language)
    latest = session.execute(
        select(CriteriaTranslation.id, CriteriaTranslation.content_hash)
        .where(CriteriaTranslation.criteria_set_hash == digest, CriteriaTranslation.language == language)
        .order_by(CriteriaTranslation.number.desc())
        .limit(1)
    ).first()
    if latest is None:
        return Wording(criteria_set=source, language=source.source_language)
    key = (digest, latest.content_hash)
    known = _wordings.get(key)
    if known is None:
        row = session.get_one(CriteriaTranslation, latest.id)
        known = worded(source, translation_from_text(row.texts, language=language, draft=row.draft))
        _wordings[key] = known
        while len(_wordings) > MOST_WORDINGS:
            _wordings.popitem(last=False)
    return known


def in_language(session: Session, digest: str, language: str) -> CriteriaSet:
    """The set stored under a hash in the words of a language; `wording` says more about them."""
    return wording(session, digest, language).criteria_set


_wordings: OrderedDict[tuple[str, str], Wording] = OrderedDict()
