"""One item of the library: its versions, where it serves in this cycle and served in others, a newer version."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, render_template, request

from audit.domain.criteria import Criterion
from audit.domain.errors import N_, InvalidInput, Missing
from audit.domain.permissions import Permission
from audit.persistence.queries import evidence as evidence_queries
from audit.persistence.queries.evidence import LibraryItem
from audit.persistence.tables import EvidenceItem, ReportingLine
from audit.usecases import self_assessment
from audit.web import visit
from audit.web.guards import NOT_FOUND, may, requires
from audit.web.line.blueprint import blueprint, words_of
from audit.web.line.evidence import owner
from audit.web.line.evidence_adding import add, tell
from audit.web.line.evidence_forms import EvidenceForm
from audit.web.line.evidence_shelves import Present, chain, freshness, kind_titles, present
from audit.web.line.material import item_of, set_of
from audit.web.replies import said, see
from audit.web.transaction import session


@blueprint.get("/evidence/<item>")
@requires(Permission.SEE_EVIDENCE, load=item_of)
def evidence_item(item: EvidenceItem) -> tuple[str, int]:
    return _page(owner(), item)


def _page(
    line: ReportingLine, item: EvidenceItem, *, form: EvidenceForm | None = None, problem: str = ""
) -> tuple[str, int]:
    """The item; `form` is a newer version that was refused, `problem` why its criteria could not be changed."""
    now = present(line)
    shelf = evidence_queries.library(session(), line.id)
    one = next(found for found in shelf if found.item.id == item.id)
    sent = form if form is not None else EvidenceForm(formdata=None, kind=item.kind)
    _offer_kind(sent, now, item)
    here, before = _uses(one, now)
    writes = may(Permission.ADD_EVIDENCE, line) and now is not None
    page = render_template(
        "line/evidence_item.html",
        line=line,
        item=item,
        locked=item.locked_at is not None,
        kind=kind_titles(now).get(item.kind, item.kind),
        added_by=one.added_by,
        versions=chain(shelf, one),
        newer=one.newer,
        freshness=freshness(one, now.ends_on if now else None, visit.today()),
        ends_on=now.ends_on if now else None,
        here=here,
        before=before,
        cycle=now.assessment.cycle if now else None,
        by_theme=_by_theme(now, item) if now else [],
        may_change=writes and now is not None and now.is_open and one.newer is None and item.locked_at is None,
        may_renew=writes and one.newer is None,
        form=sent,
        kinds=[kind for kind in now.criteria_set.evidence_kinds if kind.id == item.kind] if now else [],
        problem=problem,
        upload_limit=visit.settings().upload_limit,
    )
    return page, 422 if problem else sent.status


def _offer_kind(form: EvidenceForm, now: Present | None, item: EvidenceItem) -> None:
    """A newer version is of the same kind, so that it counts wherever the old one did."""
    form.offer([(item.kind, kind_titles(now).get(item.kind, item.kind))])


def _uses(one: LibraryItem, now: Present | None) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """The criteria of the present round, and those of earlier ones by the name of their cycle."""
    here: list[str] = []
    before: dict[str, list[str]] = {}
    for use in one.uses:
        if now is not None and use.assessment_id == now.assessment.id:
            here.append(use.criterion_id)
        else:
            before.setdefault(use.cycle, []).append(use.criterion_id)
    return here, list(before.items())


def _by_theme(now: Present, item: EvidenceItem) -> list[tuple[str, list[Criterion]]]:
    """The criteria for which the item counts, by the title of their theme."""
    fitting = now.may_serve(item.kind)
    themes = [
        (theme.title, [criterion for criterion in fitting if criterion.theme == theme.id])
        for theme in now.criteria_set.themes
    ]
    return [(title, criteria) for title, criteria in themes if criteria]


@blueprint.post("/evidence/<item>/criteria")
@requires(Permission.ADD_EVIDENCE, load=item_of)
def serve(item: EvidenceItem) -> Response | tuple[str, int]:
    """Offer the item for the criteria that are ticked, and no longer for those that are not."""
    line = owner()
    now = present(line)
    if now is None:
        raise Missing(NOT_FOUND)
    try:
        come, gone = self_assessment.offer_for(
            session(),
            now.assessment,
            set_of(session(), now.assessment),
            item,
            shown=request.form.getlist("shown"),
            ticked=request.form.getlist("criteria"),
            actor=visit.actor(),
            at=visit.now(),
        )
    except InvalidInput as refusal:
        session().rollback()
        return _page(line, item, problem=words_of(refusal))
    message = said(N_("Saved.")) if come or gone else ""
    return see("evidence_item", message, line=line.public_id, item=item.public_id)


@blueprint.post("/evidence/<item>/newer")
@requires(Permission.ADD_EVIDENCE, load=item_of)
def renew(item: EvidenceItem) -> Response | tuple[str, int]:
    """Add a newer version, which takes the place of this one wherever the line can still change what it offers."""
    line, form = owner(), EvidenceForm()
    now = present(line)
    _offer_kind(form, now, item)
    if now is not None and form.accepted():
        try:
            added = add(line, form, set_of(session(), now.assessment), replaces=item)
        except InvalidInput as refusal:
            form.refuse(refusal)
        else:
            names: Any = evidence_queries.offered_for(session(), added.item, now.assessment)
            if names:
                message = N_("It takes the place of the earlier version at: %(criteria)s.")
                flash(said(message, criteria=", ".join(names)), "done")
            return see("evidence_item", tell(added), line=line.public_id, item=added.item.public_id)
    return _page(line, item, form=form)
