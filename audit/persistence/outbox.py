"""The letters that wait to leave: taken one by one under a lease, sent at least once, given up after a week."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from audit.persistence.tables import Letter, Person

LEASE = timedelta(minutes=5)
GIVEN_UP_AFTER = timedelta(days=7)
_LONGEST_DELAY = timedelta(hours=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A letter in the hands of one sender until `leased_until`."""

    id: int
    kind: str
    person: Person
    parameters: Mapping[str, Any]
    message_id: str
    written_at: datetime
    leased_until: datetime
    attempts: int


def take(session: Session, *, now: datetime) -> Taken | None:
    """The next letter that is due and in nobody's hands; None when there is none."""
    row = session.scalar(
        select(Letter)
        .where(
            Letter.sent_at.is_(None),
            Letter.dropped_at.is_(None),
            Letter.next_attempt_at <= now,
            or_(Letter.leased_until.is_(None), Letter.leased_until < now, Letter.leased_until > now + 2 * LEASE),
        )
        .order_by(Letter.next_attempt_at, Letter.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if row is None:
        return None
    row.leased_until = now + LEASE
    row.attempts += 1
    session.flush()
    return Taken(
        id=row.id,
        kind=row.kind,
        person=session.get_one(Person, row.person_id),
        parameters=row.parameters,
        message_id=row.message_id,
        written_at=row.written_at,
        leased_until=now + LEASE,
        attempts=row.attempts,
    )


def sent(session: Session, letter: Taken, *, at: datetime) -> None:
    """The server took it. Whoever was overtaken meanwhile marks it too: it was sent, with the same Message-ID."""
    session.execute(
        update(Letter).where(Letter.id == letter.id, Letter.sent_at.is_(None)).values(sent_at=at, leased_until=None)
    )


def put_off(session: Session, letter: Taken, *, error: str, at: datetime) -> bool:
    """Try again later: after one minute, then twice as long each time up to six hours; False: given up after a week."""
    if at - letter.written_at >= GIVEN_UP_AFTER:
        drop(session, letter, reason=error, at=at)
        return False
    delay = min(timedelta(minutes=1) * 2 ** min(letter.attempts - 1, 12), _LONGEST_DELAY)
    session.execute(
        update(Letter)
        .where(_mine(letter))
        .values(next_attempt_at=at + delay, last_error=error[:1000], leased_until=None)
    )
    return True


def drop(session: Session, letter: Taken, *, reason: str, at: datetime) -> None:
    """Never send it: it is moot, or its address will never work."""
    session.execute(
        update(Letter).where(_mine(letter)).values(dropped_at=at, last_error=reason[:1000], leased_until=None)
    )


def _mine(letter: Taken) -> ColumnElement[bool]:
    return and_(Letter.id == letter.id, Letter.leased_until == letter.leased_until, Letter.sent_at.is_(None))
