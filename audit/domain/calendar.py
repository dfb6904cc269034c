"""Dates of the course: days in the installation's zone, working days, reminder points and due periods."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from audit.domain.errors import N_, InvalidInput

SUBMISSION_POINTS = (30, 14, 7, 1)  # days before an assessment is due
REVIEW_POINTS = (7, 1)  # days before a review is due
EVIDENCE_POINTS = (60, 30, 7)  # days before an item of evidence is past its date
RENEWAL_POINTS = (9, 6, 3, 1)  # months before a certificate ends
FACTUAL_CHECK_DAYS = 10  # working days (domain report 2.3)
APPEAL_DAYS = 20  # working days
RENEWAL_WINDOW_MONTHS = 6  # a renewal within these months before the end keeps the old anniversary
TIE_MONTHS = 24  # a former tie forbids reviewing and deciding for two years

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def today(at: datetime, timezone: str) -> date:
    """The date at that moment in a zone such as "Europe/Vienna"; InvalidInput when there is no such zone."""
    try:
        zone = ZoneInfo(timezone)
    except (KeyError, ValueError, OSError) as error:
        raise InvalidInput(N_("There is no time zone called “%(zone)s”."), zone=timezone) from error
    return at.astimezone(zone).date()


def add_months(day: date, months: int) -> date:
    """The same day so many months later (or earlier); the month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def whole_months(start: date, end: date) -> int:
    """Whole months from one day to a later one; 0 when it is not later."""
    if end <= start:
        return 0
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if add_months(start, months) <= end else months - 1


def last_valid_day(start: date, months: int) -> date:
    """The last day of something that is valid for whole months from `start` on."""
    return add_months(start, months) - timedelta(days=1)


def add_working_days(day: date, count: int) -> date:
    """The day on which a time of so many working days (Monday to Friday) ends; counting begins the day after."""
    while count > 0:
        day += timedelta(days=1)
        if day.weekday() < 5:
            count -= 1
    return day


def reminder_days(points: Iterable[int], *, due_on: date, since: date, today: date) -> int | None:
    """The latest reached point in days before `due_on`, or None.

    None before the first point, after the date itself, and for a point that lay before the thing began (`since`): who
    was invited three weeks before the end needs no reminder of four weeks.
    """
    return _latest(((point, due_on - timedelta(days=point)) for point in points), due_on, since, today)


def reminder_months(points: Iterable[int], *, due_on: date, since: date, today: date) -> int | None:
    """The latest reached point in months before `due_on`, or None, as for days."""
    return _latest(((point, add_months(due_on, -point)) for point in points), due_on, since, today)


def runs_out_in(valid_until: date | None, today: date) -> int | None:
    """Days until an item of evidence is past its date, once the first reminder of it is due; None before and after."""
    if valid_until is None:
        return None
    left = (valid_until - today).days
    return left if 0 <= left <= max(EVIDENCE_POINTS) else None


def _latest(points: Iterable[tuple[int, date]], due_on: date, since: date, today: date) -> int | None:
    if today > due_on:
        return None
    reached = [(day, point) for point, day in points if since < day <= today]
    return max(reached)[1] if reached else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a job is due: at `offset` within each step of `every`, counted in UTC, so that no clock change matters.

    `catch_up` says how many missed periods are still run: all jobs look for what is missing, so the latest one does.
    """

    every: timedelta
    offset: timedelta = timedelta(0)
    catch_up: int = 1

    def floor(self, moment: datetime) -> datetime:
        """The beginning of the period that holds the moment."""
        steps = (moment - _EPOCH - self.offset) // self.every
        return _EPOCH + self.offset + steps * self.every

    def following(self, moment: datetime) -> datetime:
        """The beginning of the next period after the moment."""
        return self.floor(moment) + self.every


def due_periods(schedule: Schedule, last: datetime | None, now: datetime) -> tuple[datetime, ...]:
    """The beginnings of the periods due after `last` up to `now`, oldest first, at most `catch_up` of them.

    Without a last one, the period that holds `now` is due. A clock that went back yields nothing.
    """
    newest = schedule.floor(now)
    if last is None:
        return (newest,)
    missed = min((newest - schedule.floor(last)) // schedule.every, schedule.catch_up)
    return tuple(newest - schedule.every * step for step in range(missed - 1, -1, -1))


def months_covered(periods: Iterable[tuple[date, date]]) -> int:
    """Whole months of the longest unbroken stretch that the periods (first and last day of each) cover together."""
    best = 0
    start: date | None = None
    end: date | None = None
    for first, last in sorted(periods):
        if start is None or end is None or first > end + timedelta(days=1):
            start, end = first, last
        else:
            end = max(end, last)
        best = max(best, whole_months(start, end + timedelta(days=1)))
    return best


def months_without_break(periods: Iterable[tuple[date, date]], on: date) -> int:
    """Whole months that the periods (first and last day) cover without a gap up to `on`; 0 when `on` is not covered."""
    begin: date | None = None
    for first, last in sorted(periods, key=lambda period: period[1], reverse=True):
        if begin is None:
            if first <= on <= last:
                begin = first
        elif last >= begin - timedelta(days=1):
            begin = min(begin, first)
    return 0 if begin is None else whole_months(begin, on)
