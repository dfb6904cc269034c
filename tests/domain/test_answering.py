"""Which answers can be saved: every figure is checked, every text is kept, nothing that is refused half-passes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.domain.answering import checked
from audit.domain.answers import Answer, AnswerStatus, Figure, FigureSource
from audit.domain.errors import InvalidInput
from tests.building import an_answer, small_set

SET = small_set()
TODAY = date(2026, 3, 2)
RATE = Figure(
    indicator="IND-01",
    numerator="98",
    denominator="100",
    period_from="2025-01-01",
    period_to="2025-12-31",
    source=FigureSource.LOG_EXTRACT,
)
MEDIAN = replace(RATE, indicator="IND-02", numerator="4.5", denominator="12")


def _checked(answer: Answer, criterion: str = "HND-01") -> Answer:
    return checked(SET, {}, criterion, answer, today=TODAY)


@pytest.mark.parametrize(
    ("figures", "key"),
    [
        ((RATE, MEDIAN), "full"),
        ((RATE, replace(MEDIAN, numerator="24")), "full"),
        ((RATE, replace(MEDIAN, numerator="24.000001")), "mostly"),
        ((replace(RATE, numerator="84"), MEDIAN), "none"),
        ((replace(RATE, numerator="1", denominator="2"), MEDIAN), "full"),  # too few to grade: the median decides
        (
            (replace(RATE, numerator="1", denominator="2"), replace(MEDIAN, denominator="3")),
            "partly",
        ),  # the line's word
    ],
)
def test_the_level_follows_from_the_figures(figures: tuple[Figure, ...], key: str) -> None:
    given_key = "partly"
    answer = Answer(status=AnswerStatus.ANSWERED, key=given_key, justification="Counted.", figures=figures)
    assert _checked(answer).key == key


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (replace(RATE, numerator=""), "enter a number"),
        (replace(RATE, numerator="NaN"), "enter a number"),
        (replace(RATE, numerator="1/2"), "enter a number"),
        (replace(RATE, numerator="٣"), "enter a number"),
        (replace(RATE, numerator="9" * 14), "enter a number"),
        (replace(RATE, denominator=None), "both numbers"),
        (replace(RATE, denominator="0"), "greater than zero"),
        (replace(RATE, numerator="0.5"), "whole numbers"),
        (replace(RATE, denominator="100.5"), "whole numbers"),
        (replace(RATE, numerator="101"), "cannot be greater"),
        (replace(MEDIAN, denominator="1.5"), "whole numbers"),
        (replace(RATE, period_from="2026-01-01"), "ends before it begins"),
        (replace(RATE, period_to="2026-03-03"), "in the future"),
        (replace(RATE, period_to="31.12.2025"), "first and the last day"),
        (replace(RATE, period_to="20251231"), "first and the last day"),
        (replace(RATE, period_to="2025-W52-3"), "first and the last day"),
        (replace(RATE, indicator="IND-03"), "does not belong"),
    ],
)
def test_a_figure_that_cannot_be_says_why(figure: Figure, said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as refusal:
        _checked(Answer(status=AnswerStatus.ANSWERED, figures=(figure,)))
    assert refusal.value.field == f"figure-{figure.indicator}"


def test_two_periods_may_stand_side_by_side_but_not_the_same_twice() -> None:
    earlier = replace(RATE, period_from="2024-01-01", period_to="2024-12-31")
    assert len(_checked(Answer(status=AnswerStatus.ANSWERED, figures=(RATE, earlier))).figures) == 2
    with pytest.raises(InvalidInput, match="same period"):
        _checked(Answer(status=AnswerStatus.ANSWERED, figures=(RATE, RATE)))


def test_not_applicable_and_unknown_carry_no_level() -> None:
    for status in (AnswerStatus.NOT_APPLICABLE, AnswerStatus.UNKNOWN):
        saved = _checked(Answer(status=status, key="yes", justification="Because."), "GOV-02")
        assert (saved.status, saved.key) == (status, None)
    with pytest.raises(InvalidInput, match="applies to every line"):
        _checked(Answer(status=AnswerStatus.NOT_APPLICABLE, justification="Because."), "HND-02")


def test_an_equivalent_measure_only_where_admitted() -> None:
    assert _checked(replace(an_answer(SET, "HND-02"), equivalent=True), "HND-02").equivalent
    with pytest.raises(InvalidInput, match="no equivalent"):
        _checked(replace(an_answer(SET, "GOV-01"), equivalent=True), "GOV-01")


@pytest.mark.parametrize("language", ["", "x", "english language", "en_GB", "../en", "a" * 13])
def test_a_language_is_a_code(language: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        _checked(replace(an_answer(SET, "GOV-01"), language=language), "GOV-01")
    assert refusal.value.field == "language"


@given(st.text(max_size=400))
def test_any_text_is_kept_but_for_what_no_page_can_show(text: str) -> None:
    kept = _checked(replace(an_answer(SET, "GOV-01"), justification=text), "GOV-01").justification
    assert _checked(replace(an_answer(SET, "GOV-01"), justification=kept), "GOV-01").justification == kept
    assert set(kept) <= set(text) | {"\n"}
    kept.encode()
    assert "\0" not in kept and "\r" not in kept


@given(
    numerator=st.integers(0, 10**6),
    denominator=st.integers(1, 10**6),
)
def test_a_rate_is_accepted_exactly_when_it_is_one(numerator: int, denominator: int) -> None:
    figure = replace(RATE, numerator=str(numerator), denominator=str(denominator))
    answer = Answer(status=AnswerStatus.ANSWERED, figures=(figure,))
    if numerator <= denominator:
        assert _checked(answer).figures == (figure,)
    else:
        with pytest.raises(InvalidInput):
            _checked(answer)
