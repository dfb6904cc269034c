"""The answer sheet on paper: every answer in words, or the same questions with room to write."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from audit.documents.answer_sheet import make
from audit.documents.finish import FACTS_NAME, attached_files
from audit.domain.answer_sheet import AnswerSheetFacts, from_text, to_text
from tests.documents.reading import pages_of, problems, tags_of, text_of, unembedded_fonts
from tests.spreadsheets.sheets import a_sheet

FULL = a_sheet()
BLANK = a_sheet(blank=True)


@pytest.mark.parametrize(("facts", "code"), [(FULL, "en"), (BLANK, "en"), (FULL, "ar-XB"), (BLANK, "ar-XB")])
def test_both_standards_accept_it(facts: AnswerSheetFacts, code: str, tmp_path: Path) -> None:
    content = make(to_text(facts), code)
    assert problems(content) == []
    assert unembedded_fonts(content, tmp_path) == []
    assert tags_of(content).count("/H1") == 1


def test_every_answer_stands_in_it_and_the_facts_go_with_it() -> None:
    content = make(to_text(FULL), "en")
    text = " ".join(text_of(content).split())
    for one in FULL.criteria:
        assert one.id in text
        for line in one.justification.split("\n"):
            assert " ".join(line.split()) in text, one.id
    assert "A draft, as it stood on 2 March 2026." in text
    assert from_text(attached_files(content)[FACTS_NAME].decode()) == FULL


def test_a_signed_sheet_says_by_whom_and_when() -> None:
    signed = replace(
        FULL,
        signed_by="Manager of the line",
        signed_at=datetime(2026, 3, 1, tzinfo=UTC).isoformat(),
        due_on=date(2026, 6, 1),
    )
    assert "Signed by Manager of the line on 1 March 2026." in " ".join(text_of(make(to_text(signed), "en")).split())


def test_the_blank_form_asks_and_holds_no_answer() -> None:
    content = make(to_text(BLANK), "en")
    text = text_of(content)
    for one in BLANK.criteria:
        assert one.id in text
    assert "Written on the train" not in text
    assert attached_files(content) == {}
    assert pages_of(content) >= 2


def test_the_same_facts_give_the_same_bytes() -> None:
    assert make(to_text(FULL), "en") == make(to_text(FULL), "en")
