"""Files in parts: refused before the first byte, resumed, put together exactly, and never another person's."""

from __future__ import annotations

import hashlib
import os
import random
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from audit.domain.errors import InvalidInput, Missing, TooMany, Unavailable, WrongState
from audit.domain.permissions import Role
from audit.persistence.queries import evidence as library
from audit.persistence.queries import people
from audit.persistence.queries.stored import is_wanted, parts_owner
from audit.persistence.sessions import Sessions, make_engine, sessions
from audit.persistence.tables import Person, Upload, UploadPart
from audit.ports import Inspected
from audit.usecases import evidence
from audit.usecases.evidence import limits
from audit.vault import FolderVault
from tests.building import AT, a_line, a_manager, a_person, small_set
from tests.usecases.test_kills import acknowledged_before_the_kill

PART = evidence.PART
CONTENT = random.Random(5).randbytes(2 * PART + 700)


@pytest.fixture
def vault(tmp_path: Path) -> FolderVault:
    """A vault that does not wait for the disk; tests/test_vault.py holds what is on it after a power cut."""
    return FolderVault(tmp_path / "vault", tmp_path / "keys" / "vault.key", sync=lambda descriptor: None)


def begin(session: Session, content: bytes = CONTENT, **changed):
    line = changed.pop("line", None) or a_line(session)
    given = {
        "file_name": "log.txt", "size": len(content), "digest": hashlib.sha256(content).hexdigest(),
        "limit": 10_000_000, "no_abuse_image": True, "no_personal_data": True, "actor": a_manager(session, line),
        "at": AT,
    }  # fmt: skip
    return evidence.begin_upload(session, line, **{**given, **changed})


def a_colleague(session: Session) -> Person:
    """A contributor of the line, made once."""
    found = people.by_email(session, "colleague@people.example")
    return found or a_person(session, "Colleague", Role.CONTRIBUTOR, line=a_line(session))


def parts(content: bytes = CONTENT) -> list[bytes]:
    return [content[start : start + PART] for start in range(0, len(content), PART)]


def add(session: Session, vault: FolderVault, content: bytes = CONTENT):
    line = a_line(session)
    return evidence.add_file(
        session, vault, line, inspected=Inspected(content=content, media_type="text/plain", extension="txt"),
        received=content, file_name="log.txt", kind="procedure", title="Log", issued_on=None, valid_until=None,
        no_abuse_image=True, no_personal_data=True, criteria_set=small_set(), actor=a_manager(session, line), at=AT,
    )  # fmt: skip


def test_parts_in_any_order_make_the_file(session: Session, vault: FolderVault) -> None:
    upload = begin(session)
    for number in (2, 0, 1, 1):
        evidence.put_part(session, vault, upload, number, parts()[number])
    received = evidence.finish_upload(session, vault, upload)
    assert (received.name, received.content) == ("log.txt", CONTENT)
    evidence.drop_upload(session, vault, upload)
    assert list(vault.stored()) == [] and session.scalar(select(func.count(Upload.id))) == 0


def test_an_upload_that_broke_off_is_resumed_by_the_same_person_with_the_same_file(
    session: Session, vault: FolderVault
) -> None:
    upload = begin(session)
    evidence.put_part(session, vault, upload, 1, parts()[1])
    again = begin(session, file_name="renamed.txt", at=AT + timedelta(hours=20))
    assert again.id == upload.id and evidence.parts_there(session, vault, again) == (1,)
    colleague = a_colleague(session)
    assert begin(session, actor=colleague).id != upload.id
    assert begin(session, CONTENT + b"x").id != upload.id
    assert library.upload(session, upload.line_id, colleague.id, upload.public_id) is None
    other = a_line(session, "Sample line Belgium", "BE")
    assert library.upload(session, other.id, upload.person_id, upload.public_id) is None


