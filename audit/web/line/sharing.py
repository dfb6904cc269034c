"""What a page needs of the line's shared work: who takes care of what, what is the visitor's, the notes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from flask import request

from audit.domain.permissions import Permission, Relation, allows
from audit.persistence.queries.teamwork import Teamwork, criteria_of, teamwork
from audit.persistence.tables import SelfAssessment
from audit.web import visit
from audit.web.line.cards import Card, Material, ThemeEntry
from audit.web.transaction import session


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """The shared work of one self-assessment, as this visitor may see it; empty for whoever is not of the line."""

    readable: bool = False
    team: Teamwork = field(default_factory=Teamwork)
    mine: frozenset[str] = frozenset()  # the criteria the visitor takes care of
    themes: tuple[str, ...] = ()  # the themes that hold one of them, in the set's order
    only_mine: bool = False  # whether the address asks for these alone
    me: int = 0

    @property
    def query(self) -> str | None:
        """What links to neighbouring pages carry on."""
        return "1" if self.only_mine else None

    def theme_for(self, here: str) -> str:
        """Where the visitor's own part begins, seen from a theme's page."""
        return here if here in self.themes or not self.themes else self.themes[0]

    def asks_for(self, criterion: str) -> bool:
        return not self.only_mine or criterion in self.mine

    def shown(self, cards: Sequence[Card], *, keep: Collection[str] = ()) -> tuple[Card, ...]:
        """The cards the address asks for; those named in `keep` stay in any case."""
        return tuple(one for one in cards if self.asks_for(one.criterion.id) or one.criterion.id in keep)

    def entries(self, entries: Sequence[ThemeEntry], here: str = "") -> tuple[ThemeEntry, ...]:
        """The themes the address asks for, and the one the page is about."""
        return tuple(
            one for one in entries if not self.only_mine or one.theme.id in self.themes or one.theme.id == here
        )


def sharing_of(assessment: SelfAssessment, material: Material, held: Collection[Relation]) -> Sharing:
    """Three statements for the line's own people, none for others."""
    if not allows(Permission.SEE_NOTES, held):
        return Sharing()
    team, me = teamwork(session(), assessment), visit.actor().id
    applicable = {criterion.id: criterion.theme for criterion in material.criteria_set.applicable(material.profile)}
    mine = team.mine(me) & applicable.keys()
    return Sharing(
        readable=True,
        team=team,
        mine=mine,
        themes=tuple(dict.fromkeys(theme for name, theme in applicable.items() if name in mine)),
        only_mine=bool(request.args.get("mine")),
        me=me,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnShare:
    """The visitor's part of an open self-assessment: how many criteria, and how many of them lack something."""

    criteria: int
    missing: int


def own_share(assessment: SelfAssessment, material: Material) -> OwnShare | None:
    """One statement; None where nothing is in the visitor's care."""
    mine = criteria_of(session(), assessment.id, visit.actor().id)
    mine &= {criterion.id for criterion in material.criteria_set.applicable(material.profile)}
    if not mine:
        return None
    return OwnShare(criteria=len(mine), missing=len({gap.criterion for gap in material.gaps} & mine))
