"""What stands beside the home of a line: its first-round letter, what it asked for, and the way to practice."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from audit.domain.permissions import Permission, Relation, allows
from audit.domain.workflow import OPEN_FOR_THE_LINE
from audit.persistence.queries import practice, rounds
from audit.persistence.queries.rounds import Round
from audit.persistence.tables import ReportingLine, SelfAssessment, TimeRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    letter_until: date | None  # the last day of the first-round letter
    time_request: TimeRequest | None  # the latest of the self-assessment that is open
    may_ask: bool
    practice: SelfAssessment | None


def beside_of(
    session: Any,
    line: ReportingLine,
    found: tuple[Round, ...],
    current: Round | None,
    held: Collection[Relation],
) -> Beside:
    """Three statements at most. `held` is how the visitor stands to the line."""
    open_now = current is not None and current.assessment.state in OPEN_FOR_THE_LINE
    request = rounds.latest_request(session, current.assessment.id) if current is not None and open_now else None
    return Beside(
        letter_until=rounds.letter_of(session, found),
        time_request=request,
        may_ask=open_now and (request is None or request.answered_at is not None) and allows(Permission.ASK_TIME, held),
        practice=practice.practice_of(session, line.id),
    )
