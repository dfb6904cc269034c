"""Conflicts of interest: who may not review a line, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from audit.domain.calendar import TIE_MONTHS, add_months
from audit.domain.errors import N_


class ConflictReason(StrEnum):
    OWN_LINE = "own_line"
    FORMER_LINE = "former_line"
    DECLARED_TIE = "declared_tie"
    OWN_COUNTRY = "own_country"
    MUTUAL_PAIR = "mutual_pair"
    SAME_COUNTRY_AS_REVIEWER = "same_country_as_reviewer"


CONFLICT_WORDS: Mapping[ConflictReason, str] = {
    ConflictReason.OWN_LINE: N_("This person belongs to the line."),
    ConflictReason.FORMER_LINE: N_("This person belonged to the line in the last two years."),
    ConflictReason.DECLARED_TIE: N_("This person declared a tie to the line in the last two years."),
    ConflictReason.OWN_COUNTRY: N_("This person comes from the line's own country."),
    ConflictReason.MUTUAL_PAIR: N_("The line reviews this person's own line in the same cycle."),
    ConflictReason.SAME_COUNTRY_AS_REVIEWER: N_(
        "Another reviewer of this self-assessment comes from the same country."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What is known about someone who might review: present lines and countries, former lines, declared ties."""

    lines: frozenset[int] = frozenset()
    countries: frozenset[str] = frozenset()
    former_lines: Mapping[int, date] = field(default_factory=dict)  # line → the day the latest appointment ended
    declared_ties: Mapping[int, date] = field(default_factory=dict)  # line → the day of the latest declaration


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The line under review as conflicts see it.

    `reviewer_countries` are those of the other present reviewers; `reviewed_lines` and `reviewed_countries` are the
    lines that people of this line review in the same cycle, and the countries of those lines.
    """

    line: int
    country: str
    reviewer_countries: frozenset[str] = frozenset()
    reviewed_lines: frozenset[int] = frozenset()
    reviewed_countries: frozenset[str] = frozenset()


def conflict_reasons(candidate: Candidate, subject: Subject, *, today: date) -> tuple[ConflictReason, ...]:
    """Every reason why the candidate may not review the subject (domain report 2.3); empty when there is none.

    People are taken for members of a line by appointment or, where they have none, by country.
    """
    ties = {
        ConflictReason.OWN_LINE: subject.line in candidate.lines,
        ConflictReason.FORMER_LINE: _recent(candidate.former_lines.get(subject.line), today),
        ConflictReason.DECLARED_TIE: _recent(candidate.declared_ties.get(subject.line), today),
        ConflictReason.OWN_COUNTRY: subject.country in candidate.countries,
        ConflictReason.MUTUAL_PAIR: bool(candidate.lines & subject.reviewed_lines)
        or bool(candidate.countries & subject.reviewed_countries),
        ConflictReason.SAME_COUNTRY_AS_REVIEWER: bool(candidate.countries & subject.reviewer_countries),
    }
    return tuple(reason for reason, holds in ties.items() if holds)


def _recent(day: date | None, today: date) -> bool:
    return day is not None and add_months(day, TIE_MONTHS) > today
