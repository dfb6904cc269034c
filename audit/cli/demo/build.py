"""Builds the sample network cycle by cycle, runs the scheduled jobs at each step, lays the papers out to be read."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from audit.cli.demo import people, since, story
from audit.cli.demo.course import Course, Dates
from audit.cli.demo.people import Cast, found_network
from audit.cli.demo.story import DECIDED, Fate, LineStory
from audit.cli.installation import prepare
from audit.cli.surroundings import sample_installation
from audit.criteria_files import read, read_translations
from audit.domain.certification import CertificateStatus
from audit.domain.criteria import CriteriaSet
from audit.domain.criteria_translation import Translation
from audit.persistence.queries import assessments, certificates
from audit.persistence.queries.issued import issued_papers
from audit.persistence.queries.people import everyone
from audit.persistence.queries.reviews import busiest_reviewer
from audit.persistence.tables import Certificate, Cycle, CycleKind, Person, ReportingLine, seeded
from audit.settings import ROOT, Settings
from audit.usecases import accounts, cycles
from audit.usecases import certificates as certificate_desk
from audit.wiring import Wiring

SET = ROOT / "criteria" / "sectt-lines"
YEARS_APART = 375  # days between two cycles: two of them exceed the 24 months that the highest level asks for

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    lines: int
    cycles: int
    seed: int

    def mark(self) -> str:
        return json.dumps({"lines": self.lines, "cycles": self.cycles, "seed": self.seed, "layout": 1}, sort_keys=True)


def sample_network(settings: Settings, *, lines: int, cycles: int, seed: int, tell: Tell) -> dict[str, Any]:
    """The sample network of the options, made where it is not there; returns where papers lie and how to sign in.

    It lives in a folder of its own beside whatever the instance holds, so that a real network is never touched.
    """
    folder = sample_installation(settings).settings.instance
    plan = Plan(lines=lines, cycles=cycles, seed=seed)
    finished = folder / "finished.json"
    if finished.exists() and finished.read_text(encoding="utf-8").startswith(plan.mark()):
        tell("The sample network is there already.")
    else:
        shutil.rmtree(folder, ignore_errors=True)
        _build(sample_installation(settings), plan, tell)
        finished.write_text(plan.mark() + "\n", encoding="utf-8")
    wiring = sample_installation(settings)
    return {**_lay_out(wiring), "sign_in": _accounts(wiring)}


def _build(wiring: Wiring, plan: Plan, tell: Tell) -> None:
    now = wiring.now()
    stories = story.LINES[: plan.lines]
    criteria_set, source = read(SET), (SET / "set.yaml").read_text(encoding="utf-8")
    tell("Preparing the installation: database, vault, demonstration key")
    prepare(wiring)
    last_decisions = now.date() - timedelta(days=9)
    with seeded(plan.seed):
        first_opens = Dates(decided=last_decisions - timedelta(days=YEARS_APART * (plan.cycles - 1))).opens
        with wiring.sessions.writing() as session:
            founded = datetime.combine(first_opens - timedelta(days=30), datetime.min.time(), UTC)
            ids = _identities(found_network(session, stories, founded))
        for number in range(plan.cycles):
            back = plan.cycles - 1 - number
            dates = Dates(decided=last_decisions - timedelta(days=YEARS_APART * back))
            _play_cycle(
                wiring, plan, stories, criteria_set, source, dates, last_decisions.year - back, number, ids, tell
            )
            _run_jobs(wiring, ("issue-certificates",), dates.at(dates.decided + timedelta(days=1), hour=6), tell)
            _run_jobs(wiring, ("comparison-reports",), min(now, dates.at(dates.decide_by, hour=12)), tell)
        _afterwards(wiring, ids, now)
        with wiring.sessions.writing() as session:
            cast = _cast(session, ids)
            since.ask_for_time(session, cast, now)
            since.practise(session, cast, criteria_set, source, now)
        for moment in (now,):
            _run_jobs(
                wiring,
                ("issue-certificates", "comparison-reports", "expire", "reminders", "send-letters"),
                moment,
                tell,
            )


def _identities(cast: Cast) -> dict[str, Any]:
    """Primary keys of everybody, so that each transaction can load its own cast."""
    return {
        "coordinator": cast.coordinator.id,
        "second_coordinator": cast.second_coordinator.id,
        "administrator": cast.administrator.id,
        "auditor": cast.auditor.id,
        "reviewers": [person.id for person in cast.reviewers],
        "lines": {country: line.id for country, line in cast.lines.items()},
        "managers": {country: person.id for country, person in cast.managers.items()},
        "contributors": {country: person.id for country, person in cast.contributors.items()},
    }


def _cast(session: Any, ids: dict[str, Any]) -> Cast:
    def person(number: int) -> Person:
        return session.get_one(Person, number)

    return Cast(
        coordinator=person(ids["coordinator"]),
        second_coordinator=person(ids["second_coordinator"]),
        administrator=person(ids["administrator"]),
        auditor=person(ids["auditor"]),
        reviewers=[person(number) for number in ids["reviewers"]],
        lines={country: session.get_one(ReportingLine, number) for country, number in ids["lines"].items()},
        managers={country: person(number) for country, number in ids["managers"].items()},
        contributors={country: person(number) for country, number in ids["contributors"].items()},
    )


@lru_cache(maxsize=1)
def _translations() -> tuple[Translation, ...]:
    """The sound translations of the sample's set, so that it can be read in every language of the pages."""
    found = (one.translation for one in read_translations(SET, read(SET)))
    return tuple(one for one in found if one is not None)


