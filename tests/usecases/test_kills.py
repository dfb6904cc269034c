"""Killed in the middle of a save or an upload: what was acknowledged is there, what was not is whole or absent."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from audit.domain.answers import Answer, AnswerStatus
from audit.persistence.queries import assessments
from audit.persistence.sessions import make_engine, sessions
from audit.usecases import self_assessment
from audit.vault import FolderVault
from tests.building import AT, a_manager, an_assessment, small_set

PARTLY = Answer(status=AnswerStatus.ANSWERED, key="partly", justification="0")
ROUNDS = 25


def acknowledged_before_the_kill(work: Callable[[Callable[[str], None]], None], chance: random.Random) -> list[str]:
    """Lines that a child process acknowledged until it was killed at a random moment."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            work(lambda line: os.write(writing, line.encode() + b"\n") and None)
        finally:
            os._exit(1)
    os.close(writing)
    heard = b""
    while not heard:  # the first acknowledgement: the child is at work
        heard = os.read(reading, 65536)
        assert heard, "the child ended by itself"
    time.sleep(chance.uniform(0, 0.05))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while more := os.read(reading, 65536):
        heard += more
    os.close(reading)
    return heard.decode().splitlines()


def _saves(url: str, public_id: str, *, early: bool = False) -> Callable[[Callable[[str], None]], None]:
    """Saves one version after the other and acknowledges each; the planted fault acknowledges before the commit."""

    def work(acknowledge: Callable[[str], None]) -> None:
        database = sessions(make_engine(url))
        while True:
            with database.writing() as session:
                assessment = assessments.for_page(session, public_id)
                saved = assessments.answers_of(session, assessment.id).get("GOV-01")
                version = 0 if saved is None else saved.version
                self_assessment.record_answer(
                    session,
                    assessment,
                    small_set(),
                    "GOV-01",
                    replace(PARTLY, justification=str(version + 1)),
                    expected_version=version,
                    actor=a_manager(session, assessment.line),
                    at=AT,
                )
                if early:
                    acknowledge(str(version + 1))
                    time.sleep(0.2)
            if not early:
                acknowledge(str(version + 1))

    return work


def _check_saves(engine: Engine, *, early: bool, rounds: int) -> None:
    url = engine.url.render_as_string(hide_password=False)
    with sessions(engine).writing() as session:
        assessment = an_assessment(session)
    engine.dispose()
    chance = random.Random(11)
    for _ in range(rounds):
        heard = acknowledged_before_the_kill(_saves(url, assessment.public_id, early=early), chance)
        with sessions(engine).reading() as session:
            saved = assessments.answers_of(session, assessment.id).get("GOV-01")
            history = assessments.history(session, assessment.id, "GOV-01")
        engine.dispose()
        assert saved is not None and saved.version >= int(heard[-1]), "an acknowledged answer is gone"
        assert saved.version <= int(heard[-1]) + 1
        assert saved.value.justification == str(saved.version), "an answer is torn"
        assert [step.version for step in history] == list(range(saved.version, 0, -1)), "the history has a gap"


def test_no_acknowledged_answer_is_lost_or_torn(engines: Engine) -> None:
    _check_saves(engines, early=False, rounds=ROUNDS)


def test_the_kills_catch_an_answer_acknowledged_before_it_is_committed(sqlite_engine: Engine) -> None:
    with pytest.raises(AssertionError, match="gone"):
        _check_saves(sqlite_engine, early=True, rounds=20)


def test_no_acknowledged_upload_is_lost_and_none_is_half(tmp_path: Path) -> None:
    vault = FolderVault(tmp_path / "vault", tmp_path / "keys" / "vault.key")
    first = vault.put("network", b"first")

    def work(acknowledge: Callable[[str], None]) -> None:
        own = random.Random(os.getpid())
        while True:
            acknowledge(vault.put("network", own.randbytes(own.randrange(200_000))))

    chance = random.Random(12)
    expected = {first}
    for _ in range(ROUNDS):
        expected |= set(acknowledged_before_the_kill(work, chance))
        assert vault.damaged() == []
    assert expected <= {digest for _, digest in vault.stored()}
    for digest in sorted(expected)[:50]:
        assert hashlib.sha256(vault.open("network", digest).read()).hexdigest() == digest
    vault.sweep(lambda _owner, digest: digest in expected, older_than_hours=-1)
    assert {digest for _, digest in vault.stored()} == expected
    assert not list((tmp_path / "vault").rglob("*.part"))
