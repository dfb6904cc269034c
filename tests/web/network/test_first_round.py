"""A coordinator opens a first round: what is asked and of whom stands there before anything is sent."""

from __future__ import annotations

from audit.persistence.criteria_sets import frozen
from audit.persistence.queries import network
from audit.persistence.sessions import Sessions
from audit.persistence.tables import CycleKind
from tests.web.conftest import saved
from tests.web.network.test_desk import _cycle, _with_manager
from tests.web.strict import StrictVisitor

PATH = "/network/cycles/new"


def test_it_shows_what_it_asks_and_opens(desk: Sessions, coordinator: StrictVisitor) -> None:
    line = saved(desk, lambda session: _with_manager(session).public_id)
    preview = coordinator.send(PATH, _cycle(line, kind="first_round"))
    assert preview.status_code == 200 and "The core criteria only." in preview.text
    assert coordinator.send(PATH, _cycle(line, kind="first_round", confirmed="yes")).status_code == 303
    with desk.reading() as session:
        cycle = network.cycle_by_name(session, "2026")
        assert cycle.kind is CycleKind.FIRST_ROUND
        assert all(criterion.core for criterion in frozen(session, cycle.criteria_set_hash).criteria)
    assert "first round" in coordinator.get("/network").text


def test_a_line_that_had_one_is_named_before_anything_is_shown(desk: Sessions, coordinator: StrictVisitor) -> None:
    line = saved(desk, lambda session: _with_manager(session).public_id)
    coordinator.send(PATH, _cycle(line, kind="first_round", confirmed="yes"))
    again = coordinator.send(PATH, _cycle(line, kind="first_round", name="2027"))
    assert again.status_code == 422 and 'id="lines-problem"' in again.text
    assert "Sample line Austria had its first round already" in again.text


def test_practice_is_no_kind_a_coordinator_can_choose(desk: Sessions, coordinator: StrictVisitor) -> None:
    line = saved(desk, lambda session: _with_manager(session).public_id)
    for kind in ("practice", "yearly_check", ""):
        assert coordinator.send(PATH, _cycle(line, kind=kind)).status_code == 422
