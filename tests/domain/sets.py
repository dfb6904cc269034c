"""Small criteria sets built by hand, so that each rule can be looked at alone."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from audit.criteria_files import read
from audit.domain.criteria import (
    AnswerKey,
    AnswerSet,
    Band,
    Better,
    CriteriaSet,
    Criterion,
    EvidenceKind,
    Indicator,
    Level,
    Measure,
    Proves,
    Rule,
    SetStatus,
    Theme,
)

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "criteria" / "sectt-lines"
SMALL = ROOT / "tests" / "criteria" / "small"


@cache
def shipped() -> CriteriaSet:
    return read(SHIPPED)


@cache
def small() -> CriteriaSet:
    return read(SMALL)


def _answers(*steps: tuple[str, int, str]) -> tuple[AnswerKey, ...]:
    return tuple(AnswerKey(key=key, level=level, points=Fraction(points), title=key) for key, level, points in steps)


FOUR = _answers(("none", 0, "0"), ("partly", 1, "0.3"), ("mostly", 2, "0.7"), ("full", 3, "1"))
ANSWER_SETS = (
    AnswerSet(id="M", title="Maturity", core_min_level=2, answers=FOUR, practice_for_top=True),
    AnswerSet(id="I", title="Measured", core_min_level=2, answers=FOUR, from_indicators=True),
    AnswerSet(
        id="T", title="Steps", core_min_level=3, answers=_answers(("no", 0, "0"), ("partly", 1, "0.5"), ("yes", 3, "1"))
    ),
    AnswerSet(id="B", title="Yes or no", core_min_level=3, answers=_answers(("no", 0, "0"), ("yes", 3, "1"))),
)


def _kind(kind_id: str, proves: Proves, **more: Any) -> EvidenceKind:
    return EvidenceKind(id=kind_id, title=kind_id, text=kind_id, proves=proves, stores_file=True, **more)


KINDS = (
    _kind("procedure", Proves.DESIGN),
    _kind("test_record", Proves.PRACTICE),
    _kind("declaration", Proves.PRACTICE, counts_for_top=False),
    _kind("viewed_live", Proves.PRACTICE, replaces_any=True),
)


def an_indicator(indicator_id: str, measure: Measure, better: Better, bands: dict[int, str]) -> Indicator:
    return Indicator(
        id=indicator_id,
        title=indicator_id,
        text=indicator_id,
        unit="percent" if measure is Measure.RATE else "hours",
        measure=measure,
        better=better,
        numerator="n",
        denominator="cases",
        bands=tuple(Band(level=level, limit=Fraction(limit)) for level, limit in sorted(bands.items(), reverse=True)),
    )


INDICATORS = (
    an_indicator("RATE", Measure.RATE, Better.HIGHER, {3: "98", 2: "90", 1: "75"}),
    an_indicator("MEDIAN", Measure.MEDIAN, Better.LOWER, {3: "24", 2: "48", 1: "72"}),
    an_indicator("LONGEST", Measure.MAXIMUM, Better.LOWER, {3: "2", 2: "12", 1: "24"}),
    an_indicator("KEPT", Measure.COUNT, Better.LOWER, {3: "0", 2: "0", 1: "5"}),
    an_indicator("UP", Measure.VALUE, Better.HIGHER, {3: "99.9", 2: "99.5", 1: "99"}),
    an_indicator("COARSE", Measure.VALUE, Better.HIGHER, {2: "50"}),
    an_indicator("CONTEXT", Measure.COUNT, Better.NOT_GRADED, {}),
)


def a_criterion(criterion_id: str, answer_set: str = "M", weight: int = 1, **more: Any) -> Criterion:
    """A criterion of the theme that its id begins with."""
    return Criterion(
        id=criterion_id,
        theme=criterion_id.split("-")[0],
        title=criterion_id,
        asks=criterion_id,
        why=criterion_id,
        descriptors=(),
        answer_set=answer_set,
        weight=weight,
        **more,
    )


def a_set(
    criteria: Sequence[Criterion],
    *,
    weights: dict[str, int] | None = None,
    rules: Sequence[Rule] = (),
    **more: Any,
) -> CriteriaSet:
    """A set with a level "reached" of the given rules above "rest"; themes follow from the criteria."""
    themes = weights or dict.fromkeys((criterion.theme for criterion in criteria), 50)
    levels = (
        Level(
            id="reached", title="Reached", wording="Reached", certificate=True, validity_months=12, rules=tuple(rules)
        ),
        Level(id="rest", title="Rest", wording="Rest", certificate=False, validity_months=None, rules=()),
    )
    return CriteriaSet(
        **{
            "id": "built",
            "version": "1.0.0",
            "status": SetStatus.DRAFT,
            "title": "Built",
            "source_language": "en",
            "published": None,
            "note": "",
            "answer_sets": ANSWER_SETS,
            "evidence_kinds": KINDS,
            "indicators": INDICATORS,
            "profile": (),
            "themes": tuple(Theme(id=key, title=key, lede="", weight=weight) for key, weight in themes.items()),
            "criteria": tuple(criteria),
            "levels": levels if rules else levels[1:],
            **more,
        }
    )
