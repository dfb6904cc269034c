"""The people of a line on pages: who is there, who follows whom, and the profile they state."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from audit.domain.permissions import Role
from audit.persistence.queries import people as queries
from audit.persistence.sessions import Sessions
from audit.persistence.tables import Person, ReportingLine
from tests.building import a_line, a_person, an_assessment, fill, submit
from tests.web.line.conftest import Draft
from tests.web.strict import StrictVisitor

SignIn = Callable[[Person], StrictVisitor]


def _managers(desk: Sessions) -> list[str]:
    with desk.reading() as session:
        return [one.name for one in queries.holders(session, Role.MANAGER, line=an_assessment(session).line)]


def test_one_manager_alone_is_told_that_two_are_better(desk: Sessions, draft: Draft, manager: StrictVisitor) -> None:
    words = "Two managers are better than one"
    assert words in manager.get(f"{draft.home}/people").text
    with desk.writing() as session:
        a_person(session, "Second manager", Role.MANAGER, line=an_assessment(session).line)
    assert words not in manager.get(f"{draft.home}/people").text


def test_handing_over_to_a_colleague_ends_ones_own_access(
    desk: Sessions, draft: Draft, manager: StrictVisitor, contributor: StrictVisitor
) -> None:
    page = manager.get(f"{draft.home}/people/hand-over").text
    assert draft.contributor.name in page and draft.manager.email not in page
    answer = manager.send(f"{draft.home}/people/hand-over", {"successor": draft.contributor.public_id})
    assert answer.status_code == 303 and answer.location == "/sign-in"
    assert "Thank you for your work" in manager.get("/sign-in").text
    assert manager.get(draft.home).status_code == 303, "the session has ended"
    assert _managers(desk) == [draft.contributor.name]
    assert contributor.get(f"{draft.home}/people/hand-over").status_code == 200


def test_who_has_not_joined_cannot_follow_and_words_say_why(
    desk: Sessions, draft: Draft, manager: StrictVisitor
) -> None:
    with desk.writing() as session:
        invited = a_person(session, "Invited", Role.CONTRIBUTOR, line=an_assessment(session).line, joined=False)
    answer = manager.send(f"{draft.home}/people/hand-over", {"successor": invited.public_id})
    assert answer.status_code == 409 and "Invited has not joined yet" in answer.text and "checked" in answer.text
    nobody = manager.send(f"{draft.home}/people/hand-over", {})
    assert nobody.status_code == 422 and "Choose one of the people of your line" in nobody.text
    assert _managers(desk) == [draft.manager.name]


def test_handing_over_by_letter_waits_and_can_be_called_off(
    desk: Sessions, draft: Draft, manager: StrictVisitor
) -> None:
    path = f"{draft.home}/people/hand-over/by-letter"
    odd = manager.send(path, {"name": "New manager", "email": "no address"})
    assert odd.status_code == 422 and 'value="New manager"' in odd.text
    answer = manager.send(path, {"name": "New manager", "email": "new@people.example"}, follow_redirects=True)
    assert "You stay a manager until they have joined" in answer.text
    assert "You wait for <bdi>New manager</bdi> to join" in answer.text
    answer = manager.send(f"{draft.home}/people/hand-over/called-off", follow_redirects=True)
    assert "You remain a manager" in answer.text and "You wait for" not in answer.text
    assert manager.send(f"{draft.home}/people/hand-over/called-off").status_code == 409


@pytest.mark.parametrize("path", ["", "/by-letter", "/called-off"])
def test_a_contributor_hands_nothing_over(draft: Draft, contributor: StrictVisitor, path: str) -> None:
    assert contributor.send(f"{draft.home}/people/hand-over{path}").status_code == 403
    assert contributor.get(f"{draft.home}/people/hand-over").status_code == 403


# The profile ------------------------------------------------------------------------------------------------

PHONE_ONLY = {"fact-model": "filter", "fact-channels": "phone"}


def _profile(desk: Sessions) -> dict[str, object]:
    with desk.reading() as session:
        return dict(session.get_one(ReportingLine, a_line(session).id).profile)


def _seen(page: str) -> str:
    return page.split('name="seen" value="')[1].split('"')[0].replace("&#34;", '"')


def test_a_change_of_profile_is_shown_before_it_is_saved(desk: Sessions, draft: Draft, manager: StrictVisitor) -> None:
    with desk.writing() as session:
        fill(session, an_assessment(session))
    before = _profile(desk)
    page = manager.get(f"{draft.home}/profile").text
    sent = {**PHONE_ONLY, "seen": _seen(page)}
    shown = manager.send(f"{draft.home}/profile", sent)
    assert shown.status_code == 200 and "One criterion no longer applies" in shown.text and "ACC-02" in shown.text
    assert "Your answer is kept" in shown.text and _profile(desk) == before, "nothing is saved yet"
    again = manager.send(f"{draft.home}/profile", {**sent, "choice": "change"})
    assert again.status_code == 200 and 'value="phone" checked' in again.text and _profile(desk) == before
    saved = manager.send(f"{draft.home}/profile", {**sent, "choice": "confirmed"}, follow_redirects=True)
    assert "Saved." in saved.text and _profile(desk)["channels"] == ["phone"]
    assert 'id="ACC-02"' not in manager.get(f"{draft.round}/ACC").text
    page = manager.get(f"{draft.home}/profile").text
    both = {"fact-model": "filter", "fact-channels": ["form", "phone"], "seen": _seen(page)}
    assert "One criterion is newly asked" in manager.send(f"{draft.home}/profile", both).text


def test_who_looked_at_an_older_profile_keeps_what_they_chose(draft: Draft, manager: StrictVisitor) -> None:
    answer = manager.send(f"{draft.home}/profile", {**PHONE_ONLY, "seen": "{}", "choice": "confirmed"})
    assert answer.status_code == 409 and "Someone changed the profile meanwhile" in answer.text
    assert 'value="phone" checked' in answer.text


def test_an_unknown_option_is_refused_at_its_fact(draft: Draft, manager: StrictVisitor) -> None:
    answer = manager.send(f"{draft.home}/profile", {"fact-model": "fax", "seen": ""})
    assert answer.status_code == 422 and 'id="fact-model-problem"' in answer.text


def test_what_was_submitted_is_named_as_frozen(desk: Sessions, draft: Draft, manager: StrictVisitor) -> None:
    with desk.writing() as session:
        assessment = an_assessment(session)
        fill(session, assessment)
        submit(session, assessment)
    page = manager.get(f"{draft.home}/profile").text
    assert "keeps the profile it was opened with" in page


def test_a_contributor_reads_the_profile_and_public_facts(draft: Draft, contributor: StrictVisitor) -> None:
    page = contributor.get(f"{draft.home}/profile").text
    assert "Assessed first, then passed on" in page and "<fieldset" not in page
    assert "ask the network office to change it" in page and "secretariat@network.example" in page
    assert contributor.send(f"{draft.home}/profile", PHONE_ONLY).status_code == 403


def test_a_line_that_was_asked_nothing_yet_reads_so(desk: Sessions, signed_in: SignIn) -> None:
    with desk.writing() as session:
        line = a_line(session)
        alone = a_person(session, "Manager alone", Role.MANAGER, line=line)
        home = f"/lines/{line.public_id}"
    assert "This page fills when your first cycle opens" in signed_in(alone).get(f"{home}/profile").text
    assert "Dates appear here when a cycle opens" in signed_in(alone).get(f"{home}/calendar").text
