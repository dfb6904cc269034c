"""`./dev torture`: the long fault runs, or one of them (`./dev torture saving`); prints each figure against its bar.

A variable set by hand shortens a run, and the row then says that it stays below its bar.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass

from audit.settings import ROOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One long run: its tests, the variable that says how long, the bar, and what must not happen."""

    tests: str
    variable: str
    bar: int
    sentence: str


PARTS = {
    "saving": Part(
        tests="tests/torture",
        variable="AUDIT_TEST_KILLS",
        bar=10_000,
        sentence="kills of the server while people save; answers lost, torn or older over newer",
    ),
    "interleavings": Part(
        tests="tests/usecases/test_answer_interleavings.py",
        variable="AUDIT_TEST_INTERLEAVINGS",
        bar=10_000,
        sentence="orders of two people on one answer; updates lost",
    ),
}


def run(name: str, part: Part) -> bool:
    """Runs one part to its end and says how it went; False where it failed or was shorter than its bar."""
    rounds = int(os.environ.get(part.variable) or part.bar)
    start = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", "-o", "timeout=7200", part.tests]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, part.variable: str(rounds)}, check=False)
    good = done.returncode == 0 and rounds >= part.bar
    found = "0 found" if done.returncode == 0 else "FAILED"
    minutes = (time.monotonic() - start) / 60
    print(f"{'' if good else 'OVER':5}{name:15}{rounds:7,} of {part.bar:,} {part.sentence}: {found}, {minutes:.1f} min")
    return good


def main(names: tuple[str, ...]) -> int:
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        print(f"There is no part {unknown[0]!r}: {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    results = [run(name, PARTS[name]) for name in names or PARTS]
    return int(not all(results))


if __name__ == "__main__":
    sys.exit(main(tuple(sys.argv[1:])))
