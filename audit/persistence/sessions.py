"""Engines and sessions: the one place where transactions begin and end."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import ORMExecuteState, Session, sessionmaker

from audit.domain.errors import N_, Unavailable

# The first SQLite without the fault that can corrupt a database as its write-ahead log is reset (docs/decisions/0003).
_SOUND_WRITE_AHEAD_LOG = (3, 51, 3)


class ReadingSession(Session):
    """A session that only reads: whatever would write raises, so that a GET can never change anything."""


@event.listens_for(ReadingSession, "before_flush")
def _refuse_flush(session: Session, context: Any, instances: Any) -> None:
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("a reading session was asked to write")


@event.listens_for(ReadingSession, "do_orm_execute")
def _refuse_statement(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        raise RuntimeError("a reading session was asked to write")


class Sessions:
    """Opens sessions on one database. One session belongs to one request, job or command, never to two threads."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._write = sessionmaker(engine, expire_on_commit=False)
        options = {"read_only": True}
        if engine.dialect.name == "postgresql":
            options["postgresql_readonly"] = True
        self._read = sessionmaker(engine.execution_options(**options), class_=ReadingSession, expire_on_commit=False)

    def open(self, *, read_only: bool) -> Session:
        """A session that the caller ends: reading (nothing may be written) or writing (the caller commits)."""
        return self._read() if read_only else self._write()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads; its transaction ends with the block."""
        with busy_as_unavailable(), self._read() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that commits when the block returns and rolls back when it raises. Unavailable: locked or full."""
        with busy_as_unavailable(), self._write() as session:
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise


@contextmanager
def busy_as_unavailable() -> Iterator[None]:
    """Says in words that the database is locked, full or away; every other error passes as it is."""
    try:
        yield
    except OperationalError as error:
        message = N_("The records cannot be reached right now. Nothing was saved. Please try again.")
        raise Unavailable(message) from error


def sessions(engine: Engine) -> Sessions:
    return Sessions(engine)


def make_engine(url: str, **options: Any) -> Engine:
    """An engine with this project's settings for SQLite or PostgreSQL (docs: security report 2.2)."""
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"timeout": 10}, **options)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    settings = "-c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000 -c timezone=UTC"
    return create_engine(url, connect_args={"options": settings}, pool_pre_ping=True, **options)


def _prepare_sqlite(connection: sqlite3.Connection, record: Any) -> None:
    connection.isolation_level = None  # transactions begin in _begin_sqlite, never behind our back
    for statement in (
        "pragma foreign_keys = on",
        "pragma trusted_schema = off",
        "pragma secure_delete = on",
        "pragma busy_timeout = 10000",
    ):
        connection.execute(statement)
    if sqlite3.sqlite_version_info >= _SOUND_WRITE_AHEAD_LOG:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
    else:
        connection.execute("pragma journal_mode = delete")
        connection.execute("pragma synchronous = extra")


def _begin_sqlite(connection: Connection) -> None:
    """Writers take the lock when they begin: reading first and locking later fails for up to half of the savers."""
    raw: Any = connection.connection.dbapi_connection
    if connection.get_execution_options().get("read_only"):
        raw.execute("pragma query_only = on")
        raw.execute("begin")
    else:
        raw.execute("pragma query_only = off")
        try:
            raw.execute("begin immediate")
        except sqlite3.OperationalError as error:
            raise OperationalError("begin immediate", None, error) from error
