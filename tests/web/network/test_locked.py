"""Locked files: the network sees that they are there, never what; purging takes two people."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from audit.persistence.queries import evidence as library
from audit.persistence.sessions import Sessions
from audit.persistence.tables import Person
from audit.usecases import evidence
from tests.building import AT, a_coordinator, a_line, a_manager, an_assessment
from tests.house.test_words import bare_words
from tests.web.conftest import saved
from tests.web.course import a_policy
from tests.web.strict import StrictVisitor


def a_locked_file(session: Session, vault: object) -> tuple[str, str, Person]:
    """The public ids of a line and of an item that its manager locked, and the manager."""
    item = a_policy(session, vault, an_assessment(session))  # type: ignore[arg-type]
    manager = a_manager(session, a_line(session))
    evidence.lock(session, item, actor=manager, at=AT)
    return a_line(session).public_id, item.public_id, manager


def test_one_asks_another_confirms_and_nobody_sees_its_name(
    app: object, desk: Sessions, coordinator: StrictVisitor, signed_in: Callable[[Person], StrictVisitor]
) -> None:
    vault = app.extensions["plumbline"].vault  # type: ignore[attr-defined]
    line, item, manager = saved(desk, lambda session: a_locked_file(session, vault))
    page = f"/network/locked-files/{item}"
    assert "Sample line Austria" in coordinator.get("/network/locked-files").text
    assert coordinator.send(f"{page}/purge").status_code == 409, "nobody has asked"
    empty = coordinator.send(f"{page}/ask", {"reason": " "})
    assert empty.status_code == 422 and "without describing it" in empty.text
    assert coordinator.send(f"{page}/ask", {"reason": "The police have it."}).status_code == 303
    alone = coordinator.send(f"{page}/purge")
    assert alone.status_code == 403 and "Another person has to confirm it." in alone.text
    second = signed_in(saved(desk, lambda session: a_coordinator(session, "Second coordinator")))
    assert "Waits for a second person" in second.get("/network/locked-files").text
    assert "One locked file waits for a second person." in second.get("/network").text
    assert "Purge it for good" in second.get(page).text
    assert second.send(f"{page}/purge").status_code == 303
    with desk.reading() as session:
        row = library.by_public_id(session, item)
        assert row is not None and row.purged_at is not None and row.digest is not None
        assert not vault.holds(line, row.digest)
    for address in ("/network/locked-files", page):
        text = second.get(address).text
        assert "Purged" in text and "Our policy" not in text and "policy.pdf" not in text
    for address in ("/network/locked-files", page):
        assert bare_words(second.get(f"{address}?lang=en-XA").text) == []
    assert second.send(f"{page}/purge").status_code == 409
    second.get(f"{page}?lang=en")
    told = signed_in(manager).get(f"/lines/{line}/evidence/{item}/wrong-file").text
    assert "gone for good" in told


def test_the_manager_of_the_line_asks_from_the_page_of_the_wrong_file(
    app: object, desk: Sessions, coordinator: StrictVisitor, signed_in: Callable[[Person], StrictVisitor]
) -> None:
    vault = app.extensions["plumbline"].vault  # type: ignore[attr-defined]
    line, item, person = saved(desk, lambda session: a_locked_file(session, vault))
    manager, place = signed_in(person), f"/lines/{line}/evidence/{item}"
    assert "Ask that it be purged" in manager.get(f"{place}/wrong-file").text
    assert manager.send(f"{place}/purge", {"reason": ""}).status_code == 422
    assert manager.send(f"{place}/purge", {"reason": "Wrong case."}).status_code == 303
    assert "A second person at the network office confirms it." in manager.get(f"{place}/wrong-file").text
    assert manager.send(f"{place}/purge", {"reason": "Again."}).status_code == 409
    assert manager.send(f"/network/locked-files/{item}/purge").status_code == 403
    assert coordinator.send(f"/network/locked-files/{item}/purge").status_code == 303
