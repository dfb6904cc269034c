"""What all tests share: databases of both kinds, sessions on them, a fixed moment."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, make_url, text
from sqlalchemy.orm import Session

from audit.persistence.schema import upgrade
from audit.persistence.sessions import Sessions, make_engine, sessions
from audit.persistence.tables import Base

POSTGRESQL = os.environ.get("AUDIT_TEST_DATABASE_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def at() -> datetime:
    """The moment at which a test happens."""
    return AT


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy from."""
    path = tmp_path_factory.mktemp("empty") / "empty.sqlite"
    engine = make_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_address(test_process: str) -> Iterator[str]:
    """A PostgreSQL database of this test process, made now and dropped at the end."""
    server = make_url(POSTGRESQL)
    name = f"plumbline_test_{os.getpid()}_{test_process}"
    address = server.set(drivername="postgresql", database=server.database or "postgres")
    with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)')
        connection.execute(f'create database "{name}"')
    yield server.set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(f'drop database if exists "{name}" with (force)')


@pytest.fixture(scope="session")
def test_process(request: pytest.FixtureRequest) -> str:
    """Which of the parallel test processes this is."""
    return os.environ.get("PYTEST_XDIST_WORKER", "alone")


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_address: str) -> Iterator[Engine]:
    engine = make_engine(postgresql_address)
    upgrade(engine)
    yield engine
    engine.dispose()


def _emptied(engine: Engine) -> None:
    names = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
    with engine.begin() as connection:
        connection.execute(text(f"truncate {names} restart identity cascade"))


@pytest.fixture(params=["sqlite", "postgresql"])
def engines(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty, migrated database: once SQLite, once PostgreSQL."""
    if request.param == "postgresql":
        engine = request.getfixturevalue("migrated_postgresql")
        _emptied(engine)
        yield engine
        return
    yield from _copied_sqlite(request, tmp_path)


@pytest.fixture
def sqlite_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty, migrated SQLite database, for tests that need one database only."""
    yield from _copied_sqlite(request, tmp_path)


def _copied_sqlite(request: pytest.FixtureRequest, folder: Path) -> Iterator[Engine]:
    path = folder / "plumbline.sqlite"
    shutil.copyfile(request.getfixturevalue("empty_sqlite"), path)
    engine = make_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture
def database(engines: Engine) -> Sessions:
    """Sessions on an empty database of each kind."""
    return sessions(engines)


@pytest.fixture
def session(database: Sessions) -> Iterator[Session]:
    """A writing session on an empty database of each kind; tests commit where they need to."""
    with database.open(read_only=False) as session:
        yield session
        session.rollback()
