"""The case of one line before its decision: confirmed answers, score, circumstances and the verdict of every rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from audit.domain.calendar import months_covered, months_without_break
from audit.domain.certification import ENDED, CertificateStatus, Events
from audit.domain.confirmation import Cap, capped
from audit.domain.criteria import CriteriaSet, Level, RuleKind
from audit.domain.findings import Grade
from audit.domain.journal import canonical
from audit.domain.levels import Circumstances, Verdict, judge
from audit.domain.scoring import Score, score
from audit.domain.settlement import AcceptedItem, Settled, current_kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """What the reviewers confirmed for one criterion."""

    criterion: str
    key: str | None
    not_applicable: bool
    grade: Grade
    comment: str
    settled: Settled
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One certificate of the line: its level, its first and last day, and its events in the order of recording."""

    level: str
    valid_from: date
    valid_until: date
    events: tuple[tuple[CertificateStatus, date], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything a decision rests on. `keys` are the confirmed answers after the caps that hold on the day."""

    confirmed: Mapping[str, Confirmed]
    keys: Mapping[str, str]
    not_applicable: frozenset[str]
    caps: Mapping[str, tuple[Cap, ...]]  # only criteria that a cap holds down
    lapsing: frozenset[str]  # criteria without current evidence on the day, whether or not that changes their level
    score: Score
    circumstances: Circumstances
    verdict: Verdict

    def with_plan(self, criteria_set: CriteriaSet, *, accepted: bool) -> Case:
        """The same case when the corrective plan is accepted, or not."""
        circumstances = replace(self.circumstances, plan_accepted=accepted)
        return replace(self, circumstances=circumstances, verdict=judge(criteria_set, self.score, circumstances))


def build_case(
    criteria_set: CriteriaSet,
    confirmed: Iterable[Confirmed],
    items: Mapping[str, Iterable[AcceptedItem]],
    *,
    profile: Mapping[str, object],
    earlier_findings: Iterable[tuple[str, Grade]] = (),
    held: Iterable[Held] = (),
    indicator_periods: Mapping[str, Iterable[tuple[date, date]]] | None = None,
    plan_accepted: bool = False,
    on: date,
) -> Case:
    """Score and judge a line on a day (scoring.md). `items` are the accepted evidence items of each criterion.

    Open findings are those of this review and earlier ones on criteria that were not judged anew. Raises ScoringError
    when the confirmed answers cannot be scored.
    """
    answers = {one.criterion: one for one in confirmed}
    keys: dict[str, str] = {}
    caps: dict[str, tuple[Cap, ...]] = {}
    lapsing = set()
    for criterion in criteria_set.criteria:
        one = answers.get(criterion.id)
        if one is None or one.key is None:
            continue
        kinds = current_kinds(criteria_set, criterion, items.get(criterion.id, ()), on=on)
        held_down = capped(criteria_set, criterion, one.key, kinds)
        keys[criterion.id] = held_down.key
        if held_down.caps:
            caps[criterion.id] = held_down.caps
        named = any(kind in criterion.evidence or criteria_set.kind(kind).replaces_any for kind in kinds)
        if criterion.review_every_months is not None and not named:
            lapsing.add(criterion.id)
    not_applicable = frozenset(one.criterion for one in answers.values() if one.not_applicable)
    reached = score(criteria_set, keys, not_applicable, profile)
    findings = Counter(one.grade for one in answers.values() if one.grade.can_be_open)
    findings.update(grade for criterion, grade in earlier_findings if criterion not in answers)
    circumstances = Circumstances(
        open_findings=dict(findings),
        plan_accepted=plan_accepted,
        certified_months=certified_months(criteria_set, held, on=on),
        indicator_months=indicator_months(criteria_set, keys, indicator_periods or {}),
    )
    return Case(
        confirmed=answers,
        keys=keys,
        not_applicable=not_applicable,
        caps=caps,
        lapsing=frozenset(lapsing),
        score=reached,
        circumstances=circumstances,
        verdict=judge(criteria_set, reached, circumstances),
    )


def certified_levels(criteria_set: CriteriaSet) -> frozenset[str]:
    """The levels that count as Certified or better: those from the top down to the last that asks for all core."""
    asking = [
        place
        for place, level in enumerate(criteria_set.levels)
        if level.certificate and any(rule.kind is RuleKind.CORE_MET for rule in level.rules)
    ]
    return frozenset(level.id for level in criteria_set.levels[: max(asking) + 1]) if asking else frozenset()


def is_conditional(level: Level) -> bool:
    """A level whose certificate rests on an accepted corrective plan."""
    return level.certificate and any(rule.kind is RuleKind.PLAN_ACCEPTED for rule in level.rules)


def certified_months(criteria_set: CriteriaSet, held: Iterable[Held], *, on: date) -> int:
    """Whole months as Certified or better up to a day, without a break; a suspension is a break."""
    levels = certified_levels(criteria_set)
    periods = [period for one in held if one.level in levels for period in _valid_periods(one)]
    return months_without_break(periods, on)


def _valid_periods(one: Held) -> list[tuple[date, date]]:
    """First and last days of the stretches in which a certificate was valid."""
    periods = []
    since: date | None = None
    events: Events = sorted(one.events, key=lambda event: event[1])
    for status, day in events:
        valid = status not in ENDED and status is not CertificateStatus.SUSPENDED
        if valid and since is None:
            since = max(day, one.valid_from)
        elif not valid and since is not None:
            periods.append((since, min(day - timedelta(days=1), one.valid_until)))
            since = None
        if status in ENDED:
            break
    if since is not None:
        periods.append((since, one.valid_until))
    return [(first, last) for first, last in periods if first <= last]


def indicator_months(
    criteria_set: CriteriaSet, keys: Iterable[str], periods: Mapping[str, Iterable[tuple[date, date]]]
) -> int:
    """Months for which every indicator of the counted criteria was delivered without a gap; 0 when one is missing."""
    asked = {indicator for key in keys for indicator in criteria_set.criterion(key).indicators}
    return min((months_covered(periods.get(indicator, ())) for indicator in asked), default=0)


def case_to_text(case: Case) -> str:
    """What a decision rested on, as canonical JSON for its row: exact scores, every rule, every confirmed key."""
    return canonical(
        {
            "overall": str(case.score.overall),
            "themes": {theme: None if value is None else str(value) for theme, value in case.score.by_theme.items()},
            "keys": dict(case.keys),
            "not_applicable": sorted(case.not_applicable),
            "caps": {criterion: [cap.value for cap in caps] for criterion, caps in case.caps.items()},
            "findings": {grade.value: count for grade, count in case.circumstances.open_findings.items()},
            "certified_months": case.circumstances.certified_months,
            "indicator_months": case.circumstances.indicator_months,
            "rules": [
                {
                    "id": rule.id,
                    "kind": rule.kind.value,
                    "value": None if rule.value is None else str(rule.value),
                    "limit": str(rule.limit),
                    "holds": rule.holds,
                    "detail": list(rule.detail),
                }
                for rule in case.verdict.rules
            ],
        }
    )
