"""Who works in the sample network, and how they come to their accounts: invited and joined like anybody else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from audit.cli.demo.story import LINES, LineStory
from audit.domain.permissions import Role
from audit.persistence.tables import Person, ReportingLine
from audit.usecases import accounts, cycles

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

PASSWORD = "this is only a sample"
DOMAIN = "sample.invalid"

_SCOPE = "Taking, assessing and passing on reports from travellers, tourism staff and the public, in {languages}"


@dataclass(slots=True, kw_only=True)
class Cast:
    """The people and lines of the sample network."""

    coordinator: Person
    second_coordinator: Person
    administrator: Person
    auditor: Person
    reviewers: list[Person] = field(default_factory=list)
    lines: dict[str, ReportingLine] = field(default_factory=dict)  # by country
    managers: dict[str, Person] = field(default_factory=dict)
    contributors: dict[str, Person] = field(default_factory=dict)


def found_network(session: Session, stories: tuple[LineStory, ...], at: datetime) -> Cast:
    """The network, its secretariat, its lines with their people, and the peers who review."""
    accounts.create_network(
        session,
        name="Sample Network of Reporting Lines",
        issuing_body="Sample Network of Reporting Lines",
        address="1 Sample Street, 1000 Sample Town",
        place="Sample Town",
        signatory="Chair of the certification committee",
        website="https://network.example",
        valid_from=at.date(),
        sample=True,
        contact_email=f"secretariat@{DOMAIN}",
        at=at,
    )
    cast = Cast(
        coordinator=_person(session, "coordinator", "Coordinator, secretariat", Role.COORDINATOR, at),
        second_coordinator=_person(session, "coordinator.2", "Second coordinator, secretariat", Role.COORDINATOR, at),
        administrator=_person(session, "administrator", "Administrator", Role.ADMINISTRATOR, at),
        auditor=_person(session, "auditor", "External auditor", Role.AUDITOR, at),
    )
    # Peers come from the end of the list, so that a small network still finds reviewers from other countries.
    for number, story in enumerate(reversed(LINES[-10:]), start=1):
        name = f"Peer reviewer {number}"
        reviewer = _person(session, f"reviewer.{number}", name, Role.REVIEWER, at, country=story.country)
        cast.reviewers.append(reviewer)
    for story in stories:
        _add_line(session, cast, story, at)
    return cast


def _add_line(session: Session, cast: Cast, story: LineStory, at: datetime) -> None:
    name = f"Sample line {story.english}"
    slug = story.english.lower().replace(" ", "-")
    line = cycles.create_line(
        session,
        name=story.own_script or name,
        name_latin=name if story.own_script else "",
        country=story.country,
        operator=f"Sample operator {story.english}",
        operator_address=f"1 Sample Street, Sample Town, {story.english}",
        scope=_SCOPE.format(languages=story.languages),
        channels="Web form, telephone, e-mail",
        web_address=f"https://report.example/{slug}",
        profile={
            "model": story.model,
            "operator": "ngo",
            "people": story.people,
            "data_protection": story.data_protection,
            "channels": ["web_form", "telephone", "email"],
        },
        actor=cast.coordinator,
        at=at,
    )
    cast.lines[story.country] = line
    cast.managers[story.country] = _person(
        session, f"manager.{slug}", f"Manager, {name}", Role.MANAGER, at, line=line, country=story.country
    )
    cast.contributors[story.country] = _person(
        session, f"contributor.{slug}", f"Contributor, {name}", Role.CONTRIBUTOR, at, line=line, country=story.country
    )


def _person(
    session: Session,
    local: str,
    name: str,
    role: Role,
    at: datetime,
    *,
    line: ReportingLine | None = None,
    country: str = "",
) -> Person:
    person = accounts.invite(
        session, email=f"{local}@{DOMAIN}", name=name, role=role, line=line, country=country, actor=None, at=at
    )
    token = accounts.mint_token(session, person, accounts.TokenPurpose.INVITATION, at=at)
    return accounts.join(session, token=token, name=name, password=PASSWORD, at=at)
