"""Tells every problem of a form at once."""

from __future__ import annotations

from collections.abc import Sequence

from audit.domain.errors import AuditError, InvalidInput


def raise_all(problems: Sequence[AuditError]) -> None:
    """InvalidInput for the first problem, carrying the others; nothing where there is none."""
    if problems:
        first = problems[0]
        raise InvalidInput(first.message, field=first.field, problems=tuple(problems[1:]), **first.values)