def test_a_part_whose_bytes_are_gone_is_asked_for_again(session: Session, vault: FolderVault) -> None:
    upload = begin(session)
    for number, part in enumerate(parts()):
        evidence.put_part(session, vault, upload, number, part)
    vault.remove(parts_owner(upload.public_id), hashlib.sha256(parts()[0]).hexdigest())
    assert evidence.parts_there(session, vault, upload) == (1, 2)
    with pytest.raises(WrongState):
        evidence.finish_upload(session, vault, upload)


@pytest.mark.parametrize(
    ("number", "content"),
    [
        (-1, b"x" * PART), (3, b"x" * 700), (2**40, b"x"), (0, b""), (0, b"x" * (PART - 1)), (0, b"x" * (PART + 1)),
        (2, b"x" * 699), (2, b"x" * PART),
    ],
)  # fmt: skip
def test_a_part_that_does_not_belong_is_refused(
    session: Session, vault: FolderVault, number: int, content: bytes
) -> None:
    upload = begin(session)
    with pytest.raises(InvalidInput):
        evidence.put_part(session, vault, upload, number, content)
    assert list(vault.stored()) == []


def test_a_whole_that_is_another_file_is_refused(session: Session, vault: FolderVault) -> None:
    upload = begin(session)
    for number, part in enumerate(parts()):
        evidence.put_part(session, vault, upload, number, part if number else b"\0" * PART)
    with pytest.raises(InvalidInput):
        evidence.finish_upload(session, vault, upload)
    evidence.put_part(session, vault, upload, 0, parts()[0])
    assert evidence.finish_upload(session, vault, upload).content == CONTENT, "a part sent again replaces the first"


