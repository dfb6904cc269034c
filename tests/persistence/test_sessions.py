"""Transactions: readers cannot write, writers take turns, migrations equal the models and keep data."""

from __future__ import annotations

import sqlite3
import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, insert, inspect, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import StaticPool

from audit.domain.errors import Unavailable
from audit.persistence.schema import downgrade, schema_is_current, upgrade
from audit.persistence.sessions import Sessions, make_engine, sessions
from audit.persistence.tables import AnswerRow, Base, Network, Person
from tests.building import AT, a_network, a_submitted_assessment


def test_a_block_that_returns_commits_and_one_that_raises_rolls_back(database: Sessions) -> None:
    with database.writing() as session:
        a_network(session)
    with pytest.raises(ZeroDivisionError), database.writing() as session:
        session.scalar(select(Network)).name = "Changed"
        session.flush()
        raise ZeroDivisionError
    with database.reading() as session:
        assert session.scalars(select(Network.name)).all() == ["Sample network"]


def test_a_reading_session_refuses_every_way_of_writing(database: Sessions) -> None:
    with database.writing() as session:
        a_network(session)
    with database.reading() as session, pytest.raises(RuntimeError):
        session.scalar(select(Network)).name = "Changed"
        session.flush()
    with database.reading() as session, pytest.raises(RuntimeError):
        session.execute(insert(Network).values(name="Second", sample=False, contact_email="", created_at=AT))
    with (
        database.reading() as session,
        pytest.raises(Exception, match=r"(?i)read.?only|attempt to write|unavailable|reached"),
    ):
        session.execute(text("delete from network"))
    with database.writing() as session:
        assert session.scalar(select(Network.name)) == "Sample network"
        session.scalar(select(Network)).name = "Writers write after readers"


def test_writers_take_turns_instead_of_failing(database: Sessions) -> None:
    """Read, then write, from eight threads: under a deferred transaction many of these would fail or lose counts."""
    with database.writing() as session:
        a_network(session)

    def raise_serial() -> None:
        for _ in range(10):
            with database.writing() as session:
                network = session.scalar(select(Network).with_for_update())
                network.last_serial += 1

    threads = [threading.Thread(target=raise_serial) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert session.scalar(select(Network.last_serial)) == 80


def test_a_locked_database_is_told_in_words(sqlite_engine: Engine) -> None:
    holder = sqlite3.connect(sqlite_engine.url.database, isolation_level=None)
    holder.execute("begin immediate")
    impatient = make_engine(str(sqlite_engine.url))
    with impatient.connect() as connection:
        connection.connection.dbapi_connection.execute("pragma busy_timeout = 50")
        connection.rollback()
        with pytest.raises(Unavailable), sessions(impatient).writing() as session:
            session.connection().connection.dbapi_connection.execute("pragma busy_timeout = 50")
    holder.execute("rollback")
    impatient.dispose()


def test_sqlite_keeps_its_safe_settings(sqlite_engine: Engine) -> None:
    with sqlite_engine.connect() as connection:
        settings = {
            name: connection.exec_driver_sql(f"pragma {name}").scalar()
            for name in (
                "foreign_keys",
                "secure_delete",
                "trusted_schema",
                "busy_timeout",
                "synchronous",
                "journal_mode",
            )
        }
    sound = sqlite3.sqlite_version_info >= (3, 51, 3)
    assert settings == {
        "foreign_keys": 1,
        "secure_delete": 1,
        "trusted_schema": 0,
        "busy_timeout": 10_000,
        "synchronous": 2 if sound else 3,
        "journal_mode": "wal" if sound else "delete",
    }


def test_migrations_equal_the_models(engines: Engine) -> None:
    assert schema_is_current(engines)
    with engines.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "target_metadata": Base.metadata})
        assert compare_metadata(context, Base.metadata) == []
    by_models = make_engine("sqlite://", poolclass=StaticPool)
    Base.metadata.create_all(by_models)
    assert _checks(engines) == _checks(by_models)


def _checks(engine: Engine) -> dict[str, set[str | None]]:
    inspector = inspect(engine)
    return {
        table.name: {check["name"] for check in inspector.get_check_constraints(table.name)}
        for table in Base.metadata.sorted_tables
    }


def test_up_down_up_leaves_the_same_schema(engines: Engine) -> None:
    before = _schema(engines)
    downgrade(engines, "base")
    assert not schema_is_current(engines)
    assert inspect(engines).get_table_names() == ["alembic_version"]
    upgrade(engines)
    assert _schema(engines) == before


def test_upgrading_from_the_first_schema_and_back_keeps_the_data(engines: Engine) -> None:
    with sessions(engines).writing() as session:
        a_submitted_assessment(session)
    with sessions(engines).reading() as session:
        before = session.execute(select(AnswerRow.criterion_id, AnswerRow.justification, AnswerRow.origin)).all()
        people = session.scalars(select(Person.email)).all()
    downgrade(engines, "0001")
    upgrade(engines)
    with sessions(engines).reading() as session:
        after = session.execute(select(AnswerRow.criterion_id, AnswerRow.justification, AnswerRow.origin)).all()
        assert after == before and before
        assert session.scalars(select(Person.email).where(Person.keeps_drafts)).all() == people


def test_upgrading_again_keeps_the_data(engines: Engine) -> None:
    with sessions(engines).writing() as session:
        a_network(session)
    upgrade(engines)
    with sessions(engines).reading() as session:
        assert session.scalar(select(Network.name)) == "Sample network"


def test_down_and_up_again_with_people_and_a_signed_self_assessment(engines: Engine) -> None:
    with sessions(engines).writing() as session:
        a_submitted_assessment(session)
    downgrade(engines, "base")
    upgrade(engines)
    with sessions(engines).writing() as session:
        assert session.scalars(select(Network)).all() == []
        a_submitted_assessment(session)


def test_a_migration_that_fails_half_way_leaves_the_old_schema(sqlite_engine: Engine) -> None:
    """Taking the first migration back fails in the middle when something of another hand stands in its way."""
    with sessions(sqlite_engine).writing() as session:
        a_network(session)
    with sqlite_engine.begin() as connection:
        connection.exec_driver_sql("drop table scope_line")
    before = _schema(sqlite_engine)
    with pytest.raises(OperationalError):
        downgrade(sqlite_engine, "base")
    assert _schema(sqlite_engine) == before
    with sessions(sqlite_engine).reading() as session:
        assert session.scalar(select(Network.name)) == "Sample network"


def _schema(engine: Engine) -> dict[str, object]:
    inspector = inspect(engine)
    return {
        table: (
            sorted(str(column["name"]) + str(column["type"]) for column in inspector.get_columns(table)),
            sorted(str(index["name"]) for index in inspector.get_indexes(table)),
            sorted(str(check["name"]) for check in inspector.get_check_constraints(table)),
            sorted(str(key["name"]) for key in inspector.get_foreign_keys(table)),
        )
        for table in sorted(inspector.get_table_names())
    }
