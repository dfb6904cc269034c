"""The evidence library of a line: what is in it, what serves where, download, and lock what must not be here."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request

from audit.domain.errors import N_, InvalidInput, Missing
from audit.domain.permissions import Permission
from audit.persistence.queries import evidence as evidence_queries
from audit.persistence.tables import EvidenceItem, ReportingLine
from audit.usecases import evidence
from audit.web import visit
from audit.web.guards import NOT_FOUND, may, requires
from audit.web.line.blueprint import blueprint
from audit.web.line.evidence_adding import add, tell
from audit.web.line.evidence_forms import EvidenceForm
from audit.web.line.evidence_shelves import EXPIRED, EXPIRING, FRESHNESS, SOON, present, shelves
from audit.web.line.material import item_of, line_of, set_of
from audit.web.papers import attachment
from audit.web.purging import PurgeForm
from audit.web.replies import see
from audit.web.transaction import record, session


def library_page(line: ReportingLine, form: EvidenceForm) -> tuple[str, int]:
    now = present(line)
    form.offer([(kind.id, kind.title) for kind in now.criteria_set.evidence_kinds] if now else [])
    rows = shelves(evidence_queries.library(session(), line.id), now, visit.today())
    theme, fresh = request.args.get("theme", ""), request.args.get("fresh", "")
    shown = rows
    if now and theme:
        of_theme = {criterion.id for criterion in now.criteria_set.of_theme(theme)}
        shown = [row for row in shown if of_theme & set(row.served)]
    if fresh in FRESHNESS:
        shown = [row for row in shown if row.freshness == fresh]
    page = render_template(
        "line/evidence.html",
        line=line,
        rows=shown,
        items=len(rows),
        criteria=len({name for row in rows for name in row.served}),
        expired=sum(row.freshness == EXPIRED for row in rows),
        soon=sum(row.freshness == SOON for row in rows),
        expiring=sum(row.freshness == EXPIRING for row in rows),
        ends_on=now.ends_on if now else None,
        now=now,
        theme=theme,
        fresh=fresh,
        form=form,
        may_add=may(Permission.ADD_EVIDENCE, line),
        upload_limit=visit.settings().upload_limit,
    )
    return page, form.status


@blueprint.get("/evidence")
@requires(Permission.SEE_EVIDENCE, load=line_of)
def library(line: ReportingLine) -> tuple[str, int]:
    return library_page(line, EvidenceForm(formdata=None))


@blueprint.post("/evidence")
@requires(Permission.ADD_EVIDENCE, load=line_of)
def add_to_library(line: ReportingLine) -> Response | tuple[str, int]:
    form, now = EvidenceForm(), present(line)
    form.offer([(kind.id, kind.title) for kind in now.criteria_set.evidence_kinds] if now else [])
    if now is not None and form.accepted():
        try:
            added = add(line, form, set_of(session(), now.assessment))
        except InvalidInput as refusal:
            form.refuse(refusal)
        else:
            return see("library", tell(added), line=line.public_id)
    return library_page(line, form)


def owner() -> ReportingLine:
    """The line of the address, which the loader of its item has checked."""
    line = line_of(session(), (request.view_args or {})["line"])
    if line is None:
        raise Missing(NOT_FOUND)
    return line


@blueprint.get("/evidence/<item>/file")
@requires(Permission.DOWNLOAD_EVIDENCE, load=item_of)
def download_evidence(item: EvidenceItem) -> Response:
    """The file as an attachment, never to be shown in the browser; recorded first, in a session of its own."""
    if item.digest is None or item.locked_at is not None:
        raise Missing(N_("There is no file to download: the item has none, or it is locked."))
    line = owner()
    with record() as own:
        taken = evidence_queries.by_public_id(own, item.public_id)
        if taken is None:
            raise Missing(NOT_FOUND)
        evidence.record_download(own, taken, actor=visit.actor(), at=visit.now())
    with visit.wiring().vault.open(line.public_id, item.digest) as stored:
        content = stored.read()
    return attachment(content, item.file_name)


@blueprint.get("/evidence/<item>/wrong-file")
@requires(Permission.LOCK_EVIDENCE, load=item_of)
def wrong_file(item: EvidenceItem) -> tuple[str, int]:
    """Ask once before an item is locked for everyone; afterwards, what to do now."""
    return _wrong_file(item, PurgeForm(formdata=None))


def _wrong_file(item: EvidenceItem, form: PurgeForm) -> tuple[str, int]:
    line = owner()
    places: dict[str, Any] = {
        "of_line": may(Permission.SEE_LINE, line),
        "may_ask": may(Permission.ASK_PURGE, item) and item.digest is not None and item.purged_at is None,
    }
    return render_template("line/wrong_file.html", line=line, item=item, form=form, **places), form.status


@blueprint.post("/evidence/<item>/wrong-file")
@requires(Permission.LOCK_EVIDENCE, load=item_of)
def lock(item: EvidenceItem) -> Response:
    """Lock the item, and every other with the same bytes, at once and for everyone."""
    line = owner()
    evidence.lock(session(), item, actor=visit.actor(), at=visit.now())
    return see("wrong_file", line=line.public_id, item=item.public_id)


@blueprint.post("/evidence/<item>/purge")
@requires(Permission.ASK_PURGE, load=item_of)
def ask_purge(item: EvidenceItem) -> Response | tuple[str, int]:
    """Ask that a locked file go for good; somebody of the network office confirms it."""
    form = PurgeForm()
    if form.accepted():
        try:
            evidence.ask_purge(session(), item, reason=form.reason.data or "", actor=visit.actor(), at=visit.now())
        except InvalidInput as refusal:
            form.refuse(refusal)
        else:
            return see("wrong_file", line=owner().public_id, item=item.public_id)
    return _wrong_file(item, form)
