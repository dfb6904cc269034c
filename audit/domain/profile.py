"""The profile of a line: the facts that "applies when" conditions ask for, and what a change of them does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audit.domain.criteria import CriteriaSet, Criterion, ProfileFact
from audit.domain.errors import N_, InvalidInput
from audit.domain.journal import canonical

Stated = Mapping[str, Sequence[str]]  # by fact: the options chosen, none where nothing is stated


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What another profile does to a self-assessment, in the set's order."""

    no_longer: tuple[Criterion, ...]  # not asked any more
    newly: tuple[Criterion, ...]  # asked from now on

    @property
    def is_none(self) -> bool:
        return not self.no_longer and not self.newly


def effect(criteria_set: CriteriaSet, before: Mapping[str, Any], after: Mapping[str, Any]) -> Effect:
    """Which criteria fall away and which are newly asked."""
    asked_before, asked_after = tuple(criteria_set.applicable(before)), tuple(criteria_set.applicable(after))
    return Effect(
        no_longer=tuple(one for one in asked_before if one not in asked_after),
        newly=tuple(one for one in asked_after if one not in asked_before),
    )


def changed_profile(facts: Sequence[ProfileFact], profile: Mapping[str, Any], stated: Stated) -> dict[str, Any]:
    """The profile with the facts of a set stated anew; facts of other sets stay. InvalidInput at the fact's id."""
    changed = dict(profile)
    for fact in facts:
        chosen = list(dict.fromkeys(one for one in stated.get(fact.id, ()) if one))
        options = {option.key for option in fact.options}
        if not set(chosen) <= options or (len(chosen) > 1 and not fact.many):
            raise InvalidInput(N_("Choose one of the options."), field=fact.id)
        changed.pop(fact.id, None)
        if chosen:
            changed[fact.id] = sorted(chosen) if fact.many else chosen[0]
    return changed


def chosen_of(fact: ProfileFact, profile: Mapping[str, Any]) -> tuple[str, ...]:
    """The options a profile states for a fact."""
    stated = profile.get(fact.id) or ()
    return (stated,) if isinstance(stated, str) else tuple(stated)


def profile_text(profile: Mapping[str, Any]) -> str:
    """One text per profile: by it a form knows whether somebody changed the profile meanwhile."""
    return canonical({fact: stated for fact, stated in profile.items() if stated})
