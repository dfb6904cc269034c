"""Usable at 50 kbit/s with 800 ms of delay: the page opens, an answer is saved, the next theme opens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from audit.persistence.tables import AnswerRow
from bench.ground import Ground
from bench.slow_line import line, one_answer
from tests.browsing import chromium


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Ground, str]]:
    with line() as found:
        yield found


@pytest.mark.parametrize("saves_data", [False, True])
def test_an_answer_is_given_over_a_slow_line(served: tuple[Ground, str], *, saves_data: bool) -> None:
    here, address = served
    words = f"Approved in May; data saved: {saves_data}."
    with chromium() as browser:
        seen = one_answer(browser, here, address, words=words, saves_data=saves_data)
    with here.app.extensions["plumbline"].sessions.reading() as session:
        statement = select(AnswerRow.justification).where(AnswerRow.criterion_id == here.asked[0])
        assert session.scalar(statement) == words
    assert bool(seen.fonts) is not saves_data
