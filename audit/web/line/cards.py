"""The theme page as values: one card for each criterion, with everything a template needs and nothing to compute."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction

from audit.domain.answers import Answer, AnswerOrigin, AnswerStatus, Figure, FigureSource
from audit.domain.calendar import runs_out_in
from audit.domain.completeness import Gap, GapReason
from audit.domain.confirmation import level_from_figures
from audit.domain.criteria import (
    AnswerKey,
    AnswerSet,
    CriteriaSet,
    Criterion,
    EvidenceKind,
    Indicator,
    Measure,
    Theme,
    fits,
)
from audit.domain.differences import Piece
from audit.domain.effort import Effort, effort
from audit.domain.findings import Grade
from audit.domain.personal_data import signs
from audit.persistence.queries.assessments import SavedAnswer
from audit.persistence.queries.evidence import Offer
from audit.persistence.tables import EvidenceItem
from audit.web.line import forms
from audit.web.line.forms import TypedAnswer, TypedFigure
from audit.web.since import LastCycle, Since, Stored, as_stored, mark

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
    own: bool  # the same person, in another window
    changes: tuple[Piece, ...]  # from their reason to mine
    summary_changes: tuple[Piece, ...]
    both: TypedAnswer  # my fields with both texts in them


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
    runs_out_in: int | None = None  # days, from two months before its last day on
    replaced: bool = False  # there is a newer version
    still_valid: bool = False  # carried over from the last cycle
    linked_by: str = ""
    linked_at: datetime | None = None

    @property
    def carries(self) -> bool:
        """Whether it can be offered anew."""
        return not self.locked and not self.expired and not self.replaced


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
    version: int  # of the stored answer, 0 where none was ever saved; each version stands in its history
    signs: tuple[str, ...]  # passages of the stored texts that look like personal data
    figures: tuple[FigureFields, ...]
    computed: AnswerKey | None  # the level that follows from the stored figures
    gaps: tuple[GapReason, ...]
    evidence: Sequence[Offered]
    kinds: tuple[EvidenceKind, ...]  # what may be added here
    library: tuple[Offered, ...]  # items of the library that could serve here and do not yet
    of_other_kinds: tuple[Offered, ...]  # items that do not count here
    before: tuple[Offered, ...]  # what was offered here last cycle and is not yet
    last: LastCycle | None
    still_possible: bool  # last cycle's answer can be copied by "Still true"
    is_new: bool  # the last cycle's set did not hold this criterion
    copied: bool  # from the last cycle by "Still true", and not changed since
    verdict: Verdict | None
    problems: Mapping[str, str] = field(default_factory=dict)
    conflict: Conflict | None = None
    opened: bool = False
    shut: bool = False  # stays as it was signed: the return asked about other criteria

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
    effort: Effort  # to answer all of it the first time

    @property
    def is_ready(self) -> bool:
        return self.gaps == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Everything read from the archive for a self-assessment's pages."""

    criteria_set: CriteriaSet  # in the words of the page
    profile: Mapping[str, object]
    answers: Mapping[str, SavedAnswer]
    evidence: Mapping[str, list[Offered]]
    rows: Mapping[str, list[EvidenceItem]] = field(default_factory=dict)  # the evidence as it is stored
    since: Since | None = None  # the last cycle, where a page asked for it and there was one
    confirmed: Mapping[str, Verdict] = field(default_factory=dict)
    library: Sequence[Offered] = ()
    before: Mapping[str, list[Offered]] = field(default_factory=dict)  # the last cycle's evidence
    gaps: tuple[Gap, ...] = ()
    named: tuple[str, ...] = ()  # the criteria the last return asked about
    shut: frozenset[str] = frozenset()  # those that stay as they were signed
    source: CriteriaSet | None = None  # the set in its own words, where they differ from the page's

    def gaps_of(self, criterion_id: str) -> tuple[GapReason, ...]:
        return tuple(gap.reason for gap in self.gaps if gap.criterion == criterion_id)


def offered(
    criteria_set: CriteriaSet,
    item: EvidenceItem,
    today: date,
    *,
    replaced: bool = False,
    offer: Offer | None = None,
    accepted: bool = False,
    rejected_reason: str = "",
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
        runs_out_in=runs_out_in(item.valid_until, today),
        replaced=replaced,
        still_valid=offer is not None and offer.still_valid,
        linked_by=offer.linked_by if offer is not None else "",
        linked_at=offer.linked_at if offer is not None else None,
    )


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
                effort=effort(criteria),
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
    source = material.source or criteria_set
    typed = forms.shown(source, criterion, answer, version, language=language, year_before=opens_on)
    items = material.evidence.get(criterion.id, [])
    past = material.since
    last = past.last(criterion.id, answer, material.rows.get(criterion.id, ())) if past is not None else None
    return Card(
        criterion=criterion,
        answers=answers,
        descriptors=dict(criterion.descriptors),
        typed=typed,
        stored=as_stored(criteria_set, criterion.id, answer),
        saved_at=saved.saved_at if saved else None,
        saved_by=saved.saved_by if saved else "",
        version=version,
        signs=tuple(sign.text for text in (answer.justification, answer.summary) for sign in signs(text)),
        figures=figure_fields(criteria_set, criterion, typed, answer),
        computed=answers.answer(computed) if computed else None,
        gaps=material.gaps_of(criterion.id),
        evidence=items,
        kinds=kinds_for(criteria_set, criterion),
        library=_usable(material, criterion, items),
        of_other_kinds=tuple(
            one for one in material.library if one.carries and not fits(criteria_set, criterion, one.kind)
        ),
        before=_before(material, criterion, items),
        last=last,
        still_possible=_still_possible(last, criterion, answers, answer),
        is_new=past is not None and past.versions.is_new(criterion.id),
        copied=saved is not None and saved.origin is AnswerOrigin.STILL_TRUE,
        verdict=material.confirmed.get(criterion.id),
        opened=opened,
        shut=criterion.id in material.shut,
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
    """The kinds that count for a criterion: those it lists, then those that may stand in for any."""
    kinds = [kind for kind in criteria_set.evidence_kinds if fits(criteria_set, criterion, kind.id)]
    return tuple(sorted(kinds, key=lambda kind: kind.id not in criterion.evidence))


def _usable(material: Material, criterion: Criterion, items: Sequence[Offered]) -> tuple[Offered, ...]:
    there = {item.public_id for item in items}
    return tuple(
        item
        for item in material.library
        if item.carries and fits(material.criteria_set, criterion, item.kind) and item.public_id not in there
    )


def _before(material: Material, criterion: Criterion, items: Sequence[Offered]) -> tuple[Offered, ...]:
    there = {item.public_id for item in items}
    return tuple(
        item
        for item in material.before.get(criterion.id, ())
        if item.public_id not in there and fits(material.criteria_set, criterion, item.kind)
    )


def _still_possible(last: LastCycle | None, criterion: Criterion, answers: AnswerSet, answer: Answer) -> bool:
    """Whether "Still true" can copy: the same level exists and nothing is answered yet."""
    if last is None or answer.status is not AnswerStatus.EMPTY:
        return False
    key = last.said.answer.key
    return criterion.not_applicable if key is None else answers.answer(key) is not None


SOURCES = tuple(FigureSource)
