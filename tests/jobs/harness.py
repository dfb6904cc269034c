"""Many processes at the same work at once, some of them killed or paused; and careless workers it must find out."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
from sqlalchemy import func, select, update

from audit.domain.errors import Unavailable
from audit.domain.journal import Event, first_broken
from audit.jobs import ledger as doing
from audit.jobs import work
from audit.persistence import journal, ledger
from audit.persistence.queries.certificates import for_download, unissued
from audit.persistence.sessions import make_engine, sessions
from audit.persistence.tables import Certificate, JournalEntry, Letter, Person
from audit.settings import Settings
from audit.wiring import Wiring, wire

FORK = multiprocessing.get_context("fork")


class BlankPrinter:
    """Prints an empty page in a moment: these tests are about who issues, not about what stands on the paper."""

    def __init__(self, pause: float = 0.0) -> None:
        self.pause = pause
        blank = BytesIO()
        with pikepdf.new() as document:
            document.add_blank_page()
            document.save(blank, static_id=True)
        self.page = blank.getvalue()

    def print(self, kind: str, facts: str, language: str) -> bytes:
        time.sleep(self.pause * random.random())
        return self.page


class UniqueSigner:
    """Two signatures on the same paper differ, as real ones do."""

    name = "Test key"

    def sign(self, pdf: bytes, *, reason: str, at: datetime) -> bytes:
        return pdf + b"%" + os.urandom(8).hex().encode()


def wiring_for(
    address: str, instance: Path, *, pause: float = 0.0, now: Callable[[], datetime] | None = None
) -> Wiring:
    """A fresh installation's collaborators on a database of its own connections, as another process has them."""
    built = wire(
        Settings(instance=instance, database_url=address, base_url="https://audit.example"),
        printer=BlankPrinter(pause),
        signer=UniqueSigner(),
    )
    built.sessions = sessions(make_engine(address))
    if now is not None:
        built.now = now
    return built


def issue(address: str, instance: Path, shift: float) -> None:
    """One worker: issues until it finds nothing more to do."""
    random.seed(os.getpid())
    ahead = timedelta(seconds=shift)
    wiring = wiring_for(address, instance, pause=0.05, now=lambda: datetime.now(UTC) + ahead)
    idle = 0
    while idle < 3:
        try:
            outcome = work.issue_certificates(wiring, now=wiring.now())
        except Unavailable:
            continue  # as a scheduler does: at the next tick
        idle = 0 if outcome.made or outcome.failed else idle + 1
        time.sleep(0.1)


def issue_carelessly(address: str, instance: Path, shift: float) -> None:
    """A worker that neither claims nor compares before it sets: what the harness must find out."""
    random.seed(os.getpid())
    wiring = wiring_for(address, instance, pause=0.05)
    with wiring.sessions.reading() as session:
        serials = [row.serial for row in unissued(session)]
    for serial in serials:
        signed = wiring.signer.sign(wiring.printer.print("certificate", "", "en"), reason="", at=wiring.now())
        digest = wiring.vault.put("network", signed)
        with wiring.sessions.writing() as session:
            row = for_download(session, serial)
            now = wiring.now()
            session.execute(
                update(Certificate)
                .where(Certificate.serial == serial)
                .values(digest=digest, unsigned_digest=digest, issued_at=now)
            )
            journal.record(
                session, Event.CERTIFICATE_ISSUED, f"certificate:{serial}", actor="job:issue-certificates", at=now,
                line=row.line,
            )  # fmt: skip


def together(
    target: Callable[..., None], count: int, arguments: tuple[object, ...], *, kills: int = 0
) -> list[int | None]:
    """Run so many processes at once, kill some of them on the way, start others in their place; their exit codes."""
    running = [FORK.Process(target=target, args=(*arguments, 0.0)) for _ in range(count)]
    for process in running:
        process.start()
    chance = random.Random(1)
    for victim in chance.sample(running, kills):
        time.sleep(chance.random() * 0.4)
        if victim.is_alive():
            os.kill(victim.pid or 0, signal.SIGKILL)
    for process in running:
        process.join(timeout=100)
    # Those who come later live five minutes later, when the leases of the killed have run out.
    late = [FORK.Process(target=target, args=(*arguments, 300.0)) for _ in range(kills)]
    for process in late:
        process.start()
    for process in late:
        process.join(timeout=100)
    return [process.exitcode for process in (*running, *late)]


def counts(address: str, instance: Path) -> dict[str, int]:
    """What the issuing came to, counted from the records."""
    wiring = wiring_for(address, instance)
    with wiring.sessions.reading() as session:
        rows = session.execute(select(Certificate.serial, Certificate.digest)).all()
        person = session.scalars(select(Person.public_id).limit(1)).first()
        assert person is not None
        owner = session.scalars(select(Certificate)).first()
        line = for_download(session, owner.serial).line.public_id
        return {
            "issued": sum(digest is not None for _, digest in rows),
            "serials": len({serial for serial, _ in rows}),
            "files": sum(digest is not None and wiring.vault.holds(line, digest) for _, digest in rows),
            "entries": session.scalar(
                select(func.count()).select_from(JournalEntry).where(JournalEntry.event == "certificate:issued")
            ),
            "letters": session.scalar(
                select(func.count()).select_from(Letter).where(Letter.kind == "certificate_issued")
            ),
            "broken": 0 if first_broken(journal.entries(session)) is None else 1,
        }


LEASE = timedelta(seconds=1)


def do_periods(address: str, careless: bool, shift: float) -> None:
    """One scheduler: claims periods and writes one entry for each; now and then it sleeps past its lease first."""
    chance = random.Random(os.getpid())
    found = sessions(make_engine(address))
    quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < 2.5:
        with found.writing() as session:
            held = ledger.claim(session, "counted", owner=doing.owner(), now=datetime.now(UTC), lease=LEASE)
        if held is None:
            time.sleep(0.05)
            continue
        quiet_since = time.monotonic()
        if chance.random() < 0.04:
            time.sleep(1.5)

        def effect(session: object, key: str = held.key) -> str:
            journal.record(session, Event.DOCUMENT_MADE, f"period:{key}", actor="job:counted", at=datetime.now(UTC))
            return "counted"

        try:
            if careless:
                with found.writing() as session:
                    effect(session)
                    with suppress(ledger.LeaseLost):  # what it should do is to give up its effect as well
                        ledger.finish(session, held, now=datetime.now(UTC))
            else:
                doing.perform(found, held, effect, now=lambda: datetime.now(UTC))
        except ledger.LeaseLost:
            continue
