"""The ledger of due work: offered once, claimed under a lease, done once in effect (security report 2.5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from audit.persistence.tables import DuePeriod, PeriodState

LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 5
_DELAYS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))


class LeaseLost(Exception):
    """Someone else has taken this work over: what was prepared must not be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to do one piece of work until the lease ends; `token` grows with each claim and fences old holders."""

    key: str
    job: str
    token: int
    attempts: int
    due_at: datetime


def offer(session: Session, job: str, periods: Iterable[tuple[str, datetime]]) -> int:
    """Enter pieces of work as (key, due time); those known already stay as they are. Returns how many are new."""
    rows = [
        {"key": key, "job": job, "state": PeriodState.DUE, "due_at": due_at, "token": 0, "owner": "", "attempts": 0,
         "result": "", "error": ""}
        for key, due_at in periods
    ]  # fmt: skip
    if not rows:
        return 0
    insert = insert_postgresql if session.get_bind().dialect.name == "postgresql" else insert_sqlite
    statement = insert(DuePeriod.__table__).on_conflict_do_nothing(index_elements=["key"])
    return len(session.execute(statement.values(rows).returning(DuePeriod.__table__.c.key)).all())


def claim(
    session: Session, job: str, *, owner: str, now: datetime, lease: timedelta = LEASE, key: str | None = None
) -> Claim | None:
    """Take one piece of a job's work that is free, or whose holder let the lease run out; None when there is none.

    On PostgreSQL rows that others are taking at this moment are skipped; on SQLite writers take turns. A lease that
    ends too far ahead was written by a clock that has since gone back: it counts as run out. Work whose holders died
    too often is set aside as failed.
    """
    free = and_(DuePeriod.state == PeriodState.DUE, or_(DuePeriod.not_before.is_(None), DuePeriod.not_before <= now))
    abandoned = and_(
        DuePeriod.state == PeriodState.LEASED,
        or_(DuePeriod.leased_until < now, DuePeriod.leased_until > now + 2 * lease),
    )
    wanted = [DuePeriod.job == job, or_(free, abandoned)]
    if key is not None:
        wanted.append(DuePeriod.key == key)
    while True:
        row = session.scalar(
            select(DuePeriod)
            .where(*wanted)
            .order_by(DuePeriod.due_at, DuePeriod.key)
            .limit(1)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
        if row is None:
            return None
        if row.attempts < MOST_ATTEMPTS:
            break
        row.state, row.finished_at = PeriodState.FAILED, now
        row.error = row.error or "Every attempt ended without a word: the process was stopped or killed."
        session.flush()
    row.state, row.owner, row.leased_until, row.started_at = PeriodState.LEASED, owner, now + lease, now
    row.token += 1
    row.attempts += 1
    session.flush()
    return Claim(key=row.key, job=row.job, token=row.token, attempts=row.attempts, due_at=row.due_at)


def is_taken(session: Session, key: str, *, now: datetime) -> bool:
    """Whether a piece of work is done, set aside, waiting for its next attempt, or in the hands of another."""
    row = session.execute(
        select(DuePeriod.state, DuePeriod.leased_until, DuePeriod.not_before).where(DuePeriod.key == key)
    ).first()
    if row is None:
        return False
    if row.state is PeriodState.LEASED:
        return row.leased_until is not None and now <= row.leased_until <= now + 2 * LEASE
    if row.state is PeriodState.DUE:
        return row.not_before is not None and row.not_before > now
    return True


def prolong(session: Session, held: Claim, *, now: datetime, lease: timedelta = LEASE) -> bool:
    """A sign of life: the lease runs anew. False when the work was taken over."""
    statement = update(DuePeriod).where(_mine(held)).values(leased_until=now + lease).returning(DuePeriod.key)
    return session.execute(statement).first() is not None


def finish(session: Session, held: Claim, *, now: datetime, result: str = "") -> None:
    """Mark the work done, in the transaction of its effects; LeaseLost (roll back!) when it was taken over."""
    statement = (
        update(DuePeriod)
        .where(_mine(held))
        .values(state=PeriodState.DONE, finished_at=now, leased_until=None, result=result, error="")
        .returning(DuePeriod.key)
    )
    if session.execute(statement).first() is None:
        raise LeaseLost(held.key)


def fail(session: Session, held: Claim, *, now: datetime, error: str) -> PeriodState:
    """Give the work back for a later attempt, or set it aside after the last one; says what became of it."""
    spent = held.attempts >= MOST_ATTEMPTS
    state = PeriodState.FAILED if spent else PeriodState.DUE
    delay = _DELAYS[min(held.attempts, len(_DELAYS)) - 1]
    session.execute(
        update(DuePeriod)
        .where(_mine(held))
        .values(
            state=state,
            error=error[:2000],
            leased_until=None,
            not_before=None if spent else now + delay,
            finished_at=now if spent else None,
        )
    )
    return state


def retry(session: Session, key: str, *, now: datetime) -> bool:
    """A person lets failed work begin anew; False when it is not failed."""
    statement = (
        update(DuePeriod)
        .where(DuePeriod.key == key, DuePeriod.state == PeriodState.FAILED)
        .values(state=PeriodState.DUE, attempts=0, not_before=now, finished_at=None)
        .returning(DuePeriod.key)
    )
    return session.execute(statement).first() is not None


def last_due(session: Session, job: str) -> datetime | None:
    """The beginning of the latest period that was ever entered for a job by its schedule."""
    return session.scalar(
        select(func.max(DuePeriod.due_at)).where(DuePeriod.job == job, DuePeriod.key.not_like("%:by-hand:%"))
    )


def forget(session: Session, *, before: datetime) -> int:
    """Delete done work that began before a moment, but each job's latest, from which the next is counted."""
    newest = select(func.max(DuePeriod.due_at)).group_by(DuePeriod.job)
    statement = (
        delete(DuePeriod)
        .where(DuePeriod.state == PeriodState.DONE, DuePeriod.due_at < before, DuePeriod.due_at.not_in(newest))
        .returning(DuePeriod.key)
    )
    return len(session.execute(statement, execution_options={"synchronize_session": False}).all())


def _mine(held: Claim) -> ColumnElement[bool]:
    return and_(DuePeriod.key == held.key, DuePeriod.token == held.token, DuePeriod.state == PeriodState.LEASED)
