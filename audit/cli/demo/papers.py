"""The sample documents that lines put into their evidence libraries: short, honest about being invented."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from audit.domain.criteria import SYNTHETIC_SAMPLE, CriteriaSet, EvidenceKind
from audit.persistence.tables import EvidenceItem, Person, ReportingLine
from audit.ports import Inspection, Vault
from audit.usecases import evidence

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

# Kinds whose sample is a file; the other kinds that could hold one are shown as links or statements.
_FILES = ("procedure", "statistics", "test_record")


def library(
    session: Session,
    vault: Vault,
    inspect: Inspection,
    criteria_set: CriteriaSet,
    line: ReportingLine,
    *,
    actor: Person,
    on: date,
    at: object,
) -> dict[str, EvidenceItem]:
    """One item of each evidence kind, issued shortly before the date, by kind."""
    items = {}
    for number, kind in enumerate(criteria_set.evidence_kinds):
        issued = on - timedelta(days=20 + 3 * number)
        common = {
            "kind": kind.id,
            "title": f"{kind.title} {on.year}",
            "issued_on": issued,
            "says_invented": kind.id == SYNTHETIC_SAMPLE,
            "actor": actor,
            "at": at,
        }
        if kind.id in _FILES:
            items[kind.id] = _file(session, vault, inspect, criteria_set, line, kind, issued, common)
        elif kind.stores_file and kind.id != "declaration":
            slug = kind.id.replace("_", "-")
            address = f"{line.web_address}/{slug}-{on.year}"
            items[kind.id] = evidence.add_link(
                session, line, url=address, valid_until=None, criteria_set=criteria_set, **common
            )
        elif kind.id == "url":
            items[kind.id] = evidence.add_link(
                session, line, url=line.web_address, valid_until=None, criteria_set=criteria_set, **common
            )
        else:
            statement = (
                f"Sample statement of {on.year}: seen in a call by two people of the network; totals only, no case."
            )
            items[kind.id] = evidence.add_statement(
                session, line, statement=statement, valid_until=None, criteria_set=criteria_set, **common
            )
    return items


def _file(
    session: Session,
    vault: Vault,
    inspect: Inspection,
    criteria_set: CriteriaSet,
    line: ReportingLine,
    kind: EvidenceKind,
    issued: date,
    common: dict[str, object],
) -> EvidenceItem:
    name = f"{kind.id}-{issued.year}.txt"
    text = (
        f"SAMPLE\n\n{kind.title}, {line.name_latin or line.name}, {issued.isoformat()}\n\n"
        "This document belongs to the sample network. It is invented and describes no real procedure.\n"
    )
    content = text.encode()
    return evidence.add_file(
        session,
        vault,
        line,
        inspected=inspect(content, name, images_allowed=kind.images_allowed),
        received=content,
        file_name=name,
        valid_until=issued + timedelta(days=730),
        no_abuse_image=True,
        no_personal_data=True,
        criteria_set=criteria_set,
        **common,
    )
