"""The line's side of reception: home, self-assessment, evidence, submission, people."""

from audit.web.line import (
    answering,
    calendar_feed,
    evidence,
    evidence_items,
    evidence_offering,
    evidence_uploads,
    filled_in,
    gaps,
    history,
    outlook,
    papers,
    people,
    profile,
    questionnaire,
    routes,
    submitting,
    teamwork,
)
from audit.web.line.blueprint import blueprint

__all__ = [
    "answering",
    "blueprint",
    "calendar_feed",
    "evidence",
    "evidence_items",
    "evidence_offering",
    "evidence_uploads",
    "filled_in",
    "gaps",
    "history",
    "outlook",
    "papers",
    "people",
    "profile",
    "questionnaire",
    "routes",
    "submitting",
    "teamwork",
]
