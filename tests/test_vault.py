"""The vault: what it hands out is what was put in, or nothing; what it acknowledged is on disk."""

from __future__ import annotations

import errno
import hashlib
import os
import random
import stat
import threading
from pathlib import Path

import pytest

from audit.domain.errors import Missing, Unavailable
from audit.vault import FolderVault

LINE, OTHER = "k3m9aaaabbbbccccddddeeee222", "network"


@pytest.fixture
def vault(tmp_path: Path) -> FolderVault:
    return FolderVault(tmp_path / "vault", tmp_path / "keys" / "vault.key")


def _files(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "vault").rglob("*") if path.is_file()]


@pytest.mark.parametrize("content", [b"", b"x", b"policy" * 10_000, os.urandom(1_000_003)])
def test_what_goes_in_comes_out(vault: FolderVault, content: bytes) -> None:
    digest = vault.put(LINE, content)
    assert digest == hashlib.sha256(content).hexdigest()
    assert vault.open(LINE, digest).read() == content
    assert vault.holds(LINE, digest)


def test_nothing_readable_lies_on_disk(vault: FolderVault, tmp_path: Path) -> None:
    vault.put(LINE, b"the reporter's procedure " * 100)
    for path in _files(tmp_path):
        assert b"procedure" not in path.read_bytes()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys" / "vault.key").stat().st_mode) == 0o600


def test_the_same_bytes_are_stored_once_per_owner_and_never_shared(vault: FolderVault, tmp_path: Path) -> None:
    digest = vault.put(LINE, b"policy")
    vault.put(LINE, b"policy")
    assert len(_files(tmp_path)) == 1
    assert not vault.holds(OTHER, digest)
    with pytest.raises(Missing):
        vault.open(OTHER, digest)
    vault.put(OTHER, b"policy")
    assert len({path.read_bytes() for path in _files(tmp_path)}) == 2


def test_a_file_moved_to_another_owner_does_not_open(vault: FolderVault, tmp_path: Path) -> None:
    digest = vault.put(LINE, b"policy")
    target = tmp_path / "vault" / OTHER / digest[:2] / digest
    target.parent.mkdir(parents=True)
    _files(tmp_path)[0].rename(target)
    with pytest.raises(Unavailable):
        vault.open(OTHER, digest)


def test_every_flipped_byte_is_noticed_and_mended_by_putting_again(vault: FolderVault, tmp_path: Path) -> None:
    content = b"twelve monthly totals"
    digest = vault.put(LINE, content)
    path = _files(tmp_path)[0]
    sound = path.read_bytes()
    for position in range(len(sound)):
        damaged = bytearray(sound)
        damaged[position] ^= 1 << (position % 8)
        path.write_bytes(damaged)
        with pytest.raises(Unavailable):
            vault.open(LINE, digest)
    assert vault.damaged() == [(LINE, digest)]
    vault.put(LINE, content)
    assert vault.open(LINE, digest).read() == content
    assert vault.damaged() == []


@pytest.mark.parametrize("cut", [0, 5, 60, 90, -1])
def test_a_cut_file_is_never_served(vault: FolderVault, tmp_path: Path, cut: int) -> None:
    digest = vault.put(LINE, b"twelve monthly totals" * 10)
    path = _files(tmp_path)[0]
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(Unavailable):
        vault.open(LINE, digest)


@pytest.mark.parametrize("owner", ["", "..", "../keys", "a/b", "A", "a\0b", "." * 30])
def test_no_name_leads_outside(vault: FolderVault, owner: str) -> None:
    with pytest.raises(Missing):
        vault.put(owner, b"x")
    for digest in ("", "../../keys/vault.key", "A" * 64, "a" * 63 + "\n"):
        with pytest.raises(Missing):
            vault.open(LINE, digest)