def _play_cycle(
    wiring: Wiring,
    plan: Plan,
    stories: tuple[LineStory, ...],
    criteria_set: CriteriaSet,
    source: str,
    dates: Dates,
    year: int,
    number: int,
    ids: dict[str, Any],
    tell: Tell,
) -> None:
    """One cycle: opened, played line by line (a transaction each), closed when every line is through."""
    fates = {one.country: one.fates[3 - plan.cycles + number] for one in stories}
    members = [one for one in stories if fates[one.country] is not Fate.ABSENT]
    with wiring.sessions.writing() as session:
        cast = _cast(session, ids)
        cycle = cycles.open_cycle(
            session,
            name=str(year),
            kind=CycleKind.FULL,
            criteria_set=criteria_set,
            source=source,
            translations=_translations(),
            lines=[cast.lines[one.country] for one in members],
            opens_on=dates.opens,
            submit_by=dates.submit_by,
            review_by=dates.review_by,
            decide_by=dates.decide_by,
            reviewers=2,
            validity_months=36,
            actor=cast.coordinator,
            at=dates.at(dates.opens),
        )
        cycle_id = cycle.id
    for place, one in enumerate(members):
        with wiring.sessions.writing() as session:
            cast = _cast(session, ids)
            course = Course(
                session=session,
                vault=wiring.vault,
                inspect=wiring.inspect,
                criteria_set=criteria_set,
                cast=cast,
                dates=dates,
                year=year,
                base_url=wiring.settings.base_url,
                chance=Random(f"{plan.seed} {year} {one.country}"),
            )
            assessment = assessments.of_line_in_cycle(session, cast.lines[one.country].id, cycle_id)
            course.play(one, assessment, fates[one.country], first=place + number)
        tell(f"Cycle {year}: line {place + 1} of {len(members)}, {one.english}")
    if all(fate in DECIDED or fate is Fate.ABSENT for fate in fates.values()):
        with wiring.sessions.writing() as session:
            closed = dates.at(dates.decide_by, hour=10)
            cast = _cast(session, ids)
            cycles.close_cycle(
                session, session.get_one(Cycle, cycle_id), actor=cast.coordinator, at=min(closed, wiring.now())
            )


