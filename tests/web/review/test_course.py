"""From the list through the declaration to the end: completing, and settling what differs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from audit.domain.findings import Grade
from audit.domain.workflow import State
from audit.persistence.queries import reviews
from audit.persistence.sessions import Sessions
from audit.persistence.tables import ConfirmedAnswer, Letter, Review, SelfAssessment
from audit.usecases import review as reviewing
from tests.building import AT, a_coordinator, a_reviewer
from tests.reviewing import complete, judge_all
from tests.web.review.conftest import Asked, ask, own_review
from tests.web.strict import StrictVisitor, parsed


def state(desk: Sessions, asked: Asked) -> State:
    with desk.reading() as session:
        found = session.scalar(select(SelfAssessment.state).where(SelfAssessment.public_id == asked.assessment))
        assert found is not None
        return State(found)


def differ(desk: Sessions, asked: Asked) -> None:
    """Both complete; on GOV-01 one says full and the other partly."""
    with desk.writing() as session:
        for public_id, keys in ((asked.a, {}), (asked.b, {"GOV-01": "partly"})):
            one = own_review(session, public_id)
            judge_all(session, one, keys=keys, grades={"GOV-01": Grade.MINOR} if keys else {})
            complete(session, one)


def test_the_list_says_what_comes_next(desk: Sessions, asked: Asked, first: StrictVisitor, signed_in: Any) -> None:
    page = first.get("/reviews").text
    assert "One review waits for you." in page and "0 of 7" in page and "Begin" in page
    with desk.writing() as session:
        idle = a_reviewer(session, "Reviewer idle", "SE")
    assert "You are not asked to review anything now." in signed_in(idle).get("/reviews").text


def test_nothing_is_shown_before_the_declaration(desk: Sessions, signed_in: Any) -> None:
    asked = ask(desk, declared=False)
    first = signed_in(asked.first)
    assert "Declare and begin" in first.get("/reviews").text
    for way in ("", "/GOV-01", "/completion", "/reconciliation"):
        assert first.get(asked.at() + way).location.endswith("/declaration"), way
    refused = first.send(f"{asked.at()}/GOV-01", {"version": "never"})
    assert refused.status_code == 409 and "Please declare first" in refused.text
    assert first.send(f"{asked.at()}/completion").status_code == 409
    page = first.get(f"{asked.at()}/declaration").text
    assert "does something tie you to" in page


def test_no_tie_opens_the_review(desk: Sessions, signed_in: Any) -> None:
    asked = ask(desk, declared=False)
    first = signed_in(asked.first)
    answer = first.send(f"{asked.at()}/declaration", {"tie": "none"})
    assert answer.status_code == 303
    assert "Answer and evidence" in first.get(answer.location, follow_redirects=True).text


def test_a_tie_releases_at_once_with_a_kind_sentence(desk: Sessions, signed_in: Any) -> None:
    asked = ask(desk, declared=False)
    first = signed_in(asked.first)
    empty = first.send(f"{asked.at()}/declaration", {"tie": "tie"})
    assert empty.status_code == 422 and "Say in a few words what ties you to this line." in empty.text
    answer = first.send(f"{asked.at()}/declaration", {"tie": "tie", "reason": "I trained its staff."})
    assert answer.status_code == 303 and answer.location.endswith("/reviews")
    assert "Thank you for saying so." in first.get("/reviews").text
    assert first.get(f"{asked.at()}/GOV-01").status_code == 404
    with desk.reading() as session:
        assert session.scalar(select(Letter).where(Letter.kind == "reviewer_released")) is not None


def test_a_declaration_is_a_choice(desk: Sessions, signed_in: Any) -> None:
    asked = ask(desk, declared=False)
    first = signed_in(asked.first)
    nothing = first.send(f"{asked.at()}/declaration")
    assert nothing.status_code == 422 and "Choose one of the two." in nothing.text
    both = first.send(f"{asked.at()}/declaration", {"tie": "none", "reason": "My sister works there."})
    assert both.status_code == 422 and "My sister works there." in both.text
    with desk.reading() as session:
        own = reviews.by_public_id(session, asked.a)
        assert own is not None and own.declared_at is None and own.ended_at is None


def test_the_review_waits_for_the_completeness_check(desk: Sessions, signed_in: Any) -> None:
    from tests.building import a_submitted_assessment

    with desk.writing() as session:
        assessment = a_submitted_assessment(session)
        person = a_reviewer(session, "Reviewer one", "FI")
        own = reviewing.assign(session, assessment, person, actor=a_coordinator(session), at=AT, today=AT.date())
        reviewing.declare(session, own, tie=False, actor=person, at=AT)
        path = f"/reviews/{own.public_id}"
    first = signed_in(person)
    assert "Begins after the completeness check." in first.get("/reviews").text
    refused = first.get(f"{path}/GOV-01")
    assert refused.status_code == 409 and "The review begins when the network office has checked" in refused.text


def test_completing_names_what_is_not_judged(asked: Asked, first: StrictVisitor) -> None:
    page = first.get(f"{asked.at()}/completion").text
    assert "7 criteria are not judged yet." in page and "Complete my review" not in page
    refused = first.send(f"{asked.at()}/completion")
    assert refused.status_code == 422 and "GOV-01: give a level and a finding." in refused.text


def test_a_complete_review_is_fixed_and_waits_for_the_other(desk: Sessions, asked: Asked, first: StrictVisitor) -> None:
    with desk.writing() as session:
        judge_all(session, own_review(session, asked.a))
    assert "Complete my review" in first.get(f"{asked.at()}/completion").text
    answer = first.send(f"{asked.at()}/completion")
    assert answer.status_code == 303 and "The other reviewer is still at work" in first.get("/reviews").text
    page = first.get(f"{asked.at()}/GOV-01").text
    assert "A on GOV-01" in page and 'id="verdict"' not in page and "B’s finding is hidden" in page
    late = first.send(f"{asked.at()}/GOV-01", {"version": "1", "level": "full", "grade": "conforms"})
    assert late.status_code == 409 and "it stays as it is" in late.text
    assert "Not every review is in yet." in first.get(f"{asked.at()}/reconciliation").text
    assert state(desk, asked) is State.IN_REVIEW


def test_agreement_hands_the_findings_to_the_line(desk: Sessions, asked: Asked, first: StrictVisitor) -> None:
    with desk.writing() as session:
        for public_id in (asked.a, asked.b):
            judge_all(session, own_review(session, public_id))
        complete(session, own_review(session, asked.b))
    assert first.send(f"{asked.at()}/completion").status_code == 303
    assert "The line now checks the facts." in first.get("/reviews").text
    assert state(desk, asked) is State.FACTUAL_CHECK
    assert "B on GOV-01" in first.get(f"{asked.at()}/GOV-01").text


def test_differences_are_settled_with_a_written_reason(
    desk: Sessions, asked: Asked, first: StrictVisitor, second: StrictVisitor
) -> None:
    differ(desk, asked)
    assert "Settle the differences" in first.get("/reviews").text
    assert first.get(asked.at()).location.endswith("/reconciliation")  # where the letter leads
    page = first.get(f"{asked.at()}/reconciliation").text
    assert "You differ on one criterion." in page and "A on GOV-01" in page and "B on GOV-01" in page
    path = f"{asked.at()}/reconciliation/GOV-01"
    joint = {"GOV-01-level": "partly", "GOV-01-grade": "minor", "GOV-01-comment": "Page 3 is out of date."}
    bare = first.send(path, joint)
    assert bare.status_code == 422 and "Write down how you came to this level" in bare.text
    assert "Page 3 is out of date." in bare.text
    assert first.send(f"{asked.at()}/reconciliation/GOV-02", joint).status_code == 404
    answer = first.send(path, {**joint, "GOV-01-reason": "We read page 3 together."})
    assert answer.status_code == 303
    assert "Everything is settled." in first.get(answer.location).text
    with desk.reading() as session:
        row = session.scalars(select(ConfirmedAnswer).where(ConfirmedAnswer.criterion_id == "GOV-01")).one()
        assert row.key == "partly" and row.reason == "We read page 3 together."
    assert state(desk, asked) is State.FACTUAL_CHECK
    late = second.send(f"{asked.at('b')}/reconciliation/GOV-01", {**joint, "GOV-01-reason": "Later."})
    assert late.status_code == 409


def test_what_the_other_settled_meanwhile_is_shown_not_overwritten(
    desk: Sessions, asked: Asked, first: StrictVisitor, second: StrictVisitor
) -> None:
    with desk.writing() as session:
        for public_id, keys in ((asked.a, {}), (asked.b, {"GOV-01": "partly", "HND-02": "partly"})):
            one = own_review(session, public_id)
            judge_all(session, one, keys=keys)
            complete(session, one)
    criteria = [one.criterion for one in _differences(desk, asked)]
    assert len(criteria) >= 2, criteria
    name = criteria[0]
    theirs = {f"{name}-level": "partly", f"{name}-grade": "minor", f"{name}-comment": "Theirs.", f"{name}-reason": "T."}
    assert second.send(f"{asked.at('b')}/reconciliation/{name}", theirs).status_code == 303
    mine = {f"{name}-level": "full", f"{name}-grade": "conforms", f"{name}-comment": "", f"{name}-reason": "Mine."}
    answer = first.send(f"{asked.at()}/reconciliation/{name}", mine)
    assert answer.status_code == 409 and "Theirs." in answer.text and "Mine." in answer.text
    seen = next(
        element.get("value") for element in parsed(answer.text).iter("input") if element.get("name") == f"{name}-seen"
    )
    again = first.send(f"{asked.at()}/reconciliation/{name}", {**mine, f"{name}-seen": seen})
    assert again.status_code == 303


def _differences(desk: Sessions, asked: Asked) -> Any:
    with desk.reading() as session:
        found = session.scalar(select(SelfAssessment).where(SelfAssessment.public_id == asked.assessment))
        assert found is not None
        return reviews.differences(session, found)


def test_only_the_reviewers_settle(desk: Sessions, asked: Asked, signed_in: Any) -> None:
    differ(desk, asked)
    for person in (asked.manager, asked.coordinator):
        browser = signed_in(person)
        assert browser.get(f"{asked.at()}/reconciliation").status_code == 403
        assert browser.send(f"{asked.at()}/reconciliation/GOV-01").status_code == 403


def test_a_released_reviewer_finds_nothing_any_more(desk: Sessions, asked: Asked, first: StrictVisitor) -> None:
    with desk.writing() as session:
        own = session.scalars(select(Review).where(Review.public_id == asked.a)).one()
        reviewing.release(session, own, reason="Ill.", actor=a_coordinator(session), at=AT)
    assert first.get(f"{asked.at()}/GOV-01").status_code == 404
    assert first.send(f"{asked.at()}/GOV-01", {"version": "0"}).status_code == 404
