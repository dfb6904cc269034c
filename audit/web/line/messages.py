"""The last letters to a person about their line, as the home lists them: what each said, when, and where it leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app

from audit.domain.letters import LINKS, LetterKind
from audit.persistence.queries.line_letters import letters_about
from audit.persistence.tables import Letter, Person, ReportingLine

MOST_MESSAGES = 5
_HOME = "/lines/{line_id}"
_KINDS = tuple(kind for kind, way in LINKS.items() if way.startswith(_HOME))


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One letter. `address` is "" where it leads to the home itself."""

    subject: str
    written_at: datetime
    address: str


def messages_of(session: Any, line: ReportingLine, person: Person) -> tuple[Message, ...]:
    """The latest first: one statement."""
    found = letters_about(session, person, line.public_id, _KINDS, most=MOST_MESSAGES)
    return tuple(_message(letter) for letter in found)


def _message(letter: Letter) -> Message:
    way = LINKS[LetterKind(letter.kind)]
    return Message(
        subject=subject(letter),
        written_at=letter.written_at,
        address="" if way == _HOME else way.format_map(letter.parameters),
    )


def subject(letter: Letter) -> str:
    """The subject line of a letter in the language of this page: the same words as the letter had."""
    template = current_app.jinja_env.get_template(f"mail/{letter.kind}.txt")
    context = template.new_context(dict(letter.parameters))
    return " ".join("".join(template.blocks["subject"](context)).split())
