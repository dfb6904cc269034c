"""Importing the web application against importing Flask, each in a fresh process, in turn."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Iterator

from audit.settings import ROOT
from bench.timing import Row

_ROOMS = "import audit.app, importlib; [importlib.import_module(f'audit.web.{room}') for room in audit.app.ROOMS]"


def _seconds(code: str) -> float:
    timed = f"import time; start = time.process_time(); exec({code!r}); print(time.process_time() - start)"
    done = subprocess.run([sys.executable, "-c", timed], cwd=ROOT, capture_output=True, text=True, check=True)
    return float(done.stdout)


def rows() -> Iterator[Row]:
    works = ("import flask", "import audit.app", _ROOMS)
    for code in works:
        _seconds(code)  # compiled once, so that only loading counts
    measured = [[_seconds(code) for code in works] for _ in range(9)]
    ours = statistics.median(app / flask for flask, app, _ in measured)
    rooms = statistics.median(app / flask for flask, _, app in measured)
    beside = f"{rooms:.1f} × with every room of reception, as it is served"
    yield Row(name="importing the application against importing Flask", figure=ours, limit=6, beside=beside)
