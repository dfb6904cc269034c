"""The dates of a line, and an address by which a person’s own calendar reads them."""

from __future__ import annotations

from flask import Response, make_response, render_template

from audit.domain.errors import N_
from audit.domain.permissions import Permission
from audit.persistence.queries import calendar_feeds
from audit.persistence.tables import ReportingLine
from audit.usecases import accounts
from audit.web import visit
from audit.web.guards import requires
from audit.web.line.blueprint import blueprint
from audit.web.line.material import line_of
from audit.web.line_dates import WORDS
from audit.web.replies import said, see
from audit.web.transaction import session


def _page(line: ReportingLine, address: str = "") -> str:
    return render_template(
        "line/calendar.html",
        line=line,
        made_at=calendar_feeds.made_at(session(), visit.actor(), line),
        address=address,
        words=WORDS,
        dates=sorted(
            (
                day
                for day in calendar_feeds.dates_of(session(), visit.actor(), line, visit.today())
                if day.on >= visit.today()
            ),
            key=lambda day: (day.on, day.kind, day.subject),
        ),
    )


@blueprint.get("/calendar")
@requires(Permission.SEE_LINE, load=line_of)
def calendar(line: ReportingLine) -> str:
    """The dates of the line, and the way to have them in one's own calendar."""
    return _page(line)


@blueprint.post("/calendar")
@requires(Permission.MAKE_CALENDAR_FEED, load=line_of)
def make_calendar(line: ReportingLine) -> Response:
    """Make an address and show it, once; an earlier one ends."""
    token = accounts.make_feed(session(), visit.actor(), line, at=visit.now())
    address = f"{visit.settings().base_url.rstrip('/')}/calendar/{token}.ics"
    return make_response(_page(line, address))


@blueprint.post("/calendar/revoked")
@requires(Permission.MAKE_CALENDAR_FEED, load=line_of)
def revoke_calendar(line: ReportingLine) -> Response:
    """End the address: whoever has it reads nothing more."""
    accounts.revoke_feed(session(), visit.actor(), line, at=visit.now())
    return see(
        "calendar", said(N_("The address has ended. Calendars that used it read nothing more.")), line=line.public_id
    )
