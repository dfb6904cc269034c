"""Slows down guessing: attempts are rows, kept for a day, so that every process sees them."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from audit.domain.errors import N_, TooMany
from audit.persistence.tables import Attempt

KEPT = timedelta(days=1)
LONGEST_WAIT = timedelta(minutes=15)


def attempt_key(kind: str, value: str) -> str:
    """What an attempt is counted under: a hash, so that the table names no address and no account."""
    return hashlib.sha256(f"plumbline attempt v1\n{kind}\n{value}".encode()).hexdigest()


def slow_down(session: Session, key: str, *, free: int, at: datetime, window: timedelta = KEPT) -> None:
    """TooMany while the growing wait after `free` attempts in the window has not passed: 15 s, 30 s, 1 min … 15 min."""
    count, last = session.execute(
        select(func.count(), func.max(Attempt.at)).where(Attempt.key == key, Attempt.at > at - window)
    ).one()
    if count < free or last is None:
        return
    wait = min(timedelta(seconds=15) * 2 ** min(count - free, 10), LONGEST_WAIT)
    left = (last + wait - at).total_seconds()
    if left > 0:
        message = N_("Too many attempts. Please wait a little and try again.")
        raise TooMany(message, retry_after=int(left) + 1)


def count_attempt(session: Session, key: str, *, at: datetime) -> None:
    session.execute(delete(Attempt).where(Attempt.at <= at - KEPT))
    session.add(Attempt(key=key, at=at))
    session.flush()


def forget_attempts(session: Session, key: str) -> None:
    session.execute(delete(Attempt).where(Attempt.key == key))
