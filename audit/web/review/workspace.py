"""The workspace: one criterion at a time, its answer and evidence, and the reviewer's verdict, each saved by itself."""

from __future__ import annotations

from typing import Any

from flask import Response, g, jsonify, make_response, render_template, request

from audit.domain.errors import N_, InvalidInput, Missing, StaleVersion
from audit.domain.findings import EvidenceVerdict
from audit.domain.permissions import Permission
from audit.domain.workflow import State
from audit.persistence.tables import Review
from audit.usecases import review as reviewing
from audit.web import visit
from audit.web.errors import status_of
from audit.web.guards import NOT_FOUND, requires
from audit.web.replies import said, see, wants_json
from audit.web.review.blueprint import blueprint, declared, readable, review_of
from audit.web.review.desk import ALL, SHOWN, Desk, Entry, Proof, desk_of
from audit.web.review.forms import GRADE_HINTS, NOT_APPLICABLE, Conflict, VerdictForm, verdict_form
from audit.web.transaction import session


def shown_now() -> str:
    """The filter of the queue, as the address says."""
    asked = request.args.get("show", ALL)
    return asked if asked in SHOWN else ALL


def opened(review: Review, criterion: str) -> tuple[Desk, Entry, tuple[Proof, ...]]:
    """The desk and the criterion of an address, when this reviewer may read it now."""
    desk = desk_of(session(), review)
    readable(desk.assessment)
    entry = desk.entry(criterion)
    if entry is None:
        raise Missing(NOT_FOUND)
    return desk, entry, desk.proofs(entry.criterion, visit.today())


def page(
    desk: Desk,
    entry: Entry,
    proofs: tuple[Proof, ...],
    form: VerdictForm,
    *,
    conflict: Conflict | None = None,
    status: int = 200,
) -> Response:
    show = shown_now()
    before, after = desk.around(entry.criterion.id, show)
    asked = entry.criterion
    response = make_response(
        render_template(
            "review/workspace.html",
            desk=desk,
            review=desk.work.review,
            line=desk.assessment.line,
            cycle=desk.assessment.cycle,
            entry=entry,
            criterion=asked,
            answers=desk.answers(asked),
            proofs=proofs,
            form=form,
            conflict=conflict,
            show=show,
            counts={name: len(desk.matching(name)) for name in SHOWN},
            before=before,
            after=after,
            grade_hints=GRADE_HINTS,
            not_applicable=NOT_APPLICABLE,
        )
    )
    response.status_code = status
    return response


@blueprint.get("/<review>")
@requires(Permission.REVIEW, load=review_of)
def start(review: Review) -> Response:
    """To the declaration first, then to what is next: the first criterion not judged yet, or what has to be settled."""
    if review.declared_at is None:
        return see("declaration", review=review.public_id)
    desk = desk_of(session(), review)
    readable(desk.assessment)
    if desk.assessment.state is State.RECONCILIATION and review.completed_at is not None:
        return see("reconciliation", review=review.public_id)
    first = (desk.first_open() if desk.is_open else None) or (desk.entries[0] if desk.entries else None)
    if first is None:
        raise Missing(NOT_FOUND)
    return see("criterion", review=review.public_id, criterion=first.criterion.id)


@blueprint.get("/<review>/<criterion>")
@requires(Permission.REVIEW, load=review_of)
def criterion(review: Review, criterion: str) -> Response:
    if review.declared_at is None:
        return see("declaration", review=review.public_id)
    desk, entry, proofs = opened(review, criterion)
    form = verdict_form(desk.answers(entry.criterion), entry.criterion, proofs, entry.verdict, sent=False)
    return page(desk, entry, proofs, form)


