"""The home of a line as values: where it stands, what is next, its themes, its dates."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from audit.domain.certification import ENDED
from audit.domain.completeness import GapReason
from audit.domain.criteria import FIRST_ROUND_LEVEL, CriteriaSet, Level, Rule
from audit.domain.effort import Effort
from audit.domain.workflow import CLOSED, OPEN_FOR_THE_LINE, State
from audit.persistence.queries import certificates as certificate_queries
from audit.persistence.queries import rounds, teamwork
from audit.persistence.queries.certificates import Registered
from audit.persistence.queries.outlook import outlook_of
from audit.persistence.queries.rounds import LastSave, Round
from audit.persistence.tables import ReportingLine, SelfAssessment
from audit.web.line.cards import Material, ThemeEntry, mark, theme_entries
from audit.web.line.material import fading_items, gather, stale_items

MOST_TASKS = 5
MOST_FADING = 2  # of them


class TaskKind(StrEnum):
    RETURNED = "returned"
    CHECK_FACTS = "check_facts"
    GAP = "gap"
    THEME = "theme"
    EXPIRED = "expired"
    FADING = "fading"  # evidence that is soon past its date
    SUBMIT = "submit"


class Stage(StrEnum):
    DONE = "done"
    NOW = "now"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing to do next; the template has the words for each kind."""

    kind: TaskKind
    due: date
    criterion: str = ""
    criterion_title: str = ""
    theme: str = ""
    theme_title: str = ""
    number: int = 0
    count: int = 0
    reason: GapReason | None = None
    item: str = ""
    criteria: tuple[str, ...] = ()
    ended: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One date of the round: submit, review, facts, decide or appeal; the template has the words."""

    kind: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeRow:
    """One theme with a mark for each of its criteria."""

    entry: ThemeEntry
    marks: tuple[str, ...]
    in_words: tuple[tuple[str, int], ...]  # (mark, how many), for readers who do not see the marks
    expired: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Everything the home shows."""

    current: Round | None
    rounds: Sequence[Round]
    certificates: Sequence[Registered]
    material: Material | None
    themes: tuple[ThemeRow, ...]
    answered: int
    asked: int
    tasks: tuple[Task, ...]
    stages: tuple[Stage, ...]
    days: tuple[Day, ...]  # by date
    last: LastSave | None
    last_theme: int
    go_on: ThemeEntry | None
    level: Level | None
    missed: tuple[tuple[Level, Rule], ...]  # why not the next higher level
    overall: Fraction | None
    overdue: bool
    provisional: Level | None  # if reviewers confirmed everything as it is now; while the line can still change it
    shares: Mapping[int, int]  # by person: how many criteria are in their care

    @property
    def effort(self) -> Effort:
        """How long the whole self-assessment takes the first time."""
        return Effort(minutes=sum(row.entry.effort.minutes for row in self.themes))

    @property
    def editable(self) -> bool:
        return self.current is not None and self.current.assessment.state in OPEN_FOR_THE_LINE

    @property
    def certificate(self) -> Registered | None:
        """The certificate that counts: the latest that has not ended, else the latest."""
        in_force = [one for one in self.certificates if one.status not in ENDED]
        return next(iter(in_force or self.certificates), None)

    @property
    def certificate_awaited(self) -> bool:
        """Granted, and not issued yet: a scheduled job makes it."""
        decision = self.current.decision if self.current else None
        return (
            decision is not None
            and self.level is not None
            and self.level.certificate
            and all(one.certificate.decision_id != decision.id for one in self.certificates)
        )


