"""The closed lists in which the inspecting child process answers."""

from __future__ import annotations

from enum import StrEnum

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "csv": "text/csv",
    "txt": "text/plain",
}


class Refusal(StrEnum):
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNKNOWN = "unknown"
    IMAGE = "image"
    UNSOUND = "unsound"
    TOO_COMPLEX = "too_complex"
    TWO_IN_ONE = "two_in_one"
    ENCRYPTED = "encrypted"
    SCRIPT = "script"
    ATTACHMENT = "attachment"
    MEDIA = "media"
    OUTSIDE = "outside"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_MANY_PIXELS = "too_many_pixels"
    ANIMATED = "animated"
    NOT_TEXT = "not_text"


class Removed(StrEnum):
    IMAGE_METADATA = "image_metadata"


class Warned(StrEnum):
    TRACKED_CHANGES = "tracked_changes"
    COMMENTS = "comments"
    AUTHOR = "author"
    FORMULAS = "formulas"


class RefusedFile(Exception):
    """Ends the inspection with one code."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
