"""Forgets what nobody needs any more: used or outdated links, ended sessions, counted attempts."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from audit.persistence.tables import Attempt, OneTimeToken, SignInSession

KEPT = timedelta(days=30)
KEPT_ATTEMPTS = timedelta(days=2)  # throttling looks back a day at most


def forget_people_traces(session: Session, *, now: datetime) -> int:
    """Delete links and sessions that ended a month ago, and attempts of more than two days; returns how many rows."""
    statements = (
        delete(OneTimeToken)
        .where(or_(OneTimeToken.used_at < now - KEPT, OneTimeToken.expires_at < now - KEPT))
        .returning(OneTimeToken.id),
        delete(SignInSession)
        .where(or_(SignInSession.ended_at < now - KEPT, SignInSession.expires_at < now - KEPT))
        .returning(SignInSession.id),
        delete(Attempt).where(Attempt.at < now - KEPT_ATTEMPTS).returning(Attempt.id),
    )
    return sum(
        len(session.execute(statement, execution_options={"synchronize_session": False}).all())
        for statement in statements
    )
