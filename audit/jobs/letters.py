"""Renders letters in their reader's language and hands them to the post, one by one."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from audit.domain.calendar import today
from audit.domain.certification import CertificateStatus
from audit.domain.errors import InvalidInput, Unavailable
from audit.domain.letters import LINKS, LetterKind
from audit.jobs.ledger import Outcome
from audit.language import Language, language
from audit.persistence import outbox
from audit.persistence.queries.installation import the_network
from audit.ports import OutgoingLetter
from audit.usecases.accounts import TokenPurpose, mint_token

if TYPE_CHECKING:
    from audit.wiring import Wiring

log = logging.getLogger("audit.jobs")
TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A letter in words: subject, both forms of the text."""

    subject: str
    text: str
    html: str


@lru_cache(maxsize=16)
def _environment(code: str) -> Environment:
    """The mail templates in one language; text templates are plain, the HTML around them escapes."""
    spoken = language(code)
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=select_autoescape(("html",)),
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        spoken.gettext, spoken.ngettext, newstyle=True, pgettext=spoken.pgettext, npgettext=spoken.npgettext
    )
    environment.filters["date"] = spoken.date
    environment.filters["number"] = spoken.number
    return environment


def render(kind: LetterKind, parameters: Mapping[str, Any], spoken: Language, *, link: str, sender: str) -> Written:
    """One letter in one language; templates/mail/<kind>.txt holds its subject, its body and what its link does."""
    environment = _environment(spoken.code)
    template = environment.get_template(f"{kind.value}.txt")
    context = template.new_context({**_values(parameters), "link": link, "network": sender})
    parts = {name: "".join(template.blocks[name](context)).strip() for name in ("subject", "body", "action")}
    paragraphs = [" ".join(one.split()) for one in parts["body"].split("\n\n") if one.strip()]
    shared = {
        "subject": " ".join(parts["subject"].split()),
        "paragraphs": paragraphs,
        "action": " ".join(parts["action"].split()),
        "link": link,
        "network": sender,
        "code": spoken.code,
        "direction": spoken.direction,
    }
    return Written(
        subject=shared["subject"],
        text=environment.get_template("layout.txt").render(shared),
        html=environment.get_template("layout.html").render(shared),
    )


def _values(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as templates read them: ISO dates as dates."""
    values = dict(parameters)
    for name, value in parameters.items():
        if isinstance(value, str) and name.endswith(("_on", "_until", "today")) and value:
            values[name] = date.fromisoformat(value)
        elif isinstance(value, list):
            values[name] = [_values(one) if isinstance(one, Mapping) else one for one in value]
    return values


def send_due(wiring: Wiring, *, now: datetime) -> Outcome:
    """Send every letter that is due. One that fails waits for its next attempt and holds up no other."""
    made = skipped = failed = 0
    while True:
        with wiring.sessions.writing() as session:
            letter = outbox.take(session, now=now)
            reason = _moot(letter, today(now, wiring.settings.timezone)) if letter is not None else ""
            if letter is not None and reason:
                outbox.drop(session, letter, reason=reason, at=now)
        if letter is None:
            break
        if reason:
            skipped += 1
        elif _send(wiring, letter, now=now):
            made += 1
        else:
            failed += 1
    return Outcome(
        made=made,
        skipped=skipped,
        failed=failed,
        summary=f"{made} letters sent, {failed} wait for another attempt, {skipped} no longer needed",
    )


def _send(wiring: Wiring, letter: outbox.Taken, *, now: datetime) -> bool:
    try:
        with wiring.sessions.writing() as session:
            outgoing = _outgoing(wiring, session, letter, now=now)
        wiring.post.send(outgoing)
    except InvalidInput as refusal:
        with wiring.sessions.writing() as session:
            outbox.drop(session, letter, reason=str(refusal), at=now)
        return False
    except Exception as error:  # whatever is wrong with one letter, the others leave
        if not isinstance(error, Unavailable):
            log.exception("letter %s could not be written", letter.message_id)
        with wiring.sessions.writing() as session:
            outbox.put_off(session, letter, error=str(error) or type(error).__name__, at=now)
        return False
    with wiring.sessions.writing() as session:
        outbox.sent(session, letter, at=now)
    return True


def _moot(letter: outbox.Taken, day: date) -> str:
    """Why the letter is no longer needed; "" when it is."""
    if letter.person.disabled_at is not None:
        return "The person has no access any more."
    due = letter.parameters.get("due_on") or letter.parameters.get("valid_until")
    if letter.kind.startswith("reminder_") and due and date.fromisoformat(due) < day:
        return "The date it reminds of has passed."
    return ""


def _outgoing(wiring: Wiring, session: Any, letter: outbox.Taken, *, now: datetime) -> OutgoingLetter:
    """The letter in words. The token of an invitation or reset is made here, so that its time begins now."""
    kind = LetterKind(letter.kind)
    values = dict(letter.parameters)
    path = LINKS[kind]
    joined = letter.person.password_hash is not None
    if kind is LetterKind.INVITATION:
        values = {"role": "", "line": "", **values, "joined": joined}
        if joined:
            path = "/"
        else:
            values["token"] = mint_token(session, letter.person, TokenPurpose.INVITATION, at=now)
    elif kind is LetterKind.PASSWORD_RESET:
        values["token"] = mint_token(session, letter.person, TokenPurpose.RESET, at=now)
    network = the_network(session)
    spoken = language(letter.person.language)
    link = wiring.settings.base_url.rstrip("/") + path.format_map(values)
    values.pop("token", None)
    words = render(kind, values, spoken, link=link, sender=network.name if network is not None else "Plumbline")
    return OutgoingLetter(
        recipient=letter.person.email,
        subject=words.subject,
        text=words.text,
        html=words.html,
        message_id=letter.message_id,
        language=spoken.code,
        written_at=letter.written_at,
    )


def sample_parameters(kind: LetterKind) -> dict[str, Any]:
    """What each kind of letter is filled with, for looking at it and for tests."""
    return {
        "role": "manager",
        "joined": False,
        "line": "Sample line Austria",
        "line_id": "line",
        "assessment_id": "assessment",
        "review_id": "review",
        "cycle": "2026",
        "due_on": "2026-04-30",
        "submitted_on": "2026-04-28",
        "snapshot": "0" * 64,
        "serial": "PL-2026-AT-0001-0",
        "valid_until": "2029-04-29",
        "asked_until": "2026-05-14",
        "granted": True,
        "appeal_until": "2026-05-28",
        "effective_on": "2026-05-01",
        "status": CertificateStatus.SUSPENDED.value,
        "today": "2026-04-23",
        "criteria": ["GOV-01", "GOV-02"],
        "items": [{"criteria": "GOV-01, HND-02", "valid_until": "2026-05-20"}],
        "criterion": "GOV-01",
        "by": "Manager of the sample line",
        "successor": "New manager of the sample line",
        "home": "/",
        "left": 7,
        "own": kind in (LetterKind.REVIEWER_RELEASED, LetterKind.LINE_HANDED_OVER),
    }
