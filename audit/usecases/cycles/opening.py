"""Opening a cycle and closing it: who is asked, with which criteria, by when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.domain import workflow
from audit.domain.criteria import CriteriaSet, SetStatus
from audit.domain.criteria_translation import Translation, corrected
from audit.domain.errors import N_, AuditError, InvalidInput, WrongState
from audit.domain.first_round import first_round
from audit.domain.journal import Event
from audit.domain.letters import LetterKind
from audit.domain.permissions import Role
from audit.persistence import criteria_sets, journal, letters
from audit.persistence.queries import people, rounds
from audit.persistence.tables import (
    Audience,
    Cycle,
    CycleKind,
    Document,
    DocumentKind,
    Person,
    ReportingLine,
    SelfAssessment,
)
from audit.usecases.cycles.problems import raise_all

CLOSE_OF_CYCLE = "close"  # the occasion of the comparison report that a closed cycle asks for


def plan_cycle(
    session: Session,
    *,
    name: str,
    kind: CycleKind,
    criteria_set: CriteriaSet,
    lines: Sequence[ReportingLine],
    dates: tuple[date, date, date, date],
) -> CriteriaSet:
    """What the lines of such a cycle would be asked; InvalidInput with every reason why it cannot be opened.

    `dates` are those of open_cycle, in its order.
    """
    if kind is CycleKind.PRACTICE:
        raise ValueError("practice is begun by a line, not opened by a coordinator")
    name = " ".join(name.split())
    problems = _cycle_problems(name, criteria_set, lines, dates)
    if session.scalar(select(Cycle.id).where(Cycle.name == name)) is not None:
        problems.append(InvalidInput(N_("Another cycle has this name already."), field="name"))
    if kind is CycleKind.FIRST_ROUND:
        problems += _too_late_for_a_first_round(session, lines)
    raise_all(problems)
    return first_round(criteria_set) if kind is CycleKind.FIRST_ROUND else criteria_set


def open_cycle(
    session: Session,
    *,
    name: str,
    kind: CycleKind,
    criteria_set: CriteriaSet,
    source: str,
    lines: Sequence[ReportingLine],
    translations: Sequence[Translation] = (),
    opens_on: date,
    submit_by: date,
    review_by: date,
    decide_by: date,
    reviewers: int = 2,
    validity_months: int = 36,
    actor: Person,
    at: datetime,
) -> Cycle:
    """Open a cycle: freeze the criteria set, make one self-assessment per line with its profile, write to managers.

    From here on nothing reads the criteria file: text, weights and rules are those of the frozen set. `source` is the
    text of the file as it was read; `translations` are those that stand beside it. A first round freezes the core
    criteria only, and no line has it twice or after a certificate.
    """
    name = " ".join(name.split())
    dates = (opens_on, submit_by, review_by, decide_by)
    asked = plan_cycle(session, name=name, kind=kind, criteria_set=criteria_set, lines=lines, dates=dates)
    if kind is CycleKind.FIRST_ROUND:
        translations = [corrected(asked, None, found) for found in translations]
    if reviewers not in (1, 2) or not 1 <= validity_months <= 60:
        raise InvalidInput(N_("A cycle has one or two reviewers, and certificates last up to 60 months."))
    cycle = Cycle(
        name=name,
        kind=kind,
        criteria_set_hash=criteria_sets.freeze(session, asked, source, at),
        opens_on=opens_on,
        submit_by=submit_by,
        review_by=review_by,
        decide_by=decide_by,
        reviewers=reviewers,
        validity_months=validity_months,
        opened_at=at,
        opened_by_id=actor.id,
    )
    session.add(cycle)
    session.flush()
    for translation in translations:
        criteria_sets.store_translation(session, cycle.criteria_set_hash, translation, actor=actor, at=at)
    for line in lines:
        _ask(session, cycle, line, at)
    journal.record(
        session,
        Event.CYCLE_OPENED,
        f"cycle:{cycle.public_id}",
        actor=actor,
        at=at,
        name=cycle.name,
        kind=cycle.kind,
        criteria_set=cycle.criteria_set_hash,
        lines=[line.public_id for line in lines],
    )
    return cycle


def _cycle_problems(
    name: str, criteria_set: CriteriaSet, lines: Sequence[ReportingLine], dates: tuple[date, ...]
) -> list[AuditError]:
    problems: list[AuditError] = []
    if not name:
        problems.append(InvalidInput(N_("Please fill this in."), field="name"))
    if len(name) > 80:
        problems.append(InvalidInput(N_("Please use at most %(most)d characters."), field="name", most=80))
    if criteria_set.status is SetStatus.RETIRED:
        message = N_("This criteria set is retired. Please choose a newer version.")
        problems.append(InvalidInput(message, field="criteria_set"))
    if not lines:
        problems.append(InvalidInput(N_("Please choose at least one line."), field="lines"))
    for line in lines:
        if line.left_at is not None:
            message = N_("%(line)s has left the network.")
            problems.append(InvalidInput(message, field="lines", line=line.name))
    for field, earlier, later in zip(("submit_by", "review_by", "decide_by"), dates, dates[1:], strict=False):
        if later < earlier:
            problems.append(InvalidInput(N_("This date must not be before the one above it."), field=field))
    return problems


def _too_late_for_a_first_round(session: Session, lines: Sequence[ReportingLine]) -> list[AuditError]:
    """Every line that had its first round, is in one, or holds or held a certificate, each by name."""
    had, certified = rounds.after_first_rounds(session)
    problems: list[AuditError] = []
    for line in lines:
        if line.id in had:
            message = N_("%(line)s had its first round already; a full cycle comes next.")
            problems.append(InvalidInput(message, field="lines", line=line.name))
        elif line.id in certified:
            message = N_("%(line)s holds or held a certificate, so a first round is behind it.")
            problems.append(InvalidInput(message, field="lines", line=line.name))
    return problems


def _ask(session: Session, cycle: Cycle, line: ReportingLine, at: datetime) -> None:
    """One line's self-assessment, with its profile as it is now, and a letter to each of its managers."""
    session.add(
        SelfAssessment(
            cycle_id=cycle.id,
            line_id=line.id,
            state=workflow.State.DRAFT,
            due_on=cycle.submit_by,
            profile=dict(line.profile),
            created_at=at,
        )
    )
    for manager in people.holders(session, Role.MANAGER, line=line):
        letters.write(
            session,
            LetterKind.CYCLE_OPENED,
            manager,
            key=f"{LetterKind.CYCLE_OPENED}:{cycle.public_id}:{line.public_id}:{manager.public_id}",
            at=at,
            cycle=cycle.name,
            line=line.name,
            line_id=line.public_id,
            due_on=cycle.submit_by.isoformat(),
        )


