"""Evidence at its criteria: added there, offered from the library, taken back, still valid from the last cycle."""

from __future__ import annotations

from flask import Response, request

from audit.domain.errors import N_, InvalidInput, Missing
from audit.domain.permissions import Permission
from audit.persistence.tables import SelfAssessment
from audit.usecases import self_assessment
from audit.web import visit
from audit.web.guards import NOT_FOUND, requires
from audit.web.line.answering import criterion_of, theme_page
from audit.web.line.blueprint import blueprint, place
from audit.web.line.cards import kinds_for
from audit.web.line.evidence_adding import add, tell
from audit.web.line.evidence_forms import EvidenceForm
from audit.web.line.material import assessment_of, item_of, shown_set
from audit.web.replies import said, see
from audit.web.transaction import session


@blueprint.post("/assessments/<assessment>/criteria/<criterion>/evidence")
@requires(Permission.ADD_EVIDENCE, load=assessment_of)
def add_to_criterion(assessment: SelfAssessment, criterion: str) -> Response:
    """Add a new item and offer it for this criterion."""
    criteria_set, asked = criterion_of(assessment, criterion)
    form, shown = EvidenceForm(), shown_set(assessment)
    form.offer(
        [(kind.id, kind.title) for kind in kinds_for(shown, asked)], known={kind.id for kind in shown.evidence_kinds}
    )
    if form.accepted():
        try:
            added = add(assessment.line, form, criteria_set)
            self_assessment.attach(
                session(), assessment, criteria_set, criterion, added.item, actor=visit.actor(), at=visit.now()
            )
        except InvalidInput as refusal:
            form.refuse(refusal)
        else:
            return _back(assessment, criterion, asked.theme, tell(added))
    return theme_page(
        assessment, asked.theme, evidence_typed={"criterion": criterion, "form": form}, status=form.status
    )


@blueprint.post("/assessments/<assessment>/criteria/<criterion>/offered")
@requires(Permission.ADD_EVIDENCE, load=assessment_of)
def offer(assessment: SelfAssessment, criterion: str) -> Response:
    """Offer an item of the library for this criterion."""
    criteria_set, asked = criterion_of(assessment, criterion)
    item = item_of(session(), assessment.line.public_id, request.form.get("item", ""))
    try:
        if item is None:
            raise InvalidInput(N_("Choose an item of your library."))
        self_assessment.attach(
            session(), assessment, criteria_set, criterion, item, actor=visit.actor(), at=visit.now()
        )
    except InvalidInput as refusal:
        return _refused(assessment, criterion, asked.theme, refusal)
    return _back(assessment, criterion, asked.theme, said(N_("“%(title)s” is offered here."), title=item.title))


@blueprint.post("/assessments/<assessment>/criteria/<criterion>/offered/<item>/taken-back")
@requires(Permission.ADD_EVIDENCE, load=assessment_of)
def take_back(assessment: SelfAssessment, criterion: str, item: str) -> Response:
    """Offer an item here no longer; it stays in the library."""
    criteria_set, asked = criterion_of(assessment, criterion)
    found = item_of(session(), assessment.line.public_id, item)
    if found is None:
        raise Missing(NOT_FOUND)
    self_assessment.detach(session(), assessment, criteria_set, criterion, found, actor=visit.actor(), at=visit.now())
    return _back(assessment, criterion, asked.theme, said(N_("Taken back. The item stays in your library.")))


@blueprint.post("/assessments/<assessment>/criteria/<criterion>/still-valid")
@requires(Permission.ADD_EVIDENCE, load=assessment_of)
def still_valid(assessment: SelfAssessment, criterion: str) -> Response:
    """Say that evidence of the last cycle is still valid: one item, or all that can be carried over."""
    criteria_set, asked = criterion_of(assessment, criterion)
    named = request.form.get("item")
    try:
        carried = self_assessment.still_valid(
            session(),
            assessment,
            criteria_set,
            criterion,
            None if named is None else [named],
            actor=visit.actor(),
            at=visit.now(),
        )
    except InvalidInput as refusal:
        return _refused(assessment, criterion, asked.theme, refusal)
    message = N_("Carried over from the last cycle. Your name and the time stand beside it.")
    return _back(assessment, criterion, asked.theme, said(message) if carried else "")


def _refused(assessment: SelfAssessment, criterion: str, theme: str, refusal: InvalidInput) -> Response:
    form = EvidenceForm(formdata=None)
    form.refuse(InvalidInput(refusal.message, **refusal.values))
    return theme_page(assessment, theme, evidence_typed={"criterion": criterion, "form": form}, status=422)


def _back(assessment: SelfAssessment, criterion: str, theme: str, message: str) -> Response:
    return see("theme", message, anchor=f"{criterion}-evidence", theme=theme, open=criterion, **place(assessment))
