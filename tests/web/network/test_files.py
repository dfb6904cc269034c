"""What a coordinator does in the file of one self-assessment, and what is refused in words at its field."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from audit.domain.workflow import State
from audit.persistence.queries import assessments
from audit.persistence.sessions import Sessions
from audit.persistence.tables import Decision, Person, Review, SelfAssessment
from tests.building import AT, a_reviewer, a_submitted_assessment, an_assessment
from tests.web.conftest import saved
from tests.web.network.conftest import to_decide
from tests.web.strict import StrictVisitor


def _submitted(desk: Sessions) -> str:
    return saved(desk, lambda session: a_submitted_assessment(session).public_id)


def _state(desk: Sessions, public_id: str) -> SelfAssessment:
    with desk.reading() as session:
        found = assessments.for_page(session, public_id)
        assert found is not None
        return found


def test_a_complete_submission_goes_to_the_reviewers(desk: Sessions, coordinator: StrictVisitor) -> None:
    file = _submitted(desk)
    assert coordinator.send(f"/network/assessments/{file}/check", {"answer": "accept"}).status_code == 303
    assert _state(desk, file).state is State.IN_REVIEW
    again = coordinator.send(f"/network/assessments/{file}/check", {"answer": "accept"})
    assert again.status_code == 409


def test_what_is_missing_goes_back_to_the_line_with_a_reason(desk: Sessions, coordinator: StrictVisitor) -> None:
    file = _submitted(desk)
    path = f"/network/assessments/{file}/check"
    assert coordinator.send(path, {}).status_code == 422
    without = coordinator.send(path, {"answer": "return", "reason": ""})
    assert without.status_code == 422 and 'id="reason-problem"' in without.text
    assert coordinator.send(path, {"answer": "return", "reason": "The mandate is missing."}).status_code == 303
    assert _state(desk, file).state is State.RETURNED
    assert "The mandate is missing." in coordinator.get(f"/network/assessments/{file}").text


def test_a_return_names_the_criteria_that_open(desk: Sessions, coordinator: StrictVisitor) -> None:
    file = _submitted(desk)
    path = f"/network/assessments/{file}/check"
    assert "Which criteria open for change?" in coordinator.get(f"/network/assessments/{file}").text
    refused = coordinator.send(path, {"answer": "return", "reason": "", "criteria": ["GOV-01", "HND-02"]})
    assert refused.status_code == 422 and refused.text.count(" checked") == 3, "what was ticked stays"
    unknown = coordinator.send(path, {"answer": "return", "reason": "Missing.", "criteria": ["NO-99"]})
    assert unknown.status_code == 422 and _state(desk, file).state is State.SUBMITTED
    sent = {"answer": "return", "reason": "Its date is missing.", "criteria": ["HND-02", "GOV-01"]}
    assert coordinator.send(path, sent).status_code == 303
    assert _state(desk, file).returned_criteria == ["GOV-01", "HND-02"], "in the set's order"
    assert "GOV-01, HND-02" in coordinator.get(f"/network/assessments/{file}").text


def test_a_peer_is_asked_and_released(desk: Sessions, coordinator: StrictVisitor) -> None:
    file = _submitted(desk)
    person, tied = saved(
        desk,
        lambda session: (
            a_reviewer(session, "Reviewer France", "FR").public_id,
            a_reviewer(session, "Reviewer Austria", "AT").public_id,
        ),
    )
    path = f"/network/assessments/{file}"
    page = coordinator.get(path).text
    assert "Reviewer France" in page and "1 person has a tie" in page
    assert coordinator.send(f"{path}/reviewers", {"person": tied}).status_code == 422
    assert coordinator.send(f"{path}/reviewers", {"person": person}).status_code == 303
    with desk.reading() as session:
        review = session.scalars(select(Review)).one().public_id
    without = coordinator.send(f"{path}/reviewers/{review}/release", {"reason": ""})
    assert without.status_code == 422 and "Say in a sentence why" in without.text
    assert coordinator.send(f"{path}/reviewers/{review}/release", {"reason": "Ill."}).status_code == 303
    with desk.reading() as session:
        assert session.scalars(select(Review)).one().ended_at == AT


def test_a_review_is_released_only_from_its_own_file(desk: Sessions, coordinator: StrictVisitor) -> None:
    file = _submitted(desk)
    path = f"/network/assessments/{file}/reviewers/no-such-review/release"
    assert coordinator.send(path, {"reason": "Ill."}).status_code == 404


def test_one_line_gets_more_time(desk: Sessions, coordinator: StrictVisitor) -> None:
    file = saved(desk, lambda session: an_assessment(session).public_id)
    path = f"/network/assessments/{file}/time"
    due = _state(desk, file).due_on
    early = coordinator.send(path, {"due_on": due.isoformat(), "reason": "They asked."})
    assert early.status_code == 422 and 'id="due_on-problem"' in early.text and "They asked." in early.text
    assert coordinator.send(path, {"due_on": "2026-12-24", "reason": "They asked."}).status_code == 303
    assert _state(desk, file).due_on.isoformat() == "2026-12-24"


def test_a_line_is_taken_out_of_the_cycle(desk: Sessions, coordinator: StrictVisitor) -> None:
    file = _submitted(desk)
    path = f"/network/assessments/{file}/withdrawal"
    assert coordinator.send(path, {"reason": ""}).status_code == 422
    assert coordinator.send(path, {"reason": "The line closed."}).status_code == 303
    assert _state(desk, file).state is State.WITHDRAWN
    assert coordinator.send(path, {"reason": "Again."}).status_code == 409
    assert "The line closed." in coordinator.get(f"/network/assessments/{file}").text


def test_the_decision_page_waits_for_its_time(desk: Sessions, coordinator: StrictVisitor) -> None:
    file = _submitted(desk)
    path = f"/network/assessments/{file}/decision"
    assert coordinator.get(path).status_code == 303
    assert coordinator.send(path, {"level": "certified", "no_tie": "y"}).status_code in (409, 422)


def test_a_decision_is_recorded_with_its_certificate(desk: Sessions, coordinator: StrictVisitor) -> None:
    file, level = saved(desk, _to_decide)
    path = f"/network/assessments/{file}/decision"
    page = coordinator.get(path).text
    assert "Met" in page and "Your decision" in page
    without = coordinator.send(path, {"level": level})
    assert without.status_code == 422 and 'id="no_tie-problem"' in without.text
    assert coordinator.send(path, {"level": level, "no_tie": "y"}).status_code == 303
    decided = coordinator.get(path).text
    assert "Open to appeal until" in decided and "The certificate and its status" in decided
    assert coordinator.send(path, {"level": level, "no_tie": "y"}).status_code == 409


def test_another_level_needs_a_written_reason(desk: Sessions, coordinator: StrictVisitor) -> None:
    file, level = saved(desk, _to_decide)
    path = f"/network/assessments/{file}/decision"
    other = "not_certified"
    assert other != level
    assert coordinator.send(path, {"level": "unheard-of", "no_tie": "y"}).status_code == 422
    refused = coordinator.send(path, {"level": other, "no_tie": "y", "reason": ""})
    assert refused.status_code == 422 and 'id="reason-problem"' in refused.text
    assert coordinator.send(path, {"level": other, "no_tie": "y", "reason": "An incident."}).status_code == 303
    with desk.reading() as session:
        decision = session.scalars(select(Decision)).one()
        assert (decision.level, decision.computed_level, decision.reason) == (other, level, "An incident.")


def _to_decide(session: object) -> tuple[str, str]:
    from audit.persistence.queries import decisions

    assessment = to_decide(session)  # type: ignore[arg-type]
    file = decisions.dossier(session, assessment, AT.date())  # type: ignore[arg-type]
    return assessment.public_id, file.case.verdict.level


def test_who_reviewed_does_not_decide(desk: Sessions, signed_in: Callable[[Person], StrictVisitor]) -> None:
    from audit.domain.permissions import Role
    from audit.persistence.queries import people
    from audit.usecases import accounts

    file, level = saved(desk, _to_decide)

    def appoint(session: object) -> Person:
        person = people.by_email(session, "reviewer.fr@people.example")  # type: ignore[arg-type]
        assert person is not None
        accounts.invite(
            session,
            email=person.email,
            name=person.name,
            role=Role.COORDINATOR,
            actor=None,
            at=AT,  # type: ignore[arg-type]
        )
        return person

    browser = signed_in(saved(desk, appoint))
    assert browser.get(f"/network/assessments/{file}").status_code == 200
    assert browser.send(f"/network/assessments/{file}/decision", {"level": level, "no_tie": "y"}).status_code == 403