def _afterwards(wiring: Wiring, ids: dict[str, Any], now: datetime) -> None:
    """What happened since: a suspension, a withdrawal, a corrected certificate, an auditor's scope."""
    with wiring.sessions.writing() as session:
        cast = _cast(session, ids)
        for country, status, reason_class, reason in (
            (
                story.SUSPENDED,
                CertificateStatus.SUSPENDED,
                "overdue_action",
                "The corrective action on the case log is three months overdue.",
            ),
            (
                story.WITHDRAWN_CERTIFICATE,
                CertificateStatus.WITHDRAWN,
                "own_request",
                "The operator gave the certificate back: the line moves to a new operator.",
            ),
        ):
            certificate = _present_certificate(session, cast, country)
            if certificate is not None:
                certificate_desk.change_status(
                    session,
                    certificate,
                    status=status,
                    effective_on=(now - timedelta(days=2)).date(),
                    reason_class=reason_class,
                    reason=reason,
                    actor=cast.coordinator,
                    at=now - timedelta(days=2),
                )
        certificate = _present_certificate(session, cast, story.CORRECTED)
        if certificate is not None:
            certificate_desk.reissue(
                session,
                certificate,
                changes={"operator_address": "2 Sample Street, Sample Town, Luxembourg"},
                reason="The house number in the address was wrong.",
                base_url=wiring.settings.base_url,
                actor=cast.coordinator,
                at=now - timedelta(days=1),
                today=(now - timedelta(days=1)).date(),
            )
        accounts.open_scope(
            session,
            person=cast.auditor,
            name="Yearly audit of the network",
            lines=list(cast.lines.values()),
            includes_evidence=True,
            starts_at=now - timedelta(days=30),
            ends_at=now + timedelta(days=365),
            actor=cast.coordinator,
            at=now - timedelta(days=30),
        )


def _present_certificate(session: Any, cast: Cast, country: str) -> Certificate | None:
    line = cast.lines.get(country)
    return certificates.present_of_line(session, line.id) if line is not None else None


def _run_jobs(wiring: Wiring, names: tuple[str, ...], now: datetime, tell: Tell) -> None:
    """Each job once; papers are made by as many workers as there are render processes, as on a larger installation."""
    from audit.jobs.work import run

    for name in names:
        workers = wiring.settings.render_processes if name in ("issue-certificates", "comparison-reports") else 1
        with ThreadPoolExecutor(workers) as pool:
            for outcome in pool.map(lambda _, name=name: run(wiring, name, now=now), range(workers)):
                tell(f"{name}: {outcome.summary}")


def _lay_out(wiring: Wiring) -> dict[str, list[str]]:
    """Copies of every issued paper as files that open with a double click, by kind."""
    folder = wiring.settings.instance / "papers"
    folder.mkdir(parents=True, exist_ok=True)
    names = {"certificate": "certificates", "result_sheet": "result_sheets", "comparison_report": "reports"}
    paths: dict[str, list[str]] = {name: [] for name in names.values()}
    with wiring.sessions.reading() as session:
        for paper in issued_papers(session):
            words = (paper.kind, paper.cycle, paper.line, paper.mark)
            path = folder / ("_".join(word for word in words if word) + ".pdf")
            if not path.exists():
                part = path.with_suffix(".part")
                part.write_bytes(wiring.vault.open(paper.owner, paper.digest).read())
                part.replace(path)
            paths[names[paper.kind]].append(str(path))
    return paths


# Whose account shows a role at work, in the order they are tried: a line still filling in, a review half done.
_MANAGERS = ("EE", "AT")


def _accounts(wiring: Wiring) -> dict[str, dict[str, str]]:
    """One account for each role; the manager's line is one that still has something to do."""
    with wiring.sessions.reading() as session:
        names = {person.email: person.name for person in everyone(session)}
        reviewing = busiest_reviewer(session)
    countries = {one.country: one.english.lower().replace(" ", "-") for one in story.LINES}
    slug = next(countries[country] for country in _MANAGERS if f"manager.{countries[country]}@{people.DOMAIN}" in names)
    chosen = {
        "manager": f"manager.{slug}@{people.DOMAIN}",
        "contributor": f"contributor.{slug}@{people.DOMAIN}",
        "reviewer": reviewing or f"reviewer.1@{people.DOMAIN}",
        "coordinator": f"coordinator@{people.DOMAIN}",
        "auditor": f"auditor@{people.DOMAIN}",
        "administrator": f"administrator@{people.DOMAIN}",
    }
    return {role: {"email": email, "password": people.PASSWORD} for role, email in chosen.items()}
