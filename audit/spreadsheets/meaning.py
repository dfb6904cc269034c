"""What the cells of a filled-in answer sheet say: levels, languages, dates and numbers, each cell with its own trouble.

Nothing is stored or believed here. A cell that cannot be read costs only itself: the rest of its row is still offered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from audit.domain.answer_sheet import FORMAT, CellProblem, FilledAnswer, FilledSheet, Place
from audit.domain.answers import Answer, AnswerStatus, Figure, FigureSource
from audit.domain.criteria import CriteriaSet, Criterion, Measure
from audit.domain.errors import N_, InvalidInput
from audit.domain.typed import ANSWER_LANGUAGES, plain_number
from audit.spreadsheets.codes import (
    ANSWERS,
    FIGURES,
    FROM_FIGURES,
    LANGUAGES,
    LEVELS,
    MARK,
    NOT_APPLICABLE,
    REFUSALS,
    SOURCES,
    UNKNOWN,
    YES,
    Refusal,
)
from audit.spreadsheets.known import known_words
from audit.spreadsheets.tables import ERROR, FLAG, FORMULA, NUMBER, TEXT, Cell

Row = Mapping[str, Any]

UNKNOWN_LEVEL = N_("“%(typed)s” is not a level of this criterion. Choose one from the list of the cell.")
UNKNOWN_LANGUAGE = N_("“%(typed)s” is not a language of the list. Choose one from the list of the cell.")
UNKNOWN_SOURCE = N_("Say where the figures come from: choose from the list of the cell.")
A_FORMULA = N_("This cell holds a formula. Type what it should say.")
AN_ERROR = N_("This cell holds an error. Type what it should say.")
TWICE = N_("This row stands twice in the file. The first one counts.")
NOT_A_NUMBER = N_("Enter a number like 1204 or 4.5.")
NOT_A_DATE = N_("Enter a date like 2026-04-30.")


def filled(said: Mapping[str, Any], criteria_set: CriteriaSet) -> FilledSheet:
    """The child's tables as answers. InvalidInput when they are not those of an answer sheet this version knows."""
    told = _Told(said[MARK])
    if told.format != str(FORMAT):
        newer = told.format.isascii() and told.format.isdigit() and len(told.format) < 6
        raise InvalidInput(REFUSALS[Refusal.NEWER if newer else Refusal.NOT_OURS], field="file")
    if not told.assessment or not said[ANSWERS]:
        raise InvalidInput(REFUSALS[Refusal.NOT_OURS], field="file")
    reading = _Reading(criteria_set, told, bool(said["date1904"]))
    figures = reading.figures(said[FIGURES])
    answers = reading.answers(said[ANSWERS], figures)
    return FilledSheet(
        assessment=told.assessment,
        criteria_set=told.criteria_set,
        answers=tuple(answers),
        problems=tuple(reading.problems),
        unknown=tuple(dict.fromkeys(reading.unknown)),
    )


class _Told:
    """The hidden sheet: what the file was made of."""

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        self.values: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.choices: dict[str, dict[str, str]] = {}
        for row in rows:
            if len(row) == 2:
                self.values.setdefault(row[0], row[1])
            elif len(row) == 3 and row[0] == "version" and row[2].isascii() and row[2].isdigit() and len(row[2]) < 10:
                self.versions.setdefault(row[1], int(row[2]))
            elif len(row) == 4 and row[0] == "choice":
                self.choices.setdefault(row[1].partition(":")[0], {}).setdefault(_folded(row[3]), row[2])

    @property
    def format(self) -> str:
        return self.values.get("format", "")

    @property
    def assessment(self) -> str:
        return self.values.get("assessment", "")

    @property
    def criteria_set(self) -> str:
        return self.values.get("criteria_set", "")


