"""The command that makes a comparison report without the website."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from audit.cli.surroundings import FOUND, USAGE, installation, plain_errors

_MADE = ("pdf", "json")


@click.command()
@click.option("--cycle", "cycle_name", required=True, help="The cycle's name, for example 2026.")
@click.option(
    "--audience", type=click.Choice(["coordinator", "line", "public"]), default="coordinator", show_default=True
)
@click.option("--format", "form", type=click.Choice(["pdf", "xlsx", "csv", "json"]), default="pdf", show_default=True)
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@click.option("--language", default="en", show_default=True)
def report(cycle_name: str, audience: str, form: str, output: Path, language: str) -> None:
    """Write a cycle's comparison report, from the decisions of now, into a file."""
    from audit.persistence.queries.network import cycle_by_name, cycles
    from audit.usecases.reports import comparison_facts

    if audience != "coordinator":
        click.echo("So far the report is made for the audience “coordinator” only.", err=True)
        sys.exit(USAGE)
    if form not in _MADE:
        click.echo(f"So far the report is made as pdf and json, not as {form}.", err=True)
        sys.exit(USAGE)
    wiring = installation()
    with plain_errors(), wiring.sessions.reading() as session:
        cycle = cycle_by_name(session, cycle_name)
        if cycle is None:
            known = ", ".join(one.cycle.name for one in cycles(session)) or "none"
            click.echo(f"There is no cycle called “{cycle_name}”. There are: {known}.", err=True)
            sys.exit(FOUND)
        facts = comparison_facts(session, cycle, language=language, at=wiring.now())
    with plain_errors():
        content = facts.encode() if form == "json" else wiring.printer.print("comparison_report", facts, language)
    try:
        output.write_bytes(content)
    except OSError as error:
        click.echo(f"{output} cannot be written: {error.strerror}.", err=True)
        sys.exit(FOUND)
    click.echo(f"{output}: {len(content)} bytes")
