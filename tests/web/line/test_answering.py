"""Saving one answer: by a browser without a script, by the script, with two people at once; nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from audit.persistence.sessions import Sessions
from audit.persistence.tables import AnswerRow, SelfAssessment
from tests.building import a_line, an_assessment, an_open_cycle, fill, later, small_set, submit
from tests.web.line.conftest import Draft
from tests.web.strict import StrictVisitor, parsed

WORDS = "Two analysts share the inbox; six reports waited over a holiday."
SCRIPT = {"Accept": "application/json"}
FIGURES = {
    "IND-01.numerator": "99",
    "IND-01.denominator": "100",
    "IND-01.period_from": "2025-01-01",
    "IND-01.period_to": "2025-12-31",
    "IND-01.source": "log_extract",
    "IND-02.numerator": "4.5",
    "IND-02.denominator": "100",
    "IND-02.period_from": "2025-01-01",
    "IND-02.period_to": "2025-12-31",
    "IND-02.source": "count_by_hand",
}


def typed(**changes: str) -> dict[str, str]:
    """What a card sends."""
    return {"version": "0", "level": "mostly", "justification": WORDS, "language": "en", "summary": "", **changes}


def stored(desk: Sessions, draft: Draft, criterion: str) -> AnswerRow | None:
    with desk.reading() as session:
        return session.scalar(
            select(AnswerRow)
            .join(SelfAssessment, SelfAssessment.id == AnswerRow.self_assessment_id)
            .where(SelfAssessment.public_id == draft.assessment, AnswerRow.criterion_id == criterion)
        )


def field(page: str, name: str, criterion: str = "GOV-01") -> Any:
    """The value of a card's field as the page shows it."""
    form = next(one for one in parsed(page).iter("form") if one.get("data-criterion") == criterion)
    for element in form.iter():
        if element.tag == "input" and element.get("name") == name and element.get("type") == "radio":
            if "checked" in element.attrib:
                return element.get("value")
        elif element.tag == "textarea" and element.get("name") == name:
            return (element.text or "").strip("\n")
        elif element.tag == "select" and element.get("name") == name:
            return next((o.get("value") for o in element.iter("option") if "selected" in o.attrib), "")
        elif element.tag == "input" and element.get("name") == name:
            return element.get("value")
    return None


def test_a_browser_without_a_script_saves_and_comes_back_to_the_card(
    desk: Sessions, draft: Draft, manager: StrictVisitor
) -> None:
    answer = manager.send(draft.criterion("GOV-01"), typed())
    assert answer.status_code == 303
    assert answer.location.endswith("/GOV?open=GOV-01#GOV-01")
    page = manager.get(answer.location).text
    assert "GOV-01: your answer is saved." in page
    assert field(page, "level") == "mostly" and field(page, "justification") == WORDS and field(page, "version") == "1"
    row = stored(desk, draft, "GOV-01")
    assert row is not None and row.justification == WORDS and row.version == 1


def test_a_script_gets_the_version_and_the_state_of_the_card(draft: Draft, manager: StrictVisitor) -> None:
    answer = manager.send(draft.criterion("GOV-01"), typed(), headers=SCRIPT)
    assert answer.status_code == 200 and answer.is_json
    said = answer.get_json()
    assert said["version"] == 1 and said["answered"] and not said["complete"]
    assert said["message"].startswith("Saved at 09:30") and "Evidence missing" in said["state"]


def test_text_without_a_level_is_kept(draft: Draft, manager: StrictVisitor) -> None:
    answer = manager.send(draft.criterion("GOV-01"), typed(level=""), headers=SCRIPT)
    assert answer.status_code == 200 and not answer.get_json()["answered"]
    assert field(manager.get(f"{draft.round}/GOV").text, "justification") == WORDS


@pytest.mark.parametrize("level", ["unknown", "not_applicable"])
def test_not_knowing_and_not_applying_are_kept_with_their_words(
    draft: Draft, manager: StrictVisitor, level: str
) -> None:
    assert manager.send(draft.criterion("GOV-02"), typed(level=level), headers=SCRIPT).status_code == 200
    page = manager.get(f"{draft.round}/GOV?open=GOV-02").text
    assert field(page, "level", "GOV-02") == level and field(page, "justification", "GOV-02") == WORDS


