"""One item on its page, versions, what runs out, still valid, and the words about what was found in a file."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from audit.persistence.sessions import Sessions
from audit.persistence.tables import EvidenceItem, EvidenceLink
from tests.building import AT, a_line, a_submitted_assessment, an_assessment, an_open_cycle
from tests.house.test_words import bare_words
from tests.web.line.conftest import Draft
from tests.web.line.test_evidence import new_item, the_item
from tests.web.strict import StrictVisitor


def linked(desk: Sessions) -> list[tuple[str, str]]:
    with desk.reading() as session:
        rows = session.execute(
            select(EvidenceLink.criterion_id, EvidenceItem.title)
            .join(EvidenceItem, EvidenceItem.id == EvidenceLink.evidence_item_id)
            .order_by(EvidenceLink.criterion_id, EvidenceItem.id)
        )
        return [(criterion, title) for criterion, title in rows]


def test_one_item_is_offered_for_many_criteria_from_its_page(
    desk: Sessions, draft: Draft, manager: StrictVisitor
) -> None:
    manager.send(f"{draft.home}/evidence", new_item(title="Procedure"))
    place = f"{draft.home}/evidence/{the_item(desk).public_id}"
    page = manager.get(place).text
    assert 'value="HND-02"' in page and 'value="GOV-01"' not in page, "only criteria that accept the kind"
    assert manager.send(f"{place}/criteria", {"criteria": ["HND-02", "HND-03"]}).status_code == 303
    assert linked(desk) == [("HND-02", "Procedure"), ("HND-03", "Procedure")]
    manager.send(f"{place}/criteria", {"shown": ["HND-02", "HND-03"], "criteria": ["HND-03"]})
    assert linked(desk) == [("HND-03", "Procedure")]
    wrong = manager.send(f"{place}/criteria", {"shown": ["HND-03"], "criteria": ["GOV-01", "HND-03"]})
    assert wrong.status_code == 422 and "does not count for GOV-01" in wrong.text
    assert linked(desk) == [("HND-03", "Procedure")]


def test_a_newer_version_takes_the_place_and_the_chain_is_shown(
    desk: Sessions, draft: Draft, manager: StrictVisitor
) -> None:
    manager.send(f"{draft.criterion('HND-02')}/evidence", new_item(title="Version one"))
    old = f"{draft.home}/evidence/{the_item(desk).public_id}"

    def newer(**changes: Any) -> dict[str, Any]:
        return new_item(**{"title": "Version two", "file": (io.BytesIO(b"Other steps."), "b.txt"), **changes})

    assert manager.send(f"{old}/newer", newer(title="")).status_code == 422
    answer = manager.send(f"{old}/newer", newer())
    assert answer.status_code == 303, answer.text
    page = manager.get(answer.location).text
    assert "It takes the place of the earlier version at: HND-02." in page and "Version one" in page
    assert linked(desk) == [("HND-02", "Version two")]
    assert "not offered any more" in manager.get(old).text
    shelf = manager.get(f"{draft.home}/evidence").text
    assert "1 earlier version" in shelf
    for page in (old, answer.location, f"{draft.home}/evidence"):
        assert bare_words(manager.get(f"{page}?lang=en-XA").text) == []
    manager.get(f"{old}?lang=en")
    newest = f"{draft.home}/evidence/{the_item(desk).public_id}"
    assert manager.send(f"{newest}/newer", newer(kind="policy")).status_code == 422
    assert manager.send(f"{old}/newer", newer()).status_code == 409
    manager.send(f"{old}/wrong-file")
    page = manager.get(f"{draft.home}/evidence/{the_item(desk).public_id}").text
    assert "Version one" not in page and "Locked" in page, "the name of a locked version stays hidden"


def test_a_kind_that_does_not_count_here_is_refused_in_words(draft: Draft, manager: StrictVisitor) -> None:
    answer = manager.send(f"{draft.criterion('HND-02')}/evidence", new_item(kind="policy"))
    assert answer.status_code == 422 and "Evidence of this kind does not count here." in answer.text
    manager.send(f"{draft.home}/evidence", new_item(kind="policy", title="A policy"))
    page = manager.get(f"{draft.round}/HND?open=HND-02").text
    assert "Of another kind, does not count here" in page and "A policy" in page


def test_what_runs_out_soon_is_said_ahead_of_time(
    desk: Sessions, draft: Draft, manager: StrictVisitor, clock: Any
) -> None:
    until = clock().date() + timedelta(days=12)
    manager.send(f"{draft.criterion('HND-02')}/evidence", new_item(title="Short-lived", valid_until=until.isoformat()))
    for page in ("", "/evidence", "/evidence?fresh=soon"):
        text = manager.get(f"{draft.home}{page}").text
        assert "Short-lived" in text and "12 days left" in text, page
    for page in ("HND?open=HND-02", "missing", "submit"):
        assert "12 days left" in manager.get(f"{draft.round}/{page}").text, page


def test_what_was_taken_out_of_a_picture_is_said(draft: Draft, manager: StrictVisitor) -> None:
    picture, exif = Image.new("RGB", (200, 100), "red"), Image.Exif()
    exif[0x010F] = "Camera of the office"
    made = io.BytesIO()
    picture.save(made, "JPEG", exif=exif)
    sent = new_item(kind="screenshot", title="The form", file=(io.BytesIO(made.getvalue()), "form.jpg"))
    answer = manager.send(f"{draft.home}/evidence", sent)
    assert answer.status_code == 303, answer.text
    assert "Taken out of the file: image metadata" in manager.get(answer.location).text


def test_words_that_may_identify_a_person_are_pointed_out_and_never_refused(
    draft: Draft, manager: StrictVisitor
) -> None:
    seen = new_item(
        kind="viewed_live", title="Case log", statement="Ask maria.muster@private.example.", file=(io.BytesIO(), "")
    )
    answer = manager.send(f"{draft.home}/evidence", seen)
    assert answer.status_code == 303
    page = manager.get(answer.location).text
    assert "This may identify a person:" in page and "maria.muster@private.example" in page


@pytest.fixture
def second_round(desk: Sessions, draft: Draft, clock: Any) -> str:
    """The address of the line's self-assessment a year after it handed in the first."""
    with desk.writing() as session:
        line = a_line(session)
        a_submitted_assessment(session, line)
        an_open_cycle(session, [line], name="2027", opens_on=date(2027, 3, 2), at=AT + timedelta(days=365))
        found = an_assessment(session, line).public_id
    clock.step(days=1)
    return f"{draft.home}/assessments/{found}"


def test_still_valid_carries_one_item_or_all_with_name_and_time(
    desk: Sessions, draft: Draft, second_round: str, signed_in: Callable[..., StrictVisitor]
) -> None:
    manager = signed_in(draft.manager)
    page = manager.get(f"{second_round}/GOV?open=GOV-01").text
    assert "Offered in the last cycle, not yet in this one" in page
    answer = manager.send(f"{second_round}/criteria/GOV-01/still-valid")
    assert answer.status_code == 303
    assert f"Still valid, said by <bdi>{draft.manager.name}</bdi>" in manager.get(answer.location).text
    assert manager.send(f"{second_round}/criteria/GOV-01/still-valid", {"item": "never-was"}).status_code == 422
    manager.send(f"{second_round}/criteria/GOV-02/still-true", {"version": "0"})
    manager.send(f"{second_round}/criteria/HND-02/still-true", {"version": "0", "with_evidence": "y"})
    with desk.reading() as session:
        carried = session.scalars(
            select(EvidenceLink.criterion_id).where(EvidenceLink.still_valid).order_by(EvidenceLink.criterion_id)
        ).all()
    assert carried == ["GOV-01", "HND-02"], "an answer that is still true carries no evidence unless somebody says so"