def close_cycle(session: Session, cycle: Cycle, *, actor: Person, at: datetime) -> Cycle:
    """Close a cycle in which every line was decided or withdrew; ask for its comparison report. Names who is left."""
    if cycle.closed_at is not None:
        raise WrongState(N_("This cycle is closed already."))
    left = session.scalars(
        select(ReportingLine.name)
        .join(SelfAssessment, SelfAssessment.line_id == ReportingLine.id)
        .where(SelfAssessment.cycle_id == cycle.id, SelfAssessment.state.not_in(workflow.CLOSED))
        .order_by(ReportingLine.name)
    ).all()
    if left:
        message = N_("These lines are neither decided nor withdrawn yet: %(lines)s.")
        raise WrongState(message, lines="; ".join(left))
    cycle.closed_at = at
    subject = f"cycle:{cycle.public_id}:{Audience.COORDINATOR}:{CLOSE_OF_CYCLE}"
    wanted = select(Document.id).where(Document.kind == DocumentKind.COMPARISON_REPORT, Document.subject == subject)
    if session.scalar(wanted) is None:
        session.add(
            Document(
                kind=DocumentKind.COMPARISON_REPORT,
                subject=subject,
                audience=Audience.COORDINATOR,
                cycle_id=cycle.id,
                title=cycle.name,
                language=actor.language,
                wanted_at=at,
                wanted_by_id=actor.id,
            )
        )
    journal.record(session, Event.CYCLE_CLOSED, f"cycle:{cycle.public_id}", actor=actor, at=at, name=cycle.name)
    return cycle
