"""The profile of the line: the facts its criteria ask for, and what is known of it in public."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, g, render_template, request

from audit.domain.criteria import CriteriaSet, Criterion, ProfileFact
from audit.domain.errors import N_, AuditError
from audit.domain.permissions import Permission
from audit.domain.profile import changed_profile, chosen_of, effect, profile_text
from audit.domain.workflow import CLOSED, State
from audit.persistence.queries import assessments
from audit.persistence.queries.method import used_sets
from audit.persistence.tables import ReportingLine, SelfAssessment
from audit.usecases import lines as desk
from audit.web import visit
from audit.web.errors import status_of
from audit.web.guards import may, requires
from audit.web.line.blueprint import blueprint, words_of
from audit.web.line.material import line_of, shown_set
from audit.web.replies import said, see
from audit.web.transaction import session

PREFIX = "fact-"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactField:
    """One fact with what is chosen in its field."""

    fact: ProfileFact
    chosen: tuple[str, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundEffect:
    """What the new facts do to one draft."""

    cycle: str
    no_longer: tuple[tuple[Criterion, bool], ...]  # each with whether it is answered: the answer is kept
    newly: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """The line's rounds that a change would reach, and whether others stay as they are."""

    drafts: tuple[SelfAssessment, ...]
    frozen: tuple[SelfAssessment, ...]  # under way, and answered under the profile they were opened with


def _rounds(line: ReportingLine) -> Rounds:
    found = assessments.of_line(session(), line.id)
    return Rounds(
        drafts=tuple(one for one in found if one.state is State.DRAFT),
        frozen=tuple(one for one in found if one.state is not State.DRAFT and one.state not in CLOSED),
    )


def _facts(line: ReportingLine, rounds: Rounds) -> Sequence[ProfileFact]:
    """The facts of the set the line answers now, else of the one used last; in the words of the page."""
    chosen: CriteriaSet | None = None
    if rounds.drafts or rounds.frozen:
        chosen = shown_set((*rounds.drafts, *rounds.frozen)[0])
    else:
        latest = used_sets(session())
        chosen = visit.criteria_set(latest[0].hash) if latest else None
    return chosen.profile if chosen is not None else ()


def _stated(facts: Sequence[ProfileFact]) -> dict[str, list[str]]:
    return {fact.id: request.form.getlist(f"{PREFIX}{fact.id}") for fact in facts}


def _fields(
    facts: Sequence[ProfileFact],
    profile: Mapping[str, Any],
    typed: Mapping[str, Sequence[str]] | None,
    refusal: AuditError | None,
) -> tuple[FactField, ...]:
    return tuple(
        FactField(
            fact=fact,
            chosen=tuple(typed[fact.id]) if typed is not None else chosen_of(fact, profile),
            problem=words_of(refusal) if refusal is not None and refusal.field == fact.id else "",
        )
        for fact in facts
    )


def _page(
    line: ReportingLine,
    rounds: Rounds,
    facts: Sequence[ProfileFact],
    *,
    typed: Mapping[str, Sequence[str]] | None = None,
    refusal: AuditError | None = None,
) -> tuple[str, int]:
    g.failed = refusal is not None
    page = render_template(
        "line/profile.html",
        line=line,
        fields=_fields(facts, line.profile, typed, refusal),
        refusal=words_of(refusal) if refusal is not None else "",
        seen=profile_text(line.profile),
        rounds=rounds,
        may_change=may(Permission.CHANGE_LINE_PROFILE, line),
        prefix=PREFIX,
    )
    return page, 200 if refusal is None else status_of(refusal)


@blueprint.get("/profile")
@requires(Permission.SEE_LINE, load=line_of)
def profile(line: ReportingLine) -> tuple[str, int]:
    """What is known of the line: the facts its manager states, and those the network office keeps."""
    rounds = _rounds(line)
    return _page(line, rounds, _facts(line, rounds))


@blueprint.post("/profile")
@requires(Permission.CHANGE_LINE_PROFILE, load=line_of)
def change_profile(line: ReportingLine) -> Response | tuple[str, int]:
    """Show what the facts chosen do to the open drafts; saved when they come back confirmed."""
    rounds = _rounds(line)
    facts = _facts(line, rounds)
    typed = _stated(facts)
    try:
        wanted = changed_profile(facts, line.profile, typed)
        if request.form.get("choice") == "change":
            return _page(line, rounds, facts, typed=typed)
        if request.form.get("choice") != "confirmed":
            return _preview(line, rounds, facts, typed, wanted)
        changed = desk.change_profile(
            session(),
            line,
            facts,
            typed,
            seen=request.form.get("seen", ""),
            actor=visit.actor(),
            at=visit.now(),
        )
    except AuditError as refusal:
        return _page(line, rounds, facts, typed=typed, refusal=refusal)
    message = N_("Saved.") if changed else N_("Nothing was chosen anew, so nothing changed.")
    return see("profile", said(message), line=line.public_id)


def _preview(
    line: ReportingLine,
    rounds: Rounds,
    facts: Sequence[ProfileFact],
    typed: Mapping[str, Sequence[str]],
    wanted: Mapping[str, Any],
) -> Response | tuple[str, int]:
    if profile_text(wanted) == profile_text(line.profile):
        return see("profile", said(N_("Nothing was chosen anew, so nothing changed.")), line=line.public_id)
    page = render_template(
        "line/profile_preview.html",
        line=line,
        fields=_fields(facts, line.profile, typed, None),
        before={field.fact.id: field.chosen for field in _fields(facts, line.profile, None, None)},
        effects=[_effect(one, facts, typed) for one in rounds.drafts],
        rounds=rounds,
        seen=request.form.get("seen", ""),
        prefix=PREFIX,
    )
    return page, 200


def _effect(
    assessment: SelfAssessment, facts: Sequence[ProfileFact], typed: Mapping[str, Sequence[str]]
) -> RoundEffect:
    found = effect(shown_set(assessment), assessment.profile, changed_profile(facts, assessment.profile, typed))
    answered = {name for name, one in assessments.values_of(session(), assessment.id).items() if one.counts}
    return RoundEffect(
        cycle=assessment.cycle.name,
        no_longer=tuple((one, one.id in answered) for one in found.no_longer),
        newly=found.newly,
    )
