"""Where a line stands: provisional level, every rule, the shortest path; and what a save brings up to date."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.domain.answers import Answer, AnswerStatus
from audit.domain.findings import Grade
from audit.persistence.sessions import Sessions
from audit.persistence.tables import EvidenceItem, FindingRow
from audit.usecases import self_assessment
from tests.building import (
    AT,
    a_line,
    a_manager,
    an_answer,
    an_assessment,
    an_open_cycle,
    fill,
    later,
    small_set,
    submit,
)
from tests.web.course import a_decision
from tests.web.line.conftest import Draft
from tests.web.strict import StrictVisitor

SCRIPT = {"Accept": "application/json"}


def typed(**changes: str) -> dict[str, str]:
    return {"version": "0", "level": "partly", "justification": "So it is.", "language": "en", "summary": "", **changes}


def page(visitor: StrictVisitor, draft: Draft, query: str = "") -> str:
    """The page in words, its spaces joined."""
    text = visitor.get(f"{draft.round}/outlook{query}").text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text.split("<main")[1].split("</main")[0]))


def save(session: Session, criterion: str, level: int, *, version: int = 0) -> None:
    assessment = an_assessment(session)
    self_assessment.record_answer(
        session,
        assessment,
        small_set(),
        criterion,
        an_answer(small_set(), criterion, level=level),
        expected_version=version,
        actor=a_manager(session, assessment.line),
        at=AT,
    )


def test_an_empty_self_assessment_counts_as_not_met_and_says_so(draft: Draft, manager: StrictVisitor) -> None:
    text = page(manager, draft)
    asked = len(list(small_set().applicable({"model": "filter", "channels": ["form", "phone"]})))
    assert "Provisional: Not certified ." in text
    assert f"{asked} unanswered criteria count as not met." in text
    assert "This is no result. What counts is what reviewers confirm" in text
    assert "The shortest path to Conditional" in text
    assert "A plan with dates for what is missing was accepted." in text, "no answer gets a plan accepted"
    for title in ("Exemplary", "Certified", "Conditional"):
        assert title in text


def test_every_rule_stands_with_its_criteria_as_ways_to_their_place(
    desk: Sessions, draft: Draft, manager: StrictVisitor
) -> None:
    with desk.writing() as session:
        fill(session, an_assessment(session), levels={"HND-02": 0})
    html = manager.get(f"{draft.round}/outlook").text
    rows = sum(len(level.rules) for level in small_set().levels)
    assert html.count('data-l="Holds"') == rows
    assert f'href="{draft.round}/HND?open=HND-02#HND-02"' in html
    assert "A stopper: the level asks for it." in html and "Stopper criteria met" in html


def test_with_everything_shown_the_level_is_the_one_that_rules_give(
    desk: Sessions, draft: Draft, manager: StrictVisitor
) -> None:
    with desk.writing() as session:
        fill(session, an_assessment(session))
    text = page(manager, draft)
    assert "Provisional: Certified ." in text and "unanswered" not in text
    assert "The shortest path to Exemplary" in text
    assert "What is missing is not a matter of answers." in text
    assert "The line has been certified without a break for 24 months. Now: 0." in text
    assert "Evidence keeps nothing below what you say." in text


def test_what_evidence_holds_down_is_named_with_the_reason(
    desk: Sessions, draft: Draft, manager: StrictVisitor
) -> None:
    with desk.writing() as session:
        fill(session, an_assessment(session))
        seen = session.scalars(select(EvidenceItem)).one()
        seen.issued_on = AT.date() - timedelta(days=500)  # HND-02 asks for evidence of the last twelve months
    text = page(manager, draft)
    assert "Evidence keeps one criterion below what you say:" in text
    assert "no evidence is recent enough." in text and "By your answers alone: Certified" in text
    assert "Provisional: Not certified ." in text
    assert "You say so already; only the evidence is missing." in text
    assert "Needs evidence that is at most 12 months old." in text


def test_the_level_of_the_path_stands_in_the_address(desk: Sessions, draft: Draft, manager: StrictVisitor) -> None:
    assert "The shortest path to Exemplary" in page(manager, draft, "?level=exemplary")
    assert "The shortest path to Conditional" in page(manager, draft, "?level=not_certified"), "it is not higher"
    assert "The shortest path to Conditional" in page(manager, draft, "?level=" + "x" * 500)


def test_interchangeable_criteria_are_offered(desk: Sessions, draft: Draft, manager: StrictVisitor) -> None:
    with desk.writing() as session:
        fill(session, an_assessment(session), levels={"HND-02": 0, "GOV-01": 1, "ACC-01": 1, "ACC-02": 0})
    text = page(manager, draft, "?level=certified")
    assert "No way is shorter: 3 criteria, 5 level steps." in text
    assert "One other criterion would do as well (ACC-01) ACC-02" in text
    assert "A mandate was approved and most staff know it." in text, "what the level aimed at looks like"


def test_an_open_finding_is_no_matter_of_answers(desk: Sessions, draft: Draft, manager: StrictVisitor) -> None:
    with desk.writing() as session:
        fill(session, an_assessment(session))
        submit(session, an_assessment(session))
        first = an_assessment(session)
        session.add(
            FindingRow(self_assessment_id=first.id, criterion_id="GOV-01", grade=Grade.MAJOR, text="", opened_at=AT)
        )
        an_open_cycle(session, [a_line(session)], name="2027", opens_on=date(2026, 4, 1), at=later(AT, days=30))
        second = an_assessment(session)
        assert second.id != first.id
        place = f"/lines/{draft.line}/assessments/{second.public_id}"
    text = manager.get(f"{place}/outlook").text
    assert "Not by answers alone" in text
    assert "Open from an earlier review; it ends when reviewers find it mended." in text


def test_where_nothing_can_be_rated_the_page_says_so(desk: Sessions, draft: Draft, manager: StrictVisitor) -> None:
    with desk.writing() as session:
        assessment = an_assessment(session)
        for criterion in small_set().applicable(assessment.profile):
            if criterion.core or not criterion.not_applicable:
                continue
            answer = Answer(status=AnswerStatus.NOT_APPLICABLE, justification="Not here.")
            self_assessment.record_answer(
                session,
                assessment,
                small_set(),
                criterion.id,
                answer,
                expected_version=0,
                actor=a_manager(session, assessment.line),
                at=AT,
            )
    assert manager.get(f"{draft.round}/outlook").status_code == 200


def test_after_the_decision_only_the_decision_counts(desk: Sessions, draft: Draft, manager: StrictVisitor) -> None:
    with desk.writing() as session:
        a_decision(session, a_line(session))
    assert "only the decision counts" in page(manager, draft)


def test_the_pages_cost_the_same_however_much_is_answered(
    desk: Sessions, draft: Draft, manager: StrictVisitor, counted: Callable[[], Any]
) -> None:
    counts: dict[str, list[int]] = {}
    for turn in range(2):
        for name in ("outlook", "outlook?level=exemplary", "submit", "missing"):
            manager.get(f"{draft.round}/{name}")
            with counted() as statements:
                manager.get(f"{draft.round}/{name}")
            counts.setdefault(name, []).append(len(statements))
        if turn == 0:
            with desk.writing() as session:
                fill(session, an_assessment(session))
    assert all(len(set(found)) == 1 and found[0] <= 22 for found in counts.values()), counts


def test_a_stranger_finds_nothing(draft: Draft, signed_in: Callable[..., StrictVisitor]) -> None:
    assert signed_in(draft.stranger).get(f"{draft.round}/outlook").status_code == 404


def test_each_save_brings_counts_and_gaps_up_to_date(draft: Draft, manager: StrictVisitor) -> None:
    answer = manager.send(draft.criterion("GOV-01"), typed(), headers=SCRIPT).get_json()["live"]
    assert 'aria-hidden="true">1/2<' in answer["count-GOV"]
    assert "GOV-01" not in answer["gaps"] and "GOV-02" in answer["gaps"]
    first = re.search(r"Missing: (\d+) in this theme, (\d+) overall", answer["tally"])
    assert first is not None and first[1] == "1"
    again = manager.send(draft.criterion("GOV-02"), typed(level="no"), headers=SCRIPT).get_json()["live"]
    assert "Theme 1 is ready" in again["gaps"]
    second = re.search(r"Missing: (\d+) in this theme, (\d+) overall", again["tally"])
    assert second is not None and (int(second[1]), int(second[2])) == (0, int(first[2]) - 1)
    shown = manager.get(f"{draft.round}/GOV").text
    for name, html in again.items():
        assert html.strip() in shown, f"{name}: what a save brings is what the page shows"


@pytest.mark.parametrize("script", [True, False])
def test_what_is_missing_is_right_with_a_script_and_without(
    draft: Draft, page_of: Callable[..., Any], script: bool
) -> None:
    from playwright.sync_api import expect

    path = f"/lines/{draft.line}/assessments/{draft.assessment}/GOV"
    opened = page_of(draft.manager, path, java_script_enabled=script)
    gaps, tally = opened.locator("[data-live='gaps']"), opened.locator("[data-live='tally']")
    expect(gaps).to_contain_text("2 things are missing.")
    card = opened.locator("form[data-criterion='GOV-01']")
    card.locator("textarea[name='justification']").fill("A draft exists.")
    card.get_by_text("Partly met").click()
    if not script:
        card.get_by_role("button", name="Save").click()
    expect(gaps).to_contain_text("One thing is missing.")
    expect(tally).to_contain_text("Missing: 1 in this theme")
    expect(gaps.get_by_role("link")).to_have_count(1)


def test_the_way_is_found_by_keyboard_and_keeps_nobody_out(
    desk: Sessions, draft: Draft, page_of: Callable[..., Any]
) -> None:
    from playwright.sync_api import expect

    from tests.browsing import clean

    with desk.writing() as session:
        fill(session, an_assessment(session), levels={"HND-02": 0, "GOV-01": 1, "ACC-01": 1, "ACC-02": 0})
    opened = page_of(draft.manager, f"/lines/{draft.line}")

    def reach(words: str, *, role: str = "link") -> None:
        wanted = opened.get_by_role("main").get_by_role(role, name=words).first
        for _ in range(80):
            opened.keyboard.press("Tab")
            if wanted.evaluate("one => one === document.activeElement"):
                return
        raise AssertionError(f"never reached: {words}")

    reach("Every rule, and the shortest path")
    opened.keyboard.press("Enter")
    expect(opened.get_by_role("heading", level=1)).to_have_text("Where you stand")
    reach("Certified")
    opened.keyboard.press("Enter")
    expect(opened.get_by_role("heading", name="The shortest path to Certified")).to_be_visible()
    assert opened.url.endswith("?level=certified")
    opened.locator("summary").first.focus()
    opened.keyboard.press("Enter")
    clean(opened)
    reach("ACC-02")
    opened.keyboard.press("Enter")
    expect(opened.locator("#ACC-02")).to_be_in_viewport()
