"""The network's key and what it signs."""

from __future__ import annotations

import io
import stat
import subprocess
import threading
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest
from asn1crypto import x509

from audit.documents.signing import (
    CERTIFICATE_FILE,
    KEY_FILE,
    RETIRED,
    KeySigner,
    ensure_key,
    load_signer,
    make_key,
    trusted_certificates,
)
from audit.domain.errors import Unavailable
from audit.ports import Signer
from tests.documents.conftest import SIGNED_AT
from tests.documents.reading import problems


def test_a_signed_certificate_still_meets_both_standards(signed: bytes) -> None:
    assert problems(signed) == []


def test_an_independent_reader_finds_the_whole_file_signed(signed: bytes, tmp_path: Path) -> None:
    file = tmp_path / "certificate.pdf"
    file.write_bytes(signed)
    said = subprocess.run(["pdfsig", str(file)], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert "Demonstration key of the tests" in said
    assert "Sep 15 2026 12:30:00" in said
    assert subprocess.run(["qpdf", "--check", str(file)], capture_output=True, check=False).returncode == 0


def test_it_certifies_and_permits_no_change(signed: bytes) -> None:
    with pikepdf.open(io.BytesIO(signed)) as opened:
        signature = opened.Root.AcroForm.Fields[0].V
        assert opened.Root.Perms.DocMDP.objgen == signature.objgen
        assert int(signature.Reference[0].TransformParams.P) == 1
        assert str(signature.SubFilter) == "/ETSI.CAdES.detached"


def test_signing_adds_and_changes_nothing_before(unsigned: bytes, signed: bytes) -> None:
    assert signed.startswith(unsigned)
    assert len(signed) - len(unsigned) < 12_000


def test_the_time_is_the_one_it_was_told(signer: KeySigner, unsigned: bytes) -> None:
    past = datetime(2024, 2, 29, 23, 59, 58, tzinfo=UTC)
    with pikepdf.open(io.BytesIO(signer.sign(unsigned, reason="x", at=past))) as opened:
        assert str(opened.Root.AcroForm.Fields[0].V.M).startswith("D:20240229235958")


def test_the_signer_is_what_the_ports_ask_for(signer: KeySigner) -> None:
    port: Signer = signer
    assert port.name == "Demonstration key of the tests"


def test_the_key_is_its_owners_alone_and_the_certificate_lies_apart(keys: Path) -> None:
    assert stat.S_IMODE((keys / KEY_FILE).stat().st_mode) == 0o600
    public = (keys / CERTIFICATE_FILE).read_text()
    assert "PRIVATE" not in public and public.startswith("-----BEGIN CERTIFICATE")


def test_a_demonstration_key_names_itself_one_and_a_real_key_does_not(tmp_path: Path, keys: Path) -> None:
    real = tmp_path / "real"
    make_key(real, common_name="Network key", demonstration=False, at=SIGNED_AT)
    shown = [x509.Certificate.load(trusted_certificates(folder)[0]).subject.human_friendly for folder in (keys, real)]
    assert "Demonstration only" in shown[0]
    assert "Demonstration" not in shown[1]


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    make_key(tmp_path, common_name="First", demonstration=True)
    before = (tmp_path / KEY_FILE).read_bytes()
    with pytest.raises(FileExistsError):
        make_key(tmp_path, common_name="Second", demonstration=True)
    ensure_key(tmp_path, common_name="Third", demonstration=True)
    assert (tmp_path / KEY_FILE).read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == [CERTIFICATE_FILE, KEY_FILE]


def test_set_up_twice_at_once_makes_one_key(tmp_path: Path) -> None:
    threads = [
        threading.Thread(target=ensure_key, args=(tmp_path,), kwargs={"common_name": name, "demonstration": True})
        for name in "abc"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert load_signer(tmp_path).certificate == trusted_certificates(tmp_path)[0]


def test_a_lost_public_certificate_is_written_again(tmp_path: Path) -> None:
    public = make_key(tmp_path, common_name="Key", demonstration=True)
    kept = public.read_bytes()
    public.unlink()
    assert ensure_key(tmp_path, common_name="Key", demonstration=True).read_bytes() == kept


def test_retired_certificates_stay_trusted(tmp_path: Path, keys: Path) -> None:
    make_key(tmp_path, common_name="New key", demonstration=True)
    (tmp_path / RETIRED).mkdir()
    (tmp_path / RETIRED / "2025.crt").write_bytes((keys / CERTIFICATE_FILE).read_bytes())
    assert trusted_certificates(tmp_path)[1:] == trusted_certificates(keys)


@pytest.mark.parametrize("content", [None, b"", b"-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----\n"])
def test_no_usable_key_is_said_in_words(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / KEY_FILE).write_bytes(content)
    with pytest.raises(Unavailable, match="signing key"):
        load_signer(tmp_path)
