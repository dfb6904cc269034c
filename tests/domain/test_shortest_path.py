"""The shortest path to a level: exact against brute force, honest about what no answer can change."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest

from audit.domain.criteria import CriteriaSet, Level, Rule, RuleKind
from audit.domain.findings import Grade
from audit.domain.levels import Circumstances, judge
from audit.domain.scoring import Score, ScoringError, score
from audit.domain.shortest_path import NOT_BY_ANSWERS, Path, lowest_where_unanswered, shortest_path
from tests.domain.sets import a_criterion, a_set, shipped

Plan = tuple[int, int, tuple[tuple[int, int], ...]]  # criteria, steps, (place in the set, steps) of each


def a_small_case(chance: random.Random) -> tuple[CriteriaSet, dict[str, str], set[str]]:
    """A set of up to seven criteria in two or three themes, with rules of every kind that answers decide."""
    themes = ["A", "B", "C"][: chance.choice([2, 3])]
    criteria = []
    for number in range(chance.randint(3, 7)):
        core = chance.random() < 0.45
        criteria.append(
            a_criterion(
                f"{themes[number % len(themes)]}-{number}",
                chance.choice("MMTBI"),
                chance.randint(1, 3),
                core=core,
                stopper=core and chance.random() < 0.4,
            )
        )
    criteria.sort(key=lambda one: one.id)
    rules = [
        Rule(id="stoppers", kind=RuleKind.STOPPERS_MET),
        Rule(id="overall", kind=RuleKind.OVERALL_AT_LEAST, limit=Fraction(chance.choice([30, 55, 70, 90, 100]))),
        Rule(id="floor", kind=RuleKind.THEMES_AT_LEAST, limit=Fraction(chance.choice([0, 40, 50, 80]))),
    ]
    form = chance.choice(["met", "counted", "top", "free"])
    if form == "met":
        rules.append(Rule(id="core", kind=RuleKind.CORE_MET))
    elif form == "top":
        rules.append(Rule(id="core", kind=RuleKind.CORE_AT_TOP))
    elif form == "counted":
        rules.append(
            Rule(id="zero", kind=RuleKind.CORE_AT_LEVEL_AT_MOST, level=0, limit=Fraction(chance.randint(0, 1)))
        )
        rules.append(Rule(id="one", kind=RuleKind.CORE_AT_LEVEL_AT_MOST, level=1, limit=Fraction(chance.randint(0, 2))))
    weights = {theme: chance.randint(1, 60) for theme in themes}
    built = a_set(criteria, weights=weights, rules=rules, not_applicable_limit=Fraction(1, 2))
    answers, left_out = {}, set()
    for criterion in criteria:
        if not criterion.core and chance.random() < 0.1:
            left_out.add(criterion.id)
        else:
            answers[criterion.id] = chance.choice(built.answer_set_of(criterion).answers[:3]).key
    return built, answers, left_out


def by_brute_force(built: CriteriaSet, answers: dict[str, str], left_out: set[str], level: str) -> Plan | None:
    """Every combination of raises, judged by the rules themselves; the best by the order that product.md gives."""
    names = list(answers)
    ways = []
    for name in names:
        keys = [key.key for key in built.answer_set_of(built.criterion(name)).answers]
        ways.append(range(len(keys) - keys.index(answers[name])))
    best: Plan | None = None
    for raises in product(*ways):
        plan: Plan = (
            sum(1 for steps in raises if steps),
            sum(raises),
            tuple((at, steps) for at, steps in enumerate(raises) if steps),
        )
        if best is not None and plan >= best:
            continue
        raised = dict(answers)
        for name, steps in zip(names, raises, strict=True):
            keys = [key.key for key in built.answer_set_of(built.criterion(name)).answers]
            raised[name] = keys[keys.index(answers[name]) + steps]
        verdict = judge(built, score(built, raised, left_out, {}))
        if all(rule.holds for rule in verdict.of_level(level) if rule.kind not in NOT_BY_ANSWERS):
            best = plan
    return best


def as_plan(path: Path, names: list[str]) -> Plan | None:
    if path.steps is None:
        return None
    return (path.count, path.level_steps, tuple((names.index(step.criterion), step.steps) for step in path.steps))


@pytest.mark.parametrize("seed", range(40))
def test_no_shorter_path_exists(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(4):
        built, answers, left_out = a_small_case(chance)
        try:
            scored = score(built, answers, left_out, {})
        except ScoringError:  # nothing can be rated
            continue
        found = shortest_path(built, scored, "reached")
        assert as_plan(found, list(answers)) == by_brute_force(built, answers, left_out, "reached")


def test_a_greedy_path_would_be_found_out() -> None:
    """Taking the largest gain first costs three criteria here and breaks a floor; the exact path takes two."""
    built = a_set(
        [
            a_criterion("A-1", "B", 3),
            a_criterion("A-2", "B", 3),
            a_criterion("B-1", "B", 1),
            a_criterion("B-2", "B", 1),
        ],
        weights={"A": 70, "B": 30},
        rules=[
            Rule(id="overall", kind=RuleKind.OVERALL_AT_LEAST, limit=Fraction(50)),
            Rule(id="floor", kind=RuleKind.THEMES_AT_LEAST, limit=Fraction(50)),
        ],
    )
    answers = dict.fromkeys(("A-1", "A-2", "B-1", "B-2"), "no")
    found = shortest_path(built, score(built, answers, set(), {}), "reached")
    assert found.steps is not None
    assert [step.criterion for step in found.steps] == ["A-1", "B-1"]
    greedy = {**answers, "A-1": "yes", "A-2": "yes"}
    assert judge(built, score(built, greedy, set(), {})).level == "rest"


def test_every_alternative_can_take_its_place() -> None:
    chance = random.Random(5)
    tried = 0
    for _ in range(300):
        built, answers, left_out = a_small_case(chance)
        try:
            scored = score(built, answers, left_out, {})
        except ScoringError:
            continue
        found = shortest_path(built, scored, "reached")
        for step in found.steps or ():
            others = {one.criterion: one.to_key for one in found.steps or () if one is not step}
            for other in step.alternatives:
                raised = {**answers, **others, other.criterion: other.to_key}
                verdict = judge(built, score(built, raised, left_out, {}))
                assert all(rule.holds for rule in verdict.of_level("reached"))
                tried += 1
            if step.required:
                assert not step.alternatives
    assert tried > 20


def the_score(level: int, **changes: str) -> tuple[CriteriaSet, Score]:
    built = shipped()
    answers = {
        one.id: max((key for key in built.answer_set_of(one).answers if key.level <= level), key=lambda k: k.level).key
        for one in built.criteria
    }
    return built, score(built, {**answers, **changes}, set(), {})


def test_a_stopper_stands_on_every_path_and_nothing_replaces_it() -> None:
    built = shipped()
    stopper = next(one for one in built.criteria if one.stopper)
    built, scored = the_score(3, **{stopper.id: built.answer_set_of(stopper).answers[0].key})
    found = shortest_path(built, scored, "certified")
    assert found.steps is not None
    assert [(step.criterion, step.required, step.alternatives) for step in found.steps] == [(stopper.id, True, ())]


def test_a_level_that_is_reached_needs_nothing() -> None:
    built, scored = the_score(3)
    assert shortest_path(built, scored, "certified").steps == ()


def test_what_no_answer_changes_is_named() -> None:
    built, scored = the_score(2)
    found = shortest_path(
        built,
        scored,
        "exemplary",
        Circumstances(open_findings={Grade.MINOR: 1}, certified_months=3, indicator_months=0),
    )
    assert found.steps
    assert {rule.id for rule in found.obstacles} == {
        "exemplary.findings",
        "exemplary.certified_months",
        "exemplary.indicator_months",
    }
    assert all(step.needs_practice for step in found.steps if built.criterion(step.criterion).answer_set == "M")


def test_a_level_beyond_all_answers_has_no_path() -> None:
    built, scored = the_score(3)
    impossible = Level(
        id="beyond",
        title="Beyond",
        wording="Beyond",
        certificate=False,
        validity_months=None,
        rules=(Rule(id="overall", kind=RuleKind.OVERALL_AT_LEAST, limit=Fraction(101)),),
    )
    assert shortest_path(replace(built, levels=(impossible, *built.levels)), scored, "beyond").steps is None


def test_a_draft_counts_what_is_unanswered_as_its_lowest_level() -> None:
    built = shipped()
    filled = lowest_where_unanswered(built, built.criteria, {"GOV-01": "yes"}, ())
    assert filled["GOV-01"] == "yes"
    assert len(filled) == len(built.criteria)
    assert {built.answer_set_of(built.criterion(name)).answer(key).level for name, key in filled.items()} == {0, 3}  # type: ignore[union-attr]


def test_the_whole_set_is_walked_from_nothing_to_exemplary() -> None:
    built, scored = the_score(0)
    for level in ("conditional", "certified", "exemplary"):
        found = shortest_path(built, scored, level)
        assert found.steps is not None
        raised = {entry.criterion: entry.key or "" for entry in scored.counted}
        raised |= {step.criterion: step.to_key for step in found.steps}
        verdict = judge(built, score(built, raised, set(), {}), Circumstances(certified_months=24, indicator_months=12))
        assert verdict.holds(level)
