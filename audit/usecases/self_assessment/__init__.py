"""The line's work: answers saved one by one, evidence offered, the signed submission, the factual check."""

from audit.usecases.self_assessment.answers import record_answer, restore, still_true
from audit.usecases.self_assessment.importing import TakenOver, Wanted, record_copy, take_over, want_copy
from audit.usecases.self_assessment.offering import attach, detach, offer_for, still_valid
from audit.usecases.self_assessment.submission import GAP_WORDS, confirm_facts, submit, withdraw

__all__ = [
    "GAP_WORDS",
    "TakenOver",
    "Wanted",
    "attach",
    "confirm_facts",
    "detach",
    "offer_for",
    "record_answer",
    "record_copy",
    "restore",
    "still_true",
    "still_valid",
    "submit",
    "take_over",
    "want_copy",
    "withdraw",
]
