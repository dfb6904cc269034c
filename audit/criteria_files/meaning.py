"""Checks what a criteria file means: that everything named exists, adds up and runs in one direction."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import pairwise

from audit.criteria_files.guard import shortened
from audit.criteria_files.mistakes import Findings
from audit.criteria_files.parts import Parts
from audit.criteria_files.shapes import AnswerSetShape, CriterionShape, IndicatorShape
from audit.criteria_files.values import Path, Places
from audit.domain.criteria import Better, Measure, SetStatus
from audit.domain.errors import N_

CASES_ARE_COUNTED = (Measure.RATE, Measure.MEDIAN, Measure.MAXIMUM)
CORE_WEIGHT = 3


def check_meaning(parts: Parts, places: Places, findings: Findings) -> None:
    """Everything but the levels, section by section."""
    _check_set(parts, places, findings)
    for key, answer_set in parts.answer_sets.items():
        _check_answer_set(key, answer_set, places, findings)
    for key, indicator in parts.indicators.items():
        _check_indicator(key, indicator, places, findings)
    _check_themes(parts, places, findings)
    check_unique(parts.claimed("criteria", "id"), ("criteria",), places, findings)
    for index, criterion in parts.criteria.items():
        _check_flags(index, criterion, places, findings)
        _check_references(index, criterion, parts, places, findings)
        _check_answers(index, criterion, parts, places, findings)
    _check_descriptors_differ(parts, places, findings)
    for key, named in parts.indices.items():
        for position, criterion_id in enumerate(named.criteria):
            path = ("indices", key, "criteria", position)
            check_named(criterion_id, parts.ids("criteria"), N_("a criterion"), path, places, findings)
        _check_once(named.criteria, ("indices", key, "criteria"), places, findings)


def check_named(
    name: str, known: Iterable[str], kind: str, path: Path, places: Places, findings: Findings, *, key: bool = False
) -> None:
    """A name must be among the known ones; a close one is offered. `key`: the name is a key, not a value."""
    names = list(known)
    if name in names:
        return
    close = [] if findings.crowded else get_close_matches(name, names, n=1, cutoff=0.6)
    place = places.key(*path) if key else places.value(*path)
    if close:
        findings.add(
            place,
            N_("“%(name)s” is not the id of %(kind)s in this file; did you mean “%(close)s”?"),
            name=shortened(name),
            kind=kind,
            close=close[0],
        )
    else:
        findings.add(place, N_("“%(name)s” is not the id of %(kind)s in this file."), name=shortened(name), kind=kind)


def check_unique(claimed: Iterable[tuple[int, str]], path: Path, places: Places, findings: Findings) -> None:
    """Ids in a list are given once; every repetition is a mistake of its own."""
    first: dict[str, int] = {}
    for index, name in claimed:
        if name in first:
            findings.add(
                places.value(*path, index, "id"),
                N_("The id “%(name)s” is already taken in line %(line)d; give this one another."),
                name=shortened(name),
                line=places.value(*path, first[name], "id").line,
            )
        else:
            first[name] = index


def _check_once(names: Iterable[str], path: Path, places: Places, findings: Findings) -> None:
    seen: set[str] = set()
    for position, name in enumerate(names):
        if name in seen:
            findings.add(places.value(*path, position), N_("“%(name)s” stands here twice; delete one."), name=name)
        seen.add(name)


def _check_set(parts: Parts, places: Places, findings: Findings) -> None:
    if parts.set and parts.set.status is SetStatus.RELEASED and parts.set.published is None:
        findings.add(
            places.value("set", "status"), N_("A released set needs “published” with the date of its release.")
        )


def _check_answer_set(key: str, answer_set: AnswerSetShape, places: Places, findings: Findings) -> None:
    path: Path = ("answer_sets", key, "answers")
    answers = answer_set.answers
    seen: set[str] = set()
    for index, answer in enumerate(answers):
        if answer.key in seen:
            place = places.value(*path, index, "key")
            findings.add(place, N_("The answer “%(key)s” stands here twice; rename one."), key=answer.key)
        seen.add(answer.key)
    for index, (lower, higher) in enumerate(pairwise(answers), start=1):
        if higher.level <= lower.level:
            place = places.value(*path, index, "level")
            findings.add(
                place, N_("Levels rise from answer to answer; this one must be above %(level)d."), level=lower.level
            )
        if higher.points < lower.points:
            place = places.value(*path, index, "points")
            findings.add(place, N_("Points never fall from answer to answer; order the answers from the lowest."))
    if answers[0].level != 0:
        findings.add(places.value(*path, 0, "level"), N_("The first answer is the lowest and has level 0."))
    if answers[0].points != 0:
        findings.add(places.value(*path, 0, "points"), N_("The first answer is the lowest and has 0 points."))
    if answers[-1].points != 1:
        place = places.value(*path, len(answers) - 1, "points")
        findings.add(place, N_("The last answer is the highest and has 1 point."))
    if answer_set.core_min_level > answers[-1].level:
        place = places.value("answer_sets", key, "core_min_level")
        findings.add(place, N_("No answer reaches this level; the highest is %(level)d."), level=answers[-1].level)


def _check_indicator(key: str, indicator: IndicatorShape, places: Places, findings: Findings) -> None:
    path: Path = ("indicators", key)
    if indicator.measure in CASES_ARE_COUNTED and not indicator.denominator:
        place = places.value(*path, "measure")
        findings.add(place, N_("A rate, a median and a maximum need “denominator”: what the cases are, in words."))
    if indicator.measure not in CASES_ARE_COUNTED and indicator.denominator:
        place = places.key(*path, "denominator")
        findings.add(place, N_("A value and a count have no “denominator”; delete it."))
    if indicator.measure is Measure.RATE and indicator.unit != "percent":
        findings.add(places.value(*path, "unit"), N_("A rate is computed in percent; write “percent”."))
    if indicator.better is Better.NOT_GRADED:
        if indicator.bands:
            findings.add(places.key(*path, "bands"), N_("An indicator that is not graded has no bands; delete them."))
        return
    if not indicator.bands:
        findings.add(places.value(*path, "better"), N_("A graded indicator needs “bands” with at least one limit."))
    ordered = sorted(indicator.bands.items(), reverse=True)
    for (_, stricter), (level, looser) in pairwise(ordered):
        if (looser < stricter) if indicator.better is Better.LOWER else (looser > stricter):
            findings.add(
                places.value(*path, "bands", level),
                N_("Bands run in one direction: the limit of a lower level must be easier to meet."),
            )


def _check_themes(parts: Parts, places: Places, findings: Findings) -> None:
    check_unique(parts.claimed("themes", "id"), ("themes",), places, findings)
    if parts.complete("themes"):
        total = sum(theme.weight for theme in parts.themes.values())
        if total != 100:
            findings.add(
                places.key("themes"),
                N_("The weights of the themes add up to %(total)d; they must make 100."),
                total=total,
            )
    filled = {theme for _, theme in parts.claimed("criteria", "theme")}
    for index, theme_id in parts.claimed("themes", "id"):
        if theme_id not in filled:
            findings.add(
                places.value("themes", index, "id"),
                N_("The theme “%(theme)s” has no criterion; add one or delete the theme."),
                theme=shortened(theme_id),
            )


def _check_flags(index: int, criterion: CriterionShape, places: Places, findings: Findings) -> None:
    path: Path = ("criteria", index)
    if criterion.stopper and not criterion.core:
        findings.add(places.value(*path, "stopper"), N_("A stopper is always core; write “core: true” as well."))
    if criterion.core and criterion.weight != CORE_WEIGHT:
        findings.add(places.value(*path, "weight"), N_("A core criterion has weight %(weight)d."), weight=CORE_WEIGHT)
    if criterion.core_min_level is not None and not criterion.core:
        place = places.key(*path, "core_min_level")
        findings.add(place, N_("Only a core criterion has “core_min_level”; delete it or make the criterion core."))
    if criterion.review_every_months is not None and not criterion.evidence:
        place = places.value(*path, "review_every_months")
        findings.add(place, N_("Evidence that must be renewed needs “evidence” with the kinds that count."))
    if criterion.not_applicable is None:
        return
    inside: Path = (*path, "not_applicable")
    if criterion.stopper and criterion.not_applicable.allowed:
        findings.add(places.value(*inside), N_("A stopper may never be not applicable; write “allowed: false”."))
    elif criterion.core and criterion.not_applicable.allowed and not criterion.not_applicable.cases:
        place = places.value(*inside)
        findings.add(place, N_("A core criterion may be not applicable only in listed cases; list them under “cases”."))
    if criterion.not_applicable.cases and not criterion.not_applicable.allowed:
        findings.add(
            places.key(*inside, "cases"), N_("Cases have no effect beside “allowed: false”; delete one of the two.")
        )


def _check_references(index: int, criterion: CriterionShape, parts: Parts, places: Places, findings: Findings) -> None:
    path: Path = ("criteria", index)
    check_named(criterion.theme, parts.ids("themes"), N_("a theme"), (*path, "theme"), places, findings)
    for position, kind in enumerate(criterion.evidence):
        known = parts.ids("evidence_kinds")
        check_named(kind, known, N_("an evidence kind"), (*path, "evidence", position), places, findings)
    _check_once(criterion.evidence, (*path, "evidence"), places, findings)
    for position, indicator in enumerate(criterion.indicators):
        known = parts.ids("indicators")
        check_named(indicator, known, N_("an indicator"), (*path, "indicators", position), places, findings)
    _check_once(criterion.indicators, (*path, "indicators"), places, findings)
    for fact, options in criterion.applies_when.items():
        inside: Path = (*path, "applies_when", fact)
        check_named(fact, parts.ids("profile"), N_("a profile fact"), inside, places, findings, key=True)
        if fact in parts.profile:
            for position, option in enumerate(options):
                known = list(parts.profile[fact].options)
                check_named(option, known, N_("an option of this fact"), (*inside, position), places, findings)
        _check_once(options, inside, places, findings)


def _check_answers(index: int, criterion: CriterionShape, parts: Parts, places: Places, findings: Findings) -> None:
    """The criterion against its answer set: descriptors, the level at which core is met, indicators that grade."""
    path: Path = ("criteria", index)
    check_named(
        criterion.answer_set, parts.ids("answer_sets"), N_("an answer set"), (*path, "answer_set"), places, findings
    )
    answer_set = parts.answer_sets.get(criterion.answer_set)
    if answer_set is None:
        return
    keys = [answer.key for answer in answer_set.answers]
    for key in criterion.descriptors:
        check_named(
            key, keys, N_("an answer of the answer set"), (*path, "descriptors", key), places, findings, key=True
        )
    missing = [key for key in keys if key not in criterion.descriptors]
    if missing:
        findings.add(
            places.key(*path, "descriptors"),
            N_("Each answer needs a descriptor; missing are: %(keys)s."),
            keys=", ".join(missing),
        )
    top = answer_set.answers[-1].level
    if criterion.core_min_level is not None and criterion.core_min_level > top:
        place = places.value(*path, "core_min_level")
        findings.add(place, N_("No answer reaches this level; the highest is %(level)d."), level=top)
    graded = any(
        indicator not in parts.indicators or parts.indicators[indicator].better is not Better.NOT_GRADED
        for indicator in criterion.indicators
    )
    if answer_set.from_indicators and not graded:
        place = places.value(*path, "answer_set")
        findings.add(place, N_("Answers of this set come from indicators; name at least one that is graded."))


def _check_descriptors_differ(parts: Parts, places: Places, findings: Findings) -> None:
    """Two equal descriptors cannot both name what is to be seen; capitals and spacing make no difference."""
    first: dict[str, Path] = {}
    for index, criterion in parts.criteria.items():
        for key, text in criterion.descriptors.items():
            path: Path = ("criteria", index, "descriptors", key)
            normal = " ".join(text.casefold().split()).rstrip(".")
            if normal in first:
                findings.add(
                    places.value(*path),
                    N_("This descriptor already stands in line %(line)d; say what can be seen at this level here."),
                    line=places.value(*first[normal]).line,
                )
            else:
                first[normal] = path
