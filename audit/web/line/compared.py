"""A whole self-assessment beside the last cycle's: which answers changed, and what is asked otherwise now."""

from __future__ import annotations

from dataclasses import dataclass

from audit.domain.changes import Move
from audit.domain.criteria import Criterion
from audit.web.line.cards import Material
from audit.web.since import AskedAnew, LastCycle, Stored, as_stored


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedAnswer:
    """One criterion that is answered, or shown, otherwise than in the last cycle."""

    criterion: Criterion
    last: LastCycle
    now: Stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What the summary says about the last cycle."""

    asked: AskedAnew
    changed: tuple[ChangedAnswer, ...]
    same: int  # answered and shown as in the last cycle

    @property
    def cycle(self) -> str:
        return self.asked.cycle

    @property
    def said_anew(self) -> int:
        return sum(one.last.change is not None and one.last.change.is_said_anew for one in self.changed)

    @property
    def shown_anew(self) -> int:
        """The answers that stayed, with other evidence beside them."""
        return len(self.changed) - self.said_anew

    @property
    def up(self) -> int:
        return sum(one.last.change is not None and one.last.change.move is Move.UP for one in self.changed)

    @property
    def down(self) -> int:
        return sum(one.last.change is not None and one.last.change.move is Move.DOWN for one in self.changed)


def compared(material: Material) -> Compared | None:
    """None where there was no last cycle, or the material was gathered without it."""
    if material.since is None:
        return None
    changed, same = [], 0
    for criterion in material.criteria_set.applicable(material.profile):
        saved = material.answers.get(criterion.id)
        if saved is None:
            continue
        last = material.since.last(criterion.id, saved.value, material.rows.get(criterion.id, ()))
        if last is None or last.change is None:
            continue
        if last.change.is_shown_anew:
            now = as_stored(material.criteria_set, criterion.id, saved.value)
            changed.append(ChangedAnswer(criterion=criterion, last=last, now=now))
        else:
            same += 1
    return Compared(asked=material.since.asked_anew(material.profile), changed=tuple(changed), same=same)
