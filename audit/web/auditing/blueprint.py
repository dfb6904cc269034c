"""The blueprint of the auditor's side; whoever comes too late or too early reads when they could come in."""

from __future__ import annotations

from flask import Blueprint, Response

from audit.domain.errors import N_, AuditError, Missing, NotAllowed
from audit.persistence.queries.scopes import scopes_of
from audit.web import errors, visit
from audit.web.transaction import session

blueprint = Blueprint("auditing", __name__)

ENDED = N_("Your access as an auditor ended on %(moment)s. If you need more time, ask the network office.")
NOT_BEGUN = N_("Your access as an auditor begins on %(moment)s. Please come back then.")


@blueprint.errorhandler(Missing)
@blueprint.errorhandler(NotAllowed)
def closed(refusal: AuditError) -> Response:
    """The refusal in words: for somebody whose every scope is over or still to come it says so.

    It says the same of every page of this room, so that nothing is learned about what exists.
    """
    return errors.page(errors.status_of(refusal), _outside() or visit.reading().refusal(refusal), typed=True)


def _outside() -> str:
    person = visit.person()
    scopes = scopes_of(session(), person) if person is not None else ()
    now = visit.now()
    if not scopes or any(one.is_open(now) for one in scopes):
        return ""
    language, timezone = visit.reading(), visit.settings().timezone
    coming = [one.scope.starts_at for one in scopes if one.scope.starts_at > now]
    if coming:
        return language.gettext(NOT_BEGUN) % {"moment": language.datetime(min(coming), timezone)}
    last = max(one.scope.ends_at for one in scopes)
    return language.gettext(ENDED) % {"moment": language.datetime(last, timezone)}
