"""The decision: every rule with value, limit and verdict, what was confirmed, and the coordinator's word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Response, render_template
from wtforms import BooleanField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice

from audit.domain.calendar import last_valid_day
from audit.domain.case import Case
from audit.domain.criteria import CriteriaSet, Criterion, Level
from audit.domain.errors import N_, AuditError
from audit.domain.permissions import Permission
from audit.domain.workflow import State, Verb, after
from audit.persistence.queries import decisions
from audit.persistence.tables import SelfAssessment
from audit.usecases import decisions as decision_desk
from audit.web import level_rules, visit
from audit.web.forms import Form, Longest, Needed, stripped
from audit.web.guards import requires
from audit.web.network.blueprint import assessment_of, blueprint
from audit.web.replies import said, see
from audit.web.transaction import session


class DecisionForm(Form):
    level = RadioField(N_("Level"), validators=[Needed(N_("Choose a level."))])
    plan_accepted = BooleanField(N_("The line's plan for what is missing, with dates, was accepted."))
    reason = TextAreaField(
        N_("Reason, if you decide differently from the rules"),
        description=N_("Kept for good beside the decision. The line reads it, and so does whoever hears an appeal."),
        filters=[stripped],
        validators=[Longest(6000)],
    )
    no_tie = BooleanField(
        N_("I reviewed nothing here and have no tie to this line: no work, funding, service or family in two years."),
        validators=[Needed(N_("Confirm that you have no tie to this line, or let someone else decide."))],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A core criterion that is not met: where it stands and where it would have to."""

    criterion: Criterion
    step: int
    needed: int
    comment: str


@blueprint.get("/assessments/<assessment>/decision")
@requires(Permission.SEE_REVIEWS, load=assessment_of)
def decision(assessment: SelfAssessment) -> tuple[str, int] | Response:
    if assessment.state not in (State.AWAITING_DECISION, State.DECIDED):
        message = N_("The decision comes when the review is complete and the line has checked the facts.")
        return see("dossier", said(message), assessment=assessment.public_id)
    return _page(assessment, DecisionForm(formdata=None))


@blueprint.post("/assessments/<assessment>/decision")
@requires(Permission.DECIDE, load=assessment_of)
def decide(assessment: SelfAssessment) -> tuple[str, int] | Response:
    """Record the decision; where the level carries a certificate, the clock issues it."""
    after(assessment.state, Verb.DECIDE)
    form = DecisionForm()
    file = decisions.dossier(session(), assessment, visit.today())
    form.level.choices = _choices(file.criteria_set)
    if form.accepted():
        try:
            taken = decision_desk.decide(
                session(),
                assessment,
                file.criteria_set,
                level=form.level.data,
                reason=form.reason.data or "",
                plan_accepted=form.plan_accepted.data,
                base_url=visit.settings().base_url,
                actor=visit.actor(),
                at=visit.now(),
                today=visit.today(),
            )
        except AuditError as refusal:
            form.refuse(refusal)
        else:
            level = file.criteria_set.level(taken.level)
            message = (
                N_("Decided. The certificate is issued within minutes; the line has a letter.")
                if level.certificate
                else N_("Decided. The line has a letter, and its result sheet follows within minutes.")
            )
            return see("decision", said(message), assessment=assessment.public_id)
    return _page(assessment, form)


def _choices(criteria_set: CriteriaSet) -> list[SelectChoice]:
    return [SelectChoice(level.id, level.title) for level in criteria_set.levels]


def _page(assessment: SelfAssessment, form: DecisionForm) -> tuple[str, int]:
    file = decisions.dossier(session(), assessment, visit.today())
    criteria_set = visit.criteria_set(file.cycle.criteria_set_hash)
    form.level.choices = _choices(criteria_set)
    case = file.case_with_plan if form.plan_accepted.data else file.case
    if form.level.data is None:
        form.level.data = case.verdict.level
    page = render_template(
        "network/decision.html",
        assessment=assessment,
        file=file,
        criteria_set=criteria_set,
        case=case,
        computed=criteria_set.level(case.verdict.level),
        with_plan=criteria_set.level(file.case_with_plan.verdict.level),
        next_level=_next(criteria_set, case),
        groups=level_rules.groups(criteria_set, case.verdict),
        gaps=_gaps(criteria_set, case),
        differing=_differing(criteria_set, file),
        validity={level.id: _until(level, visit.today()) for level in criteria_set.levels},
        themes=case.score.themes,
        form=form,
        open_for_decision=assessment.state is State.AWAITING_DECISION,
    )
    return page, form.status


def _until(level: Level, today: date) -> date | None:
    return last_valid_day(today, level.validity_months) if level.validity_months else None


def _next(criteria_set: CriteriaSet, case: Case) -> Level | None:
    """The level above the one the rules give, or None at the top."""
    place = next(index for index, level in enumerate(criteria_set.levels) if level.id == case.verdict.level)
    return criteria_set.levels[place - 1] if place else None


def _gaps(criteria_set: CriteriaSet, case: Case) -> list[Gap]:
    found = []
    for criterion in criteria_set.criteria:
        key = case.keys.get(criterion.id)
        answer = criteria_set.answer_set_of(criterion).answer(key) if key is not None else None
        needed = criteria_set.core_min_level(criterion)
        if criterion.core and answer is not None and answer.level < needed:
            confirmed = case.confirmed.get(criterion.id)
            comment = confirmed.comment if confirmed is not None else ""
            found.append(Gap(criterion=criterion, step=answer.level, needed=needed, comment=comment))
    return found


def _differing(
    criteria_set: CriteriaSet, file: decisions.Dossier
) -> list[tuple[Criterion, tuple[object, ...], object]]:
    """The criteria on which the reviewers gave different levels, with what stands now."""
    return [
        (criteria_set.criterion(criterion), sides, file.case.confirmed.get(criterion))
        for criterion, sides in file.sides.items()
        if len({side.verdict.key for side in sides}) > 1 and criteria_set.has(criterion)
    ]
