"""The secret address under which a person's calendar reads the dates of a line."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from audit.persistence.tables import CalendarFeed, Person, ReportingLine
from audit.usecases.accounts.throttle import attempt_key, count_attempt, slow_down

_WINDOW = timedelta(hours=1)
_FREE = 30  # wrong addresses an hour from one place: a calendar asks for a revoked one again and again


def feed_hash(token: str) -> str:
    """What the table keeps of an address: it opens nothing, and looking it up takes the same time for any token."""
    return hashlib.sha256(b"plumbline calendar v1\n" + token.encode("utf-8", "surrogateescape")).hexdigest()


def make_feed(session: Session, person: Person, line: ReportingLine, *, at: datetime) -> str:
    """A fresh token for the person's calendar of this line; the earlier one ends. It is shown once and kept nowhere."""
    revoke_feed(session, person, line, at=at)
    token = secrets.token_urlsafe(32)
    session.add(CalendarFeed(token_hash=feed_hash(token), person_id=person.id, line_id=line.id, created_at=at))
    session.flush()
    return token


def revoke_feed(session: Session, person: Person, line: ReportingLine, *, at: datetime) -> None:
    """End the person's address for this line; once is as good as twice."""
    session.execute(
        update(CalendarFeed)
        .where(CalendarFeed.person_id == person.id, CalendarFeed.line_id == line.id, CalendarFeed.revoked_at.is_(None))
        .values(revoked_at=at)
    )


def count_wrong_feed(session: Session, *, address: str, at: datetime) -> None:
    """Count an address that opens nothing; TooMany when this place asked for too many within an hour."""
    key = attempt_key("calendar address", address)
    slow_down(session, key, free=_FREE, at=at, window=_WINDOW)
    count_attempt(session, key, at=at)
