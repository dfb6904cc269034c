"""The people of the line share the work: who takes care of what, and notes that nobody else reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, g, render_template, request
from wtforms import SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice

from audit.domain.criteria import Criterion, Theme
from audit.domain.errors import N_, AuditError, InvalidInput
from audit.domain.permissions import Permission
from audit.domain.personal_data import signs
from audit.domain.workflow import OPEN_FOR_THE_LINE
from audit.persistence.queries import teamwork as teamwork_queries
from audit.persistence.queries.teamwork import Colleague, WrittenNote
from audit.persistence.tables import SelfAssessment
from audit.usecases import teamwork
from audit.web import visit
from audit.web.forms import Form, Longest, Needed, stripped
from audit.web.guards import may, requires
from audit.web.line.answering import criterion_of
from audit.web.line.blueprint import blueprint, place, words_of
from audit.web.line.material import assessment_of, set_of, shown_set
from audit.web.replies import said, see
from audit.web.transaction import session

NOBODY = "nobody"  # the choice of a theme that gives all its criteria back to everyone


# Sharing the work -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One criterion of the page: who takes care of it, and what is chosen in its field."""

    criterion: Criterion
    keeper: str  # a name, "" for nobody in particular
    chosen: str  # a public id
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeShares:
    theme: Theme
    number: int
    chosen: str
    shares: tuple[Share, ...]


def _share_page(
    assessment: SelfAssessment, *, typed: Mapping[str, str] | None = None, refusal: AuditError | None = None
) -> tuple[str, int]:
    """The themes with a choice for each and for each criterion; `typed` is shown again where something was refused."""
    g.failed = refusal is not None
    present = teamwork_queries.shares_of(session(), assessment.id)
    colleagues = teamwork_queries.colleagues_of(session(), assessment.line_id)
    may_share = may(Permission.SHARE_WORK, assessment) and assessment.state in OPEN_FOR_THE_LINE
    page = render_template(
        "line/share.html",
        line=assessment.line,
        assessment=assessment,
        cycle=assessment.cycle,
        themes=_themes(assessment, present, typed or {}, refusal),
        colleagues=colleagues,
        counts=[(one, sum(keeper.id == one.id for keeper in present.values())) for one in colleagues],
        seen=" ".join(f"{criterion}={keeper.public_id}" for criterion, keeper in sorted(present.items())),
        may_share=may_share,
        nobody=NOBODY,
        problem=words_of(refusal) if refusal is not None else "",
    )
    return page, 200 if refusal is None else 422


def _themes(
    assessment: SelfAssessment,
    present: Mapping[str, Colleague],
    typed: Mapping[str, str],
    refusal: AuditError | None,
) -> list[ThemeShares]:
    criteria_set = shown_set(assessment)
    applicable = tuple(criteria_set.applicable(assessment.profile))
    found: list[ThemeShares] = []
    for theme in criteria_set.themes:
        shares = tuple(
            Share(
                criterion=criterion,
                keeper=present[criterion.id].name if criterion.id in present else "",
                chosen=typed.get(
                    f"of-{criterion.id}", present[criterion.id].public_id if criterion.id in present else ""
                ),
                problem=words_of(refusal) if refusal is not None and refusal.field == criterion.id else "",
            )
            for criterion in applicable
            if criterion.theme == theme.id
        )
        if shares:
            chosen = typed.get(f"theme-{theme.id}", "")
            found.append(ThemeShares(theme=theme, number=len(found) + 1, chosen=chosen, shares=shares))
    return found


@blueprint.get("/assessments/<assessment>/share")
@requires(Permission.SEE_ASSESSMENT, load=assessment_of)
def share(assessment: SelfAssessment) -> tuple[str, int]:
    """Who of the line takes care of which criterion."""
    return _share_page(assessment)


@blueprint.post("/assessments/<assessment>/share")
@requires(Permission.SHARE_WORK, load=assessment_of)
def share_out(assessment: SelfAssessment) -> Response | tuple[str, int]:
    """Give criteria to people; only what was chosen anew is changed, so that two managers do not undo each other."""
    criteria_set = set_of(session(), assessment)
    try:
        changed = teamwork.share_out(
            session(),
            assessment,
            criteria_set,
            _changes(assessment, request.form),
            actor=visit.actor(),
            at=visit.now(),
        )
    except InvalidInput as refusal:
        return _share_page(assessment, typed=request.form, refusal=refusal)
    message = (
        said(N_("Saved. Whoever was given something gets one letter."))
        if changed
        else said(N_("Nothing was chosen anew, so nothing changed."))
    )
    return see("share", message, **place(assessment))


