"""Days, months, working days, reminder points and due periods."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from audit.domain import calendar
from audit.domain.calendar import Schedule, due_periods
from audit.domain.errors import InvalidInput

DAYS = some.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1))
MOMENTS = some.datetimes(min_value=datetime(2000, 1, 2), max_value=datetime(2100, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)
MINUTE = timedelta(minutes=1)


def test_today_is_the_date_where_the_network_is() -> None:
    late = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)
    assert calendar.today(late, "UTC") == date(2026, 3, 31)
    assert calendar.today(late, "Europe/Vienna") == date(2026, 4, 1)
    assert calendar.today(late, "America/Lima") == date(2026, 3, 31)
    with pytest.raises(InvalidInput):
        calendar.today(late, "Europe/Nowhere")


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
    ],
)
def test_months(day: date, months: int, expected: date) -> None:
    assert calendar.add_months(day, months) == expected


@given(DAYS, some.integers(0, 120))
def test_whole_months_count_what_was_added(day: date, months: int) -> None:
    later = calendar.add_months(day, months)
    assert calendar.whole_months(day, later) == months
    assert calendar.whole_months(day, later + timedelta(days=1)) in (months, months + 1)
    assert calendar.last_valid_day(day, months) == later - timedelta(days=1)


@given(DAYS, some.integers(0, 60))
def test_working_days(day: date, count: int) -> None:
    end = calendar.add_working_days(day, count)
    between = [day + timedelta(days=step) for step in range(1, (end - day).days + 1)]
    assert sum(one.weekday() < 5 for one in between) == count
    assert count == 0 or end.weekday() < 5


def test_twenty_working_days_over_weekends() -> None:
    assert calendar.add_working_days(date(2026, 3, 6), 1) == date(2026, 3, 9)
    assert calendar.add_working_days(date(2026, 3, 7), 1) == date(2026, 3, 9)
    assert calendar.add_working_days(date(2026, 3, 2), 20) == date(2026, 3, 30)


@pytest.mark.parametrize(
    ("left", "expected"),
    [(31, None), (30, 30), (29, 30), (15, 30), (14, 14), (8, 14), (7, 7), (1, 1), (0, 1), (-1, None)],
)
def test_reminder_points_before_a_date(left: int, expected: int | None) -> None:
    due = date(2026, 6, 30)
    reached = calendar.reminder_days(
        calendar.SUBMISSION_POINTS, due_on=due, since=date(2026, 1, 1), today=due - timedelta(days=left)
    )
    assert reached == expected


def test_no_reminder_of_a_point_before_the_beginning() -> None:
    due, since = date(2026, 6, 30), date(2026, 6, 10)
    points = {
        calendar.reminder_days(calendar.SUBMISSION_POINTS, due_on=due, since=since, today=since + timedelta(days=step))
        for step in range(7)
    }
    assert points == {None, 14}


def test_renewal_points() -> None:
    ends = date(2029, 8, 31)

    def reached(today: date) -> int | None:
        return calendar.reminder_months(calendar.RENEWAL_POINTS, due_on=ends, since=date(2026, 9, 1), today=today)

    assert reached(date(2028, 11, 29)) is None
    assert reached(date(2028, 11, 30)) == 9
    assert reached(date(2029, 2, 28)) == 6
    assert reached(date(2029, 8, 31)) == 1
    assert reached(date(2029, 9, 1)) is None


def test_due_periods_catch_up_and_never_repeat() -> None:
    schedule = Schedule(every=MINUTE, catch_up=1000)
    begin = datetime(2026, 3, 29, 0, 0, tzinfo=UTC)
    assert due_periods(schedule, None, begin) == (begin,)
    assert due_periods(schedule, begin, begin + timedelta(seconds=59)) == ()
    assert due_periods(schedule, begin, begin + timedelta(minutes=3)) == tuple(
        begin + MINUTE * step for step in (1, 2, 3)
    )
    assert due_periods(schedule, begin, begin - timedelta(hours=3)) == ()
    assert due_periods(Schedule(every=MINUTE), begin, begin + timedelta(days=30)) == (begin + timedelta(days=30),)


@given(
    some.lists(some.integers(0, 90 * 60), min_size=1, max_size=40),
    MOMENTS,
    some.sampled_from([timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)]),
)
def test_any_pattern_of_ticks_yields_each_period_once(steps: list[int], begin: datetime, every: timedelta) -> None:
    schedule = Schedule(every=every, offset=timedelta(minutes=5), catch_up=100_000)
    last, seen, now = None, [], begin
    for step in steps:
        now += timedelta(seconds=step)
        for period in due_periods(schedule, last, now):
            seen.append(period)
            last = period
    whole = (schedule.floor(now) - seen[0]) // every + 1
    assert seen == [seen[0] + every * place for place in range(whole)]


ZONES = ["Europe/Vienna", "America/New_York", "Australia/Lord_Howe", "Asia/Tehran", "Pacific/Apia", "Africa/Casablanca"]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("begin", [datetime(2026, 3, 27, tzinfo=UTC), datetime(2026, 10, 23, tzinfo=UTC)])
def test_clock_changes_miss_and_double_nothing(zone: str, begin: datetime) -> None:
    """A daily job runs once each UTC day, whatever the wall clock does, and sees each local date at least once."""
    schedule = Schedule(every=timedelta(hours=1), offset=timedelta(minutes=5))
    last, periods, dates = None, [], []
    for minute in range(0, 6 * 24 * 60, 7):
        now = begin + timedelta(minutes=minute)
        for period in due_periods(schedule, last, now):
            periods.append(period)
            dates.append(calendar.today(now, zone))
            last = period
    assert len(periods) == len(set(periods))
    first, final = begin.astimezone(ZoneInfo(zone)).date(), now.astimezone(ZoneInfo(zone)).date()
    wanted = {first + timedelta(days=step) for step in range((final - first).days + 1)}
    assert set(dates) >= wanted - {final}


def test_months_covered_and_without_a_break() -> None:
    year = [(date(2025, month, 1), calendar.last_valid_day(date(2025, month, 1), 1)) for month in range(1, 13)]
    assert calendar.months_covered(year) == 12
    assert calendar.months_covered(year[:5] + year[6:]) == 6
    assert calendar.months_covered([]) == 0
    periods = [(date(2024, 1, 1), date(2024, 12, 31)), (date(2025, 1, 1), date(2025, 6, 30))]
    assert calendar.months_without_break(periods, date(2025, 6, 1)) == 17
    assert calendar.months_without_break(periods, date(2025, 7, 1)) == 0
    gap = [(date(2024, 1, 1), date(2024, 12, 30)), (date(2025, 1, 1), date(2025, 6, 30))]
    assert calendar.months_without_break(gap, date(2025, 6, 1)) == 5
