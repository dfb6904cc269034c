"""Answer sheets as spreadsheets: written with XlsxWriter, read only in a limited child process (audit.confined).

The reader is our own and small. It reads the few XML parts that hold cells, knows for each value which cell it stood
in and whether a formula made it, and stops at limits; a general library tells none of these, and would be one more
thing to trust with hostile files (measured in docs/answer-sheet.md).
"""

from __future__ import annotations

import json

from audit.confined import ask
from audit.domain.answer_sheet import AnswerSheetFacts, FilledSheet
from audit.domain.criteria import CriteriaSet
from audit.domain.errors import InvalidInput
from audit.spreadsheets.codes import LARGEST, REFUSALS, Refusal
from audit.spreadsheets.meaning import filled


class Workbooks:
    """The `AnswerSheets` of audit.ports."""

    def write(self, facts: AnswerSheetFacts, language: str) -> bytes:
        """The sheet as XLSX, its own words in a language."""
        from audit.spreadsheets.workbook import write

        return write(facts, language)

    def write_commas(self, facts: AnswerSheetFacts) -> bytes:
        """The answers as CSV, without their figures."""
        from audit.spreadsheets.commas import write

        return write(facts)

    def read(self, content: bytes, criteria_set: CriteriaSet) -> FilledSheet:
        """What a file holds, read by a criteria set. InvalidInput, in words, when it is no answer sheet."""
        if not content:
            raise _refused(Refusal.EMPTY)
        if len(content) > LARGEST:
            raise _refused(Refusal.TOO_LARGE)
        said = ask("audit.spreadsheets.child", content)
        answer = {"refused": Refusal.TOO_COMPLEX.value} if said is None else json.loads(said)
        if "refused" in answer:
            raise _refused(Refusal(answer["refused"]))
        return filled(answer, criteria_set)


def _refused(refusal: Refusal) -> InvalidInput:
    return InvalidInput(REFUSALS[refusal], field="file")
