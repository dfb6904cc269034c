"""What may go wrong in words for people: every refusal is a child of AuditError."""

from __future__ import annotations

from typing import Any


def N_(message: str) -> str:
    """Mark an English message for the catalogue without translating it here; reception translates."""
    return message


class AuditError(Exception):
    """A refusal that a person can read.

    `message` is an English message id for gettext with `%(name)s` places, filled from `values` after translation.
    `field` names the form field the message belongs to, where there is one.
    """

    def __init__(self, message: str, /, *, field: str | None = None, **values: Any) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.values = values

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message


class Missing(AuditError):
    """The thing does not exist, or this person may not know that it does (404)."""


class NotAllowed(AuditError):
    """The person may see the thing but not do this to it (403)."""


class WrongState(AuditError):
    """The thing is not in a state in which this can be done (409)."""


class StaleVersion(AuditError):
    """Someone else changed the value since it was read (409). `current` is the stored one, shown beside the typed."""

    def __init__(self, message: str, /, *, current: Any, version: int, field: str | None = None, **values: Any) -> None:
        super().__init__(message, field=field, **values)
        self.current = current
        self.version = version


class InvalidInput(AuditError):
    """What was typed cannot be used (422). `problems` lists further refusals found at the same time."""

    def __init__(
        self, message: str, /, *, field: str | None = None, problems: tuple[AuditError, ...] = (), **values: Any
    ) -> None:
        super().__init__(message, field=field, **values)
        self.problems = problems


class ConflictOfInterest(NotAllowed):
    """A tie to the line forbids this person to review or decide (403)."""


class TooMany(AuditError):
    """Too many attempts in too short a time (429). `retry_after` is in seconds."""

    def __init__(self, message: str, /, *, retry_after: int, **values: Any) -> None:
        super().__init__(message, **values)
        self.retry_after = retry_after


class Unavailable(AuditError):
    """Something this needs is not there right now: disk, key, mail server (503)."""
