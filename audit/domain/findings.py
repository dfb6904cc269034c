"""Findings: what a review says about a criterion beyond its level (ISO 19011 terms)."""

from __future__ import annotations

from enum import StrEnum


class Grade(StrEnum):
    CONFORMS = "conforms"
    OPPORTUNITY = "opportunity"  # opportunity for improvement
    MINOR = "minor"  # minor nonconformity
    MAJOR = "major"  # major nonconformity

    @property
    def can_be_open(self) -> bool:
        """ "Conforms" is a finding that cannot be open (scoring.md, Levels)."""
        return self is not Grade.CONFORMS

    @property
    def severity(self) -> int:
        return list(Grade).index(self)


def graver(first: Grade, second: Grade) -> Grade:
    """The graver of two findings: where reviewers agree on the level, the graver finding stands."""
    return first if first.severity >= second.severity else second


class EvidenceVerdict(StrEnum):
    ACCEPTED = "accepted"
    REJECTED = "rejected"  # always with a reason
