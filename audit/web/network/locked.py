"""Files that were locked as wrong: where each stands, and purging one, which takes two people and a reason."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template

from audit.domain.errors import N_, AuditError, WrongState
from audit.domain.permissions import Permission
from audit.persistence.queries import evidence as evidence_queries
from audit.persistence.tables import EvidenceItem
from audit.usecases import evidence
from audit.web import visit
from audit.web.forms import Form
from audit.web.guards import may, requires
from audit.web.network.blueprint import blueprint
from audit.web.purging import PurgeForm
from audit.web.replies import said, see
from audit.web.transaction import session


class ConfirmForm(Form):
    """A button and nothing to type."""


def item_of(session: Any, item: str) -> EvidenceItem | None:
    """The evidence item of the address."""
    return evidence_queries.by_public_id(session, item)


@blueprint.get("/locked-files")
@requires(Permission.SEE_NETWORK)
def locked_files() -> str:
    """Every locked file of the network, those that wait for somebody first. Nobody can open any of them."""
    return render_template("network/locked_files.html", files=evidence_queries.locked(session()))


@blueprint.get("/locked-files/<item>")
@requires(Permission.SEE_NETWORK, load=item_of)
def locked_file(item: EvidenceItem) -> tuple[str, int]:
    return _page(item, PurgeForm(formdata=None))


def _page(item: EvidenceItem, form: Form) -> tuple[str, int]:
    found = evidence_queries.locked(session(), item)
    if not found:
        raise WrongState(N_("This item is not locked. Only a locked file can be purged."))
    me, there = visit.actor().id, item.digest is not None and item.purged_at is None
    page = render_template(
        "network/locked_file.html",
        one=found[0],
        item=item,
        line=found[0].line,
        form=form,
        reason=form if isinstance(form, PurgeForm) else PurgeForm(formdata=None),
        may_ask=there and item.purge_asked_at is None and may(Permission.ASK_PURGE, item),
        waits=there and item.purge_asked_at is not None,
        may_purge=may(Permission.PURGE_EVIDENCE, item),
        is_mine=me in (item.purge_asked_by_id, item.added_by_id),
    )
    return page, form.status


@blueprint.post("/locked-files/<item>/ask")
@requires(Permission.ASK_PURGE, load=item_of)
def ask_purge(item: EvidenceItem) -> Response | tuple[str, int]:
    """Ask that the file go for good; another person confirms it."""
    form = PurgeForm()
    if form.accepted():
        try:
            evidence.ask_purge(session(), item, reason=form.reason.data or "", actor=visit.actor(), at=visit.now())
        except AuditError as refusal:
            form.refuse(refusal)
        else:
            message = N_("Asked. Another coordinator confirms it here.")
            return see("locked_file", said(message), item=item.public_id)
    return _page(item, form)


@blueprint.post("/locked-files/<item>/purge")
@requires(Permission.PURGE_EVIDENCE, load=item_of)
def purge(item: EvidenceItem) -> Response | tuple[str, int]:
    """Confirm what another person asked for: the bytes are gone when this returns."""
    form = ConfirmForm()
    if form.accepted():
        try:
            evidence.purge(session(), visit.wiring().vault, item, actor=visit.actor(), at=visit.now())
        except AuditError as refusal:
            form.refuse(refusal)
        else:
            return see(
                "locked_file", said(N_("Purged. The fingerprint stays, so it cannot come back.")), item=item.public_id
            )
    return _page(item, form)
