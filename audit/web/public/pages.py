"""What the public pages show, as frozen values: templates compute nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from audit.domain.calendar import add_months
from audit.domain.certification import CertificateStatus, Shown
from audit.domain.criteria import CriteriaSet, Criterion, Level, Theme
from audit.domain.criteria_translation import Wording
from audit.domain.status_reasons import REASON_WORDS, ReasonClass
from audit.persistence.queries.certificates import Registered

MOST_MONTHS_SUSPENDED = 6  # after that the network withdraws or reinstates (domain report 2.3)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryStep:
    """One public event of a certificate. `reason` is a message id or empty."""

    on: date
    status: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The answer about one certificate."""

    entry: Registered
    since: date  # when the status that shows began
    history: tuple[HistoryStep, ...]  # the latest first
    decide_by: date | None  # when a suspension must end in a decision

    @property
    def css(self) -> str:
        return {Shown.VALID: "valid", Shown.CONDITIONAL: "valid", Shown.SUPERSEDED: "expired"}.get(
            self.entry.shown, self.entry.shown.value
        )


def check(entry: Registered) -> Check:
    """The check page of a certificate found in the register."""
    steps = [
        HistoryStep(on=event.effective_on, status=event.status, reason=_words(event.reason_class))
        for event in entry.events
    ]
    since = steps[-1].on if steps else entry.certificate.valid_from
    if entry.shown is Shown.EXPIRED and (not steps or steps[-1].status != CertificateStatus.EXPIRED):
        since = entry.certificate.valid_until
    decide_by = add_months(since, MOST_MONTHS_SUSPENDED) if entry.shown is Shown.SUSPENDED else None
    return Check(entry=entry, since=since, history=tuple(reversed(steps)), decide_by=decide_by)


def _words(reason_class: str) -> str:
    return REASON_WORDS[ReasonClass(reason_class)] if reason_class in set(ReasonClass) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodTheme:
    theme: Theme
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A criteria set as the public reads it. `older` are the criteria with a text translated from an older version."""

    criteria_set: CriteriaSet
    draft_translation: bool
    older: frozenset[str]
    themes: tuple[MethodTheme, ...]
    levels: tuple[Level, ...]
    core: int
    stoppers: int


def method(wording: Wording) -> Method:
    """The set by theme, with what it counts."""
    criteria_set = wording.criteria_set
    return Method(
        criteria_set=criteria_set,
        draft_translation=wording.draft,
        older=frozenset(one.id for one in criteria_set.criteria if wording.is_older(f"criteria.{one.id}")),
        themes=tuple(
            MethodTheme(theme=theme, criteria=criteria_set.of_theme(theme.id)) for theme in criteria_set.themes
        ),
        levels=criteria_set.levels,
        core=sum(criterion.core for criterion in criteria_set.criteria),
        stoppers=sum(criterion.stopper for criterion in criteria_set.criteria),
    )
