"""Finds what an address names and gathers what a self-assessment's pages are made of, in a constant number of reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from audit.domain.completeness import gaps
from audit.domain.criteria import CriteriaSet, Criterion
from audit.domain.findings import EvidenceVerdict
from audit.domain.workflow import State
from audit.persistence import criteria_sets
from audit.persistence.queries import assessments, certificates, confirmed, evidence, lines, reopening, rounds
from audit.persistence.queries.evidence import Offer
from audit.persistence.tables import Certificate, Document, EvidenceItem, ReportingLine, SelfAssessment
from audit.web import visit
from audit.web.line.cards import Material, Offered, Verdict, offered
from audit.web.since import since

# Until every review is in, what a reviewer thinks is nobody else's to read.
VERDICTS_SHOWN = frozenset({State.FACTUAL_CHECK, State.AWAITING_DECISION, State.DECIDED})


def line_of(session: Any, line: str) -> ReportingLine | None:
    return lines.by_public_id(session, line)


def assessment_of(session: Any, line: str, assessment: str) -> SelfAssessment | None:
    """The self-assessment of an address, only under its own line."""
    found = assessments.for_page(session, assessment)
    return found if found is not None and found.line.public_id == line else None


def item_of(session: Any, line: str, item: str) -> EvidenceItem | None:
    """The evidence item of an address, only under its own line."""
    found, owner = evidence.by_public_id(session, item), lines.by_public_id(session, line)
    return found if found is not None and owner is not None and found.line_id == owner.id else None


def certificate_of(session: Any, line: str, serial: str) -> Certificate | None:
    """The certificate of an address, only under its own line."""
    found = certificates.for_download(session, serial)
    return found if found is not None and found.line.public_id == line else None


def document_of(session: Any, line: str, document: str) -> Document | None:
    """The result sheet of an address, only under its own line."""
    owner = lines.by_public_id(session, line)
    return None if owner is None else rounds.result_sheet(session, owner, document)


def set_of(session: Any, assessment: SelfAssessment) -> CriteriaSet:
    """The frozen set an assessment is answered under, for everything that is written."""
    return criteria_sets.frozen(session, assessment.cycle.criteria_set_hash)


def shown_set(assessment: SelfAssessment) -> CriteriaSet:
    """The same set in the words of this page."""
    return visit.criteria_set(assessment.cycle.criteria_set_hash)


def gather(
    session: Any, assessment: SelfAssessment, today: date, *, before: bool = False, library: bool = False
) -> Material:
    """Answers, evidence, gaps and, where asked, last cycle's answers and the library."""
    criteria_set, source = shown_set(assessment), set_of(session, assessment)
    past = assessments.past(session, assessment) if before else None
    offers = evidence.offers(session, assessment.id)
    items = {name: [offer.item for offer in there] for name, there in offers.items()}
    shelf = evidence.library(session, assessment.line_id) if library else []
    replaced = {one.item.id for one in shelf if one.newer is not None}
    answers = assessments.answers_of(session, assessment.id)
    named = reopening.named_by_return(assessment)
    return Material(
        criteria_set=criteria_set,
        source=source,
        profile=assessment.profile,
        answers=answers,
        named=named,
        shut=reopening.shut_criteria(source, assessment, answers, items, named=named, today=today),
        evidence=_offered(session, assessment, criteria_set, offers, today),
        rows=items,
        since=since(session, past, assessment.cycle.criteria_set_hash),
        confirmed=_verdicts(session, assessment, criteria_set),
        library=[offered(criteria_set, one.item, today, replaced=one.newer is not None) for one in shelf],
        before={
            name: [offered(criteria_set, item, today, replaced=item.id in replaced) for item in there]
            for name, there in (past.evidence.items() if past is not None and library else ())
        },
        gaps=gaps(
            source,
            assessment.profile,
            {name: saved.value for name, saved in answers.items()},
            assessments.current_kinds(items, today=today),
        ),
    )


def _offered(
    session: Any,
    assessment: SelfAssessment,
    criteria_set: CriteriaSet,
    offers: Mapping[str, list[Offer]],
    today: date,
) -> dict[str, list[Offered]]:
    verdicts = confirmed.evidence_verdicts(session, assessment.id) if assessment.state in VERDICTS_SHOWN else {}
    found: dict[str, list[Offered]] = {}
    for name, there in offers.items():
        for offer in there:
            judged = verdicts.get((name, offer.item.id), [])
            found.setdefault(name, []).append(
                offered(
                    criteria_set,
                    offer.item,
                    today,
                    replaced=offer.replaced,
                    offer=offer,
                    accepted=bool(judged) and all(verdict is EvidenceVerdict.ACCEPTED for verdict, _ in judged),
                    rejected_reason=next((why for verdict, why in judged if verdict is EvidenceVerdict.REJECTED), ""),
                )
            )
    return found


def _verdicts(session: Any, assessment: SelfAssessment, criteria_set: CriteriaSet) -> dict[str, Verdict]:
    if assessment.state not in VERDICTS_SHOWN:
        return {}
    verdicts = {}
    for name, row in confirmed.confirmed_of(session, assessment.id).items():
        answers = criteria_set.answer_set_of(criteria_set.criterion(name))
        verdicts[name] = Verdict(
            key=answers.answer(row.key) if row.key else None,
            not_applicable=row.not_applicable,
            grade=row.grade,
            comment=row.comment,
        )
    return verdicts


def days_until(day: date, today: date) -> int:
    return (day - today).days


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """One item that is past its date or nears it, and the criteria that rest on it, in the set's order."""

    item: Offered
    criteria: tuple[str, ...]
    theme: str  # of the first of them


def stale_items(material: Material) -> tuple[Stale, ...]:
    """The offered items that no longer count, however many criteria rest on each."""
    return _resting(material, lambda item: item.expired and not item.locked)


def fading_items(material: Material) -> tuple[Stale, ...]:
    """The offered items that count today and run out within two months, the nearest first."""
    found = _resting(material, lambda item: item.runs_out_in is not None and not item.locked)
    return tuple(sorted(found, key=lambda one: one.item.runs_out_in or 0))


def _resting(material: Material, chosen: Callable[[Offered], bool]) -> tuple[Stale, ...]:
    resting: dict[str, list[tuple[Criterion, Offered]]] = {}
    for criterion in material.criteria_set.applicable(material.profile):
        for item in material.evidence.get(criterion.id, []):
            if chosen(item):
                resting.setdefault(item.public_id, []).append((criterion, item))
    return tuple(
        Stale(item=uses[0][1], criteria=tuple(criterion.id for criterion, _ in uses), theme=uses[0][0].theme)
        for uses in resting.values()
    )
