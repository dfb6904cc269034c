"""What only a manager does: sign and submit, leave the cycle, check the facts."""

from __future__ import annotations

from flask import Response, render_template

from audit.domain import workflow
from audit.domain.completeness import SUBMISSION_STATEMENT
from audit.domain.errors import N_, AuditError, WrongState
from audit.domain.permissions import Permission
from audit.domain.workflow import CLOSED, OPEN_FOR_THE_LINE, State, Verb
from audit.persistence.queries import assessments
from audit.persistence.queries.outlook import outlook_of
from audit.persistence.tables import SelfAssessment
from audit.usecases import self_assessment
from audit.web import visit
from audit.web.guards import may, requires
from audit.web.line.blueprint import blueprint, place
from audit.web.line.cards import cards, theme_entries
from audit.web.line.compared import compared
from audit.web.line.gaps import grouped
from audit.web.line.material import VERDICTS_SHOWN, assessment_of, days_until, fading_items, gather, set_of, stale_items
from audit.web.line.practice import refuse_practice
from audit.web.line.submission_forms import FactsForm, SubmitForm, WithdrawForm
from audit.web.replies import said, see
from audit.web.transaction import session


def submit_page(assessment: SelfAssessment, form: SubmitForm) -> tuple[str, int]:
    material = gather(session(), assessment, visit.today(), before=True)
    entries = theme_entries(material)
    criteria_set = material.criteria_set
    found = outlook_of(session(), assessment, criteria_set, material.answers, material.rows, today=visit.today())
    page = render_template(
        "line/submit.html",
        line=assessment.line,
        assessment=assessment,
        cycle=assessment.cycle,
        criteria_set=criteria_set,
        entries=entries,
        named=[criteria_set.criterion(name) for name in material.named],
        by_theme=[(entry, grouped(material, entry.theme.id)) for entry in entries if entry.gaps],
        criteria_open=len({gap.criterion for gap in material.gaps}),
        scores=found.case.score.by_theme if found is not None and not found.unanswered else {},
        level=criteria_set.level(found.level) if found is not None else None,
        unanswered=len(found.unanswered) if found is not None else 0,
        stale=stale_items(material),
        fading=fading_items(material),
        compared=compared(material),
        statement=SUBMISSION_STATEMENT,
        editable=assessment.state in OPEN_FOR_THE_LINE,
        may_sign=may(Permission.SUBMIT, assessment),
        days_left=days_until(assessment.due_on, visit.today()),
        submissions=assessments.submissions_of(session(), assessment.id),
        form=form,
    )
    return page, form.status


@blueprint.get("/assessments/<assessment>/submit")
@requires(Permission.SEE_ASSESSMENT, load=assessment_of)
def submission(assessment: SelfAssessment) -> tuple[str, int]:
    return submit_page(assessment, SubmitForm(formdata=None))


@blueprint.post("/assessments/<assessment>/submit")
@requires(Permission.SUBMIT, load=assessment_of)
def submit(assessment: SelfAssessment) -> Response | tuple[str, int]:
    """Sign and hand in; where something is missing, nothing is sent and everything missing is named."""
    form = SubmitForm()
    if form.accepted():
        try:
            self_assessment.submit(
                session(),
                assessment,
                set_of(session(), assessment),
                typed_name=form.typed_name.data,
                agreed=form.agreed.data,
                actor=visit.actor(),
                at=visit.now(),
                today=visit.today(),
            )
        except WrongState:
            raise
        except AuditError as refusal:
            form.refuse(refusal)
        else:
            return see("submission", said(N_("Submitted. A confirmation is on its way to you.")), **place(assessment))
    return submit_page(assessment, form)


def _withdraw_page(assessment: SelfAssessment, form: WithdrawForm) -> tuple[str, int]:
    refuse_practice(assessment)
    if assessment.state in CLOSED:
        workflow.after(assessment.state, Verb.WITHDRAW)
    page = render_template(
        "line/withdraw.html", line=assessment.line, assessment=assessment, cycle=assessment.cycle, form=form
    )
    return page, form.status


@blueprint.get("/assessments/<assessment>/withdraw")
@requires(Permission.WITHDRAW, load=assessment_of)
def withdrawal(assessment: SelfAssessment) -> tuple[str, int]:
    return _withdraw_page(assessment, WithdrawForm(formdata=None))


@blueprint.post("/assessments/<assessment>/withdraw")
@requires(Permission.WITHDRAW, load=assessment_of)
def withdraw(assessment: SelfAssessment) -> Response | tuple[str, int]:
    """Leave the cycle, with a reason."""
    form = WithdrawForm()
    if form.accepted():
        self_assessment.withdraw(session(), assessment, reason=form.reason.data, actor=visit.actor(), at=visit.now())
        message = said(N_("Your line has left the cycle. The network office has been told."))
        return see("home", message, line=assessment.line.public_id)
    return _withdraw_page(assessment, form)


def _facts_page(assessment: SelfAssessment, form: FactsForm) -> tuple[str, int]:
    if assessment.state not in VERDICTS_SHOWN:
        workflow.after(assessment.state, Verb.CONFIRM_FACTS)
    material = gather(session(), assessment, visit.today())
    language, opens_on = assessment.line.language, assessment.cycle.opens_on
    themes = [
        (entry, cards(material, entry.theme.id, language=language, opens_on=opens_on))
        for entry in theme_entries(material)
    ]
    found = [card for _, inside in themes for card in inside if card.verdict and card.verdict.grade.can_be_open]
    page = render_template(
        "line/facts.html",
        line=assessment.line,
        assessment=assessment,
        cycle=assessment.cycle,
        themes=themes,
        findings=found,
        open=assessment.state is State.FACTUAL_CHECK,
        may_confirm=may(Permission.CONFIRM_FACTS, assessment),
        form=form,
    )
    return page, form.status


@blueprint.get("/assessments/<assessment>/facts")
@requires(Permission.SEE_ASSESSMENT, load=assessment_of)
def facts(assessment: SelfAssessment) -> tuple[str, int]:
    """What the reviewers found, for the line to check before the decision."""
    return _facts_page(assessment, FactsForm(formdata=None))


@blueprint.post("/assessments/<assessment>/facts")
@requires(Permission.CONFIRM_FACTS, load=assessment_of)
def confirm_facts(assessment: SelfAssessment) -> Response | tuple[str, int]:
    """The facts are right, or this one is wrong."""
    form = FactsForm()
    if form.accepted():
        remark = form.remark.data if form.answer.data == "remark" else ""
        self_assessment.confirm_facts(session(), assessment, remark=remark, actor=visit.actor(), at=visit.now())
        return see("facts", said(N_("Thank you. The decision comes next.")), **place(assessment))
    return _facts_page(assessment, form)
