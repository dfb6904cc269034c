"""The lines of the network: what is known of each, and what it reads after a wrong file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.domain.errors import N_, AuditError, InvalidInput
from audit.domain.journal import Event
from audit.persistence import journal
from audit.persistence.tables import Person, ReportingLine
from audit.usecases.cycles.problems import raise_all

NAME_LIMIT = 160  # so that one page stays one page (product.md, limits)
TEXT_LIMIT = 240
INSTRUCTION_LIMIT = 2000


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
    raise_all(problems)
    return values


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text


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
