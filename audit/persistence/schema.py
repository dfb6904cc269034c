"""The schema's version: brought up or taken back in one transaction. Imported late, since Alembic is not light."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

MIGRATIONS = Path(__file__).parent / "migrations"
_UPGRADE_LOCK = 7_310_001  # PostgreSQL advisory lock: one upgrade at a time


def _alembic(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to a revision, in one transaction: interrupted, the old schema stands untouched."""
    _migrate(engine, command.upgrade, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the schema back to an older revision, in one transaction."""
    _migrate(engine, command.downgrade, revision)


def _migrate(engine: Engine, step: Any, revision: str) -> None:
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if sqlite:
            # Tables are rebuilt by copying; references are checked below, before anything is committed.
            raw: Any = connection.connection.dbapi_connection
            raw.execute("pragma foreign_keys = off")
        try:
            with connection.begin():
                if not sqlite:
                    connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
                step(_alembic(connection), revision)
                if sqlite and connection.exec_driver_sql("pragma foreign_key_check").first() is not None:
                    raise RuntimeError("a migration left references that lead nowhere; nothing was changed")
        finally:
            if sqlite:
                raw.execute("pragma foreign_keys = on")


def schema_is_current(engine: Engine) -> bool:
    """True when the database stands at the newest revision this version of the code knows."""
    script = ScriptDirectory(str(MIGRATIONS))
    with engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == set(script.get_heads())
