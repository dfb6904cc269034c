"""What is missing before submission: a page of its own, and the parts of a theme page that a save brings up to date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template

from audit.domain.completeness import Gap
from audit.domain.criteria import Criterion
from audit.domain.permissions import Permission
from audit.domain.workflow import OPEN_FOR_THE_LINE
from audit.persistence.tables import SelfAssessment
from audit.web import visit
from audit.web.guards import relations_to, requires
from audit.web.line.blueprint import blueprint
from audit.web.line.cards import Material, ThemeEntry, theme_entries
from audit.web.line.material import assessment_of, days_until, fading_items, gather, stale_items
from audit.web.line.sharing import sharing_of
from audit.web.transaction import session


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How far the self-assessment is: criteria answered of those asked; things missing in one theme and in all."""

    answered: int
    asked: int
    here: int
    overall: int


def tally(material: Material, entries: Sequence[ThemeEntry], theme_id: str) -> Tally:
    return Tally(
        answered=sum(entry.answered for entry in entries),
        asked=sum(entry.total for entry in entries),
        here=sum(entry.gaps for entry in entries if entry.theme.id == theme_id),
        overall=len(material.gaps),
    )


def live_parts(material: Material, assessment: SelfAssessment, theme_id: str) -> dict[str, str]:
    """The parts of a theme page that a save may change beside its card, by the name they carry in data-live."""
    entries = theme_entries(material)
    here = next(entry for entry in entries if entry.theme.id == theme_id)
    counts = {f"count-{entry.theme.id}": render_template("line/theme_count.html", entry=entry) for entry in entries}
    return {
        **counts,
        "tally": render_template("line/theme_tally.html", tally=tally(material, entries, theme_id)),
        "gaps": render_template(
            "line/theme_gaps.html", entry=here, gaps=[gap for gap in material.gaps if gap.theme == theme_id]
        ),
    }


def grouped(material: Material, theme_id: str) -> list[tuple[Criterion, list[Gap]]]:
    """The gaps of a theme by criterion, in the set's order."""
    by_criterion: dict[str, list[Gap]] = {}
    for gap in material.gaps:
        if gap.theme == theme_id:
            by_criterion.setdefault(gap.criterion, []).append(gap)
    return [(material.criteria_set.criterion(name), found) for name, found in by_criterion.items()]


@blueprint.get("/assessments/<assessment>/missing")
@requires(Permission.SEE_ASSESSMENT, load=assessment_of)
def missing(assessment: SelfAssessment) -> str:
    """Everything that is missing before the self-assessment can be submitted."""
    material = gather(session(), assessment, visit.today())
    entries = theme_entries(material)
    sharing = sharing_of(assessment, material, relations_to(assessment))
    by_theme = [
        (entry, [one for one in grouped(material, entry.theme.id) if sharing.asks_for(one[0].id)]) for entry in entries
    ]
    return render_template(
        "line/missing.html",
        line=assessment.line,
        assessment=assessment,
        cycle=assessment.cycle,
        criteria_set=material.criteria_set,
        by_theme=[(entry, found) for entry, found in by_theme if found],
        sharing=sharing,
        criteria_open=len({gap.criterion for gap in material.gaps}),
        named=[material.criteria_set.criterion(name) for name in material.named],
        stale=stale_items(material),
        fading=fading_items(material),
        editable=assessment.state in OPEN_FOR_THE_LINE,
        days_left=days_until(assessment.due_on, visit.today()),
    )