def test_the_second_of_two_people_sees_both_texts_and_overwrites_nothing(
    desk: Sessions, draft: Draft, manager: StrictVisitor, contributor: StrictVisitor
) -> None:
    assert manager.send(draft.criterion("GOV-01"), typed()).status_code == 303
    mine = typed(level="partly", justification="A draft exists.")
    answer = contributor.send(draft.criterion("GOV-01"), mine)
    assert answer.status_code == 409
    assert "Someone else saved this answer meanwhile" in answer.text
    assert WORDS in answer.text, "the stored text is shown"
    assert field(answer.text, "justification") == "A draft exists." and field(answer.text, "level") == "partly"
    assert stored(desk, draft, "GOV-01").justification == WORDS  # type: ignore[union-attr]
    kept = contributor.send(draft.criterion("GOV-01"), {**mine, "version": field(answer.text, "version")})
    assert kept.status_code == 303
    row = stored(desk, draft, "GOV-01")
    assert row is not None and row.justification == "A draft exists." and row.version == 2


def test_a_script_gets_both_sides_of_a_conflict(
    draft: Draft, manager: StrictVisitor, contributor: StrictVisitor
) -> None:
    manager.send(draft.criterion("GOV-01"), typed())
    answer = contributor.send(draft.criterion("GOV-01"), typed(justification="Mine."), headers=SCRIPT)
    assert answer.status_code == 409
    said = answer.get_json()
    assert said["version"] == 1 and WORDS in said["conflict"] and 'data-keep="mine"' in said["conflict"]


def test_saving_the_same_again_is_no_conflict(draft: Draft, manager: StrictVisitor) -> None:
    manager.send(draft.criterion("GOV-01"), typed())
    again = manager.send(draft.criterion("GOV-01"), typed(), headers=SCRIPT)
    assert again.status_code == 200 and again.get_json()["version"] == 1


def test_figures_give_the_level_and_the_server_computes_the_rate(
    desk: Sessions, draft: Draft, manager: StrictVisitor
) -> None:
    answer = manager.send(draft.criterion("HND-01"), typed(level="figures", **FIGURES), headers=SCRIPT)
    assert answer.status_code == 200, answer.text
    said = answer.get_json()
    assert "99.0%" in said["figures"]["IND-01"] and "follows from your figures" in said["computed"]
    row = stored(desk, draft, "HND-01")
    assert row is not None and row.key == "full"
    assert field(manager.get(f"{draft.round}/HND?open=HND-01").text, "IND-02.numerator", "HND-01") == "4.5"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("IND-01.numerator", "about five", "Enter a number like 1204 or 4.5."),
        ("IND-01.denominator", "1,204", "Enter a number like 1204."),
        ("IND-02.denominator", "0", "The second number must be greater than zero."),
        ("IND-01.numerator", "101", "The first number cannot be greater than the second. Please check both."),
        ("IND-02.period_to", "2024-12-31", "The period ends before it begins. Please check both days."),
        ("IND-01.period_from", "31/12/2024", "Enter a date like 2026-04-30."),
        ("IND-01.source", "", "Say where the figures come from."),
        ("level", "perfect", "Choose one of the levels listed here."),
        ("language", "xx", "Choose one of the languages listed here."),
        ("justification", "x" * 6001, "too long"),
    ],
)
def test_what_cannot_be_used_is_named_and_everything_typed_stays(
    desk: Sessions, draft: Draft, manager: StrictVisitor, name: str, value: str, words: str
) -> None:
    sent = typed(level="figures", **FIGURES) | {name: value}
    answer = manager.send(draft.criterion("HND-01"), sent)
    assert answer.status_code == 422
    assert re.search("<title>\\s*Error:", answer.text)
    assert words in answer.text and 'class="summary"' in answer.text
    for typed_name, typed_value in sent.items():
        if typed_name not in ("level", "language", "IND-01.source") or typed_name != name:
            assert field(answer.text, typed_name, "HND-01") == typed_value, typed_name
    assert stored(desk, draft, "HND-01") is None
    script = manager.send(draft.criterion("HND-01"), sent, headers=SCRIPT)
    assert script.status_code == 422
    assert any(words in problem["message"] for problem in script.get_json()["problems"])


