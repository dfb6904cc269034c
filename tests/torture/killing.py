"""A real server that is killed again and again while four people save, and an account of what it had acknowledged.

The parent loads the application once and forks a server for each life. The people send real requests over real
sockets; whatever was sent without a reply they send once more in the next life, as the page's script does.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import select
import signal
import socket
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from waitress.server import create_server

PLACES = ("GOV-01", "GOV-01", "GOV-02", "HND-02")  # two people share one answer

Serve = Callable[[Flask, socket.socket], None]


def serve(app: Flask, door: socket.socket) -> None:
    create_server(app, sockets=[door], threads=4).run()


def text_of(number: int) -> str:
    """A text that says of itself whether it is whole."""
    return f"{number} " + hashlib.sha256(str(number).encode()).hexdigest() * 20


def number_of(text: str) -> str:
    return text.partition(" ")[0]


def is_whole(text: str) -> bool:
    number = number_of(text)
    return number.isdigit() and text == text_of(int(number))


@dataclass(slots=True)
class Writer:
    """One person with a browser: what they saw, what they sent, what they still wait for."""

    criterion: str
    path: str
    cookies: str
    token: str
    host: str
    version: int = 0
    waiting: str = ""  # the text that was sent and not answered
    over: int = 0  # the version it was sent over
    heard: bytes = b""
    line: socket.socket | None = None

    def send(self, text: str) -> None:
        if not self.waiting:
            self.waiting, self.over = text, self.version
        fields = {"level": "unknown", "justification": self.waiting, "language": "en", "summary": ""}
        body = urlencode({"csrf_token": self.token, "version": str(self.over), **fields}).encode()
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: {self.host}\r\nAccept: application/json\r\nCookie: {self.cookies}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        assert self.line is not None
        self.line.sendall(head.encode() + body)

    def reply(self) -> tuple[int, dict[str, object]] | None:
        """The reply, once it is here as a whole."""
        head, mark, body = self.heard.partition(b"\r\n\r\n")
        if not mark:
            return None
        length = next(
            int(row.split(b":")[1]) for row in head.split(b"\r\n") if row.lower().startswith(b"content-length:")
        )
        if len(body) < length:
            return None
        self.heard = body[length:]
        return int(head.split()[1]), json.loads(body[:length])


@dataclass(slots=True)
class Account:
    """Every text that was acknowledged, under its criterion and version, until it is found in the records."""

    acknowledged: dict[tuple[str, int], str] = field(default_factory=dict)
    saves: int = 0
    repeats: int = 0
    checked: int = 0  # the last row of the history that was looked at
    latest: dict[str, tuple[int, str]] = field(default_factory=dict)  # criterion → version and text
    found: dict[tuple[str, int], str] = field(default_factory=dict)  # criterion and version → number of its text
    numbers: set[str] = field(default_factory=set)

    def note(self, criterion: str, version: int, text: str) -> None:
        self.saves += 1
        place = (criterion, version)
        if place in self.found:  # a repeat of what was saved in an earlier life
            assert self.found[place] == number_of(text), f"{place} was acknowledged for two texts"
            return
        known = self.acknowledged.setdefault(place, text)
        assert known == text, f"{place} was acknowledged for two texts"

    def check(self, database: Path) -> None:
        """Everything acknowledged is there, whole, in order, once; what stands is the latest."""
        with sqlite3.connect(database) as connection:
            stands = {name: (version, text) for name, version, text in connection.execute(_STANDS)}
            rows = connection.execute(_HISTORY, [self.checked]).fetchall()
        for row, criterion, version, text in rows:
            assert is_whole(text), f"{criterion}: version {version} is torn"
            before, _ = self.latest.get(criterion, (0, ""))
            assert version == before + 1, f"{criterion}: a version is gone or stands twice"
            number = number_of(text)
            assert number not in self.numbers, "a repeat counted twice"
            self.numbers.add(number)
            self.found[criterion, version] = number
            told = self.acknowledged.pop((criterion, version), text)
            assert told == text, f"{criterion}: version {version} is not what was acknowledged"
            self.latest[criterion] = (version, text)
            self.checked = row
        assert not self.acknowledged, f"acknowledged answers are gone: {sorted(self.acknowledged)}"
        assert self.latest == stands, "an older text stands over a newer one"


_STANDS = "select criterion_id, version, justification from answer"
_HISTORY = (
    "select answer_history.id, answer.criterion_id, answer_history.version, answer_history.justification"
    " from answer_history join answer on answer.id = answer_history.answer_id where answer_history.id > ?"
    " order by answer_history.id"
)


@dataclass(slots=True)
class Round:
    """One life of the server: started, used by everyone, killed at a moment nobody chose."""

    app: Flask
    door: socket.socket
    writers: list[Writer]
    account: Account
    chance: random.Random
    counted: int = 0

    def live(self, serve: Serve) -> None:
        child = os.fork()
        if child == 0:
            try:
                serve(self.app, self.door)
            finally:
                os._exit(1)
        try:
            self._use(self.chance.uniform(0.002, 0.06))
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            for writer in self.writers:
                if writer.line is not None:
                    writer.line.close()
                writer.line, writer.heard = None, b""

    def _use(self, seconds: float) -> None:
        """Everyone saves without a pause, until so long after the first reply."""
        for writer in self.writers:
            writer.line = socket.create_connection(self.door.getsockname(), timeout=10)
            self.account.repeats += bool(writer.waiting)
            writer.send(self._next())
        end = time.monotonic() + 20
        first = True
        while (left := end - time.monotonic()) > 0:
            ready, _, _ = select.select([writer.line for writer in self.writers], [], [], left)
            for writer in self.writers:
                if writer.line not in ready:
                    continue
                assert writer.line is not None
                more = writer.line.recv(65536)
                assert more, "the server ended by itself"
                writer.heard += more
                if (said := writer.reply()) is not None:
                    self._hear(writer, *said)
                    writer.send(self._next())
                    if first:
                        first, end = False, time.monotonic() + seconds
        assert not first, "the server never answered"

    def _next(self) -> str:
        self.counted += 1
        return text_of(self.counted)

    def _hear(self, writer: Writer, status: int, said: dict[str, object]) -> None:
        assert status in (200, 409, 503), (status, said)
        if status == 503:
            return  # busy: the same once more
        version = said["version"]
        assert isinstance(version, int)
        if status == 200:
            self.account.note(writer.criterion, version, writer.waiting)
        writer.version, writer.waiting = version, ""


def kill_again_and_again(
    app: Flask, door: socket.socket, writers: list[Writer], database: Path, *, rounds: int, serve: Serve = serve
) -> Account:
    """So many lives; after each the records must hold what was acknowledged."""
    account = Account()
    life = Round(app=app, door=door, writers=writers, account=account, chance=random.Random(23))
    for _ in range(rounds):
        life.live(serve)
        account.check(database)
    with sqlite3.connect(database) as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
    return account
