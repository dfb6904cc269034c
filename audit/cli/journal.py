"""Commands about the journal: is the chain whole, and a copy of it to take away."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TextIO

import click

from audit.cli.surroundings import FOUND, installation, plain_errors


@click.group()
def journal() -> None:
    """The record of what was done, by whom and when."""


@journal.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def journal_verify(as_json: bool) -> None:
    """Read the whole journal; exit 1 naming the first entry that was changed, removed or put in."""
    from audit.persistence.queries.journal import verify

    wiring = installation()
    with plain_errors(), wiring.sessions.reading() as session:
        count, broken = verify(session)
    if as_json:
        click.echo(json.dumps({"entries": count, "whole": broken is None, "first_broken": broken}))
    elif broken is None:
        click.echo(f"The journal is whole: {count} entries.")
    else:
        click.echo(f"The journal is broken at entry {broken}.", err=True)
    if broken is not None:
        sys.exit(FOUND)


@journal.command("export")
@click.option(
    "-o", "--output", type=click.File("w", encoding="utf-8"), default="-", help="File; standard output if none."
)
@click.option("--line", "line_name", help="Only the entries about this line.")
def journal_export(output: TextIO, line_name: str | None) -> None:
    """Write every entry as one line of JSON, in order, with the hashes that chain them."""
    from audit.persistence.journal import entries
    from audit.persistence.queries.lines import by_name

    wiring = installation()
    with plain_errors(), wiring.sessions.reading() as session:
        line = by_name(session, line_name) if line_name else None
        if line_name and line is None:
            click.echo(f"There is no line called “{line_name}”.", err=True)
            sys.exit(FOUND)
        for entry in entries(session, line):
            output.write(json.dumps(asdict(entry), ensure_ascii=False, sort_keys=True) + "\n")
