"""What was typed into a form whose session had ended: kept in the page, never on the server.

The page carries the fields signed, with the address they were meant for and the person whose session it was. After
signing in again they are shown once more, and only that person's own click sends them: nothing is replayed by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.exceptions import HTTPException

from audit.persistence.queries import people
from audit.web import visit
from audit.web.transaction import session

FIELD = "kept"
HOURS = 12
_SECRET = ("password", "present", "csrf_token", "token", FIELD)
_MOST = 200_000  # characters of all fields together; more is shown to be copied, and not carried along


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The fields of one form with the address they were sent to. `person`: whose session it was, "" where unknown."""

    path: str
    fields: tuple[tuple[str, str], ...]
    person: str
    had_files: bool = False

    @property
    def shown(self) -> tuple[tuple[str, str], ...]:
        """What a person can recognise as their own words."""
        return tuple((name, value) for name, value in self.fields if len(value.strip()) > 2)

    def fits(self, public_id: str) -> bool:
        """Whether this person may send it: another's words are nobody's to sign."""
        return self.person in ("", public_id)


def of_request() -> Kept | None:
    """The form at hand; None where there is none, it cannot be read or is too large to carry along."""
    if request.method != "POST":
        return None
    try:
        fields = tuple((name, value) for name, value in request.form.items(multi=True) if not name.startswith(_SECRET))
        had_files = any(file.filename for file in request.files.values())
    except HTTPException:
        return None
    if not fields or sum(len(name) + len(value) for name, value in fields) > _MOST:
        return None
    path = request.full_path if request.query_string else request.path
    return Kept(path=path, fields=fields, person=_whose(), had_files=had_files)


def _whose() -> str:
    presented = visit.token()
    return people.holder_of(session(), visit.token_hash(presented)) if presented else ""


def from_here() -> bool:
    """Whether the browser says that this form stood on a page of ours; a page from elsewhere is never offered again."""
    return request.headers.get("Origin", "") == request.host_url.rstrip("/")


def signed(kept: Kept) -> str:
    """The form as one line of text that only we can have written."""
    text: str = _pen().dumps([kept.path, kept.fields, kept.person, kept.had_files])
    return text


def opened(text: str) -> Kept | None:
    """What `signed` wrote within the last hours; None for anything else."""
    try:
        path, fields, person, had_files = _pen().loads(text, max_age=HOURS * 3600)
    except (BadData, ValueError, TypeError):
        return None
    if visit.safe_way(path) is None:
        return None
    pairs = tuple((str(name), str(value)) for name, value in fields)
    return Kept(path=path, fields=pairs, person=person, had_files=had_files)


def _pen() -> Any:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="plumbline kept form v1")
