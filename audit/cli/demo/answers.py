"""What the sample lines answer: levels that lead to the story's fate, figures that fit them, sentences that say why."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from random import Random

from audit.cli.demo.story import Fate
from audit.domain.answers import Answer, AnswerStatus, Figure, FigureSource
from audit.domain.criteria import Better, CriteriaSet, Criterion, Indicator, Measure
from audit.domain.levels import Circumstances, judge
from audit.domain.scoring import score

# Fates that stop on the way still answer like a line that would be certified.
_AIMS = {Fate.EXEMPLARY: "exemplary", Fate.CONDITIONAL: "conditional", Fate.REFUSED: "not_certified"}


def keys_for(criteria_set: CriteriaSet, fate: Fate, chance: Random) -> dict[str, str]:
    """An answer key for each criterion, drawn until the rules give the level the story asks for."""
    aim = _AIMS.get(fate, "certified")
    circumstances = Circumstances(certified_months=24, indicator_months=12)
    for _ in range(500):
        keys = {c.id: _key(criteria_set, c, aim, chance) for c in criteria_set.criteria}
        for criterion_id in _weak_points(criteria_set, aim, chance):
            keys[criterion_id] = _lower(criteria_set, criteria_set.criterion(criterion_id), aim)
        if judge(criteria_set, score(criteria_set, keys), circumstances).level == aim:
            return keys
    raise AssertionError(f"no answers lead to {aim}")


def _key(criteria_set: CriteriaSet, criterion: Criterion, aim: str, chance: Random) -> str:
    answers = criteria_set.answer_set_of(criterion).answers
    if criterion.core:
        enough = [a for a in answers if a.level >= criteria_set.core_min_level(criterion)]
        weights = [1.0] if len(enough) == 1 else [0.6, 0.4] if aim != "exemplary" else [0.0, 1.0]
        return chance.choices([a.key for a in enough], weights)[0]
    if aim == "exemplary":
        return chance.choices([answers[-1].key, answers[-2].key], [0.8, 0.2])[0]
    spread = {"certified": [0.03, 0.22, 0.45, 0.30], "conditional": [0.08, 0.34, 0.42, 0.16]}
    weights = spread.get(aim, [0.2, 0.4, 0.3, 0.1])
    if len(answers) == 3:
        weights = [weights[0], weights[1], weights[2] + weights[3]]
    elif len(answers) == 2:
        weights = [weights[0] + weights[1], weights[2] + weights[3]]
    return chance.choices([a.key for a in answers], weights)[0]


def _weak_points(criteria_set: CriteriaSet, aim: str, chance: Random) -> list[str]:
    """The core criteria that keep a line from more: one to three for a conditional level, one for a refusal."""
    plain = [c.id for c in criteria_set.criteria if c.core and not c.stopper and not c.indicators]
    if aim == "conditional":
        return chance.sample(plain, chance.randint(1, 3))
    if aim == "not_certified":
        return chance.sample([c.id for c in criteria_set.criteria if c.stopper and not c.indicators] or plain, 1)
    return []


def _lower(criteria_set: CriteriaSet, criterion: Criterion, aim: str) -> str:
    """Level 1 where the answer set has one; a refusal goes to the bottom."""
    answers = criteria_set.answer_set_of(criterion).answers
    if aim == "not_certified":
        return answers[0].key
    return next((a.key for a in answers if a.level == 1), answers[0].key)


def answer_for(
    criteria_set: CriteriaSet, criterion: Criterion, key: str, *, year: int, today: date, language: str, chance: Random
) -> Answer:
    """The whole answer: level, two sentences, and the figures of the year before where the criterion has indicators."""
    descriptor = dict(criterion.descriptors)[key]
    when = date(today.year, chance.randint(1, max(1, today.month - 1)) if today.month > 1 else 1, chance.randint(1, 28))
    closing = chance.choice(
        [
            "The team looked at this together in {when}.",
            "This was last checked in {when}.",
            "Nothing has changed here since {when}.",
            "The network's visit in {when} saw the same.",
        ]
    ).format(when=f"{_MONTHS[when.month - 1]} {when.year}")
    level = next(a.level for a in criteria_set.answer_set_of(criterion).answers if a.key == key)
    return Answer(
        status=AnswerStatus.ANSWERED,
        key=key,
        justification=f"{descriptor} {closing}",
        figures=tuple(
            figure_for(criteria_set.indicator(indicator), level, year=year, chance=chance)
            for indicator in criterion.indicators
        ),
        language="en",
    )


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def figure_for(indicator: Indicator, level: int, *, year: int, chance: Random) -> Figure:
    """A figure of the year that lies in the band of the level (level 0: just outside the last band)."""
    value = _value_in_band(indicator, level, chance)
    cases = chance.randint(40, 400)
    if indicator.measure is Measure.RATE:
        numerator, denominator = _rate(value, cases, indicator.better)
    elif indicator.measure in (Measure.MEDIAN, Measure.MAXIMUM):
        numerator, denominator = _decimal(value), str(cases)
    elif indicator.measure is Measure.COUNT:
        numerator, denominator = str(-(-value.numerator // value.denominator)), None
    else:
        numerator, denominator = _decimal(value), None
    return Figure(
        indicator=indicator.id,
        numerator=numerator,
        denominator=denominator,
        period_from=f"{year}-01-01",
        period_to=f"{year}-12-31",
        source=chance.choices(list(FigureSource), [0.7, 0.2, 0.1])[0],
    )


def _value_in_band(indicator: Indicator, level: int, chance: Random) -> Fraction:
    """A value for which this level's band is the first that holds: between its limit and the next better one."""
    if not indicator.bands:
        return Fraction(chance.randint(2, 60))
    limits = {band.level: band.limit for band in indicator.bands}
    if level in limits:
        better = next((limits[above] for above in sorted(limits) if above > level), None)
        if better is None or better == limits[level]:
            better = (
                limits[level] * Fraction(1, 2)
                if indicator.better is Better.LOWER
                else min(Fraction(100), limits[level])
            )
        span = better - limits[level]
        return limits[level] + span * Fraction(chance.randint(0, 80), 100)
    worst = limits[min(limits)]
    if indicator.better is Better.LOWER:
        return worst + max(Fraction(1), worst * Fraction(1, 4))
    return worst * Fraction(4, 5)


def _rate(percent: Fraction, cases: int, better: Better) -> tuple[str, str]:
    """Counts whose rate does not fall out of the band by rounding."""
    exact = percent * cases / 100
    rounded = (
        -(-exact.numerator // exact.denominator) if better is Better.HIGHER else exact.numerator // exact.denominator
    )
    return str(min(cases, int(rounded))), str(cases)


def _decimal(value: Fraction) -> str:
    """One decimal, towards the better side for small whole limits: figures people would write down."""
    tenths = value * 10
    whole = tenths.numerator // tenths.denominator
    return str(whole // 10) if whole % 10 == 0 else f"{whole // 10}.{whole % 10}"
