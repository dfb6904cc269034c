"""What views of every room answer with: a sentence in the visitor's language, a way on by GET, JSON for a script."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, make_response, redirect, request, url_for

from audit.web import visit


def said(message: str, **values: Any) -> str:
    """A message in the language of this page, its values filled in."""
    text = visit.reading().gettext(message)
    return text % values if values else text


def see(endpoint: str, message: str = "", *, kind: str = "done", anchor: str = "", **values: Any) -> Response:
    """On to another page of the same room by GET, with a word (already translated) about what was done."""
    if message:
        flash(message, kind)
    return make_response(redirect(url_for(f".{endpoint}", _anchor=anchor or None, **values), code=303))


def wants_json() -> bool:
    """Whether a script saves by itself; a browser without one asks for a page."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
