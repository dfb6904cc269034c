"""The reviewer's workspace as values: the queue of criteria, the open criterion, and what may be shown of others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from audit.domain.answers import Answer, AnswerOrigin, Figure
from audit.domain.confirmation import level_from_figures
from audit.domain.criteria import AnswerKey, AnswerSet, CriteriaSet, Criterion, Indicator, Measure, Theme
from audit.domain.findings import Grade
from audit.domain.workflow import State
from audit.persistence import criteria_sets
from audit.persistence.queries import reviews
from audit.persistence.queries.assessments import SavedAnswer
from audit.persistence.queries.reviewing import letters_of_others
from audit.persistence.queries.reviews import BOTH_IN, GivenEvidenceVerdict, GivenVerdict, Side, Workspace
from audit.persistence.tables import EvidenceItem, Review, SelfAssessment
from audit.web import visit
from audit.web.since import LastCycle, Since, Stored, as_stored, since

ALL, CORE, OPEN, CHANGED = "all", "core", "open", "changed"
SHOWN = (ALL, CORE, OPEN, CHANGED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One figure of the line; the rate is computed here, never typed."""

    indicator: Indicator
    figure: Figure
    value: Fraction
    cases: Fraction | None  # for a rate what is counted below the line
    rate: Fraction | None  # percent, for a rate
    period: tuple[date, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One evidence item offered for the open criterion, with this reviewer's verdict."""

    item: EvidenceItem
    kind_title: str
    locked: bool
    expired: bool
    given: GivenEvidenceVerdict | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A reviewer's verdict in words."""

    letter: str
    key: AnswerKey | None
    not_applicable: bool
    grade: Grade | None
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One criterion in the queue."""

    criterion: Criterion
    verdict: GivenVerdict | None
    items_open: int  # evidence items not judged yet
    changed: bool  # since last cycle

    @property
    def is_judged(self) -> bool:
        return self.verdict is not None and self.verdict.is_full and not self.items_open

    @property
    def verdict_missing(self) -> bool:
        return self.verdict is None or not self.verdict.is_full


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One theme of the queue: its criteria that the filter lets through, and how many of all are judged."""

    theme: Theme
    number: int
    entries: tuple[Entry, ...]
    judged: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything a page about one review rests on, read in a constant number of statements."""

    work: Workspace
    criteria_set: CriteriaSet  # in the reviewer's language, to be shown
    source_set: CriteriaSet  # as it was frozen, for everything that is written
    since: Since | None  # the last cycle, where there was one
    entries: tuple[Entry, ...]  # every criterion that applies to this line, in the set's order
    others: tuple[str, ...]  # letters of the other reviewers
    sides: Mapping[str, tuple[Side, ...]]  # what everybody said; empty until every review is in

    @property
    def assessment(self) -> SelfAssessment:
        return self.work.assessment

    @property
    def judged(self) -> int:
        return sum(entry.is_judged for entry in self.entries)

    @property
    def is_open(self) -> bool:
        """Whether this reviewer may still judge."""
        review = self.work.review
        declared = review.declared_at is not None and review.completed_at is None
        return declared and self.assessment.state is State.IN_REVIEW

    def entry(self, criterion_id: str) -> Entry | None:
        return next((entry for entry in self.entries if entry.criterion.id == criterion_id), None)

    def first_open(self) -> Entry | None:
        return next((entry for entry in self.entries if not entry.is_judged), None)

    def matching(self, show: str) -> tuple[Entry, ...]:
        """The criteria that a filter lets through."""
        kept: Mapping[str, Callable[[Entry], bool]] = {
            CORE: lambda entry: entry.criterion.core or entry.criterion.stopper,
            OPEN: lambda entry: not entry.is_judged,
            CHANGED: lambda entry: entry.changed,
        }
        return tuple(entry for entry in self.entries if show not in kept or kept[show](entry))

    def parts(self, show: str) -> tuple[Part, ...]:
        """The queue by theme; themes in which the filter lets nothing through are left out."""
        matching = set(self.matching(show))
        found, number = [], 0
        for theme in self.criteria_set.themes:
            inside = [entry for entry in self.entries if entry.criterion.theme == theme.id]
            if not inside:
                continue
            number += 1
            shown = tuple(entry for entry in inside if entry in matching)
            if shown:
                judged = sum(entry.is_judged for entry in inside)
                found.append(Part(theme=theme, number=number, entries=shown, judged=judged, total=len(inside)))
        return tuple(found)

    def around(self, criterion_id: str, show: str) -> tuple[Entry | None, Entry | None]:
        """The criteria before and after the open one among those shown. "Not judged yet" begins anew at its end."""
        places = {entry.criterion.id: place for place, entry in enumerate(self.entries)}
        here = places[criterion_id]
        shown = [entry for entry in self.matching(show) if entry.criterion.id != criterion_id]
        earlier = [entry for entry in shown if places[entry.criterion.id] < here]
        later = [entry for entry in shown if places[entry.criterion.id] > here]
        if show == OPEN and not later:
            later = earlier
        return (earlier[-1] if earlier else None), (later[0] if later else None)

    # The open criterion

    def said(self, criterion: Criterion) -> Stored:
        saved = self.work.answers.get(criterion.id)
        return as_stored(self.criteria_set, criterion.id, saved.value if saved else Answer())

    def figures(self, criterion: Criterion) -> tuple[Counted, ...]:
        saved = self.work.answers.get(criterion.id)
        return tuple(
            _counted(self.criteria_set.indicator(one.indicator), one) for one in (saved.value.figures if saved else ())
        )

    def graded(self, criterion: Criterion) -> AnswerKey | None:
        """The level that follows from the figures, where the criterion is measured and they are enough."""
        answers = self.answers(criterion)
        saved = self.work.answers.get(criterion.id)
        if not answers.from_indicators or saved is None:
            return None
        key = level_from_figures(self.criteria_set, criterion, saved.value.figures)
        return answers.answer(key) if key else None

    def answers(self, criterion: Criterion) -> AnswerSet:
        return self.criteria_set.answer_set_of(criterion)

    def last(self, criterion: Criterion) -> LastCycle | None:
        if self.since is None:
            return None
        saved = self.work.answers.get(criterion.id)
        return self.since.last(
            criterion.id, saved.value if saved else Answer(), self.work.evidence.get(criterion.id, ())
        )

    def is_new(self, criterion: Criterion) -> bool:
        """Whether the last cycle's set did not hold this criterion."""
        return self.since is not None and self.since.versions.is_new(criterion.id)

    def copied(self, criterion: Criterion) -> SavedAnswer | None:
        """The answer where the line copied last cycle's by "Still true" and left it so."""
        saved = self.work.answers.get(criterion.id)
        return saved if saved is not None and saved.origin is AnswerOrigin.STILL_TRUE else None

    def proofs(self, criterion: Criterion, today: date) -> tuple[Proof, ...]:
        titles = {kind.id: kind.title for kind in self.criteria_set.evidence_kinds}
        return tuple(
            Proof(
                item=item,
                kind_title=titles.get(item.kind, item.kind),
                locked=item.locked_at is not None,
                expired=item.valid_until is not None and item.valid_until < today,
                given=self.work.evidence_verdicts.get((criterion.id, item.public_id)),
            )
            for item in self.work.evidence.get(criterion.id, [])
        )

    def verdicts(self, criterion: Criterion) -> tuple[Verdict, ...]:
        """What the others said, once every review is in."""
        own = self.work.review.letter
        return tuple(
            in_words(self.criteria_set, criterion, side)
            for side in self.sides.get(criterion.id, ())
            if side.letter != own
        )


def _counted(indicator: Indicator, figure: Figure) -> Counted:
    cases = Fraction(figure.denominator) if figure.denominator else None
    return Counted(
        indicator=indicator,
        figure=figure,
        value=figure.exact(),
        cases=cases,
        rate=figure.exact() * 100 / cases if indicator.measure is Measure.RATE and cases else None,
        period=(date.fromisoformat(figure.period_from), date.fromisoformat(figure.period_to)),
    )


def in_words(criteria_set: CriteriaSet, criterion: Criterion, side: Side) -> Verdict:
    """A verdict with the title of its level."""
    given = side.verdict
    return Verdict(
        letter=side.letter,
        key=criteria_set.answer_set_of(criterion).answer(given.key) if given.key else None,
        not_applicable=given.not_applicable,
        grade=given.grade,
        comment=given.comment,
    )


def desk_of(session: Any, review: Review) -> Desk:
    """Read everything; a constant number of statements, however many criteria and items there are."""
    work = reviews.workspace(session, review)
    assessment = work.assessment
    digest = assessment.cycle.criteria_set_hash
    criteria_set = visit.criteria_set(digest)
    past = since(session, work.past, digest)
    return Desk(
        work=work,
        criteria_set=criteria_set,
        source_set=criteria_sets.frozen(session, digest),
        since=past,
        entries=_entries(work, criteria_set, past),
        others=letters_of_others(session, review),
        sides=reviews.sides(session, assessment) if assessment.state in BOTH_IN else {},
    )


def _entries(work: Workspace, criteria_set: CriteriaSet, past: Since | None) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            criterion=criterion,
            verdict=work.verdicts.get(criterion.id),
            items_open=sum(
                item.locked_at is None and (criterion.id, item.public_id) not in work.evidence_verdicts
                for item in work.evidence.get(criterion.id, [])
            ),
            changed=_changed(work, criterion.id, past),
        )
        for criterion in criteria_set.applicable(work.assessment.profile)
    )


def _changed(work: Workspace, criterion_id: str, past: Since | None) -> bool:
    """Whether the line says or shows something else than last time, said nothing then, or is asked otherwise."""
    saved = work.answers.get(criterion_id)
    if past is None or saved is None:
        return False
    last = past.last(criterion_id, saved.value, work.evidence.get(criterion_id, ()))
    if last is None or last.wording is not None:
        return True
    return last.change is not None and last.change.is_shown_anew
