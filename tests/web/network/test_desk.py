"""Lines, people, scopes, cycles and settings: what is accepted, what is refused at its field, and what is kept."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from audit.domain.permissions import Role
from audit.persistence.queries import people
from audit.persistence.sessions import Sessions
from audit.persistence.tables import (
    Cycle,
    Document,
    IssuingBodyEntry,
    Letter,
    Network,
    Person,
    ReportingLine,
    Scope,
    SelfAssessment,
)
from audit.settings import Settings
from tests.building import AT, a_line, a_manager, a_person, an_assessment, an_open_cycle
from tests.web.conftest import saved
from tests.web.course import an_issued_certificate
from tests.web.strict import StrictVisitor

LINE = {
    "name": "Sample line Norway",
    "name_latin": "",
    "country": "no",
    "operator": "Sample operator",
    "operator_address": "3 Sample Street",
    "scope": "Reports of suspected exploitation, in English",
    "channels": "Web form",
    "web_address": "https://line.example",
}


def _all(desk: Sessions, kind: Any) -> list[Any]:
    with desk.reading() as session:
        return list(session.scalars(select(kind)))


# Lines -------------------------------------------------------------------------------------------------------------


def test_a_line_is_added_and_changed(desk: Sessions, coordinator: StrictVisitor) -> None:
    added = coordinator.send("/network/lines/new", LINE)
    assert added.status_code == 303
    assert "Invite a manager next" in coordinator.get(added.location).text
    changed = coordinator.send(added.location, {**LINE, "operator": "Another operator"})
    assert changed.status_code == 303
    [line] = _all(desk, ReportingLine)
    assert (line.country, line.operator) == ("NO", "Another operator")


def test_a_line_is_refused_at_its_fields_and_what_was_typed_is_kept(desk: Sessions, coordinator: StrictVisitor) -> None:
    refused = coordinator.send("/network/lines/new", {**LINE, "name": "", "country": "Norway"})
    assert refused.status_code == 422
    assert 'id="name-problem"' in refused.text and 'id="country-problem"' in refused.text
    assert "Sample operator" in refused.text
    bad = coordinator.send("/network/lines/new", {**LINE, "web_address": "javascript:alert(1)"})
    assert bad.status_code == 422 and 'id="web_address-problem"' in bad.text
    assert _all(desk, ReportingLine) == []


def test_two_lines_have_two_names(desk: Sessions, coordinator: StrictVisitor) -> None:
    saved(desk, a_line)
    refused = coordinator.send("/network/lines/new", {**LINE, "name": "Sample line Austria"})
    assert refused.status_code == 422 and "Another line has this name already." in refused.text


def test_lines_are_searched(desk: Sessions, coordinator: StrictVisitor) -> None:
    saved(desk, a_line)
    assert "Sample line Austria" in coordinator.get("/network/lines?search=austria").text
    assert "No line matches." in coordinator.get("/network/lines?search=nowhere").text


# People ------------------------------------------------------------------------------------------------------------


def test_a_manager_is_invited_with_a_letter(desk: Sessions, coordinator: StrictVisitor) -> None:
    line = saved(desk, lambda session: a_line(session).public_id)
    letters = len(_all(desk, Letter))
    data = {"name": "Manager", "email": "manager@people.example", "role": "manager", "line": line}
    assert coordinator.send("/network/people/invite", data).status_code == 303
    assert len(_all(desk, Letter)) == letters + 1
    assert "manager@people.example" in coordinator.get("/network/people?search=manager@").text
    again = coordinator.send("/network/people/invite", data)
    assert again.status_code == 409 and "This person holds this role already." in again.text


def test_an_invitation_without_a_line_or_address_is_refused(desk: Sessions, coordinator: StrictVisitor) -> None:
    data = {"name": "Manager", "email": "not an address", "role": "manager", "line": ""}
    refused = coordinator.send("/network/people/invite", data)
    assert refused.status_code == 422 and 'id="email-problem"' in refused.text
    without = coordinator.send("/network/people/invite", {**data, "email": "manager@people.example"})
    assert without.status_code == 422 and 'id="line-problem"' in without.text


def test_a_coordinator_invites_no_administrator(desk: Sessions, coordinator: StrictVisitor) -> None:
    data = {"name": "Somebody", "email": "somebody@people.example", "role": "administrator"}
    assert coordinator.send("/network/people/invite", data).status_code == 422


def test_a_role_ends_and_with_it_the_sessions(desk: Sessions, coordinator: StrictVisitor, signed_in: Any) -> None:
    person = saved(desk, lambda session: a_person(session, "Reviewer", Role.REVIEWER, country="FR"))
    browser = signed_in(person)
    number = saved(desk, lambda session: people.appointments_of(session, person)[0].appointment.id)
    path = f"/network/people/{person.public_id}"
    assert "End this role" in coordinator.get(path).text
    assert coordinator.send(f"{path}/appointments/{number}/end").status_code == 303
    assert coordinator.send(f"{path}/appointments/{number}/end").status_code == 409
    assert browser.get("/reviews").status_code == 303


def test_an_appointment_ends_atly_under_its_own_person(desk: Sessions, coordinator: StrictVisitor) -> None:
    person, other = saved(
        desk,
        lambda session: (
            a_person(session, "Reviewer", Role.REVIEWER, country="FR"),
            a_person(session, "Administrator", Role.ADMINISTRATOR),
        ),
    )
    number = saved(desk, lambda session: people.appointments_of(session, other)[0].appointment.id)
    for one in (person, other):
        path = f"/network/people/{one.public_id}/appointments/{number}/end"
        assert coordinator.send(path).status_code == 404


def test_an_account_is_closed_but_not_an_administrators_or_ones_own(desk: Sessions, coordinator: StrictVisitor) -> None:
    reviewer, administrator = saved(
        desk,
        lambda session: (
            a_person(session, "Reviewer", Role.REVIEWER, country="FR").public_id,
            a_person(session, "Administrator", Role.ADMINISTRATOR).public_id,
        ),
    )
    own = next(one.public_id for one in _all(desk, Person) if one.name == "Coordinator")
    assert coordinator.send(f"/network/people/{reviewer}/disable").status_code == 303
    assert "The account is closed since" in coordinator.get(f"/network/people/{reviewer}").text
    for one in (administrator, own):
        assert coordinator.send(f"/network/people/{one}/disable").status_code == 403
        assert "Close the account" not in coordinator.get(f"/network/people/{one}").text


# Scopes ------------------------------------------------------------------------------------------------------------


def test_a_scope_is_opened_until_the_midnight_after_its_last_day(desk: Sessions, coordinator: StrictVisitor) -> None:
    assert "Nobody is an auditor yet." in coordinator.get("/network/people/scopes/new").text
    line, auditor = saved(
        desk, lambda session: (a_line(session).public_id, a_person(session, "Auditor", Role.AUDITOR).public_id)
    )
    data = {"person": auditor, "name": "Yearly audit", "lines": [line], "starts_at": "2026-03-10"}
    backwards = coordinator.send("/network/people/scopes/new", {**data, "ends_at": "2026-03-01"})
    assert backwards.status_code == 422 and "Yearly audit" in backwards.text
    assert 'id="ends_at-problem"' in backwards.text
    without = coordinator.send("/network/people/scopes/new", {**data, "lines": [], "ends_at": "2026-03-31"})
    assert without.status_code == 422 and 'id="lines-problem"' in without.text
    assert coordinator.send("/network/people/scopes/new", {**data, "ends_at": "2026-03-31"}).status_code == 303
    [scope] = _all(desk, Scope)
    assert scope.includes_evidence is False
    assert scope.ends_at - scope.starts_at == timedelta(days=22)
    assert "Yearly audit" in coordinator.get("/network/people").text


# Cycles ------------------------------------------------------------------------------------------------------------


def _cycle(line: str, **changed: Any) -> dict[str, Any]:
    data = {
        "name": "2026",
        "kind": "full",
        "criteria_set": "sectt-lines",
        "lines": [line],
        "opens_on": "2026-03-02",
        "submit_by": "2026-06-01",
        "review_by": "2026-07-15",
        "decide_by": "2026-08-15",
        "reviewers": "2",
        "validity_months": "36",
    }
    return {**data, **changed}


def test_a_cycle_shows_its_letters_before_it_opens(desk: Sessions, coordinator: StrictVisitor) -> None:
    line = saved(desk, lambda session: _with_manager(session).public_id)
    preview = coordinator.send("/network/cycles/new", _cycle(line))
    assert preview.status_code == 200
    assert "Manager Sample line Austria" in preview.text and _all(desk, Cycle) == []
    back = coordinator.send("/network/cycles/new", _cycle(line, name="Spring", again="yes"))
    assert back.status_code == 200 and 'value="Spring"' in back.text and _all(desk, Cycle) == []
    opened = coordinator.send("/network/cycles/new", _cycle(line, confirmed="yes"))
    assert opened.status_code == 303
    assert len(_all(desk, Cycle)) == len(_all(desk, SelfAssessment)) == 1
    again = coordinator.send("/network/cycles/new", _cycle(line, confirmed="yes"))
    assert again.status_code == 422 and "Another cycle has this name already." in again.text


def _with_manager(session: Any) -> ReportingLine:
    line = a_line(session)
    a_manager(session, line)
    return line


def test_a_cycle_is_refused_at_its_fields(desk: Sessions, coordinator: StrictVisitor) -> None:
    line = saved(desk, lambda session: a_line(session).public_id)
    backwards = coordinator.send("/network/cycles/new", _cycle(line, review_by="2026-05-01", confirmed="yes"))
    assert backwards.status_code == 422 and 'id="review_by-problem"' in backwards.text
    without = coordinator.send("/network/cycles/new", _cycle(line, lines=[], validity_months="61"))
    assert without.status_code == 422
    assert 'id="lines-problem"' in without.text and 'id="validity_months-problem"' in without.text
    assert coordinator.send("/network/cycles/new", _cycle(line, criteria_set="unheard-of")).status_code == 422


def test_a_set_with_mistakes_is_told_and_cannot_be_chosen(
    desk: Sessions, coordinator: StrictVisitor, settings: Settings
) -> None:
    line = saved(desk, lambda session: a_line(session).public_id)
    broken: Path = settings.instance / "criteria" / "broken-set" / "set.yaml"
    broken.parent.mkdir(parents=True)
    broken.write_text("set: {id: broken", encoding="utf-8")
    page = coordinator.get("/network/cycles/new").text
    assert "broken-set" in page and "has mistakes and cannot be chosen" in page
    assert coordinator.send("/network/cycles/new", _cycle(line, criteria_set="broken-set")).status_code == 422


def test_a_cycle_closes_when_nobody_is_left(desk: Sessions, coordinator: StrictVisitor) -> None:
    cycle = saved(desk, lambda session: an_open_cycle(session).public_id)
    path = f"/network/cycles/{cycle}/close"
    assert "1 line is neither decided nor withdrawn yet." in coordinator.get(path).text
    assert coordinator.send(path).status_code == 409
    file = saved(desk, lambda session: an_assessment(session).public_id)
    coordinator.send(f"/network/assessments/{file}/withdrawal", {"reason": "It closed."})
    assert "Closing makes the comparison report." in coordinator.get(path).text
    assert coordinator.send(path).status_code == 303
    assert _all(desk, Cycle)[0].closed_at == AT
    assert [document.cycle_id for document in _all(desk, Document)] == [_all(desk, Cycle)[0].id]


def test_a_report_is_asked_for_as_things_stand(desk: Sessions, coordinator: StrictVisitor) -> None:
    cycle = saved(desk, lambda session: an_open_cycle(session).public_id)
    assert coordinator.send(f"/network/cycles/{cycle}/reports").status_code == 303
    assert coordinator.send(f"/network/cycles/{cycle}/reports").status_code == 303
    assert len(_all(desk, Document)) == 1
    assert "Being made" in coordinator.get(f"/network/cycles/{cycle}").text


# Settings ----------------------------------------------------------------------------------------------------------


def test_name_and_contact_of_the_network_change(desk: Sessions, coordinator: StrictVisitor) -> None:
    data = {"name": "Another network", "contact_email": "not an address"}
    refused = coordinator.send("/network/settings", data)
    assert refused.status_code == 422 and "Another network" in refused.text
    assert coordinator.send("/network/settings", {**data, "contact_email": "office@network.example"}).status_code == 303
    assert _all(desk, Network)[0].name == "Another network"


def test_who_issues_is_kept_by_date(desk: Sessions, coordinator: StrictVisitor) -> None:
    data = {
        "name": "New body", "address": "9 Sample Street", "place": "Sample Town", "signatory": "Chair",
        "website": "", "valid_from": "2027-01-01",
    }  # fmt: skip
    assert coordinator.send("/network/settings/issuing-body", {**data, "name": ""}).status_code == 422
    assert coordinator.send("/network/settings/issuing-body", data).status_code == 303
    twice = coordinator.send("/network/settings/issuing-body", data)
    assert twice.status_code == 422 and 'id="valid_from-problem"' in twice.text
    assert len(_all(desk, IssuingBodyEntry)) == 2
    assert "New body" in coordinator.get("/network/settings").text


def test_each_country_has_its_words_after_a_wrong_file(desk: Sessions, coordinator: StrictVisitor) -> None:
    saved(desk, lambda session: [a_line(session), a_line(session, "Second sample line Austria")])
    saved(desk, lambda session: a_line(session, "Sample line Belgium", "BE"))
    path = "/network/settings/countries/AT"
    assert coordinator.send(path, {"instruction": "x" * 2001}).status_code == 422
    assert coordinator.send(path, {"instruction": "Call the police."}).status_code == 303
    assert [line.wrong_file_instruction for line in _all(desk, ReportingLine)] == [
        "Call the police.", "Call the police.", "",
    ]  # fmt: skip
    assert coordinator.get("/network/settings/countries/ZZ").status_code == 404
    assert coordinator.send("/network/settings/countries/ZZ", {"instruction": "x"}).status_code == 404


# Certificates ------------------------------------------------------------------------------------------------------


def _certified(desk: Sessions) -> str:
    return saved(desk, lambda session: an_issued_certificate(session).serial)


def _change(becomes: str, **changed: str) -> dict[str, str]:
    data = {
        "becomes": becomes,
        "effective_on": AT.date().isoformat(),
        "reason_class": "misuse",
        "reason": "The mark was used for a shop.",
    }
    return {**data, **changed}


def test_a_certificate_is_suspended_reinstated_and_withdrawn(desk: Sessions, coordinator: StrictVisitor) -> None:
    path = f"/network/certificates/{_certified(desk)}"
    for becomes in ("suspended", "reinstated", "withdrawn"):
        assert becomes in coordinator.get(path).text
        assert coordinator.send(f"{path}/status", _change(becomes)).status_code == 303, becomes
    page = coordinator.get(path).text
    assert "This certificate has ended." in page and "The mark was used for a shop." in page
    assert coordinator.send(f"{path}/status", _change("reinstated")).status_code == 409


@pytest.mark.parametrize(
    ("field", "value"), [("becomes", "expired"), ("effective_on", ""), ("reason_class", ""), ("reason", "")]
)
def test_a_change_of_status_is_refused_at_its_field(
    desk: Sessions, coordinator: StrictVisitor, field: str, value: str
) -> None:
    path = f"/network/certificates/{_certified(desk)}/status"
    refused = coordinator.send(path, {**_change("suspended"), field: value})
    assert refused.status_code == 422 and f'id="{field}-problem"' in refused.text
    early = coordinator.send(path, _change("suspended", effective_on="2020-01-01"))
    assert early.status_code == 422 and 'id="effective_on-problem"' in early.text


def test_a_corrected_certificate_takes_the_place_of_the_old(desk: Sessions, coordinator: StrictVisitor) -> None:
    path = f"/network/certificates/{_certified(desk)}"
    stated = {
        "line_name": "Sample line Austria",
        "line_name_latin": "",
        "operator": "Sample line Austria operator",
        "operator_address": "2 Sample Street, 1000 Sample Town",
        "scope": "Reports of suspected sexual exploitation of children in travel and tourism",
        "channels": "Web form, telephone",
        "web_address": "https://line.example",
    }
    same = coordinator.send(f"{path}/correction", {**stated, "reason": "Nothing."})
    assert same.status_code == 422 and "Nothing would change." in same.text
    data = {**stated, "operator": "The right operator"}
    assert coordinator.send(f"{path}/correction", {**data, "reason": ""}).status_code == 422
    corrected = coordinator.send(f"{path}/correction", {**data, "reason": "A typo."})
    assert corrected.status_code == 303
    page = coordinator.get(corrected.location).text
    assert "The right operator" in page and "Being made" in page
    assert "Superseded" in coordinator.get(path).text
    assert coordinator.send(f"{path}/correction", {**data, "reason": "Again."}).status_code == 409
