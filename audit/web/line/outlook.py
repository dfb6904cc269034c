"""Where a line stands as its answers are now: the provisional level, every rule, and the shortest path to a level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, request

from audit.domain.confirmation import Cap
from audit.domain.criteria import AnswerKey, CriteriaSet, Criterion, Level, Rule
from audit.domain.findings import Grade
from audit.domain.levels import RuleVerdict
from audit.domain.outlook import Need, Outlook, Way, Why, way_to
from audit.domain.permissions import Permission
from audit.domain.workflow import OPEN_FOR_THE_LINE
from audit.persistence.queries import assessments
from audit.persistence.queries.outlook import outlook_of
from audit.persistence.tables import SelfAssessment
from audit.web import level_rules, visit
from audit.web.guards import requires
from audit.web.level_rules import LevelRules
from audit.web.line.blueprint import blueprint
from audit.web.line.material import assessment_of, shown_set
from audit.web.transaction import session


@dataclass(frozen=True, slots=True, kw_only=True)
class Instead:
    """Another criterion that could be raised in place of one on the path."""

    criterion: Criterion
    to: AnswerKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Waypoint:
    """One criterion of the path in words; `descriptor` says what can be seen at the level aimed at."""

    criterion: Criterion
    start: AnswerKey
    end: AnswerKey
    descriptor: str
    why: Why
    needs: tuple[Need, ...]
    answered: bool
    unanswered: bool
    from_figures: bool
    instead: tuple[Instead, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """A rule that no answer changes and that does not hold today."""

    rule: Rule
    verdict: RuleVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class PathView:
    """The way to one level. `waypoints` is None where no answers reach it."""

    level: Level
    waypoints: tuple[Waypoint, ...] | None
    level_steps: int
    obstacles: tuple[Obstacle, ...]
    findings: tuple[tuple[Criterion, Grade], ...]
    by_answers_alone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldDown:
    """A criterion that evidence keeps below what was said."""

    criterion: Criterion
    said: AnswerKey
    stands: AnswerKey
    caps: tuple[Cap, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlookView:
    """Everything the page shows."""

    level: Level
    by_answers: Level
    with_plan: Level
    unanswered: int
    groups: Sequence[LevelRules]
    held_down: tuple[HeldDown, ...]
    higher: tuple[Level, ...]  # the levels above the provisional one, the nearest first
    path: PathView | None  # None at the highest level


def view_of(criteria_set: CriteriaSet, found: Outlook, wanted: str) -> OutlookView:
    """The page for an outlook. `wanted` names the level of the path; where that is no higher one, the next is meant."""
    order = [level.id for level in criteria_set.levels]
    higher = tuple(reversed(criteria_set.levels[: order.index(found.level)]))
    chosen = next((level for level in higher if level.id == wanted), higher[0] if higher else None)
    return OutlookView(
        level=criteria_set.level(found.level),
        by_answers=criteria_set.level(found.by_answers.level),
        with_plan=criteria_set.level(found.with_plan.level),
        unanswered=len(found.unanswered),
        groups=level_rules.groups(criteria_set, found.case.verdict),
        held_down=tuple(_held_down(criteria_set, found, name) for name in found.case.caps if name in found.said),
        higher=higher,
        path=None if chosen is None else _path(criteria_set, found, chosen),
    )


def _held_down(criteria_set: CriteriaSet, found: Outlook, name: str) -> HeldDown:
    criterion = criteria_set.criterion(name)
    return HeldDown(
        criterion=criterion,
        said=_key(criteria_set, criterion, found.said[name]),
        stands=_key(criteria_set, criterion, found.case.keys[name]),
        caps=found.case.caps[name],
    )


def _path(criteria_set: CriteriaSet, found: Outlook, level: Level) -> PathView:
    way = way_to(criteria_set, found, level.id)
    return PathView(
        level=level,
        waypoints=_waypoints(criteria_set, found, way),
        level_steps=way.path.level_steps,
        obstacles=tuple(
            Obstacle(rule=level_rules.rule_of(criteria_set, judged), verdict=judged) for judged in way.path.obstacles
        ),
        findings=tuple(
            (criteria_set.criterion(name), grade) for name, grade in way.open_findings if criteria_set.has(name)
        ),
        by_answers_alone=way.by_answers_alone,
    )


def _waypoints(criteria_set: CriteriaSet, found: Outlook, way: Way) -> tuple[Waypoint, ...] | None:
    if way.raises is None:
        return None
    points = []
    for one in way.raises:
        criterion = criteria_set.criterion(one.step.criterion)
        points.append(
            Waypoint(
                criterion=criterion,
                start=_key(criteria_set, criterion, one.step.from_key),
                end=_key(criteria_set, criterion, one.step.to_key),
                descriptor=dict(criterion.descriptors).get(one.step.to_key, ""),
                why=one.why,
                needs=one.needs,
                answered=one.answered,
                unanswered=criterion.id in found.unanswered,
                from_figures=one.step.from_figures,
                instead=tuple(_instead(criteria_set, other.criterion, other.to_key) for other in one.step.alternatives),
            )
        )
    return tuple(points)


def _instead(criteria_set: CriteriaSet, name: str, key: str) -> Instead:
    criterion = criteria_set.criterion(name)
    return Instead(criterion=criterion, to=_key(criteria_set, criterion, key))


def _key(criteria_set: CriteriaSet, criterion: Criterion, key: str) -> AnswerKey:
    found = criteria_set.answer_set_of(criterion).answer(key)
    assert found is not None  # only keys of the set are counted
    return found


@blueprint.get("/assessments/<assessment>/outlook")
@requires(Permission.SEE_ASSESSMENT, load=assessment_of)
def outlook(assessment: SelfAssessment) -> str:
    """The provisional level and what leads further; never a result."""
    criteria_set = shown_set(assessment)
    answers = assessments.answers_of(session(), assessment.id)
    offered = assessments.evidence_of(session(), assessment.id)
    found = outlook_of(session(), assessment, criteria_set, answers, offered, today=visit.today())
    return render_template(
        "line/outlook.html",
        line=assessment.line,
        assessment=assessment,
        cycle=assessment.cycle,
        criteria_set=criteria_set,
        view=None if found is None else view_of(criteria_set, found, request.args.get("level", "")),
        editable=assessment.state in OPEN_FOR_THE_LINE,
    )
