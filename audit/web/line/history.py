"""The history of one answer: who said what when and how, what changed each time, and the way back to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, render_template, request

from audit.domain.answers import Answer, AnswerOrigin, Figure
from audit.domain.criteria import CriteriaSet
from audit.domain.differences import Piece, word_changes
from audit.domain.errors import N_, InvalidInput, Missing, StaleVersion
from audit.domain.permissions import Permission
from audit.domain.workflow import OPEN_FOR_THE_LINE
from audit.persistence.queries import assessments
from audit.persistence.queries.assessments import SavedAnswer
from audit.persistence.tables import SelfAssessment
from audit.usecases import self_assessment
from audit.web import visit
from audit.web.guards import NOT_FOUND, may, requires
from audit.web.line.answering import contested, criterion_of, problems_of, refused, shown_fields
from audit.web.line.blueprint import blueprint, place
from audit.web.line.cards import Stored, as_stored, mark
from audit.web.line.material import assessment_of, shown_set
from audit.web.replies import said, see
from audit.web.transaction import session

AT_ONCE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureChange:
    """One indicator whose figure is another than in the version before; None where there was or is none."""

    indicator: str
    before: Figure | None
    now: Figure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version with what changed since the one before it."""

    number: int
    saved_at: datetime | None
    saved_by: str
    origin: AnswerOrigin
    said: Stored
    before: Stored | None  # None for the first version
    level_changed: bool
    changes: tuple[Piece, ...]
    summary_changes: tuple[Piece, ...]
    figures: tuple[FigureChange, ...]
    is_present: bool


def versions(criteria_set: CriteriaSet, rows: Sequence[SavedAnswer], present: int) -> list[Version]:
    """The rows, latest first, each compared with the next; the last one of a page has its predecessor beyond it."""
    found = []
    for row, earlier in zip(rows, (*rows[1:], None), strict=False):
        old = earlier.value if earlier is not None else Answer()
        new = row.value
        found.append(
            Version(
                number=row.version,
                saved_at=row.saved_at,
                saved_by=row.saved_by,
                origin=row.origin,
                said=as_stored(criteria_set, row.criterion_id, new),
                before=as_stored(criteria_set, row.criterion_id, old) if earlier is not None else None,
                level_changed=earlier is None or (new.status, new.key) != (old.status, old.key),
                changes=word_changes(old.justification, new.justification),
                summary_changes=word_changes(old.summary, new.summary),
                figures=figure_changes(old, new),
                is_present=row.version == present,
            )
        )
    return found


def figure_changes(old: Answer, new: Answer) -> tuple[FigureChange, ...]:
    before = {figure.indicator: figure for figure in old.figures}
    now = {figure.indicator: figure for figure in new.figures}
    return tuple(
        FigureChange(indicator=name, before=before.get(name), now=now.get(name))
        for name in sorted({*before, *now})
        if before.get(name) != now.get(name)
    )


@blueprint.get("/assessments/<assessment>/criteria/<criterion>/history")
@requires(Permission.SEE_ASSESSMENT, load=assessment_of)
def history(assessment: SelfAssessment, criterion: str) -> str:
    """The latest versions first, a page at a time."""
    _, asked = criterion_of(assessment, criterion)
    present = assessments.answer_to(session(), assessment.id, criterion)
    before = request.args.get("before", "")
    rows = assessments.history(
        session(),
        assessment.id,
        criterion,
        before=int(before) if before.isdecimal() and len(before) < 10 else None,
        most=AT_ONCE + 1,
    )
    found = versions(shown_set(assessment), rows, present.version)[:AT_ONCE]
    return render_template(
        "line/history.html",
        line=assessment.line,
        assessment=assessment,
        cycle=assessment.cycle,
        criterion=asked,
        versions=found,
        present=present.version,
        earlier=found[-1].number if len(rows) > AT_ONCE else None,
        editable=assessment.state in OPEN_FOR_THE_LINE and may(Permission.ANSWER, assessment),
        mark=mark,
    )


@blueprint.post("/assessments/<assessment>/criteria/<criterion>/history/<int:version>/restored")
@requires(Permission.ANSWER, load=assessment_of)
def restore(assessment: SelfAssessment, criterion: str, version: int) -> Response:
    """Make an earlier version the present one; whoever saved meanwhile is not overwritten."""
    criteria_set, asked = criterion_of(assessment, criterion)
    seen = request.form.get("version", "")
    given: dict[str, Any] = {
        "expected_version": int(seen) if seen.isdecimal() and len(seen) < 10 else 0,
        "actor": visit.actor(),
        "at": visit.now(),
    }
    try:
        self_assessment.restore(session(), assessment, criteria_set, criterion, version, **given)
    except StaleVersion as stale:
        return contested(
            assessment, asked, shown_fields(assessment, asked, _said(assessment, criterion, version), 0), stale
        )
    except InvalidInput as refusal:
        stored = assessments.answer_to(session(), assessment.id, criterion)
        typed = shown_fields(assessment, asked, _said(assessment, criterion, version), stored.version)
        return refused(assessment, asked, typed, problems_of(refusal))
    return see(
        "theme",
        said(N_("%(criterion)s: the earlier version is your answer again."), criterion=criterion),
        anchor=criterion,
        theme=asked.theme,
        open=criterion,
        **place(assessment),
    )


def _said(assessment: SelfAssessment, criterion: str, version: int) -> Answer:
    found = assessments.version_of(session(), assessment.id, criterion, version)
    if found is None:
        raise Missing(NOT_FOUND)
    return found