class _Reading:
    """One file while it is read; problems gather as they are found."""

    def __init__(self, criteria_set: CriteriaSet, told: _Told, since_1904: bool) -> None:
        self.criteria_set, self.told = criteria_set, told
        self.day_nought = date(1904, 1, 1) if since_1904 else date(1899, 12, 30)
        self.problems: list[CellProblem] = []
        self.unknown: list[str] = []

    def _problem(self, cell: Cell, message: str, criterion: str, **values: Any) -> None:
        place = Place(sheet=cell[0], cell=cell[1])
        self.problems.append(CellProblem(place=place, message=message, criterion=criterion, values=values))

    def _text(self, row: Row, key: str, criterion: str) -> str | None:
        """The text of a cell; None where it cannot be read or the table has no such column."""
        cell = row.get(key)
        if cell is None:
            return "" if key in row[""] else None
        if cell[2] in (FORMULA, ERROR):
            self._problem(cell, A_FORMULA if cell[2] == FORMULA else AN_ERROR, criterion)
            return None
        return str(_number(cell[3]) if cell[2] == NUMBER else cell[3]).replace("\r\n", "\n").replace("\r", "\n")

    def _key(self, name: str, word: str, known: Mapping[str, str]) -> str | None:
        """The key of a word that a list offers: as the file's own list says, else in any language, else the key."""
        folded = _folded(word)
        found = self.told.choices.get(name, {}).get(folded)
        return found if found in known.values() else known.get(folded)

    # Answers ---------------------------------------------------------------------------------------------------

    def answers(self, rows: Sequence[Row], figures: Mapping[str, _Figures]) -> list[FilledAnswer]:
        found: dict[str, FilledAnswer] = {}
        for row in rows:
            criterion_id = _id(row, "id")
            if not criterion_id or len(row) < 3:  # a band, or an empty row
                continue
            if criterion_id in found:
                self._problem(row["id"], TWICE, criterion_id)
            elif self.criteria_set.has(criterion_id):
                found[criterion_id] = self._answer(
                    row, self.criteria_set.criterion(criterion_id), figures.get(criterion_id) or _Figures()
                )
            elif criterion_id in self.told.versions:  # all else in this column are heads and bands
                self.unknown.append(criterion_id)
        return list(found.values())

    def _answer(self, row: Row, criterion: Criterion, figures: _Figures) -> FilledAnswer:
        unread = set()
        texts: dict[str, str] = {}
        for name in ("justification", "summary"):
            text = self._text(row, name, criterion.id)
            if text is None:
                unread.add(name)
            texts[name] = text or ""
        language = self._language(row, criterion.id)
        if language is None:
            unread.add("language")
        equivalent = self._equivalent(row, criterion)
        if equivalent is None:
            unread.add("equivalent")
        level = self._level(row, criterion, bool(figures.found))
        if level is None:
            unread.add("level")
        if figures.unread or (criterion.indicators and not figures.seen):
            unread.add("figures")
        status, key = level or (AnswerStatus.EMPTY, None)
        places = {key: Place(sheet=cell[0], cell=cell[1]) for key, cell in row.items() if key}
        return FilledAnswer(
            criterion=criterion.id,
            answer=Answer(
                status=status,
                key=key,
                justification=texts["justification"],
                figures=tuple(figures.found),
                language=language or "en",
                summary=texts["summary"],
                equivalent=bool(equivalent),
            ),
            version=self.told.versions.get(criterion.id),
            unread=frozenset(unread),
            places={**places, **figures.places},
        )

    def _level(self, row: Row, criterion: Criterion, has_figures: bool) -> tuple[AnswerStatus, str | None] | None:
        word = self._text(row, "level", criterion.id)
        if word is None:
            return None
        if not word.strip():
            return AnswerStatus.EMPTY, None
        answers = self.criteria_set.answer_set_of(criterion)
        known = {
            **known_words(NOT_APPLICABLE, UNKNOWN, FROM_FIGURES),
            **{_folded(one.key): one.key for one in answers.answers},
            **{_folded(one.title): one.key for one in answers.answers},
        }
        key = self._key(LEVELS, word, known)
        if key == NOT_APPLICABLE:
            return AnswerStatus.NOT_APPLICABLE, None
        if key == UNKNOWN:
            return AnswerStatus.UNKNOWN, None
        if key == FROM_FIGURES and answers.from_indicators:
            return (AnswerStatus.ANSWERED if has_figures else AnswerStatus.EMPTY), None
        if key is not None and answers.answer(key) is not None:
            return AnswerStatus.ANSWERED, key
        self._problem(row["level"], UNKNOWN_LEVEL, criterion.id, typed=_short(word))
        return None

    def _language(self, row: Row, criterion: str) -> str | None:
        word = self._text(row, "language", criterion)
        if word is None or not word.strip():
            return None
        known = {code: code for code in ANSWER_LANGUAGES}
        found = self._key(LANGUAGES, word, known)
        if found is None:
            self._problem(row["language"], UNKNOWN_LANGUAGE, criterion, typed=_short(word))
        return found

    def _equivalent(self, row: Row, criterion: Criterion) -> bool | None:
        if not criterion.equivalent_allowed:
            return False
        cell = row.get("equivalent")
        if cell is not None and cell[2] == FLAG:
            return bool(cell[3] == "1")
        word = self._text(row, "equivalent", criterion.id)
        if word is None:
            return None
        return self._key(YES, word, known_words(YES)) is not None

    # Figures ---------------------------------------------------------------------------------------------------

    def figures(self, rows: Sequence[Row]) -> dict[str, _Figures]:
        """The figures by criterion; a row in which no number stands says nothing."""
        found: dict[str, _Figures] = {}
        for row in rows:
            criterion_id, indicator_id = _id(row, "criterion"), _id(row, "indicator")
            if not self.criteria_set.has(criterion_id):
                continue
            if indicator_id not in self.criteria_set.criterion(criterion_id).indicators:
                continue
            own = found.setdefault(criterion_id, _Figures())
            own.seen = True
            self._figure(row, criterion_id, indicator_id, own)
        return found

    def _figure(self, row: Row, criterion: str, indicator_id: str, own: _Figures) -> None:
        indicator = self.criteria_set.indicator(indicator_id)
        before = len(self.problems)
        numerator = self._amount(row, "numerator", criterion)
        counted = indicator.measure in (Measure.RATE, Measure.MEDIAN, Measure.MAXIMUM)
        denominator = self._amount(row, "denominator", criterion) if counted else ""
        empty = numerator == "" and denominator == ""
        if not empty:
            days = [self._day(row, key, criterion) for key in ("period_from", "period_to")]
            source = self._source(row, criterion)
            cell = row.get("numerator") or row.get("denominator")
            if cell is not None:
                own.places.setdefault(f"figure-{indicator_id}", Place(sheet=cell[0], cell=cell[1]))
                own.places.setdefault("figures", Place(sheet=cell[0], cell=cell[1]))
            if len(self.problems) == before and numerator is not None and all(days) and source is not None:
                own.found.append(
                    Figure(
                        indicator=indicator_id,
                        numerator=numerator,
                        denominator=denominator or None,
                        period_from=days[0] or "",
                        period_to=days[1] or "",
                        source=source,
                    )
                )
            else:
                own.unread = True
        elif len(self.problems) > before or numerator is None or denominator is None:
            own.unread = True

    def _amount(self, row: Row, key: str, criterion: str) -> str | None:
        text = self._text(row, key, criterion)
        if text is None or not text.strip():
            return None if text is None else ""
        number = plain_number(text)
        if number is None:
            self._problem(row[key], NOT_A_NUMBER, criterion)
        return number

    def _day(self, row: Row, key: str, criterion: str) -> str | None:
        cell = row.get(key)
        if cell is None:
            cell = row.get("numerator") or row.get("denominator")
            if cell is not None:
                self._problem(cell, N_("Enter the first and the last day of the period."), criterion)
            return None
        try:
            if cell[2] == NUMBER:
                return (self.day_nought + timedelta(days=int(Decimal(cell[3])))).isoformat()
            if cell[2] == TEXT:
                return datetime.fromisoformat(cell[3].strip()).date().isoformat()
        except (ValueError, OverflowError, InvalidOperation):
            pass
        self._problem(cell, A_FORMULA if cell[2] == FORMULA else NOT_A_DATE, criterion)
        return None

    def _source(self, row: Row, criterion: str) -> FigureSource | None:
        word = self._text(row, "source", criterion)
        key = self._key(SOURCES, word or "", known_words(SOURCES))
        if key is None:
            cell = row.get("source") or row.get("numerator") or row.get("denominator")
            if cell is not None and cell[2] not in (FORMULA, ERROR):
                self._problem(cell, UNKNOWN_SOURCE, criterion)
            return None
        return FigureSource(key)


class _Figures:
    """The figures of one criterion."""

    def __init__(self) -> None:
        self.found: list[Figure] = []
        self.places: dict[str, Place] = {}
        self.unread = False
        self.seen = False  # whether the file has a row for any of them


def _id(row: Row, key: str) -> str:
    cell = row.get(key)
    return str(cell[3]).strip() if cell is not None and cell[2] == TEXT else ""


def _folded(word: str) -> str:
    return " ".join(word.split()).casefold()


def _short(word: str) -> str:
    word = " ".join(word.split())
    return word if len(word) <= 60 else word[:59] + "…"


def _number(text: str) -> str:
    """A number of the file in plain digits, without the noise that floating points add; the text where it is none."""
    try:
        value = Decimal(repr(float(text)))
    except (ValueError, InvalidOperation):
        return text
    if not value.is_finite() or abs(value) >= Decimal(10) ** 20:
        return text
    plain = format(value, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
