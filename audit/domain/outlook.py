"""Where a line stands before anybody reviewed it: the level if every answer and item were confirmed as it is now.

It is the case that a decision would rest on (domain.case), with unanswered criteria at their lowest level, so that the
two cannot differ. What no answer changes is named beside it: evidence, findings that are still open, months, a plan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from audit.domain.answers import Answer, AnswerStatus
from audit.domain.case import Case, Confirmed, Held, build_case
from audit.domain.completeness import EVIDENCE_FROM_LEVEL, is_shown
from audit.domain.confirmation import Cap, capped
from audit.domain.criteria import CriteriaSet, Criterion, Level, RuleKind
from audit.domain.findings import Grade
from audit.domain.levels import Circumstances, Verdict, judge
from audit.domain.scoring import may_be_not_applicable, score
from audit.domain.settlement import AcceptedItem, Settled, current_kinds
from audit.domain.shortest_path import Path, Step, lowest_where_unanswered, shortest_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """`case` counts evidence as well; `by_answers` is what the same answers give when evidence holds nothing down."""

    case: Case
    by_answers: Verdict
    with_plan: Verdict  # once a plan with dates for what is missing is accepted
    said: Mapping[str, str]  # the answered keys, before evidence is looked at
    unanswered: tuple[str, ...]  # counted at the lowest level, in the set's order
    open_findings: tuple[tuple[str, Grade], ...]  # of earlier reviews, which a new review may find mended
    kinds: Mapping[str, frozenset[str]]  # the kinds of evidence that are current, by criterion

    @property
    def level(self) -> str:
        return self.case.verdict.level

    @property
    def now(self) -> Circumstances:
        """The circumstances with every finding that is open today."""
        findings = Counter(grade for _, grade in self.open_findings)
        return replace(self.case.circumstances, open_findings=dict(findings))


def outlook(
    criteria_set: CriteriaSet,
    profile: Mapping[str, object],
    answers: Mapping[str, Answer],
    items: Mapping[str, Iterable[AcceptedItem]],
    *,
    earlier_findings: Collection[tuple[str, Grade]] = (),
    held: Iterable[Held] = (),
    indicator_periods: Mapping[str, Iterable[tuple[date, date]]] | None = None,
    on: date,
) -> Outlook:
    """The outlook on a day; ScoringError when so much is not applicable that no theme can be rated."""
    asked = tuple(criteria_set.applicable(profile))
    said: dict[str, str] = {}
    not_applicable = set()
    for criterion in asked:
        answer = answers.get(criterion.id, Answer())
        key = answer.key if answer.status is AnswerStatus.ANSWERED else None
        if answer.status is AnswerStatus.NOT_APPLICABLE and may_be_not_applicable(criterion):
            not_applicable.add(criterion.id)
        elif key and criteria_set.answer_set_of(criterion).answer(key) is not None:
            said[criterion.id] = key
    keys = lowest_where_unanswered(criteria_set, asked, said, not_applicable)
    offered = {criterion.id: tuple(items.get(criterion.id, ())) for criterion in asked}
    case = build_case(
        criteria_set,
        [_confirmed(criterion, keys.get(criterion.id)) for criterion in asked],
        offered,
        profile=profile,
        earlier_findings=earlier_findings,
        held=held,
        indicator_periods=indicator_periods,
        on=on,
    )
    return Outlook(
        case=case,
        by_answers=judge(criteria_set, score(criteria_set, keys, not_applicable, profile), case.circumstances),
        with_plan=case.with_plan(criteria_set, accepted=True).verdict,
        said=said,
        unanswered=tuple(one.id for one in asked if one.id not in said and one.id not in not_applicable),
        open_findings=tuple(earlier_findings),
        kinds={one.id: current_kinds(criteria_set, one, offered[one.id], on=on) for one in asked},
    )


def _confirmed(criterion: Criterion, key: str | None) -> Confirmed:
    """The answer as reviewers would leave it who agree with everything."""
    return Confirmed(
        criterion=criterion.id,
        key=key,
        not_applicable=key is None,
        grade=Grade.CONFORMS,
        comment="",
        settled=Settled.AGREED,
        reason="",
    )


class Why(StrEnum):
    """Why a criterion is on the path."""

    STOPPER = "stopper"  # its own rule asks for it
    CORE = "core"  # likewise
    TOO_LOW = "too_low"  # too many core criteria stand at its level
    POINTS = "points"  # for a theme's floor or the overall score


class Need(StrEnum):
    """What evidence a raise asks for that is not there."""

    PRACTICE = "practice"
    CURRENT = "current"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Raise:
    """One step of the way. `answered`: the line says so already, and only the evidence is missing."""

    step: Step
    why: Why
    needs: tuple[Need, ...]
    answered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The shortest path to a level, with what else it takes. `raises` is None where no answers reach the level."""

    path: Path
    raises: tuple[Raise, ...] | None
    open_findings: tuple[tuple[str, Grade], ...]  # those the level's rules count

    @property
    def by_answers_alone(self) -> bool:
        return not self.path.obstacles and not self.open_findings and not any(one.needs for one in self.raises or ())


