"""What a self-assessment still lacks before it can be submitted, and what its submission freezes."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from audit.domain.answers import Answer, AnswerStatus
from audit.domain.cases import case_apart
from audit.domain.criteria import CriteriaSet, Criterion, Proves
from audit.domain.errors import N_
from audit.domain.journal import canonical

SUBMISSION_STATEMENT = N_(
    "I confirm that these answers and this evidence describe our line truthfully and completely to the best of my"
    " knowledge, that the evidence contains no sexual image of a child and nothing that identifies a reporter, a child"
    " or a suspect, and that I may sign for the line."
)
EVIDENCE_FROM_LEVEL = 2  # "mostly met" and better are shown; "partly met" may be planned or informal


class GapReason(StrEnum):
    """Why a criterion keeps the self-assessment from being submitted."""

    NOT_ANSWERED = "not_answered"
    UNKNOWN = "unknown"  # answered "don't know yet"
    JUSTIFICATION = "justification"
    NOT_APPLICABLE_REASON = "not_applicable_reason"
    FIGURES = "figures"
    EVIDENCE = "evidence"
    PRACTICE_EVIDENCE = "practice_evidence"  # the top level needs an item that shows practice


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    criterion: str
    theme: str
    reason: GapReason


def gaps(
    criteria_set: CriteriaSet,
    profile: Mapping[str, object],
    answers: Mapping[str, Answer],
    kinds: Mapping[str, Iterable[str]],
) -> tuple[Gap, ...]:
    """Everything missing, in the set's order; empty when the self-assessment can be submitted.

    `kinds` names, by criterion, the evidence kinds of the items offered that are unlocked and not out of date. What the
    profile excludes is not asked for.
    """
    return tuple(
        Gap(criterion=criterion.id, theme=criterion.theme, reason=reason)
        for criterion in criteria_set.applicable(profile)
        for reason in reasons(
            criteria_set, criterion, answers.get(criterion.id, Answer()), frozenset(kinds.get(criterion.id, ()))
        )
    )


def reasons(
    criteria_set: CriteriaSet, criterion: Criterion, answer: Answer, kinds: frozenset[str]
) -> tuple[GapReason, ...]:
    """What one answer lacks. The criterion is the source's, not a translation's: cases are told by their words."""
    if answer.status is AnswerStatus.UNKNOWN:
        return (GapReason.UNKNOWN,)
    if answer.status is AnswerStatus.NOT_APPLICABLE:
        return () if _says_why_not(criterion, answer) else (GapReason.NOT_APPLICABLE_REASON,)
    if criteria_set.answer_set_of(criterion).from_indicators and not _has_figures(criterion, answer):
        return (GapReason.FIGURES,)
    step = criteria_set.answer_set_of(criterion).answer(answer.key or "")
    if answer.status is AnswerStatus.EMPTY or step is None:
        return (GapReason.NOT_ANSWERED,)
    found = [] if answer.justification.strip() else [GapReason.JUSTIFICATION]
    if step.level >= EVIDENCE_FROM_LEVEL and criterion.evidence and not is_shown(criteria_set, criterion, kinds):
        found.append(GapReason.EVIDENCE)
    elif _needs_practice(criteria_set, criterion, step.level) and not any(
        _carries_top(criteria_set, kind) for kind in kinds
    ):
        found.append(GapReason.PRACTICE_EVIDENCE)
    return tuple(found)


def is_reopened(named: Collection[str], criterion_id: str, *, lapsed: bool, changed: bool) -> bool:
    """Whether a criterion of a returned self-assessment is open for change; with nothing named, every one is.

    Open beside those `named`: a criterion whose answer or evidence no longer suffices (`lapsed`), since nothing could
    be submitted otherwise, and one `changed` since the signature, so that it does not shut under somebody's hands.
    """
    return not named or criterion_id in named or lapsed or changed


def _says_why_not(criterion: Criterion, answer: Answer) -> bool:
    """A reason; where the set lists the cases in which a criterion does not apply, one of them."""
    cases = criterion.not_applicable_cases
    named = not cases or case_apart(cases, answer.justification)[0] is not None
    return named and bool(answer.justification.strip())


def _has_figures(criterion: Criterion, answer: Answer) -> bool:
    return set(criterion.indicators) <= {figure.indicator for figure in answer.figures}


def is_shown(criteria_set: CriteriaSet, criterion: Criterion, kinds: frozenset[str]) -> bool:
    """Listed kinds are alternatives, and a live view may stand in for any (domain report 4.1)."""
    return any(kind in criterion.evidence or criteria_set.kind(kind).replaces_any for kind in kinds)


def _needs_practice(criteria_set: CriteriaSet, criterion: Criterion, level: int) -> bool:
    answer_set = criteria_set.answer_set_of(criterion)
    return answer_set.practice_for_top and level == answer_set.top.level


def _carries_top(criteria_set: CriteriaSet, kind_id: str) -> bool:
    """Declarations and synthetic samples show practice but do not carry the top level; a live view always does."""
    kind = criteria_set.kind(kind_id)
    return kind.replaces_any or (kind.proves is Proves.PRACTICE and kind.counts_for_top)


def snapshot_text(facts: Mapping[str, object]) -> str:
    """The frozen text of a submission: canonical JSON, one text per content."""
    return canonical(facts)


def snapshot_hash(text: str) -> str:
    """SHA-256 (hex) of a purpose prefix and the frozen text: what approvals, certificate and journal name."""
    return hashlib.sha256(b"plumbline submission v1\n" + text.encode()).hexdigest()
