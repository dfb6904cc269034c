"""The self-assessment: a page for each theme, a form for each criterion, each saved by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response, flash, g, jsonify, make_response, render_template, request

from audit.domain.answers import Answer
from audit.domain.criteria import CriteriaSet, Criterion
from audit.domain.differences import word_changes
from audit.domain.errors import N_, InvalidInput, Missing, StaleVersion
from audit.domain.permissions import Permission, allows
from audit.domain.workflow import OPEN_FOR_THE_LINE
from audit.persistence.queries import assessments
from audit.persistence.tables import SelfAssessment
from audit.usecases import self_assessment
from audit.web import visit
from audit.web.guards import NOT_FOUND, relations_to, requires
from audit.web.line import forms
from audit.web.line.blueprint import blueprint, place, words_of
from audit.web.line.cards import (
    SOURCES,
    Card,
    Conflict,
    as_stored,
    card,
    cards,
    figure_fields,
    mark,
    theme_entries,
)
from audit.web.line.forms import TypedAnswer
from audit.web.line.gaps import live_parts, tally
from audit.web.line.material import assessment_of, gather, set_of, shown_set
from audit.web.line.sharing import sharing_of
from audit.web.replies import said, see, wants_json
from audit.web.transaction import session


def theme_page(
    assessment: SelfAssessment,
    theme_id: str,
    *,
    changed: Card | None = None,
    evidence_typed: Mapping[str, Any] | None = None,
    status: int = 200,
) -> Response:
    """One theme with its cards. `changed` stands in for its stored card: what was typed, with what is wrong with it."""
    g.failed = status >= 400
    material = gather(session(), assessment, visit.today(), before=True, library=True)
    entries = theme_entries(material)
    here = next((entry for entry in entries if entry.theme.id == theme_id), None)
    if here is None:
        raise Missing(NOT_FOUND)
    shown = cards(
        material,
        theme_id,
        language=assessment.line.language,
        opens_on=assessment.cycle.opens_on,
        opened=request.args.getlist("open"),
    )
    if changed is not None:
        shown = tuple(changed if one.criterion.id == changed.criterion.id else one for one in shown)
    held = relations_to(assessment)
    sharing = sharing_of(assessment, material, held)
    shown = sharing.shown(shown, keep=[changed.criterion.id] if changed is not None else request.args.getlist("open"))
    walk = sharing.entries(entries, theme_id)
    at = walk.index(here)
    response = make_response(
        render_template(
            "line/theme.html",
            line=assessment.line,
            assessment=assessment,
            cycle=assessment.cycle,
            criteria_set=material.criteria_set,
            entry=here,
            entries=walk,
            cards=shown,
            gaps=[gap for gap in material.gaps if gap.theme == theme_id],
            tally=tally(material, entries, theme_id),
            named=[material.criteria_set.criterion(name) for name in material.named],
            before=walk[at - 1] if at else None,
            after=walk[at + 1] if at + 1 < len(walk) else None,
            editable=assessment.state in OPEN_FOR_THE_LINE and allows(Permission.ANSWER, held),
            sharing=sharing,
            sources=SOURCES,
            answer_languages=forms.ANSWER_LANGUAGES,
            evidence_typed=evidence_typed or {},
            upload_limit=visit.settings().upload_limit,
            mark=mark,
        )
    )
    response.status_code = status
    return response


@blueprint.get("/assessments/<assessment>/<theme>")
@requires(Permission.SEE_ASSESSMENT, load=assessment_of)
def theme(assessment: SelfAssessment, theme: str) -> Response:
    return theme_page(assessment, theme)


@blueprint.get("/assessments/<assessment>")
@requires(Permission.SEE_ASSESSMENT, load=assessment_of)
def answers(assessment: SelfAssessment) -> str:
    """Every answer of the self-assessment, to read: while it is open, while it is reviewed and ever after."""
    material = gather(session(), assessment, visit.today())
    entries = theme_entries(material)
    language, opens_on = assessment.line.language, assessment.cycle.opens_on
    return render_template(
        "line/answers.html",
        line=assessment.line,
        assessment=assessment,
        cycle=assessment.cycle,
        criteria_set=material.criteria_set,
        themes=[(entry, cards(material, entry.theme.id, language=language, opens_on=opens_on)) for entry in entries],
        submissions=assessments.submissions_of(session(), assessment.id),
        editable=assessment.state in OPEN_FOR_THE_LINE,
        mark=mark,
    )


@blueprint.post("/assessments/<assessment>/criteria/<criterion>")
@requires(Permission.ANSWER, load=assessment_of)
def save(assessment: SelfAssessment, criterion: str) -> Response:
    """Save one answer. A script gets JSON, a browser is sent back to the card."""
    criteria_set, asked = criterion_of(assessment, criterion)
    typed = forms.read(request.form, asked)
    if request.form.get("choice") == "both":
        return joined(assessment, asked, typed)
    answer, problems = forms.to_answer(typed, criteria_set, asked)
    if answer is None:
        return refused(assessment, asked, typed, {name: said(text) for name, text in problems.by_field.items()})
    try:
        version = self_assessment.record_answer(
            session(),
            assessment,
            criteria_set,
            criterion,
            answer,
            expected_version=typed.version,
            actor=visit.actor(),
            at=visit.now(),
        )
    except StaleVersion as stale:
        return contested(assessment, asked, typed, stale)
    except InvalidInput as refusal:
        return refused(assessment, asked, typed, problems_of(refusal))
    message = said(N_("Saved at %(time)s."), time=visit.reading().time(visit.now(), visit.settings().timezone))
    if wants_json():
        return _saved(asked, assessment, version, message)
    return see(
        "theme",
        said(N_("%(criterion)s: your answer is saved."), criterion=criterion),
        anchor=criterion,
        theme=asked.theme,
        open=criterion,
        mine=request.args.get("mine"),
        **place(assessment),
    )


def _saved(asked: Criterion, assessment: SelfAssessment, version: int, message: str) -> Response:
    """What a script needs to go on: the new version, and the parts of the card the server computed."""
    material = gather(session(), assessment, visit.today())
    stored = card(material, asked, language=assessment.line.language, opens_on=assessment.cycle.opens_on)
    return jsonify(
        version=version,
        message=message,
        answered=stored.stored.answer.counts,
        complete=not stored.gaps,
        state=render_template("line/card_state.html", card=stored),
        history=render_template("line/card_history.html", card=stored, line=assessment.line, assessment=assessment),
        signs=render_template("line/card_signs.html", card=stored),
        figures={one.indicator.id: render_template("line/card_figure.html", figure=one) for one in stored.figures},
        computed=render_template("line/card_computed.html", card=stored) if stored.measured else "",
        live=live_parts(material, assessment, asked.theme),
    )


def criterion_of(assessment: SelfAssessment, criterion: str) -> tuple[CriteriaSet, Criterion]:
    """The frozen set and the criterion of an address in the words of this page, where it applies to this line."""
    for asked in shown_set(assessment).applicable(assessment.profile):
        if asked.id == criterion:
            return set_of(session(), assessment), asked
    raise Missing(NOT_FOUND)


_FIELDS = {"status": "level", "key": "level", None: "level"}


def joined(assessment: SelfAssessment, asked: Criterion, typed: TypedAnswer) -> Response:
    """Both texts of a conflict in the fields, to be edited into one and saved; nothing is written yet."""
    stored = assessments.answer_to(session(), assessment.id, asked.id)
    both = forms.over(forms.joined(stored.value, typed), stored.version)
    flash(said(N_("Both texts stand in the fields now. Edit them, then save.")), "warn")
    return theme_page(assessment, asked.theme, changed=replace(retyped(assessment, asked, both), opened=True))


def problems_of(refusal: InvalidInput) -> dict[str, str]:
    """A refusal and those found with it, by the field of the card they belong to."""
    found: dict[str, str] = {}
    for one in (refusal, *refusal.problems):
        name = _FIELDS.get(one.field, one.field or "")
        if name.startswith("figure-"):
            name = f"{name.removeprefix('figure-')}.numerator"
        found.setdefault(name, words_of(one))
    return found


def refused(assessment: SelfAssessment, asked: Criterion, typed: TypedAnswer, problems: Mapping[str, str]) -> Response:
    """What was typed stays, with a sentence at each field that has to be mended."""
    if wants_json():
        response = jsonify(
            problems=[{"field": f"{asked.id}-{name}", "message": text} for name, text in problems.items()],
            message=said(N_("Not saved yet. See what has to be mended.")),
        )
        response.status_code = 422
        return response
    return theme_page(assessment, asked.theme, changed=retyped(assessment, asked, typed, problems=problems), status=422)


def contested(assessment: SelfAssessment, asked: Criterion, typed: TypedAnswer, stale: StaleVersion) -> Response:
    """Someone else saved meanwhile: both texts, and a choice. Nothing is overwritten."""
    current = assessments.answer_to(session(), assessment.id, asked.id)
    conflict = Conflict(
        theirs=as_stored(shown_set(assessment), asked.id, stale.current),
        version=stale.version,
        saved_by=current.saved_by,
        saved_at=current.saved_at,
        own=current.saved_by_id == visit.actor().id,
        changes=word_changes(stale.current.justification, typed.justification),
        summary_changes=word_changes(stale.current.summary, typed.summary),
        both=forms.joined(stale.current, typed),
    )
    mine = retyped(assessment, asked, forms.over(typed, stale.version), conflict=conflict)
    if wants_json():
        response = jsonify(
            version=stale.version,
            message=words_of(stale),
            conflict=render_template("line/card_conflict.html", card=mine, line=assessment.line, assessment=assessment),
            both={"justification": conflict.both.justification, "summary": conflict.both.summary},
        )
        response.status_code = 409
        return response
    return theme_page(assessment, asked.theme, changed=mine, status=409)


def retyped(assessment: SelfAssessment, asked: Criterion, typed: TypedAnswer, **changes: Any) -> Card:
    """The stored card with what was typed in its fields."""
    material = gather(session(), assessment, visit.today(), before=True, library=True)
    stored = card(material, asked, language=assessment.line.language, opens_on=assessment.cycle.opens_on)
    return replace(
        stored,
        typed=typed,
        figures=figure_fields(material.criteria_set, asked, typed, stored.stored.answer),
        **changes,
    )


@blueprint.post("/assessments/<assessment>/criteria/<criterion>/still-true")
@requires(Permission.ANSWER, load=assessment_of)
def still_true(assessment: SelfAssessment, criterion: str) -> Response:
    """Copy last cycle's answer, with who and when."""
    criteria_set, asked = criterion_of(assessment, criterion)
    version = request.form.get("version", "")
    try:
        self_assessment.still_true(
            session(),
            assessment,
            criteria_set,
            criterion,
            expected_version=int(version) if version.isdecimal() and len(version) < 10 else 0,
            with_evidence=bool(request.form.get("with_evidence")),
            actor=visit.actor(),
            at=visit.now(),
        )
    except StaleVersion as stale:
        copied = copied_fields(assessment, asked, stale)
        return contested(assessment, asked, copied, stale)
    except InvalidInput as refusal:
        stored = assessments.answer_to(session(), assessment.id, asked.id)
        typed = shown_fields(assessment, asked, stored.value, stored.version)
        return refused(assessment, asked, typed, problems_of(refusal))
    return see(
        "theme",
        said(N_("%(criterion)s: last cycle’s answer is copied. Read it once more."), criterion=criterion),
        anchor=criterion,
        theme=asked.theme,
        open=criterion,
        **place(assessment),
    )


def copied_fields(assessment: SelfAssessment, asked: Criterion, stale: StaleVersion) -> TypedAnswer:
    """Last cycle's answer as if it had been typed, to be compared with what is stored by now."""
    before = assessments.previous(session(), assessment).get(asked.id)
    if before is None:
        raise stale
    return shown_fields(assessment, asked, replace(before.answer, figures=()), stale.version)


def shown_fields(assessment: SelfAssessment, asked: Criterion, answer: Answer, version: int) -> TypedAnswer:
    """An answer as the fields of its card."""
    return forms.shown(
        set_of(session(), assessment),
        asked,
        answer,
        version,
        language=answer.language,
        year_before=assessment.cycle.opens_on,
    )