@pytest.mark.parametrize("failing", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EIO])
def test_when_the_disk_refuses_nothing_is_acknowledged_and_later_all_is_well(
    tmp_path: Path, failing: int, fault: int
) -> None:
    calls = 0

    def sync(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls == failing:
            raise OSError(fault, os.strerror(fault))
        os.fsync(descriptor)

    FolderVault(tmp_path / "vault", tmp_path / "keys" / "vault.key").put(OTHER, b"first")  # the key exists
    vault = FolderVault(tmp_path / "vault", tmp_path / "keys" / "vault.key", sync=sync)
    content = b"a policy"
    try:
        vault.put(LINE, content)
        assert calls < failing
    except Unavailable as refusal:
        assert "disk" in str(refusal)
    assert not [path for path in _files(tmp_path) if path.name.endswith(".part")]
    digest = vault.put(LINE, content)
    assert vault.open(LINE, digest).read() == content


def test_a_full_disk_is_told_in_words_and_reading_goes_on(tmp_path: Path) -> None:
    """A file size limit stands in for a full disk: the kernel refuses to write further, in the middle of the file."""
    vault = FolderVault(tmp_path / "vault", tmp_path / "keys" / "vault.key")
    small = vault.put(LINE, b"small")
    child = os.fork()
    if child == 0:
        import resource
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
        try:
            vault.put(LINE, b"x" * 200_000)
        except Unavailable:
            os._exit(0 if vault.open(LINE, small).read() == b"small" else 3)
        os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert len(_files(tmp_path)) == 1


def test_a_missing_or_broken_key_is_never_replaced_while_files_are_sealed(tmp_path: Path) -> None:
    key = tmp_path / "keys" / "vault.key"
    digest = FolderVault(tmp_path / "vault", key).put(LINE, b"policy")
    kept = key.read_text()
    key.unlink()
    with pytest.raises(Unavailable):
        FolderVault(tmp_path / "vault", key).put(LINE, b"another")
    assert not key.exists()
    key.write_text("not a key")
    with pytest.raises(Unavailable):
        FolderVault(tmp_path / "vault", key).open(LINE, digest)
    key.write_text(kept)
    assert FolderVault(tmp_path / "vault", key).open(LINE, digest).read() == b"policy"


def test_eight_processes_worth_of_threads_agree_on_one_key(tmp_path: Path) -> None:
    vaults = [FolderVault(tmp_path / "vault", tmp_path / "keys" / "vault.key") for _ in range(8)]
    barrier = threading.Barrier(8)

    def put(number: int) -> None:
        barrier.wait()
        vaults[number].put(LINE, f"content {number}".encode())

    threads = [threading.Thread(target=put, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert FolderVault(tmp_path / "vault", tmp_path / "keys" / "vault.key").damaged() == []
    assert len(_files(tmp_path)) == 8


def test_the_sweep_takes_old_orphans_and_unfinished_files_only(vault: FolderVault, tmp_path: Path) -> None:
    wanted, orphan, fresh = (vault.put(LINE, name) for name in (b"wanted", b"orphan", b"fresh orphan"))
    leftover = tmp_path / "vault" / LINE / "ab" / ".abc.part"
    leftover.parent.mkdir(exist_ok=True)
    leftover.write_bytes(b"half")
    for path in [*_files(tmp_path)]:
        if path.name != fresh:
            os.utime(path, (0, 0))
    assert vault.sweep(lambda owner, digest: (owner, digest) == (LINE, wanted)) == 2
    assert {digest for _, digest in vault.stored()} == {wanted, fresh}
    assert not leftover.exists()
    assert orphan not in {digest for _, digest in vault.stored()}


def test_removing_is_final_and_repeatable(vault: FolderVault) -> None:
    digest = vault.put(LINE, b"policy")
    vault.remove(LINE, digest)
    vault.remove(LINE, digest)
    with pytest.raises(Missing):
        vault.open(LINE, digest)


def test_a_hundred_random_files_come_back(vault: FolderVault) -> None:
    chance = random.Random(7)
    stored = {
        vault.put(LINE, content): content for content in (chance.randbytes(chance.randrange(300)) for _ in range(100))
    }
    assert all(vault.open(LINE, digest).read() == content for digest, content in stored.items())
