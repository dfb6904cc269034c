"""One session per request: a GET only reads, another method commits when its view returns and rolls back on refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, Response, current_app, g, make_response, request

from audit.persistence.sessions import busy_as_unavailable

READING = frozenset({"GET", "HEAD", "OPTIONS"})


def session() -> Any:
    """The session of this request, opened when first asked for. Views hand it on to queries and use cases."""
    if "session" not in g:
        with busy_as_unavailable():
            g.session = current_app.extensions["plumbline"].sessions.open(read_only=_only_reads())
    return g.session


def _only_reads() -> bool:
    return request.method in READING or bool(g.get("only_reads"))


def only_read() -> None:
    """Say, before the session is first used, that this request changes nothing although it sends a form."""
    g.only_reads = True


def run(view: Callable[[], Any]) -> Response:
    """The view's response, its changes committed before anybody reads "saved"; an answer of 400 or more keeps none."""
    try:
        with busy_as_unavailable():
            response = make_response(view())
            opened = g.get("session")
            if opened is not None and not _only_reads():
                if response.status_code < 400:
                    opened.commit()
                else:
                    opened.rollback()
            return response
    except BaseException:
        if "session" in g:
            g.session.rollback()
        raise


def pause() -> None:
    """End the transaction before something slow, so that nobody waits for it. Nothing may have been written yet.

    Rows that were read stay readable; what is written afterwards is a transaction of its own.
    """
    opened = g.get("session")
    if opened is not None:
        if opened.new or opened.dirty or opened.deleted:
            raise RuntimeError("a request that has written something cannot pause")
        opened.commit()


@contextmanager
def record() -> Iterator[Any]:
    """A writing session of its own for a trace that a GET leaves (a download in the journal), committed at the end.

    The request's reading ends first, since on SQLite a reader keeps a writer waiting; rows read before stay readable,
    but nothing more can be loaded through them.
    """
    reading = session()
    reading.expunge_all()
    reading.rollback()
    with current_app.extensions["plumbline"].sessions.writing() as own:
        yield own


def close(_error: BaseException | None = None) -> None:
    """End the request's session, whatever happened."""
    opened = g.pop("session", None)
    if opened is not None:
        opened.close()


def install(app: Flask) -> None:
    app.teardown_request(close)
