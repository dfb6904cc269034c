"""From the reviewers' verdicts on one criterion to what is confirmed, or to the need for reconciliation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import reduce
from itertools import combinations

from audit.domain.calendar import add_months
from audit.domain.confirmation import agreed_key, reconcile_needed
from audit.domain.criteria import CriteriaSet, Criterion
from audit.domain.findings import Grade, graver


class Settled(StrEnum):
    """How a confirmed answer came about."""

    AGREED = "agreed"
    LOWER_STANDS = "lower_stands"
    RECONCILED = "reconciled"
    SINGLE = "single"  # the cycle asks for one reviewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one reviewer said in full: a level or "not applicable", a finding, a comment."""

    key: str | None
    not_applicable: bool
    grade: Grade
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    key: str | None
    not_applicable: bool
    grade: Grade
    comment: str
    settled: Settled


def settle(criteria_set: CriteriaSet, criterion: Criterion, verdicts: Sequence[Verdict]) -> Settlement | None:
    """What the verdicts confirm, or None where the reviewers must reconcile (scoring.md, From answers to levels).

    "Not applicable" beside a level is always a difference. Where levels agree, or differ by one on a criterion that is
    not core, the lower level and the graver finding stand, with what each reviewer wrote.
    """
    keys = [verdict.key for verdict in verdicts if verdict.key is not None]
    if keys and len(keys) < len(verdicts):
        return None
    if any(reconcile_needed(criteria_set, criterion, one, other) for one, other in combinations(keys, 2)):
        return None
    if len(verdicts) == 1:
        settled = Settled.SINGLE
    else:
        settled = Settled.AGREED if len(set(keys)) <= 1 else Settled.LOWER_STANDS
    return Settlement(
        key=agreed_key(criteria_set, criterion, keys) if keys else None,
        not_applicable=not keys,
        grade=reduce(graver, (verdict.grade for verdict in verdicts)),
        comment="\n\n".join(dict.fromkeys(verdict.comment for verdict in verdicts if verdict.comment)),
        settled=settled,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedItem:
    """An evidence item that no reviewer rejected and so many accepted."""

    kind: str
    accepted_by: int
    dated_on: date  # the issue date; where a link or statement has none, the day it was added
    valid_until: date | None


def current_kinds(
    criteria_set: CriteriaSet, criterion: Criterion, items: Iterable[AcceptedItem], *, on: date
) -> frozenset[str]:
    """The kinds of accepted items that are current on a day: not past their end, not older than the criterion allows.

    A kind that needs several reviewers counts when so many accepted it.
    """
    months = criterion.review_every_months
    return frozenset(
        item.kind
        for item in items
        if (item.valid_until is None or item.valid_until >= on)
        and (months is None or add_months(item.dated_on, months) >= on)
        and item.accepted_by >= criteria_set.kind(item.kind).needs_reviewers
    )
