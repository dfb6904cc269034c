"""Reads back what a decision rested on from its row: scores, confirmed keys and circumstances as values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from audit.domain.findings import Grade
from audit.domain.levels import Circumstances


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A decided result; scores in percent, exact (domain.case.case_to_text wrote it)."""

    overall: Fraction
    themes: Mapping[str, Fraction | None]
    keys: Mapping[str, str]
    not_applicable: frozenset[str]
    circumstances: Circumstances


def result_from_text(text: str) -> Result:
    """The result of a decision; ValueError or KeyError for text that case_to_text did not write."""
    stored = json.loads(text)
    plan = [rule for rule in stored["rules"] if rule["kind"] == "plan_accepted"]
    return Result(
        overall=Fraction(stored["overall"]),
        themes={theme: None if value is None else Fraction(value) for theme, value in stored["themes"].items()},
        keys=stored["keys"],
        not_applicable=frozenset(stored["not_applicable"]),
        circumstances=Circumstances(
            open_findings={Grade(grade): count for grade, count in stored["findings"].items()},
            plan_accepted=all(rule["holds"] for rule in plan),
            certified_months=stored["certified_months"],
            indicator_months=stored["indicator_months"],
        ),
    )
