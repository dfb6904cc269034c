"""The figures of a comparison against a second, plainer way to work them out."""

from __future__ import annotations

import itertools
import random
import statistics
from dataclasses import fields, is_dataclass, replace
from fractions import Fraction
from typing import Any

import pytest

from audit.domain.comparison import (
    AssessedLine,
    ComparisonFacts,
    EarlierCycle,
    comparison_facts_from_text,
    comparison_facts_to_text,
    coordinator_facts,
    line_facts,
    public_facts,
)
from audit.domain.comparison_statements import StatementKind, statements, strongest_criteria, weakest_criteria
from audit.domain.criteria import CriteriaSet
from audit.domain.errors import Missing
from audit.domain.levels import judge
from audit.domain.scoring import score
from audit.domain.stability import other_levels, shifted_overall, theme_pairs
from audit.domain.unchanged import unchanged_criteria
from tests.domain.assessed import CHANGED, EDITION, earlier_set, some_facts, some_lines
from tests.domain.sets import shipped

LINES = some_lines(22)
FACTS = some_facts(22)
EARLIER = EarlierCycle(name="Audit cycle 2025", criteria_set=earlier_set(shipped()))


def level_of(used: CriteriaSet, criterion: str, key: str) -> int:
    answer = used.answer_set_of(used.criterion(criterion)).answer(key)
    assert answer is not None
    return answer.level


def test_the_spread_of_each_theme() -> None:
    for theme in FACTS.themes:
        scores = [value for line in LINES if (value := line.themes[theme.id]) is not None]
        assert theme.spread is not None
        assert [theme.spread.q1, theme.spread.median, theme.spread.q3] == statistics.quantiles(
            scores, n=4, method="inclusive"
        )
        assert theme.below_floor == sum(value < 50 for value in scores)
        assert theme.not_rated == len(LINES) - len(scores)
        assert sorted(scores) == [value for value, count in theme.scores for _ in range(count)]
        lowest = [min(v for v in line.themes.values() if v is not None) for line in LINES]
        assert theme.lowest_of == sum(line.themes[theme.id] == low for line, low in zip(LINES, lowest, strict=True))


def test_levels_and_their_lines() -> None:
    assert sum(level.count or 0 for level in FACTS.levels) == 22
    for level in FACTS.levels:
        named = sorted(line.name for line in LINES if line.level == level.id)
        assert (level.count, sorted(level.lines)) == (len(named), named)
        assert level.earlier_count == sum(
            line.previous is not None and line.previous.level == level.id for line in LINES
        )


def test_each_criterion_counts_its_answers() -> None:
    used = shipped()
    for criterion in FACTS.criteria:
        keys = [line.criteria[criterion.id] for line in LINES if criterion.id in line.criteria]
        assert criterion.counted == len(keys)
        assert [(answer.key, answer.count) for answer in criterion.answers] == [
            (answer.key, keys.count(answer.key))
            for answer in reversed(used.answer_set_of(used.criterion(criterion.id)).answers)
        ]
        least = used.core_min_level(used.criterion(criterion.id))
        assert criterion.met == sum(level_of(used, criterion.id, key) >= least for key in keys)
        assert criterion.not_applicable == sum(criterion.id in line.not_applicable for line in LINES)


def test_change_is_told_on_unchanged_criteria_only() -> None:
    assert FACTS.criteria_set.changed == CHANGED
    for criterion in FACTS.criteria:
        if criterion.id in CHANGED:
            assert criterion.movement is None
            continue
        pairs = [
            (
                level_of(shipped(), criterion.id, line.previous.criteria[criterion.id]),
                level_of(shipped(), criterion.id, line.criteria[criterion.id]),
            )
            for line in LINES
            if line.previous and criterion.id in line.criteria and criterion.id in line.previous.criteria
        ]
        assert criterion.movement is not None
        assert criterion.movement.compared == len(pairs)
        assert criterion.movement.risen == sum(after > before for before, after in pairs)
        assert criterion.movement.fallen == sum(after < before for before, after in pairs)
    assert all(cell.earlier is None for line in FACTS.lines for cell in line.criteria if cell.criterion in CHANGED)


def test_answers_to_changed_criteria_move_no_change() -> None:
    used = shipped()
    turned = [
        replace(
            line,
            criteria={
                key: used.answer_set_of(used.criterion(key)).answers[0].key if key in CHANGED else value
                for key, value in line.criteria.items()
            },
        )
        for line in LINES
    ]
    facts = coordinator_facts(used, turned, edition=EDITION, earlier=EARLIER)
    assert [line.change for line in facts.lines] == [line.change for line in FACTS.lines]
    assert facts.overall_movement == FACTS.overall_movement