def way_to(criteria_set: CriteriaSet, view: Outlook, level_id: str) -> Way:
    """The way from where the line stands, evidence counted, to a level; KeyError for a level the set does not have."""
    path = shortest_path(criteria_set, view.case.score, level_id, view.now)
    rules = [rule for level in included(criteria_set, level_id) for rule in level.rules]
    grades = {grade for rule in rules if rule.kind is RuleKind.OPEN_FINDINGS_AT_MOST for grade in rule.grades}
    too_low = {
        name
        for level in included(criteria_set, level_id)
        for rule in view.case.verdict.of_level(level.id)
        if rule.kind is RuleKind.CORE_AT_LEVEL_AT_MOST and not rule.holds
        for name in rule.detail
    }
    return Way(
        path=path,
        raises=None if path.steps is None else tuple(_raise(criteria_set, view, one, too_low) for one in path.steps),
        open_findings=tuple(one for one in view.open_findings if one[1].value in grades),
    )


def included(criteria_set: CriteriaSet, level_id: str) -> tuple[Level, ...]:
    """The level and every level whose rules it includes."""
    level = {one.id: one for one in criteria_set.levels}[level_id]
    below = [one for rule in level.rules if rule.includes for one in included(criteria_set, rule.includes)]
    return (level, *dict.fromkeys(below))


def _raise(criteria_set: CriteriaSet, view: Outlook, step: Step, too_low: Collection[str]) -> Raise:
    criterion = criteria_set.criterion(step.criterion)
    why = Why.POINTS
    if step.required:
        why = Why.STOPPER if criterion.stopper else Why.CORE
    elif step.criterion in too_low:
        why = Why.TOO_LOW
    said = view.said.get(step.criterion)
    return Raise(
        step=step,
        why=why,
        needs=needs(criteria_set, criterion, step.to_key, view.kinds.get(criterion.id, frozenset())),
        answered=said is not None
        and _level(criteria_set, criterion, said) >= _level(criteria_set, criterion, step.to_key),
    )


def needs(criteria_set: CriteriaSet, criterion: Criterion, key: str, kinds: frozenset[str]) -> tuple[Need, ...]:
    """What evidence an answer asks for and the current kinds do not give."""
    caps = capped(criteria_set, criterion, key, kinds).caps
    found = [Need.PRACTICE] if Cap.NO_PRACTICE in caps else []
    if Cap.NOT_CURRENT in caps:
        found.append(Need.CURRENT)
    elif (
        not found
        and _level(criteria_set, criterion, key) >= EVIDENCE_FROM_LEVEL
        and criterion.evidence
        and not is_shown(criteria_set, criterion, kinds)
    ):
        found.append(Need.EVIDENCE)
    return tuple(found)


def _level(criteria_set: CriteriaSet, criterion: Criterion, key: str) -> int:
    answer = criteria_set.answer_set_of(criterion).answer(key)
    return -1 if answer is None else answer.level
