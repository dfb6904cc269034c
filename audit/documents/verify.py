"""Examines a file that claims to be a certificate: genuine to the last byte, or not. Never raises on any bytes."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import pikepdf
from asn1crypto import algos, cms, core, x509
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from audit.documents.finish import FACTS_NAME, attached_file
from audit.domain.certification import CertificateFacts, certificate_facts_from_text, facts_hash

LARGEST = 50 * 1024 * 1024  # bytes; a certificate has about a hundred thousand


class Finding(StrEnum):
    """What the examination found; only the first means genuine."""

    GENUINE = "genuine"
    ALTERED = "altered"  # was signed, and is not what was signed
    UNKNOWN_SIGNER = "unknown_signer"  # whole, but signed with a key that is not the network's
    OTHER_PAPER = "other_paper"  # signed by the network, but no certificate: a report or a result sheet
    NOT_A_CERTIFICATE = "not_a_certificate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """`digest` is the SHA-256 of the file as given; the rest is known only of a genuine certificate."""

    finding: Finding
    digest: str
    facts: CertificateFacts | None = None
    facts_hash: str | None = None
    signed_by: str | None = None
    signed_at: datetime | None = None

    @property
    def genuine(self) -> bool:
        return self.finding is Finding.GENUINE

    @property
    def serial(self) -> str | None:
        return self.facts.serial if self.facts else None

    @property
    def code(self) -> str | None:
        return self.facts.verification_code if self.facts else None


class _Found(Exception):
    """Ends the examination with a finding other than genuine."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding)
        self.finding = finding


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signed:
    """The parts of a signed file: all bytes but the signature, and the signature as it stands in the file."""

    content: bytes
    ranges: tuple[int, int, int, int]
    signature: bytes  # the text between < and >, hexadecimal
    trusted: tuple[x509.Certificate, ...]

    @property
    def message(self) -> cms.ContentInfo:
        return cms.ContentInfo.load(bytes.fromhex(self.signature.decode("ascii")))

    @property
    def digest(self) -> bytes:
        first, length, second, rest = self.ranges
        covered = hashlib.sha256(self.content[first : first + length])
        covered.update(self.content[second : second + rest])
        return covered.digest()


Check = Callable[[_Signed], None]


def examine(content: bytes, trusted: Sequence[bytes], *, checks: Sequence[Check] | None = None) -> Examination:
    """Whether the file is, byte for byte, a certificate that one of the trusted keys signed.

    `trusted` are certificates in DER form (`signing.trusted_certificates`). Every one of the checks must hold; none is
    enough alone, which the tests show by leaving some out.
    """
    digest = hashlib.sha256(content).hexdigest()
    try:
        return _genuine(content, digest, trusted, CHECKS if checks is None else checks)
    except _Found as reason:
        return Examination(finding=reason.finding, digest=digest)
    except Exception:  # hostile bytes go through three parsers, whose complaints all mean the same
        return Examination(finding=Finding.ALTERED, digest=digest)


def _genuine(content: bytes, digest: str, trusted: Sequence[bytes], checks: Sequence[Check]) -> Examination:
    signed = _taken_apart(content, trusted)
    for check in checks:
        check(signed)
    with pikepdf.open(io.BytesIO(content)) as opened:
        text = _facts_inside(opened)
        signed_at = _time(str(opened.Root.AcroForm.Fields[0].V.M))
    facts = _certificate(text)
    if facts is None or text is None:
        raise _Found(Finding.OTHER_PAPER)
    return Examination(
        finding=Finding.GENUINE,
        digest=digest,
        facts=facts,
        facts_hash=facts_hash(text),
        signed_by=_signer(signed).subject.native.get("common_name", ""),
        signed_at=signed_at,
    )


_RANGES = re.compile(rb"/ByteRange \[(\d{1,10}) (\d{1,10}) (\d{1,10}) (\d{1,10})\]")


