"""What writer and reader agree on, and the closed list of reasons for which a file is refused."""

from __future__ import annotations

from enum import StrEnum

from audit.domain.errors import N_

LARGEST = 8 * 1024 * 1024  # bytes of an upload; a full answer sheet has about a tenth of a megabyte
MARK = "plumbline"  # the hidden sheet's name, and what stands in its first cell
ANSWERS, FIGURES = "answer", "figure"  # the tables, by the first half of the keys in their hidden rows
LEVELS, SPECIAL, LANGUAGES, SOURCES, YES = "levels", "special", "languages", "sources", "yes"  # lists of choices
NOT_APPLICABLE, UNKNOWN, FROM_FIGURES = "not_applicable", "unknown", "figures"

ANSWER_COLUMNS = (
    "id",
    "title",
    "asks",
    "weight",
    "guidance",
    "level",
    "justification",
    "language",
    "summary",
    "equivalent",
    "last",
    "confirmed",
)
FIGURE_COLUMNS = (
    "criterion",
    "indicator",
    "title",
    "above",
    "numerator",
    "below",
    "denominator",
    "period_from",
    "period_to",
    "source",
)


class Refusal(StrEnum):
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_COMPLEX = "too_complex"
    DAMAGED = "damaged"
    OLD_FORMAT = "old_format"
    OTHER_OFFICE = "other_office"
    NOT_A_SPREADSHEET = "not_a_spreadsheet"
    PASSWORD = "password"
    MACRO = "macro"
    NOT_UTF8 = "not_utf8"
    NOT_OURS = "not_ours"
    NEWER = "newer"


REFUSALS = {
    Refusal.EMPTY: N_("The file is empty. Choose another one."),
    Refusal.TOO_LARGE: N_("This file is too large for an answer sheet. Download a fresh one and copy your texts over."),
    Refusal.TOO_COMPLEX: N_("This file could not be read: it is too large or too complicated when unpacked."),
    Refusal.DAMAGED: N_("This file is damaged. Open it in your spreadsheet program and save it again as XLSX."),
    Refusal.OLD_FORMAT: N_(
        "This file is in the old XLS format. Open it in your spreadsheet program and save it as XLSX."
    ),
    Refusal.OTHER_OFFICE: N_("This file is an ODS spreadsheet. Save it as XLSX, then choose it again."),
    Refusal.NOT_A_SPREADSHEET: N_("This file is not an XLSX spreadsheet, whatever its name says. Save it as XLSX."),
    Refusal.PASSWORD: N_("This file is protected by a password. Save it without one, then choose it again."),
    Refusal.MACRO: N_("This file contains a macro. Save it as a plain XLSX file, then choose it again."),
    Refusal.NOT_UTF8: N_("The file is not UTF-8; save it as UTF-8."),
    Refusal.NOT_OURS: N_(
        "This file is not an answer sheet from here, or its hidden sheet is missing. Download a fresh one and copy your"
        " texts over."
    ),
    Refusal.NEWER: N_("This answer sheet was made by a newer version of Plumbline. Download a fresh one here."),
}


class RefusedFile(Exception):
    """Ends the reading with one code."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
