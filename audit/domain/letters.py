"""The kinds of letters the service writes to people."""

from __future__ import annotations

from enum import StrEnum


class LetterKind(StrEnum):
    INVITATION = "invitation"
    PASSWORD_RESET = "password_reset"
    CYCLE_OPENED = "cycle_opened"
    SUBMISSION_CONFIRMED = "submission_confirmed"
    RETURNED = "returned"
    ASSIGNED_TO_REVIEW = "assigned_to_review"
    REVIEWER_RELEASED = "reviewer_released"
    REVIEW_COMPLETE = "review_complete"
    RECONCILIATION_NEEDED = "reconciliation_needed"
    FACTS_TO_CHECK = "facts_to_check"
    READY_TO_DECIDE = "ready_to_decide"
    DECIDED = "decided"
    CERTIFICATE_ISSUED = "certificate_issued"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_STATUS_CHANGED = "certificate_status_changed"
    REPORT_READY = "report_ready"
    REMINDER_SUBMISSION = "reminder_submission"
    REMINDER_REVIEW = "reminder_review"
    REMINDER_RENEWAL = "reminder_renewal"
