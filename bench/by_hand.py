"""The baselines: views written by hand with the same SQL through the driver, and the smallest Flask application.

The SQL is what our own view sent, recorded once, so that the two never drift apart; all that is left out is what a
framework, a mapper and templates cost.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from flask import Flask, Response, request

from bench.ground import Ground, Visitor, answer_fields, ask, asking

Statements = list[tuple[str, Any]]
# Values that are met nowhere else, by which the recorded statements of a save show where version and text stand.
MARKED_VERSION, MARKED_TEXT = 700_001, "the text by which its place is found"


def hello() -> Flask:
    app = Flask("hello")

    @app.get("/")
    def say() -> str:
        return "hello"

    return app


def _connected(ground: Ground) -> sqlite3.Connection:
    """A connection with the settings of ours (audit.persistence.sessions)."""
    connection = sqlite3.connect(ground.database, isolation_level=None, check_same_thread=False)
    wiring = ground.app.extensions["plumbline"]
    raw = wiring.sessions.engine.raw_connection()
    try:
        for name in ("foreign_keys", "secure_delete", "synchronous", "journal_mode"):
            connection.execute(f"pragma {name} = {raw.execute(f'pragma {name}').fetchone()[0]}")
    finally:
        raw.close()
    return connection


def theme_page(ground: Ground) -> tuple[Flask, int]:
    """The theme page by hand, and how many statements it sends."""
    environ = asking(ground.theme_page, ground.visitors[0])
    ask(ground.app, environ)
    with ground.statements() as sent:
        page = ask(ground.app, environ)
    app, connection = Flask("by hand"), _connected(ground)

    @app.get("/lines/<line>/assessments/<assessment>/<theme>")
    def theme(line: str, assessment: str, theme: str) -> Response:
        if not request.cookies.get("plumbline"):
            return Response(status=403)
        connection.execute("begin")
        for statement, parameters in sent:
            connection.execute(statement, parameters).fetchall()
        connection.execute("rollback")
        return Response(page, mimetype="text/html")

    return app, len(sent)


def save(ground: Ground, criterion: str) -> tuple[Flask, int]:
    """Saving one answer by hand, history included, and how many statements it sends."""
    visitor = ground.visitors[0]
    sent, reply = _recorded_save(ground, visitor, criterion)
    app, connection = Flask("by hand"), _connected(ground)

    @app.post("/lines/<line>/assessments/<assessment>/criteria/<criterion>")
    def save(line: str, assessment: str, criterion: str) -> Response:
        if not request.cookies.get("plumbline") or request.form["csrf_token"] != visitor.csrf_token:
            return Response(status=403)
        version, text = int(request.form["version"]), request.form["justification"]
        place = {MARKED_VERSION: version, MARKED_VERSION + 1: version + 1, MARKED_TEXT: text}
        connection.execute("begin immediate")
        for statement, parameters in sent:
            values = [place.get(value, value) if type(value) in (int, str) else value for value in parameters]
            rows = connection.execute(statement, values).fetchall()
            if statement.startswith("UPDATE") and not rows:
                connection.execute("rollback")
                return Response(status=409)
        connection.execute("commit")
        return Response(json.dumps({**reply, "version": version + 1}), mimetype="application/json")

    return app, len(sent)


def _recorded_save(ground: Ground, visitor: Visitor, criterion: str) -> tuple[Statements, dict[str, Any]]:
    environ = asking(ground.save_of(criterion), visitor, method="POST")
    with sqlite3.connect(ground.database) as connection:
        connection.execute("update answer set version = ? where criterion_id = ?", [MARKED_VERSION, criterion])
    connection.close()
    fields = answer_fields(visitor, ground.key_of(criterion), version=MARKED_VERSION, text=MARKED_TEXT)
    with ground.statements() as sent:
        reply = json.loads(ask(ground.app, environ, fields))
    return sent, reply


def saver(wsgi: Any, ground: Ground, criterion: str) -> Any:
    """A function that saves once more: each time a new text over the version that stands."""
    visitor, environ = ground.visitors[0], asking(ground.save_of(criterion), ground.visitors[0], method="POST")
    key, count, version = ground.key_of(criterion), 0, 0

    def again() -> None:
        nonlocal count, version
        count += 1
        version = version or _version(ground, criterion)
        fields = answer_fields(visitor, key, version=version, text=f"What stands now, for the time number {count}.")
        version = json.loads(ask(wsgi, environ, fields))["version"]

    return again


def _version(ground: Ground, criterion: str) -> int:
    connection = sqlite3.connect(ground.database)
    try:
        found = connection.execute("select version from answer where criterion_id = ?", [criterion]).fetchone()
        return int(found[0])
    finally:
        connection.close()
