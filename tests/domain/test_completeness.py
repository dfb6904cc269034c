"""What is missing before submission, reason by reason, and the text that a signature freezes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.domain.answers import Answer, AnswerStatus
from audit.domain.completeness import GapReason, gaps, is_reopened, reasons, snapshot_hash, snapshot_text
from tests.building import an_answer, small_set

SET = small_set()
FULL = an_answer(SET, "GOV-01")
G = GapReason


@pytest.mark.parametrize(
    ("criterion", "answer", "kinds", "expected"),
    [
        ("GOV-01", Answer(), (), (G.NOT_ANSWERED,)),
        ("GOV-01", Answer(justification="A text alone."), (), (G.NOT_ANSWERED,)),
        ("GOV-01", Answer(status=AnswerStatus.UNKNOWN, justification="Asking."), ("policy",), (G.UNKNOWN,)),
        ("GOV-02", Answer(status=AnswerStatus.NOT_APPLICABLE), (), (G.NOT_APPLICABLE_REASON,)),
        ("GOV-02", Answer(status=AnswerStatus.NOT_APPLICABLE, justification="New line."), (), ()),
        ("GOV-01", an_answer(SET, "GOV-01", level=0), (), ()),
        ("GOV-01", an_answer(SET, "GOV-01", level=1), (), ()),
        ("GOV-01", an_answer(SET, "GOV-01", level=2), (), (G.EVIDENCE,)),
        ("GOV-01", an_answer(SET, "GOV-01", level=2), ("procedure",), (G.EVIDENCE,)),
        ("GOV-01", an_answer(SET, "GOV-01", level=2), ("policy",), ()),
        ("GOV-01", replace(FULL, justification=" \n"), ("policy",), (G.JUSTIFICATION, G.PRACTICE_EVIDENCE)),
        ("GOV-01", FULL, (), (G.EVIDENCE,)),
        ("GOV-01", FULL, ("policy",), (G.PRACTICE_EVIDENCE,)),
        ("GOV-01", FULL, ("policy", "declaration"), (G.PRACTICE_EVIDENCE,)),
        ("GOV-01", FULL, ("policy", "statistics"), ()),
        ("GOV-01", FULL, ("viewed_live",), ()),
        ("GOV-02", an_answer(SET, "GOV-02"), ("url",), ()),
        ("GOV-02", an_answer(SET, "GOV-02"), (), (G.EVIDENCE,)),
        ("HND-01", Answer(), (), (G.FIGURES,)),
        ("HND-01", replace(an_answer(SET, "HND-01"), figures=an_answer(SET, "HND-01").figures[:1]), (), (G.FIGURES,)),
        ("HND-01", an_answer(SET, "HND-01"), ("statistics",), ()),
        ("HND-01", an_answer(SET, "HND-01", level=0), (), ()),
        ("HND-03", replace(an_answer(SET, "HND-03"), key="full"), ("procedure",), (G.NOT_ANSWERED,)),
    ],
)
def test_each_answer_lacks_what_it_lacks(
    criterion: str, answer: Answer, kinds: tuple[str, ...], expected: tuple[GapReason, ...]
) -> None:
    assert reasons(SET, SET.criterion(criterion), answer, frozenset(kinds)) == expected


def test_gaps_follow_the_order_of_the_set_and_the_profile() -> None:
    everything = gaps(SET, {}, {}, {})
    assert [gap.criterion for gap in everything] == [criterion.id for criterion in SET.criteria]
    narrow = gaps(SET, {"model": "direct", "channels": ["phone"]}, {}, {})
    assert {gap.criterion for gap in everything} - {gap.criterion for gap in narrow} == {"HND-03", "ACC-02"}


def test_nothing_is_missing_when_everything_is_there() -> None:
    answers = {criterion.id: an_answer(SET, criterion.id) for criterion in SET.criteria}
    assert gaps(SET, {}, answers, {criterion.id: ("viewed_live",) for criterion in SET.criteria}) == ()


_plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=5), inside, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=8), _plain, max_size=6))
def test_one_content_has_one_text_and_one_hash(facts: dict[str, object]) -> None:
    turned = dict(reversed(facts.items()))
    assert snapshot_text(facts) == snapshot_text(turned)
    assert snapshot_hash(snapshot_text(facts)) == snapshot_hash(snapshot_text(turned))
    changed = snapshot_text({**facts, "one more": 1})
    assert (snapshot_hash(changed) == snapshot_hash(snapshot_text(facts))) is (changed == snapshot_text(facts))


@pytest.mark.parametrize(
    ("named", "lapsed", "changed", "expected"),
    [
        ((), False, False, True),
        (("GOV-01",), False, False, True),
        (("GOV-02",), False, False, False),
        (("GOV-02",), True, False, True),
        (("GOV-02",), False, True, True),
    ],
)
def test_a_return_opens_what_it_names_and_what_no_longer_suffices(
    named: tuple[str, ...], lapsed: bool, changed: bool, expected: bool
) -> None:
    assert is_reopened(named, "GOV-01", lapsed=lapsed, changed=changed) is expected
