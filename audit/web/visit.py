"""Who is here, when, in which language: what every view may ask about the request at hand."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from flask import session as form_session

from audit.domain.calendar import today as day_of
from audit.domain.errors import Unavailable
from audit.language import OFFERED, PSEUDO, SOURCE, Language, language
from audit.persistence import criteria_sets
from audit.persistence.queries import people
from audit.persistence.queries.installation import the_network
from audit.usecases.accounts import keep_alive
from audit.usecases.accounts.sign_in import token_hash
from audit.web.transaction import READING, session

if TYPE_CHECKING:
    from audit.domain.criteria import CriteriaSet
    from audit.domain.criteria_translation import Wording
    from audit.persistence.tables import Network, Person
    from audit.settings import Settings

LANGUAGE_COOKIE = "plumbline-language"


def wiring() -> Any:
    """The collaborators of this installation: `.vault`, `.inspect`, `.settings`, `.now` (audit.wiring.Wiring)."""
    return current_app.extensions["plumbline"]


def schema_is_current() -> bool:
    """Whether the database stands at this version of the code; what asks it is loaded only by whoever asks."""
    from audit.persistence.schema import schema_is_current

    return schema_is_current(wiring().sessions.engine)


def settings() -> Settings:
    found: Settings = wiring().settings
    return found


def now() -> datetime:
    """The time of this request, the same from its beginning to its end."""
    if "now" not in g:
        g.now = wiring().now()
    moment: datetime = g.now
    return moment


def today() -> date:
    """Today's date in the installation's time zone, in which every deadline is counted."""
    return day_of(now(), settings().timezone)


def person() -> Person | None:
    """The signed-in person, or None."""
    if "person" not in g:
        g.person = _person()
    found: Person | None = g.person
    return found


def actor() -> Person:
    """The signed-in person of a view behind @requires; a view that is open to everyone asks `person`."""
    found = person()
    if found is None:
        raise RuntimeError("a view without a guard asked who is signed in")
    return found


def _person() -> Person | None:
    presented = token()
    if not presented:
        return None
    signed_in = people.signed_in(session(), token_hash(presented), at=now())
    if signed_in is None:
        return None
    if signed_in.wants_keep_alive(now()):
        g.keep_alive = presented
    return signed_in.person


def network() -> Network | None:
    """The one network of this installation; None before it was set up."""
    if "network" not in g:
        g.network = the_network(session())
    found: Network | None = g.network
    return found


# Cookies ----------------------------------------------------------------------------------------------------


def session_cookie() -> str:
    return "__Host-plumbline" if settings().secure_cookies else "plumbline"


def token() -> str:
    """The session token of this browser, just given or presented, or ""; whether it holds is another question."""
    presented: str = g.get("presented") or request.cookies.get(session_cookie(), "")
    return presented


def remember_token(response: Response, fresh: str) -> Response:
    """Set the cookie of a new session, and tie forms to it."""
    response.set_cookie(
        session_cookie(), fresh, httponly=True, samesite="Lax", secure=settings().secure_cookies, path="/"
    )
    if g.get("presented") != fresh:
        form_session.clear()
        form_session["tied_to"] = _tie(fresh)
        g.pop("csrf_token", None)  # what was tied to the session before; the next form of this answer gets its own
        g.presented = fresh
        g.pop("person", None)
    return response


def forget_token(response: Response) -> Response:
    """Take the session's cookie away, and what forms kept with it."""
    response.set_cookie(
        session_cookie(), "", expires=0, httponly=True, samesite="Lax", secure=settings().secure_cookies, path="/"
    )
    form_session.clear()
    return response


def _tie(presented: str) -> str:
    return hashlib.sha256(b"plumbline form v1\n" + presented.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _tie_forms() -> None:
    """A form belongs to the session it was shown in: another session's token never fits."""
    presented = token()
    if form_session.get("tied_to", "") != (tie := _tie(presented) if presented else ""):
        form_session.clear()
        form_session["tied_to"] = tie


# Language ----------------------------------------------------------------------------------------------------


def offered() -> tuple[str, ...]:
    """The languages a visitor may choose; the pseudo languages only where a test asked for them."""
    return OFFERED + (PSEUDO if current_app.config["PSEUDO_LANGUAGES"] else ())


def reading() -> Language:
    """The language of this page: what the address asks for once, the cookie, the person's, the browser's, English."""
    if "language" not in g:
        g.language = language(_code())
    found: Language = g.language
    return found


def _code() -> str:
    known = offered()
    person_here = g.get("person")
    for code in (
        request.args.get("lang"),
        request.cookies.get(LANGUAGE_COOKIE),
        person_here.language if person_here is not None else None,
    ):
        if code in known:
            return str(code)
    return request.accept_languages.best_match(OFFERED) or SOURCE


def _remember_language(response: Response) -> Response:
    asked = request.args.get("lang")
    if asked in offered() and request.cookies.get(LANGUAGE_COOKIE) != asked:
        remember_language(response, str(asked))
    return response


def remember_language(response: Response, code: str) -> Response:
    response.set_cookie(
        LANGUAGE_COOKIE,
        code,
        max_age=365 * 24 * 3600,
        httponly=True,
        samesite="Lax",
        secure=settings().secure_cookies,
        path="/",
    )
    return response


def wording(digest: str) -> Wording:
    """A stored criteria set in the words of this page, read once a request. Only for showing: rules use the source."""
    known: dict[str, Wording] = g.setdefault("wordings", {})
    if digest not in known:
        code = SOURCE if reading().is_pseudo else reading().code
        known[digest] = criteria_sets.wording(session(), digest, code)
    return known[digest]


def criteria_set(digest: str) -> CriteriaSet:
    """A stored criteria set as this page's reader sees it."""
    return wording(digest).criteria_set


# Ways ----------------------------------------------------------------------------------------------------


def safe_way(target: str | None) -> str | None:
    """A path on this site to go on to, or None: never another host, a scheme, a backslash or a control character."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return None
    if any(ord(character) < 33 for character in target):
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else None


def _keep_alive(_error: BaseException | None = None) -> None:
    """Move the session's end once the request's own session is closed, at most once a minute."""
    presented = g.pop("keep_alive", None)
    if presented is None:
        return
    chosen = settings()
    try:
        with wiring().sessions.writing() as own:
            keep_alive(own, presented, at=now(), idle_minutes=chosen.session_idle_minutes, hours=chosen.session_hours)
    except Unavailable:
        current_app.logger.warning("a session's end could not be moved; the next request tries again")


def install(app: Flask) -> None:
    """Comes before the transaction: what is torn down runs in reverse order, and its session must be closed by then."""
    app.before_request(_tie_forms)
    app.after_request(_remember_language)
    app.teardown_request(_keep_alive)


__all__ = [
    "READING",
    "actor",
    "criteria_set",
    "forget_token",
    "network",
    "now",
    "offered",
    "person",
    "reading",
    "remember_language",
    "remember_token",
    "safe_way",
    "schema_is_current",
    "session",
    "settings",
    "today",
    "token",
    "token_hash",
    "wiring",
    "wording",
]
