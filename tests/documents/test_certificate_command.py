"""`flask certificate verify FILE`: exit status, words and JSON."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from audit.cli.certificate import certificate
from audit.documents.signing import CERTIFICATE_FILE
from tests.documents import samples


@pytest.fixture
def instance(tmp_path: Path, keys: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation that has only the public certificate: what an auditor has."""
    folder = tmp_path / "instance"
    (folder / "keys").mkdir(parents=True)
    shutil.copy(keys / CERTIFICATE_FILE, folder / "keys" / CERTIFICATE_FILE)
    monkeypatch.setenv("AUDIT_INSTANCE", str(folder))
    monkeypatch.delenv("AUDIT_DATABASE_URL", raising=False)
    return folder


def verify(content: bytes, folder: Path, *more: str) -> Result:
    file = folder / "given.pdf"
    file.write_bytes(content)
    return CliRunner().invoke(certificate, ["verify", str(file), *more])


def test_a_genuine_certificate(signed: bytes, instance: Path) -> None:
    answer = verify(signed, instance)
    assert answer.exit_code == 0
    assert "Genuine: every byte is as the network signed it." in answer.output
    assert samples.AUSTRIA.serial in answer.output
    assert "sample, not a real certificate" in answer.output
    assert "there is no register here" in answer.output
    assert not (instance / "plumbline.sqlite").exists()  # looking makes nothing


def test_an_altered_certificate(signed: bytes, instance: Path) -> None:
    answer = verify(signed + b"\n", instance)
    assert answer.exit_code == 1
    assert "Not genuine: this file was changed after it was signed." in answer.output


def test_no_certificate_at_all(instance: Path) -> None:
    answer = verify(b"hello", instance)
    assert (answer.exit_code, "no certificate" in answer.output) == (1, True)


def test_json(signed: bytes, instance: Path) -> None:
    report = json.loads(verify(signed, instance, "--json").output)
    assert report["genuine"] is True and report["finding"] == "genuine"
    assert report["serial"] == samples.AUSTRIA.serial
    assert report["signed_at"] == "2026-09-15T12:30:00+00:00"
    assert json.loads(verify(signed[:-1], instance, "--json").output)["genuine"] is False


def test_bad_usage_and_what_cannot_be_read(signed: bytes, instance: Path, tmp_path: Path) -> None:
    assert CliRunner().invoke(certificate, ["verify"]).exit_code == 2
    assert CliRunner().invoke(certificate, ["verify", str(tmp_path / "missing.pdf")]).exit_code == 2
    nonsense = tmp_path / "signer.pem"
    nonsense.write_text("nonsense")
    assert verify(signed, instance, "--signer", str(nonsense)).exit_code == 2


def test_another_signer_can_be_named(signed: bytes, instance: Path, keys: Path) -> None:
    (instance / "keys" / CERTIFICATE_FILE).unlink()
    answer = verify(signed, instance)
    assert answer.exit_code == 2 and "no signing certificate here" in answer.output
    assert verify(signed, instance, "--signer", str(keys / CERTIFICATE_FILE)).exit_code == 0


def test_a_file_the_register_does_not_hold_was_never_issued(signed: bytes, instance: Path) -> None:
    from audit.persistence.schema import upgrade
    from audit.persistence.sessions import make_engine

    engine = make_engine(f"sqlite:///{instance / 'plumbline.sqlite'}")
    upgrade(engine)
    engine.dispose()
    answer = verify(signed, instance)
    assert answer.exit_code == 1
    assert "the register holds another file" in answer.output
