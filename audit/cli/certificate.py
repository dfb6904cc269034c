"""The command that examines a certificate: genuine or not, and its status now."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from audit.cli.surroundings import FOUND, USAGE, installation, plain_errors, sample_installation

if TYPE_CHECKING:
    from audit.documents.verify import Examination
    from audit.wiring import Wiring

_SENTENCES = {
    "genuine": "Genuine: every byte is as the network signed it.",
    "altered": "Not genuine: this file was changed after it was signed.",
    "unknown_signer": "Not genuine: this file was signed with a key that is not the network’s.",
    "other_paper": "This is a paper the network signed, but it is no certificate.",
    "not_a_certificate": "This is no certificate.",
    "other_file": "Not genuine: the register holds another file for this certificate.",
}


@click.group()
def certificate() -> None:
    """Certificates."""


@certificate.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--signer",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Trust this public certificate (PEM) instead of the installation’s own.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify(file: Path, signer: Path | None, as_json: bool) -> None:
    """Tell whether FILE is a genuine certificate, and its status now.

    Exit status: 0 genuine, 1 altered, signed by someone else or no certificate, 2 not readable.
    """
    from audit.documents.signing import certificate_bytes, trusted_certificates
    from audit.documents.verify import Finding, examine

    try:
        content = file.read_bytes()
        given = None if signer is None else (certificate_bytes(signer.read_bytes()),)
    except (OSError, ValueError) as reason:
        click.echo(f"This cannot be read: {reason}", err=True)
        sys.exit(USAGE)
    own = installation()
    keys = [(one, given or trusted_certificates(one.settings.instance / "keys")) for one in _installations(own)]
    known = [(one, trusted) for one, trusted in keys if trusted]
    if not known:
        click.echo(
            "There is no signing certificate here to compare with; name one with --signer, or run “flask setup”.",
            err=True,
        )
        sys.exit(USAGE)
    with plain_errors(USAGE):
        examined = [(one, examine(content, trusted)) for one, trusted in known]
        signed = [pair for pair in examined if pair[1].finding is not Finding.UNKNOWN_SIGNER]
        wiring, examination = (signed or examined)[0]
        report = _report(file, examination, wiring)
    click.echo(json.dumps(report, indent=2, ensure_ascii=False) if as_json else _in_words(report))
    sys.exit(0 if report["genuine"] else FOUND)


def _installations(own: Wiring) -> list[Wiring]:
    """This installation, and the sample network inside it: a sample certificate says itself that it is one."""
    sample = sample_installation(own.settings)
    return [own] if sample.settings.instance == own.settings.instance else [own, sample]


def _report(file: Path, examination: Examination, wiring: Wiring) -> dict[str, object]:
    report: dict[str, object] = {
        "file": str(file),
        "genuine": examination.genuine,
        "finding": examination.finding.value,
        "sha256": examination.digest,
    }
    facts = examination.facts
    if facts is None:
        return report
    report |= {
        "serial": facts.serial,
        "code": facts.verification_code,
        "line": facts.line_name_latin or facts.line_name,
        "level": facts.level_title,
        "sample": facts.sample,
        "valid_from": facts.valid_from.isoformat(),
        "valid_until": facts.valid_until.isoformat(),
        "signed_by": examination.signed_by,
        "signed_at": examination.signed_at.isoformat() if examination.signed_at else None,
        "facts_hash": examination.facts_hash,
    }
    return report | _registered(examination, wiring)


def _registered(examination: Examination, wiring: Wiring) -> dict[str, object]:
    """What the register says of this file, where there is a register here.

    A file signed with the network's key that is not the one in the register was never issued: it is not genuine.
    """
    if not _has_register(wiring):
        return {"status": None}
    from audit.domain.calendar import today
    from audit.persistence.queries.certificates import by_digest

    with wiring.sessions.reading() as session:
        entry = by_digest(session, examination.digest, today(wiring.now(), wiring.settings.timezone))
        if entry is None:
            return {"genuine": False, "finding": "other_file", "status": None}
        return {"status": entry.shown.value, "successor": entry.successor}


def _has_register(wiring: Wiring) -> bool:
    """Whether this installation has a database that was set up; looking must not make one."""
    scheme, _, path = wiring.settings.database.partition("///")
    if scheme == "sqlite:" and not Path(path).exists():
        return False
    from audit.persistence.schema import schema_is_current

    return schema_is_current(wiring.sessions.engine)


def _in_words(report: dict[str, object]) -> str:
    lines = [_SENTENCES[str(report["finding"])]]
    if "serial" in report:
        sample = " (sample, not a real certificate)" if report["sample"] else ""
        lines += [
            f"Certificate {report['serial']}{sample}: {report['line']}, {report['level']}",
            f"Valid from {report['valid_from']} until {report['valid_until']}",
            f"Signed by {report['signed_by']} at {report['signed_at']}",
        ]
        if report["genuine"]:
            status = report["status"] or "unknown: there is no register here; ask the network’s check page"
            lines.append(f"Status now: {status}")
    lines.append(f"SHA-256: {report['sha256']}")
    return "\n".join(lines)
