"""Setting an installation up and looking after its people when no one can sign in."""

from __future__ import annotations

import sys

import click
from pydantic import SecretStr

from audit.cli.surroundings import FOUND, installation, plain_errors, show


@click.command()
def setup() -> None:
    """Make what this installation needs: folders, schema, signing key; print the link for the first administrator."""
    from audit.domain.permissions import Role
    from audit.persistence.queries.people import holders
    from audit.usecases.accounts import first_administrator_link

    wiring = installation()
    prepare(wiring)

    with wiring.sessions.writing() as session:
        if holders(session, Role.ADMINISTRATOR):
            click.echo("The installation is ready.")
            return
        token = first_administrator_link(session, at=wiring.now())
    click.echo("The installation is ready. Create the network and its first administrator here; the link works once:")
    click.echo(f"{wiring.settings.base_url}/welcome/{token}")


def prepare(wiring: object) -> None:
    """Schema at this version and a signing key in place; harmless when both are there already."""
    from audit.documents.signing import ensure_key
    from audit.persistence.schema import upgrade
    from audit.wiring import Wiring

    assert isinstance(wiring, Wiring)
    upgrade(wiring.sessions.engine)
    name = "Plumbline demonstration key" if wiring.settings.demonstration else "Plumbline network key"
    ensure_key(wiring.keys, common_name=name, demonstration=wiring.settings.demonstration)


@click.group()
def database() -> None:
    """The schema of the database."""


@database.command("upgrade")
def database_upgrade() -> None:
    """Bring the schema to this version; safe to interrupt and to run again."""
    from audit.persistence.schema import upgrade

    upgrade(installation().sessions.engine)
    click.echo("The schema is at this version.")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def config(as_json: bool) -> None:
    """Show the effective settings, secrets masked."""
    settings = installation().settings
    rows = []
    for name, field in type(settings).model_fields.items():
        value = getattr(settings, name)
        shown = ("set" if value.get_secret_value() else "not set") if isinstance(value, SecretStr) else str(value)
        rows.append({"setting": f"AUDIT_{name.upper()}", "value": _masked(shown), "meaning": field.description})
    show(rows, as_json=as_json)


def _masked(address: str) -> str:
    """A password inside an address is a secret too."""
    scheme, separator, rest = address.partition("://")
    credentials, at, host = rest.rpartition("@")
    if not separator or not at or ":" not in credentials:
        return address
    return f"{scheme}://{credentials.split(':', 1)[0]}:…@{host}"


@click.group()
def user() -> None:
    """People, when no one can sign in."""


@user.command("invite")
@click.argument("email")
@click.option("--name", required=True, help="How the person is called here; a function is enough.")
@click.option(
    "--role", required=True, type=click.Choice(["coordinator", "administrator", "reviewer", "auditor", "manager"])
)
@click.option("--line", "line_name", help="The line's name; needed for a manager.")
def user_invite(email: str, name: str, role: str, line_name: str | None) -> None:
    """Invite a person and print the link, which works once."""
    from audit.domain.permissions import Role
    from audit.persistence.queries.lines import by_name
    from audit.usecases.accounts import invite, mint_token

    wiring = installation()
    with plain_errors(), wiring.sessions.writing() as session:
        line = by_name(session, line_name) if line_name else None
        if line_name and line is None:
            click.echo(f"There is no line called “{line_name}”.", err=True)
            sys.exit(FOUND)
        person = invite(session, email=email, name=name, role=Role(role), line=line, actor=None, at=wiring.now())
        token = mint_token(session, person, "invitation", at=wiring.now())
    click.echo(f"{wiring.settings.base_url}/join/{token}")


@user.command("disable")
@click.argument("email")
def user_disable(email: str) -> None:
    """End a person's sessions, invitations and appointments at once."""
    from audit.persistence.queries.people import by_email
    from audit.usecases.accounts import disable

    wiring = installation()
    with plain_errors(), wiring.sessions.writing() as session:
        person = by_email(session, email)
        if person is None:
            click.echo("There is no person with this address.", err=True)
            sys.exit(FOUND)
        disable(session, person, actor=None, at=wiring.now())
    click.echo("Disabled.")
