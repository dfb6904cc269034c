"""The blueprint of the line's side, and what its views share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for

from audit.domain.errors import AuditError
from audit.persistence.tables import SelfAssessment
from audit.web import visit

blueprint = Blueprint("line", __name__, url_prefix="/lines/<line>")


def said(message: str, **values: Any) -> str:
    """A message in the language of this page, its values filled in."""
    text = visit.reading().gettext(message)
    return text % values if values else text


def words_of(refusal: AuditError) -> str:
    """A refusal in the language of this page."""
    return visit.reading().refusal(refusal)


def see(endpoint: str, message: str = "", *, anchor: str = "", **values: Any) -> Response:
    """On to another page by GET, with a word about what was done."""
    if message:
        flash(message)
    response: Response = redirect(url_for(f"line.{endpoint}", _anchor=anchor or None, **values), code=303)  # type: ignore[assignment]
    return response


def wants_json() -> bool:
    """Whether a script saves by itself; a browser without one asks for a page."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


def place(assessment: SelfAssessment) -> dict[str, str]:
    """The address of a self-assessment, for url_for."""
    return {"line": assessment.line.public_id, "assessment": assessment.public_id}