@blueprint.post("/<review>/<criterion>")
@requires(Permission.REVIEW, load=review_of)
def judge(review: Review, criterion: str) -> Response:
    """Save the verdict with those on the evidence, all or nothing. A script gets JSON, a browser goes on."""
    declared(review)
    desk, entry, proofs = opened(review, criterion)
    form = verdict_form(desk.answers(entry.criterion), entry.criterion, proofs, entry.verdict, sent=True)
    if form.version.data is None:
        form.refuse(InvalidInput(N_("Reload the page and type this once more: its version is missing.")))
        return _refused(desk, entry, proofs, form)
    if not form.accepted():
        return _refused(desk, entry, proofs, form)
    try:
        version = _save(desk, entry, proofs, form)
    except StaleVersion as stale:
        return _contested(desk, entry, proofs, form, stale)
    except InvalidInput as refusal:
        form.refuse(InvalidInput(refusal.message, field=_field(refusal.field), **refusal.values))
        return _refused(desk, entry, proofs, form)
    if wants_json():
        return _saved(review, criterion, version)
    if request.form.get("stay"):
        message = said(N_("%(criterion)s: saved."), criterion=criterion)
        return see("criterion", message, review=review.public_id, criterion=criterion, show=_kept_show())
    _, following = desk.around(criterion, shown_now())
    if following is None:
        return see("completion", said(N_("%(criterion)s: saved."), criterion=criterion), review=review.public_id)
    return see("criterion", review=review.public_id, criterion=following.criterion.id, show=_kept_show())


def _kept_show() -> str | None:
    show = shown_now()
    return None if show == ALL else show


def _field(name: str | None) -> str | None:
    return "level" if name == "key" else name


def _save(desk: Desk, entry: Entry, proofs: tuple[Proof, ...], form: VerdictForm) -> int:
    """The verdict with its version first, so that an outdated window changes nothing; then the items that changed."""
    review, at, actor = desk.work.review, visit.now(), visit.actor()
    version = reviewing.judge(
        session(),
        review,
        desk.source_set,
        entry.criterion.id,
        key=form.key,
        not_applicable=form.not_applicable,
        grade=form.chosen_grade,
        comment=form.comment.data or "",
        expected_version=form.version.data,
        actor=actor,
        at=at,
    )
    for proof in proofs:
        if proof.locked:
            continue
        verdict, reason = (field.data or "" for field in form.item(proof.item.public_id))
        stored = (proof.given.verdict.value, proof.given.reason) if proof.given else ("", "")
        if verdict and (verdict, reason) != stored:
            reviewing.judge_evidence(
                session(),
                review,
                entry.criterion.id,
                proof.item,
                verdict=EvidenceVerdict(verdict),
                reason=reason,
                actor=actor,
                at=at,
            )
    return version


def _saved(review: Review, criterion: str, version: int) -> Response:
    """What a script needs to go on: the new version, and the parts of the page that follow from it."""
    desk = desk_of(session(), review)
    entry = desk.entry(criterion)
    time = visit.reading().time(visit.now(), visit.settings().timezone)
    return jsonify(
        version=version,
        message=said(N_("Saved at %(time)s."), time=time),
        state=render_template("review/queue_mark.html", entry=entry),
        progress=render_template("review/progress.html", desk=desk),
    )


def _refused(desk: Desk, entry: Entry, proofs: tuple[Proof, ...], form: VerdictForm) -> Response:
    """What was typed stays, with a sentence at each field that has to be mended."""
    if wants_json():
        problems = [{"field": anchor or "comment", "message": text} for anchor, text in form.problems]
        response = jsonify(problems=problems, message=said(N_("Not saved yet. See what has to be mended.")))
        response.status_code = form.status
        return response
    return page(desk, entry, proofs, form, status=form.status)


def _contested(desk: Desk, entry: Entry, proofs: tuple[Proof, ...], form: VerdictForm, stale: StaleVersion) -> Response:
    """Another window saved meanwhile: both are shown, the typed words stay, nothing is overwritten unasked."""
    g.failed = True
    current: Any = stale.current
    conflict = Conflict(
        key=current.key,
        not_applicable=current.not_applicable,
        grade=current.grade,
        comment=current.comment,
        version=stale.version,
    )
    if wants_json():
        html = render_template(
            "review/conflict.html",
            desk=desk,
            review=desk.work.review,
            criterion=entry.criterion,
            answers=desk.answers(entry.criterion),
            proofs=proofs,
            conflict=conflict,
            show=shown_now(),
        )
        response = jsonify(version=stale.version, message=visit.reading().refusal(stale), conflict=html)
        response.status_code = status_of(stale)
        return response
    form.version.data = stale.version
    return page(desk, entry, proofs, form, conflict=conflict, status=status_of(stale))
