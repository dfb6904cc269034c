"""The history of an answer: who said what when, what changed, and the way back, which overwrites nobody either."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from audit.persistence.queries import assessments
from audit.persistence.sessions import Sessions
from tests.building import an_assessment
from tests.web.line.conftest import Draft
from tests.web.line.test_answering import FIGURES, SCRIPT, field, typed
from tests.web.strict import StrictVisitor


def save(visitor: StrictVisitor, draft: Draft, version: int, criterion: str = "GOV-01", **changes: str) -> None:
    answer = visitor.send(draft.criterion(criterion), typed(version=str(version), **changes), headers=SCRIPT)
    assert answer.status_code == 200, answer.text


def test_every_version_says_who_when_how_and_what_changed(
    draft: Draft, manager: StrictVisitor, contributor: StrictVisitor
) -> None:
    save(manager, draft, 0, level="partly", justification="A draft exists.")
    save(contributor, draft, 1, level="mostly", justification="A plan exists.")
    page = manager.get(f"{draft.criterion('GOV-01')}/history").text
    assert page.index("Version 2") < page.index("Version 1")
    assert "by Contributor Austria." in page and "Present answer" in page
    assert "(removed:) </span>draft </del>" in page and "(added:) </span>plan </ins>" in page
    assert "Partly met" in page and "Mostly met" in page
    assert "History (2)" in manager.get(f"{draft.round}/GOV?open=GOV-01").text


def test_changed_figures_are_shown_before_and_after(draft: Draft, manager: StrictVisitor) -> None:
    save(manager, draft, 0, "HND-01", level="figures", **FIGURES)
    save(manager, draft, 1, "HND-01", level="figures", **(FIGURES | {"IND-01.numerator": "98"}))
    page = manager.get(f"{draft.criterion('HND-01')}/history").text
    assert "99 / 100" in page and "98 / 100" in page and page.count("IND-02") == 1, "only what changed, and the first"


def test_an_earlier_version_comes_back_as_a_version_of_its_own(
    desk: Sessions, draft: Draft, manager: StrictVisitor
) -> None:
    save(manager, draft, 0, justification="First.")
    save(manager, draft, 1, justification="Second.")
    place = f"{draft.criterion('GOV-01')}/history/1/restored"
    answer = manager.send(place, {"version": "2"})
    assert answer.status_code == 303
    page = manager.get(answer.location).text
    assert "the earlier version is your answer again" in page and field(page, "justification") == "First."
    assert manager.send(place, {"version": "2"}).status_code == 303, "sent twice, restored once"
    with desk.reading() as session:
        kept = assessments.history(session, an_assessment(session).id, "GOV-01")
    assert [one.value.justification for one in kept] == ["First.", "Second.", "First."]
    assert "An earlier version, brought back." in manager.get(f"{draft.criterion('GOV-01')}/history").text


def test_bringing_back_over_newer_words_shows_both(
    draft: Draft, manager: StrictVisitor, contributor: StrictVisitor
) -> None:
    save(manager, draft, 0, justification="First.")
    save(manager, draft, 1, justification="Second.")
    save(contributor, draft, 2, justification="Third, by another.")
    answer = manager.send(f"{draft.criterion('GOV-01')}/history/1/restored", {"version": "2"})
    assert answer.status_code == 409 and "Third, by another." in answer.text
    assert field(answer.text, "justification") == "First." and field(answer.text, "version") == "3"


def test_a_version_that_never_was_is_not_found(draft: Draft, manager: StrictVisitor) -> None:
    save(manager, draft, 0)
    assert manager.send(f"{draft.criterion('GOV-01')}/history/9/restored", {"version": "1"}).status_code == 404
    assert manager.get(f"{draft.criterion('GOV-99')}/history").status_code == 404
    assert "Nothing was saved here yet." in manager.get(f"{draft.criterion('GOV-02')}/history").text


def test_a_long_history_comes_in_pages_at_the_same_cost(
    draft: Draft, manager: StrictVisitor, counted: Callable[[], Any]
) -> None:
    path = f"{draft.criterion('GOV-01')}/history"
    save(manager, draft, 0, justification="0")
    manager.get(path)
    with counted() as few:
        manager.get(path)
    for version in range(1, 23):
        save(manager, draft, version, justification=str(version))
    with counted() as many:
        page = manager.get(path).text
    assert len(many) == len(few)
    assert "Version 4" in page and "Version 3<" not in page and "history?before=4" in page
    rest = manager.get(f"{path}?before=4").text
    assert "Version 3<" in rest and "Version 1<" in rest and "Earlier versions" not in rest


def test_without_a_script_both_texts_can_be_put_into_the_field(
    draft: Draft, manager: StrictVisitor, contributor: StrictVisitor
) -> None:
    save(manager, draft, 0, justification="First words.")
    mine = typed(justification="Second words.")
    answer = contributor.send(draft.criterion("GOV-01"), mine)
    assert answer.status_code == 409 and "(only here:) </span>First " in answer.text
    joined = contributor.send(draft.criterion("GOV-01"), mine | {"choice": "both"})
    assert joined.status_code == 200
    assert field(joined.text, "justification") == "First words.\n\nSecond words."
    assert field(joined.text, "version") == "1" and "Both texts stand in the fields now." in joined.text
