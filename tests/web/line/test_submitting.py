"""Signing, leaving a cycle, checking the facts, reading the decision: what a manager does and what others may not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.domain.permissions import Role
from audit.domain.workflow import State
from audit.persistence.sessions import Sessions
from audit.persistence.tables import Appointment, Certificate, Document, JournalEntry, SelfAssessment, Submission
from audit.usecases import certificates, review
from tests.building import AT, a_coordinator, a_line, an_assessment, fill, submit
from tests.web.course import a_decision, judge_all, the_certificate, two_reviews
from tests.web.line.conftest import Draft
from tests.web.strict import StrictVisitor

SIGNED = {"agreed": "y", "typed_name": "Manager Austria"}


def filled(desk: Sessions) -> None:
    with desk.writing() as session:
        fill(session, an_assessment(session))


def reviewed(session: Session, level: int = 2) -> SelfAssessment:
    """A self-assessment whose reviews are in."""
    assessment = an_assessment(session)
    fill(session, assessment, level=level)
    submit(session, assessment)
    for own in two_reviews(session, assessment):
        judge_all(session, own, assessment)
    return assessment


def state(desk: Sessions, draft: Draft) -> State:
    with desk.reading() as session:
        return session.scalars(select(SelfAssessment.state).where(SelfAssessment.public_id == draft.assessment)).one()


def test_what_is_missing_is_named_and_nothing_is_sent(desk: Sessions, draft: Draft, manager: StrictVisitor) -> None:
    assert "need something before you can submit" in manager.get(f"{draft.round}/missing").text
    answer = manager.send(f"{draft.round}/submit", SIGNED)
    assert answer.status_code == 422
    assert "Something is still missing." in answer.text and "GOV-01" in answer.text
    assert 'value="Manager Austria"' in answer.text, "what was typed stays"
    assert state(desk, draft) is State.DRAFT


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"agreed": ""}, "Tick the box to sign the statement."), ({"typed_name": " "}, "Type your name to sign.")],
)
def test_a_statement_without_tick_or_name_is_not_signed(
    desk: Sessions, draft: Draft, manager: StrictVisitor, changes: dict[str, str], words: str
) -> None:
    filled(desk)
    answer = manager.send(f"{draft.round}/submit", {**SIGNED, **changes})
    assert answer.status_code == 422 and words in answer.text
    assert state(desk, draft) is State.DRAFT


def test_a_manager_signs_and_sees_the_fingerprint(
    desk: Sessions, draft: Draft, manager: StrictVisitor, contributor: StrictVisitor
) -> None:
    filled(desk)
    page = contributor.get(f"{draft.round}/submit").text
    assert "Only a manager of your line can sign." in page and "Provisional level" in page
    assert contributor.send(f"{draft.round}/submit", SIGNED).status_code == 403
    answer = manager.send(f"{draft.round}/submit", SIGNED)
    assert answer.status_code == 303
    page = manager.get(answer.location).text
    with desk.reading() as session:
        digest = session.scalars(select(Submission.snapshot_hash)).one()
    assert " ".join(digest[at : at + 4] for at in range(0, 64, 4)) in page
    assert "Signed by Manager Austria" in page
    assert manager.send(f"{draft.round}/submit", SIGNED).status_code == 409, "once is enough"
    assert "there is nothing for you to do" in manager.get(draft.home).text


def test_a_returned_self_assessment_opens_again_with_its_reason(
    desk: Sessions, draft: Draft, manager: StrictVisitor
) -> None:
    with desk.writing() as session:
        assessment = an_assessment(session)
        fill(session, assessment)
        submit(session, assessment)
        review.return_to_line(
            session, assessment, reason="Theme Access lacks an address.", actor=a_coordinator(session), at=AT
        )
    assert "Theme Access lacks an address." in manager.get(draft.home).text
    assert "<textarea" in manager.get(f"{draft.round}/GOV?open=GOV-01").text
    assert manager.send(f"{draft.round}/submit", SIGNED).status_code == 303


def test_leaving_needs_a_reason_and_a_manager(
    desk: Sessions, draft: Draft, manager: StrictVisitor, contributor: StrictVisitor
) -> None:
    assert contributor.send(f"{draft.round}/withdraw", {"reason": "We close."}).status_code == 403
    assert manager.send(f"{draft.round}/withdraw", {"reason": " "}).status_code == 422
    assert manager.send(f"{draft.round}/withdraw", {"reason": "We close."}).status_code == 303
    assert state(desk, draft) is State.WITHDRAWN
    assert "Your line left this cycle." in manager.get(draft.home).text
    assert manager.get(f"{draft.round}/withdraw").status_code == 409


def test_nobody_reads_findings_before_the_reviews_are_in(desk: Sessions, draft: Draft, manager: StrictVisitor) -> None:
    assert manager.get(f"{draft.round}/facts").status_code == 409
    with desk.writing() as session:
        assessment = an_assessment(session)
        fill(session, assessment)
        submit(session, assessment)
        first, _ = two_reviews(session, assessment)
        judge_all(session, first, assessment)
    assert manager.get(f"{draft.round}/facts").status_code == 409
    page = manager.get(f"{draft.round}/GOV").text
    assert "What the reviewers confirmed" not in page and "Accepted" not in page


def test_the_line_checks_the_facts(
    desk: Sessions, draft: Draft, manager: StrictVisitor, contributor: StrictVisitor
) -> None:
    with desk.writing() as session:
        reviewed(session)
    assert "Check the facts of the review" in manager.get(draft.home).text
    page = manager.get(f"{draft.round}/facts").text
    assert "The reviewers found nothing to mend." in page and "GOV-01" in page
    assert "What the reviewers confirmed" in manager.get(f"{draft.round}/GOV").text
    assert contributor.send(f"{draft.round}/facts", {"answer": "right"}).status_code == 403
    empty = manager.send(f"{draft.round}/facts", {"answer": "remark", "remark": ""})
    assert empty.status_code == 422 and "Say which fact is wrong" in empty.text
    answer = manager.send(f"{draft.round}/facts", {"answer": "remark", "remark": "GOV-01: the mandate is of 2025."})
    assert answer.status_code == 303
    assert "the mandate is of 2025" in manager.get(answer.location).text
    assert state(desk, draft) is State.AWAITING_DECISION
    assert manager.send(f"{draft.round}/facts", {"answer": "right"}).status_code == 409


def test_after_the_decision_the_home_says_level_appeal_and_papers(
    desk: Sessions, draft: Draft, manager: StrictVisitor, signed_in: Callable[..., StrictVisitor]
) -> None:
    with desk.writing() as session:
        line = a_line(session)
        decision = a_decision(session, line, level=3)
        assert decision.level
        certificate = the_certificate(session, line)
        serial = certificate.serial
    page = manager.get(draft.home).text
    assert "You may appeal until" in page and "It is being made and signed" in page
    assert manager.get(f"{draft.home}/certificates/{serial}").status_code == 404, "not made yet"
    vault = manager.application.extensions["plumbline"].vault
    digest = vault.put(draft.line, b"%PDF-1.7 sample")
    with desk.writing() as session:
        row = session.scalars(select(Certificate).where(Certificate.serial == serial)).one()
        certificates.publish(session, row, digest=digest, unsigned_digest=digest, at=AT)
        sheet = session.scalars(select(Document)).one()
        sheet.digest, sheet.made_at, sheet.size, sheet.pages = digest, AT, 15, 1
        place = f"{draft.home}/documents/{sheet.public_id}"
    page = manager.get(draft.home).text
    assert serial in page and "Download (PDF" in page
    for address in (f"{draft.home}/certificates/{serial}", place):
        paper = manager.get(address)
        assert paper.status_code == 200 and paper.data == b"%PDF-1.7 sample", address
        assert paper.headers["Content-Disposition"].startswith("attachment")
        assert signed_in(draft.stranger).get(address).status_code == 404
    with desk.reading() as session:
        assert session.scalars(select(JournalEntry.event)).all().count("document:downloaded") == 2


def test_a_manager_invites_and_a_contributor_does_not(
    desk: Sessions, draft: Draft, manager: StrictVisitor, contributor: StrictVisitor
) -> None:
    sent = {"name": "New colleague", "email": "new@people.example", "role": "contributor"}
    assert contributor.send(f"{draft.home}/people", sent).status_code == 403
    assert "A manager of your line can invite people." in contributor.get(f"{draft.home}/people").text
    wrong = manager.send(f"{draft.home}/people", {**sent, "email": "nowhere"})
    assert wrong.status_code == 422 and 'value="New colleague"' in wrong.text
    assert manager.send(f"{draft.home}/people", {**sent, "role": "administrator"}).status_code == 422
    assert manager.send(f"{draft.home}/people", sent).status_code == 303
    assert "Invited, not joined yet" in manager.get(f"{draft.home}/people").text
    with desk.reading() as session:
        roles = session.scalars(select(Appointment.role).where(Appointment.line_id.is_not(None))).all()
    assert sorted(roles).count(Role.CONTRIBUTOR) == 2
