"""What the machine room shows, as frozen values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from audit.domain.errors import N_

if TYPE_CHECKING:
    from audit.persistence.queries.administration import Outbox
    from audit.persistence.tables import DuePeriod
    from audit.settings import Settings

TITLES: Mapping[str, str] = {
    "issue-certificates": N_("Issue certificates"),
    "comparison-reports": N_("Comparison reports"),
    "send-letters": N_("Send letters"),
    "reminders": N_("Reminders"),
    "expire": N_("Expire certificates"),
    "verify-journal": N_("Verify the journal"),
    "sweep": N_("Tidy up"),
}
SILENT_AFTER = timedelta(minutes=10)  # a scheduler that began nothing for so long has probably stopped


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """One job as the list shows it. `state`: done, failed, again (will be tried again), running, asked, never."""

    name: str
    title: str
    sentence: str
    state: str
    last: DuePeriod | None
    next_at: datetime
    minutes: int  # between two runs


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsPage:
    rows: tuple[JobRow, ...]

    @property
    def failing(self) -> int:
        return sum(row.state in ("failed", "again") for row in self.rows)


def listed(jobs: Iterable[Any], latest: Mapping[str, DuePeriod], asked: Collection[str], *, now: datetime) -> JobsPage:
    """Each job with its last run and its next."""
    return JobsPage(
        rows=tuple(
            JobRow(
                name=job.name,
                title=TITLES.get(job.name, job.name),
                sentence=job.sentence,
                state=_state(latest.get(job.name), job.name in asked),
                last=latest.get(job.name),
                next_at=job.schedule.following(now),
                minutes=job.schedule.every // timedelta(minutes=1),
            )
            for job in jobs
        )
    )


def _state(last: DuePeriod | None, asked: bool) -> str:
    if last is None:
        return "asked" if asked else "never"
    if last.state == "leased":
        return "running"
    if last.state == "done":
        return "asked" if asked else "done"
    return "again" if last.state == "due" else "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at: what it is, whether it is well, and what to do when it is not (message ids)."""

    title: str
    well: bool
    says: str
    mend: str = ""


def health_of(
    settings: Settings, *, schema_is_current: bool, beat: datetime | None, outbox: Outbox, failed: int, now: datetime
) -> tuple[Finding, ...]:
    """What is wrong with this installation and how to mend it."""
    alive = beat is not None and now - beat < SILENT_AFTER
    public = settings.base_url.startswith("https://")
    return (
        Finding(
            title=N_("Schema of the database"),
            well=schema_is_current,
            says=N_("It is at this version.") if schema_is_current else N_("It is at another version."),
            mend=N_("Run “flask database upgrade”."),
        ),
        Finding(
            title=N_("Scheduler"),
            well=alive,
            says=N_("It is working.") if alive else N_("It began nothing in the last ten minutes."),
            mend=N_("Start “flask scheduler” beside the web server."),
        ),
        Finding(
            title=N_("Jobs"),
            well=failed == 0,
            says=N_("None was given up.") if failed == 0 else N_("Some work was given up."),
            mend=N_("Look at the jobs and run them again."),
        ),
        Finding(
            title=N_("Letters"),
            well=outbox.failing_count == 0,
            says=N_("They leave on time.") if outbox.failing_count == 0 else N_("Some could not be sent yet."),
            mend=N_("Check AUDIT_SMTP_URL and the mail server; letters are tried again by themselves."),
        ),
        Finding(
            title=N_("Connection"),
            well=public == settings.secure_cookies,
            says=N_("Addresses and cookies fit together.")
            if public == settings.secure_cookies
            else N_("The public address and the cookies do not fit together."),
            mend=N_("Set AUDIT_SECURE_COOKIES to true where AUDIT_BASE_URL begins with https, and only there."),
        ),
    )
