"""What a visitor reads when something is refused or fails: one table from error to status, one page in words."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from audit.domain.errors import (
    N_,
    AuditError,
    ConflictOfInterest,
    InvalidInput,
    Missing,
    NotAllowed,
    StaleVersion,
    TooMany,
    Unavailable,
    WrongState,
)
from audit.web import kept, visit
from audit.web.guards import NOT_FOUND, NotSignedIn
from audit.web.transaction import only_read

STATUSES: dict[type[AuditError], int] = {
    Missing: 404,
    NotAllowed: 403,
    ConflictOfInterest: 403,
    WrongState: 409,
    StaleVersion: 409,
    InvalidInput: 422,
    TooMany: 429,
    Unavailable: 503,
}

_TITLES = {
    400: N_("This form could not be read"),
    401: N_("Please sign in first"),
    403: N_("This is not open to you"),
    404: N_("There is nothing here"),
    405: N_("This cannot be done here"),
    409: N_("This cannot be done now"),
    413: N_("This is too large"),
    422: N_("Something needs to be mended"),
    429: N_("Please wait a moment"),
    500: N_("Something went wrong on our side"),
    503: N_("The service cannot do this right now"),
}
_WORDS = {
    400: N_("What was sent could not be read. Go back, reload the page and try again."),
    403: N_("You may not do this with your role. If you think you should, ask the network office."),
    404: NOT_FOUND,
    405: N_("Go back to the page you came from and use its buttons."),
    409: N_("Someone else may have changed it. Go back, reload the page and look again."),
    413: N_("What was sent is too large. Files may be up to %(limit)s. Your saved answers are as they were."),
    429: N_("Too many attempts. Please wait a little and try again."),
    500: N_(
        "What you saved before is safe. Please try again in a moment. If it happens again, tell the network office."
    ),
    503: N_("Nothing was saved. Please try again in a moment."),
}
_WITHOUT_SESSION = N_("You were away for a while, so we signed you out. Sign in; what you typed comes with you.")
_OLD_FORM = N_("The form was opened in another session, so it was not used. Open it again and save once more.")
_SECRET_FIELDS = ("password", "csrf_token", "token")


def status_of(refusal: AuditError) -> int:
    """The HTTP status of a refusal: that of its nearest listed ancestor."""
    return next((STATUSES[kind] for kind in type(refusal).__mro__ if kind in STATUSES), 422)


def page(
    status: int,
    words: str | None = None,
    *,
    typed: bool = False,
    way: str | None = None,
    held: kept.Kept | None = None,
) -> Response:
    """The page that says what happened, with a reference, a way on and, where asked, what had been typed.

    `held` is a form that can be sent once more: at once by who is signed in, else after signing in (`way` leads on).
    """
    reference = g.setdefault("reference", secrets.token_hex(4))
    if status >= 500:
        g.bare = True  # nothing of the database is asked any more
    language = visit.reading()
    limit = language.size(current_app.extensions["plumbline"].settings.upload_limit)
    said = words or language.gettext(_WORDS.get(status, _WORDS[500])) % {"limit": limit}
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        body = {"status": status, "title": language.gettext(_TITLES.get(status, _TITLES[500])), "detail": said}
        response = jsonify(body | {"reference": reference})
        response.mimetype = "application/problem+json"
    else:
        template = "layout/error_bare.html" if status >= 500 else "layout/error.html"
        response = make_response(
            render_template(
                template,
                status=status,
                title=language.gettext(_TITLES.get(status, _TITLES[500])),
                words=said,
                reference=reference,
                typed=_typed() if typed else (),
                way=way,
                held=held,
                held_text=kept.signed(held) if held is not None else "",
            )
        )
    response.status_code = status
    return response


def _typed() -> tuple[tuple[str, str], ...]:
    """What was typed into the form, so that it can be copied; never a password or a token."""
    if request.method in ("GET", "HEAD"):
        return ()
    try:
        form = request.form
    except HTTPException:  # it was too large or too odd to be read at all
        return ()
    return tuple(
        (name, value)
        for name, value in form.items(multi=True)
        if value.strip() and len(value) > 2 and not name.startswith(_SECRET_FIELDS)
    )


def _refused(refusal: AuditError) -> Response:
    response = page(status_of(refusal), visit.reading().refusal(refusal), typed=True)
    if isinstance(refusal, TooMany):
        response.headers["Retry-After"] = str(refusal.retry_after)
    if isinstance(refusal, Unavailable):
        response.headers["Retry-After"] = "5"
    return response


def _not_signed_in(_: NotSignedIn) -> Response:
    if request.method in ("GET", "HEAD"):
        way = request.full_path if request.query_string else request.path
        response = make_response("", HTTPStatus.SEE_OTHER)
        response.headers["Location"] = url_for("account.sign_in", next=way if way != "/" else None)
        return response
    way = url_for("account.sign_in", next=visit.safe_way(_local(request.referrer)))
    return page(401, visit.reading().gettext(_WITHOUT_SESSION), typed=True, way=way, held=kept.of_request())


def _local(address: str | None) -> str | None:
    """The path of an address on this site."""
    root = request.host_url
    return "/" + address[len(root) :] if address and address.startswith(root) else None


def _old_form(_: CSRFError) -> Response:
    """A form of another session of this browser can be sent once more; one from another site only says what it was."""
    if not kept.from_here():
        return page(400, visit.reading().gettext(_OLD_FORM), typed=True)
    only_read()
    held, here = kept.of_request(), visit.person()
    if here is None:
        way = url_for("account.sign_in", next=visit.safe_way(_local(request.referrer)))
        return page(400, visit.reading().gettext(_WITHOUT_SESSION), typed=True, way=way, held=held)
    return page(400, visit.reading().gettext(_OLD_FORM), typed=True, held=held)


def _http(error: HTTPException) -> Any:
    code = error.code or 500
    if code < 400:
        return error
    response = page(code if code in _TITLES else 400 if code < 500 else 500, typed=code in (400, 409, 413))
    response.status_code = code
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _failed(error: Exception) -> Response:
    reference = g.setdefault("reference", secrets.token_hex(4))
    current_app.logger.exception("request %s failed: %s %s", reference, request.method, request.path, exc_info=error)
    return page(500)


def install(app: Flask) -> None:
    app.register_error_handler(AuditError, _refused)
    app.register_error_handler(NotSignedIn, _not_signed_in)
    app.register_error_handler(CSRFError, _old_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _failed)
