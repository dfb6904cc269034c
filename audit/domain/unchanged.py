"""What two cycles have in common: change is only told on criteria whose words and steps are the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from fractions import Fraction

from audit.domain.criteria import CriteriaSet, Criterion


def fingerprint(criteria_set: CriteriaSet, criterion: Criterion) -> str:
    """SHA-256 (hex) of what is asked: the criterion's sentence, its descriptors and the steps of its answer set.

    Title, reasons, evidence and weight may change without making two answers incomparable.
    """
    answer_set = criteria_set.answer_set_of(criterion)
    asked = [
        criterion.asks,
        [[key, text] for key, text in criterion.descriptors],
        [[answer.key, answer.level, str(answer.points)] for answer in answer_set.answers],
    ]
    return hashlib.sha256(json.dumps(asked, ensure_ascii=False).encode()).hexdigest()


def major_version(version: str) -> str:
    return version.partition(".")[0]


def unchanged_criteria(now: CriteriaSet, before: CriteriaSet) -> frozenset[str]:
    """Ids of criteria that two sets ask in the same words and steps.

    Empty for another set or another major version: lines are only compared against the same one (domain report 4.6).
    """
    if now.id != before.id or major_version(now.version) != major_version(before.version):
        return frozenset()
    return frozenset(
        criterion.id
        for criterion in now.criteria
        if before.has(criterion.id)
        and fingerprint(now, criterion) == fingerprint(before, before.criterion(criterion.id))
    )


def points_of(criteria_set: CriteriaSet, criterion_id: str, key: str) -> Fraction:
    """Points (0 to 1) of an answer key; KeyError for a key the answer set does not have."""
    answer = criteria_set.answer_set_of(criteria_set.criterion(criterion_id)).answer(key)
    if answer is None:
        raise KeyError(key)
    return answer.points


def theme_percent(
    criteria_set: CriteriaSet, theme_id: str, keys: Mapping[str, str], among: Collection[str]
) -> Fraction | None:
    """Weighted points of a theme in percent over the criteria in `among` that `keys` answers; None without any."""
    counted = [c for c in criteria_set.of_theme(theme_id) if c.id in among and c.id in keys]
    weight = sum(criterion.weight for criterion in counted)
    if not weight:
        return None
    total = sum((c.weight * points_of(criteria_set, c.id, keys[c.id]) for c in counted), Fraction(0))
    return 100 * total / weight


def overall_percent(criteria_set: CriteriaSet, themes: Mapping[str, Fraction | None]) -> Fraction | None:
    """Theme percentages by theme weight over the themes that have one; None without any."""
    rated = [(theme.weight, value) for theme in criteria_set.themes if (value := themes.get(theme.id)) is not None]
    weight = sum(share for share, _ in rated)
    return sum((share * value for share, value in rated), Fraction(0)) / weight if weight else None