def test_what_can_be_refused_is_refused_before_the_first_byte(
    session: Session, vault: FolderVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    for changed, field in (
        ({"no_abuse_image": False}, "no_abuse_image"), ({"no_personal_data": False}, "no_personal_data"),
        ({"size": 0}, "file"), ({"digest": "../../etc"}, "file"), ({"limit": 1000}, "file"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput) as refusal:
            begin(session, **changed)
        assert refusal.value.field == field
    item = add(session, vault, b"wrong")
    assert begin(session, b"wrong") is item, "it is in the library already"
    evidence.lock(session, item, actor=a_manager(session, a_line(session)), at=AT)
    with pytest.raises(InvalidInput, match="locked"):
        begin(session, b"wrong", line=a_line(session, "Sample line Belgium", "BE"))
    monkeypatch.setattr(limits, "MOST_BYTES", len(CONTENT) + 100)
    begin(session, b"x" * 200)  # what is under way counts as if it were here
    with pytest.raises(InvalidInput, match="full"):
        begin(session)
    monkeypatch.setattr(limits, "MOST_AN_HOUR", 1)
    with pytest.raises(TooMany) as many:
        begin(session, b"small")
    assert many.value.retry_after > 0


def test_uploads_nobody_went_on_with_are_forgotten_after_a_day(session: Session, vault: FolderVault) -> None:
    old, young = begin(session), begin(session, b"young", at=AT + timedelta(hours=12))
    evidence.put_part(session, vault, old, 0, parts()[0])
    evidence.put_part(session, vault, young, 0, b"young")
    owner, digest = parts_owner(young.public_id), hashlib.sha256(b"young").hexdigest()
    assert evidence.forget_uploads(session, now=AT + timedelta(hours=25)) == [parts_owner(old.public_id)]
    assert is_wanted(session, owner, digest), "the sweep of the vault leaves a live upload alone"
    assert not is_wanted(session, parts_owner(old.public_id), hashlib.sha256(parts()[0]).hexdigest())
    with pytest.raises(Missing):
        evidence.put_part(session, vault, old, 1, parts()[1])


def test_a_full_disk_leaves_no_part(session: Session, tmp_path: Path) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    upload = begin(session)
    vault = FolderVault(tmp_path / "vault", tmp_path / "keys" / "vault.key", sync=full)
    with pytest.raises(Unavailable):
        evidence.put_part(session, vault, upload, 0, parts()[0])
    assert session.scalar(select(func.count(UploadPart.number))) == 0


def interleave(database: Sessions, vault: FolderVault, chance: random.Random, *, put=evidence.put_part) -> None:
    """Two people of a line send the same file, and one of them another one, in any order, with repeats and damage."""
    small = chance.randbytes(PART + 9)
    with database.writing() as session:
        line = a_line(session)
        one, two = a_manager(session, line), a_colleague(session)
        jobs = [
            (begin(session, content, actor=actor).public_id, actor, content)
            for content, actor in ((CONTENT, one), (CONTENT, two), (small, one))
        ]
    steps = [(job, number) for job in jobs for number in range(len(parts(job[2])))]
    steps += chance.choices(steps, k=4)
    chance.shuffle(steps)
    for (public_id, actor, content), number in steps:
        with database.writing() as session:
            upload = library.upload(session, a_line(session).id, actor.id, public_id)
            if chance.random() < 0.2:  # cut off in the middle: what came is no part
                with pytest.raises(InvalidInput):
                    evidence.put_part(session, vault, upload, number, parts(content)[number][:-1])
            put(session, vault, upload, number, parts(content)[number])
            if chance.random() < 0.2:  # the answer is lost with everything it wrote, and the part is sent again
                session.rollback()
                put(session, vault, upload, number, parts(content)[number])
    chance.shuffle(jobs)
    for public_id, actor, content in jobs:
        with database.writing() as session:
            upload = library.upload(session, a_line(session).id, actor.id, public_id)
            assert evidence.finish_upload(session, vault, upload).content == content, "a file came out otherwise"
            evidence.drop_upload(session, vault, upload)
    assert list(vault.stored()) == []


def test_fifty_interleavings_of_parts_come_out_as_they_went_in(database: Sessions, vault: FolderVault) -> None:
    for seed in range(25):  # on each of the two kinds of database
        interleave(database, vault, random.Random(seed))


def test_the_interleavings_find_parts_that_lie_under_one_name(database: Sessions, vault: FolderVault) -> None:
    """A planted fault: a part that came once is taken for every part of its number."""
    seen: dict[int, bytes] = {}

    def careless(session, vault, upload, number, content) -> None:
        if len(seen.setdefault(number, content)) == len(content):
            content = seen[number]
        evidence.put_part(session, vault, upload, number, content)

    with pytest.raises((AssertionError, InvalidInput, WrongState)):
        for seed in range(5):
            interleave(database, vault, random.Random(seed), put=careless)


def test_a_kill_between_parts_loses_none_that_was_acknowledged(engines: Engine, vault: FolderVault) -> None:
    url = engines.url.render_as_string(hide_password=False)
    content = random.Random(8).randbytes(40 * 1024)
    chance = random.Random(3)
    many = [chance.randbytes(PART) for _ in range(30)] + [content]
    whole = b"".join(many)
    with sessions(engines).writing() as session:
        upload = begin(session, whole, limit=10**9)
        line, actor = upload.line_id, upload.person_id
    engines.dispose()

    def work(acknowledge) -> None:
        database = sessions(make_engine(url))
        for number, part in enumerate(many):
            with database.writing() as session:
                found = library.upload(session, line, actor, upload.public_id)
                evidence.put_part(session, vault, found, number, part)
            acknowledge(str(number))
        os.kill(os.getpid(), 9)

    for _ in range(5):
        heard = acknowledged_before_the_kill(work, chance)
        with sessions(engines).reading() as session:
            there = evidence.parts_there(session, vault, library.upload(session, line, actor, upload.public_id))
        engines.dispose()
        assert set(map(int, heard)) <= set(there), "an acknowledged part is gone"
    with sessions(engines).writing() as session:
        found = library.upload(session, line, actor, upload.public_id)
        for number, part in enumerate(many):
            if number not in there:
                evidence.put_part(session, vault, found, number, part)
        assert evidence.finish_upload(session, vault, found).content == whole
