"""A line's dates for a calendar: whoever has the secret address reads them, without session and without cookie."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Response, request

from audit.domain.errors import Missing
from audit.domain.icalendar import DayEntry, calendar_text
from audit.language import Language, language
from audit.persistence.queries import calendar_feeds
from audit.persistence.queries.calendar_feeds import LineDate
from audit.persistence.tables import ReportingLine
from audit.usecases import accounts
from audit.web import visit
from audit.web.guards import NOT_FOUND, public
from audit.web.line_dates import WORDS
from audit.web.public.blueprint import blueprint
from audit.web.transaction import record


@blueprint.get("/calendar/<token>.ics")
@public
def calendar(token: str) -> Any:
    """The calendar of an address. One that was ended and one that never was read the same."""
    found = calendar_feeds.reader_of(visit.session(), accounts.feed_hash(token))
    if found is None:
        with record() as own:
            accounts.count_wrong_feed(own, address=request.remote_addr or "", at=visit.now())
        raise Missing(NOT_FOUND)
    person, line = found
    spoken = language(person.language)
    dates = calendar_feeds.dates_of(visit.session(), person, line, visit.today())
    text = calendar_text(line.name, [_entry(day, line, spoken) for day in dates], stamped=visit.now())
    response = Response(text, content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.headers["Content-Disposition"] = 'inline; filename="plumbline.ics"'
    return response


def _entry(day: LineDate, line: ReportingLine, spoken: Language) -> DayEntry:
    """A date in the reader's language; what it names is the line and the cycle, never a criterion or a file."""
    words = spoken.gettext(WORDS[day.kind])
    about = f"{line.name}, {day.cycle}" if day.cycle else line.name
    host = urlsplit(visit.settings().base_url).hostname or "localhost"
    return DayEntry(
        uid=f"{day.kind}-{day.subject}@{host}",
        on=day.on,
        summary=f"{words} ({about})",
        sequence=day.moved,
        url=f"{visit.settings().base_url.rstrip('/')}/lines/{line.public_id}",
    )
