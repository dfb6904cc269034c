"""A line's practice is seen on its own pages and nowhere else: no page, list, download, job or report of anybody."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from audit.domain.answers import Answer, AnswerStatus
from audit.jobs.work import run
from audit.persistence.queries import network
from audit.persistence.tables import Cycle, CycleKind, Letter, ReportingLine, Review, SelfAssessment
from audit.usecases import cycles, reports, self_assessment
from audit.web import guards
from tests.building import AT, a_manager, figures_for, small_set, small_source
from tests.house.test_doors import address, doors, values_for
from tests.house.town import VISITORS, Town
from tests.web.strict import StrictVisitor

MARKER = "Sphinx of black quartz"
NAME = "Practice small-sample"


def begin(session: Session, town: Town) -> str:
    """Practice of the first line, every criterion answered with the marker; its public id."""
    line = session.scalars(select(ReportingLine).where(ReportingLine.public_id == town.first.line)).one()
    manager, criteria_set = a_manager(session, line), small_set()
    practice = cycles.start_practice(session, line, criteria_set, source=small_source(), actor=manager, at=AT)
    for criterion in criteria_set.applicable(practice.profile):
        top = criteria_set.answer_set_of(criterion).top
        figures = figures_for(criteria_set, criterion.id) if criterion.indicators else ()
        said = Answer(status=AnswerStatus.ANSWERED, key=top.key, justification=MARKER, figures=figures)
        self_assessment.record_answer(
            session, practice, criteria_set, criterion.id, said, expected_version=0, actor=manager, at=AT
        )
    return practice.public_id


@pytest.fixture
def practice(house: Flask, town: Town, restore: Callable[[], None]) -> Iterator[str]:
    with house.extensions["plumbline"].sessions.writing() as session:
        begun = begin(session, town)
    yield begun
    restore()


def shown(content: bytes) -> str:
    """What a reader gets, unpacked where it is packed."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return "\n".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    return content.decode("utf-8", "replace")


def seen(house: Flask, town: Town, browser: StrictVisitor, own: str) -> list[str]:
    """Every address whose answer shows anything of the practice; its own page of ways in and out may name it."""
    found = []
    for rule, method, _guard in doors(house):
        if method != "GET" or rule.endpoint == "line.practice":
            continue
        path = address(house, rule, values_for(rule, town))
        text = shown(browser.open(path, method="GET", loose=True).data)
        if MARKER in text or NAME in text or own in text:
            found.append(path)
    return found


@pytest.mark.parametrize("visitor", [None, *VISITORS])
def test_nobody_meets_it_on_any_page(
    house: Flask, town: Town, practice: str, browser_of: Callable[..., StrictVisitor], visitor: str | None
) -> None:
    assert seen(house, town, browser_of(visitor), practice) == []


def test_the_harness_finds_what_it_looks_for(
    house: Flask, town: Town, practice: str, browser_of: Callable[..., StrictVisitor]
) -> None:
    """The line reads its practice at its own address; a cycle that counts is met at once."""
    own = f"/lines/{town.first.line}/assessments/{practice}"
    assert MARKER in browser_of("manager").get(own).text
    with house.extensions["plumbline"].sessions.writing() as session:
        session.execute(update(Cycle).where(Cycle.kind == CycleKind.PRACTICE).values(kind=CycleKind.FULL))
    assert len(seen(house, town, browser_of("coordinator"), practice)) > 2
    assert len(seen(house, town, browser_of("manager"), practice)) > 2


def test_nobody_else_opens_it_by_its_address(
    house: Flask, town: Town, practice: str, browser_of: Callable[..., StrictVisitor]
) -> None:
    values = {**values_for_practice(house, practice)}
    tried = 0
    for rule, method, guard in doors(house):
        if method != "GET" or not rule.arguments & set(values) or not isinstance(guard, guards.Guard):
            continue
        path = address(
            house, rule, {**values_for(rule, town), **{k: v for k, v in values.items() if k in rule.arguments}}
        )
        for visitor in VISITORS:
            if visitor in ("manager", "contributor"):
                continue
            answer = browser_of(visitor).open(path, method="GET", loose=True)
            tried += 1
            assert answer.status_code in (303, 403, 404), f"{visitor} at {path}: {answer.status_code}"
            assert MARKER not in shown(answer.data), f"{visitor} at {path}"
    assert tried > 50


def values_for_practice(house: Flask, practice: str) -> dict[str, str]:
    """The practice in the places of an address that can name it."""
    with house.extensions["plumbline"].sessions.reading() as session:
        cycle = session.scalars(select(Cycle.public_id).where(Cycle.kind == CycleKind.PRACTICE)).one()
    return {"assessment": practice, "aid": practice, "cycle": cycle}


def test_no_job_and_no_report_takes_notice(house: Flask, town: Town, practice: str) -> None:
    wiring = house.extensions["plumbline"]
    with wiring.sessions.writing() as session:
        before = session.scalars(select(Letter.id)).all()
        rounds = session.scalars(select(Cycle).where(Cycle.kind != CycleKind.PRACTICE)).all()
        facts = [reports.comparison_facts(session, cycle, language="en", at=AT) for cycle in rounds]
        assert all(MARKER not in one and NAME not in one for one in facts)
        assert all(one.cycle.kind is not CycleKind.PRACTICE for one in network.cycles(session))
    for job in ("reminders", "expire"):
        run(wiring, job, now=AT)
    with wiring.sessions.reading() as session:
        new = session.scalars(select(Letter).where(Letter.id.not_in(before))).all()
        assert all(NAME not in str(letter.parameters) and practice not in str(letter.parameters) for letter in new)
        assessment = session.scalars(select(SelfAssessment).where(SelfAssessment.public_id == practice)).one()
        assert session.scalars(select(Review).where(Review.self_assessment_id == assessment.id)).all() == []