def _taken_apart(content: bytes, trusted: Sequence[bytes]) -> _Signed:
    if not content.startswith(b"%PDF-") or len(content) > LARGEST:
        raise _Found(Finding.NOT_A_CERTIFICATE)
    found = _RANGES.search(content)
    if found is None:
        # Without a signature nothing can be said of it, unless it still carries what only signed papers carry.
        remains = b"/ByteRange" in content or b"/Sig" in content or b"/EmbeddedFile" in content
        raise _Found(Finding.ALTERED if remains else Finding.NOT_A_CERTIFICATE)
    ranges = tuple(int(number) for number in found.groups())
    gap = content[ranges[0] + ranges[1] : ranges[2]]
    return _Signed(
        content=content,
        ranges=ranges,  # type: ignore[arg-type] – four groups, four numbers
        signature=gap[1:-1],
        trusted=tuple(x509.Certificate.load(certificate) for certificate in trusted),
    )


# The checks --------------------------------------------------------------------------------------------------------


def covers_whole_file(signed: _Signed) -> None:
    """One signature, over everything but itself: nothing before, behind or beside it, and no second one."""
    first, length, second, rest = signed.ranges
    gap = signed.content[length:second]
    whole = first == 0 and length < second and second + rest == len(signed.content)
    if not whole or gap[:1] != b"<" or gap[-1:] != b">" or signed.content.count(b"/ByteRange") != 1:
        raise _Found(Finding.ALTERED)


def signature_holds(signed: _Signed) -> None:
    """The bytes it covers are the bytes that were signed, with a key of the network's."""
    message = signed.message["content"]
    info = message["signer_infos"][0]
    signer = _signer(signed)
    intact, valid = validate_sig_integrity(info, signer, "data", signed.digest)
    if not (intact and valid):
        raise _Found(Finding.ALTERED)
    if signer not in signed.trusted:
        raise _Found(Finding.UNKNOWN_SIGNER)


def nothing_beside_the_signature(signed: _Signed) -> None:
    """The room kept for the signature holds exactly what the signer writes there, and zeros.

    These are the only bytes the signature itself does not cover, so each of them must be what it has to be.
    """
    message = signed.message["content"]
    info = message["signer_infos"][0]
    expected = _message(_signer(signed), info["signed_attrs"].untag().dump(), info["signature"].native)
    text = expected.hex().upper().encode()
    if signed.signature != text.ljust(len(signed.signature), b"0"):
        raise _Found(Finding.ALTERED)


CHECKS: tuple[Check, ...] = (covers_whole_file, signature_holds, nothing_beside_the_signature)


def _signer(signed: _Signed) -> x509.Certificate:
    """The certificate the signature names: the network's own where it is one of them, or was one before a change."""
    message = signed.message["content"]
    named = message["certificates"][0].chosen
    serial = message["signer_infos"][0]["sid"].chosen["serial_number"].native
    for certificate in signed.trusted:
        if certificate.serial_number in (serial, named.serial_number) or certificate.public_key == named.public_key:
            return certificate
    return named


def _message(signer: x509.Certificate, attributes: bytes, signature: bytes) -> bytes:
    """The signature's envelope, built anew from what may differ between papers: attributes, signature, certificate."""
    sha256 = algos.DigestAlgorithm({"algorithm": "sha256"})
    info = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {
                    "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                        {"issuer": signer.issuer, "serial_number": signer.serial_number}
                    )
                }
            ),
            "digest_algorithm": sha256,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_rsa", "parameters": core.Null()}),
            "signed_attrs": cms.CMSAttributes.load(attributes),
            "signature": signature,
        }
    )
    data = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": cms.DigestAlgorithms((sha256,)),
            "encap_content_info": {"content_type": "data"},
            "certificates": [signer],
            "signer_infos": [info],
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": data}).dump())


# What a genuine file says ------------------------------------------------------------------------------------------


def _facts_inside(opened: pikepdf.Pdf) -> str | None:
    if FACTS_NAME not in opened.attachments:
        return None
    return attached_file(opened, FACTS_NAME).decode()


def _certificate(text: str | None) -> CertificateFacts | None:
    try:
        return certificate_facts_from_text(text or "")
    except ValueError:
        return None


def _time(stamp: str) -> datetime:
    """A PDF date that the signer wrote, always in UTC."""
    return datetime.strptime(stamp[:16], "D:%Y%m%d%H%M%S").replace(tzinfo=UTC)
