"""A key of the tests' own, and papers signed with it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from audit.documents.certificate import make
from audit.documents.signing import KeySigner, ensure_key, load_signer, trusted_certificates
from audit.domain.certification import facts_to_text
from tests.documents import samples

SIGNED_AT = datetime(2026, 9, 15, 12, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    ensure_key(folder, common_name="Demonstration key of the tests", demonstration=True)
    return folder


@pytest.fixture(scope="session")
def signer(keys: Path) -> KeySigner:
    return load_signer(keys)


@pytest.fixture(scope="session")
def trusted(keys: Path) -> tuple[bytes, ...]:
    return trusted_certificates(keys)


@pytest.fixture(scope="session")
def unsigned() -> bytes:
    return make(facts_to_text(samples.AUSTRIA), "en")


@pytest.fixture(scope="session")
def signed(signer: KeySigner, unsigned: bytes) -> bytes:
    return signer.sign(unsigned, reason="Certificate issued", at=SIGNED_AT)
