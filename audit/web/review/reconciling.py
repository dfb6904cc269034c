"""Reconciliation: where the reviewers differ they read both verdicts and settle on one, with a written reason."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, g, make_response, render_template

from audit.domain.criteria import AnswerKey, AnswerSet, Criterion
from audit.domain.errors import N_, InvalidInput, Missing
from audit.domain.findings import Grade
from audit.domain.permissions import Permission
from audit.domain.workflow import State, Verb, after
from audit.persistence.queries import reviews
from audit.persistence.tables import ConfirmedAnswer, Review
from audit.usecases import review as reviewing
from audit.web import visit
from audit.web.guards import NOT_FOUND, requires
from audit.web.replies import said, see
from audit.web.review.blueprint import blueprint, review_of
from audit.web.review.desk import Desk, Verdict, desk_of, in_words
from audit.web.review.forms import GRADE_HINTS, NOT_APPLICABLE, ReconcilingForm, level_choices
from audit.web.since import Stored
from audit.web.transaction import session


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """What the reviewers settled on."""

    key: AnswerKey | None
    not_applicable: bool
    grade: Grade
    comment: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One criterion on which the reviewers differ: the line's answer, both verdicts, the joint one or its form."""

    criterion: Criterion
    answers: AnswerSet
    line_said: Stored
    sides: tuple[Verdict, ...]
    joint: Joint | None
    form: ReconcilingForm
    changed_meanwhile: bool = False


def _stamp(row: ConfirmedAnswer | None) -> str:
    """What tells one joint result from a later one."""
    return "" if row is None else row.confirmed_at.isoformat()


def _cases(desk: Desk) -> tuple[Case, ...]:
    cases = []
    for one in reviews.differences(session(), desk.assessment, desk.source_set):
        asked = desk.criteria_set.criterion(one.criterion)
        answers = desk.answers(asked)
        row = one.confirmed
        cases.append(
            Case(
                criterion=asked,
                answers=answers,
                line_said=desk.said(asked),
                sides=tuple(in_words(desk.criteria_set, asked, side) for side in one.sides),
                joint=None
                if row is None
                else Joint(
                    key=answers.answer(row.key) if row.key else None,
                    not_applicable=row.not_applicable,
                    grade=row.grade,
                    comment=row.comment,
                    reason=row.reason,
                ),
                form=_form(answers, asked, row),
            )
        )
    return tuple(cases)


def _form(answers: AnswerSet, asked: Criterion, row: ConfirmedAnswer | None) -> ReconcilingForm:
    data = {}
    if row is not None:
        data = {
            "level": NOT_APPLICABLE if row.not_applicable else row.key,
            "grade": row.grade.value,
            "comment": row.comment,
            "reason": row.reason,
            "seen": _stamp(row),
        }
    form = ReconcilingForm(formdata=None, prefix=f"{asked.id}-", data=data)
    form.level.choices = level_choices(answers, asked)
    return form


def _page(desk: Desk, cases: tuple[Case, ...], *, failed: Case | None = None, status: int = 200) -> Response:
    shown = tuple(failed if failed and one.criterion.id == failed.criterion.id else one for one in cases)
    response = make_response(
        render_template(
            "review/reconciliation.html",
            desk=desk,
            review=desk.work.review,
            line=desk.assessment.line,
            cycle=desk.assessment.cycle,
            cases=shown,
            settled=sum(one.joint is not None for one in cases),
            open=desk.assessment.state is State.RECONCILIATION,
            failed_case=failed,
            grade_hints=GRADE_HINTS,
            not_applicable=NOT_APPLICABLE,
        )
    )
    response.status_code = status
    return response


@blueprint.get("/<review>/reconciliation")
@requires(Permission.RECONCILE, load=review_of)
def reconciliation(review: Review) -> Response:
    if review.declared_at is None:
        return see("declaration", review=review.public_id)
    desk = desk_of(session(), review)
    return _page(desk, _cases(desk))


@blueprint.post("/<review>/reconciliation/<criterion>")
@requires(Permission.RECONCILE, load=review_of)
def reconcile(review: Review, criterion: str) -> Response:
    """Settle one criterion; with the last one the line gets the findings to check."""
    desk = desk_of(session(), review)
    after(desk.assessment.state, Verb.RECONCILE)
    cases = _cases(desk)
    case = next((one for one in cases if one.criterion.id == criterion), None)
    if case is None:
        raise Missing(NOT_FOUND)
    stored = case.form.seen.data or ""
    form = _sent(case)
    if form.accepted() and form.seen.data != stored:
        return _contested(desk, cases, case, form, stored)
    if form.errors or form.status != 200:
        return _page(desk, cases, failed=_with(case, form), status=form.status)
    try:
        reviewing.reconcile(
            session(),
            desk.assessment,
            desk.source_set,
            criterion,
            key=form.key,
            not_applicable=form.not_applicable,
            grade=Grade(form.grade.data),
            comment=form.comment.data or "",
            reason=form.reason.data or "",
            actor=visit.actor(),
            at=visit.now(),
            today=visit.today(),
        )
    except InvalidInput as refusal:
        field = "level" if refusal.field == "key" else refusal.field
        form.refuse(InvalidInput(refusal.message, field=field, **refusal.values))
        return _page(desk, cases, failed=_with(case, form), status=form.status)
    if desk.assessment.state is not State.RECONCILIATION:
        message = N_("Everything is settled. The line now checks the facts. Thank you.")
        return see("reconciliation", said(message), review=review.public_id)
    message = said(N_("%(criterion)s is settled."), criterion=criterion)
    return see("reconciliation", message, review=review.public_id)


def _sent(case: Case) -> ReconcilingForm:
    form = ReconcilingForm(prefix=f"{case.criterion.id}-")
    form.level.choices = level_choices(case.answers, case.criterion)
    return form


def _with(case: Case, form: ReconcilingForm, *, changed_meanwhile: bool = False) -> Case:
    return Case(
        criterion=case.criterion,
        answers=case.answers,
        line_said=case.line_said,
        sides=case.sides,
        joint=case.joint,
        form=form,
        changed_meanwhile=changed_meanwhile,
    )


def _contested(desk: Desk, cases: tuple[Case, ...], case: Case, form: ReconcilingForm, stored: str) -> Response:
    """The other reviewer settled it meanwhile: their words beside the typed ones, to be saved over when wanted."""
    g.failed = True
    form.seen.data = stored
    return _page(desk, cases, failed=_with(case, form, changed_meanwhile=True), status=409)
