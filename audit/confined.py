"""A child process with hard limits, for looking at files nobody trusts: it may die of a bomb, and nothing else does.

The asking side knows no parser. What the child says is for its caller to read as a code or as data, never to run.
"""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import sys
import threading
from pathlib import Path

MEMORY = 512 * 1024 * 1024  # bytes of address space
PROCESSOR = 10  # seconds
OPEN_FILES = 64
SECONDS = 30  # by the clock on the wall; the child's own limit counts processor time
_ROOT = str(Path(__file__).resolve().parents[1])
_turns = threading.BoundedSemaphore(2)


def ask(module: str, question: bytes) -> bytes | None:
    """What `main` of a module says to a question, in a process of its own; None when it dies or takes too long."""
    start = f"import sys; sys.path.insert(0, {_ROOT!r}); from {module} import main; main()"
    try:
        with _turns:
            done = subprocess.run(  # noqa: S603 (our own interpreter, our own words)
                [sys.executable, "-I", "-c", start],
                input=question,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=SECONDS,
                check=False,
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
                cwd="/",
            )
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 and done.stdout else None


def limit() -> None:
    """Called by the child first of all: no more than this; it can write no file and leave no core."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, PROCESSOR),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # a stricter limit is set already
            resource.setrlimit(what, (most, most))


def answer(content: bytes) -> None:
    """Said by the child last of all: nothing of what was parsed gets a chance to run on the way out."""
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
    os._exit(0)
