"""The parts of a criteria file that are in good shape, so that their meaning is checked even when others are broken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import ValidationError

from audit.criteria_files import shapes
from audit.criteria_files.shapes import MOST_ENTRIES, Shape

AnyShape = TypeVar("AnyShape", bound=Shape)


class Parts:
    """Each section entry by entry: well-shaped entries as shapes, and the ids that any entry claims."""

    def __init__(self, values: dict[str | int, Any]) -> None:
        self._values = values
        self._ids: dict[str, list[str]] = {}
        self.set = _shaped(shapes.SetShape, values.get("set"))
        self.answer_sets = self._mapping("answer_sets", shapes.AnswerSetShape)
        self.evidence_kinds = self._mapping("evidence_kinds", shapes.EvidenceKindShape)
        self.profile = self._mapping("profile", shapes.ProfileFactShape)
        self.indicators = self._mapping("indicators", shapes.IndicatorShape)
        self.indices = self._mapping("indices", shapes.IndexShape)
        self.themes = self._list("themes", shapes.ThemeShape)
        self.criteria = self._list("criteria", shapes.CriterionShape)
        self.levels = self._list("levels", shapes.LevelShape)
        self.first_round = _shaped(shapes.FirstRoundShape, values.get("first_round"))

    def _mapping(self, section: str, shape: type[AnyShape]) -> dict[str, AnyShape]:
        raw = self._values.get(section)
        shaped = {str(key): _shaped(shape, value) for key, value in raw.items()} if isinstance(raw, dict) else {}
        return {key: value for key, value in shaped.items() if value is not None}

    def _list(self, section: str, shape: type[AnyShape]) -> dict[int, AnyShape]:
        """Well-shaped entries by their position in the list."""
        raw = self._values.get(section)
        shaped = (
            {index: _shaped(shape, value) for index, value in enumerate(raw[:MOST_ENTRIES])}
            if isinstance(raw, list)
            else {}
        )
        return {index: value for index, value in shaped.items() if value is not None}

    def ids(self, section: str) -> list[str]:
        """Every id that the section's entries claim, well-shaped or not: naming a broken entry is no second mistake."""
        if section not in self._ids:
            raw = self._values.get(section)
            named = raw if isinstance(raw, dict) else (name for _, name in self.claimed(section, "id"))
            self._ids[section] = [str(name) for name in named]
        return self._ids[section]

    def claimed(self, section: str, field: str) -> Iterator[tuple[int, str]]:
        """The texts that the entries of a list write under `field`, with their positions."""
        raw = self._values.get(section)
        for index, entry in enumerate(raw if isinstance(raw, list) else ()):
            value = entry.get(field) if isinstance(entry, dict) else None
            if isinstance(value, str):
                yield index, value

    def complete(self, section: str) -> bool:
        """Whether the section is there and every entry of it is in good shape."""
        raw = self._values.get(section)
        return isinstance(raw, (dict, list)) and len(getattr(self, section)) == len(raw) > 0


def _shaped(shape: type[AnyShape], value: Any) -> AnyShape | None:
    try:
        return shape.model_validate(value)
    except ValidationError:
        return None
