"""`flask demo`: the sample network, made through the same use cases that people use."""

from __future__ import annotations

import json

import click

from audit.cli.surroundings import installation, plain_errors


@click.command()
@click.option("--lines", type=click.IntRange(1, 22), default=22, show_default=True, help="How many reporting lines.")
@click.option("--cycles", type=click.IntRange(1, 3), default=3, show_default=True, help="How many yearly cycles.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same network.")
@click.option("--json", "as_json", is_flag=True, help="Print where the papers lie and how to sign in as JSON.")
def demo(lines: int, cycles: int, seed: int, as_json: bool) -> None:
    """Make the sample network in the demo folder of the instance, run its jobs, say how to sign in.

    Running it again with the same options starts at once: what is there is kept. Other options make it anew.
    """
    from audit.cli.demo.build import sample_network

    with plain_errors():
        summary = sample_network(
            installation().settings, lines=lines, cycles=cycles, seed=seed, tell=lambda text: click.echo(text, err=True)
        )
    if as_json:
        click.echo(json.dumps(summary, indent=2, ensure_ascii=False))
        return
    click.echo("\nPapers, ready to open:")
    for title, name in (
        ("Certificates", "certificates"),
        ("Result sheets", "result_sheets"),
        ("Comparison reports", "reports"),
    ):
        click.echo(f"  {title}: {len(summary[name])}")
        for path in summary[name][:3]:
            click.echo(f"    {path}")
    click.echo("\nSign in at http://127.0.0.1:8000/sign-in as")
    for role, account in summary["sign_in"].items():
        click.echo(f"  {role:<14} {account['email']:<40} {account['password']}")
