"""Why a certificate's status changed, in the few classes that the public reads."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from audit.domain.errors import N_


class ReasonClass(StrEnum):
    OVERDUE_ACTION = "overdue_action"
    CRITERIA_NOT_MET = "criteria_not_met"
    CHECK_REFUSED = "check_refused"
    MISUSE = "misuse"
    OWN_REQUEST = "own_request"
    RESOLVED = "resolved"
    CORRECTION = "correction"
    NEW_CERTIFICATE = "new_certificate"
    END_OF_VALIDITY = "end_of_validity"


REASON_WORDS: Mapping[ReasonClass, str] = {
    ReasonClass.OVERDUE_ACTION: N_("A corrective action is overdue."),
    ReasonClass.CRITERIA_NOT_MET: N_("The criteria are no longer met."),
    ReasonClass.CHECK_REFUSED: N_("A check was refused or missed."),
    ReasonClass.MISUSE: N_("The certificate was used in a way that is not allowed."),
    ReasonClass.OWN_REQUEST: N_("The line asked for it."),
    ReasonClass.RESOLVED: N_("The reason for the suspension is resolved."),
    ReasonClass.CORRECTION: N_("A corrected certificate took its place."),
    ReasonClass.NEW_CERTIFICATE: N_("A new certificate took its place."),
    ReasonClass.END_OF_VALIDITY: N_("Its last day has passed."),
}

# What a person may give as a reason; the other classes are recorded by the course of things.
CHOSEN_BY_PEOPLE = (
    ReasonClass.OVERDUE_ACTION,
    ReasonClass.CRITERIA_NOT_MET,
    ReasonClass.CHECK_REFUSED,
    ReasonClass.MISUSE,
    ReasonClass.OWN_REQUEST,
    ReasonClass.RESOLVED,
)
