"""What every table shares: naming of constraints, UTC times, words as columns, public ids."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import DateTime, Enum, MetaData
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time on every database; a naive one is refused, since it would silently mean something else."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def words(kind: type[StrEnum]) -> Enum:
    """A column that holds the words of an enumeration, checked by the database as well."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
        name=kind.__name__.lower(),
    )


_chance: ContextVar[random.Random | None] = ContextVar("chance", default=None)
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def new_public_id() -> str:
    """A random public id of more than 128 bits (26 characters of 31), safe in URLs and without look-alikes."""
    source: Any = _chance.get() or secrets.SystemRandom()
    return "".join(source.choice(_ALPHABET) for _ in range(27))


def random_bytes(length: int) -> bytes:
    """Random bytes for codes that people see; secrets such as tokens never come from here."""
    source = _chance.get()
    return secrets.token_bytes(length) if source is None else source.randbytes(length)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Public ids from a seed: the sample network is the same each time it is made. Never for a real network."""
    token = _chance.set(random.Random(seed))
    try:
        yield
    finally:
        _chance.reset(token)
