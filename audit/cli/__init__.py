"""Commands for people and scripts: each a few lines around one use case, query or job."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import click

# module → the commands it offers; modules are imported when the front door asks, none of them imports anything heavy.
_COMMANDS = {
    "criteria": ("criteria",),
    "certificate": ("certificate",),
    "demo": ("demo",),
    "installation": ("setup", "database", "config", "user"),
    "jobs": ("jobs",),
    "journal": ("journal",),
    "questionnaire": ("questionnaire",),
    "report": ("report",),
    "work": ("scheduler", "worker"),
}


def commands() -> Iterator[click.Command]:
    """Every command, for `app.cli`."""
    for module, names in _COMMANDS.items():
        offered = import_module(f"audit.cli.{module}")
        for name in names:
            yield getattr(offered, name)
