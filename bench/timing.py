"""Ratios that hold on a shared machine: both sides take turns, and the median of the turns counts."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Work = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measured figure against its limit."""

    name: str
    figure: float
    limit: float
    unit: str = "×"
    at_least: bool = False  # the limit is a floor
    beside: str = ""  # what stands beside it, for people

    @property
    def holds(self) -> bool:
        return self.figure >= self.limit if self.at_least else self.figure <= self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What one piece of work takes, in seconds: as people wait for it, disk included, and of the processor alone."""

    waited: float
    worked: float


def taken(work: Work, times: int) -> Taken:
    wait, start = time.perf_counter(), time.process_time()
    for _ in range(times):
        work()
    return Taken(waited=(time.perf_counter() - wait) / times, worked=(time.process_time() - start) / times)


def turns(works: Sequence[Work], *, rounds: int = 9, times: int = 10) -> list[Taken]:
    """What a piece of each work takes: so many rounds in turn after one to warm up, and the median of each."""
    for work in works:
        taken(work, times)
    gc.collect()
    measured: list[list[Taken]] = [[] for _ in works]
    for _ in range(rounds):
        for found, work in zip(measured, works, strict=True):
            found.append(taken(work, times))
    return [
        Taken(
            waited=statistics.median(one.waited for one in found),
            worked=statistics.median(one.worked for one in found),
        )
        for found in measured
    ]
