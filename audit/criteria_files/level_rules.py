"""Checks the levels of a criteria file: their order, and that each rule says what its kind needs and nothing else."""

from __future__ import annotations

from collections.abc import Mapping

from audit.criteria_files.meaning import check_named, check_unique
from audit.criteria_files.mistakes import Findings
from audit.criteria_files.parts import Parts
from audit.criteria_files.shapes import LevelShape, RuleShape
from audit.criteria_files.values import Path, Places
from audit.domain.criteria import FIRST_ROUND_LEVEL, RuleKind
from audit.domain.errors import N_

# What each kind of rule must say; what is not listed for a kind may not stand in its rule.
PARAMETERS: Mapping[RuleKind, tuple[str, ...]] = {
    RuleKind.INCLUDES_LEVEL: ("includes",),
    RuleKind.STOPPERS_MET: (),
    RuleKind.CORE_MET: (),
    RuleKind.CORE_AT_TOP: (),
    RuleKind.CORE_AT_LEVEL_AT_MOST: ("level", "limit"),
    RuleKind.OVERALL_AT_LEAST: ("limit",),
    RuleKind.THEMES_AT_LEAST: ("limit",),
    RuleKind.THEMES_RATED: (),
    RuleKind.OPEN_FINDINGS_AT_MOST: ("grades", "limit"),
    RuleKind.CERTIFIED_MONTHS_AT_LEAST: ("limit",),
    RuleKind.INDICATOR_MONTHS_AT_LEAST: ("limit",),
    RuleKind.PLAN_ACCEPTED: (),
}
_PERCENT_KINDS = (RuleKind.OVERALL_AT_LEAST, RuleKind.THEMES_AT_LEAST)


def check_first_round(parts: Parts, places: Places, findings: Findings) -> None:
    """A first round asks the core criteria only, so there must be some; its level stands alone."""
    if parts.first_round is None:
        return
    path: Path = ("first_round", "rules")
    if parts.complete("criteria") and not any(criterion.core for criterion in parts.criteria.values()):
        findings.add(
            places.key("first_round"),
            N_("A first round asks the core criteria, and this set has none; delete “first_round”."),
        )
    check_unique(enumerate(rule.id for rule in parts.first_round.rules), path, places, findings)
    for position, rule in enumerate(parts.first_round.rules):
        _check_parameters(rule, (*path, position), places, findings)
        _check_limit(rule, (*path, position), places, findings)
        if rule.kind is RuleKind.INCLUDES_LEVEL:
            findings.add(
                places.value(*path, position, "kind"),
                N_("A first round has no other level to include; write the rules out."),
            )


def check_levels(parts: Parts, places: Places, findings: Findings) -> None:
    check_unique(parts.claimed("levels", "id"), ("levels",), places, findings)
    last = max(parts.levels, default=-1) if parts.complete("levels") else -1
    for index, level in parts.levels.items():
        _check_level(index, level, index == last, places, findings)
        check_unique(enumerate(rule.id for rule in level.rules), ("levels", index, "rules"), places, findings)
        for position, rule in enumerate(level.rules):
            path: Path = ("levels", index, "rules", position)
            _check_parameters(rule, path, places, findings)
            _check_limit(rule, path, places, findings)
            if rule.kind is RuleKind.INCLUDES_LEVEL and rule.includes is not None:
                _check_includes(rule.includes, index, (*path, "includes"), parts, places, findings)


def _check_level(index: int, level: LevelShape, is_last: bool, places: Places, findings: Findings) -> None:
    path: Path = ("levels", index)
    if level.id == FIRST_ROUND_LEVEL:
        findings.add(
            places.value(*path, "id"),
            N_("“%(level)s” is the id of the level of a first round; give this level another."),
            level=level.id,
        )
    if is_last and level.rules:
        findings.add(
            places.key(*path, "rules"),
            N_(
                "The last level is what remains when no other holds; it has no rules. Delete them or add a level below."
            ),
        )
    if is_last and level.certificate:
        place = places.value(*path, "certificate")
        findings.add(place, N_("The last level always holds, so it cannot carry a certificate; write false."))
    if not is_last and not level.rules:
        findings.add(
            places.value(*path, "id"),
            N_("The level “%(level)s” has no rules, so it would always hold; only the last level may."),
            level=level.id,
        )
    if level.certificate and level.validity_months is None:
        place = places.value(*path, "certificate")
        findings.add(place, N_("A level with a certificate needs “validity_months”."))
    if not level.certificate and level.validity_months is not None:
        place = places.key(*path, "validity_months")
        findings.add(place, N_("A level without a certificate has no “validity_months”; delete it."))


def _check_parameters(rule: RuleShape, path: Path, places: Places, findings: Findings) -> None:
    needed = PARAMETERS[rule.kind]
    for parameter in ("includes", "level", "limit", "grades"):
        given = getattr(rule, parameter) is not None
        if given and parameter not in needed:
            findings.add(
                places.key(*path, parameter),
                N_("A rule of the kind %(kind)s has no “%(parameter)s”; delete it."),
                kind=rule.kind.value,
                parameter=parameter,
            )
        elif not given and parameter in needed:
            findings.add(
                places.value(*path, "kind"),
                N_("A rule of the kind %(kind)s needs “%(parameter)s”."),
                kind=rule.kind.value,
                parameter=parameter,
            )
    if rule.grades is not None and (not rule.grades or len(set(rule.grades)) != len(rule.grades)):
        place = places.value(*path, "grades")
        findings.add(place, N_("Name at least one of major, minor and opportunity, each once."))


def _check_limit(rule: RuleShape, path: Path, places: Places, findings: Findings) -> None:
    if rule.limit is None or "limit" not in PARAMETERS[rule.kind]:
        return
    if rule.kind in _PERCENT_KINDS:
        if not 0 <= rule.limit <= 100:
            findings.add(places.value(*path, "limit"), N_("This limit is a percentage from 0 to 100."))
    elif rule.limit < 0 or rule.limit.denominator != 1:
        findings.add(places.value(*path, "limit"), N_("This limit is a whole number, 0 or more."))


def _check_includes(included: str, index: int, path: Path, parts: Parts, places: Places, findings: Findings) -> None:
    """A level may include a lower one only, so that no two levels can wait for each other."""
    at = {name: position for position, name in parts.claimed("levels", "id")}
    check_named(included, at, N_("a level"), path, places, findings)
    if included in at and at[included] <= index:
        findings.add(
            places.value(*path),
            N_("A level can only include a level below it, and “%(level)s” is not."),
            level=included,
        )
    elif at.get(included) == len(parts.ids("levels")) - 1:
        findings.add(
            places.value(*path), N_("“%(level)s” is the last level and has no rules to include."), level=included
        )
