"""The result sheet: every figure behind a decision, in words, for the line alone."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from audit.documents.finish import FACTS_NAME, attached_files
from audit.documents.result_sheet import lede, make, rules_by_level
from audit.domain.certification import ResultSheetFacts, facts_to_text, result_sheet_facts_from_text
from audit.domain.criteria import RuleKind
from audit.language import language
from tests.documents.reading import pages_of, problems, tags_of, text_of, unembedded_fonts
from tests.documents.result_samples import REFUSED, RESULT

ENGLISH = language("en")


@pytest.mark.parametrize(("facts", "code"), [(RESULT, "en"), (REFUSED, "en"), (RESULT, "ar-XB")])
def test_both_standards_accept_it(facts: ResultSheetFacts, code: str, tmp_path: Path) -> None:
    content = make(facts_to_text(facts), code)
    assert problems(content) == []
    assert unembedded_fonts(content, tmp_path) == []
    assert pages_of(content) >= 2
    assert tags_of(content).count("/H1") == 1
    assert result_sheet_facts_from_text(attached_files(content)[FACTS_NAME].decode()) == facts


def test_strengths_stand_before_what_is_to_mend() -> None:
    text = text_of(make(facts_to_text(RESULT), "en"))
    in_order = (
        "Result sheet, audit cycle 2026",
        "Sample line Austria",
        "The overall score is 85.0 of 100.",
        "Strengths",
        "Why this level",
        "Theme results",
        "Findings and corrective actions",
        "Minor nonconformity. No rule says who writes back",
        "28 Feb 2027",
        "What would lift the level to Exemplary",
        "Mostly met → Fully met",
        "Criterion by criterion",
        "Indicators",
        "93.8%",
        "If you disagree",
        "13 October 2026",
    )
    at = 0
    for words in in_order:
        assert words in text[at:], f"{words!r} is missing or out of order"
        at = text.index(words, at)
    assert text.count("Confidential: for the line only. Sample") == pages_of(make(facts_to_text(RESULT), "en"))


def test_a_refused_line_reads_its_plan_and_why_the_rules_alone_said_otherwise() -> None:
    text = text_of(make(facts_to_text(REFUSED), "en"))
    assert "By the rules alone the level would be Conditional." in text
    assert "Begin with the stoppers" in text
    assert "stays in force" not in text


def test_every_rule_of_every_level_is_told_with_value_limit_and_verdict() -> None:
    levels = rules_by_level(RESULT, ENGLISH)
    assert [level.title for level in levels] == ["Conditional", "Certified", "Exemplary"]
    rows = {(level.title, row.name): row for level in levels for row in level.rows}
    assert rows["Exemplary", "The rules of Certified"].yours == "all met"
    core = rows["Exemplary", "Core criteria at their top level"]
    assert not core.holds and core.limit == "all" and core.against[0] == "HND-01"
    assert rows["Certified", "Overall score"].limit == "70 or more"
    assert rows["Certified", "Lowest theme"].yours == "76.3"
    assert rows["Conditional", "Core criteria not met, at level 1"].limit == "3 or fewer"
    assert rows["Conditional", "Plan of corrective actions accepted"].yours == "yes"
    assert rows["Certified", "Open major nonconformities"].yours == "none"
    assert rows["Exemplary", "Time as Certified, without a break"].yours == "36 months"


def test_every_kind_of_rule_has_words() -> None:
    from audit.documents.result_sheet import _RULES

    assert set(_RULES) == set(RuleKind)


def test_scores_are_shown_rounded_down() -> None:
    almost = replace(RESULT, overall=Fraction(69999, 1000))
    assert lede(almost, ENGLISH)[0] == "The overall score is 69.9 of 100."


def test_unmet_core_criteria_are_counted_in_words() -> None:
    rules = tuple(
        replace(rule, value=Fraction(2), holds=False) if rule.kind is RuleKind.CORE_MET else rule
        for rule in RESULT.rules
    )
    assert "25 of 27 core criteria are met." in lede(replace(RESULT, rules=rules), ENGLISH)
    assert "No finding is open." in lede(replace(RESULT, findings=()), ENGLISH)


def test_the_same_facts_give_the_same_bytes() -> None:
    assert make(facts_to_text(RESULT), "en") == make(facts_to_text(RESULT), "en")
