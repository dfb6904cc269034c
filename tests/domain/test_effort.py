"""The estimate of time: more to do takes longer, in round numbers."""

from __future__ import annotations

from fractions import Fraction

from audit.domain.effort import Effort, effort
from tests.domain.sets import shipped, small


def test_nothing_takes_no_time_and_everything_is_rounded_up_to_five() -> None:
    assert effort(()) == Effort(minutes=0)
    for criterion in small().criteria:
        assert effort([criterion]).minutes % 5 == 0 and effort([criterion]).minutes > 0


def test_figures_and_evidence_take_time_of_their_own() -> None:
    plain, measured = small().criterion("GOV-01"), small().criterion("HND-01")
    assert effort([measured]).minutes > effort([plain]).minutes


def test_more_criteria_never_take_less_time() -> None:
    for theme in shipped().themes:
        criteria = shipped().of_theme(theme.id)
        steps = [effort(criteria[:count]).minutes for count in range(len(criteria) + 1)]
        assert steps == sorted(steps)


def test_a_long_part_is_said_in_half_hours() -> None:
    assert Effort(minutes=90).hours is None
    assert Effort(minutes=95).hours == Fraction(3, 2)
    assert Effort(minutes=105).hours == Fraction(2) and Effort(minutes=200).hours == Fraction(7, 2)
