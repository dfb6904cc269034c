"""The kinds of letters the service writes to people."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class LetterKind(StrEnum):
    INVITATION = "invitation"
    PASSWORD_RESET = "password_reset"
    CYCLE_OPENED = "cycle_opened"
    SUBMISSION_CONFIRMED = "submission_confirmed"
    RETURNED = "returned"
    LINE_WITHDREW = "line_withdrew"
    MORE_TIME_ASKED = "more_time_asked"
    MORE_TIME_ANSWERED = "more_time_answered"
    DELEGATED = "delegated"
    MENTIONED = "mentioned"
    LINE_HANDED_OVER = "line_handed_over"
    ASSIGNED_TO_REVIEW = "assigned_to_review"
    REVIEWER_RELEASED = "reviewer_released"
    REVIEW_COMPLETE = "review_complete"
    RECONCILIATION_NEEDED = "reconciliation_needed"
    FACTS_TO_CHECK = "facts_to_check"
    READY_TO_DECIDE = "ready_to_decide"
    DECIDED = "decided"
    FIRST_ROUND_LETTER = "first_round_letter"
    CERTIFICATE_ISSUED = "certificate_issued"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_STATUS_CHANGED = "certificate_status_changed"
    REPORT_READY = "report_ready"
    REMINDER_SUBMISSION = "reminder_submission"
    REMINDER_REVIEW = "reminder_review"
    REMINDER_RENEWAL = "reminder_renewal"
    REMINDER_EVIDENCE = "reminder_evidence"


# Where the link of a letter leads; places are filled from its parameters.
LINKS: Mapping[LetterKind, str] = {
    LetterKind.INVITATION: "/join/{token}",
    LetterKind.PASSWORD_RESET: "/reset/{token}",
    LetterKind.CYCLE_OPENED: "/lines/{line_id}",
    LetterKind.SUBMISSION_CONFIRMED: "/lines/{line_id}/assessments/{assessment_id}",
    LetterKind.RETURNED: "/lines/{line_id}/assessments/{assessment_id}",
    LetterKind.DELEGATED: "/lines/{line_id}/assessments/{assessment_id}/missing?mine=1",
    LetterKind.MENTIONED: "/lines/{line_id}/assessments/{assessment_id}/criteria/{criterion}/notes",
    LetterKind.LINE_HANDED_OVER: "{home}",
    LetterKind.ASSIGNED_TO_REVIEW: "/reviews/{review_id}",
    LetterKind.REVIEWER_RELEASED: "/",
    LetterKind.REVIEW_COMPLETE: "/network",
    LetterKind.RECONCILIATION_NEEDED: "/reviews/{review_id}",
    LetterKind.FACTS_TO_CHECK: "/lines/{line_id}/assessments/{assessment_id}/facts",
    LetterKind.READY_TO_DECIDE: "/network",
    LetterKind.DECIDED: "/lines/{line_id}",
    LetterKind.FIRST_ROUND_LETTER: "/lines/{line_id}",
    LetterKind.LINE_WITHDREW: "{home}",
    LetterKind.MORE_TIME_ASKED: "/network/assessments/{assessment_id}/time",
    LetterKind.MORE_TIME_ANSWERED: "/lines/{line_id}",
    LetterKind.CERTIFICATE_ISSUED: "/lines/{line_id}",
    LetterKind.CERTIFICATE_EXPIRED: "/lines/{line_id}",
    LetterKind.CERTIFICATE_STATUS_CHANGED: "/lines/{line_id}",
    LetterKind.REPORT_READY: "/network",
    LetterKind.REMINDER_SUBMISSION: "/lines/{line_id}",
    LetterKind.REMINDER_REVIEW: "/reviews/{review_id}",
    LetterKind.REMINDER_RENEWAL: "/lines/{line_id}",
    LetterKind.REMINDER_EVIDENCE: "/lines/{line_id}/evidence",
}
