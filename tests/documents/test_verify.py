"""An altered certificate is never genuine: flipped, cut, appended, updated, signed again; and the harness can tell."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from audit.documents import verify
from audit.documents.result_sheet import make as make_result_sheet
from audit.documents.signing import KeySigner, load_signer, make_key
from audit.documents.verify import CHECKS, Finding, examine
from audit.domain.certification import facts_hash, facts_to_text
from tests.documents import samples
from tests.documents.conftest import SIGNED_AT
from tests.documents.result_samples import RESULT

MUTATIONS = 600


def gap_of(content: bytes) -> tuple[int, int]:
    """Where the signature stands in a signed file."""
    found = re.search(rb"/ByteRange \[0 (\d+) (\d+) \d+\]", content)
    assert found
    return int(found[1]), int(found[2])


def flip(content: bytes, chance: random.Random) -> bytes:
    at, bit = chance.randrange(len(content)), 1 << chance.randrange(8)
    return content[:at] + bytes([content[at] ^ bit]) + content[at + 1 :]


def flip_in_signature(content: bytes, chance: random.Random) -> bytes:
    """The only bytes the signature does not cover are its own: every one of them must count too."""
    start, end = gap_of(content)
    at = chance.randrange(start, end)
    other = chance.choice([byte for byte in b"0123456789ABCDEFabcdef<> \n\x00" if byte != content[at]])
    return content[:at] + bytes([other]) + content[at + 1 :]


def cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def cut_out(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) - 10)
    return content[:at] + content[at + chance.randrange(1, 10) :]


def put_in(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content))
    return content[:at] + chance.randbytes(chance.randrange(1, 20)) + content[at:]


def append(content: bytes, chance: random.Random) -> bytes:
    return content + chance.choice([b"\n", b" ", b"%", b"\x00", b"%%EOF\n", chance.randbytes(40)])


def prefix(content: bytes, chance: random.Random) -> bytes:
    return chance.choice([b"\n", b"%PDF-1.7\n", b"\x00"]) + content


def swap(content: bytes, chance: random.Random) -> bytes:
    a, b = sorted(chance.sample(range(0, len(content) - 16, 16), 2))
    swapped = content[:a] + content[b : b + 16] + content[a + 16 : b] + content[a : a + 16] + content[b + 16 :]
    return swapped if swapped != content else append(content, chance)


KINDS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    flip,
    flip_in_signature,
    cut,
    cut_out,
    put_in,
    append,
    prefix,
    swap,
)


def mutations(content: bytes, count: int, seed: int = 20261124) -> Iterator[tuple[str, bytes]]:
    chance = random.Random(seed)
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        yield f"{kind.__name__} {number}", kind(content, chance)


def incrementally_updated(content: bytes) -> bytes:
    """A further revision after the signature, as an editor would save it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    writer.root["/PageMode"] = generic.pdf_name("/UseNone")
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_certificate_as_it_was_signed_is_genuine(signed: bytes, trusted: tuple[bytes, ...]) -> None:
    seen = examine(signed, trusted)
    assert seen.genuine and seen.finding is Finding.GENUINE
    assert (seen.serial, seen.code) == (samples.AUSTRIA.serial, samples.AUSTRIA.verification_code)
    assert seen.facts == samples.AUSTRIA
    assert seen.facts_hash == facts_hash(facts_to_text(samples.AUSTRIA))
    assert seen.signed_at == SIGNED_AT
    assert seen.signed_by == "Demonstration key of the tests"


def test_no_mutation_is_genuine(signed: bytes, trusted: tuple[bytes, ...]) -> None:
    passed = [name for name, content in mutations(signed, MUTATIONS) if examine(content, trusted).genuine]
    assert passed == []


def test_every_byte_of_the_signature_itself_counts(signed: bytes, trusted: tuple[bytes, ...]) -> None:
    start, end = gap_of(signed)
    for at in [*range(start, start + 40), *range(start + 40, end, 61), *range(end - 20, end)]:
        for other in (b"0", b"f", b"A"):
            if signed[at : at + 1] != other:
                changed = signed[:at] + other + signed[at + 1 :]
                assert not examine(changed, trusted).genuine, at


def test_a_revision_after_the_signature_is_an_alteration(signed: bytes, trusted: tuple[bytes, ...]) -> None:
    updated = incrementally_updated(signed)
    assert updated.startswith(signed) and len(updated) > len(signed)
    assert examine(updated, trusted).finding is Finding.ALTERED


def test_saving_it_again_is_an_alteration(signed: bytes, trusted: tuple[bytes, ...]) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(signed)) as opened:
        opened.save(out)
    assert examine(out.getvalue(), trusted).finding is Finding.ALTERED


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> KeySigner:
    folder = tmp_path_factory.mktemp("stranger")
    make_key(folder, common_name="Demonstration key of the tests", demonstration=True)
    return load_signer(folder)