def standing(session: Any, line: ReportingLine, person_id: int, today: date) -> Standing:
    """Where the line stands, as one of its people sees it; a constant number of statements."""
    found = rounds.rounds_of(session, line)
    current = next((one for one in found if one.assessment.state not in CLOSED), found[0] if found else None)
    certificates = certificate_queries.of_line(session, line.id, today)
    if current is None:
        return _before_the_first(found, certificates)
    assessment = current.assessment
    material = gather(session, assessment, today)
    entries = theme_entries(material)
    last = rounds.last_save(session, assessment.id)
    decision = current.decision
    level = material.criteria_set.level(decision.level) if decision else None
    shares = teamwork.shares_of(session, assessment.id)
    mine = frozenset(criterion for criterion, one in shares.items() if one.id == person_id)
    return Standing(
        current=current,
        rounds=found,
        certificates=certificates,
        material=material,
        themes=tuple(_row(material, entry) for entry in entries),
        answered=sum(entry.answered for entry in entries),
        asked=sum(entry.total for entry in entries),
        tasks=_tasks(material, current, entries, mine),
        stages=_stages(current, level, certificates),
        days=_days(current),
        last=last,
        last_theme=_theme_number(material, entries, last),
        go_on=next((entry for entry in entries if entry.gaps), None),
        level=level,
        missed=missed_rules(material.criteria_set, decision.result, decision.level) if decision else (),
        overall=Fraction(decision.overall) if decision else None,
        overdue=assessment.due_on < today and assessment.state in OPEN_FOR_THE_LINE,
        provisional=_provisional(session, assessment, material, today),
        shares=Counter(one.id for one in shares.values()),
    )


def _provisional(session: Any, assessment: SelfAssessment, material: Material, today: date) -> Level | None:
    if assessment.state not in OPEN_FOR_THE_LINE:
        return None
    found = outlook_of(session, assessment, material.criteria_set, material.answers, material.rows, today=today)
    return None if found is None else material.criteria_set.level(found.level)


def _before_the_first(found: Sequence[Round], certificates: Sequence[Registered]) -> Standing:
    return Standing(
        current=None,
        rounds=found,
        certificates=certificates,
        material=None,
        themes=(),
        answered=0,
        asked=0,
        tasks=(),
        stages=(),
        days=(),
        last=None,
        last_theme=0,
        go_on=None,
        level=None,
        missed=(),
        overall=None,
        overdue=False,
        provisional=None,
        shares=Counter(),
    )


def _row(material: Material, entry: ThemeEntry) -> ThemeRow:
    marks = []
    expired = 0
    for criterion in material.criteria_set.applicable(material.profile):
        if criterion.theme != entry.theme.id:
            continue
        saved = material.answers.get(criterion.id)
        key = None
        if saved is not None and saved.value.key and saved.value.counts:
            key = material.criteria_set.answer_set_of(criterion).answer(saved.value.key)
        not_applicable = saved is not None and saved.value.status == "not_applicable"
        marks.append(mark(key, not_applicable=not_applicable))
        expired += any(item.expired and not item.locked for item in material.evidence.get(criterion.id, []))
    order = ("l3", "l2", "l1", "l0", "na", "todo")
    return ThemeRow(
        entry=entry,
        marks=tuple(marks),
        in_words=tuple((name, marks.count(name)) for name in order if name in marks),
        expired=expired,
    )


