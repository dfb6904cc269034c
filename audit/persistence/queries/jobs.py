"""What scheduled work did, is doing and failed at, for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.persistence.tables import DuePeriod, PeriodState


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One piece of work: a due run of a job, or one paper it has to make."""

    key: str
    job: str
    state: PeriodState
    due_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    attempts: int
    result: str
    error: str


def history(session: Session, *, job: str | None = None, limit: int = 50) -> list[Run]:
    """The latest runs, the latest first; of one job or of all."""
    statement = select(DuePeriod).order_by(DuePeriod.due_at.desc(), DuePeriod.key).limit(limit)
    if job is not None:
        statement = statement.where(DuePeriod.job == job)
    return [_run(row) for row in session.scalars(statement)]


def failed(session: Session) -> list[Run]:
    """Work that was given up, for the administrator."""
    statement = select(DuePeriod).where(DuePeriod.state == PeriodState.FAILED).order_by(DuePeriod.due_at.desc())
    return [_run(row) for row in session.scalars(statement)]


def last_run(session: Session, job: str) -> Run | None:
    """The latest run of a job that has begun."""
    row = session.scalar(
        select(DuePeriod)
        .where(DuePeriod.job == job, DuePeriod.started_at.is_not(None))
        .order_by(DuePeriod.started_at.desc())
        .limit(1)
    )
    return None if row is None else _run(row)


def _run(row: DuePeriod) -> Run:
    return Run(
        key=row.key,
        job=row.job,
        state=row.state,
        due_at=row.due_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        attempts=row.attempts,
        result=row.result,
        error=row.error,
    )
