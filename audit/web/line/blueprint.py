"""The blueprint of the line's side, and what its views share."""

from __future__ import annotations

from flask import Blueprint

from audit.domain.errors import AuditError
from audit.persistence.tables import SelfAssessment
from audit.web import visit

blueprint = Blueprint("line", __name__, url_prefix="/lines/<line>")


def words_of(refusal: AuditError) -> str:
    """A refusal in the language of this page."""
    return visit.reading().refusal(refusal)


def place(assessment: SelfAssessment) -> dict[str, str]:
    """The address of a self-assessment, for url_for."""
    return {"line": assessment.line.public_id, "assessment": assessment.public_id}
