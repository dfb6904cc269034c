"""The only reader of criteria files: a folder or a file in, a criteria set out, or all its mistakes with their places.

Translations beside a set are read the same way (translations.py).

The format is documented in docs/criteria.md. Reading goes in four steps: the guard (YAML, and nothing a criteria
file does not need), the values (what plain words mean), the shape (every key and type), the meaning (all named exists).
"""

from __future__ import annotations

from pathlib import Path as FilePath

from audit.criteria_files.building import build
from audit.criteria_files.guard import MOST_BYTES, read_nodes
from audit.criteria_files.level_rules import check_first_round, check_levels
from audit.criteria_files.meaning import check_meaning
from audit.criteria_files.mistakes import CriteriaMistakes, Findings, Mistake, Place
from audit.criteria_files.parts import Parts
from audit.criteria_files.shapes import FileShape
from audit.criteria_files.translations import TranslationFile, beside, parse_translation
from audit.criteria_files.values import read_values
from audit.criteria_files.wording import shape_mistakes
from audit.domain.criteria import CriteriaSet
from audit.domain.errors import N_, Missing

FILE_NAME = "set.yaml"

__all__ = [
    "FILE_NAME",
    "CriteriaMistakes",
    "Mistake",
    "TranslationFile",
    "parse",
    "parse_translation",
    "read",
    "read_translations",
    "set_file",
]


def set_file(path: FilePath | str) -> FilePath:
    """The criteria file that `path` means: the file itself, or `set.yaml` in the folder. Raises Missing."""
    given = FilePath(path)
    file = given / FILE_NAME if given.is_dir() else given
    if not file.is_file():
        raise Missing(N_("There is no criteria file at %(path)s."), path=str(file))
    return file


def read(path: FilePath | str) -> CriteriaSet:
    """Read a criteria set from its folder or file.

    Raises Missing when there is no readable file, and CriteriaMistakes with every mistake of the file at once.
    """
    file = set_file(path)
    return parse(_bytes(file), str(file))


def read_translations(path: FilePath | str, criteria_set: CriteriaSet) -> tuple[TranslationFile, ...]:
    """The translations that stand beside a set's file, sound or not, by the name of their files; Missing as `read`."""
    return tuple(parse_translation(_bytes(one), str(one), criteria_set) for one in beside(set_file(path)))


def _bytes(file: FilePath) -> bytes:
    """What a file holds, one byte more than any may hold at most; Missing when it cannot be read."""
    try:
        with file.open("rb") as stream:
            return stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise Missing(
            N_("%(path)s cannot be read: %(reason)s."), path=str(file), reason=error.strerror or ""
        ) from error


def parse(data: bytes, file: str) -> CriteriaSet:
    """Read a criteria set from the bytes of a file; `file` is how mistakes name it. Raises CriteriaMistakes."""
    findings = Findings(file)
    root = read_nodes(data, findings)
    if root is None:
        raise CriteriaMistakes(file, findings.in_order())
    values, places = read_values(root, findings)
    if not isinstance(values, dict):
        findings.add(Place(1, 1), N_("A criteria file is a mapping that begins with “format: 1”."))
        raise CriteriaMistakes(file, findings.in_order())
    shaped = shape_mistakes(values, places, findings, FileShape)
    parts = Parts(values)
    check_meaning(parts, places, findings)
    check_levels(parts, places, findings)
    check_first_round(parts, places, findings)
    findings.raise_if_any()
    assert shaped is not None  # a file without a mistake has a shape
    return build(shaped)
