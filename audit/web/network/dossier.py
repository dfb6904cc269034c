"""The file of one self-assessment: where it stands, its reviewers, the completeness check, what was confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flask import Response, render_template
from wtforms import RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from audit.domain.conflicts import CONFLICT_WORDS
from audit.domain.criteria import CriteriaSet
from audit.domain.errors import N_, AuditError, Missing, WrongState
from audit.domain.permissions import Permission
from audit.domain.workflow import MOST_RETURNS, OPEN_FOR_THE_LINE, State, Verb, after
from audit.persistence.queries import assessments, confirmed, decisions, network, people, reviews, rounds
from audit.persistence.tables import Review, SelfAssessment
from audit.usecases import review as review_desk
from audit.web import visit
from audit.web.forms import Form, Longest, Needed, stripped
from audit.web.guards import NOT_FOUND, may, requires
from audit.web.network.blueprint import assessment_of, blueprint
from audit.web.replies import said, see
from audit.web.transaction import session


class CheckForm(Form):
    answer = RadioField(
        N_("Is the submission complete?"),
        choices=[
            SelectChoice("accept", N_("Yes. The review begins.")),
            SelectChoice("return", N_("No. It goes back to the line, with what is missing.")),
        ],
        validators=[Needed(N_("Choose whether the submission is complete."))],
    )
    reason = TextAreaField(
        N_("What is missing?"),
        description=N_("Only when it goes back. Name each criterion and what to add; the line reads this."),
        filters=[stripped],
        validators=[Longest(6000)],
    )
    criteria = SelectMultipleField(
        N_("Which criteria open for change?"),
        description=N_("Only when it goes back. The others stay as they were signed; with none ticked, all open."),
    )


class AssignForm(Form):
    person = SelectField(N_("Reviewer"), validators=[Needed(N_("Choose a reviewer."))])


class ReleaseForm(Form):
    reason = StringField(
        N_("Why does this review end?"),
        filters=[stripped],
        validators=[Needed(N_("Say in a sentence why this review ends.")), Longest(500)],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of the file's course. `title` is a message id; `on` is None for what has not happened yet."""

    title: str
    on: date | datetime | None


@blueprint.get("/assessments/<assessment>")
@requires(Permission.SEE_NETWORK, load=assessment_of)
def dossier(assessment: SelfAssessment) -> tuple[str, int]:
    return _page(assessment)


def _page(
    assessment: SelfAssessment,
    *,
    check: CheckForm | None = None,
    assign: AssignForm | None = None,
    release: tuple[str, ReleaseForm] | None = None,
) -> tuple[str, int]:
    """The file; `check`, `assign` and `release` are forms that were sent and refused."""
    criteria_set = visit.criteria_set(assessment.cycle.criteria_set_hash)
    sees = may(Permission.SEE_REVIEWS, assessment)
    reads = sees and assessment.state not in OPEN_FOR_THE_LINE  # what is being written is the line's own
    answers = assessments.answers_of(session(), assessment.id) if sees else {}
    given = reviews.reviews_of(session(), assessment)
    choices = network.candidates(session(), assessment, visit.today()) if _reviewers_change(assessment) else []
    sent = assign or AssignForm(formdata=None)
    sent.person.choices = [SelectChoice(one.person.public_id, one.person.name) for one in choices if not one.reasons]
    check = check or _check_form(assessment, formdata=None)
    refused = [form.status for form in (check, assign, release[1] if release else None) if form is not None]
    page = render_template(
        "network/dossier.html",
        assessment=assessment,
        line=assessment.line,
        cycle=assessment.cycle,
        criteria_set=criteria_set,
        submissions=assessments.submissions_of(session(), assessment.id),
        steps=_steps(assessment),
        reviews=given,
        candidates=choices,
        conflict_words=CONFLICT_WORDS,
        results=confirmed.confirmed_of(session(), assessment.id) if _confirmed(assessment) else {},
        answers=answers if reads else {},
        done=sum(saved.value.counts for saved in answers.values()),
        evidence=assessments.evidence_of(session(), assessment.id) if reads else {},
        decisions=decisions.decisions_of(session(), assessment),
        themes=_themes(criteria_set, assessment),
        asked=sum(1 for _ in criteria_set.applicable(assessment.profile)),
        returns_left=MOST_RETURNS - assessment.returns,
        check=check,
        assign=sent,
        release=release[1] if release else ReleaseForm(formdata=None),
        releasing=release[0] if release else "",
        may_check=may(Permission.CHECK_COMPLETENESS, assessment) and assessment.state is State.SUBMITTED,
        may_assign=may(Permission.ASSIGN_REVIEWER, assessment) and _reviewers_change(assessment),
        may_decide=may(Permission.DECIDE, assessment) and assessment.state is State.AWAITING_DECISION,
        sees=sees,
        asked_time=rounds.open_request(session(), assessment.id) if assessment.state in OPEN_FOR_THE_LINE else None,
    )
    return page, max(refused, default=200)


