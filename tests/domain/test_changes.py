"""What changed since the last cycle: what is told, and what is not mistaken for a change."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from audit.domain.answers import Answer, AnswerStatus, Figure, FigureSource
from audit.domain.changes import AnswerChange, Item, Move, Part, RuleName, Versions, answer_change
from audit.domain.criteria import AnswerKey, CriteriaSet, Criterion
from audit.domain.differences import Change
from tests.domain.sets import small

LOW = AnswerKey(key="partly", level=1, points=Fraction(3, 10), title="Partly met")
HIGH = AnswerKey(key="full", level=3, points=Fraction(1), title="Fully met")


def said(key: AnswerKey | None = LOW, words: str = "We log every report.", **more: object) -> Answer:
    status = AnswerStatus.ANSWERED if key else AnswerStatus.NOT_APPLICABLE
    return replace(Answer(status=status, key=key.key if key else None, justification=words), **more)


def between(now: Answer, then: Answer, **more: object) -> AnswerChange:
    keys = {LOW.key: LOW, HIGH.key: HIGH, None: None}
    return answer_change(now, then, key_now=keys[now.key], key_then=keys[then.key], **more)


def test_the_same_answer_is_no_change_however_it_is_spaced() -> None:
    found = between(said(words="We log\n every report. "), said())
    assert not found.is_any and found.move is Move.SAME and found.words == ()


def test_a_level_moves_up_or_down_and_not_applicable_has_no_order() -> None:
    assert between(said(HIGH), said(LOW)).move is Move.UP
    assert between(said(LOW), said(HIGH)).move is Move.DOWN
    assert between(said(None), said(LOW)).move is Move.OTHER
    assert between(said(None), said(None)).move is Move.SAME


def test_another_name_of_the_same_level_is_no_move() -> None:
    renamed = replace(LOW, key="a_little", title="A little")
    now = said(renamed)
    found = answer_change(now, said(LOW), key_now=renamed, key_then=LOW)
    assert found.move is Move.SAME


def test_new_words_are_marked_word_by_word() -> None:
    found = between(said(words="We log every single report."), said())
    assert [(piece.change, piece.text.strip()) for piece in found.words if piece.change is not Change.SAME] == [
        (Change.ADDED, "single")
    ]
    assert found.is_said_anew


def test_evidence_is_added_renewed_or_taken_away() -> None:
    manual, newer = Item(id=1, title="Manual"), Item(id=7, title="Manual 2027", replaces=1)
    minutes, policy = Item(id=2, title="Minutes"), Item(id=3, title="Policy")
    found = between(said(), said(), items_now=[newer, policy], items_then=[manual, minutes]).evidence
    assert (found.added, found.renewed, found.taken_away) == ((policy,), (newer,), (minutes,))
    assert not between(said(), said(), items_now=[manual], items_then=[manual]).is_any
    only_shown = between(said(), said(), items_now=[policy])
    assert only_shown.is_shown_anew and not only_shown.is_said_anew


def figure(numerator: str, year: int = 2025, name: str = "IND-03") -> Figure:
    return Figure(
        indicator=name,
        numerator=numerator,
        denominator=None,
        period_from=f"{year}-01-01",
        period_to=f"{year}-12-31",
        source=FigureSource.LOG_EXTRACT,
    )


def test_figures_of_another_year_are_told_but_are_not_another_answer() -> None:
    now, then = said(figures=(figure("80", 2026),)), said(figures=(figure("70"), figure("4.50", name="IND-02")))
    found = between(now, then)
    assert [
        (one.indicator, one.then and one.then.numerator, one.now and one.now.numerator) for one in found.figures
    ] == [
        ("IND-03", "70", "80"),
        ("IND-02", "4.50", None),
    ]
    assert found.is_any and not found.is_shown_anew
    same = between(said(figures=(figure("4.5", 2026),)), said(figures=(figure("4.50"),)))
    assert same.figures == (), "the same figure in another year and another spelling"


def test_an_equivalent_measure_claimed_or_given_up_is_told() -> None:
    assert between(said(equivalent=True), said()).equivalent is True
    assert between(said(), said(equivalent=True)).equivalent is False


# What is asked


def changed(criteria_set: CriteriaSet, name: str, **changes: object) -> CriteriaSet:
    criteria = tuple(replace(one, **changes) if one.id == name else one for one in criteria_set.criteria)
    return replace(criteria_set, criteria=criteria)


def versions(now: CriteriaSet, then: CriteriaSet) -> Versions:
    return Versions(now=now, then=then, shown_now=now, shown_then=then)


def test_the_same_set_asks_the_same() -> None:
    both = versions(small(), small())
    assert both.changed({}) == () and both.added({}) == () and both.dropped({}) == ()


def test_changed_words_stand_beside_the_old_ones() -> None:
    old = small().criterion("GOV-01")
    now = changed(
        small(), "GOV-01", asks="The line has a mandate.", descriptors=(*old.descriptors[:-1], ("full", "All."))
    )
    found = versions(now, small()).change_of("GOV-01")
    assert found is not None and found.rules == ()
    assert [(text.part, text.then, text.now, text.level) for text in found.texts] == [
        (Part.ASKS, old.asks, "The line has a mandate.", ""),
        (Part.DESCRIPTOR, dict(old.descriptors)["full"], "All.", "Fully met"),
    ]


def test_each_rule_that_changes_is_named() -> None:
    for changes, rule in (
        ({"core": False}, RuleName.CORE),
        ({"stopper": True}, RuleName.STOPPER),
        ({"core_min_level": 3}, RuleName.CORE_MIN_LEVEL),
        ({"weight": 1}, RuleName.WEIGHT),
        ({"answer_set": "B"}, RuleName.STEPS),
        ({"not_applicable": True}, RuleName.NOT_APPLICABLE),
        ({"equivalent_allowed": True}, RuleName.EQUIVALENT),
        ({"evidence": ("url",)}, RuleName.EVIDENCE),
        ({"review_every_months": 6}, RuleName.REVIEW_MONTHS),
        ({"indicators": ("IND-03",)}, RuleName.INDICATORS),
    ):
        found = versions(changed(small(), "GOV-01", **changes), small()).change_of("GOV-01")
        assert found is not None and rule in found.rules, changes
        assert rule is RuleName.STEPS or found.rules == (rule,), found.rules


def test_help_and_reasons_may_be_mended_without_asking_anything_else() -> None:
    now = changed(small(), "GOV-01", why="Another reason.", evidence_help="More help.", sources=("Another",))
    assert versions(now, small()).change_of("GOV-01") is None


def test_a_better_translation_is_no_change_and_a_change_is_shown_translated() -> None:
    translated = changed(small(), "GOV-01", asks="Die Stelle hat einen schriftlichen Auftrag.")
    same = Versions(now=small(), then=small(), shown_now=translated, shown_then=small())
    assert same.change_of("GOV-01") is None
    source = changed(small(), "GOV-01", asks="The line has a mandate.")
    found = Versions(now=source, then=small(), shown_now=translated, shown_then=small()).change_of("GOV-01")
    assert found is not None and found.texts[0].now == "Die Stelle hat einen schriftlichen Auftrag."


def test_new_and_dropped_criteria_are_told_by_id_and_only_where_they_apply() -> None:
    fewer = replace(small(), criteria=tuple(one for one in small().criteria if one.id != "HND-03"))

    def ids(found: tuple[Criterion, ...]) -> list[str]:
        return [one.id for one in found]

    grown, shrunk = versions(small(), fewer), versions(fewer, small())
    assert ids(grown.added({"model": "filter"})) == ["HND-03"] and grown.is_new("HND-03")
    assert ids(grown.added({"model": "direct"})) == []
    assert ids(shrunk.dropped({"model": "filter"})) == ["HND-03"] and ids(shrunk.dropped({"model": "direct"})) == []
    assert grown.change_of("HND-03") is None and shrunk.change_of("HND-03") is None
