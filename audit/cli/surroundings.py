"""What every command shares: the installation it works on, tables and JSON, one clear line for an error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from audit.domain.errors import AuditError

if TYPE_CHECKING:
    from audit.settings import Settings
    from audit.wiring import Wiring

FOUND = 1  # exit status when a command found something wrong
USAGE = 2  # exit status for bad usage


def installation() -> Wiring:
    """The collaborators of the installation that the settings describe; exit 2 when they are wrong."""
    from audit.settings import settings_or_exit
    from audit.wiring import wire

    return wire(settings_or_exit())


def sample_installation(settings: Settings) -> Wiring:
    """The collaborators of the sample network that `flask demo` makes in a folder of its own inside the instance.

    It stands on its own database whatever the installation uses, and names its key as what it is.
    """
    from audit.wiring import wire

    folder = settings.instance if settings.instance.name == "demo" else settings.instance / "demo"
    changes = {"instance": folder, "database_url": "", "evidence_url": "", "demonstration": True}
    return wire(settings.model_copy(update=changes))


@contextmanager
def plain_errors(status: int = FOUND) -> Iterator[None]:
    """A refusal becomes one clear line on standard error and the given exit status."""
    try:
        yield
    except AuditError as refusal:
        click.echo(str(refusal), err=True)
        sys.exit(status)


def show(rows: Sequence[Mapping[str, object]], *, as_json: bool) -> None:
    """Print rows as a table for people or as JSON for scripts."""
    if as_json:
        click.echo(json.dumps(list(rows), indent=2, ensure_ascii=False, default=str))
        return
    if not rows:
        click.echo("Nothing to show.")
        return
    heads = list(rows[0])
    cells = [[str(row[head] if row[head] is not None else "") for head in heads] for row in rows]
    widths = [max(len(head), *(len(line[index]) for line in cells)) for index, head in enumerate(heads)]
    for line in [heads, *cells]:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