def test_change_equals_the_difference_of_scores_when_nothing_changed_and_everything_applies() -> None:
    used = shipped()
    top = {c.id: used.answer_set_of(c).top.key for c in used.criteria}
    low = {
        c.id: used.answer_set_of(c).answers[1 if len(used.answer_set_of(c).answers) > 2 else 0].key
        for c in used.criteria
    }
    now, then = score(used, top), score(used, low)
    line = LINES[0]
    assert line.previous is not None
    previous = replace(line.previous, criteria=low)
    line = replace(
        line, criteria=top, not_applicable=(), profile={}, themes=now.by_theme, overall=now.overall, previous=previous
    )
    facts = coordinator_facts(used, [line], edition=EDITION, earlier=EarlierCycle(name="Before", criteria_set=used))
    assert facts.lines[0].change == now.overall - then.overall
    for theme in facts.lines[0].themes:
        after, before = now.by_theme[theme.theme], then.by_theme[theme.theme]
        assert after is not None
        assert before is not None
        assert theme.change == after - before


def test_another_major_version_or_set_is_not_compared() -> None:
    used = shipped()
    assert unchanged_criteria(used, used) == {criterion.id for criterion in used.criteria}
    assert unchanged_criteria(used, replace(used, version="9.0.0")) == frozenset()
    assert unchanged_criteria(used, replace(used, id="another")) == frozenset()
    assert unchanged_criteria(used, earlier_set(used)) == {c.id for c in used.criteria} - set(CHANGED)


def test_nothing_at_all_is_compared_across_major_versions() -> None:
    before = EarlierCycle(name="Before", criteria_set=replace(shipped(), version="9.0.0"))
    facts = coordinator_facts(shipped(), LINES, edition=EDITION, earlier=before)
    assert (facts.earlier_cycle, facts.overall_movement, facts.criteria_set.changed) == ("", None, ())
    assert all(level.earlier_count is None for level in facts.levels)
    assert facts == coordinator_facts(shipped(), some_lines(22, earlier=False), edition=EDITION)


@pytest.mark.parametrize("part", ["descriptors", "answer_sets"])
def test_other_descriptors_or_steps_make_a_criterion_another(part: str) -> None:
    used = shipped()
    if part == "descriptors":
        first = used.criteria[0]
        other = replace(first, descriptors=((first.descriptors[0][0], "otherwise"), *first.descriptors[1:]))
        before = replace(used, criteria=(other, *used.criteria[1:]))
        assert unchanged_criteria(used, before) == {c.id for c in used.criteria[1:]}
    else:
        sets = tuple(
            replace(s, answers=(replace(s.answers[0], points=Fraction(1, 9)), *s.answers[1:])) for s in used.answer_sets
        )
        assert unchanged_criteria(used, replace(used, answer_sets=sets)) == frozenset()


def test_indicators_leave_small_numbers_out() -> None:
    for indicator in FACTS.indicators:
        figures = [line.indicators[indicator.id] for line in LINES if indicator.id in line.indicators]
        enough = [figure.value for figure in figures if figure.cases is None or figure.cases >= 10]
        assert indicator.lines == len(figures)
        assert indicator.too_few == len(figures) - len(enough)
        assert indicator.cases == sum(figure.cases or 0 for figure in figures)
        assert indicator.spread is not None
        assert indicator.spread.median == statistics.median(enough)
    for line in FACTS.lines:
        assert all(entry.value is None for entry in line.indicators if entry.cases is not None and entry.cases < 10)


def test_indices_are_means_of_equal_weight() -> None:
    used = shipped()
    for index in FACTS.indices:
        values = []
        for line in LINES:
            points = [
                used.answer_set_of(used.criterion(c)).answer(line.criteria[c])
                for c in index.criteria
                if c in line.criteria
            ]
            values.append(statistics.mean([100 * answer.points for answer in points if answer is not None]))
        assert index.spread is not None
        assert index.spread.median == statistics.median(values)


