"""New items of a line's library: files, links and statements, and newer versions of them."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import PurePath
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from audit.domain.criteria import SYNTHETIC_SAMPLE, CriteriaSet, EvidenceKind
from audit.domain.errors import N_, AuditError, InvalidInput
from audit.domain.journal import Event
from audit.persistence import journal
from audit.persistence.tables import EvidenceItem, Person, ReportingLine
from audit.ports import Inspected, Vault
from audit.usecases.evidence.limits import refuse_locked, within_quota
from audit.usecases.evidence.revising import refuse_replaced, take_over

_LONGEST_STATEMENT = 2000


def add_file(
    session: Session,
    vault: Vault,
    line: ReportingLine,
    *,
    inspected: Inspected,
    received: bytes,
    file_name: str,
    kind: str,
    title: str,
    issued_on: date | None,
    valid_until: date | None,
    no_abuse_image: bool,
    no_personal_data: bool,
    criteria_set: CriteriaSet,
    says_invented: bool = False,
    replaces: EvidenceItem | None = None,
    actor: Person,
    at: datetime,
) -> EvidenceItem:
    """Put an inspected file into the line's library. `received` is what was uploaded, `inspected` what is stored.

    Both declarations must be given, and for an invented example that it says so. A file whose bytes were locked
    anywhere is refused. The bytes are safe in the vault before the row is written, so a row never lacks its file.
    `replaces` names the item this one is a newer version of; revising.take_over says what follows.
    """
    known = _kind(criteria_set, kind)
    problems = _common_problems(kind, title, issued_on, valid_until, says_invented)
    if not known.stores_file:
        problems.append(
            InvalidInput(
                N_("Evidence of this kind has no file. Give a web address or a statement, or choose another kind."),
                field="kind",
            )
        )
    elif inspected.media_type.startswith("image/") and not known.images_allowed:
        problems.append(
            InvalidInput(
                N_("Images are not accepted for this kind of evidence. Add a document, or choose another kind."),
                field="file",
            )
        )
    if not no_abuse_image:
        message = N_("Please confirm that no sexual image of a child is in the file.")
        problems.append(InvalidInput(message, field="no_abuse_image"))
    if not no_personal_data:
        message = N_("Please confirm that nothing in the file identifies a reporter, a child or a suspect.")
        problems.append(InvalidInput(message, field="no_personal_data"))
    _raise_all(problems)
    received_digest, digest = (hashlib.sha256(one).hexdigest() for one in (received, inspected.content))
    refuse_locked(session, received_digest, digest)
    within_quota(session, line, len(inspected.content))
    refuse_replaced(session, line, replaces)
    item = EvidenceItem(
        line_id=line.id,
        kind=kind,
        title=_one_line(title),
        issued_on=issued_on,
        valid_until=valid_until,
        digest=vault.put(line.public_id, inspected.content),
        received_digest=received_digest,
        media_type=inspected.media_type,
        file_name=clean_file_name(file_name, inspected.extension),
        size=len(inspected.content),
        no_abuse_image_declared=True,
        no_personal_data_declared=True,
        added_at=at,
        added_by_id=actor.id,
    )
    return _added(session, item, line, replaces, criteria_set, actor, at)


def add_link(
    session: Session,
    line: ReportingLine,
    *,
    url: str,
    kind: str,
    title: str,
    issued_on: date | None,
    valid_until: date | None,
    criteria_set: CriteriaSet,
    says_invented: bool = False,
    replaces: EvidenceItem | None = None,
    actor: Person,
    at: datetime,
) -> EvidenceItem:
    """Name a public web page as evidence. The page is never fetched by this service."""
    _kind(criteria_set, kind)
    url = url.strip()
    problems = _common_problems(kind, title, issued_on, valid_until, says_invented)
    if not _is_web_address(url):
        message = N_("This is not a web address. It begins with https:// or http://.")
        problems.append(InvalidInput(message, field="url"))
    _raise_all(problems)
    refuse_replaced(session, line, replaces)
    item = EvidenceItem(
        line_id=line.id,
        kind=kind,
        title=_one_line(title),
        url=url,
        issued_on=issued_on,
        valid_until=valid_until,
        added_at=at,
        added_by_id=actor.id,
    )
    return _added(session, item, line, replaces, criteria_set, actor, at)


def add_statement(
    session: Session,
    line: ReportingLine,
    *,
    statement: str,
    kind: str,
    title: str,
    issued_on: date | None,
    valid_until: date | None,
    criteria_set: CriteriaSet,
    says_invented: bool = False,
    replaces: EvidenceItem | None = None,
    actor: Person,
    at: datetime,
) -> EvidenceItem:
    """State in words what has no file: what was seen in a live view, when and by whom, or a declaration."""
    known = _kind(criteria_set, kind)
    statement = statement.strip()
    problems = _common_problems(kind, title, issued_on, valid_until, says_invented)
    if known.stores_file and known.counts_for_top:
        problems.append(InvalidInput(N_("Evidence of this kind needs a file or a link."), field="kind"))
    if not statement:
        message = N_("Please say what was seen or declared, when and by whom (by role, not by name).")
        problems.append(InvalidInput(message, field="statement"))
    if len(statement) > _LONGEST_STATEMENT:
        message = N_("Please use at most %(most)d characters.")
        problems.append(InvalidInput(message, field="statement", most=_LONGEST_STATEMENT))
    _raise_all(problems)
    refuse_replaced(session, line, replaces)
    item = EvidenceItem(
        line_id=line.id,
        kind=kind,
        title=_one_line(title),
        statement=statement,
        issued_on=issued_on,
        valid_until=valid_until,
        added_at=at,
        added_by_id=actor.id,
    )
    return _added(session, item, line, replaces, criteria_set, actor, at)


def clean_file_name(name: str, extension: str) -> str:
    """A name that is safe in a header and on any disk: no path, no control or direction signs, the true extension."""
    name = PurePath(name.replace("\\", "/")).name
    kept = "".join(
        sign
        for sign in unicodedata.normalize("NFC", name)
        if unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") and sign not in '<>:"/|?*;%'
    )
    stem = " ".join(PurePath(kept).stem.split()).strip(". ") or "evidence"
    return f"{stem[: 150 - len(extension)]}.{extension}"


def _kind(criteria_set: CriteriaSet, kind: str) -> EvidenceKind:
    try:
        return criteria_set.kind(kind)
    except KeyError:
        raise InvalidInput(N_("Please choose a kind of evidence."), field="kind") from None


def _one_line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _common_problems(
    kind: str, title: str, issued_on: date | None, valid_until: date | None, says_invented: bool
) -> list[AuditError]:
    problems: list[AuditError] = []
    if kind == SYNTHETIC_SAMPLE and not says_invented:
        message = N_("Please confirm that every page of the invented example says “invented”.")
        problems.append(InvalidInput(message, field="says_invented"))
    title = _one_line(title)
    if not title:
        problems.append(InvalidInput(N_("Please give this item a name."), field="title"))
    if len(title) > 160:
        problems.append(InvalidInput(N_("Please use at most %(most)d characters."), field="title", most=160))
    if issued_on is not None and valid_until is not None and valid_until < issued_on:
        problems.append(InvalidInput(N_("This date must not be before the issue date."), field="valid_until"))
    return problems


def _is_web_address(url: str) -> bool:
    if len(url) > 500 or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None


def _raise_all(problems: Sequence[AuditError]) -> None:
    if problems:
        first = problems[0]
        raise InvalidInput(first.message, field=first.field, problems=tuple(problems[1:]), **first.values)


def _added(
    session: Session,
    item: EvidenceItem,
    line: ReportingLine,
    replaces: EvidenceItem | None,
    criteria_set: CriteriaSet,
    actor: Person,
    at: datetime,
) -> EvidenceItem:
    item.replaces_id = replaces.id if replaces is not None else None
    session.add(item)
    session.flush()
    if replaces is not None:
        take_over(session, replaces, item, criteria_set=criteria_set, actor=actor, at=at)
    journal.record(
        session,
        Event.EVIDENCE_ADDED,
        f"evidence:{item.public_id}",
        actor=actor,
        at=at,
        line=line,
        kind=item.kind,
        digest=item.digest,
        received=item.received_digest,
        replaces=replaces.public_id if replaces is not None else None,
    )
    return item
