"""From what was sent to an item of the library: in one piece or in parts, with a word about what was found in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash

from audit.domain.criteria import CriteriaSet
from audit.domain.errors import N_, AuditError, InvalidInput
from audit.domain.personal_data import signs
from audit.persistence.queries import evidence as evidence_queries
from audit.persistence.tables import EvidenceItem, ReportingLine, Upload
from audit.ports import Inspected
from audit.usecases import evidence
from audit.web import visit
from audit.web.line.evidence_forms import EvidenceForm, Sent, uploaded
from audit.web.replies import said
from audit.web.transaction import pause, session


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A new item, and what the look into its file said."""

    item: EvidenceItem
    inspected: Inspected | None = None  # None for what has no file
    came: int = 0  # bytes that were sent


def add(
    line: ReportingLine, form: EvidenceForm, criteria_set: CriteriaSet, *, replaces: EvidenceItem | None = None
) -> Added:
    """Make the item that was sent: of a file where one was chosen, else of an address, else of a statement."""
    kind = criteria_set.kind(form.kind.data)
    common: dict[str, Any] = {
        "kind": kind.id,
        "title": form.title.data,
        "issued_on": form.issued_on.data,
        "valid_until": form.valid_until.data,
        "says_invented": form.says_invented.data,
        "replaces": replaces,
        "criteria_set": criteria_set,
        "actor": visit.actor(),
        "at": visit.now(),
    }
    sent = uploaded(form.file.data, visit.settings().upload_limit, visit.reading().size)
    upload = None if sent is not None else _arrived(line, form)
    if upload is not None:
        sent = _whole(upload, form)
    if sent is not None:
        inspected = _inspected(sent, upload, form, images_allowed=kind.images_allowed)
        item = evidence.add_file(
            session(),
            visit.wiring().vault,
            line,
            inspected=inspected,
            received=sent.content,
            file_name=sent.name,
            no_abuse_image=form.no_abuse_image.data,
            no_personal_data=form.no_personal_data.data,
            **common,
        )
        if upload is not None:
            evidence.drop_upload(session(), visit.wiring().vault, upload)
        return Added(item=item, inspected=inspected, came=len(sent.content))
    if form.url.data:
        return Added(item=evidence.add_link(session(), line, url=form.url.data, **common))
    if form.statement.data:
        return Added(item=evidence.add_statement(session(), line, statement=form.statement.data, **common))
    raise InvalidInput(N_("Choose a file, or give a web address or a statement."), field="file")


def _arrived(line: ReportingLine, form: EvidenceForm) -> Upload | None:
    """The upload the form names; None where it names none."""
    if not form.upload.data:
        return None
    upload = evidence_queries.upload(session(), line.id, visit.actor().id, form.upload.data)
    if upload is None:
        form.upload.data = ""
        raise InvalidInput(N_("This upload is not there any more. Choose the file again."), field="file")
    form.arrived = upload.file_name
    return upload


def _whole(upload: Upload, form: EvidenceForm) -> Sent:
    vault = visit.wiring().vault
    try:
        received = evidence.finish_upload(session(), vault, upload)
    except InvalidInput:
        _give_up(upload, form)
        raise
    except AuditError as refusal:
        form.upload.data = ""
        raise InvalidInput(refusal.message, field="file", **refusal.values) from refusal
    return Sent(name=received.name, content=received.content)


def _inspected(sent: Sent, upload: Upload | None, form: EvidenceForm, *, images_allowed: bool) -> Inspected:
    pause()  # opening the file takes its time, and on SQLite nobody else could save meanwhile
    try:
        found: Inspected = visit.wiring().inspect(sent.content, sent.name, images_allowed=images_allowed)
    except InvalidInput as refusal:
        if upload is not None:
            _give_up(upload, form)
        raise InvalidInput(refusal.message, field="file", **refusal.values) from refusal
    return found


def _give_up(upload: Upload, form: EvidenceForm) -> None:
    """Forget the parts of a file that is of no use, although the request itself ends with a refusal."""
    pause()
    form.upload.data, form.arrived = "", ""
    with visit.wiring().sessions.writing() as own:
        evidence.drop_upload(own, visit.wiring().vault, upload)


def tell(added: Added) -> str:
    """What the page says after an item came in; what was taken out of the file and what to look at stand beside it."""
    item, inspected, size = added.item, added.inspected, visit.reading().size
    if inspected is not None and inspected.removed:
        message = N_("Taken out of the file: %(what)s. %(came)s came, %(kept)s are kept.")
        what = visit.reading().list([said(one) for one in inspected.removed])
        flash(said(message, what=what, came=size(added.came), kept=size(item.size)), "done")
    for warning in inspected.warnings if inspected is not None else ():
        flash(said(warning), "warn")
    found = signs(f"{item.title}\n{item.file_name}\n{item.statement}")
    if found:
        passages = visit.reading().list([f"\u2068{sign.text}\u2069" for sign in found[:3]])
        flash(f"{said(N_('Please look once more. This may identify a person:'))} {passages}", "warn")
    return said(N_("“%(title)s” is in your library."), title=item.title)
