"""The shape of a criteria file and of its translations, one model for each kind of mapping: every key, type and limit.

docs/criteria.md documents each of them; a test compares the two.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from audit.domain.criteria import Better, Measure, Proves, RuleKind, SetStatus

LONGEST_TITLE = 160  # characters
MOST_ENTRIES = 500  # of a list of criteria
LONGEST_CRITERION_TITLE = 60  # characters; longer ones break the columns of the report


def _exact(value: Any) -> Fraction:
    """A number exactly as it is written; the YAML reader hands on whole numbers and fractions, never floats."""
    if isinstance(value, bool) or not isinstance(value, (int, Fraction)):
        raise ValueError("number")
    return Fraction(value)


def _calendar_day(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError:
        raise ValueError("date") from None
    return value


Text = Annotated[str, StringConstraints(min_length=1)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TITLE)]
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9]*([-_][A-Za-z0-9]+)*$", max_length=40)]
Version = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,3})(\.(0|[1-9][0-9]{0,3})){2}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=12)]
Day = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(_calendar_day)]
Exact = Annotated[Fraction, BeforeValidator(_exact), Field(strict=False)]
Percent = Annotated[Fraction, BeforeValidator(_exact), Field(strict=False, ge=0, le=100)]
Points = Annotated[Fraction, BeforeValidator(_exact), Field(strict=False, ge=0, le=1)]
Months = Annotated[int, Field(ge=1, le=120)]
NumericLevel = Annotated[int, Field(ge=0, le=3)]
LevelAboveZero = Annotated[int, Field(ge=1, le=3)]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, arbitrary_types_allowed=True)


class SetShape(Shape):
    id: Id
    version: Version
    status: Annotated[SetStatus, Field(strict=False)]
    source_language: Language
    published: Day | None = None
    title: Title
    note: Text = ""


class AnswerShape(Shape):
    key: Id
    level: NumericLevel
    points: Points
    title: Title


class AnswerSetShape(Shape):
    title: Title
    core_min_level: LevelAboveZero
    from_indicators: bool = False
    practice_for_top: bool = False
    answers: Annotated[list[AnswerShape], Field(min_length=2, max_length=4)]


class EvidenceKindShape(Shape):
    title: Title
    text: Text
    proves: Annotated[Proves, Field(strict=False)]
    stores_file: bool
    counts_for_top: bool = True
    images_allowed: bool = False
    replaces_any: bool = False
    needs_reviewers: Annotated[int, Field(ge=0, le=3)] = 0


class ProfileFactShape(Shape):
    title: Title
    many: bool = False
    options: Annotated[dict[Id, Title], Field(min_length=2)]


class IndicatorShape(Shape):
    title: Title
    text: Text
    unit: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    measure: Annotated[Measure, Field(strict=False)]
    better: Annotated[Better, Field(strict=False)]
    numerator: Title
    denominator: Title = ""
    bands: dict[LevelAboveZero, Exact] = {}


class ThemeShape(Shape):
    id: Id
    weight: Annotated[int, Field(ge=1, le=100)]
    title: Title
    lede: Text = ""


class NotApplicableShape(Shape):
    allowed: bool = True
    cases: list[Text] = []


class CriterionShape(Shape):
    id: Id
    theme: Id
    title: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_CRITERION_TITLE)]
    asks: Text
    why: Text
    answer_set: Id
    weight: Annotated[int, Field(ge=1, le=3)]
    core: bool = False
    stopper: bool = False
    core_min_level: LevelAboveZero | None = None
    descriptors: dict[Id, Text]
    evidence: list[Id] = []
    evidence_help: Text = ""
    indicators: list[Id] = []
    review_every_months: Months | None = None
    not_applicable: NotApplicableShape | None = None
    equivalent_allowed: bool = False
    applies_when: dict[Id, Annotated[list[Id], Field(min_length=1)]] = {}
    sources: list[Text] = []


class RuleShape(Shape):
    id: Id
    kind: Annotated[RuleKind, Field(strict=False)]
    limit: Exact | None = None
    level: NumericLevel | None = None
    includes: Id | None = None
    grades: list[Literal["major", "minor", "opportunity"]] | None = None
    text: Text = ""


class LevelShape(Shape):
    id: Id
    title: Title
    wording: Text
    certificate: bool
    validity_months: Months | None = None
    rules: list[RuleShape] = []


class FirstRoundShape(Shape):
    title: Title
    wording: Text
    validity_months: Months
    rules: Annotated[list[RuleShape], Field(min_length=1)]


class IndexShape(Shape):
    title: Title
    criteria: Annotated[list[Id], Field(min_length=1, max_length=MOST_ENTRIES)]


class FileShape(Shape):
    format: Annotated[int, Field(ge=1, le=1)]
    set: SetShape
    not_applicable_limit: Percent = Fraction(25)
    answer_sets: Annotated[dict[Id, AnswerSetShape], Field(min_length=1)]
    evidence_kinds: dict[Id, EvidenceKindShape] = {}
    profile: dict[Id, ProfileFactShape] = {}
    indicators: dict[Id, IndicatorShape] = {}
    themes: Annotated[list[ThemeShape], Field(min_length=1)]
    criteria: Annotated[list[CriterionShape], Field(min_length=1, max_length=MOST_ENTRIES)]
    levels: Annotated[list[LevelShape], Field(min_length=2)]
    first_round: FirstRoundShape | None = None
    indices: dict[Id, IndexShape] = {}


class TranslationHeadShape(Shape):
    of: Id  # the id of the set
    language: Language
    status: Literal["draft", "reviewed"]


class TranslatedTextShape(Shape):
    of: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}$")]  # domain.criteria_translation.source_mark
    text: Text


class TranslationFileShape(Shape):
    format: Annotated[int, Field(ge=1, le=1)]
    translation: TranslationHeadShape
    texts: dict[str, TranslatedTextShape]
