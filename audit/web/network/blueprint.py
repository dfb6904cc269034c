"""The blueprint of the coordinator's side, and what its views share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from audit.domain.errors import N_
from audit.persistence.queries import assessments, network
from audit.persistence.tables import Cycle, CycleKind, SelfAssessment

A_DATE = N_("Enter a date like 30 4 2026, or choose it from the calendar.")

blueprint = Blueprint("network", __name__, url_prefix="/network")


def cycle_of(session: Any, cycle: str) -> Cycle | None:
    """The cycle of the address."""
    return network.cycle_by_public_id(session, cycle)


def assessment_of(session: Any, assessment: str) -> SelfAssessment | None:
    """The self-assessment of the address, with its line and cycle; a line's practice is nobody else's."""
    found = assessments.for_page(session, assessment)
    return None if found is None or found.cycle.kind is CycleKind.PRACTICE else found
