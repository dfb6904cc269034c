"""The last cycle beside this one, for the line's people and for reviewers alike: what was said, and what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audit.domain.answers import Answer, AnswerStatus
from audit.domain.changes import AnswerChange, CriterionChange, Item, Versions, answer_change
from audit.domain.criteria import AnswerKey, CriteriaSet, Criterion
from audit.domain.findings import Grade
from audit.persistence import criteria_sets
from audit.persistence.queries.assessments import Past
from audit.persistence.tables import EvidenceItem
from audit.web import visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An answer as words: what a person reads, never a form."""

    answer: Answer
    key: AnswerKey | None
    not_applicable: bool

    @property
    def mark(self) -> str:
        return mark(self.key, not_applicable=self.not_applicable)


def mark(key: AnswerKey | None, *, not_applicable: bool = False) -> str:
    """The name of a level's mark: l0 to l3, na, or todo where nothing is answered."""
    if not_applicable:
        return "na"
    return "todo" if key is None else f"l{key.level}"


def as_stored(criteria_set: CriteriaSet, criterion_id: str, answer: Answer) -> Stored:
    """An answer in the words of the set it was given under."""
    key = None
    if answer.key and answer.status is AnswerStatus.ANSWERED and criteria_set.has(criterion_id):
        key = criteria_set.answer_set_of(criteria_set.criterion(criterion_id)).answer(answer.key)
    return Stored(answer=answer, key=key, not_applicable=answer.status is AnswerStatus.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastCycle:
    """Last cycle's answer, what the reviewers made of it, and what changed since."""

    cycle: str
    said: Stored
    confirmed: AnswerKey | None
    confirmed_not_applicable: bool
    grade: Grade | None  # none where no review was finished
    comment: str
    evidence: tuple[Item, ...]
    change: AnswerChange | None  # None while this cycle's criterion is not answered
    wording: CriterionChange | None  # what is asked otherwise now

    @property
    def confirmed_mark(self) -> str:
        return mark(self.confirmed, not_applicable=self.confirmed_not_applicable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """Everything about the last cycle that the pages of this one show."""

    past: Past
    versions: Versions

    @property
    def cycle(self) -> str:
        return self.past.assessment.cycle.name

    def last(self, criterion_id: str, now: Answer, evidence: Sequence[EvidenceItem]) -> LastCycle | None:
        """The last cycle's answer to a criterion beside this one's; None where there was none."""
        before, earlier = self.past.answers.get(criterion_id), self.versions.shown_then
        if before is None or not earlier.has(criterion_id):
            return None
        answers = earlier.answer_set_of(earlier.criterion(criterion_id))
        said = as_stored(earlier, criterion_id, before.answer)
        there = items(self.past.evidence.get(criterion_id, ()))
        return LastCycle(
            cycle=before.cycle,
            said=said,
            confirmed=answers.answer(before.confirmed_key) if before.confirmed_key else None,
            confirmed_not_applicable=before.confirmed_not_applicable,
            grade=before.grade,
            comment=before.comment,
            evidence=there,
            change=answer_change(
                now,
                before.answer,
                key_now=as_stored(self.versions.shown_now, criterion_id, now).key,
                key_then=said.key,
                items_now=items(evidence),
                items_then=there,
            )
            if now.counts
            else None,
            wording=self.versions.change_of(criterion_id),
        )

    def asked_anew(self, profile: Mapping[str, Any]) -> AskedAnew:
        """How the questions themselves changed, for a page about the whole self-assessment."""
        return AskedAnew(
            cycle=self.cycle,
            added=self.versions.added(profile),
            changed=self.versions.changed(profile),
            dropped=self.versions.dropped(profile),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAnew:
    """The criteria that are new, changed or dropped since a cycle."""

    cycle: str
    added: tuple[Criterion, ...]
    changed: tuple[CriterionChange, ...]
    dropped: tuple[Criterion, ...]

    @property
    def is_any(self) -> bool:
        return bool(self.added or self.changed or self.dropped)


def since(session: Any, past: Past | None, digest: str) -> Since | None:
    """The last cycle beside the set of the present one, of this hash; None where there was no last cycle."""
    if past is None:
        return None
    earlier = past.assessment.cycle.criteria_set_hash
    return Since(
        past=past,
        versions=Versions(
            now=criteria_sets.frozen(session, digest),
            then=criteria_sets.frozen(session, earlier),
            shown_now=visit.criteria_set(digest),
            shown_then=visit.criteria_set(earlier),
        ),
    )


def items(rows: Iterable[EvidenceItem]) -> tuple[Item, ...]:
    """Evidence rows as they are compared; a locked item loses its name."""
    return tuple(
        Item(id=row.id, title="" if row.locked_at is not None else row.title, replaces=row.replaces_id) for row in rows
    )
