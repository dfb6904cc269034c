"""What changed since the last cycle: in one answer, and in what is asked. Aligned by criterion id, never by place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from audit.domain.answers import Answer, AnswerStatus, Figure
from audit.domain.criteria import AnswerKey, CriteriaSet, Criterion
from audit.domain.differences import Piece, word_changes


class Move(StrEnum):
    """How the level moved; OTHER where two levels have no order: one side is "not applicable"."""

    SAME = "same"
    UP = "up"
    DOWN = "down"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One evidence item as far as two cycles are compared. `replaces` is the id of the older revision, where it is one.

    A locked item has no title: its name is hidden from everyone.
    """

    id: int
    title: str
    replaces: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceChange:
    added: tuple[Item, ...] = ()
    renewed: tuple[Item, ...] = ()  # newer revisions of items that were offered last time
    taken_away: tuple[Item, ...] = ()

    @property
    def is_any(self) -> bool:
        return bool(self.added or self.renewed or self.taken_away)


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureChange:
    """One indicator then and now; None where it was not given. The periods differ by nature, so only values count."""

    indicator: str
    then: Figure | None
    now: Figure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerChange:
    """What differs between the last cycle's answer and this one's."""

    move: Move
    words: tuple[Piece, ...]  # of the justification; empty where it is word for word the same
    figures: tuple[FigureChange, ...]  # only those with another value
    evidence: EvidenceChange
    equivalent: bool | None  # claims an equivalent measure now, or no longer; None where that is the same

    @property
    def is_said_anew(self) -> bool:
        """Whether the line says something else. Figures belong to their year and change with it."""
        return self.move is not Move.SAME or bool(self.words) or self.equivalent is not None

    @property
    def is_shown_anew(self) -> bool:
        """Whether the line says something else, or shows other evidence for it."""
        return self.is_said_anew or self.evidence.is_any

    @property
    def is_any(self) -> bool:
        return self.is_shown_anew or bool(self.figures)


def answer_change(
    now: Answer,
    then: Answer,
    *,
    key_now: AnswerKey | None,
    key_then: AnswerKey | None,
    items_now: Sequence[Item] = (),
    items_then: Sequence[Item] = (),
) -> AnswerChange:
    """Compare two answers to the same criterion; the keys are theirs in the sets they were given under."""
    same_words = now.justification.split() == then.justification.split()
    return AnswerChange(
        move=_move(now, then, key_now, key_then),
        words=() if same_words else word_changes(then.justification, now.justification),
        figures=_figures(now, then),
        evidence=_evidence(items_now, items_then),
        equivalent=None if now.equivalent == then.equivalent else now.equivalent,
    )


def _move(now: Answer, then: Answer, key_now: AnswerKey | None, key_then: AnswerKey | None) -> Move:
    if now.status is AnswerStatus.ANSWERED and then.status is AnswerStatus.ANSWERED and key_now and key_then:
        if key_now.level == key_then.level:
            return Move.SAME
        return Move.UP if key_now.level > key_then.level else Move.DOWN
    return Move.SAME if now.status is then.status and now.key == then.key else Move.OTHER


def _figures(now: Answer, then: Answer) -> tuple[FigureChange, ...]:
    earlier = {figure.indicator: figure for figure in then.figures}
    later = {figure.indicator: figure for figure in now.figures}
    return tuple(
        FigureChange(indicator=name, then=earlier.get(name), now=later.get(name))
        for name in dict.fromkeys((*later, *earlier))
        if _value(earlier.get(name)) != _value(later.get(name))
    )


def _value(figure: Figure | None) -> tuple[Fraction, Fraction | None] | None:
    if figure is None:
        return None
    return figure.exact(), Fraction(figure.denominator) if figure.denominator else None


def _evidence(now: Sequence[Item], then: Sequence[Item]) -> EvidenceChange:
    here, there = {item.id for item in now}, {item.id for item in then}
    fresh = [item for item in now if item.id not in there]
    renewed = tuple(item for item in fresh if item.replaces in there)
    replaced = {item.replaces for item in renewed}
    return EvidenceChange(
        added=tuple(item for item in fresh if item.replaces not in there),
        renewed=renewed,
        taken_away=tuple(item for item in then if item.id not in here and item.id not in replaced),
    )


# What is asked ----------------------------------------------------------------------------------------------


class Part(StrEnum):
    """A text of a criterion that people answer to."""

    TITLE = "title"
    ASKS = "asks"
    DESCRIPTOR = "descriptor"


