"""The collaborators the desk and the clock work with, as protocols, and the bag that holds them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from audit.domain.answer_sheet import AnswerSheetFacts, FilledSheet
from audit.domain.criteria import CriteriaSet
from audit.domain.criteria_translation import Translation, translated


class Vault(Protocol):
    """Content-addressed bytes, encrypted at rest, kept apart by owner (a line's public id, or "network" for papers)."""

    def put(self, owner: str, content: bytes) -> str:
        """Store and return the content's SHA-256 (hex); synced to disk on return. Unavailable when it cannot."""

    def open(self, owner: str, digest: str) -> BinaryIO:
        """The whole verified content; Missing when there is none, Unavailable when the stored bytes are damaged."""

    def holds(self, owner: str, digest: str) -> bool: ...

    def remove(self, owner: str, digest: str) -> None: ...

    def clear(self, owner: str) -> None:
        """Take away everything that lies under an owner."""

    def sweep(self, is_wanted: Callable[[str, str], bool], *, older_than_hours: float = 24) -> int:
        """Take away old files that no record names; how many went."""


class Printer(Protocol):
    """Frozen facts in, finished unsigned PDF bytes out. `kind` is one of audit.documents.pool."""

    def print(self, kind: str, facts: str, language: str) -> bytes: ...


class AnswerSheets(Protocol):
    """Writes a self-assessment as XLSX and reads a filled-in one back; the reading is done by a limited child."""

    def write(self, facts: AnswerSheetFacts, language: str) -> bytes: ...

    def write_commas(self, facts: AnswerSheetFacts) -> bytes:
        """The answers as CSV, for programs; figures are not in it."""

    def read(self, content: bytes, criteria_set: CriteriaSet) -> FilledSheet:
        """What the file holds, each answer with its cells; InvalidInput, in words, when it is no answer sheet."""


class Signer(Protocol):
    """Signs with the network's key; only the worker has one."""

    @property
    def name(self) -> str:
        """What the certificate of the key calls itself."""

    def sign(self, pdf: bytes, *, reason: str, at: datetime) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingLetter:
    """A letter ready to leave: one recipient, both forms of the text, a Message-ID that never changes."""

    recipient: str
    subject: str
    text: str
    html: str
    message_id: str
    language: str
    written_at: datetime


class Post(Protocol):
    """Sends one letter; raises Unavailable (try later) or InvalidInput (this address will never work)."""

    def send(self, letter: OutgoingLetter) -> None: ...


Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """What an upload really is, after inspection: safe bytes to store and what was taken out of them."""

    content: bytes
    media_type: str
    extension: str
    removed: tuple[str, ...] = ()  # for example "image metadata"
    warnings: tuple[str, ...] = ()  # for example "tracked changes"


class Inspection(Protocol):
    """Proves an upload by opening it; InvalidInput, in words, when it is not an allowed type or not sound."""

    def __call__(self, content: bytes, file_name: str, *, images_allowed: bool) -> Inspected: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where things lie on disk."""

    instance: Path
    keys: Path
    mail: Path
    criteria: tuple[Path, ...]  # shipped sets, then the installation's own


@dataclass(frozen=True, slots=True, kw_only=True)
class CriteriaFile:
    """A criteria file of this installation as it stands now: a sound set with its text, or why it cannot be used."""

    folder: str
    criteria_set: CriteriaSet | None
    source: str
    mistakes: tuple[str, ...] = ()  # FILE:LINE:COL: message
    translations: tuple[Translation, ...] = ()  # the sound ones of the files beside it
    translation_mistakes: tuple[str, ...] = ()  # of the others

    def shown(self, language: str) -> CriteriaSet | None:
        """The set in a language, where a translation into it stands beside it."""
        own = next((one for one in self.translations if one.language == language), None)
        return translated(self.criteria_set, own) if self.criteria_set is not None and own else self.criteria_set
