"""A mistake in a criteria file, with its place, and the collection in which all mistakes of a file are told at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from audit.domain.errors import N_, InvalidInput

MOST_MISTAKES = 500  # more than anyone mends in one sitting; a hostile file must not make a hostile list
CROWDED = 100


class Place(NamedTuple):
    """A place in a file; line and column count from 1, columns in characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One mistake. `template` is an English message id with `%(name)s` places; `message` has them filled in."""

    file: str
    line: int
    column: int
    template: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        return self.template % self.values if self.values else self.template

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class CriteriaMistakes(InvalidInput):
    """A criteria file that cannot be used. `mistakes` holds all of them, in the order of the file."""

    def __init__(self, file: str, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__(N_("The criteria file %(file)s has mistakes: %(count)d."), file=file, count=len(self.mistakes))


class Findings:
    """Gathers the mistakes of one file while it is read."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._found: dict[tuple[Place, str], Mistake] = {}
        self.further = 0

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, place: Place, template: str, /, **values: Any) -> None:
        """Note a mistake; the same sentence at the same place is told once."""
        mistake = Mistake(file=self.file, line=place.line, column=place.column, template=template, values=values)
        if len(self._found) >= MOST_MISTAKES:
            self.further += 1
        else:
            self._found.setdefault((place, mistake.message), mistake)

    @property
    def crowded(self) -> bool:
        """Whether there are so many already that looking for close names is no longer worth the time."""
        return len(self._found) >= CROWDED

    def in_order(self) -> tuple[Mistake, ...]:
        found = sorted(self._found.values(), key=lambda mistake: (mistake.line, mistake.column))
        if self.further:
            last = found[-1]
            found.append(
                Mistake(
                    file=self.file,
                    line=last.line,
                    column=last.column,
                    template=N_("There are %(further)d further mistakes; mend these first."),
                    values={"further": self.further},
                )
            )
        return tuple(found)

    def raise_if_any(self) -> None:
        if self:
            raise CriteriaMistakes(self.file, self.in_order())
