"""The library as values: one row for each item in its newest version, with how fresh it is and what rests on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from audit.domain.calendar import last_valid_day, runs_out_in
from audit.domain.criteria import CriteriaSet, Criterion, fits
from audit.domain.workflow import OPEN_FOR_THE_LINE
from audit.persistence.queries import assessments
from audit.persistence.queries.evidence import LibraryItem
from audit.persistence.tables import EvidenceItem, ReportingLine, SelfAssessment
from audit.web.line.material import shown_set
from audit.web.transaction import session

EXPIRED, SOON, EXPIRING, FRESH, LOCKED = "expired", "soon", "expiring", "fresh", "locked"
FRESHNESS = (EXPIRED, SOON, EXPIRING, FRESH, LOCKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version in the chain of an item, the newest first. A locked one has no name."""

    item: EvidenceItem
    number: int
    locked: bool
    here: bool  # the one the page is about


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """One row of the library."""

    item: EvidenceItem
    added_by: str
    kind: str  # title of the kind
    freshness: str
    served: tuple[str, ...]  # criteria of the present cycle
    served_before: int  # uses in earlier cycles
    version: int
    earlier: tuple[Version, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """The round whose criteria set names the kinds: the one in work, else the latest."""

    assessment: SelfAssessment
    criteria_set: CriteriaSet

    @property
    def ends_on(self) -> date:
        """The last day a certificate of this round could be valid."""
        cycle = self.assessment.cycle
        return last_valid_day(cycle.decide_by, cycle.validity_months)

    @property
    def is_open(self) -> bool:
        """Whether the line can still change what it offers."""
        return self.assessment.state in OPEN_FOR_THE_LINE

    def may_serve(self, kind: str) -> list[Criterion]:
        """The criteria of the round for which evidence of a kind counts."""
        applicable = self.criteria_set.applicable(self.assessment.profile)
        return [criterion for criterion in applicable if fits(self.criteria_set, criterion, kind)]


def present(line: ReportingLine) -> Present | None:
    """The round in work; None for a line that was in no cycle yet."""
    assessment = assessments.current_of_line(session(), line.id)
    if assessment is None:
        return None
    return Present(assessment=assessment, criteria_set=shown_set(assessment))


def shelves(items: Sequence[LibraryItem], now: Present | None, today: date) -> list[Shelf]:
    """The newest version of each item, with its freshness against today and the certificate to come."""
    titles = kind_titles(now)
    rows = []
    for one in items:
        if one.newer is not None:
            continue
        here = tuple(use.criterion_id for use in one.uses if now and use.assessment_id == now.assessment.id)
        rows.append(
            Shelf(
                item=one.item,
                added_by=one.added_by,
                kind=titles.get(one.item.kind, one.item.kind),
                freshness=freshness(one, now.ends_on if now else None, today),
                served=here,
                served_before=len(one.uses) - len(here),
                version=one.version,
                earlier=versions(one)[1:],
            )
        )
    return rows


def versions(one: LibraryItem) -> tuple[Version, ...]:
    """The item and those it replaces, the newest first."""
    return tuple(
        Version(item=item, number=one.version - step, locked=item.locked_at is not None, here=step == 0)
        for step, item in enumerate((one.item, *one.earlier))
    )


def chain(items: Sequence[LibraryItem], one: LibraryItem) -> tuple[Version, ...]:
    """All versions of an item, newer ones too, the newest first."""
    by_id = {other.item.id: other for other in items}
    newest = one
    while newest.newer is not None and newest.newer.id in by_id:
        newest = by_id[newest.newer.id]
    return tuple(
        Version(item=each.item, number=each.number, locked=each.locked, here=each.item.id == one.item.id)
        for each in versions(newest)
    )


def kind_titles(now: Present | None) -> Mapping[str, str]:
    return {kind.id: kind.title for kind in now.criteria_set.evidence_kinds} if now else {}


def freshness(one: LibraryItem, ends_on: date | None, today: date) -> str:
    """Against today, the next two months, and the last day of the certificate this round may lead to."""
    until = one.item.valid_until
    if one.item.locked_at is not None:
        return LOCKED
    if one.out_of_date(today):
        return EXPIRED
    if runs_out_in(until, today) is not None:
        return SOON
    if until is not None and ends_on is not None and until < ends_on:
        return EXPIRING
    return FRESH
