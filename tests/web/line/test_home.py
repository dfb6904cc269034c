"""The home of a line: where it stands and what is next, in every state; its letters, its people and their shares."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.domain.letters import LINKS, LetterKind
from audit.domain.permissions import Role
from audit.persistence import letters
from audit.persistence.sessions import Sessions
from audit.persistence.tables import CycleKind, Delegation, Person, SelfAssessment
from audit.usecases import review, self_assessment
from tests.building import (
    AT,
    a_coordinator,
    a_line,
    a_manager,
    a_person,
    an_assessment,
    an_open_cycle,
    fill,
    later,
    submit,
)
from tests.web.course import a_decision, judge_all, two_reviews
from tests.web.line.conftest import Draft
from tests.web.strict import StrictVisitor


def lede(visitor: StrictVisitor, draft: Draft) -> str:
    text = visitor.get(draft.home).text
    found = re.search(r'<p class="lede">(.*?)</p>', text, re.S)
    assert found is not None
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", found[1])).strip()


def _answered(session: Session) -> None:
    fill(session, an_assessment(session))


def _submitted(session: Session) -> SelfAssessment:
    _answered(session)
    assessment = an_assessment(session)
    submit(session, assessment)
    return assessment


def _returned(session: Session) -> None:
    review.return_to_line(
        session, _submitted(session), reason="Theme 1 lacks a date.", actor=a_coordinator(session), at=AT
    )


def _in_review(session: Session) -> SelfAssessment:
    assessment = _submitted(session)
    two_reviews(session, assessment)
    return assessment


def _to_check(session: Session) -> SelfAssessment:
    assessment = _submitted(session)
    for own in two_reviews(session, assessment):
        judge_all(session, own, assessment)
    return assessment


def _checked(session: Session) -> None:
    assessment = _to_check(session)
    self_assessment.confirm_facts(session, assessment, remark="", actor=a_manager(session, assessment.line), at=AT)


def _decided(session: Session) -> None:
    a_decision(session, a_line(session))


def _withdrawn(session: Session) -> None:
    assessment = an_assessment(session)
    self_assessment.withdraw(session, assessment, reason="We close.", actor=a_manager(session, assessment.line), at=AT)


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda session: None, "You have answered 0 of 7 criteria. Send your self-assessment by 31 May 2026"),
        (_answered, "Nothing is missing. A manager can sign and submit."),
        (_submitted, "there is nothing for you to do"),
        (_returned, "sent your self-assessment back, with a reason"),
        (_in_review, "The reviewers are at work"),
        (_to_check, "The review is done. Check the facts by"),
        (_checked, "You have checked the facts. The decision comes by"),
        (_decided, "Decided on 2 March 2026: Certified"),
        (_withdrawn, "Your line left this cycle."),
    ],
)
def test_one_sentence_says_where_we_stand_and_what_is_next(
    desk: Sessions, draft: Draft, manager: StrictVisitor, build: Callable[[Session], Any], words: str
) -> None:
    with desk.writing() as session:
        build(session)
    assert words in lede(manager, draft)
    assert manager.get(f"{draft.home}?lang=ar-XB").status_code == 200


def test_before_the_first_cycle_there_is_nothing_to_do(desk: Sessions, draft: Draft, signed_in: Any) -> None:
    home = f"/lines/{_line_of(desk, draft.stranger)}"
    text = signed_in(draft.stranger).get(home).text
    assert "Your line is not in a cycle yet." in text and "Where you stand" not in text


def _line_of(desk: Sessions, manager: Person) -> str:
    from audit.persistence.queries.people import role_homes

    with desk.reading() as session:
        return role_homes(session, session.get_one(Person, manager.id), at=AT).lines[0].public_id


@pytest.mark.parametrize("kind", [CycleKind.FIRST_ROUND, CycleKind.YEARLY_CHECK])
def test_every_kind_of_cycle_has_a_home(desk: Sessions, draft: Draft, manager: StrictVisitor, kind: CycleKind) -> None:
    with desk.writing() as session:
        an_open_cycle(
            session, [a_line(session)], name="Next", kind=kind, opens_on=date(2026, 4, 1), at=later(AT, days=30)
        )
    assert "You have answered 0 of" in lede(manager, draft)


def test_after_the_due_day_the_sentence_says_so(draft: Draft, signed_in: Any, clock: Any) -> None:
    clock.step(days=100)
    assert "was due on 31 May 2026" in lede(signed_in(draft.manager), draft)


def test_the_last_letters_stand_with_their_own_words_and_ways(
    desk: Sessions, draft: Draft, manager: StrictVisitor, contributor: StrictVisitor
) -> None:
    with desk.writing() as session:
        _returned(session)
        other = session.scalars(select(SelfAssessment).where(SelfAssessment.public_id == draft.assessment)).one()
        letters.write(
            session,
            LetterKind.RETURNED,
            session.get_one(Person, draft.manager.id),
            key="about another line",
            at=AT,
            line="Sample line Elsewhere",
            line_id="elsewhere",
            assessment_id=other.public_id,
        )
    text = manager.get(draft.home).text
    assert "something is missing in your self-assessment" in text
    assert "your self-assessment has arrived" in text
    assert "Sample line Elsewhere" not in text
    assert f'href="{draft.round}"' in text
    assert "Your last letters" not in contributor.get(draft.home).text, "they went to managers"


def test_at_most_five_letters_and_the_latest_first(desk: Sessions, draft: Draft, manager: StrictVisitor) -> None:
    with desk.writing() as session:
        person = session.get_one(Person, draft.manager.id)
        for number in range(8):
            letters.write(
                session,
                LetterKind.REMINDER_SUBMISSION,
                person,
                key=f"reminder {number}",
                at=AT + timedelta(hours=number),
                line=f"Reminder {number}",
                line_id=draft.line,
            )
    shown = re.findall(r"Reminder (\d)", manager.get(draft.home).text)
    assert shown == ["7", "6", "5", "4", "3"]


def test_every_letter_about_a_line_has_words_and_a_way(desk: Sessions, draft: Draft, manager: StrictVisitor) -> None:
    from audit.jobs.letters import sample_parameters

    about = [kind for kind, way in LINKS.items() if way.startswith("/lines/{line_id}")]
    assert len(about) >= 9
    for at in range(0, len(about), 5):
        with desk.writing() as session:
            person = session.get_one(Person, draft.manager.id)
            for kind in about[at : at + 5]:
                given = {**sample_parameters(kind), "line_id": draft.line, "line": f"[{kind.value}]"}
                letters.write(session, kind, person, key=f"one {kind.value}", at=AT + timedelta(days=at + 1), **given)
        text = manager.get(draft.home).text
        for kind in about[at : at + 5]:
            assert f"[{kind.value}]" in text, kind


def test_people_stand_with_what_is_in_their_care_and_ones_own_comes_first(
    desk: Sessions, draft: Draft, manager: StrictVisitor, contributor: StrictVisitor
) -> None:
    with desk.writing() as session:
        assessment = an_assessment(session)
        fill(session, assessment, level=0)
        for criterion in ("ACC-02", "HND-03"):
            session.add(
                Delegation(
                    self_assessment_id=assessment.id,
                    criterion_id=criterion,
                    person_id=draft.contributor.id,
                    delegated_by_id=draft.manager.id,
                    delegated_at=AT,
                )
            )
    assert "2 criteria in their care" in manager.get(draft.home).text
    assert "2 criteria in their care" in contributor.get(draft.home).text


def test_a_contributor_is_told_first_what_is_in_their_own_care(
    desk: Sessions, draft: Draft, manager: StrictVisitor, contributor: StrictVisitor
) -> None:
    with desk.writing() as session:
        session.add(
            Delegation(
                self_assessment_id=an_assessment(session).id,
                criterion_id="ACC-02",
                person_id=draft.contributor.id,
                delegated_by_id=draft.manager.id,
                delegated_at=AT,
            )
        )

    def first(visitor: StrictVisitor) -> str:
        return re.findall(r"Start theme (\d)", visitor.get(draft.home).text)[0]

    assert (first(contributor), first(manager)) == ("3", "1")


def test_the_home_costs_the_same_however_much_there_is(
    desk: Sessions, draft: Draft, manager: StrictVisitor, counted: Callable[[], Any]
) -> None:
    manager.get(draft.home)
    counts = []
    for turn in range(2):
        with counted() as statements:
            manager.get(draft.home)
        counts.append(len(statements))
        if turn == 0:
            with desk.writing() as session:
                fill(session, an_assessment(session), levels={"GOV-01": 1})
                line = a_line(session)
                person = session.get_one(Person, draft.manager.id)
                for number in range(6):
                    a_person(session, f"Colleague {number}", Role.CONTRIBUTOR, line=line)
                    letters.write(
                        session,
                        LetterKind.REMINDER_SUBMISSION,
                        person,
                        key=f"reminder {number}",
                        at=AT,
                        line=line.name,
                        line_id=line.public_id,
                    )
    assert counts[0] == counts[1] and counts[0] <= 26, counts


def test_the_provisional_level_stands_there_until_the_line_signs(
    desk: Sessions, draft: Draft, manager: StrictVisitor
) -> None:
    with desk.writing() as session:
        _answered(session)
    page = manager.get(draft.home).text
    assert "Provisional: <bdi>Certified</bdi>." in page and f"{draft.round}/outlook" in page
    with desk.writing() as session:
        submit(session, an_assessment(session))
    assert "Provisional:" not in manager.get(draft.home).text


def test_a_return_that_names_criteria_leaves_the_others_to_read(
    desk: Sessions, draft: Draft, manager: StrictVisitor
) -> None:
    with desk.writing() as session:
        assessment = _submitted(session)
        review.return_to_line(
            session,
            assessment,
            reason="Its date is missing.",
            criteria=["GOV-01"],
            actor=a_coordinator(session),
            at=AT,
        )
    assert f"{draft.round}/GOV?open=GOV-01#GOV-01" in manager.get(draft.home).text
    theme = manager.get(f"{draft.round}/GOV?open=GOV-01&open=GOV-02").text
    assert 'data-criterion="GOV-01"' in theme and 'data-criterion="GOV-02"' not in theme
    assert "Stays as it was signed" in theme and "Everything else stays as it was signed." in theme
    assert "This is how we meet GOV-02." in theme, "it can still be read"
    typed = {"version": "1", "level": "yes", "justification": "Other words.", "language": "en", "summary": ""}
    refused = manager.send(draft.criterion("GOV-02"), typed)
    assert refused.status_code == 409 and "GOV-02 stays as it was signed" in refused.text
    assert "Other words." in refused.text, "what was typed can be copied"
    taken = manager.send(draft.criterion("GOV-01"), {**typed, "level": "partly"})
    assert taken.status_code == 303
    for name in ("missing", "submit"):
        page = manager.get(f"{draft.round}/{name}").text
        assert "Its date is missing." in page and "Everything else stays as it was signed." in page
    for name in ("outlook", ""):
        assert manager.get(f"{draft.round}/{name}".rstrip("/")).status_code == 200
