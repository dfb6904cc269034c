"""The case of a "not applicable" stands first in its reason, and is told apart again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from audit.domain.answers import Answer, AnswerStatus
from audit.domain.cases import case_apart, with_case
from audit.domain.completeness import GapReason, reasons
from tests.building import small_set

CASES = ("The police assess every report.", "The police assess every report at night.")


@pytest.mark.parametrize("at", [0, 1])
@pytest.mark.parametrize("text", ["", "Since 2019.", "Two\n\nparagraphs.", CASES[0]])
def test_what_is_put_together_comes_apart(at: int, text: str) -> None:
    assert case_apart(CASES, with_case(CASES[at], text)) == (at, text)


@pytest.mark.parametrize("text", ["", "Another reason.", f"{CASES[0]} And more.", f"We say: {CASES[0]}"])
def test_a_text_without_a_case_stays_as_it_is(text: str) -> None:
    assert case_apart(CASES, text) == (None, text)


def test_a_core_criterion_is_left_out_in_a_listed_case_only() -> None:
    """HND-03 of the small set lists one case; GOV-02 asks for any reason; a stopper offers neither."""
    assert small_set().criterion("HND-03").not_applicable_cases
    answer = Answer(status=AnswerStatus.NOT_APPLICABLE, justification="We have no time.")

    def missing(criterion: str, given: Answer) -> tuple[GapReason, ...]:
        return reasons(small_set(), small_set().criterion(criterion), given, frozenset())

    assert missing("HND-03", answer) == (GapReason.NOT_APPLICABLE_REASON,)
    (case,) = small_set().criterion("HND-03").not_applicable_cases
    assert missing("HND-03", replace(answer, justification=with_case(case, "By law."))) == ()
    assert missing("HND-03", replace(answer, justification=case)) == ()
    assert missing("GOV-02", answer) == ()
    assert all(not one.not_applicable for one in small_set().criteria if one.stopper)
