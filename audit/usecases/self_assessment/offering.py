"""Which items of the library are offered for which criterion, and what of the last cycle is still valid."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from audit.domain.criteria import CriteriaSet, fits
from audit.domain.errors import N_, InvalidInput, Missing
from audit.persistence.course import refuse_practice
from audit.persistence.queries import assessments
from audit.persistence.queries import evidence as library
from audit.persistence.tables import EvidenceItem, EvidenceLink, Person, SelfAssessment
from audit.usecases.self_assessment.holding import held_open

_LINK = EvidenceLink.__table__


def attach(
    session: Session,
    assessment: SelfAssessment,
    criteria_set: CriteriaSet,
    criterion_id: str,
    item: EvidenceItem,
    *,
    actor: Person,
    at: datetime,
) -> None:
    """Offer an item of the line's library for a criterion; offering it twice changes nothing.

    InvalidInput when it is of a kind that does not count there, locked, or replaced by a newer version.
    """
    held_open(session, assessment, criteria_set, criterion_id, at)
    _refuse_unfit(session, assessment, criteria_set, criterion_id, item)
    link(session, assessment, criterion_id, item, actor, at)


def _refuse_unfit(
    session: Session, assessment: SelfAssessment, criteria_set: CriteriaSet, criterion_id: str, item: EvidenceItem
) -> None:
    if not criteria_set.has(criterion_id):
        raise InvalidInput(N_("This criterion is not part of the criteria set."))
    if item.line_id != assessment.line_id:
        raise Missing(N_("There is no such evidence."))
    if item.locked_at is not None:
        raise InvalidInput(N_("This item is locked and cannot be used as evidence. Choose another one."))
    if not fits(criteria_set, criteria_set.criterion(criterion_id), item.kind):
        message = N_("Evidence of this kind does not count for %(criterion)s. Choose one of the kinds listed there.")
        raise InvalidInput(message, field="kind", criterion=criterion_id)
    if library.replaced(session, item):
        raise InvalidInput(N_("There is a newer version of this item. Offer that one."))


def link(
    session: Session,
    assessment: SelfAssessment,
    criterion_id: str,
    item: EvidenceItem,
    actor: Person,
    at: datetime,
    *,
    still_valid: bool = False,
) -> None:
    """Write that an item is offered; where it is offered already, who did so first and when stays."""
    refuse_practice(session, assessment)
    insert_new = insert_postgresql if session.get_bind().dialect.name == "postgresql" else insert_sqlite
    session.flush()
    session.execute(
        insert_new(_LINK)
        .values(
            self_assessment_id=assessment.id,
            criterion_id=criterion_id,
            evidence_item_id=item.id,
            linked_at=at,
            linked_by_id=actor.id,
            still_valid=still_valid,
        )
        .on_conflict_do_nothing()
    )


def detach(
    session: Session,
    assessment: SelfAssessment,
    criteria_set: CriteriaSet,
    criterion_id: str,
    item: EvidenceItem,
    *,
    actor: Person,
    at: datetime,
) -> None:
    """No longer offer an item for a criterion; it stays in the library."""
    held_open(session, assessment, criteria_set, criterion_id, at)
    session.execute(
        _LINK.delete().where(
            _LINK.c.self_assessment_id == assessment.id,
            _LINK.c.criterion_id == criterion_id,
            _LINK.c.evidence_item_id == item.id,
        )
    )


def offer_for(
    session: Session,
    assessment: SelfAssessment,
    criteria_set: CriteriaSet,
    item: EvidenceItem,
    *,
    shown: Collection[str],
    ticked: Collection[str],
    actor: Person,
    at: datetime,
) -> tuple[int, int]:
    """Offer one item for many criteria: `shown` were ticked when the page was read, `ticked` are now.

    Only the difference is written, so that what someone else changed meanwhile stays. How many came and how many went.
    """
    come, gone = sorted(set(ticked) - set(shown)), sorted(set(shown) - set(ticked))
    for criterion_id in come:
        attach(session, assessment, criteria_set, criterion_id, item, actor=actor, at=at)
    for criterion_id in gone:
        detach(session, assessment, criteria_set, criterion_id, item, actor=actor, at=at)
    return len(come), len(gone)


def still_valid(
    session: Session,
    assessment: SelfAssessment,
    criteria_set: CriteriaSet,
    criterion_id: str,
    items: Sequence[str] | None = None,
    *,
    actor: Person,
    at: datetime,
) -> int:
    """Offer again what was offered last cycle: the items of these public ids, or all that can be; how many.

    Nothing of the last cycle counts before a person says so here. InvalidInput when there is nothing, and for a named
    item that is past its date, locked, replaced, or of a kind that does not count any more.
    """
    held_open(session, assessment, criteria_set, criterion_id, at)
    earlier = assessments.previous_assessment(session, assessment)
    before = [] if earlier is None else library.offers(session, earlier.id, criterion_id).get(criterion_id, [])
    named = [one for one in before if items is None or one.item.public_id in items]
    carried = 0
    for one in named:
        if not assessments.counts(one.item, today=at.date()):
            if items is not None:
                raise InvalidInput(N_("This item is past its date or locked. Add a newer one."))
            continue
        if items is not None:
            _refuse_unfit(session, assessment, criteria_set, criterion_id, one.item)
        elif one.replaced or not fits(criteria_set, criteria_set.criterion(criterion_id), one.item.kind):
            continue
        link(session, assessment, criterion_id, one.item, actor, at, still_valid=True)
        carried += 1
    if items is not None and not carried:
        raise InvalidInput(N_("There is no evidence from the last cycle to carry over. Add an item here."))
    return carried