class RuleName(StrEnum):
    """What else decides how an answer counts."""

    CORE = "core"
    STOPPER = "stopper"
    CORE_MIN_LEVEL = "core_min_level"
    WEIGHT = "weight"
    STEPS = "steps"
    NOT_APPLICABLE = "not_applicable"
    EQUIVALENT = "equivalent"
    EVIDENCE = "evidence"
    REVIEW_MONTHS = "review_months"
    INDICATORS = "indicators"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextChange:
    """One text then and now; "" where there was or is none. `level` is the title of the level it describes."""

    part: Part
    then: str
    now: str
    level: str = ""

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Both texts, word by word."""
        return word_changes(self.then, self.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionChange:
    """What is asked otherwise than in the last cycle."""

    texts: tuple[TextChange, ...]
    rules: tuple[RuleName, ...]
    then: Criterion
    now: Criterion

    @property
    def is_any(self) -> bool:
        return bool(self.texts or self.rules)


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """The sets of two cycles: as frozen, which settles what changed, and as the reader of this page sees them.

    A better translation is no change of the criterion, so words are compared in the source and shown in translation.
    """

    now: CriteriaSet
    then: CriteriaSet
    shown_now: CriteriaSet
    shown_then: CriteriaSet

    def is_new(self, criterion_id: str) -> bool:
        """Whether the earlier set did not hold the criterion at all."""
        return not self.then.has(criterion_id)

    def dropped(self, profile: Mapping[str, object]) -> tuple[Criterion, ...]:
        """The criteria that were asked of this line and that the present set does not hold any more, as shown."""
        return tuple(
            self.shown_then.criterion(one.id) for one in self.then.applicable(profile) if not self.now.has(one.id)
        )

    def added(self, profile: Mapping[str, object]) -> tuple[Criterion, ...]:
        """The criteria asked of this line that the earlier set did not hold, as shown."""
        return tuple(
            self.shown_now.criterion(one.id) for one in self.now.applicable(profile) if not self.then.has(one.id)
        )

    def change_of(self, criterion_id: str) -> CriterionChange | None:
        """What is asked otherwise; None where nothing is, or where one of the sets does not hold the criterion."""
        if not (self.now.has(criterion_id) and self.then.has(criterion_id)):
            return None
        found = CriterionChange(
            texts=tuple(self._texts(criterion_id)),
            rules=tuple(_rules(self.now, self.then, criterion_id)),
            then=self.shown_then.criterion(criterion_id),
            now=self.shown_now.criterion(criterion_id),
        )
        return found if found.is_any else None

    def changed(self, profile: Mapping[str, object]) -> tuple[CriterionChange, ...]:
        """Every criterion asked of this line that is asked otherwise now, in the set's order."""
        found = (self.change_of(criterion.id) for criterion in self.now.applicable(profile))
        return tuple(change for change in found if change is not None)

    def _texts(self, name: str) -> Iterable[TextChange]:
        now, then = self.now.criterion(name), self.then.criterion(name)
        shown_now, shown_then = self.shown_now.criterion(name), self.shown_then.criterion(name)
        if now.title != then.title:
            yield TextChange(part=Part.TITLE, then=shown_then.title, now=shown_now.title)
        if now.asks != then.asks:
            yield TextChange(part=Part.ASKS, then=shown_then.asks, now=shown_now.asks)
        described_now, described_then = dict(now.descriptors), dict(then.descriptors)
        for key in dict.fromkeys((*described_then, *described_now)):
            if described_now.get(key) != described_then.get(key):
                yield TextChange(
                    part=Part.DESCRIPTOR,
                    then=dict(shown_then.descriptors).get(key, ""),
                    now=dict(shown_now.descriptors).get(key, ""),
                    level=self._level(name, key),
                )

    def _level(self, name: str, key: str) -> str:
        for shown in (self.shown_now, self.shown_then):
            answer = shown.answer_set_of(shown.criterion(name)).answer(key)
            if answer is not None:
                return answer.title
        return key


def _rules(now_set: CriteriaSet, then_set: CriteriaSet, name: str) -> Iterable[RuleName]:
    now, then = now_set.criterion(name), then_set.criterion(name)
    both_core = (now.core or now.stopper) and (then.core or then.stopper)
    compared = {
        RuleName.CORE: (now.core, then.core),
        RuleName.STOPPER: (now.stopper, then.stopper),
        RuleName.CORE_MIN_LEVEL: (
            both_core and now_set.core_min_level(now),
            both_core and then_set.core_min_level(then),
        ),
        RuleName.WEIGHT: (now.weight, then.weight),
        RuleName.STEPS: (_steps(now_set, now), _steps(then_set, then)),
        RuleName.NOT_APPLICABLE: (now.not_applicable, then.not_applicable),
        RuleName.EQUIVALENT: (now.equivalent_allowed, then.equivalent_allowed),
        RuleName.EVIDENCE: (set(now.evidence), set(then.evidence)),
        RuleName.REVIEW_MONTHS: (now.review_every_months, then.review_every_months),
        RuleName.INDICATORS: (_measured(now_set, now), _measured(then_set, then)),
    }
    return (rule for rule, (later, earlier) in compared.items() if later != earlier)


def _steps(criteria_set: CriteriaSet, criterion: Criterion) -> tuple[object, ...]:
    answers = criteria_set.answer_set_of(criterion)
    steps = tuple((answer.key, answer.level, answer.points) for answer in answers.answers)
    return steps, answers.from_indicators, answers.practice_for_top


def _measured(criteria_set: CriteriaSet, criterion: Criterion) -> tuple[object, ...]:
    """The indicators with what grades them; their titles may be mended without asking anything else."""
    found = (criteria_set.indicator(name) for name in criterion.indicators)
    return tuple((one.id, one.measure, one.better, one.unit, one.bands) for one in found)
