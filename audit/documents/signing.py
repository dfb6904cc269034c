"""Signs papers with the network's key: a certification signature after which no change is permitted (PAdES)."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko_certvalidator.registry import SimpleCertificateStore

from audit.domain.errors import N_, Unavailable

KEY_FILE = "signing.pem"  # the private key and its certificate, together, for the worker alone
CERTIFICATE_FILE = "signing.crt"  # the certificate alone, for everyone who checks
RETIRED = "retired"  # folder of certificates of earlier keys: what they signed stays genuine

FIELD = "Signature"
_BITS = 3072
_YEARS = 15  # longer than any certificate of a line runs, so that the signature outlives what it signs
_RESERVED = 8192  # hex digits kept free for the signature: known beforehand, the document is signed once, not twice


def make_key(folder: Path, *, common_name: str, demonstration: bool, at: datetime | None = None) -> Path:
    """Make a key with a certificate of its own and return the public certificate's path.

    The key file is readable by its owner alone. FileExistsError where there is one already: a key is never written
    over. A demonstration key names itself one.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    private = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    certificate = _certificate(private, common_name, demonstration, at or datetime.now(UTC))
    public_bytes = certificate.public_bytes(serialization.Encoding.PEM)
    private_bytes = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    unfinished = folder / f"{KEY_FILE}.{os.getpid()}"
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(private_bytes + public_bytes)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(unfinished, folder / KEY_FILE)  # whole or not at all, and only one of two who try at once
    finally:
        unfinished.unlink()
    return _publish(folder)


def ensure_key(folder: Path, *, common_name: str, demonstration: bool, at: datetime | None = None) -> Path:
    """The public certificate's path, after making a key where there is none. Harmless when run twice, or at once."""
    if not (folder / KEY_FILE).exists():
        try:
            return make_key(folder, common_name=common_name, demonstration=demonstration, at=at)
        except FileExistsError:
            pass  # another process made it meanwhile; its key is as good
    return _publish(folder)


def load_signer(folder: Path) -> KeySigner:
    """The signer of an installation; Unavailable where no key is, or it cannot be read."""
    try:
        content = (folder / KEY_FILE).read_bytes()
        private = serialization.load_pem_private_key(content, password=None)
        certificate = x509.load_pem_x509_certificate(content[content.index(b"-----BEGIN CERTIFICATE") :])
    except (OSError, ValueError) as reason:
        raise Unavailable(
            N_("There is no signing key here, or it cannot be read. “flask setup” makes one.")
        ) from reason
    if not isinstance(private, rsa.RSAPrivateKey):
        raise Unavailable(N_("The signing key is of a kind that papers cannot be signed with; it must be RSA."))
    return KeySigner(private, certificate)


def trusted_certificates(folder: Path) -> tuple[bytes, ...]:
    """The network's own certificates (DER), the present one first: what an examination of a paper trusts."""
    files = [folder / CERTIFICATE_FILE, *sorted((folder / RETIRED).glob("*.crt"))]
    return tuple(certificate_bytes(file.read_bytes()) for file in files if file.exists())


def certificate_bytes(pem: bytes) -> bytes:
    """DER of one certificate in PEM form; ValueError when it is none."""
    return x509.load_pem_x509_certificate(pem).public_bytes(serialization.Encoding.DER)


def _publish(folder: Path) -> Path:
    """Write the public certificate apart from the key, so that it can be given to those who may not have the key."""
    content = (folder / KEY_FILE).read_bytes()
    public = folder / CERTIFICATE_FILE
    wanted = content[content.index(b"-----BEGIN CERTIFICATE") :]
    if not public.exists() or public.read_bytes() != wanted:
        unfinished = folder / f"{CERTIFICATE_FILE}.{os.getpid()}"
        unfinished.write_bytes(wanted)
        unfinished.replace(public)
    return public


def _certificate(private: rsa.RSAPrivateKey, common_name: str, demonstration: bool, at: datetime) -> x509.Certificate:
    attributes = [x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)]
    if demonstration:
        attributes.append(
            x509.NameAttribute(x509.NameOID.ORGANIZATIONAL_UNIT_NAME, "Demonstration only, signs samples")
        )
    name = x509.Name(attributes)
    # A sample network has a past: its key must be as old as the oldest paper it signs.
    begins = datetime(2020, 1, 1, tzinfo=UTC) if demonstration else at - timedelta(days=1)
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(at + timedelta(days=365 * _YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .sign(private, hashes.SHA256())
    )


class _KeptMetadata(IncrementalPdfFileWriter):
    """Leaves the document's metadata alone: rewriting it would undo what makes the file PDF/A and PDF/UA at once."""

    def _update_meta(self) -> None:
        return


class _LoadedKey(SimpleSigner):
    """A signer whose key is ready: the library's own reads and checks the key again for every signature."""

    def __init__(self, private: rsa.RSAPrivateKey, certificate: asn1_x509.Certificate) -> None:
        der = private.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        super().__init__(
            signing_cert=certificate,
            signing_key=asn1_keys.PrivateKeyInfo.load(der),
            cert_registry=SimpleCertificateStore(),
        )
        self.private = private

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        if digest_algorithm != "sha256":
            raise ValueError(f"papers are signed over SHA-256, not {digest_algorithm}")
        return self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())


class _DatedSigner(PdfSigner):
    """Writes the time it is told into the signature, not the clock's."""

    def __init__(self, metadata: PdfSignatureMetadata, key: _LoadedKey, field: SigFieldSpec, at: datetime) -> None:
        super().__init__(metadata, signer=key, new_field_spec=field)
        self.at = at

    def init_signing_session(self, *given: object, **named: object) -> PdfSigningSession:
        session = super().init_signing_session(*given, **named)
        session.system_time = self.at
        return session


class KeySigner:
    """The `Signer` of audit.ports, with an RSA key in memory."""

    def __init__(self, private: rsa.RSAPrivateKey, certificate: x509.Certificate) -> None:
        self.certificate = certificate.public_bytes(serialization.Encoding.DER)
        self._key = _LoadedKey(private, asn1_x509.Certificate.load(self.certificate))
        self._name = _common_name(certificate.subject)

    @property
    def name(self) -> str:
        return self._name

    def sign(self, pdf: bytes, *, reason: str, at: datetime) -> bytes:
        """The signed file. Invisible: what people see of the signature is set in the document itself."""
        out = io.BytesIO()
        _DatedSigner(
            PdfSignatureMetadata(
                field_name=FIELD,
                md_algorithm="sha256",
                reason=reason,
                name=self._name,
                certify=True,
                docmdp_permissions=MDPPerm.NO_CHANGES,
                subfilter=SigSeedSubFilter.PADES,
            ),
            self._key,
            SigFieldSpec(
                FIELD,
                readable_field_name=self._name,
                invis_sig_settings=InvisSigSettings(box_out_of_bounds=True),
            ),
            at.astimezone(UTC),
        ).sign_pdf(_KeptMetadata(io.BytesIO(pdf)), bytes_reserved=_RESERVED, output=out)
        return out.getvalue()


def _common_name(name: Iterable[x509.NameAttribute]) -> str:
    return next((str(attribute.value) for attribute in name if attribute.oid == x509.NameOID.COMMON_NAME), "")
