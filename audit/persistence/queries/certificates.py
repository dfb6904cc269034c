"""The register: certificates by line, serial, code or fingerprint, and what holds now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from audit.domain.calendar import add_months
from audit.domain.certification import (
    ENDED,
    CertificateFacts,
    CertificateStatus,
    Shown,
    certificate_facts_from_text,
    normalise_code,
    shown_now,
)
from audit.domain.certification import status_now as status_on
from audit.persistence.tables import Certificate, CertificateEvent, ReportingLine

LISTED_AFTER_END_MONTHS = 12  # withdrawn and expired certificates stay listed for a year (domain report 2.3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """One certificate as the register shows it. `events` hold what the public may read of each change of status."""

    certificate: Certificate  # with its line and events
    facts: CertificateFacts
    status: CertificateStatus
    shown: Shown
    events: tuple[CertificateEvent, ...]  # those that have begun, the earliest first
    successor: str | None  # the serial of the certificate that took its place

    @property
    def is_listed_in_full(self) -> bool:
        return self.shown in (Shown.VALID, Shown.CONDITIONAL, Shown.SUSPENDED)


def events_of(certificate: Certificate) -> tuple[tuple[CertificateStatus, date], ...]:
    """The recorded events of a certificate as values; its `events` must be loaded."""
    return tuple((CertificateStatus(event.status), event.effective_on) for event in certificate.events)


def status_now(certificate: Certificate, today: date) -> CertificateStatus | None:
    """The status that holds today; None before the certificate begins. Its `events` must be loaded."""
    return status_on(events_of(certificate), today, certificate.valid_until)


def register(
    session: Session,
    *,
    today: date,
    search: str = "",
    country: str = "",
    level: str = "",
    status: str = "",
    sort: str = "line",
) -> list[Registered]:
    """The public register: every issued certificate, ended ones for a year, superseded ones not. Three statements.

    `search` looks in line, operator and serial; `status` is a certification.Shown value; `sort` is line, country,
    level, valid_from or valid_until, with "-" before it for the other direction.
    """
    rows = session.scalars(
        select(Certificate)
        .join(ReportingLine, ReportingLine.id == Certificate.line_id)
        .where(Certificate.digest.is_not(None))
        .options(joinedload(Certificate.line), selectinload(Certificate.events))
        .order_by(ReportingLine.name, Certificate.id)
    ).all()
    found = [entry for row in rows if (entry := _registered(row, today, {})) is not None]
    wanted = [
        entry
        for entry in found
        if _is_listed(entry, today)
        and (not search or search.casefold() in _searchable(entry))
        and (not country or entry.facts.country == country)
        and (not level or entry.facts.level == level)
        and (not status or entry.shown == status)
    ]
    keys = {
        "country": lambda entry: entry.facts.country,
        "level": lambda entry: entry.facts.level_title,
        "valid_from": lambda entry: entry.certificate.valid_from,
        "valid_until": lambda entry: entry.certificate.valid_until,
    }
    field = sort.removeprefix("-")
    wanted.sort(key=lambda entry: entry.facts.line_name.casefold())
    if field in keys:
        wanted.sort(key=keys[field])
    if sort.startswith("-"):
        wanted.reverse()
    return wanted


def by_code(session: Session, typed: str, today: date) -> Registered | None:
    """The issued certificate of a verification code, however it was typed; None for a code that is none or unknown."""
    code = normalise_code(typed)
    return None if code is None else _one(session, Certificate.code == code, today)


def by_serial(session: Session, serial: str, today: date) -> Registered | None:
    """The issued certificate of a serial number."""
    return _one(session, Certificate.serial == serial.strip().upper(), today)


def by_digest(session: Session, digest: str, today: date) -> Registered | None:
    """The issued certificate whose file has this SHA-256."""
    return _one(session, Certificate.digest == digest.strip().lower(), today)


def for_download(session: Session, serial: str) -> Certificate | None:
    """The row of a serial with its line and events, issued or not."""
    return session.scalar(
        select(Certificate)
        .where(Certificate.serial == serial)
        .options(joinedload(Certificate.line), selectinload(Certificate.events))
    )


def present_of_line(session: Session, line_id: int, today: date | None = None) -> Certificate | None:
    """The line's certificate that has not ended, with its events: in force or suspended today; the latest of several.

    Without a day: the latest of which no end is recorded.
    """
    rows = session.scalars(
        select(Certificate)
        .where(Certificate.line_id == line_id)
        .options(joinedload(Certificate.line), selectinload(Certificate.events))
        .order_by(Certificate.valid_from.desc(), Certificate.id.desc())
    )
    for row in rows:
        if today is None:
            if not any(status in ENDED for status, _ in events_of(row)):
                return row
        elif (status := status_now(row, today)) is not None and status not in ENDED:
            return row
    return None


def of_line(session: Session, line_id: int, today: date) -> list[Registered]:
    """Every issued certificate of a line, the latest first."""
    rows = session.scalars(
        select(Certificate)
        .where(Certificate.line_id == line_id, Certificate.digest.is_not(None))
        .options(joinedload(Certificate.line), selectinload(Certificate.events))
        .order_by(Certificate.valid_from.desc(), Certificate.id.desc())
    ).all()
    successors = _successors(rows)
    return [entry for row in rows if (entry := _registered(row, today, successors)) is not None]


def unissued(session: Session) -> list[Certificate]:
    """Granted certificates that no worker has issued yet, the earliest first."""
    return list(
        session.scalars(
            select(Certificate)
            .where(Certificate.digest.is_(None))
            .options(joinedload(Certificate.line))
            .order_by(Certificate.id)
        )
    )


def ended_unrecorded(session: Session, today: date) -> list[Certificate]:
    """Certificates past their last day of which no end is recorded yet, with line and events."""
    rows = session.scalars(
        select(Certificate)
        .where(
            Certificate.valid_until < today,
            Certificate.id.not_in(
                select(CertificateEvent.certificate_id).where(CertificateEvent.status.in_([one.value for one in ENDED]))
            ),
        )
        .options(joinedload(Certificate.line), selectinload(Certificate.events))
        .order_by(Certificate.id)
    )
    return list(rows)


def _one(session: Session, condition: ColumnElement[bool], today: date) -> Registered | None:
    row = session.scalar(
        select(Certificate)
        .where(condition, Certificate.digest.is_not(None))
        .options(joinedload(Certificate.line), selectinload(Certificate.events))
    )
    if row is None:
        return None
    later = session.scalars(
        select(Certificate).where(
            Certificate.line_id == row.line_id,
            or_(Certificate.decision_id != row.decision_id, Certificate.revision > row.revision),
            Certificate.digest.is_not(None),
        )
    ).all()
    return _registered(row, today, _successors(later))


def _registered(row: Certificate, today: date, successors: dict[str, str]) -> Registered | None:
    """None before the certificate begins: the public reads nothing of it until then."""
    status = status_now(row, today)
    shown = shown_now(events_of(row), today, row.valid_until)
    if status is None or shown is None:
        return None
    begun = sorted((event for event in row.events if event.effective_on <= today), key=lambda e: e.effective_on)
    return Registered(
        certificate=row,
        facts=certificate_facts_from_text(row.facts),
        status=status,
        shown=shown,
        events=tuple(begun),
        successor=successors.get(row.serial),
    )


def _successors(rows: Iterable[Certificate]) -> dict[str, str]:
    found = {}
    for row in rows:
        replaced = certificate_facts_from_text(row.facts).supersedes
        if replaced is not None:
            found[replaced] = row.serial
    return found


def _is_listed(entry: Registered, today: date) -> bool:
    if entry.is_listed_in_full:
        return True
    if entry.shown is Shown.SUPERSEDED:
        return False
    ended = max(
        (event.effective_on for event in entry.events if CertificateStatus(event.status) in ENDED),
        default=entry.certificate.valid_until + timedelta(days=1),
    )
    return add_months(ended, LISTED_AFTER_END_MONTHS) > today


def _searchable(entry: Registered) -> str:
    facts = entry.facts
    return "\n".join((facts.line_name, facts.line_name_latin, facts.operator, facts.serial)).casefold()
