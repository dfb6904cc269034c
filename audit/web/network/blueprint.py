"""The blueprint of the coordinator's side, and what its views share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, url_for

from audit.domain.errors import N_
from audit.persistence.queries import assessments, network
from audit.persistence.tables import Cycle, SelfAssessment
from audit.web import visit

A_DATE = N_("Enter a date like 30 4 2026, or choose it from the calendar.")

blueprint = Blueprint("network", __name__, url_prefix="/network")


def said(message: str, **values: Any) -> str:
    """A message in the language of this page, its values filled in."""
    text = visit.reading().gettext(message)
    return text % values if values else text


def see(endpoint: str, message: str = "", *, anchor: str = "", **values: Any) -> Response:
    """On to another page by GET, with a word about what was done."""
    if message:
        flash(message, "done")
    response: Response = redirect(url_for(f"network.{endpoint}", _anchor=anchor or None, **values), code=303)  # type: ignore[assignment]
    return response


def cycle_of(session: Any, cycle: str) -> Cycle | None:
    """The cycle of the address."""
    return network.cycle_by_public_id(session, cycle)


def assessment_of(session: Any, assessment: str) -> SelfAssessment | None:
    """The self-assessment of the address, with its line and cycle."""
    return assessments.for_page(session, assessment)
