"""The workspace: saving with and without a script, two windows, filters, the way on, and blindness."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from audit.domain.findings import EvidenceVerdict, Grade
from audit.persistence.sessions import Sessions
from audit.persistence.tables import CriterionVerdict, EvidenceVerdictRow, Review
from tests.building import small_set
from tests.reviewing import judge_all
from tests.web.review.conftest import Asked, own_review
from tests.web.strict import StrictVisitor, parsed

SCRIPT = {"Accept": "application/json"}
SECRET = "The second reviewer alone knows this sentence"


def said(**changes: str) -> dict[str, str]:
    """What the form of a criterion sends."""
    return {"version": "0", "level": "full", "grade": "conforms", "comment": "", **changes}


def stored(desk: Sessions, public_id: str, criterion: str) -> CriterionVerdict | None:
    with desk.reading() as session:
        return session.scalar(
            select(CriterionVerdict)
            .join(Review, Review.id == CriterionVerdict.review_id)
            .where(Review.public_id == public_id, CriterionVerdict.criterion_id == criterion)
        )


def field(page: str, name: str) -> Any:
    """The value of a field of the verdict, as the page shows it."""
    for element in parsed(page).iter():
        if not isinstance(element.tag, str) or element.get("name") != name:
            continue
        if element.tag == "textarea":
            return (element.text or "").strip("\n")
        if element.get("type") != "radio" or "checked" in element.attrib:
            return element.get("value")
    return None


def item_of(page: str) -> str:
    """The public id of the first item that takes a verdict."""
    found = re.search(r'name="item-([a-z0-9]+)"', page)
    assert found
    return found[1]


def test_a_review_opens_at_the_first_criterion_that_is_not_judged(asked: Asked, first: StrictVisitor) -> None:
    assert first.get(asked.at()).location.endswith(f"{asked.at()}/GOV-01")
    page = first.get(f"{asked.at()}/GOV-01").text
    assert "0 of 7 criteria judged" in page and "B’s finding is hidden" in page
    assert "Save and go to" in page


def test_a_browser_without_a_script_saves_and_goes_on(desk: Sessions, asked: Asked, first: StrictVisitor) -> None:
    path = f"{asked.at()}/GOV-01"
    following = re.search(r'data-goes-on="([^"]+)"', first.get(path).text)
    item = item_of(first.get(path).text)
    answer = first.send(path, said(comment="Signed, page 2.", **{f"item-{item}": "accepted"}))
    assert answer.status_code == 303 and following and answer.location == following[1]
    page = first.get(path).text
    assert field(page, "level") == "full" and field(page, "grade") == "conforms" and field(page, "version") == "1"
    assert field(page, "comment") == "Signed, page 2." and field(page, f"item-{item}") == "accepted"
    row = stored(desk, asked.a, "GOV-01")
    assert row is not None and row.grade is Grade.CONFORMS and row.version == 1


def test_saving_may_also_stay_on_the_page(asked: Asked, first: StrictVisitor) -> None:
    answer = first.send(f"{asked.at()}/GOV-01?show=core", said(stay="1"))
    assert answer.status_code == 303 and answer.location.endswith("/GOV-01?show=core")
    assert "GOV-01: saved." in first.get(answer.location).text


def test_a_script_gets_the_version_and_the_parts_that_changed(asked: Asked, first: StrictVisitor) -> None:
    answer = first.send(f"{asked.at()}/GOV-01", said(), headers=SCRIPT)
    assert answer.status_code == 200 and answer.is_json
    told = answer.get_json()
    assert told["version"] == 1 and told["message"].startswith("Saved at 09:30")
    assert "Evidence not judged yet" in told["state"] and "0 of 7" in told["progress"]


def test_a_rejected_item_needs_its_reason_and_nothing_typed_is_lost(
    desk: Sessions, asked: Asked, first: StrictVisitor
) -> None:
    path = f"{asked.at()}/GOV-01"
    item = item_of(first.get(path).text)
    answer = first.send(path, said(comment="Kept words.", **{f"item-{item}": "rejected"}))
    assert answer.status_code == 422
    assert "Say why you reject this item." in answer.text and "Error:" in answer.text
    assert field(answer.text, "comment") == "Kept words." and field(answer.text, f"item-{item}") == "rejected"
    assert stored(desk, asked.a, "GOV-01") is None
    given = {f"item-{item}": "rejected", f"reason-{item}": "A draft proves nothing."}
    assert first.send(path, said(**given)).status_code == 303
    with desk.reading() as session:
        row = session.scalars(select(EvidenceVerdictRow)).one()
        assert row.verdict is EvidenceVerdict.REJECTED and row.reason == "A draft proves nothing."
    again = {f"item-{item}": "accepted", f"reason-{item}": ""}
    assert first.send(path, said(version="1", **again)).status_code == 303
    with desk.reading() as session:
        assert session.scalars(select(EvidenceVerdictRow)).one().verdict is EvidenceVerdict.ACCEPTED


def test_a_reason_without_a_verdict_is_asked_about_not_dropped(asked: Asked, first: StrictVisitor) -> None:
    path = f"{asked.at()}/GOV-01"
    item = item_of(first.get(path).text)
    answer = first.send(path, said(**{f"reason-{item}": "Page 3 is missing."}))
    assert answer.status_code == 422 and "Choose accept or reject" in answer.text
    assert field(answer.text, f"reason-{item}") == "Page 3 is missing."


@pytest.mark.parametrize("grade", ["opportunity", "minor", "major"])
def test_a_finding_says_what_was_found(grade: str, asked: Asked, first: StrictVisitor) -> None:
    path = f"{asked.at()}/GOV-01"
    answer = first.send(path, said(grade=grade), headers=SCRIPT)
    assert answer.status_code == 422
    assert answer.get_json()["problems"] == [
        {"field": "comment", "message": "Say what you found, so that the line can act on it."}
    ]
    page = first.send(path, said(grade=grade)).text
    assert "Say what you found, so that the line can act on it." in page and field(page, "grade") == grade


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"level": "splendid"}, "Choose one of the options."),
        ({"grade": "splendid"}, "Choose one of the options."),
        ({"comment": "x" * 4001}, "Use at most 4,000 characters"),
        ({"version": "later"}, "its version is missing"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    changes: dict[str, str], words: str, asked: Asked, first: StrictVisitor
) -> None:
    answer = first.send(f"{asked.at()}/GOV-01", said(**changes))
    assert answer.status_code == 422 and words in answer.text


def test_a_half_finished_verdict_may_be_saved(desk: Sessions, asked: Asked, first: StrictVisitor) -> None:
    sent = said(comment="First thoughts.")
    del sent["level"], sent["grade"]
    assert first.send(f"{asked.at()}/GOV-01", sent).status_code == 303
    row = stored(desk, asked.a, "GOV-01")
    assert row is not None and row.comment == "First thoughts." and row.key is None and row.grade is None


def test_two_windows_show_both_and_overwrite_nothing(desk: Sessions, asked: Asked, first: StrictVisitor) -> None:
    path = f"{asked.at()}/GOV-01"
    assert first.send(path, said(comment="From the first window.")).status_code == 303
    answer = first.send(path, said(comment="From the second window.", level="mostly"))
    assert answer.status_code == 409
    assert "From the first window." in answer.text and field(answer.text, "comment") == "From the second window."
    assert field(answer.text, "version") == "1"
    row = stored(desk, asked.a, "GOV-01")
    assert row is not None and row.comment == "From the first window."
    script = first.send(path, said(comment="From the second window."), headers=SCRIPT)
    assert script.status_code == 409 and script.get_json()["version"] == 1
    assert "From the first window." in script.get_json()["conflict"]
    assert first.send(path, said(comment="From the second window.", version="1")).status_code == 303
    assert stored(desk, asked.a, "GOV-01").comment == "From the second window."  # type: ignore[union-attr]


def test_a_stale_window_changes_no_evidence_either(desk: Sessions, asked: Asked, first: StrictVisitor) -> None:
    path = f"{asked.at()}/GOV-01"
    item = item_of(first.get(path).text)
    first.send(path, said())
    assert first.send(path, said(**{f"item-{item}": "accepted"})).status_code == 409
    with desk.reading() as session:
        assert session.scalars(select(EvidenceVerdictRow)).all() == []


def test_the_filter_stands_in_the_address_and_leads_on(desk: Sessions, asked: Asked, first: StrictVisitor) -> None:
    page = first.get(f"{asked.at()}/GOV-01?show=core").text
    queue = page[page.index('class="queue"') : page.index("</nav>", page.index('class="queue"'))]
    shown = set(re.findall(rf"{asked.at()}/([A-Z]+-\d+)\?show=core", queue))
    core = {one.id for one in small_set().criteria if one.core or one.stopper}
    assert shown and shown <= core
    assert first.get(f"{asked.at()}/GOV-01?show=nonsense").status_code == 200
    with desk.writing() as session:
        judge_all(session, own_review(session, asked.a))
    done = first.get(f"{asked.at()}/GOV-01?show=open").text
    assert "Nothing matches." in done and "Save and see what is left" in done


def test_no_page_of_one_reviewer_holds_a_word_of_the_other(
    desk: Sessions, asked: Asked, first: StrictVisitor, second: StrictVisitor
) -> None:
    path = f"{asked.at('b')}/GOV-01"
    item = item_of(second.get(path).text)
    sent = said(grade="major", comment=SECRET, **{f"item-{item}": "rejected", f"reason-{item}": SECRET})
    assert second.send(path, sent).status_code == 303
    for way in ("", "/GOV-01", "/GOV-01?show=open", "/completion", "/declaration", "/reconciliation"):
        page = first.get(asked.at() + way, follow_redirects=True)
        assert page.status_code == 200, way
        assert SECRET not in page.text and asked.second.name not in page.text, way
    told = first.send(f"{asked.at()}/GOV-01", said(), headers=SCRIPT).text
    assert SECRET not in told
    assert "Major nonconformity" not in first.get(f"{asked.at()}/completion").text


def test_the_other_review_and_everybody_else_find_nothing(
    asked: Asked, first: StrictVisitor, visitor: StrictVisitor, signed_in: Any
) -> None:
    assert first.get(f"{asked.at('b')}/GOV-01").status_code == 404
    assert first.send(f"{asked.at('b')}/GOV-01", said()).status_code == 404
    assert signed_in(asked.manager).get(f"{asked.at()}/GOV-01").status_code == 403
    assert signed_in(asked.coordinator).get(f"{asked.at()}/GOV-01").status_code == 403
    assert visitor.get(f"{asked.at()}/GOV-01").status_code == 303
    assert first.get("/reviews/never-was/GOV-01").status_code == 404
    assert first.get(f"{asked.at()}/NO-99").status_code == 404


def test_the_workspace_asks_the_same_number_of_statements_whatever_is_there(
    desk: Sessions, asked: Asked, first: StrictVisitor, counted: Any
) -> None:
    path = f"{asked.at()}/GOV-01"
    first.get(path)
    with counted() as before:
        first.get(path)
    with desk.writing() as session:
        judge_all(session, own_review(session, asked.a))
    with counted() as after:
        first.get(path)
    assert len(before) == len(after) <= 22


def test_every_page_is_sound_in_both_pseudo_languages(asked: Asked, first: StrictVisitor) -> None:
    for code in ("en-XA", "ar-XB"):
        for way in ("/GOV-01", "/completion", "/declaration", "/reconciliation"):
            assert first.get(f"{asked.at()}{way}?lang={code}").status_code == 200
        assert first.get(f"/reviews?lang={code}").status_code == 200