def test_confirmed_against_claimed() -> None:
    chance = random.Random(3)
    lines = []
    for line in LINES:
        steps = {key: shipped().answer_set_of(shipped().criterion(key)).answers for key in line.criteria}
        lines.append(replace(line, self_assessed={key: chance.choice(steps[key]).key for key in line.criteria}))
    facts = coordinator_facts(shipped(), lines, edition=EDITION)
    differences = [
        level_of(shipped(), key, line.criteria[key]) - level_of(shipped(), key, line.self_assessed[key])
        for line in lines
        for key in line.criteria
    ]
    assert facts.confirmed.answers == len(differences)
    assert facts.confirmed.raised == sum(difference > 0 for difference in differences)
    assert facts.confirmed.lowered == sum(difference < 0 for difference in differences)
    assert facts.confirmed.as_claimed == sum(difference == 0 for difference in differences)


def _near_a_limit(count: int) -> list[AssessedLine]:
    """Lines with every core criterion just met and the others so that the overall score falls on both sides of 70."""
    used, chance = shipped(), random.Random(5)
    found = []
    for _ in range(count):
        keys = {}
        for criterion in used.criteria:
            steps = used.answer_set_of(criterion).answers
            least = next(step.key for step in steps if step.level >= used.core_min_level(criterion))
            keys[criterion.id] = least if criterion.core or chance.random() < 0.5 else steps[(len(steps) - 1) // 2].key
        found.append(replace(LINES[0], criteria=keys, not_applicable=(), profile={}))
    return found


def test_stability_equals_judging_every_pair_of_themes() -> None:
    used = shipped()
    pairs = list(theme_pairs(used))
    assert len(pairs) == 56
    moved = 0
    for line in [*some_lines(8, seed=11), *_near_a_limit(30)]:
        scored = score(used, line.criteria, line.not_applicable, line.profile)
        now = judge(used, scored, line.circumstances).level
        reached = set()
        for giver, taker in pairs:
            weights = {theme.id: Fraction(theme.weight) for theme in used.themes}
            weights[giver] -= 5
            weights[taker] += 5
            rated = {key: value for key, value in scored.by_theme.items() if value is not None}
            overall = sum(weights[key] * value for key, value in rated.items()) / sum(weights[key] for key in rated)
            assert overall == shifted_overall(used, scored, giver, taker, 5)
            reached.add(judge(used, replace(scored, overall=overall), line.circumstances).level)
        assert set(other_levels(used, scored, line.circumstances)) == reached - {now}
        moved += bool(reached - {now})
    assert moved, "the sample has a line whose level hangs on the weights"


def test_lines_are_read_once_and_stand_in_alphabetical_order() -> None:
    reader = iter(LINES)
    facts = coordinator_facts(shipped(), reader, edition=EDITION)
    assert next(reader, None) is None
    assert facts.counted == 22
    assert [line.name for line in facts.lines] == sorted(line.name for line in LINES)


def test_an_empty_cycle_has_empty_figures() -> None:
    facts = coordinator_facts(shipped(), [], edition=EDITION)
    assert (facts.counted, facts.overall, facts.lines, facts.earlier_cycle) == (0, None, (), "")
    assert statements(facts) == ()
    assert comparison_facts_from_text(comparison_facts_to_text(facts)) == facts


def test_facts_survive_as_text() -> None:
    text = comparison_facts_to_text(FACTS)
    assert comparison_facts_from_text(text) == FACTS
    assert comparison_facts_to_text(comparison_facts_from_text(text)) == text
    for broken in ("{}", "[]", '{"audience":"coordinator"}', "no json", text.replace('"coordinator"', '"everybody"')):
        with pytest.raises(ValueError, match=r"facts|Expecting|Audience"):
            comparison_facts_from_text(broken)


def test_every_statement_follows_from_the_figures() -> None:
    found = {statement.kind: statement for statement in statements(FACTS)}
    movement = FACTS.overall_movement
    assert movement is not None
    assert movement.before is not None
    assert movement.after is not None
    change = movement.after.median - movement.before.median
    expected = StatementKind.MEDIAN_STEADY
    if abs(change) >= 3:
        expected = StatementKind.MEDIAN_ROSE if change > 0 else StatementKind.MEDIAN_FELL
    assert expected in found
    assert (found[StatementKind.MOVED].count, found[StatementKind.MOVED].second) == (movement.risen, movement.fallen)
    medians = {theme.id: theme.spread.median for theme in FACTS.themes if theme.spread}
    assert found[StatementKind.LOWEST_THEME].value == min(medians.values())
    assert medians[found[StatementKind.LOWEST_THEME].subject] == min(medians.values())
    assert found[StatementKind.BELOW_FLOOR].second == sum(theme.below_floor or 0 for theme in FACTS.themes)
    shares = {criterion.id: criterion.share_met for criterion in FACTS.criteria}
    assert shares[found[StatementKind.WEAKEST_CRITERION].subject] == min(
        share for share in shares.values() if share is not None
    )
    weakest = weakest_criteria(FACTS, 47)
    assert [c.share_met for c in weakest] == sorted(share for share in shares.values() if share is not None)
    assert strongest_criteria(FACTS, 1)[0].share_met == max(share for share in shares.values() if share is not None)


# What lines and the public do not see -----------------------------------------------------------------------------


def _lines_by_name(value: Any) -> set[str]:
    """Every text in facts, however deep."""
    if isinstance(value, str):
        return {value}
    if is_dataclass(value) and not isinstance(value, type):
        return set().union(*(_lines_by_name(getattr(value, entry.name)) for entry in fields(value)))
    if isinstance(value, (tuple, list)):
        return set().union(*(_lines_by_name(entry) for entry in value))
    return set()


def published(count: int, seed: int = 1) -> tuple[ComparisonFacts, ComparisonFacts, list[AssessedLine]]:
    lines = some_lines(count, seed)
    public = public_facts(shipped(), lines, edition=EDITION, earlier=EARLIER)
    own = line_facts(shipped(), lines, line=lines[0].line, edition=EDITION, earlier=EARLIER)
    return public, own, lines


def test_the_public_sees_no_line_and_a_line_sees_itself_only() -> None:
    public, own, lines = published(22)
    others = {line.name for line in lines[1:]} | {line.line for line in lines[1:]}
    assert public.lines == ()
    assert not _lines_by_name(public) & (others | {lines[0].name, lines[0].line})
    assert [line.name for line in own.lines] == [lines[0].name]
    assert not _lines_by_name(own) & others
    with pytest.raises(Missing):
        line_facts(shipped(), lines, line="nobody", edition=EDITION)


def test_totals_of_the_two_reports_are_the_same_so_subtracting_them_tells_nothing() -> None:
    for count, seed in itertools.product((3, 7, 22), (1, 2)):
        public, own, _ = published(count, seed)
        assert replace(own, audience=public.audience, lines=()) == public


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("count", [3, 6, 12, 22])
def test_no_small_group_is_shown_or_left_by_subtraction(count: int, seed: int) -> None:
    public, _, _ = published(count, seed)
    full = coordinator_facts(shipped(), some_lines(count, seed), edition=EDITION, earlier=EARLIER)
    tables: list[tuple[list[int | None], int]] = [([level.count for level in public.levels], count)]
    for criterion, known in zip(public.criteria, full.criteria, strict=True):
        outside = count - (known.counted or 0) - (known.not_applicable or 0)
        tables.append(([criterion.met], count))
        if criterion.met is not None and criterion.counted is not None:
            tables.append(([criterion.met, criterion.counted - criterion.met], count))
        if criterion.counted is not None:
            tables.append(([criterion.counted, criterion.not_applicable, outside], count))
        assert criterion.answers == ()
        assert criterion.raised is criterion.lowered is None
    for theme in public.themes:
        tables += [([theme.below_floor], count), ([theme.not_rated], count), ([theme.lowest_of], count)]
        assert theme.scores == ()
        assert theme.spread is None or count >= 5
    tables += [([public.stoppers_met], count), ([public.core_met], count), ([public.stability.changing], count)]
    for cells, total in tables:
        assert all(cell is None or cell == 0 or cell >= 5 for cell in cells), cells
        left = total - sum(cell for cell in cells if cell is not None)
        assert left == 0 or left >= 5 or None not in cells or all(cell is None for cell in cells), cells
    assert all(level.earlier_count is None and level.lines == () for level in public.levels)
    for movement in [theme.movement for theme in public.themes] + [criterion.movement for criterion in public.criteria]:
        if movement is not None and movement.risen is not None:
            assert movement.risen == 0 or movement.risen >= 5
    if count < 5:
        assert public.overall is None
        assert all(level.count is None for level in public.levels)


def test_statements_never_speak_of_what_is_withheld() -> None:
    public, _, _ = published(3)
    kinds = {statement.kind for statement in statements(public)}
    assert kinds <= {StatementKind.CONFIRMED, StatementKind.PRACTICE}
