"""The theme page as values: one card for each criterion, with everything a template needs and nothing to compute."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction

from audit.domain.answers import Answer, AnswerStatus, Figure, FigureSource
from audit.domain.completeness import Gap, GapReason
from audit.domain.confirmation import level_from_figures
from audit.domain.criteria import AnswerKey, AnswerSet, CriteriaSet, Criterion, EvidenceKind, Indicator, Measure, Theme
from audit.domain.findings import Grade
from audit.persistence.queries.assessments import PreviousAnswer, SavedAnswer
from audit.persistence.tables import EvidenceItem
from audit.web.line import forms
from audit.web.line.forms import TypedAnswer, TypedFigure

COUNTED = (Measure.RATE, Measure.MEDIAN, Measure.MAXIMUM)


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureFields:
    """One indicator with what was typed and what the server computed from what is stored."""

    indicator: Indicator
    typed: TypedFigure
    rate: Fraction | None  # percent, for a rate
    value: Fraction | None  # for everything else

    @property
    def counted(self) -> bool:
        """Whether there is a second field: what is below the line, or the cases."""
        return self.indicator.measure in COUNTED

    @property
    def top(self) -> Fraction | None:
        """The limit of the highest level, where the indicator is graded."""
        return self.indicator.bands[0].limit if self.indicator.bands else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An answer as words: what a person reads, never a form."""

    answer: Answer
    key: AnswerKey | None
    not_applicable: bool

    @property
    def mark(self) -> str:
        return mark(self.key, not_applicable=self.not_applicable)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastCycle:
    """Last cycle's answer and the reviewers' verdict."""

    cycle: str
    said: Stored
    confirmed: AnswerKey | None
    confirmed_not_applicable: bool
    grade: Grade | None
    comment: str
    still_possible: bool  # "Still true" copies it: the same level exists and nothing is answered yet

    @property
    def confirmed_mark(self) -> str:
        return mark(self.confirmed, not_applicable=self.confirmed_not_applicable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the reviewers confirmed in this cycle, once the line may read it."""

    key: AnswerKey | None
    not_applicable: bool
    grade: Grade
    comment: str

    @property
    def mark(self) -> str:
        return mark(self.key, not_applicable=self.not_applicable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Someone else saved this answer meanwhile: theirs beside mine, and the version to save mine over."""

    theirs: Stored
    version: int
    saved_by: str
    saved_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """One item offered for one criterion. A locked item keeps its place and loses its name and its words."""

    public_id: str
    kind: str
    kind_title: str
    title: str
    statement: str
    url: str
    file_name: str
    size: int
    issued_on: date | None
    valid_until: date | None
    locked: bool
    expired: bool
    accepted: bool = False  # by every review that judged it, once all are in
    rejected_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One criterion of the page."""

    criterion: Criterion
    answers: AnswerSet
    descriptors: Mapping[str, str]
    typed: TypedAnswer
    stored: Stored
    saved_at: datetime | None
    saved_by: str
    figures: tuple[FigureFields, ...]
    computed: AnswerKey | None  # the level that follows from the stored figures
    gaps: tuple[GapReason, ...]
    evidence: Sequence[Offered]
    kinds: tuple[EvidenceKind, ...]  # what may be added here
    library: tuple[Offered, ...]  # items of the library that could serve here and do not yet
    last: LastCycle | None
    verdict: Verdict | None
    problems: Mapping[str, str] = field(default_factory=dict)
    conflict: Conflict | None = None
    opened: bool = False

    @property
    def is_open(self) -> bool:
        """Complete cards fold, so that what is left to do stays in sight."""
        return self.opened or bool(self.gaps) or bool(self.problems) or self.conflict is not None

    @property
    def measured(self) -> bool:
        return self.answers.from_indicators

    @property
    def chosen_by_hand(self) -> bool:
        """Whether the level of a measured criterion is chosen, because its figures are too few to grade."""
        few = bool(self.stored.answer.figures) and self.computed is None
        return self.measured and (few or self.answers.answer(self.typed.level) is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeEntry:
    """One theme in the list beside the page."""

    theme: Theme
    number: int
    answered: int
    total: int
    gaps: int

    @property
    def is_ready(self) -> bool:
        return self.gaps == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Everything read from the archive for a self-assessment's pages."""

    criteria_set: CriteriaSet
    profile: Mapping[str, object]
    answers: Mapping[str, SavedAnswer]
    evidence: Mapping[str, list[Offered]]
    previous: Mapping[str, PreviousAnswer] = field(default_factory=dict)
    previous_set: CriteriaSet | None = None
    confirmed: Mapping[str, Verdict] = field(default_factory=dict)
    library: Sequence[Offered] = ()
    gaps: tuple[Gap, ...] = ()

    def gaps_of(self, criterion_id: str) -> tuple[GapReason, ...]:
        return tuple(gap.reason for gap in self.gaps if gap.criterion == criterion_id)


def mark(key: AnswerKey | None, *, not_applicable: bool = False) -> str:
    """The name of a level's mark: l0 to l3, na, or todo where nothing is answered."""
    if not_applicable:
        return "na"
    return "todo" if key is None else f"l{key.level}"


def offered(
    criteria_set: CriteriaSet, item: EvidenceItem, today: date, *, accepted: bool = False, rejected_reason: str = ""
) -> Offered:
    """An evidence row as a card shows it."""
    locked = item.locked_at is not None
    title = next((kind.title for kind in criteria_set.evidence_kinds if kind.id == item.kind), item.kind)
    return Offered(
        public_id=item.public_id,
        kind=item.kind,
        kind_title=title,
        title="" if locked else item.title,
        statement="" if locked else item.statement,
        url="" if locked else item.url,
        file_name="" if locked else item.file_name,
        size=item.size,
        issued_on=item.issued_on,
        valid_until=item.valid_until,
        locked=locked,
        expired=item.valid_until is not None and item.valid_until < today,
        accepted=accepted,
        rejected_reason=rejected_reason,
    )


def as_stored(criteria_set: CriteriaSet, criterion_id: str, answer: Answer) -> Stored:
    """An answer in the words of the set it was given under."""
    key = None
    if answer.key and answer.status is AnswerStatus.ANSWERED and criteria_set.has(criterion_id):
        key = criteria_set.answer_set_of(criteria_set.criterion(criterion_id)).answer(answer.key)
    return Stored(answer=answer, key=key, not_applicable=answer.status is AnswerStatus.NOT_APPLICABLE)


def theme_entries(material: Material) -> tuple[ThemeEntry, ...]:
    """The themes with a criterion that applies to this line, numbered, with counts."""
    applicable = list(material.criteria_set.applicable(material.profile))
    entries: list[ThemeEntry] = []
    for theme in material.criteria_set.themes:
        criteria = [criterion for criterion in applicable if criterion.theme == theme.id]
        if not criteria:
            continue
        entries.append(
            ThemeEntry(
                theme=theme,
                number=len(entries) + 1,
                answered=sum(
                    criterion.id in material.answers and material.answers[criterion.id].value.counts
                    for criterion in criteria
                ),
                total=len(criteria),
                gaps=sum(gap.theme == theme.id for gap in material.gaps),
            )
        )
    return tuple(entries)


def cards(
    material: Material, theme_id: str, *, language: str, opens_on: date, opened: Collection[str] = ()
) -> tuple[Card, ...]:
    """The cards of one theme, in the set's order."""
    return tuple(
        card(material, criterion, language=language, opens_on=opens_on, opened=criterion.id in opened)
        for criterion in material.criteria_set.applicable(material.profile)
        if criterion.theme == theme_id
    )


def card(material: Material, criterion: Criterion, *, language: str, opens_on: date, opened: bool = False) -> Card:
    """One card. `language` is the one a new answer starts in, `opens_on` the day the cycle opened."""
    criteria_set = material.criteria_set
    saved = material.answers.get(criterion.id)
    answer = saved.value if saved is not None else Answer(language=language)
    version = saved.version if saved is not None else 0
    answers = criteria_set.answer_set_of(criterion)
    computed = level_from_figures(criteria_set, criterion, answer.figures) if answers.from_indicators else None
    typed = forms.shown(criteria_set, criterion, answer, version, language=language, year_before=opens_on)
    items = material.evidence.get(criterion.id, [])
    return Card(
        criterion=criterion,
        answers=answers,
        descriptors=dict(criterion.descriptors),
        typed=typed,
        stored=as_stored(criteria_set, criterion.id, answer),
        saved_at=saved.saved_at if saved else None,
        saved_by=saved.saved_by if saved else "",
        figures=figure_fields(criteria_set, criterion, typed, answer),
        computed=answers.answer(computed) if computed else None,
        gaps=material.gaps_of(criterion.id),
        evidence=items,
        kinds=kinds_for(criteria_set, criterion),
        library=_usable(material, criterion, items),
        last=_last(material, criterion, answers, answer),
        verdict=material.confirmed.get(criterion.id),
        opened=opened,
    )


def figure_fields(
    criteria_set: CriteriaSet, criterion: Criterion, typed: TypedAnswer, answer: Answer
) -> tuple[FigureFields, ...]:
    """The indicators of a criterion with their fields and the rate the server computed from what is stored."""
    stored = {figure.indicator: figure for figure in answer.figures}
    fields = []
    for name in criterion.indicators:
        indicator, figure = criteria_set.indicator(name), stored.get(name)
        fields.append(
            FigureFields(
                indicator=indicator,
                typed=typed.figure(name),
                rate=rate(indicator, figure),
                value=figure.exact() if figure is not None and indicator.measure is not Measure.RATE else None,
            )
        )
    return tuple(fields)


def rate(indicator: Indicator, figure: Figure | None) -> Fraction | None:
    """The rate in percent, exact; None where it is not a rate or nothing can be divided."""
    if figure is None or indicator.measure is not Measure.RATE or not figure.denominator:
        return None
    whole = Fraction(figure.denominator)
    return figure.exact() * 100 / whole if whole > 0 else None


def kinds_for(criteria_set: CriteriaSet, criterion: Criterion) -> tuple[EvidenceKind, ...]:
    """The kinds a criterion lists, and those that may stand in for any."""
    return tuple(kind for kind in criteria_set.evidence_kinds if kind.id in criterion.evidence or kind.replaces_any)


def _usable(material: Material, criterion: Criterion, items: Sequence[Offered]) -> tuple[Offered, ...]:
    kinds = {kind.id for kind in kinds_for(material.criteria_set, criterion)}
    there = {item.public_id for item in items}
    return tuple(
        item
        for item in material.library
        if item.kind in kinds and not item.locked and not item.expired and item.public_id not in there
    )


def _last(material: Material, criterion: Criterion, answers: AnswerSet, answer: Answer) -> LastCycle | None:
    before = material.previous.get(criterion.id)
    earlier_set = material.previous_set
    if before is None or earlier_set is None or not earlier_set.has(criterion.id) or not before.answer.counts:
        return None
    earlier = earlier_set.answer_set_of(earlier_set.criterion(criterion.id))
    key = before.answer.key
    copies = criterion.not_applicable if key is None else answers.answer(key) is not None
    return LastCycle(
        cycle=before.cycle,
        said=as_stored(earlier_set, criterion.id, before.answer),
        confirmed=earlier.answer(before.confirmed_key) if before.confirmed_key else None,
        confirmed_not_applicable=before.confirmed_not_applicable,
        grade=before.grade,
        comment=before.comment,
        still_possible=copies and answer.status is AnswerStatus.EMPTY,
    )


SOURCES = tuple(FigureSource)
