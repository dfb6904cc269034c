"""The journal's hash chain: each entry carries the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

GENESIS = "0" * 64


class Event(StrEnum):
    """What the journal records, as subject:past_participle; the only words that may stand in an entry."""

    NETWORK_CREATED = "network:created"
    NETWORK_CHANGED = "network:changed"
    LINE_CREATED = "line:created"
    LINE_CHANGED = "line:changed"
    LINE_HANDED_OVER = "line:handed_over"
    PERSON_INVITED = "person:invited"
    PERSON_JOINED = "person:joined"
    PERSON_DISABLED = "person:disabled"
    PERSON_ENABLED = "person:enabled"
    PERSON_APPOINTED = "person:appointed"
    APPOINTMENT_ENDED = "appointment:ended"
    PERSON_SIGNED_IN = "person:signed_in"
    PASSWORD_CHANGED = "password:changed"
    CRITERIA_SET_STORED = "criteria_set:stored"
    CRITERIA_TRANSLATION_STORED = "criteria_translation:stored"
    CYCLE_OPENED = "cycle:opened"
    CYCLE_CLOSED = "cycle:closed"
    PRACTICE_STARTED = "practice:started"
    PRACTICE_EMPTIED = "practice:emptied"
    PRACTICE_LEFT = "practice:left"
    ASSESSMENT_GIVEN_TIME = "assessment:given_time"
    ASSESSMENT_ASKED_TIME = "assessment:asked_time"
    ASSESSMENT_REFUSED_TIME = "assessment:refused_time"
    ASSESSMENT_SUBMITTED = "assessment:submitted"
    ASSESSMENT_RETURNED = "assessment:returned"
    ASSESSMENT_ACCEPTED = "assessment:accepted"
    ASSESSMENT_WITHDRAWN = "assessment:withdrawn"
    ANSWER_RESTORED = "answer:restored"
    ANSWERS_IMPORTED = "answers:imported"
    ANSWER_SHEET_DOWNLOADED = "answer_sheet:downloaded"
    EVIDENCE_ADDED = "evidence:added"
    EVIDENCE_DOWNLOADED = "evidence:downloaded"
    EVIDENCE_LOCKED = "evidence:locked"
    EVIDENCE_PURGE_ASKED = "evidence:purge_asked"
    EVIDENCE_PURGED = "evidence:purged"
    REVIEWER_ASSIGNED = "reviewer:assigned"
    REVIEWER_RELEASED = "reviewer:released"
    REVIEWER_DECLARED = "reviewer:declared"
    REVIEW_COMPLETED = "review:completed"
    CRITERION_RECONCILED = "criterion:reconciled"
    FACTS_CONFIRMED = "facts:confirmed"
    DECISION_TAKEN = "decision:taken"
    FIRST_ROUND_MET = "first_round:met"
    CERTIFICATE_GRANTED = "certificate:granted"
    CERTIFICATE_ISSUED = "certificate:issued"
    CERTIFICATE_REVISED = "certificate:revised"
    CERTIFICATE_STATUS_CHANGED = "certificate:status_changed"
    DOCUMENT_MADE = "document:made"
    DOCUMENT_DOWNLOADED = "document:downloaded"
    SCOPE_OPENED = "scope:opened"
    REPORT_REQUESTED = "report:requested"
    JOB_REQUESTED = "job:requested"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    number: int  # 1, 2, 3 … without gaps
    at: str  # ISO 8601 UTC
    actor: str  # a person's public id, or "job:<name>"
    event: str
    subject: str  # "<kind>:<public id>"
    line: str  # the line's public id, or ""
    payload: str  # canonical JSON
    previous: str
    hash: str


def canonical(payload: object) -> str:
    """JSON with sorted keys and no spaces: one text per value."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def entry_hash(
    *, number: int, at: str, actor: str, event: str, subject: str, line: str, payload: str, previous: str
) -> str:
    """SHA-256 over a purpose prefix and the entry's canonical fields (domain separation: security.md 0.1, rule 9)."""
    text = canonical([number, at, actor, event, subject, line, payload, previous])
    return hashlib.sha256(b"plumbline journal v1\n" + text.encode()).hexdigest()


def first_broken(entries: Iterable[Entry], *, previous: str = GENESIS, number: int = 0) -> int | None:
    """The number of the first entry that breaks the chain, or None when it is whole. Reads entries once, in order."""
    for entry in entries:
        number += 1
        expected = entry_hash(
            number=number,
            at=entry.at,
            actor=entry.actor,
            event=entry.event,
            subject=entry.subject,
            line=entry.line,
            payload=entry.payload,
            previous=previous,
        )
        if entry.number != number or entry.previous != previous or entry.hash != expected:
            return number
        previous = entry.hash
    return None
