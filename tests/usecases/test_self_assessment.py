"""Saving one answer, and signing all of them: nothing is lost or overwritten, and what was signed is what is kept."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from audit.domain.answers import Answer, AnswerOrigin, AnswerStatus, Figure, FigureSource
from audit.domain.completeness import SUBMISSION_STATEMENT, snapshot_hash
from audit.domain.errors import AuditError, InvalidInput, Missing, StaleVersion, WrongState
from audit.domain.journal import canonical
from audit.domain.workflow import State
from audit.persistence.queries import assessments
from audit.persistence.sessions import Sessions, sessions
from audit.persistence.tables import AnswerHistory, JournalEntry, Letter, Person, SelfAssessment, Submission
from audit.usecases import evidence, self_assessment
from tests.building import (
    AT,
    a_line,
    a_live_view,
    a_manager,
    a_submitted_assessment,
    an_answer,
    an_assessment,
    an_open_cycle,
    fill,
    small_set,
    submit,
)

PARTLY = Answer(status=AnswerStatus.ANSWERED, key="partly", justification="A draft exists.")


def _save(
    session: Session,
    assessment: SelfAssessment,
    criterion: str,
    answer: Answer,
    version: int,
    actor: Person | None = None,
) -> int:
    actor = actor or a_manager(session, assessment.line)
    return self_assessment.record_answer(
        session, assessment, small_set(), criterion, answer, expected_version=version, actor=actor, at=AT
    )


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    statements: list[str] = []

    def count(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", count)


def test_each_save_raises_the_version_and_leaves_its_history(session: Session) -> None:
    assessment = an_assessment(session)
    assert _save(session, assessment, "GOV-01", PARTLY, 0) == 1
    better = replace(PARTLY, key="mostly", justification="Approved in May.")
    assert _save(session, assessment, "GOV-01", better, 1) == 2
    saved = assessments.answers_of(session, assessment.id)["GOV-01"]
    assert (saved.value, saved.version, saved.saved_at, saved.saved_by) == (
        better,
        2,
        AT,
        "Manager Sample line Austria",
    )
    assert [step.value for step in assessments.history(session, assessment.id, "GOV-01")] == [better, PARTLY]


@pytest.mark.parametrize("seen", [0, 1, 3, 99])
def test_a_stale_save_is_refused_and_carries_the_stored_answer(session: Session, seen: int) -> None:
    assessment = an_assessment(session)
    _save(session, assessment, "GOV-01", PARTLY, 0)
    better = replace(PARTLY, justification="Approved in May.")
    _save(session, assessment, "GOV-01", better, 1)
    with pytest.raises(StaleVersion) as refusal:
        _save(session, assessment, "GOV-01", replace(PARTLY, justification="Mine."), seen)
    assert (refusal.value.current, refusal.value.version) == (better, 2)
    assert assessments.values_of(session, assessment.id)["GOV-01"] == better


def test_saving_the_same_again_is_harmless(session: Session) -> None:
    """A browser that lost the reply sends once more; a double click sends twice."""
    assessment = an_assessment(session)
    assert _save(session, assessment, "GOV-01", PARTLY, 0) == 1
    assert _save(session, assessment, "GOV-01", PARTLY, 0) == 1
    assert _save(session, assessment, "GOV-01", PARTLY, 1) == 1, "Save pressed once more after reading that it is saved"
    assert session.scalar(select(func.count(AnswerHistory.id))) == 1


def test_one_save_takes_few_statements(engines: Engine) -> None:
    database = sessions(engines)
    with database.writing() as session:
        assessment = an_assessment(session)
        manager = a_manager(session, assessment.line)
        _save(session, assessment, "GOV-01", PARTLY, 0)
    with database.writing() as session, counted(engines) as statements:
        found = assessments.by_public_id(session, assessment.public_id)
        _save(session, found, "GOV-01", replace(PARTLY, key="mostly"), 1, manager)
    assert len(statements) <= 10, statements


def test_an_earlier_version_becomes_the_present_one_and_nothing_leaves_the_history(session: Session) -> None:
    assessment = an_assessment(session)
    manager = a_manager(session, assessment.line)
    better = replace(PARTLY, key="mostly", justification="Approved in May.")
    _save(session, assessment, "GOV-01", PARTLY, 0)
    _save(session, assessment, "GOV-01", better, 1)
    given = {"actor": manager, "at": AT}
    place = (session, assessment, small_set(), "GOV-01")
    assert self_assessment.restore(*place, 1, expected_version=2, **given) == 3
    assert self_assessment.restore(*place, 1, expected_version=2, **given) == 3, "sent twice, restored once"
    kept = assessments.history(session, assessment.id, "GOV-01")
    assert [(step.value, step.origin) for step in kept] == [
        (PARTLY, AnswerOrigin.RESTORED),
        (better, AnswerOrigin.TYPED),
        (PARTLY, AnswerOrigin.TYPED),
    ]
    entry = session.scalars(select(JournalEntry).where(JournalEntry.event == "answer:restored")).one()
    assert json.loads(entry.payload) == {"criterion": "GOV-01", "restored": 1, "version": 3}
    with pytest.raises(StaleVersion) as refusal:
        self_assessment.restore(*place, 2, expected_version=2, **given)
    assert (refusal.value.current, refusal.value.version) == (PARTLY, 3)
    with pytest.raises(Missing):
        self_assessment.restore(*place, 9, expected_version=3, **given)


def test_a_long_history_is_read_page_by_page(session: Session) -> None:
    assessment = an_assessment(session)
    for version in range(5):
        _save(session, assessment, "GOV-01", replace(PARTLY, justification=str(version)), version)
    read = assessments.history(session, assessment.id, "GOV-01", before=5, most=2)
    assert [step.version for step in read] == [4, 3]


def test_ten_people_at_once_on_one_answer_lose_nothing(database: Sessions) -> None:
    with database.writing() as session:
        assessment = an_assessment(session)
        manager = a_manager(session, assessment.line)
    accepted: list[str] = []
    told: list[str] = []

    def work(number: int) -> None:
        version = 0
        for step in range(4):
            text = f"{number}-{step}"
            try:
                with database.writing() as session:
                    found = assessments.by_public_id(session, assessment.public_id)
                    version = _save(session, found, "GOV-01", replace(PARTLY, justification=text), version, manager)
                accepted.append(text)
            except StaleVersion as stale:
                told.append(text)
                version = stale.version

    threads = [threading.Thread(target=work, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(accepted) + len(told) == 40
    with database.reading() as session:
        kept = [step.value.justification for step in assessments.history(session, assessment.id, "GOV-01")]
    assert sorted(kept) == sorted(accepted)


def test_what_cannot_be_an_answer_is_refused_with_every_reason(session: Session) -> None:
    assessment = an_assessment(session)
    figure = Figure(
        indicator="IND-01", numerator="9", denominator="8", period_from="2025-01-01", period_to="2025-12-31",
        source=FigureSource.ESTIMATE,
    )  # fmt: skip
    bad = [
        ("NO-01", PARTLY),
        ("GOV-01", replace(PARTLY, key="yes")),
        ("GOV-01", Answer(status=AnswerStatus.NOT_APPLICABLE, justification="No.")),
        ("GOV-01", replace(PARTLY, justification="x" * 6001)),
        ("GOV-01", replace(PARTLY, equivalent=True)),
        ("GOV-01", replace(PARTLY, figures=(figure,))),
        ("HND-01", Answer(status=AnswerStatus.ANSWERED, figures=(figure,))),
        ("HND-01", Answer(status=AnswerStatus.ANSWERED, figures=(replace(figure, numerator="1e5"),))),
        ("HND-01", Answer(status=AnswerStatus.ANSWERED, figures=(replace(figure, numerator="-1"),))),
        ("HND-01", Answer(status=AnswerStatus.ANSWERED, figures=(replace(figure, denominator="0"),))),
        ("HND-01", Answer(status=AnswerStatus.ANSWERED, figures=(replace(figure, denominator=None),))),
        ("HND-01", Answer(status=AnswerStatus.ANSWERED, figures=(replace(figure, numerator="1.5"),))),
        (
            "HND-01",
            Answer(status=AnswerStatus.ANSWERED, figures=(replace(figure, numerator="1", period_to="2024-01-01"),)),
        ),
        (
            "HND-01",
            Answer(status=AnswerStatus.ANSWERED, figures=(replace(figure, numerator="1", period_to="2027-01-01"),)),
        ),
        ("HND-01", Answer(status=AnswerStatus.ANSWERED, figures=(replace(figure, numerator="1", period_from="soon"),))),
    ]
    for criterion, answer in bad:
        with pytest.raises(InvalidInput):
            _save(session, assessment, criterion, answer, 0)
    with pytest.raises(InvalidInput) as refusal:
        _save(session, assessment, "GOV-01", replace(PARTLY, key="yes", equivalent=True, justification="x" * 7000), 0)
    assert len(refusal.value.problems) == 2
    assert assessments.answers_of(session, assessment.id) == {}


def test_a_criterion_outside_the_profile_is_not_asked(session: Session) -> None:
    line = a_line(session, "Sample line Belgium", "BE", profile={"model": "direct", "channels": ["phone"]})
    assessment = an_assessment(session, line)
    with pytest.raises(InvalidInput):
        _save(session, assessment, "HND-03", PARTLY, 0)
    fill(session, assessment)
    assert "HND-03" not in json.loads(submit(session, assessment).snapshot)["answers"]


def test_the_level_of_a_measured_criterion_follows_from_its_figures(session: Session) -> None:
    assessment = an_assessment(session)
    for level, key in ((3, "full"), (2, "mostly"), (1, "partly"), (0, "none")):
        answer = replace(an_answer(small_set(), "HND-01", level=level), key="full")
        saved = assessments.answers_of(session, assessment.id).get("HND-01")
        _save(session, assessment, "HND-01", answer, 0 if saved is None else saved.version)
        assert assessments.values_of(session, assessment.id)["HND-01"].key == key


def test_a_text_without_a_level_is_kept_but_does_not_count(session: Session) -> None:
    assessment = an_assessment(session)
    _save(session, assessment, "GOV-01", Answer(status=AnswerStatus.ANSWERED, justification="Still thinking."), 0)
    saved = assessments.values_of(session, assessment.id)["GOV-01"]
    assert (saved.status, saved.justification) == (AnswerStatus.EMPTY, "Still thinking.")
    with pytest.raises(InvalidInput) as refusal:
        submit(session, assessment)
    assert "GOV-01" in {problem.field for problem in refusal.value.problems}


def test_submission_names_every_gap_at_once(session: Session) -> None:
    assessment = an_assessment(session)
    with pytest.raises(InvalidInput) as refusal:
        submit(session, assessment)
    assert [problem.field for problem in refusal.value.problems] == [c.id for c in small_set().criteria]
    assert all("%(" not in str(problem) for problem in refusal.value.problems)
    assert assessment.state is State.DRAFT


def test_the_snapshot_covers_everything_and_its_hash_is_named_everywhere(session: Session) -> None:
    assessment = an_assessment(session)
    fill(session, assessment)
    submission = submit(session, assessment)
    frozen = json.loads(submission.snapshot)
    assert canonical(frozen) == submission.snapshot
    assert snapshot_hash(submission.snapshot) == submission.snapshot_hash
    assert frozen["criteria_set"] == assessment.cycle.criteria_set_hash
    assert frozen["profile"] == assessment.profile
    assert set(frozen["answers"]) == {criterion.id for criterion in small_set().criteria}
    assert frozen["answers"]["GOV-01"]["key"] == "full"
    assert frozen["evidence"]["GOV-01"][0]["kind"] == "viewed_live"
    assert (frozen["statement"], frozen["typed_name"]) == (SUBMISSION_STATEMENT, "Manager Sample line Austria")
    assert submission.statement == SUBMISSION_STATEMENT
    entry = session.scalars(select(JournalEntry).where(JournalEntry.event == "assessment:submitted")).one()
    assert json.loads(entry.payload)["snapshot"] == submission.snapshot_hash
    letter = session.scalars(select(Letter).where(Letter.kind == "submission_confirmed")).one()
    assert letter.parameters["snapshot"] == submission.snapshot_hash
    assert assessment.state is State.SUBMITTED and assessment.submitted_at == AT


def test_the_snapshot_names_the_digests_of_files(session: Session, tmp_path) -> None:
    from audit.ports import Inspected
    from audit.vault import FolderVault

    assessment = an_assessment(session)
    fill(session, assessment)
    item = evidence.add_file(
        session, FolderVault(tmp_path / "vault", tmp_path / "key"), assessment.line,
        inspected=Inspected(content=b"stored", media_type="text/plain", extension="txt"), received=b"received",
        file_name="policy.txt", kind="policy", title="Policy", issued_on=None, valid_until=None, no_abuse_image=True,
        no_personal_data=True, criteria_set=small_set(), actor=a_manager(session, assessment.line), at=AT,
    )  # fmt: skip
    self_assessment.attach(
        session, assessment, small_set(), "GOV-01", item, actor=a_manager(session, assessment.line), at=AT
    )
    frozen = json.loads(submit(session, assessment).snapshot)["evidence"]["GOV-01"]
    assert {entry["digest"] for entry in frozen} == {None, item.digest}
    assert item.received_digest in {entry["received_digest"] for entry in frozen}


def test_after_submission_nothing_of_the_line_can_change(session: Session) -> None:
    assessment = a_submitted_assessment(session)
    manager = a_manager(session, assessment.line)
    item = a_live_view(session, assessment.line, small_set(), title="Another")
    given = {"actor": manager, "at": AT}
    with pytest.raises(WrongState):
        _save(session, assessment, "GOV-01", PARTLY, 1)
    with pytest.raises(WrongState):
        self_assessment.attach(session, assessment, small_set(), "GOV-01", item, **given)
    with pytest.raises(WrongState):
        self_assessment.detach(session, assessment, small_set(), "GOV-01", item, **given)
    with pytest.raises(WrongState):
        self_assessment.still_true(session, assessment, small_set(), "GOV-01", expected_version=1, **given)
    with pytest.raises(WrongState):
        submit(session, assessment)
    assert session.scalar(select(func.count(Submission.id))) == 1


def test_signing_needs_a_name_and_a_tick(session: Session) -> None:
    assessment = an_assessment(session)
    fill(session, assessment)
    manager = a_manager(session, assessment.line)
    given = {"actor": manager, "at": AT, "today": AT.date()}
    for typed, agreed, field in (
        ("  ", True, "typed_name"),
        ("x" * 161, True, "typed_name"),
        ("Manager", False, "agreed"),
    ):
        with pytest.raises(InvalidInput) as refusal:
            self_assessment.submit(session, assessment, small_set(), typed_name=typed, agreed=agreed, **given)
        assert refusal.value.field == field


def test_savers_and_the_signature_race_and_the_snapshot_equals_what_stands(database: Sessions) -> None:
    with database.writing() as session:
        assessment = an_assessment(session)
        manager = a_manager(session, assessment.line)
        fill(session, assessment)
    barrier = threading.Barrier(5)

    def save(number: int) -> None:
        barrier.wait()
        version = 1
        for step in range(30):
            try:
                with database.writing() as session:
                    found = assessments.by_public_id(session, assessment.public_id)
                    text = replace(an_answer(small_set(), "GOV-01"), justification=f"{number} {step}")
                    version = _save(session, found, "GOV-01", text, version, manager)
            except StaleVersion as stale:
                version = stale.version
            except WrongState:
                return

    def sign() -> None:
        barrier.wait()
        with database.writing() as session:
            submit(session, assessments.for_page(session, assessment.public_id))

    threads = [threading.Thread(target=save, args=(number,)) for number in range(4)] + [threading.Thread(target=sign)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        frozen = json.loads(session.scalars(select(Submission.snapshot)).one())
        stands = assessments.answers_of(session, assessment.id)["GOV-01"]
    assert frozen["answers"]["GOV-01"]["justification"] == stands.value.justification
    assert frozen["answers"]["GOV-01"]["version"] == stands.version


def test_evidence_past_its_date_or_locked_does_not_count(session: Session) -> None:
    assessment = an_assessment(session)
    fill(session, assessment)
    item = assessments.evidence_of(session, assessment.id)["GOV-01"][0]
    item.valid_until = date(2026, 3, 1)
    with pytest.raises(InvalidInput):
        submit(session, assessment)
    item.valid_until = None
    evidence.lock(session, item, actor=a_manager(session, assessment.line), at=AT)
    with pytest.raises(InvalidInput):
        submit(session, assessment)
    with pytest.raises(InvalidInput):
        self_assessment.attach(
            session, assessment, small_set(), "GOV-01", item, actor=a_manager(session, assessment.line), at=AT
        )


def test_another_lines_evidence_looks_like_none(session: Session) -> None:
    assessment = an_assessment(session)
    other = a_line(session, "Sample line Belgium", "BE")
    item = a_live_view(session, other, small_set())
    with pytest.raises(Missing):
        self_assessment.attach(
            session, assessment, small_set(), "GOV-01", item, actor=a_manager(session, assessment.line), at=AT
        )


def test_still_true_copies_text_no_figures_and_evidence_only_where_it_is_said(session: Session) -> None:
    line = a_line(session)
    first = a_submitted_assessment(session, line)
    a_year_on = AT + timedelta(days=365)
    an_open_cycle(session, [line], name="2027", opens_on=date(2027, 3, 2), at=a_year_on)
    second = an_assessment(session, line)
    assert second.id != first.id
    assert assessments.previous(session, second)["GOV-01"].cycle == "2026"
    given = {"expected_version": 0, "actor": a_manager(session, line), "at": a_year_on}
    assert self_assessment.still_true(session, second, small_set(), "GOV-01", **given) == 1
    saved = assessments.answers_of(session, second.id)["GOV-01"]
    assert saved.value == assessments.values_of(session, first.id)["GOV-01"]
    assert saved.saved_at == a_year_on
    assert assessments.evidence_of(session, second.id) == {}, "nobody said that the evidence is still valid"
    self_assessment.still_true(session, second, small_set(), "HND-01", with_evidence=True, **given)
    assert len(assessments.evidence_of(session, second.id)["HND-01"]) == 1
    assert assessments.values_of(session, second.id)["HND-01"].figures == ()


def test_there_is_nothing_to_copy_in_a_first_cycle(session: Session) -> None:
    assessment = an_assessment(session)
    actor = a_manager(session, assessment.line)
    with pytest.raises(InvalidInput):
        self_assessment.still_true(session, assessment, small_set(), "GOV-01", expected_version=0, actor=actor, at=AT)


def test_withdrawing_needs_a_reason_and_ends_the_work(session: Session) -> None:
    assessment = an_assessment(session)
    manager = a_manager(session, assessment.line)
    with pytest.raises(InvalidInput):
        self_assessment.withdraw(session, assessment, reason=" ", actor=manager, at=AT)
    self_assessment.withdraw(session, assessment, reason="No funding this year.", actor=manager, at=AT)
    assert assessment.state is State.WITHDRAWN
    with pytest.raises(WrongState):
        _save(session, assessment, "GOV-01", PARTLY, 0)
    with pytest.raises(WrongState):
        self_assessment.confirm_facts(session, assessment, remark="", actor=manager, at=AT)


def test_hostile_texts_are_stored_as_text(session: Session) -> None:
    assessment = an_assessment(session)
    version = 0
    for text in (
        "'; drop table answer; --",
        "\u202egnp.exe",
        "a\r\nb",
        "<script>x</script>",
        "\U0001f600" * 10,
        "ض" * 6000,
    ):
        try:
            version = _save(session, assessment, "GOV-01", replace(PARTLY, justification=text), version)
        except AuditError:
            pytest.fail(f"{text[:20]!r} was refused")
        assert assessments.values_of(session, assessment.id)["GOV-01"].justification == text.replace("\r\n", "\n")
    _save(session, assessment, "GOV-01", replace(PARTLY, justification="nul\0 and \ud800 end"), version)
    assert assessments.values_of(session, assessment.id)["GOV-01"].justification == "nul and  end"
