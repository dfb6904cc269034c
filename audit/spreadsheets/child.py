"""The reading child process: limits itself, reads one upload from standard input, answers with the tables it found."""

from __future__ import annotations

import json
import sys

from audit import confined
from audit.spreadsheets.codes import Refusal, RefusedFile


def main() -> None:
    """One question, one answer, and the end."""
    confined.limit()
    content = sys.stdin.buffer.read()
    try:
        from audit.spreadsheets import commas, tables

        reader = commas if commas.looks_like(content) else tables
        answer: dict[str, object] = reader.tables(content)
    except RefusedFile as refused:
        answer = {"refused": refused.refusal.value}
    except (MemoryError, RecursionError):
        answer = {"refused": Refusal.TOO_COMPLEX.value}
    confined.answer(json.dumps(answer).encode())