def _changes(assessment: SelfAssessment, form: Mapping[str, str]) -> dict[str, str]:
    """By criterion, the public id chosen ("" for nobody), where it differs from what the page showed."""
    shown = dict(pair.split("=", 1) for pair in form.get("seen", "")[:20_000].split() if "=" in pair)
    changes = {}
    for criterion in shown_set(assessment).applicable(assessment.profile):
        before = shown.get(criterion.id, "")
        chosen = form.get(f"of-{criterion.id}", before)
        of_theme = form.get(f"theme-{criterion.theme}", "")
        if of_theme:
            chosen = "" if of_theme == NOBODY else of_theme
        if chosen != before:
            changes[criterion.id] = chosen
    return changes


# Notes ------------------------------------------------------------------------------------------------------


class NoteForm(Form):
    text = TextAreaField(
        N_("Your note"),
        filters=[stripped],
        validators=[Needed(N_("Write a few words first.")), Longest(teamwork.LONGEST_NOTE)],
    )
    mentioned = SelectMultipleField(N_("Send a letter to"), validate_choice=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """The notes on one criterion with whom a new one may be meant for."""

    criterion: Criterion
    notes: tuple[WrittenNote, ...]
    colleagues: tuple[Colleague, ...]  # the others
    me: int


def _notes_page(assessment: SelfAssessment, asked: Criterion, form: NoteForm) -> tuple[str, int]:
    me = visit.actor().id
    colleagues = teamwork_queries.colleagues_of(session(), assessment.line_id)
    form.mentioned.choices = [SelectChoice(one.public_id, one.name) for one in colleagues]
    page = render_template(
        "line/notes.html",
        line=assessment.line,
        assessment=assessment,
        cycle=assessment.cycle,
        thread=Thread(
            criterion=asked,
            notes=tuple(teamwork_queries.notes_of(session(), assessment.id, asked.id).get(asked.id, ())),
            colleagues=tuple(one for one in colleagues if one.id != me),
            me=me,
        ),
        form=form,
    )
    return page, form.status


def _asked(assessment: SelfAssessment, criterion: str) -> Criterion:
    """The criterion in the words of the page."""
    return criterion_of(assessment, criterion)[1]


@blueprint.get("/assessments/<assessment>/criteria/<criterion>/notes")
@requires(Permission.SEE_NOTES, load=assessment_of)
def notes(assessment: SelfAssessment, criterion: str) -> tuple[str, int]:
    """The line's notes on one criterion."""
    return _notes_page(assessment, _asked(assessment, criterion), NoteForm(formdata=None))


@blueprint.post("/assessments/<assessment>/criteria/<criterion>/notes")
@requires(Permission.WRITE_NOTE, load=assessment_of)
def write_note(assessment: SelfAssessment, criterion: str) -> Response | tuple[str, int]:
    asked = _asked(assessment, criterion)
    form = NoteForm()
    if form.accepted():
        try:
            teamwork.write_note(
                session(),
                assessment,
                set_of(session(), assessment),
                criterion,
                form.text.data,
                mentioned=form.mentioned.data or (),
                actor=visit.actor(),
                at=visit.now(),
            )
        except InvalidInput as refusal:
            form.refuse(refusal)
        else:
            _look_once_more(form.text.data)
            return _back(assessment, asked, said(N_("Your note is there. Only the people of your line read it.")))
    return _notes_page(assessment, asked, form)


def _look_once_more(text: str) -> None:
    """A gentle word where a note may identify somebody; it is never refused for that."""
    found = signs(text)
    if found:
        shown = ", ".join(one.text for one in found[:3])
        flash(f"{said(N_('Please look once more. This may identify a person:'))} {shown}", "warn")


@blueprint.post("/assessments/<assessment>/criteria/<criterion>/notes/<note>/taken-back")
@requires(Permission.WRITE_NOTE, load=assessment_of)
def take_back_note(assessment: SelfAssessment, criterion: str, note: str) -> Response:
    """Take one's own note back: its words are gone for everyone."""
    asked = _asked(assessment, criterion)
    teamwork.take_back_note(session(), assessment, note, actor=visit.actor(), at=visit.now())
    return _back(assessment, asked, said(N_("Taken back. Its words are gone.")))


def _back(assessment: SelfAssessment, asked: Criterion, message: str) -> Response:
    """To the card the note was written at, or to the page of notes."""
    where: dict[str, Any] = place(assessment)
    if request.form.get("at") == "card":
        where |= {"theme": asked.theme, "open": asked.id, "mine": request.form.get("mine") or None}
        return see("theme", message, anchor=f"{asked.id}-notes", **where)
    return see("notes", message, criterion=asked.id, **where)
