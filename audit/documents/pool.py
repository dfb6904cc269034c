"""Printers: one that prints in processes of its own, and one that prints here, for a single paper or a test."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from threading import Lock
from typing import TYPE_CHECKING

from audit.domain.errors import N_, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

PAPERS_PER_PROCESS = 200  # then a fresh process takes its place, so that memory does not creep
_WAIT = 600  # seconds after which a paper is given up; the longest report takes about one minute


def _maker(kind: str) -> Callable[[str, str], bytes]:
    """The function that makes one kind of paper; each module is loaded when its first paper is asked for."""
    if kind == "certificate":
        from audit.documents.certificate import make
    elif kind == "result_sheet":
        from audit.documents.result_sheet import make
    elif kind == "comparison_report":
        from audit.documents.comparison_report import make
    elif kind == "answer_sheet":
        from audit.documents.answer_sheet import make
    else:
        raise ValueError(f"no such paper: {kind}")
    return make


def print_paper(kind: str, facts: str, language: str) -> bytes:
    """Facts in, finished unsigned bytes out: what crosses between processes is text and bytes, nothing else."""
    return _maker(kind)(facts, language)


def _prepare() -> None:
    """Runs once in each process: give way to those who wait for a page, then load what every paper needs."""
    from audit.documents.render import warm

    os.nice(5)
    warm()


class InProcessPrinter:
    """Prints in this process. Loads the layout engine into it: not for a process that serves pages."""

    def print(self, kind: str, facts: str, language: str) -> bytes:
        return print_paper(kind, facts, language)

    def close(self) -> None:
        """Nothing to close; there for symmetry with the pool."""


class PooledPrinter:
    """The `Printer` of audit.ports: prints in `processes` processes that start with the first paper.

    Any number of threads may print at once. A process that dies takes only its own papers with it: the pool is made
    again for the next one, and the job that asked tries again.
    """

    def __init__(self, *, processes: int | None = None) -> None:
        self._processes = processes or os.cpu_count() or 1
        self._pool: ProcessPoolExecutor | None = None
        self._lock = Lock()

    def print(self, kind: str, facts: str, language: str) -> bytes:
        """Finished unsigned bytes. Unavailable when the printing process died or took too long; try again later."""
        pool = self._opened()
        try:
            return self._submitted(pool, kind, facts, language).result(timeout=_WAIT)
        except (BrokenProcessPool, TimeoutError) as reason:
            self._discard(pool)
            raise Unavailable(N_("The paper could not be printed just now. It will be tried again.")) from reason

    def start(self, kind: str, facts: str, language: str) -> Future[bytes]:
        """Like `print`, without waiting: a worker with many papers keeps every process busy."""
        return self._submitted(self._opened(), kind, facts, language)

    def close(self) -> None:
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)

    def _submitted(self, pool: ProcessPoolExecutor, kind: str, facts: str, language: str) -> Future[bytes]:
        return pool.submit(print_paper, kind, facts, language)

    def _opened(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                context = multiprocessing.get_context("forkserver")
                context.set_forkserver_preload(["audit.documents.render", "audit.documents.certificate"])
                self._pool = ProcessPoolExecutor(
                    self._processes,
                    mp_context=context,
                    initializer=_prepare,
                    max_tasks_per_child=PAPERS_PER_PROCESS,
                )
            return self._pool

    def _discard(self, broken: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._pool is broken:
                self._pool = None
        broken.shutdown(wait=False, cancel_futures=True)
