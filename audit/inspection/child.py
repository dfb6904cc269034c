"""The inspecting child process: limits itself, reads one upload from standard input, answers on standard output."""

from __future__ import annotations

import io
import json
import sys
import zipfile

from audit import confined
from audit.inspection.codes import Refusal, RefusedFile, Warned


def main() -> None:
    """One question, one answer, and the end."""
    confined.limit()
    question = sys.stdin.buffer.read()
    first, _, content = question.partition(b"\n")
    header = json.loads(first)
    rebuilt = b""
    try:
        extension, rebuilt, removed, warned = examine(
            content, csv=bool(header["csv"]), images_allowed=bool(header["images_allowed"])
        )
        answer: dict[str, object] = {"extension": extension, "removed": removed, "warnings": warned}
    except RefusedFile as refused:
        answer = {"refused": refused.refusal.value}
    except (MemoryError, RecursionError):
        answer = {"refused": Refusal.TOO_COMPLEX.value}
    confined.answer(json.dumps(answer).encode() + b"\n" + rebuilt)


def examine(content: bytes, *, csv: bool, images_allowed: bool) -> tuple[str, bytes, list[str], list[str]]:
    """Extension, rebuilt bytes (pictures only), what was removed, what to warn of; RefusedFile otherwise."""
    if content.startswith(b"%PDF-"):
        _refuse_archive_inside(content)
        from audit.inspection import pdf

        return "pdf", b"", [], [warned.value for warned in pdf.examine(content)]
    if content.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        if not images_allowed:
            raise RefusedFile(Refusal.IMAGE)
        from audit.inspection import images

        extension, rebuilt, removed = images.rebuild(content)
        return extension, rebuilt, [part.value for part in removed], []
    if content.startswith(b"PK\x03\x04"):
        from audit.inspection import office

        extension, warnings = office.examine(content)
        return extension, b"", [], [warned.value for warned in warnings]
    _refuse_archive_inside(content)
    return ("csv" if csv else "txt"), b"", [], [warned.value for warned in _text(content, csv=csv)]


def _refuse_archive_inside(content: bytes) -> None:
    """A file that also opens as an archive would be read differently by different programs."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise RefusedFile(Refusal.TWO_IN_ONE)


_NOT_PLAIN = (
    "<!doctype", "<html", "<script", "<svg", "<?xml", "<body", "<iframe", "<?php", "%!ps", "{\\rtf", "#!",
    "mime-version:", "return-path:", "received:", "from:", "begin:v", "mz\x90",
)  # fmt: skip
_BINARY = (b"%PDF", b"\x7fELF", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xd0\xcf\x11\xe0", b"RIFF")


def _text(content: bytes, *, csv: bool) -> list[Warned]:
    """Plain text in UTF-8: no control characters, and nothing that another program would run or lay out."""
    if content.startswith(_BINARY) or b"%PDF-" in content[:1024]:
        raise RefusedFile(Refusal.UNKNOWN)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RefusedFile(Refusal.UNKNOWN if b"\0" in content[:4096] else Refusal.NOT_TEXT) from None
    if any(ord(sign) < 32 and sign not in "\t\n\r\f" for sign in text) or "\x7f" in text:
        raise RefusedFile(Refusal.NOT_TEXT)
    start = text.lstrip()[:2000].casefold()
    if start.startswith(_NOT_PLAIN) or "<script" in text.casefold():
        raise RefusedFile(Refusal.UNKNOWN)
    if not text.strip():
        raise RefusedFile(Refusal.EMPTY)
    if csv:
        cells = (cell.strip(" \"'") for line in text.splitlines() for cell in line.replace(";", ",").split(","))
        if any(cell[:1] in ("=", "@") or (cell[:1] in ("+", "-") and not _is_number(cell)) for cell in cells if cell):
            return [Warned.FORMULAS]
    return []


def _is_number(cell: str) -> bool:
    return cell.lstrip("+-").replace(".", "").replace(" ", "").replace("%", "").isdigit() or cell == "-"