def _tasks(
    material: Material, current: Round, entries: Sequence[ThemeEntry], mine: Collection[str]
) -> tuple[Task, ...]:
    """At most five things to do: the nearest date first, then what is in the visitor's own care.

    A theme nobody began counts as one thing.
    """
    assessment = current.assessment
    if assessment.state is State.FACTUAL_CHECK:
        return (Task(kind=TaskKind.CHECK_FACTS, due=assessment.facts_due_on or assessment.cycle.decide_by),)
    if assessment.state not in OPEN_FOR_THE_LINE:
        return ()
    due = assessment.due_on
    tasks = [Task(kind=TaskKind.RETURNED, due=due)] if assessment.state is State.RETURNED else []
    untouched = {entry.theme.id for entry in entries if entry.answered == 0 and entry.gaps}
    tasks += [
        Task(
            kind=TaskKind.EXPIRED,
            due=due,
            criterion=stale.criteria[0],
            criteria=stale.criteria,
            theme=stale.theme,
            item=stale.item.title,
            ended=stale.item.valid_until,
        )
        for stale in stale_items(material)
    ]
    tasks += [
        Task(
            kind=TaskKind.FADING,
            due=fading.item.valid_until or due,
            criterion=fading.criteria[0],
            criteria=fading.criteria,
            theme=fading.theme,
            item=fading.item.title,
            ended=fading.item.valid_until,
        )
        for fading in fading_items(material)[:MOST_FADING]
    ]
    named: set[str] = set()
    for gap in material.gaps:
        if gap.theme in untouched or gap.criterion in named:
            continue
        named.add(gap.criterion)
        criterion = material.criteria_set.criterion(gap.criterion)
        tasks.append(
            Task(
                kind=TaskKind.GAP,
                due=due,
                criterion=gap.criterion,
                criterion_title=criterion.title,
                theme=gap.theme,
                reason=gap.reason,
            )
        )
    for entry in entries:
        if entry.theme.id in untouched:
            tasks.append(
                Task(
                    kind=TaskKind.THEME,
                    due=due,
                    theme=entry.theme.id,
                    theme_title=entry.theme.title,
                    number=entry.number,
                    count=entry.total,
                )
            )
    if not material.gaps:
        tasks.append(Task(kind=TaskKind.SUBMIT, due=due))
    own = {*mine, *(material.criteria_set.criterion(name).theme for name in mine if material.criteria_set.has(name))}
    tasks.sort(
        key=lambda task: (task.due, task.kind is not TaskKind.RETURNED, (task.criterion or task.theme) not in own)
    )
    return tuple(tasks[:MOST_TASKS])


_PLACE = {
    State.DRAFT: 1,
    State.RETURNED: 1,
    State.SUBMITTED: 2,
    State.IN_REVIEW: 2,
    State.RECONCILIATION: 2,
    State.FACTUAL_CHECK: 2,
    State.AWAITING_DECISION: 3,
    State.DECIDED: 4,
}


def _stages(current: Round, level: Level | None, certificates: Sequence[Registered]) -> tuple[Stage, ...]:
    """Set-up, self-assessment, review, decision, certificate; none for a line that left the cycle."""
    here = _PLACE.get(current.assessment.state)
    if here is None:
        return ()
    decision = current.decision
    if decision is not None and any(one.certificate.decision_id == decision.id for one in certificates):
        here += 1
    elif level is not None and level.id == FIRST_ROUND_LEVEL:
        return (Stage.DONE,) * 5
    elif level is not None and not level.certificate:
        return (*(Stage.DONE,) * 4, Stage.AHEAD)
    return tuple(Stage.DONE if at < here else Stage.NOW if at == here else Stage.AHEAD for at in range(5))


def _days(current: Round) -> tuple[Day, ...]:
    """The dates of a round, the nearest first."""
    assessment, decision = current.assessment, current.decision
    days = [
        Day(kind="submit", on=assessment.due_on),
        Day(kind="review", on=assessment.cycle.review_by),
        Day(kind="decide", on=assessment.cycle.decide_by),
    ]
    if assessment.facts_due_on is not None:
        days.append(Day(kind="facts", on=assessment.facts_due_on))
    if decision is not None:
        days.append(Day(kind="appeal", on=decision.appeal_until))
    return tuple(sorted(days, key=lambda day: day.on))


def _theme_number(material: Material, entries: Sequence[ThemeEntry], last: LastSave | None) -> int:
    if last is None or not material.criteria_set.has(last.criterion):
        return 0
    theme = material.criteria_set.criterion(last.criterion).theme
    return next((entry.number for entry in entries if entry.theme.id == theme), 0)


def missed_rules(criteria_set: CriteriaSet, result: str, level: str) -> tuple[tuple[Level, Rule], ...]:
    """The rules of the next higher level that did not hold, from a decision's stored result (domain.case)."""
    order = [one.id for one in criteria_set.levels]
    if level not in order or order.index(level) == 0:
        return ()
    above = criteria_set.levels[order.index(level) - 1]
    missed = {rule["id"] for rule in json.loads(result or "{}").get("rules", []) if not rule["holds"]}
    return tuple((above, rule) for rule in above.rules if f"{above.id}.{rule.id}" in missed)
