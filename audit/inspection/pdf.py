"""Opens a PDF and refuses whatever could act: scripts, launches, attachments, film, forms that run, encryption."""

from __future__ import annotations

import io
from typing import Any

import pikepdf

from audit.inspection.codes import Refusal, RefusedFile, Warned

MOST_PAGES = 300
MOST_OBJECTS = 400_000
_DEEPEST = 200

_ACTIONS = {
    "/JavaScript": Refusal.SCRIPT,
    "/Launch": Refusal.SCRIPT,
    "/SubmitForm": Refusal.OUTSIDE,
    "/ImportData": Refusal.OUTSIDE,
    "/GoToE": Refusal.ATTACHMENT,
    "/GoToR": Refusal.OUTSIDE,
    "/Rendition": Refusal.MEDIA,
    "/Movie": Refusal.MEDIA,
    "/Sound": Refusal.MEDIA,
    "/RichMediaExecute": Refusal.MEDIA,
    "/GoTo3DView": Refusal.MEDIA,
}
_KEYS = {
    "/JavaScript": Refusal.SCRIPT,
    "/JS": Refusal.SCRIPT,
    "/EmbeddedFiles": Refusal.ATTACHMENT,
    "/EF": Refusal.ATTACHMENT,
    "/EmbeddedFile": Refusal.ATTACHMENT,
    "/Collection": Refusal.ATTACHMENT,
    "/XFA": Refusal.MEDIA,
    "/RichMediaContent": Refusal.MEDIA,
    "/RichMediaSettings": Refusal.MEDIA,
}
_SUBTYPES = {
    "/FileAttachment": Refusal.ATTACHMENT,
    "/RichMedia": Refusal.MEDIA,
    "/Screen": Refusal.MEDIA,
    "/Movie": Refusal.MEDIA,
    "/Sound": Refusal.MEDIA,
    "/3D": Refusal.MEDIA,
}
_TYPES = {"/EmbeddedFile": Refusal.ATTACHMENT}


def examine(content: bytes) -> list[Warned]:
    """What to warn of; RefusedFile when the file is not sound, not plain, or not one file."""
    tail = content[content.rfind(b"%%EOF") + 5 :]
    if content.rfind(b"%%EOF") < 0:
        raise RefusedFile(Refusal.UNSOUND)
    if tail.strip(b"\r\n\t \0"):
        raise RefusedFile(Refusal.TWO_IN_ONE)
    if b"<html" in content[:1024].lower() or b"<script" in content[:1024].lower():
        raise RefusedFile(Refusal.TWO_IN_ONE)
    try:
        with pikepdf.open(io.BytesIO(content), attempt_recovery=False, suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                raise RefusedFile(Refusal.ENCRYPTED)
            _look(pdf)
            pages = len(pdf.pages)
            author = (
                "/Author" in pdf.docinfo and bool(str(pdf.docinfo["/Author"]).strip())
                if "/Info" in pdf.trailer
                else False
            )
    except pikepdf.PasswordError:
        raise RefusedFile(Refusal.ENCRYPTED) from None
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError, KeyError, NotImplementedError):
        raise RefusedFile(Refusal.UNSOUND) from None
    if pages == 0:
        raise RefusedFile(Refusal.UNSOUND)
    if pages > MOST_PAGES:
        raise RefusedFile(Refusal.TOO_MANY_PAGES)
    return [Warned.AUTHOR] if author else []


def _look(pdf: pikepdf.Pdf) -> None:
    """Every object of the file, used or not, with everything that lies directly inside it."""
    opening = pdf.Root.get("/OpenAction")
    if isinstance(opening, pikepdf.Dictionary) and opening.get("/S") != pikepdf.Name("/GoTo"):
        raise RefusedFile(Refusal.SCRIPT)
    for number, found in enumerate(pdf.objects):
        if number > MOST_OBJECTS:
            raise RefusedFile(Refusal.TOO_COMPLEX)
        _look_inside(found)
    _look_inside(pdf.trailer)


def _look_inside(thing: Any) -> None:
    waiting: list[tuple[Any, int]] = [(thing, 0)]
    while waiting:
        found, depth = waiting.pop()
        if depth > _DEEPEST:
            raise RefusedFile(Refusal.TOO_COMPLEX)
        if isinstance(found, pikepdf.Stream):
            found = found.stream_dict
        if isinstance(found, pikepdf.Dictionary):
            _judge(found)
            inside = [value for _, value in found.items()]
        elif isinstance(found, pikepdf.Array):
            inside = list(found)
        else:
            continue
        for value in inside:
            # What is referred to is an object of its own and comes by itself.
            if isinstance(value, pikepdf.Object) and not value.is_indirect:
                waiting.append((value, depth + 1))


def _judge(found: pikepdf.Dictionary) -> None:
    for key in found.keys():  # noqa: SIM118 (a PDF dictionary iterates differently)
        if key in _KEYS:
            raise RefusedFile(_KEYS[key])
    for key, table in (("/S", _ACTIONS), ("/Subtype", _SUBTYPES), ("/Type", _TYPES)):
        value = found.get(key)
        if isinstance(value, pikepdf.Name) and str(value) in table:
            raise RefusedFile(table[str(value)])
