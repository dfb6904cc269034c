"""The vault: bytes by the SHA-256 of their content, apart by owner, encrypted on disk, verified before they leave.

Each file is sealed with a data key of its own (AES-256-GCM), and that key is wrapped with the vault's key. A file lies
at <owner>/<first two of the digest>/<digest>. Its form: a magic word, the wrapped data key, a nonce, the sealed bytes;
owner and digest are authenticated with it, so that a file moved elsewhere does not open.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from audit.domain.errors import N_, Missing, Unavailable

_MAGIC = b"PLUMBVLT1\n"
_NONCE = 12
_WRAPPED = _NONCE + 32 + 16  # nonce, sealed data key, tag
_DIGEST = re.compile(r"[0-9a-f]{64}")
_OWNER = re.compile(r"[a-z0-9]{2,64}")

_FULL = N_("The file could not be stored: the disk is full or cannot be written. Nothing was kept; please try again.")
_DAMAGED = N_("This stored file is damaged and is not handed out. Please tell the administrator.")
_NO_KEY = N_("The key of the file store cannot be read. Please tell the administrator.")
_GONE = N_("There is no such file.")


class FolderVault:
    """A vault in a folder of this machine (audit.ports.Vault)."""

    def __init__(self, folder: Path, key_file: Path, *, sync: Callable[[int], None] = os.fsync) -> None:
        self._folder = folder
        self._key_file = key_file
        self._sync = sync
        self._key: bytes | None = None

    def put(self, owner: str, content: bytes) -> str:
        """Store the content and return its SHA-256 (hex); on disk and synced when this returns.

        Unavailable when it cannot be: then no file stands under the digest, and nothing was acknowledged. Content that
        is stored already and still sound is not written again.
        """
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(owner, digest)
        if self._sound(owner, digest):
            return digest
        sealed = self._seal(owner, digest, content)
        unfinished = path.with_name(f".{digest}.{secrets.token_hex(8)}.part")
        try:
            self._make_folder(path.parent)
            self._write(unfinished, sealed)
            unfinished.replace(path)
            self._sync_folder(path.parent)
        except OSError as error:
            with contextlib.suppress(OSError):
                unfinished.unlink()
            raise Unavailable(_FULL) from error
        return digest

    def open(self, owner: str, digest: str) -> BinaryIO:
        """The whole content, verified. Missing when there is none, Unavailable when the stored bytes are damaged."""
        return io.BytesIO(self._read(owner, digest))

    def holds(self, owner: str, digest: str) -> bool:
        """Whether a file stands under the digest; `open` says whether it is sound."""
        return self._path(owner, digest).is_file()

    def remove(self, owner: str, digest: str) -> None:
        """Take a file away for good; nothing happens when there is none."""
        path = self._path(owner, digest)
        try:
            path.unlink(missing_ok=True)
            if path.parent.is_dir():
                self._sync_folder(path.parent)
        except OSError as error:
            raise Unavailable(_FULL) from error

    def clear(self, owner: str) -> None:
        """Take away everything that lies under an owner; nothing happens when there is nothing."""
        if not _OWNER.fullmatch(owner):
            raise Missing(_GONE)
        try:
            shutil.rmtree(self._folder / owner)
            self._sync_folder(self._folder)
        except FileNotFoundError:
            return
        except OSError as error:
            raise Unavailable(_FULL) from error

    def stored(self) -> Iterator[tuple[str, str]]:
        """Owner and digest of every finished file."""
        for path in sorted(self._folder.glob("*/*/*")):
            if _DIGEST.fullmatch(path.name) and path.parent.name == path.name[:2]:
                yield path.parent.parent.name, path.name

    def sweep(self, is_wanted: Callable[[str, str], bool], *, older_than_hours: float = 24) -> int:
        """Take away unfinished files and files that no row wants, once they are old enough; how many went.

        `is_wanted(owner, digest)` asks the records. The age guards what is stored but whose row is not committed yet.
        """
        before = time.time() - older_than_hours * 3600
        gone = 0
        for path in self._folder.glob("*/*/*"):
            unfinished = path.name.endswith(".part")
            stored = _DIGEST.fullmatch(path.name) is not None
            with contextlib.suppress(FileNotFoundError):
                if not (unfinished or stored) or path.stat().st_mtime >= before:
                    continue
                if unfinished or not is_wanted(path.parent.parent.name, path.name):
                    path.unlink()
                    gone += 1
        return gone

    def damaged(self) -> list[tuple[str, str]]:
        """Owner and digest of every file that does not open to its digest any more."""
        return [(owner, digest) for owner, digest in self.stored() if not self._sound(owner, digest)]

    def _sound(self, owner: str, digest: str) -> bool:
        try:
            self._read(owner, digest)
        except (Missing, Unavailable):
            return False
        return True

    def _read(self, owner: str, digest: str) -> bytes:
        path = self._path(owner, digest)
        try:
            sealed = path.read_bytes()
        except FileNotFoundError:
            raise Missing(_GONE) from None
        except OSError as error:
            raise Unavailable(_DAMAGED) from error
        content = self._unseal(owner, digest, sealed)
        if hashlib.sha256(content).hexdigest() != digest:
            raise Unavailable(_DAMAGED)
        return content

    def _path(self, owner: str, digest: str) -> Path:
        """Where a file lies; names that cannot be ours lead nowhere, so that no path can be smuggled in."""
        if not _OWNER.fullmatch(owner) or not _DIGEST.fullmatch(digest):
            raise Missing(_GONE)
        return self._folder / owner / digest[:2] / digest

    def _seal(self, owner: str, digest: str, content: bytes) -> bytes:
        bound = f"{owner}\n{digest}".encode()
        data_key = AESGCM.generate_key(bit_length=256)
        wrap_nonce, nonce = secrets.token_bytes(_NONCE), secrets.token_bytes(_NONCE)
        wrapped = wrap_nonce + AESGCM(self._vault_key()).encrypt(wrap_nonce, data_key, bound)
        return _MAGIC + wrapped + nonce + AESGCM(data_key).encrypt(nonce, content, bound)

    def _unseal(self, owner: str, digest: str, sealed: bytes) -> bytes:
        bound = f"{owner}\n{digest}".encode()
        head, start = len(_MAGIC), len(_MAGIC) + _WRAPPED
        if not sealed.startswith(_MAGIC) or len(sealed) < start + _NONCE + 16:
            raise Unavailable(_DAMAGED)
        wrap_nonce, wrapped = sealed[head : head + _NONCE], sealed[head + _NONCE : start]
        try:
            data_key = AESGCM(self._vault_key()).decrypt(wrap_nonce, wrapped, bound)
            return AESGCM(data_key).decrypt(sealed[start : start + _NONCE], sealed[start + _NONCE :], bound)
        except InvalidTag as error:
            raise Unavailable(_DAMAGED) from error

    def _vault_key(self) -> bytes:
        """The vault's key, made on first use; two processes that make one at once end up with the same."""
        if self._key is None:
            try:
                if not self._key_file.exists():
                    self._make_key()
                key = bytes.fromhex(self._key_file.read_text("ascii"))
            except (OSError, ValueError) as error:
                raise Unavailable(_NO_KEY) from error
            if len(key) != 32:
                raise Unavailable(_NO_KEY)
            self._key = key
        return self._key

    def _make_key(self) -> None:
        """Never where files are sealed already: a second key would make the first one's loss look like damage."""
        if next(self.stored(), None) is not None:
            if self._key_file.exists():  # another process made it, and stored something, since we looked
                return
            raise Unavailable(_NO_KEY)
        self._key_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = self._key_file.with_name(f".{self._key_file.name}.{secrets.token_hex(8)}")
        self._write(unfinished, secrets.token_bytes(32).hex().encode())
        with contextlib.suppress(FileExistsError):
            os.link(unfinished, self._key_file)
        unfinished.unlink()
        self._sync_folder(self._key_file.parent)

    def _write(self, path: Path, content: bytes) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            self._sync(file.fileno())

    def _make_folder(self, folder: Path) -> None:
        """The folder with its parents, each one's entry synced, so that a power cut cannot lose the way to a file."""
        missing = [place for place in (folder, *folder.parents) if not place.exists()]
        for place in reversed(missing):
            place.mkdir(mode=0o700, exist_ok=True)
            self._sync_folder(place.parent)

    def _sync_folder(self, folder: Path) -> None:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self._sync(descriptor)
        finally:
            os.close(descriptor)
