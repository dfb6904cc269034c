"""Invented lines that were assessed against the shipped set, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from audit.domain.comparison import (
    AssessedLine,
    ComparisonFacts,
    EarlierCycle,
    EarlierResult,
    Edition,
    IndicatorFigure,
    OpenFinding,
    coordinator_facts,
)
from audit.domain.criteria import CriteriaSet, Measure
from audit.domain.levels import judge
from audit.domain.scoring import may_be_not_applicable, score
from tests.domain.sets import shipped

COUNTRIES = (
    "AT",
    "BE",
    "BR",
    "KH",
    "CL",
    "CZ",
    "EE",
    "FI",
    "FR",
    "DE",
    "GR",
    "IN",
    "JO",
    "KE",
    "LU",
    "MX",
    "NL",
    "PL",
    "PT",
    "ZA",
    "SE",
    "TH",
)
EDITION = Edition(
    network="Sample network of reporting lines",
    cycle="Audit cycle 2026",
    closed_on="2026-11-30",
    made_at="2026-12-01T04:00:00+00:00",
    invited=24,
    language="en",
    set_hash="3f6c" * 16,
    contact="secretariat@network.example",
    sample=True,
)
CHANGED = ("INT-03", "LRN-05")  # asked in other words a cycle before


def earlier_set(criteria_set: CriteriaSet) -> CriteriaSet:
    """The set of the cycle before: two criteria were worded otherwise."""
    criteria = tuple(
        replace(criterion, asks=f"{criterion.asks} Formerly.") if criterion.id in CHANGED else criterion
        for criterion in criteria_set.criteria
    )
    return replace(criteria_set, criteria=criteria)


def a_line(
    number: int, chance: random.Random, *, criteria_set: CriteriaSet | None = None, name: str = "", earlier: bool = True
) -> AssessedLine:
    """One line, better or worse by chance."""
    used = criteria_set or shipped()
    country = COUNTRIES[number % len(COUNTRIES)]
    profile = {fact.id: chance.choice(fact.options).key for fact in used.profile}
    quality = chance.uniform(0.35, 0.8)
    keys, left_out = _answers(used, profile, quality, chance)
    before, before_left_out = _answers(used, profile, quality - 0.05, chance)
    scored = score(used, keys, left_out, profile)
    scored_before = score(used, before, before_left_out, profile)
    previous = EarlierResult(
        level=judge(used, scored_before).level,
        overall=scored_before.overall,
        themes=scored_before.by_theme,
        criteria=before,
    )
    return AssessedLine(
        line=f"line{number:04d}",
        name=name or f"Sample line {country} {number // len(COUNTRIES) + 1}",
        country=country,
        level=judge(used, scored).level,
        overall=scored.overall,
        themes=scored.by_theme,
        criteria=keys,
        not_applicable=left_out,
        self_assessed={key: keys[key] for key in sorted(keys) if chance.random() < 0.9},
        findings=tuple(_findings(used, keys)),
        indicators=_figures(used, chance),
        profile=profile,
        certificate=f"PL-2026-{country}-{number:04d}-7",
        previous=previous if earlier else None,
    )


def _answers(
    used: CriteriaSet, profile: dict[str, str], quality: float, chance: random.Random
) -> tuple[dict[str, str], tuple[str, ...]]:
    keys: dict[str, str] = {}
    left_out: list[str] = []
    for criterion in used.applicable(profile):
        if may_be_not_applicable(criterion) and not criterion.core and chance.random() < 0.02:
            left_out.append(criterion.id)
            continue
        steps = used.answer_set_of(criterion).answers
        drawn = quality + chance.gauss(0, 0.2) + (0.15 if criterion.core else 0)
        keys[criterion.id] = steps[min(max(int(drawn * len(steps)), 0), len(steps) - 1)].key
    return keys, tuple(left_out)


def _findings(used: CriteriaSet, keys: dict[str, str]) -> Iterator[OpenFinding]:
    for criterion_id, key in keys.items():
        criterion = used.criterion(criterion_id)
        answer = used.answer_set_of(criterion).answer(key)
        if answer is not None and criterion.core and answer.level < used.core_min_level(criterion):
            grade = "major" if criterion.stopper else "minor"
            text = "The rule exists; no record shows that it was used since."
            yield OpenFinding(criterion=criterion_id, grade=grade, text=text, due_on="2027-02-28")


def _figures(used: CriteriaSet, chance: random.Random) -> dict[str, IndicatorFigure]:
    figures = {}
    for indicator in used.indicators:
        if chance.random() < 0.1:
            continue
        value = Fraction(chance.randint(0, 1000), 10)
        counted = indicator.measure in (Measure.RATE, Measure.MEDIAN, Measure.MAXIMUM)
        figures[indicator.id] = IndicatorFigure(value=value, cases=chance.choice([4, 12, 90]) if counted else None)
    return figures


def some_lines(count: int, seed: int = 1, **more: bool) -> list[AssessedLine]:
    chance = random.Random(seed)
    return [a_line(number, chance, **more) for number in range(count)]


def some_facts(count: int, seed: int = 1) -> ComparisonFacts:
    return coordinator_facts(
        shipped(),
        some_lines(count, seed),
        edition=replace(EDITION, invited=count + 2),
        earlier=EarlierCycle(name="Audit cycle 2025", criteria_set=earlier_set(shipped())),
    )
