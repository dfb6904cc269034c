"""Builds the collaborators of one installation, each when first asked for; heavy imports stand inside functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from audit.ports import AnswerSheets, CriteriaFile, Inspection, Post, Printer, Signer, Vault
from audit.settings import Settings

if TYPE_CHECKING:
    from audit.persistence.sessions import Sessions


def _present() -> datetime:
    return datetime.now(UTC)


@dataclass(kw_only=True)
class Wiring:
    """The bag of collaborators. Tests hand in their own clock, post, signer or printer by setting the attribute."""

    settings: Settings
    now: Callable[[], datetime] = field(default=_present)
    _criteria: dict[Path, tuple[object, CriteriaFile]] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def sessions(self) -> Sessions:
        from audit.persistence.sessions import make_engine, sessions

        self.settings.instance.mkdir(parents=True, exist_ok=True)
        return sessions(make_engine(self.settings.database))

    @cached_property
    def keys(self) -> Path:
        folder = self.settings.instance / "keys"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    @cached_property
    def vault(self) -> Vault:
        from audit.vault import FolderVault

        return FolderVault(self.settings.instance / "vault", self.keys / "vault.key")

    @cached_property
    def inspect(self) -> Inspection:
        from audit.inspection import inspect

        return inspect

    @cached_property
    def answer_sheets(self) -> AnswerSheets:
        from audit.spreadsheets import Workbooks

        return Workbooks()

    @cached_property
    def printer(self) -> Printer:
        from audit.documents.pool import PooledPrinter

        return PooledPrinter(processes=self.settings.render_processes)

    @cached_property
    def signer(self) -> Signer:
        from audit.documents.signing import load_signer

        return load_signer(self.keys)

    def criteria_files(self) -> tuple[CriteriaFile, ...]:
        """Every criteria set of the installation as its file stands now; a broken one is told, not raised."""
        found = []
        for folder in self.settings.criteria_folders:
            for file in sorted(folder.glob("*/set.yaml")):
                # A set with its translations takes a second to read: again only when one of its files has changed.
                stamp = tuple((one, *_changed(one)) for one in sorted(file.parent.glob("*.yaml")))
                known = self._criteria.get(file)
                if known is None or known[0] != stamp:
                    known = self._criteria[file] = (stamp, _criteria_file(file))
                found.append(known[1])
        return tuple(found)

    @cached_property
    def post(self) -> Post:
        from audit.post import post_for

        return post_for(self.settings)


def _changed(file: Path) -> tuple[int, int]:
    state = file.stat()
    return state.st_mtime_ns, state.st_size


def _criteria_file(file: Path) -> CriteriaFile:
    from audit.criteria_files import CriteriaMistakes, read, read_translations

    try:
        criteria_set, source = read(file), file.read_text(encoding="utf-8")
    except CriteriaMistakes as broken:
        mistakes = tuple(str(mistake) for mistake in broken.mistakes)
        return CriteriaFile(folder=file.parent.name, criteria_set=None, source="", mistakes=mistakes)
    beside = read_translations(file, criteria_set)
    return CriteriaFile(
        folder=file.parent.name,
        criteria_set=criteria_set,
        source=source,
        translations=tuple(one.translation for one in beside if one.translation is not None),
        translation_mistakes=tuple(str(mistake) for one in beside for mistake in one.mistakes),
    )


def wire(settings: Settings, **given: object) -> Wiring:
    """The collaborators of an installation; `given` replaces some of them (a clock, a post, a signer)."""
    wiring = Wiring(settings=settings)
    for name, collaborator in given.items():
        setattr(wiring, name, collaborator)
    return wiring
