"""Opening a cycle, with a look at everything it sends before it does; closing one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Response, render_template, request
from wtforms import DateField, IntegerField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange

from audit.domain.errors import N_, AuditError
from audit.domain.first_round import first_round
from audit.domain.permissions import Permission
from audit.persistence.queries import network
from audit.persistence.queries import people as people_queries
from audit.persistence.tables import Cycle, CycleKind, ReportingLine
from audit.ports import CriteriaFile
from audit.usecases import cycles as cycle_desk
from audit.web import visit
from audit.web.forms import Form, Longest, Needed, stripped
from audit.web.guards import requires
from audit.web.network.blueprint import A_DATE, blueprint, cycle_of
from audit.web.replies import said, see
from audit.web.transaction import session

_NUMBER = N_("Enter a number between 1 and 60.")


class CycleForm(Form):
    name = StringField(
        N_("Name"),
        description=N_("Usually the year, for example 2026."),
        filters=[stripped],
        validators=[Needed(N_("Enter a name.")), Longest(80)],
    )
    kind = RadioField(
        N_("What is asked"),
        choices=[
            SelectChoice(CycleKind.FULL.value, N_("Everything: a full cycle, which can end in a certificate")),
            SelectChoice(
                CycleKind.FIRST_ROUND.value,
                N_("The core criteria only: a first round for new lines, once, which ends in a letter"),
            ),
        ],
        default=CycleKind.FULL.value,
        validators=[Needed(N_("Choose what is asked."))],
    )
    criteria_set = SelectField(N_("Criteria set"), validators=[Needed(N_("Choose a criteria set."))])
    lines = SelectMultipleField(N_("Lines"), validators=[Needed(N_("Choose at least one line."))])
    opens_on = DateField(N_("Opens on"), validators=[Needed(A_DATE)])
    submit_by = DateField(N_("Self-assessments are due on"), validators=[Needed(A_DATE)])
    review_by = DateField(N_("Reviews end on"), validators=[Needed(A_DATE)])
    decide_by = DateField(N_("Decisions are due on"), validators=[Needed(A_DATE)])
    reviewers = SelectField(
        N_("Reviewers for each line"),
        choices=[
            SelectChoice("2", N_("Two, each blind to the other")),
            SelectChoice("1", N_("One, where the network is small")),
        ],
        default="2",
    )
    validity_months = IntegerField(
        N_("Certificates are valid for, in months"),
        default=36,
        validators=[Needed(_NUMBER), NumberRange(1, 60, message=_NUMBER)],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """Whom the opening of the cycle writes to, line by line."""

    line: ReportingLine
    people: tuple[str, ...]


@blueprint.get("/cycles/new")
@requires(Permission.SEE_NETWORK)
def open_cycle() -> tuple[str, int]:
    today = visit.today()
    form = CycleForm(
        formdata=None,
        name="" if network.cycle_by_name(session(), str(today.year)) else str(today.year),
        opens_on=today,
        submit_by=today + timedelta(days=90),
        review_by=today + timedelta(days=135),
        decide_by=today + timedelta(days=165),
    )
    return _page(form)


def _page(form: CycleForm) -> tuple[str, int]:
    files = visit.wiring().criteria_files()
    lines = network.lines(session())
    _offer(form, files, lines)
    if not form.is_submitted():
        form.lines.data = [line.public_id for line in lines]
    page = render_template(
        "network/open_cycle.html",
        form=form,
        lines=lines,
        broken=[one for one in files if one.mistakes],
        untranslated=[one for one in files if one.translation_mistakes],
    )
    return page, form.status


def _offer(form: CycleForm, files: tuple[CriteriaFile, ...], lines: list[ReportingLine]) -> None:
    """The sets whose files are sound, and the lines of the network."""
    form.criteria_set.choices = [
        SelectChoice(one.folder, f"{shown.title}, {shown.version}")
        for one in files
        if (shown := one.shown(visit.reading().code))
    ]
    form.lines.choices = [SelectChoice(line.public_id, line.name_latin or line.name) for line in lines]


@blueprint.post("/cycles/new")
@requires(Permission.OPEN_CYCLE)
def send_cycle() -> Response | tuple[str, int]:
    """First shows what would be sent to whom; opens the cycle when that was confirmed."""
    form = CycleForm()
    files = visit.wiring().criteria_files()
    lines = network.lines(session())
    if not lines:
        return see("open_cycle")
    _offer(form, files, lines)
    if not form.accepted() or request.form.get("again"):
        return _page(form)
    chosen = [line for line in lines if line.public_id in set(form.lines.data)]
    file = next(one for one in files if one.folder == form.criteria_set.data)
    kind = CycleKind(form.kind.data)
    dates = (form.opens_on.data, form.submit_by.data, form.review_by.data, form.decide_by.data)
    try:
        if request.form.get("confirmed") != "yes":
            cycle_desk.plan_cycle(
                session(), name=form.name.data, kind=kind, criteria_set=file.criteria_set, lines=chosen, dates=dates
            )
            return _preview(form, kind, file, chosen)
        opened = cycle_desk.open_cycle(
            session(),
            name=form.name.data,
            kind=kind,
            criteria_set=file.criteria_set,
            source=file.source,
            translations=file.translations,
            lines=chosen,
            opens_on=form.opens_on.data,
            submit_by=form.submit_by.data,
            review_by=form.review_by.data,
            decide_by=form.decide_by.data,
            reviewers=int(form.reviewers.data),
            validity_months=form.validity_months.data,
            actor=visit.actor(),
            at=visit.now(),
        )
    except AuditError as refusal:
        form.refuse(refusal)
        return _page(form)
    return see("cycle", said(N_("The cycle is open. The lines have their letters.")), cycle=opened.public_id)


def _preview(form: CycleForm, kind: CycleKind, file: CriteriaFile, chosen: list[ReportingLine]) -> tuple[str, int]:
    """What would be asked of whom, and whom the letters would go to; nothing has happened yet."""
    shown = file.shown(visit.reading().code)
    letters = [
        Letters(line=line, people=tuple(held.person.name for held in people_queries.people_of_line(session(), line)))
        for line in chosen
    ]
    page = render_template(
        "network/open_cycle_preview.html",
        form=form,
        shown=first_round(shown) if kind is CycleKind.FIRST_ROUND else shown,
        first_round=kind is CycleKind.FIRST_ROUND,
        letters=letters,
    )
    return page, 200


@blueprint.get("/cycles/<cycle>/close")
@requires(Permission.SEE_NETWORK, load=cycle_of)
def close_cycle(cycle: Cycle) -> tuple[str, int]:
    return _closing(cycle, Form(formdata=None))


def _closing(cycle: Cycle, form: Form) -> tuple[str, int]:
    shown = network.overview(session(), cycle.id, today=visit.today())
    left = [row for row in shown.lines if row.assessment.state not in ("decided", "withdrawn")]
    return render_template("network/close_cycle.html", cycle=cycle, left=left, form=form), form.status


@blueprint.post("/cycles/<cycle>/close")
@requires(Permission.CLOSE_CYCLE, load=cycle_of)
def close(cycle: Cycle) -> Response | tuple[str, int]:
    """Close the cycle; its comparison report follows."""
    form = Form()
    if form.accepted():
        try:
            cycle_desk.close_cycle(session(), cycle, actor=visit.actor(), at=visit.now())
        except AuditError as refusal:
            form.refuse(refusal)
        else:
            message = N_("The cycle is closed. Its comparison report is made within minutes.")
            return see("cycle", said(message), cycle=cycle.public_id)
    return _closing(cycle, form)
