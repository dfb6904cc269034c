"""What a card offers beside its levels: only what the criterion allows, each with its rule in words."""

from __future__ import annotations

import html
from collections.abc import Callable

import pytest

from audit.persistence.queries import assessments
from audit.persistence.sessions import Sessions
from audit.persistence.tables import Person
from tests.building import a_manager, an_assessment, an_open_cycle, small_set
from tests.translating import a_translation
from tests.web.line.conftest import Draft
from tests.web.strict import StrictVisitor

(CASE,) = small_set().criterion("HND-03").not_applicable_cases


def _card(page: str, criterion: str) -> str:
    return html.unescape(page.split(f'id="{criterion}"')[1].split(f'id="{criterion}-evidence"')[0])


def _stored(desk: Sessions, criterion: str) -> tuple[str, str]:
    with desk.reading() as session:
        value = assessments.answer_to(session, an_assessment(session).id, criterion).value
    return value.status.value, value.justification


@pytest.mark.parametrize("criterion", [one.id for one in small_set().criteria])
def test_each_card_offers_what_its_criterion_allows(draft: Draft, manager: StrictVisitor, criterion: str) -> None:
    asked = small_set().criterion(criterion)
    card = _card(manager.get(f"{draft.round}/{asked.theme}?open={criterion}").text, criterion)
    assert "Don’t know yet" in card and "has to be settled before you submit" in card
    assert (">Not applicable<" in card) is (asked.not_applicable and not asked.stopper)
    assert ('value="not_applicable"' in card) is (asked.not_applicable and not asked.not_applicable_cases)
    for number, case in enumerate(asked.not_applicable_cases):
        assert f'value="not_applicable:{number}"' in card and case in card
    assert ('name="equivalent"' in card) is asked.equivalent_allowed


def test_a_case_is_chosen_kept_and_changed(desk: Sessions, draft: Draft, manager: StrictVisitor) -> None:
    path = draft.criterion("HND-03")
    typed = {"level": "not_applicable:0", "justification": "By law since 2019.", "language": "en", "version": "0"}
    assert manager.send(path, typed).status_code == 303
    assert _stored(desk, "HND-03") == ("not_applicable", f"{CASE}\n\nBy law since 2019.")
    card = _card(manager.get(f"{draft.round}/HND?open=HND-03").text, "HND-03")
    assert 'value="not_applicable:0" checked' in card and "\nBy law since 2019.</textarea>" in card
    missing = manager.get(f"{draft.round}/missing").text
    assert "HND-03" not in missing
    assert manager.send(path, {**typed, "justification": "By law.", "version": "1"}).status_code == 303
    assert _stored(desk, "HND-03")[1] == f"{CASE}\n\nBy law.", "the case does not stand there twice"
    assert manager.send(path, {**typed, "level": "unknown", "version": "2"}).status_code == 303
    assert _stored(desk, "HND-03") == ("unknown", "By law since 2019.")


def test_a_reason_without_a_case_is_kept_and_asked_about(desk: Sessions, draft: Draft, manager: StrictVisitor) -> None:
    typed = {"level": "not_applicable", "justification": "We see no need.", "language": "en", "version": "0"}
    assert manager.send(draft.criterion("HND-03"), typed).status_code == 303
    card = _card(manager.get(f"{draft.round}/HND?open=HND-03").text, "HND-03")
    assert 'value="not_applicable" checked' in card and "say which" in card
    assert "HND-03" in manager.get(f"{draft.round}/missing").text


def test_a_case_chosen_in_one_language_is_the_case_in_every_other(
    desk: Sessions, signed_in: Callable[[Person], StrictVisitor]
) -> None:
    with desk.writing() as session:
        cycle = an_open_cycle(session, translations=[a_translation(small_set())])
        assessment = an_assessment(session)
        manager, path = a_manager(session, assessment.line), f"/lines/{assessment.line.public_id}/assessments"
        path = f"{path}/{assessment.public_id}"
        assert cycle.id == assessment.cycle_id
    visitor = signed_in(manager)
    card = _card(visitor.get(f"{path}/HND?open=HND-03&lang=fr").text, "HND-03")
    assert f"fr: {CASE}" in card
    typed = {"level": "not_applicable:0", "justification": "La loi.", "language": "fr", "version": "0"}
    assert visitor.send(f"{path}/criteria/HND-03", typed).status_code == 303
    assert _stored(desk, "HND-03") == ("not_applicable", f"{CASE}\n\nLa loi."), "stored in the words of the source"
    for language in ("fr", "en"):
        page = visitor.get(f"{path}/HND?open=HND-03&lang={language}").text
        assert 'value="not_applicable:0" checked' in _card(page, "HND-03")
        assert "HND-03" not in visitor.get(f"{path}/missing?lang={language}").text


@pytest.mark.parametrize("level", ["not_applicable:1", "not_applicable:x", "not_applicable:99999"])
def test_a_case_that_is_none_is_refused(draft: Draft, manager: StrictVisitor, level: str) -> None:
    typed = {"level": level, "justification": "By law.", "language": "en", "version": "0"}
    answer = manager.send(draft.criterion("HND-03"), typed)
    assert answer.status_code == 422 and "By law." in answer.text


def test_a_stopper_is_never_left_out(draft: Draft, manager: StrictVisitor) -> None:
    stopper = next(one for one in small_set().criteria if one.stopper)
    typed = {"level": "not_applicable", "justification": "No.", "language": "en", "version": "0"}
    answer = manager.send(draft.criterion(stopper.id), typed)
    assert answer.status_code == 422 and "This criterion applies to every line; choose a level." in answer.text
