"""The way back of a filled-in spreadsheet: every difference is shown, and a person chooses what is taken over."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from flask import Response, g, make_response, render_template, request

from audit.domain import workflow
from audit.domain.answer_sheet import CellProblem
from audit.domain.answer_sheet_changes import Change, ChangeKind, same
from audit.domain.criteria import Criterion
from audit.domain.differences import Piece, word_changes
from audit.domain.errors import N_, AuditError, InvalidInput
from audit.domain.permissions import Permission
from audit.domain.workflow import Verb
from audit.persistence.queries import answer_sheets, assessments
from audit.persistence.tables import SelfAssessment
from audit.usecases import self_assessment
from audit.usecases.self_assessment import Wanted
from audit.web import visit
from audit.web.guards import requires
from audit.web.line.blueprint import blueprint, place, words_of
from audit.web.line.cards import Stored, as_stored
from audit.web.line.carried import Carried, Trouble, pack, unpack
from audit.web.line.evidence_forms import uploaded
from audit.web.line.material import assessment_of, set_of, shown_set
from audit.web.line.questionnaire import FilledInForm, copies_page
from audit.web.replies import said, see
from audit.web.transaction import pause, session

CARRIED = "token-of-file"  # what a page carries is nothing to read aloud when a form is too old


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One answer of the file beside the one stored here, in words of the page."""

    criterion: Criterion
    change: Change
    theirs: Stored
    ours: Stored
    words: tuple[Piece, ...]  # from the stored reason to the file's
    ticked: bool

    @property
    def both(self) -> bool:
        return self.change.kind is ChangeKind.BOTH


@blueprint.post("/assessments/<assessment>/copies/filled-in")
@requires(Permission.ANSWER, load=assessment_of)
def compare(assessment: SelfAssessment) -> Response | tuple[str, int]:
    """Read a filled-in sheet and show what it would change; nothing is stored."""
    workflow.after(assessment.state, Verb.ANSWER)
    form = FilledInForm()
    if form.accepted():
        try:
            upload = uploaded(form.file.data, visit.settings().upload_limit, visit.reading().size)
            if upload is None:
                raise InvalidInput(N_("Choose the filled-in sheet first."), field="file")
            criteria_set = set_of(session(), assessment)
            pause()  # reading the file takes its time, and on SQLite nobody else could save meanwhile
            filled = visit.wiring().answer_sheets.read(upload.content, criteria_set)
            found, notes = answer_sheets.compared(session(), assessment, filled, today=visit.today())
        except InvalidInput as refusal:
            form.refuse(refusal)
        else:
            troubles = [_trouble(problem) for problem in found.problems]
            return _page(
                assessment,
                found.changes,
                troubles,
                notes=[said(note) for note in notes],
                newer_here=found.newer_here,
                unknown=found.unknown,
            )
    return copies_page(assessment, form)


def _trouble(problem: CellProblem) -> Trouble:
    words = words_of(AuditError(problem.message, **problem.values))
    return Trouble(sheet=problem.place.sheet, cell=problem.place.cell, criterion=problem.criterion, words=words)


def _page(
    assessment: SelfAssessment,
    changes: Sequence[Change],
    troubles: Sequence[Trouble],
    *,
    notes: Sequence[str] = (),
    newer_here: Sequence[str] = (),
    unknown: Sequence[str] = (),
    ticked: Collection[str] | None = None,
    problem: str = "",
    taken: int = 0,
    status: int = 200,
) -> Response:
    field, fitting = pack(assessment, changes, troubles)
    g.failed = status >= 400
    response = make_response(
        render_template(
            "line/questionnaire_differences.html",
            line=assessment.line,
            assessment=assessment,
            cycle=assessment.cycle,
            compared=_compared(assessment, fitting, ticked),
            left_out=len(changes) - len(fitting),
            troubles=troubles,
            notes=notes,
            newer_here=newer_here,
            unknown=unknown,
            problem=problem,
            taken=taken,
            carried=field,
            carried_name=CARRIED,
        )
    )
    response.status_code = status
    return response


def _compared(assessment: SelfAssessment, changes: Sequence[Change], ticked: Collection[str] | None) -> list[Compared]:
    criteria_set = shown_set(assessment)
    return [
        Compared(
            criterion=criteria_set.criterion(one.criterion),
            change=one,
            theirs=as_stored(criteria_set, one.criterion, one.theirs),
            ours=as_stored(criteria_set, one.criterion, one.ours),
            words=word_changes(one.ours.justification, one.theirs.justification),
            ticked=one.wanted if ticked is None else one.criterion in ticked,
        )
        for one in changes
    ]


@blueprint.post("/assessments/<assessment>/copies/taken-over")
@requires(Permission.ANSWER, load=assessment_of)
def take_over(assessment: SelfAssessment) -> Response | tuple[str, int]:
    """Store the ticked answers of the file; what somebody changed meanwhile is shown again and stays as it is."""
    try:
        carried, troubles = unpack(assessment, request.form.get(CARRIED, ""))
    except InvalidInput as refusal:
        form = FilledInForm(formdata=None)
        form.refuse(refusal)
        return copies_page(assessment, form)
    ticked = set(request.form.getlist("take"))
    wanted = [
        Wanted(criterion=one.criterion, answer=one.theirs, version=one.version)
        for one in carried
        if one.criterion in ticked
    ]
    try:
        done = self_assessment.take_over(
            session(), assessment, set_of(session(), assessment), wanted, actor=visit.actor(), at=visit.now()
        )
    except InvalidInput as refusal:
        left = _against_now(assessment, carried, {one.criterion for one in carried})
        return _page(assessment, left, troubles, ticked=(), problem=words_of(refusal), status=422)
    if done.contested or done.refused:
        refused = [Trouble(sheet="", cell="", criterion=name, words=words_of(why)) for name, why in done.refused]
        left = _against_now(assessment, carried, set(done.contested))
        if left or refused:
            return _page(assessment, left, refused, ticked=(), taken=len(done.stored))
    count = len(done.stored)
    reading = visit.reading()
    message = reading.ngettext(
        "%(count)s answer is taken over from the file.", "%(count)s answers are taken over from the file.", count
    ) % {"count": reading.number(count)}
    return see("copies", message, **place(assessment))


def _against_now(assessment: SelfAssessment, carried: Sequence[Carried], names: Collection[str]) -> list[Change]:
    """Answers of the file beside those stored by now; one that says the same by now is settled."""
    stored = assessments.answers_of(session(), assessment.id)
    changes = []
    for one in carried:
        now = stored.get(one.criterion) or assessments.SavedAnswer(criterion_id=one.criterion)
        if one.criterion not in names or same(one.theirs, now.value):
            continue
        moved = now.version != one.version
        changes.append(
            Change(
                kind=ChangeKind.BOTH if moved else one.kind,
                criterion=one.criterion,
                theirs=one.theirs,
                ours=now.value,
                version=now.version,
            )
        )
    return changes