def test_the_same_words_signed_by_someone_else(
    unsigned: bytes, stranger: KeySigner, trusted: tuple[bytes, ...]
) -> None:
    forged = stranger.sign(unsigned, reason="Certificate issued", at=SIGNED_AT)
    assert examine(forged, trusted).finding is Finding.UNKNOWN_SIGNER
    assert examine(forged, (stranger.certificate,)).genuine
    assert examine(forged, ()).finding is Finding.UNKNOWN_SIGNER


def test_signed_over_once_more_by_someone_else(signed: bytes, stranger: KeySigner, trusted: tuple[bytes, ...]) -> None:
    """Their signature over ours: the library refuses to add one where no change is permitted, so it is forced."""
    start, end = gap_of(signed)
    again = stranger.sign(signed[:start].rsplit(b"%%EOF", 1)[0] + b"%%EOF\n", reason="x", at=SIGNED_AT)
    assert not examine(again, trusted).genuine
    foreign = gap_of(again)
    transplanted = signed[:start] + again[foreign[0] : foreign[1]] + signed[end:]
    assert not examine(transplanted, trusted).genuine


def test_the_signature_of_one_certificate_on_another(
    signer: KeySigner, signed: bytes, trusted: tuple[bytes, ...]
) -> None:
    from audit.documents.certificate import make

    other = signer.sign(make(facts_to_text(samples.THAILAND), "en"), reason="x", at=SIGNED_AT)
    start, end = gap_of(other)
    ours = gap_of(signed)
    assert ours[1] - ours[0] == end - start
    assert not examine(other[:start] + signed[ours[0] : ours[1]] + other[end:], trusted).genuine


def test_another_paper_of_the_network_is_no_certificate(signer: KeySigner, trusted: tuple[bytes, ...]) -> None:
    sheet = signer.sign(make_result_sheet(facts_to_text(RESULT), "en"), reason="Result sheet", at=SIGNED_AT)
    assert examine(sheet, trusted).finding is Finding.OTHER_PAPER


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-",
        b"hello",
        b"%PDF-1.7\n%%EOF",
        b"%PDF-1.7\n/ByteRange [0 1 2 3]",
        b"%PDF-1.7\n/ByteRange [0 9999999999 9999999999 9999999999]",
        b"PK\x03\x04" + b"\x00" * 100,
        b"%PDF-1.7\n" + b"[" * 20_000,
    ],
)
def test_anything_else_is_answered_and_never_raises(content: bytes, trusted: tuple[bytes, ...]) -> None:
    assert not examine(content, trusted).genuine


def test_an_unsigned_certificate_is_not_genuine(unsigned: bytes, trusted: tuple[bytes, ...]) -> None:
    assert not examine(unsigned, trusted).genuine


# The planted faults: with a check left out the harness must find a file that passes -----------------------------------


def test_with_the_signature_alone_appended_bytes_would_pass(signed: bytes, trusted: tuple[bytes, ...]) -> None:
    weak = (verify.signature_holds,)
    assert examine(signed + b"\n", trusted, checks=weak).genuine
    assert examine(incrementally_updated(signed), trusted, checks=weak).genuine
    assert [name for name, content in mutations(signed, 64) if examine(content, trusted, checks=weak).genuine]


@pytest.mark.parametrize("left_out", range(len(CHECKS)))
def test_each_check_is_needed(
    left_out: int, signed: bytes, unsigned: bytes, stranger: KeySigner, trusted: tuple[bytes, ...]
) -> None:
    weak = tuple(check for number, check in enumerate(CHECKS) if number != left_out)
    _, end = gap_of(signed)
    attacks = [
        signed + b"\n",
        signed[: end - 2] + b"1" + signed[end - 1 :],  # in the room that the signature leaves free
        stranger.sign(unsigned, reason="x", at=SIGNED_AT),
    ]
    assert any(examine(content, trusted, checks=weak).genuine for content in attacks)
    assert not any(examine(content, trusted).genuine for content in attacks)


def test_old_certificates_stay_genuine_after_the_key_changed(
    signed: bytes, stranger: KeySigner, trusted: tuple[bytes, ...]
) -> None:
    assert examine(signed, (stranger.certificate, *trusted)).genuine


def test_the_signature_leaves_room_to_spare(signed: bytes) -> None:
    start, end = gap_of(signed)
    used = len(signed[start + 1 : end - 1].rstrip(b"0"))
    assert used < (end - start) * 3 // 4


def test_examples_on_disk_are_read_the_same(signed: bytes, trusted: tuple[bytes, ...], tmp_path: Path) -> None:
    file = tmp_path / "certificate.pdf"
    file.write_bytes(signed)
    assert examine(file.read_bytes(), trusted).genuine