def _check_form(assessment: SelfAssessment, **given: None) -> CheckForm:
    """The form of the completeness check, with the criteria that the line was asked about."""
    form = CheckForm(**given)
    criteria_set = visit.criteria_set(assessment.cycle.criteria_set_hash)
    form.criteria.choices = [
        SelectChoice(one.id, f"{one.id} {one.title}") for one in criteria_set.applicable(assessment.profile)
    ]
    return form


def _reviewers_change(assessment: SelfAssessment) -> bool:
    return assessment.state in (State.DRAFT, State.RETURNED, State.SUBMITTED, State.IN_REVIEW)


def _refuse_too_late(assessment: SelfAssessment) -> None:
    if not _reviewers_change(assessment):
        raise WrongState(N_("Both reviews are in; the reviewers stay who they are."))


def _confirmed(assessment: SelfAssessment) -> bool:
    return assessment.state in (State.FACTUAL_CHECK, State.AWAITING_DECISION, State.DECIDED) and may(
        Permission.SEE_REVIEWS, assessment
    )


def _themes(criteria_set: CriteriaSet, assessment: SelfAssessment) -> list[tuple[str, list[object]]]:
    applicable = {criterion.id for criterion in criteria_set.applicable(assessment.profile)}
    return [
        (theme.title, [criterion for criterion in criteria_set.of_theme(theme.id) if criterion.id in applicable])
        for theme in criteria_set.themes
    ]


def _steps(assessment: SelfAssessment) -> list[Step]:
    return [
        Step(title=N_("Line invited"), on=assessment.created_at),
        Step(title=N_("Submitted"), on=assessment.submitted_at),
        Step(title=N_("Found complete"), on=assessment.accepted_at),
        Step(title=N_("Facts confirmed by the line"), on=assessment.facts_confirmed_at),
    ]


@blueprint.post("/assessments/<assessment>/check")
@requires(Permission.CHECK_COMPLETENESS, load=assessment_of)
def check(assessment: SelfAssessment) -> Response | tuple[str, int]:
    """The completeness check: the review begins, or the line gets it back."""
    after(assessment.state, Verb.ACCEPT)
    form = _check_form(assessment)
    if form.accepted():
        try:
            if form.answer.data == "accept":
                review_desk.accept(session(), assessment, actor=visit.actor(), at=visit.now())
                message = N_("Accepted. The reviewers can begin.")
            else:
                review_desk.return_to_line(
                    session(),
                    assessment,
                    reason=form.reason.data or "",
                    criteria=form.criteria.data or (),
                    actor=visit.actor(),
                    at=visit.now(),
                )
                message = N_("Returned. The line has a letter with what is missing.")
        except AuditError as refusal:
            form.refuse(refusal)
        else:
            return see("dossier", said(message), assessment=assessment.public_id)
    return _page(assessment, check=form)


@blueprint.post("/assessments/<assessment>/reviewers")
@requires(Permission.ASSIGN_REVIEWER, load=assessment_of)
def assign(assessment: SelfAssessment) -> Response | tuple[str, int]:
    """Ask a peer to review; a tie the records know of is refused whoever asks."""
    _refuse_too_late(assessment)
    form = AssignForm()
    choices = network.candidates(session(), assessment, visit.today())
    form.person.choices = [SelectChoice(one.person.public_id, one.person.name) for one in choices if not one.reasons]
    if form.accepted():
        person = people.by_public_id(session(), form.person.data)
        try:
            review_desk.assign(session(), assessment, person, actor=visit.actor(), at=visit.now(), today=visit.today())
        except AuditError as refusal:
            form.refuse(refusal)
        else:
            return see("dossier", said(N_("Asked. A letter is on its way.")), assessment=assessment.public_id)
    return _page(assessment, assign=form)


@blueprint.post("/assessments/<assessment>/reviewers/<review>/release")
@requires(Permission.ASSIGN_REVIEWER, load=assessment_of)
def release(assessment: SelfAssessment, review: str) -> Response | tuple[str, int]:
    """End a review: its reviewer loses access at once."""
    _refuse_too_late(assessment)
    form = ReleaseForm()
    found = _review_here(assessment, review)
    if form.accepted():
        try:
            review_desk.release(session(), found, reason=form.reason.data, actor=visit.actor(), at=visit.now())
        except AuditError as refusal:
            form.refuse(refusal)
        else:
            return see("dossier", said(N_("Released. Ask someone else.")), assessment=assessment.public_id)
    return _page(assessment, release=(review, form))


def _review_here(assessment: SelfAssessment, public_id: str) -> Review:
    """The review of the address, if it belongs to this self-assessment."""
    found = reviews.by_public_id(session(), public_id)
    if found is None or found.self_assessment_id != assessment.id:
        raise Missing(NOT_FOUND)
    return found
