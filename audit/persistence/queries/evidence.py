"""The evidence library of a line: its items and their versions, where each is offered, what runs out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased, selectinload

from audit.domain.certification import ENDED
from audit.domain.workflow import CLOSED
from audit.persistence.queries.certificates import status_now
from audit.persistence.queries.practice import COUNTS
from audit.persistence.tables import (
    Certificate,
    Cycle,
    Decision,
    EvidenceItem,
    EvidenceLink,
    Person,
    ReportingLine,
    SelfAssessment,
    Upload,
)

_LINK = EvidenceLink.__table__
_LATER = aliased(EvidenceItem)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One place where an item is offered."""

    criterion_id: str
    cycle: str
    assessment_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryItem:
    item: EvidenceItem
    added_by: str  # the person's name
    uses: tuple[Use, ...]
    version: int = 1  # 1 for an item that replaces none
    earlier: tuple[EvidenceItem, ...] = ()  # the items it replaces, the latest first
    newer: EvidenceItem | None = None  # the item that replaces it

    def out_of_date(self, today: date) -> bool:
        return self.item.valid_until is not None and self.item.valid_until < today


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One item offered for one criterion, with who offered it and when."""

    item: EvidenceItem
    linked_at: datetime
    linked_by: str  # the person's name; "" where it was not kept
    still_valid: bool  # carried over from the last cycle
    replaced: bool  # there is a newer version


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """One locked file as the network sees it: never its name."""

    item: EvidenceItem
    line: ReportingLine
    added_by: str
    locked_by: str
    asked_by: str = ""
    purged_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chains:
    """Which item replaces which, within one line."""

    by_id: Mapping[int, EvidenceItem]
    newer: Mapping[int, EvidenceItem] = field(default_factory=dict)  # by the id of the item that is replaced

    def earlier(self, item: EvidenceItem) -> tuple[EvidenceItem, ...]:
        found: list[EvidenceItem] = []
        step = item.replaces_id
        while step is not None and step in self.by_id and len(found) < len(self.by_id):
            found.append(self.by_id[step])
            step = self.by_id[step].replaces_id
        return tuple(found)


def _chains(items: Iterable[EvidenceItem]) -> _Chains:
    by_id = {item.id: item for item in items}
    return _Chains(by_id=by_id, newer={one.replaces_id: one for one in by_id.values() if one.replaces_id is not None})


def by_public_id(session: Session, public_id: str) -> EvidenceItem | None:
    return session.scalar(select(EvidenceItem).where(EvidenceItem.public_id == public_id))


def library(session: Session, line_id: int) -> list[LibraryItem]:
    """Every item of a line, the latest first, with its uses and versions; locked ones included. Two statements."""
    rows = session.execute(
        select(EvidenceItem, Person.name)
        .join(Person, Person.id == EvidenceItem.added_by_id)
        .where(EvidenceItem.line_id == line_id)
        .order_by(EvidenceItem.added_at.desc(), EvidenceItem.id.desc())
    ).all()
    uses: dict[int, list[Use]] = {}
    for item_id, criterion_id, cycle, assessment_id in session.execute(
        select(EvidenceLink.evidence_item_id, EvidenceLink.criterion_id, Cycle.name, SelfAssessment.id)
        .join(EvidenceItem, EvidenceItem.id == EvidenceLink.evidence_item_id)
        .join(SelfAssessment, SelfAssessment.id == EvidenceLink.self_assessment_id)
        .join(Cycle, Cycle.id == SelfAssessment.cycle_id)
        .where(EvidenceItem.line_id == line_id)
        .order_by(Cycle.opens_on.desc(), Cycle.id.desc(), EvidenceLink.criterion_id)
    ):
        use = Use(criterion_id=criterion_id, cycle=cycle, assessment_id=assessment_id)
        uses.setdefault(item_id, []).append(use)
    chains = _chains(item for item, _ in rows)
    found = []
    for item, name in rows:
        earlier = chains.earlier(item)
        found.append(
            LibraryItem(
                item=item,
                added_by=name,
                uses=tuple(uses.get(item.id, ())),
                version=len(earlier) + 1,
                earlier=earlier,
                newer=chains.newer.get(item.id),
            )
        )
    return found


def same_file(session: Session, line_id: int, digest: str) -> EvidenceItem | None:
    """The item of a line that holds exactly these bytes as they came, where it is not locked and not replaced."""
    later = aliased(EvidenceItem)
    return session.scalar(
        select(EvidenceItem)
        .where(
            EvidenceItem.line_id == line_id,
            EvidenceItem.received_digest == digest,
            EvidenceItem.locked_at.is_(None),
            ~exists().where(later.replaces_id == EvidenceItem.id),
        )
        .order_by(EvidenceItem.id.desc())
        .limit(1)
    )


def offers(session: Session, assessment_id: int, criterion_id: str | None = None) -> dict[str, list[Offer]]:
    """What is offered, by criterion (or for one), in the order in which it was offered: one statement."""
    statement = (
        select(
            _LINK.c.criterion_id,
            _LINK.c.linked_at,
            _LINK.c.still_valid,
            EvidenceItem,
            Person.name,
            exists().where(_LATER.replaces_id == EvidenceItem.id).label("replaced"),
        )
        .join(EvidenceItem, EvidenceItem.id == _LINK.c.evidence_item_id)
        .outerjoin(Person, Person.id == _LINK.c.linked_by_id)
        .where(_LINK.c.self_assessment_id == assessment_id)
        .order_by(_LINK.c.criterion_id, _LINK.c.linked_at, EvidenceItem.id)
    )
    if criterion_id is not None:
        statement = statement.where(_LINK.c.criterion_id == criterion_id)
    found: dict[str, list[Offer]] = {}
    for criterion, linked_at, still_valid, item, name, replaced in session.execute(statement):
        found.setdefault(criterion, []).append(
            Offer(
                item=item,
                linked_at=linked_at,
                linked_by=name or "",
                still_valid=still_valid,
                replaced=bool(replaced),
            )
        )
    return found


def offered_for(session: Session, item: EvidenceItem, assessment: SelfAssessment) -> list[str]:
    """The criteria of one self-assessment for which an item is offered, sorted."""
    statement = select(EvidenceLink.criterion_id).where(
        EvidenceLink.evidence_item_id == item.id, EvidenceLink.self_assessment_id == assessment.id
    )
    return list(session.scalars(statement.order_by(EvidenceLink.criterion_id)))


def replaced(session: Session, item: EvidenceItem) -> bool:
    """Whether a newer version takes the place of the item."""
    return session.scalar(select(EvidenceItem.id).where(EvidenceItem.replaces_id == item.id)) is not None


def upload(session: Session, line_id: int, person_id: int, public_id: str) -> Upload | None:
    """An upload under way, only for the person who began it and only under its own line."""
    return session.scalar(
        select(Upload).where(Upload.public_id == public_id, Upload.line_id == line_id, Upload.person_id == person_id)
    )


def locked(session: Session, item: EvidenceItem | None = None) -> list[Locked]:
    """The locked files of all lines, those that wait for somebody first; or one of them. One statement."""
    added, by, asked, purged = (aliased(Person) for _ in range(4))
    statement = (
        select(EvidenceItem, ReportingLine, added.name, by.name, asked.name, purged.name)
        .join(ReportingLine, ReportingLine.id == EvidenceItem.line_id)
        .join(added, added.id == EvidenceItem.added_by_id)
        .outerjoin(by, by.id == EvidenceItem.locked_by_id)
        .outerjoin(asked, asked.id == EvidenceItem.purge_asked_by_id)
        .outerjoin(purged, purged.id == EvidenceItem.purged_by_id)
        .where(EvidenceItem.locked_at.is_not(None))
        .order_by(EvidenceItem.purged_at.is_not(None), EvidenceItem.locked_at.desc(), EvidenceItem.id.desc())
    )
    if item is not None:
        statement = statement.where(EvidenceItem.id == item.id)
    return [
        Locked(
            item=row,
            line=line,
            added_by=names[0],
            locked_by=names[1] or "",
            asked_by=names[2] or "",
            purged_by=names[3] or "",
        )
        for row, line, *names in session.execute(statement)
    ]


def purges_waiting(session: Session) -> int:
    """How many locked files somebody asked to purge that wait for a second person."""
    statement = select(func.count(EvidenceItem.id)).where(
        EvidenceItem.purge_asked_at.is_not(None), EvidenceItem.purged_at.is_(None)
    )
    return session.scalar(statement) or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningOut:
    """An item that counts now and will be past its date, and the criteria that rest on it."""

    line: ReportingLine
    item: EvidenceItem
    criteria: tuple[str, ...]


def running_out(session: Session, *, today: date, until: date) -> list[RunningOut]:
    """The items whose last day lies between two days, and on which present answers or a valid certificate rest.

    Locked items and those with a newer version need no reminder; nor does a line that left. By line, then by day.
    """
    later = aliased(EvidenceItem)
    rows = session.execute(
        select(ReportingLine, EvidenceItem, EvidenceLink.criterion_id)
        .join(EvidenceItem, EvidenceItem.line_id == ReportingLine.id)
        .join(EvidenceLink, EvidenceLink.evidence_item_id == EvidenceItem.id)
        .where(
            EvidenceItem.valid_until >= today,
            EvidenceItem.valid_until <= until,
            EvidenceItem.locked_at.is_(None),
            ~exists().where(later.replaces_id == EvidenceItem.id),
            ReportingLine.left_at.is_(None),
            EvidenceLink.self_assessment_id.in_(_resting(session, today)),
        )
        .order_by(ReportingLine.id, EvidenceItem.valid_until, EvidenceItem.id, EvidenceLink.criterion_id)
    )
    found: dict[int, RunningOut] = {}
    for line, item, criterion_id in rows:
        known = found.get(item.id)
        criteria = () if known is None else known.criteria
        if criterion_id not in criteria:
            found[item.id] = RunningOut(line=line, item=item, criteria=(*criteria, criterion_id))
    return list(found.values())


def _resting(session: Session, today: date) -> list[int]:
    """The self-assessments that matter now: those in work, and those behind a certificate that has not ended."""
    in_work = session.scalars(
        select(SelfAssessment.id)
        .join(Cycle, Cycle.id == SelfAssessment.cycle_id)
        .where(COUNTS, SelfAssessment.state.not_in(CLOSED), Cycle.closed_at.is_(None))
    )
    certified = session.execute(
        select(Certificate, Decision.self_assessment_id)
        .join(Decision, Decision.id == Certificate.decision_id)
        .where(Certificate.valid_until >= today)
        .options(selectinload(Certificate.events))
    )
    holding = [
        assessment_id
        for certificate, assessment_id in certified
        if (status := status_now(certificate, today)) is not None and status not in ENDED
    ]
    return [*in_work, *holding]
