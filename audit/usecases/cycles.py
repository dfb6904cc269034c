"""Lines and cycles: who is asked, with which criteria, by when."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from audit.domain import workflow
from audit.domain.criteria import CriteriaSet, SetStatus
from audit.domain.criteria_translation import Translation
from audit.domain.errors import N_, AuditError, InvalidInput, WrongState
from audit.domain.journal import Event
from audit.domain.letters import LetterKind
from audit.domain.permissions import Role
from audit.persistence import criteria_sets, journal, letters
from audit.persistence.queries import people
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

NAME_LIMIT = 160  # so that one page stays one page (product.md, limits)
TEXT_LIMIT = 240
INSTRUCTION_LIMIT = 2000
CLOSE_OF_CYCLE = "close"  # the occasion of the comparison report that a closed cycle asks for


def create_line(
    session: Session,
    *,
    name: str,
    country: str,
    operator: str,
    operator_address: str,
    scope: str,
    channels: str,
    web_address: str,
    profile: Mapping[str, Any],
    name_latin: str = "",
    language: str = "en",
    actor: Person,
    at: datetime,
) -> ReportingLine:
    """Add a line to the network. InvalidInput names every field that cannot be used."""
    values = _line_values(
        name=name, country=country, operator=operator, operator_address=operator_address, scope=scope,
        channels=channels, web_address=web_address, name_latin=name_latin, language=language,
    )  # fmt: skip
    _name_is_free(session, values["name"], None)
    line = ReportingLine(**values, profile=_profile(profile), created_at=at)
    session.add(line)
    session.flush()
    journal.record(session, Event.LINE_CREATED, f"line:{line.public_id}", actor=actor, at=at, line=line, name=line.name)
    return line


def change_line(
    session: Session,
    line: ReportingLine,
    *,
    name: str,
    country: str,
    operator: str,
    operator_address: str,
    scope: str,
    channels: str,
    web_address: str,
    profile: Mapping[str, Any],
    name_latin: str = "",
    language: str = "en",
    actor: Person,
    at: datetime,
) -> None:
    """Change what is known of a line. Open self-assessments keep the profile they were opened with."""
    values = _line_values(
        name=name, country=country, operator=operator, operator_address=operator_address, scope=scope,
        channels=channels, web_address=web_address, name_latin=name_latin, language=language,
    )  # fmt: skip
    _name_is_free(session, values["name"], line)
    values["profile"] = _profile(profile)
    changed = sorted(field for field, value in values.items() if getattr(line, field) != value)
    for field in changed:
        setattr(line, field, values[field])
    if changed:
        journal.record(
            session, Event.LINE_CHANGED, f"line:{line.public_id}", actor=actor, at=at, line=line, fields=changed
        )


def instruct_on_wrong_files(
    session: Session, *, country: str, instruction: str, actor: Person, at: datetime
) -> Sequence[ReportingLine]:
    """Set what the lines of a country read after “wrong file”: its law says whom to tell. Empty: the general words."""
    instruction = instruction.replace("\0", "").replace("\r\n", "\n").strip()
    if len(instruction) > INSTRUCTION_LIMIT:
        message = N_("Please use at most %(most)d characters.")
        raise InvalidInput(message, field="instruction", most=INSTRUCTION_LIMIT)
    lines = session.scalars(select(ReportingLine).where(ReportingLine.country == country)).all()
    if not lines:
        raise InvalidInput(N_("No line of the network is in this country."), field="country")
    for line in lines:
        if line.wrong_file_instruction != instruction:
            line.wrong_file_instruction = instruction
            journal.record(
                session,
                Event.LINE_CHANGED,
                f"line:{line.public_id}",
                actor=actor,
                at=at,
                line=line,
                fields=["wrong_file_instruction"],
            )
    return lines


def _line_values(**given: str) -> dict[str, Any]:
    """The cleaned texts; InvalidInput with all problems at once."""
    limits = {
        "name": NAME_LIMIT, "name_latin": NAME_LIMIT, "operator": NAME_LIMIT, "operator_address": TEXT_LIMIT,
        "scope": TEXT_LIMIT, "channels": TEXT_LIMIT, "web_address": 200, "language": 12, "country": 80,
    }  # fmt: skip
    needed = {"name", "operator", "scope", "channels", "language", "country"}
    values: dict[str, Any] = {}
    problems: list[AuditError] = []
    for field, text in given.items():
        text = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
        values[field] = text
        if field in needed and not text:
            problems.append(InvalidInput(N_("Please fill this in."), field=field))
        elif len(text) > limits[field]:
            message = N_("Please use at most %(most)d characters.")
            problems.append(InvalidInput(message, field=field, most=limits[field]))
    values["country"] = values["country"].upper()
    if values["country"] and not re.fullmatch(r"[A-Z]{2}", values["country"]):
        problems.append(InvalidInput(N_("Please choose a country."), field="country"))
    if values["web_address"] and not _is_web_address(values["web_address"]):
        message = N_("This is not a web address. It begins with https:// or http://.")
        problems.append(InvalidInput(message, field="web_address"))
    _raise_all(problems)
    return values


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text


def _raise_all(problems: Sequence[AuditError]) -> None:
    if problems:
        first = problems[0]
        raise InvalidInput(first.message, field=first.field, problems=tuple(problems[1:]), **first.values)


def _name_is_free(session: Session, name: str, line: ReportingLine | None) -> None:
    found = session.scalar(select(ReportingLine.id).where(ReportingLine.name == name))
    if found is not None and (line is None or found != line.id):
        raise InvalidInput(N_("Another line has this name already."), field="name")


def _profile(profile: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as plain JSON: one option as text, several as a sorted list."""
    plain: dict[str, Any] = {}
    for fact, stated in profile.items():
        if isinstance(stated, str):
            plain[fact] = stated
        elif isinstance(stated, (list, tuple, set, frozenset)) and all(isinstance(one, str) for one in stated):
            plain[fact] = sorted(stated)
        else:
            raise InvalidInput(N_("The profile of the line cannot be read."), field="profile")
    return plain


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
    text of the file as it was read; `translations` are those that stand beside it.
    """
    name = " ".join(name.split())
    _raise_all(_cycle_problems(name, criteria_set, lines, (opens_on, submit_by, review_by, decide_by)))
    if reviewers not in (1, 2) or not 1 <= validity_months <= 60:
        raise InvalidInput(N_("A cycle has one or two reviewers, and certificates last up to 60 months."))
    if session.scalar(select(Cycle.id).where(Cycle.name == name)) is not None:
        raise InvalidInput(N_("Another cycle has this name already."), field="name")
    cycle = Cycle(
        name=name,
        kind=kind,
        criteria_set_hash=criteria_sets.freeze(session, criteria_set, source, at),
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


def give_time(
    session: Session, assessment: SelfAssessment, *, due_on: date, reason: str, actor: Person, at: datetime
) -> None:
    """Move one line's date of submission to a later day, with a reason."""
    if assessment.state not in workflow.OPEN_FOR_THE_LINE:
        raise WrongState(N_("This self-assessment was already submitted."))
    if due_on <= assessment.due_on:
        raise InvalidInput(N_("Please choose a later date than the present one."), field="due_on")
    if not reason.strip():
        raise InvalidInput(N_("Please give a reason."), field="reason")
    loaded = session.scalars(
        select(SelfAssessment).where(SelfAssessment.id == assessment.id).options(joinedload(SelfAssessment.line))
    ).one()
    loaded.due_on = due_on
    journal.record(
        session,
        Event.ASSESSMENT_GIVEN_TIME,
        f"assessment:{assessment.public_id}",
        actor=actor,
        at=at,
        line=loaded.line,
        due_on=due_on,
        reason=reason.strip(),
    )
