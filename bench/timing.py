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


def seconds(work: Work, times: int) -> float:
    """Processor seconds of this process for one piece of work."""
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) / times


def turns(works: Sequence[Work], *, rounds: int = 9, times: int = 10) -> list[float]:
    """Seconds per piece for each work: so many rounds in turn after one to warm up, and the median of each."""
    for work in works:
        seconds(work, times)
    gc.collect()
    measured: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for taken, work in zip(measured, works, strict=True):
            taken.append(seconds(work, times))
    return [statistics.median(taken) for taken in measured]
