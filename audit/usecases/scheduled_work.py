"""Asking for a scheduled job out of turn."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from audit.domain.journal import Event
from audit.persistence import journal, ledger
from audit.persistence.tables import Person


def ask_for_run(session: Session, job: str, *, actor: Person, at: datetime) -> str:
    """Make one run of a job due now; the next free worker does it. Returns the key of the run in the ledger."""
    key = f"{job}:by-hand:{secrets.token_hex(8)}"  # the ledger counts no schedule from runs asked for
    ledger.offer(session, job, [(key, at)])
    journal.record(session, Event.JOB_REQUESTED, f"job:{job}", actor=actor, at=at)
    return key
