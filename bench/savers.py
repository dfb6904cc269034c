"""Twenty people saving at once over HTTP, against the rate of bare "hello" of the same server."""

from __future__ import annotations

import http.client
import json
import logging
import os
import signal
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask
from waitress.server import create_server

from bench import by_hand
from bench.ground import Ground, Visitor, answer_fields, ground
from bench.timing import Row

PEOPLE, ROUNDS, SECONDS = 20, 5, 3.0
Request = Callable[[http.client.HTTPConnection], bool]


@contextmanager
def served(app: Flask, door: socket.socket) -> Iterator[int]:
    """The port of a process of its own that serves as `./dev serve` does."""
    door.listen(64)
    child = os.fork()
    if child == 0:
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it would tell of each person who waits
        try:
            create_server(app, sockets=[door], threads=8).run()
        finally:
            os._exit(1)
    try:
        yield door.getsockname()[1]
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        door.close()


@dataclass(slots=True)
class Saver:
    """One person who saves one answer again and again."""

    visitor: Visitor
    path: str
    key: str
    version: int
    count: int = 0

    def __call__(self, line: http.client.HTTPConnection) -> bool:
        self.count += 1
        body = answer_fields(self.visitor, self.key, version=self.version, text=f"Version {self.count} of our words.")
        headers = {
            "Cookie": self.visitor.cookies,
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        line.request("POST", self.path, body, headers)
        reply = line.getresponse()
        said = json.loads(reply.read())
        self.version = said.get("version", self.version)
        return reply.status == 200


def say_hello(line: http.client.HTTPConnection) -> bool:
    line.request("GET", "/")
    reply = line.getresponse()
    reply.read()
    return reply.status == 200


def rate(port: int, requests: list[Request]) -> tuple[float, int]:
    """Requests a second and failures, while everyone asks without a pause."""
    done, failed = [0] * len(requests), [0] * len(requests)
    end = time.monotonic() + SECONDS

    def one(number: int) -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while time.monotonic() < end:
            try:
                good = requests[number](line)
            except OSError:
                good = False
                line.close()
            done[number] += good
            failed[number] += not good
        line.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(len(requests))]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.monotonic() - start), sum(failed)


def _door() -> socket.socket:
    door = socket.socket()
    door.bind(("127.0.0.1", 0))
    return door


def _savers(here: Ground) -> list[Request]:
    chosen = [one.id for one in here.criteria_set.criteria if not here.criteria_set.answer_set_of(one).from_indicators]
    return [
        Saver(visitor=visitor, path=here.save_of(name), key=here.key_of(name), version=1)
        for visitor, name in zip(here.visitors, chosen, strict=False)
    ]


def rows() -> Iterator[Row]:
    door, plain = _door(), _door()
    address = f"http://127.0.0.1:{door.getsockname()[1]}"
    with ground(people=PEOPLE, base_url=address) as here:
        savers = _savers(here)
        here.app.extensions["plumbline"].sessions.engine.dispose()
        with served(here.app, door) as port, served(by_hand.hello(), plain) as bare:
            rate(port, savers)
            pairs, lost = [], 0
            for _ in range(ROUNDS):
                hello, _none = rate(bare, [say_hello] * PEOPLE)
                saves, failed = rate(port, savers)
                pairs.append((saves / hello, saves))
                lost += failed
    figure = statistics.median(pair[0] for pair in pairs)
    beside = f"{statistics.median(pair[1] for pair in pairs):.0f} saves a second"
    yield Row(name=f"failures while {PEOPLE} people save", figure=lost, limit=0, unit="")
    yield Row(
        name=f"rate of {PEOPLE} people saving against hello", figure=figure, limit=0.3, at_least=True, beside=beside
    )
