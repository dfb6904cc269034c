"""What the people of a line write to each other is read by nobody else: not on a page, in a file or in a letter."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

import pytest
from flask import Flask
from sqlalchemy import select

from audit.persistence.queries import assessments, people
from audit.persistence.tables import JournalEntry, Letter, Note, Submission
from audit.usecases import teamwork
from tests.building import AT, small_set
from tests.house.test_words import addresses
from tests.house.town import VISITORS, Town
from tests.web.strict import StrictVisitor

MARKER = "zwetschgenknoedel"
INSIDE = ("manager", "contributor")
OUTSIDE = tuple(kind for kind in VISITORS if kind not in INSIDE)


@pytest.fixture(scope="module", autouse=True)
def written(house: Flask, town_file: Any) -> None:
    """A note with a word that stands nowhere else, on every line that has a self-assessment."""
    town: Town = town_file[1]
    with house.extensions["plumbline"].sessions.writing() as session:
        for of in (town.first, town.second, *town.more.values()):
            assessment = assessments.for_page(session, of.assessment)
            assert assessment is not None
            author = people.people_of_line(session, assessment.line)[0].person
            for criterion in small_set().criteria:
                teamwork.write_note(
                    session, assessment, small_set(), criterion.id, f"The {MARKER} note.", actor=author, at=AT
                )


def readable(content: bytes) -> str:
    """Everything that can be read in an answer, also within a spreadsheet or another packed file."""
    text = content.decode("utf-8", "replace")
    try:
        with ZipFile(BytesIO(content)) as packed:
            return text + "".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    except BadZipFile:
        return text


def read_everything(house: Flask, town: Town, browser: StrictVisitor) -> Iterator[tuple[str, str]]:
    """Each address with a GET, whatever comes."""
    for path in addresses(house, town):
        answer = browser.get(path, loose=True)
        if answer.status_code == 200:
            yield path, readable(answer.data)


@pytest.mark.parametrize("visitor", [None, *OUTSIDE])
def test_nobody_outside_reads_a_note(
    house: Flask, town: Town, browser_of: Callable[..., StrictVisitor], visitor: str | None
) -> None:
    own = {"manager_elsewhere": town.second.line}.get(visitor or "")  # their own line's notes are theirs to read
    found = [
        path
        for path, text in read_everything(house, town, browser_of(visitor))
        if MARKER in text and not (own and path.startswith(f"/lines/{own}/"))
    ]
    assert found == []


def test_the_line_reads_its_notes_on_cards_and_on_their_own_page_only(
    house: Flask, town: Town, browser_of: Callable[..., StrictVisitor]
) -> None:
    """The search finds what it looks for, and what the line takes away (sheets, papers, copies) holds no note."""
    found = [path for path, text in read_everything(house, town, browser_of("contributor")) if MARKER in text]
    here = f"/lines/{town.first.line}/assessments/{town.first.assessment}"
    assert sorted(found) == sorted([f"{here}/GOV", f"{here}/criteria/GOV-01/notes"])


def test_no_record_beside_the_notes_holds_one(house: Flask) -> None:
    with house.extensions["plumbline"].sessions.reading() as session:
        assert MARKER in "".join(session.scalars(select(Note.text)))
        kept = [
            *session.scalars(select(Submission.snapshot)),
            *session.scalars(select(JournalEntry.payload)),
            *(json.dumps(parameters) for parameters in session.scalars(select(Letter.parameters))),
        ]
    assert kept and not any(MARKER in text for text in kept)
