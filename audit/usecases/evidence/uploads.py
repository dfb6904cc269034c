"""A file that arrives in parts: begun, resumed where it broke off, put together and looked at like any other.

The parts lie encrypted in the vault under a name of their own for each upload, never beside the line's evidence, so
that taking them away can touch nothing else. A part counts only when its row and its bytes are both there.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from audit.domain.errors import N_, InvalidInput, Missing, WrongState
from audit.persistence.queries import evidence as library
from audit.persistence.queries.stored import parts_owner
from audit.persistence.tables import EvidenceItem, Person, ReportingLine, Upload, UploadPart
from audit.ports import Vault
from audit.usecases.evidence.limits import not_too_many, refuse_locked, within_quota

PART = 256 * 1024  # bytes of every part but the last
KEPT = timedelta(days=1)
_DIGEST = re.compile(r"[0-9a-f]{64}")
_GONE = N_("This upload is not there any more. Choose the file again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A whole file that came in parts."""

    name: str
    content: bytes


def begin_upload(
    session: Session,
    line: ReportingLine,
    *,
    file_name: str,
    size: int,
    digest: str,
    limit: int,
    no_abuse_image: bool,
    no_personal_data: bool,
    actor: Person,
    at: datetime,
) -> Upload | EvidenceItem:
    """Everything that can be refused before the first byte travels; `size` and `limit` in bytes, `digest` of the whole.

    Gives the item where the same bytes lie in the line's library already, else the upload: a new one, or the person's
    own that broke off.
    """
    if not no_abuse_image:
        message = N_("Please confirm that no sexual image of a child is in the file.")
        raise InvalidInput(message, field="no_abuse_image")
    if not no_personal_data:
        message = N_("Please confirm that nothing in the file identifies a reporter, a child or a suspect.")
        raise InvalidInput(message, field="no_personal_data")
    if not _DIGEST.fullmatch(digest) or size < 1:
        raise InvalidInput(N_("The file is empty. Choose another one."), field="file")
    if size > limit:
        raise InvalidInput(N_("This file is too large. Give a smaller one, or a web address."), field="file")
    refuse_locked(session, digest)
    known = library.same_file(session, line.id, digest)
    if known is not None:
        return known
    within_quota(session, line, size + _arriving(session, line, digest))
    found = session.scalar(
        select(Upload).where(
            Upload.line_id == line.id, Upload.person_id == actor.id, Upload.digest == digest, Upload.size == size
        )
    )
    if found is None:
        not_too_many(session, actor, at=at)
        found = Upload(line_id=line.id, person_id=actor.id, file_name="", size=size, digest=digest, begun_at=at)
        session.add(found)
    found.file_name = file_name[:255]
    found.begun_at = at
    session.flush()
    return found


def _arriving(session: Session, line: ReportingLine, digest: str) -> int:
    """Bytes announced for the line by other uploads under way: they count as if they were here."""
    others = select(func.coalesce(func.sum(Upload.size), 0)).where(Upload.line_id == line.id, Upload.digest != digest)
    return int(session.scalar(others) or 0)


def parts_there(session: Session, vault: Vault, upload: Upload) -> tuple[int, ...]:
    """The numbers of the parts that have arrived whole."""
    owner = parts_owner(upload.public_id)
    rows = session.execute(
        select(UploadPart.number, UploadPart.digest)
        .where(UploadPart.upload_id == upload.id)
        .order_by(UploadPart.number)
    )
    return tuple(number for number, digest in rows if vault.holds(owner, digest))


def put_part(session: Session, vault: Vault, upload: Upload, number: int, content: bytes) -> None:
    """Keep one part, numbered from 0; sending it again changes nothing, sending it otherwise replaces it.

    InvalidInput for a number or a length that does not belong to the file as announced. The bytes are stored before
    the first statement, so that nobody waits for the disk.
    """
    last = (upload.size - 1) // PART
    expected = PART if number < last else upload.size - last * PART
    if not 0 <= number <= last or len(content) != expected:
        raise InvalidInput(N_("A part of the file arrived damaged. It is sent again."), field="file")
    digest = vault.put(parts_owner(upload.public_id), content)
    insert = insert_postgresql if session.get_bind().dialect.name == "postgresql" else insert_sqlite
    if session.scalar(select(Upload.id).where(Upload.id == upload.id).with_for_update(read=True)) is None:
        raise Missing(_GONE)
    session.execute(
        insert(UploadPart)
        .values(upload_id=upload.id, number=number, digest=digest, size=len(content))
        .on_conflict_do_update(index_elements=["upload_id", "number"], set_={"digest": digest, "size": len(content)})
    )


def finish_upload(session: Session, vault: Vault, upload: Upload) -> Received:
    """The whole file, when every part is there and together they are what was announced.

    WrongState while parts are missing; InvalidInput when the whole is another file, and then its parts are forgotten.
    Nothing is taken away yet: `drop_upload` does, once the item is in the library.
    """
    rows = session.execute(
        select(UploadPart.number, UploadPart.digest)
        .where(UploadPart.upload_id == upload.id)
        .order_by(UploadPart.number)
    ).all()
    owner, expected = parts_owner(upload.public_id), (upload.size - 1) // PART + 1
    if [number for number, _ in rows] != list(range(expected)) or not all(vault.holds(owner, one) for _, one in rows):
        raise WrongState(N_("The file has not arrived whole yet. Choose it again; what has arrived is not sent twice."))
    content = b"".join(_read(vault, owner, digest) for _, digest in rows)
    if len(content) != upload.size or hashlib.sha256(content).hexdigest() != upload.digest:
        raise InvalidInput(N_("The file changed on its way. Choose it again."), field="file")
    return Received(name=upload.file_name, content=content)


def _read(vault: Vault, owner: str, digest: str) -> bytes:
    with vault.open(owner, digest) as stored:
        return stored.read()


def drop_upload(session: Session, vault: Vault, upload: Upload) -> None:
    """Forget an upload and take its parts out of the vault: it is in the library, or it was of no use."""
    _forget(session, [upload.id])
    vault.clear(parts_owner(upload.public_id))


def forget_uploads(session: Session, *, now: datetime) -> list[str]:
    """Forget the uploads nobody went on with for a day; the owners under which their parts lie in the vault."""
    rows = session.execute(select(Upload.id, Upload.public_id).where(Upload.begun_at < now - KEPT)).all()
    _forget(session, [number for number, _ in rows])
    return [parts_owner(public_id) for _, public_id in rows]


def _forget(session: Session, numbers: Sequence[int]) -> None:
    session.execute(delete(UploadPart).where(UploadPart.upload_id.in_(numbers)))
    session.execute(delete(Upload).where(Upload.id.in_(numbers)))
