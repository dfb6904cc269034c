"""The review side of a self-assessment: who reviews, what they say, and how their verdicts become confirmed answers."""

from audit.usecases.review.assignment import assign, conflicts, declare, release
from audit.usecases.review.completeness import accept, return_to_line
from audit.usecases.review.completion import complete, reconcile
from audit.usecases.review.judging import judge, judge_evidence

__all__ = [
    "accept",
    "assign",
    "complete",
    "conflicts",
    "declare",
    "judge",
    "judge_evidence",
    "reconcile",
    "release",
    "return_to_line",
]
