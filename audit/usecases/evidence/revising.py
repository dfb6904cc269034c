"""Newer versions of an item: the new one takes its place wherever the line can still change what it shows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from audit.domain.criteria import CriteriaSet
from audit.domain.errors import N_, Missing, WrongState
from audit.domain.workflow import OPEN_FOR_THE_LINE
from audit.persistence.queries.reopening import is_shut, named_by_return
from audit.persistence.tables import EvidenceItem, EvidenceLink, Person, ReportingLine, SelfAssessment

_LINK = EvidenceLink.__table__


def refuse_replaced(session: Session, line: ReportingLine, item: EvidenceItem | None) -> None:
    """WrongState when the item has a newer version already; Missing when it is another line's.

    The row is held until the transaction ends, so that of two newer versions sent at once one is told.
    """
    if item is None:
        return
    if item.line_id != line.id:
        raise Missing(N_("There is no such evidence."))
    session.execute(select(EvidenceItem.id).where(EvidenceItem.id == item.id).with_for_update())
    if session.scalar(select(EvidenceItem.id).where(EvidenceItem.replaces_id == item.id)) is not None:
        raise WrongState(N_("There is a newer version of this item already. Add yours to that one."))


def take_over(
    session: Session,
    old: EvidenceItem,
    new: EvidenceItem,
    *,
    criteria_set: CriteriaSet,
    actor: Person,
    at: datetime,
) -> None:
    """Offer the new item wherever the old one is offered in a self-assessment that the line can still change.

    What was handed in keeps the old item, since its reviewers judge what the line signed; so do the criteria that a
    return left as they were.
    """
    rows = session.execute(
        select(SelfAssessment, EvidenceLink.criterion_id)
        .join(EvidenceLink, EvidenceLink.self_assessment_id == SelfAssessment.id)
        .where(EvidenceLink.evidence_item_id == old.id, SelfAssessment.state.in_(OPEN_FOR_THE_LINE))
        .with_for_update(of=SelfAssessment, read=True)
    ).all()
    movable = [
        (assessment.id, criterion_id)
        for assessment, criterion_id in rows
        if not is_shut(
            session,
            assessment,
            criteria_set,
            criterion_id,
            named=named_by_return(assessment),
            today=at.date(),
        )
    ]
    insert = insert_postgresql if session.get_bind().dialect.name == "postgresql" else insert_sqlite
    for assessment_id, criterion_id in movable:
        session.execute(
            _LINK.delete().where(
                _LINK.c.self_assessment_id == assessment_id,
                _LINK.c.criterion_id == criterion_id,
                _LINK.c.evidence_item_id == old.id,
            )
        )
        session.execute(
            insert(_LINK)
            .values(
                self_assessment_id=assessment_id,
                criterion_id=criterion_id,
                evidence_item_id=new.id,
                linked_at=at,
                linked_by_id=actor.id,
                still_valid=False,
            )
            .on_conflict_do_nothing()
        )
