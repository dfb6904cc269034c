"""Practice: a self-assessment that counts nowhere, begun, emptied and left as the line likes."""

from __future__ import annotations

from flask import Response, render_template

from audit.domain.criteria import CriteriaSet
from audit.domain.criteria_translation import Translation
from audit.domain.errors import N_, Missing, WrongState
from audit.domain.permissions import Permission
from audit.persistence import criteria_sets
from audit.persistence.queries import practice as practice_queries
from audit.persistence.tables import CycleKind, ReportingLine, SelfAssessment
from audit.usecases import cycles as cycle_desk
from audit.web import visit
from audit.web.guards import NOT_FOUND, may, requires
from audit.web.line.blueprint import blueprint
from audit.web.line.material import assessment_of, line_of
from audit.web.replies import said, see
from audit.web.transaction import session


def refuse_practice(assessment: SelfAssessment) -> None:
    """For pages that practice has no use for."""
    if assessment.cycle.kind is CycleKind.PRACTICE:
        raise WrongState(N_("This is practice and counts nowhere: it has no date and no submission."))


@blueprint.get("/practice")
@requires(Permission.SEE_LINE, load=line_of)
def practice(line: ReportingLine) -> str:
    """What practice is, and the way in and out."""
    found = practice_queries.practice_of(session(), line.id)
    return render_template(
        "line/practice.html",
        line=line,
        practice=found,
        theme=visit.criteria_set(found.cycle.criteria_set_hash).themes[0].id if found is not None else "",
        may_practise=may(Permission.PRACTISE, line),
        ready=found is not None or _offered() is not None,
    )


def _offered() -> tuple[CriteriaSet, str, tuple[Translation, ...]] | None:
    """The set to practise on: the one of the latest full cycle, else the first sound file; with its source."""
    latest = practice_queries.latest_set(session())
    if latest is not None:
        return criteria_sets.frozen(session(), latest), "", ()
    for file in visit.wiring().criteria_files():
        if file.criteria_set is not None:
            return file.criteria_set, file.source, file.translations
    return None


@blueprint.post("/practice")
@requires(Permission.PRACTISE, load=line_of)
def start_practice(line: ReportingLine) -> Response:
    """Begin, or go on where it was left."""
    offered = _offered()
    if offered is None:
        raise WrongState(N_("There is no criteria set to practise on yet."))
    criteria_set, source, translations = offered
    begun = cycle_desk.start_practice(
        session(),
        line,
        criteria_set,
        source=source,
        translations=translations,
        actor=visit.actor(),
        at=visit.now(),
    )
    message = said(N_("This is practice. Try everything; nobody else sees it, and it counts nowhere."))
    theme = criteria_set.themes[0].id
    return see("theme", message, line=line.public_id, assessment=begun.public_id, theme=theme)


@blueprint.post("/assessments/<assessment>/practice/empty")
@requires(Permission.PRACTISE, load=assessment_of)
def empty_practice(assessment: SelfAssessment) -> Response:
    """Start over."""
    _only_practice(assessment)
    cycle_desk.empty_practice(session(), assessment, actor=visit.actor(), at=visit.now())
    return see("practice", said(N_("Emptied. You can begin again.")), line=assessment.line.public_id)


@blueprint.post("/assessments/<assessment>/practice/leave")
@requires(Permission.PRACTISE, load=assessment_of)
def leave_practice(assessment: SelfAssessment) -> Response:
    """Leave practice: nothing of it stays."""
    _only_practice(assessment)
    line = assessment.line.public_id
    cycle_desk.leave_practice(session(), assessment, actor=visit.actor(), at=visit.now())
    return see("home", said(N_("You have left practice. Nothing of it was kept.")), line=line)


def _only_practice(assessment: SelfAssessment) -> None:
    """What counts has no such address."""
    if assessment.cycle.kind is not CycleKind.PRACTICE:
        raise Missing(NOT_FOUND)