def test_a_decimal_comma_and_digits_of_other_scripts_are_numbers(draft: Draft, manager: StrictVisitor) -> None:
    sent = typed(level="figures", **FIGURES) | {"IND-01.numerator": "99", "IND-01.denominator": "١٠٠"}
    assert manager.send(draft.criterion("HND-01"), sent, headers=SCRIPT).status_code == 200
    page = manager.get(f"{draft.round}/HND?open=HND-01").text
    assert field(page, "IND-02.numerator", "HND-01") == "4.5"
    assert field(page, "IND-02.denominator", "HND-01") == "100"


def test_after_submission_an_answer_stays_as_it_is(desk: Sessions, draft: Draft, manager: StrictVisitor) -> None:
    with desk.writing() as session:
        assessment = an_assessment(session)
        fill(session, assessment)
        submit(session, assessment)
    answer = manager.send(draft.criterion("GOV-01"), typed(version="1"))
    assert answer.status_code == 409 and WORDS in answer.text, "what was typed can be copied"
    script = manager.send(draft.criterion("GOV-01"), typed(version="1"), headers=SCRIPT)
    assert script.status_code == 409 and "cannot be changed" in script.get_json()["detail"]
    page = manager.get(f"{draft.round}/GOV").text
    assert "<textarea" not in page and "This is how we meet GOV-01." in page


def test_another_line_and_a_missing_criterion_look_the_same(
    draft: Draft, signed_in: Callable[..., StrictVisitor], manager: StrictVisitor, visitor: StrictVisitor
) -> None:
    stranger = signed_in(draft.stranger)
    assert stranger.send(draft.criterion("GOV-01"), typed()).status_code == 404
    assert stranger.get(f"{draft.round}/GOV").status_code == 404
    assert manager.send(draft.criterion("GOV-99"), typed()).status_code == 404
    assert manager.get(f"{draft.round}/NONE").status_code == 404
    assert visitor.get(f"{draft.round}/GOV").status_code == 303
    assert visitor.send(draft.criterion("GOV-01"), typed()).status_code == 401


def test_still_true_copies_last_cycles_answer(
    desk: Sessions, draft: Draft, signed_in: Callable[..., StrictVisitor], clock: Any
) -> None:
    with desk.writing() as session:
        assessment = an_assessment(session)
        fill(session, assessment, level=2)
        submit(session, assessment)
        at = later(clock(), days=30)
        an_open_cycle(session, [a_line(session)], name="2027", opens_on=date(2026, 4, 1), at=at)
    with desk.reading() as session:
        new = session.scalars(select(SelfAssessment).order_by(SelfAssessment.id.desc())).first()
        place = f"/lines/{draft.line}/assessments/{new.public_id}"
    clock.step(days=30)
    manager = signed_in(draft.manager)
    page = manager.get(f"{place}/GOV").text
    assert "Your answer in 2026" in page and "Still true" in page
    answer = manager.send(f"{place}/criteria/GOV-01/still-true", {"version": "0"})
    assert answer.status_code == 303
    page = manager.get(answer.location).text
    assert field(page, "justification") == "This is how we meet GOV-01." and field(page, "level") == "mostly"
    late = manager.send(f"{place}/criteria/GOV-01/still-true", {"version": "0"})
    assert late.status_code in (303, 409), "copying the same again is harmless"


def test_the_page_costs_the_same_however_many_criteria_there_are(
    desk: Sessions, draft: Draft, manager: StrictVisitor, counted: Callable[[], Any]
) -> None:
    manager.get(f"{draft.round}/GOV")
    counts = []
    for theme in ("GOV", "HND"):
        with counted() as statements:
            manager.get(f"{draft.round}/{theme}")
        counts.append(len(statements))
    with desk.writing() as session:
        fill(session, an_assessment(session))
    with counted() as statements:
        manager.get(f"{draft.round}/HND")
    counts.append(len(statements))
    assert len(small_set().of_theme("HND")) > len(small_set().of_theme("GOV"))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 20, counts


def test_a_save_by_the_script_takes_few_statements(
    draft: Draft, manager: StrictVisitor, counted: Callable[[], Any]
) -> None:
    token = manager.token()
    manager.post(draft.criterion("GOV-01"), data={"csrf_token": token, **typed()}, headers=SCRIPT)
    with counted() as statements:
        answer = manager.post(
            draft.criterion("GOV-01"),
            data={"csrf_token": token, **typed(version="1", justification="Changed.")},
            headers=SCRIPT,
        )
    assert answer.status_code == 200
    spoken = [one for one in statements if not one.lower().startswith(("pragma", "begin", "commit"))]
    assert len(spoken) <= 10, "\n".join(spoken)
