"""Answer sheets of the small criteria set, without a database, and hands that type into their cells."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import openpyxl

from audit.domain.answer_sheet import (
    FORMAT,
    AnswerSheetFacts,
    SheetCriterion,
    SheetEvidence,
    SheetTheme,
    criterion_of,
)
from audit.domain.answers import Answer, AnswerStatus
from audit.domain.criteria import CriteriaSet, Criterion
from audit.spreadsheets import Workbooks
from tests.building import AT, figures_for, small_set

PROFILE = {"model": "filter", "channels": ["form", "phone"]}
ASSESSMENT = "a" * 22
SET_HASH = "0" * 64


def some_answers() -> dict[str, Answer]:
    """An answer of each kind: a level, figures, not applicable, don't know yet; words that look like formulas."""
    criteria_set = small_set()
    answers: dict[str, Answer] = {}
    for criterion in criteria_set.applicable(PROFILE):
        answer_set = criteria_set.answer_set_of(criterion)
        answers[criterion.id] = Answer(
            status=AnswerStatus.ANSWERED,
            key=answer_set.answers[-1].key,
            justification=f"=Written on the train\nfor {criterion.id}; +1 & <more> “quoted”.",
            figures=figures_for(criteria_set, criterion.id) if criterion.indicators else (),
            summary="@home",
            language="fr",
        )
    return answers


def a_sheet(
    answers: Mapping[str, Answer] | None = None, *, blank: bool = False, criteria_set: CriteriaSet | None = None
) -> AnswerSheetFacts:
    """The facts of a sheet with the answers given (or one of each kind), each at version 1."""
    criteria_set = criteria_set or small_set()
    given = {} if blank else (some_answers() if answers is None else answers)
    themes = []
    for theme in criteria_set.themes:
        criteria = tuple(
            _criterion(criteria_set, one, given.get(one.id))
            for one in criteria_set.applicable(PROFILE)
            if one.theme == theme.id
        )
        if criteria:
            themes.append(SheetTheme(id=theme.id, title=theme.title, criteria=criteria))
    return AnswerSheetFacts(
        format=FORMAT,
        blank=blank,
        assessment=ASSESSMENT,
        line_name="Sample line Austria",
        line_name_latin="",
        cycle_name="2026",
        criteria_set=SET_HASH,
        criteria_set_title=criteria_set.title,
        criteria_set_version=criteria_set.version,
        language="en",
        state="draft",
        due_on=date(2026, 5, 31),
        made_at=AT.isoformat(),
        signed_by="",
        signed_at="",
        snapshot_hash="",
        network="Sample network",
        sample=True,
        themes=tuple(themes),
    )


def _criterion(criteria_set: CriteriaSet, criterion: Criterion, given: Answer | None) -> SheetCriterion:
    lowest = criteria_set.answer_set_of(criterion).answers[0].title
    shown = (SheetEvidence(kind="Policy", title="Our policy"), SheetEvidence(kind="Log", title="", locked=True))
    return criterion_of(
        criteria_set,
        criterion,
        given or Answer(),
        version=0 if given is None else 1,
        opens_on=date(2026, 3, 2),
        evidence=() if given is None else shown,
        before=None if given is None else ("2025", lowest, "", lowest, ""),
    )


def written(facts: AnswerSheetFacts | None = None, language: str = "en") -> bytes:
    return Workbooks().write(facts or a_sheet(), language)


def opened(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def table(book: Any, name: str) -> Any:
    """The sheet of a table: answer or figure."""
    return next(one for one in book if str(one["A1"].value).startswith(f"{name}:"))


def cell(book: Any, name: str, row_id: str, key: str, *, id_column: int = 1) -> Any:
    """The cell of a row and a key."""
    sheet = table(book, name)
    column = next(one.column for one in sheet[1] if one.value == f"{name}:{key}")
    row = next(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, id_column).value == row_id)
    return sheet.cell(row, column)


def put(book: Any, criterion: str, key: str, value: Any) -> None:
    """Type into the answer cell of a criterion; a text stays a text, written as spreadsheet programs write it."""
    one = cell(book, "answer", criterion, key)
    one.value = re.sub(r"_x([0-9A-Fa-f]{4})_", r"_x005F_x\1_", value) if isinstance(value, str) else value
    if isinstance(value, str):
        one.data_type = "s"
