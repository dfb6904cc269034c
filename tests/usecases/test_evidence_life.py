"""What becomes of an item: kinds that count, newer versions, still valid in the next cycle, purged by two people."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.domain.errors import InvalidInput, Missing, NotAllowed, WrongState
from audit.persistence.queries import assessments
from audit.persistence.queries import evidence as library
from audit.persistence.sessions import Sessions
from audit.persistence.tables import EvidenceItem, EvidenceLink, JournalEntry, SelfAssessment, Submission
from audit.ports import Inspected
from audit.usecases import evidence, self_assessment
from audit.vault import FolderVault
from tests.building import (
    AT,
    a_coordinator,
    a_line,
    a_live_view,
    a_manager,
    a_submitted_assessment,
    an_assessment,
    an_open_cycle,
    small_set,
)

LATER = AT + timedelta(days=365)


@pytest.fixture
def vault(tmp_path: Path) -> FolderVault:
    return FolderVault(tmp_path / "vault", tmp_path / "keys" / "vault.key")


def a_file(session: Session, vault: FolderVault, content: bytes = b"text", **changed) -> EvidenceItem:
    line = changed.pop("line", None) or a_line(session)
    given = {
        "inspected": Inspected(content=content, media_type="text/plain", extension="txt"), "received": content,
        "file_name": "a.txt", "kind": "policy", "title": "Policy", "issued_on": None, "valid_until": None,
        "no_abuse_image": True, "no_personal_data": True, "criteria_set": small_set(),
        "actor": a_manager(session, line), "at": AT,
    }  # fmt: skip
    return evidence.add_file(session, vault, line, **{**given, **changed})


def offered(session: Session, assessment: SelfAssessment) -> dict[str, set[str]]:
    return {
        name: {item.title for item in items} for name, items in assessments.evidence_of(session, assessment.id).items()
    }


def attach(session: Session, assessment: SelfAssessment, criterion: str, item: EvidenceItem, at=AT) -> None:
    actor = a_manager(session, a_line(session))
    self_assessment.attach(session, assessment, small_set(), criterion, item, actor=actor, at=at)


def test_only_the_kinds_of_a_criterion_count_and_a_live_view_for_any(session: Session, vault: FolderVault) -> None:
    assessment = an_assessment(session)
    policy = a_file(session, vault)
    attach(session, assessment, "GOV-01", policy)
    with pytest.raises(InvalidInput) as refusal:
        attach(session, assessment, "HND-02", policy)
    assert refusal.value.field == "kind" and "HND-02" in str(refusal.value)
    attach(session, assessment, "HND-02", a_live_view(session, a_line(session), small_set()))
    assert offered(session, assessment) == {"GOV-01": {"Policy"}, "HND-02": {"Seen in a call"}}


def test_an_invented_example_has_to_say_so(session: Session, vault: FolderVault) -> None:
    kind = replace(small_set().kind("procedure"), id="synthetic_sample")
    criteria_set = replace(small_set(), evidence_kinds=(*small_set().evidence_kinds, kind))
    with pytest.raises(InvalidInput) as refusal:
        a_file(session, vault, kind="synthetic_sample", criteria_set=criteria_set)
    assert refusal.value.field == "says_invented"
    assert a_file(session, vault, kind="synthetic_sample", criteria_set=criteria_set, says_invented=True).id


def test_a_newer_version_takes_the_place_only_where_the_line_can_still_change_it(
    session: Session, vault: FolderVault
) -> None:
    line = a_line(session)
    first = an_assessment(session, line)
    old = a_file(session, vault, b"one", title="Version one")
    attach(session, first, "GOV-01", old)
    handed_in = a_submitted_assessment(session, line)
    an_open_cycle(session, [line], name="2027", opens_on=date(2027, 3, 2), at=LATER)
    second = an_assessment(session, line)
    attach(session, second, "GOV-01", old, LATER)
    new = a_file(session, vault, b"two", title="Version two", replaces=old, at=LATER)
    assert offered(session, second) == {"GOV-01": {"Version two"}}
    assert "Version one" in offered(session, handed_in)["GOV-01"]
    frozen = session.scalars(select(Submission.snapshot)).one()
    assert old.digest in frozen and new.digest not in frozen
    shelf = {one.item.title: one for one in library.library(session, line.id)}
    assert (shelf["Version two"].version, shelf["Version two"].earlier) == (2, (old,))
    assert shelf["Version one"].newer is new
    with pytest.raises(InvalidInput, match="newer version"):
        attach(session, second, "GOV-01", old, LATER)
    with pytest.raises(WrongState):
        a_file(session, vault, b"three", replaces=old)
    other = a_line(session, "Sample line Belgium", "BE")
    with pytest.raises(Missing):
        a_file(session, vault, b"three", replaces=new, line=other)


def test_a_locked_item_can_be_replaced(session: Session, vault: FolderVault) -> None:
    assessment = an_assessment(session)
    old = a_file(session, vault, b"wrong")
    attach(session, assessment, "GOV-01", old)
    evidence.lock(session, old, actor=a_manager(session, a_line(session)), at=AT)
    a_file(session, vault, b"right", title="Right", replaces=old)
    assert offered(session, assessment) == {"GOV-01": {"Right"}}


def test_of_two_newer_versions_sent_at_once_one_is_told(database: Sessions, vault: FolderVault) -> None:
    with database.writing() as session:
        old = a_file(session, vault, b"one")
    with database.writing() as session:
        a_file(session, vault, b"two", replaces=old)
    with pytest.raises(WrongState), database.writing() as session:
        a_file(session, vault, b"three", replaces=old)


@pytest.fixture
def next_round(session: Session, vault: FolderVault) -> SelfAssessment:
    """The second cycle of a line that offered three policies for one criterion in the first."""
    line = a_line(session)
    first = an_assessment(session, line)
    for title, until in (("Lasting", None), ("Ended", date(2026, 12, 31)), ("Locked", None)):
        attach(session, first, "GOV-01", a_file(session, vault, title.encode(), title=title, valid_until=until))
    a_submitted_assessment(session, line)
    locked = session.scalars(select(EvidenceItem).where(EvidenceItem.title == "Locked")).one()
    evidence.lock(session, locked, actor=a_manager(session, line), at=AT)
    an_open_cycle(session, [line], name="2027", opens_on=date(2027, 3, 2), at=LATER)
    return an_assessment(session, line)


def carry(session: Session, assessment: SelfAssessment, items: list[str] | None = None, at=LATER) -> int:
    actor = a_manager(session, a_line(session))
    return self_assessment.still_valid(session, assessment, small_set(), "GOV-01", items, actor=actor, at=at)


def test_nothing_of_the_last_cycle_counts_before_somebody_says_still_valid(
    session: Session, next_round: SelfAssessment
) -> None:
    assert offered(session, next_round) == {}
    assert carry(session, next_round) == 2, "the lasting one and the live view; not what ended or was locked"
    assert offered(session, next_round) == {"GOV-01": {"Lasting", "Seen in a call"}}
    links = session.scalars(select(EvidenceLink).where(EvidenceLink.self_assessment_id == next_round.id)).all()
    manager = a_manager(session, a_line(session))
    assert {(one.still_valid, one.linked_by_id, one.linked_at) for one in links} == {(True, manager.id, LATER)}
    carry(session, next_round, at=LATER + timedelta(hours=1))
    (offer, _) = library.offers(session, next_round.id)["GOV-01"]
    assert offer.linked_at == LATER and offer.linked_by == manager.name, "said once, by whoever said it first"


def test_items_are_carried_one_by_one_and_never_past_their_date(session: Session, next_round: SelfAssessment) -> None:
    by_title = {item.title: item.public_id for item in session.scalars(select(EvidenceItem))}
    assert carry(session, next_round, [by_title["Lasting"]]) == 1
    for title in ("Ended", "Locked"):
        with pytest.raises(InvalidInput):
            carry(session, next_round, [by_title[title]])
    with pytest.raises(InvalidInput):
        carry(session, next_round, ["never-was"])
    assert offered(session, next_round) == {"GOV-01": {"Lasting"}}


def test_one_item_serves_many_criteria_and_what_others_changed_meanwhile_stays(session: Session) -> None:
    assessment = an_assessment(session)
    line = a_line(session)
    seen = a_live_view(session, line, small_set())

    def serve(shown: list[str], ticked: list[str]) -> tuple[int, int]:
        return self_assessment.offer_for(
            session, assessment, small_set(), seen, shown=shown, ticked=ticked, actor=a_manager(session, line), at=AT
        )

    assert serve([], ["GOV-01", "HND-02"]) == (2, 0)
    attach(session, assessment, "HND-03", seen)  # a colleague, after the page was read
    assert serve(["GOV-01", "HND-02"], ["HND-02"]) == (0, 1)
    assert set(offered(session, assessment)) == {"HND-02", "HND-03"}


def purged(session: Session, vault: FolderVault) -> tuple[EvidenceItem, Callable[..., int]]:
    """A locked file that its manager asked to purge, and the confirmation by a person of that name."""
    item = a_file(session, vault, b"wrong", actor=a_coordinator(session, "Uploader"))
    evidence.lock(session, item, actor=a_manager(session, a_line(session)), at=AT)
    asker = a_coordinator(session, "First coordinator")
    evidence.ask_purge(session, item, reason="The police have it.", actor=asker, at=AT)

    def confirm(name: str) -> int:
        return evidence.purge(session, vault, item, actor=a_coordinator(session, name), at=AT)

    return item, confirm


def test_purging_takes_two_people_and_neither_is_the_uploader(session: Session, vault: FolderVault) -> None:
    item, confirm = purged(session, vault)
    line = a_line(session)
    twin = session.scalars(select(EvidenceItem)).one()
    for name in ("First coordinator", "Uploader"):
        with pytest.raises(NotAllowed):
            confirm(name)
    assert vault.holds(line.public_id, item.digest) and twin.purged_at is None
    digests = (item.digest, item.received_digest)
    assert confirm("Second coordinator") == 1
    assert not vault.holds(line.public_id, item.digest), "the bytes are gone"
    assert (item.digest, item.received_digest) == digests and item.purged_at == AT, "the row and its fingerprints stay"
    with pytest.raises(WrongState):
        confirm("Third coordinator")
    with pytest.raises(InvalidInput, match="locked"):
        a_file(session, vault, b"wrong")
    entries = {row.event: row for row in session.scalars(select(JournalEntry))}
    asked, done = entries["evidence:purge_asked"], entries["evidence:purged"]
    assert json.loads(asked.payload)["reason"] == "The police have it." and asked.actor != done.actor
    assert json.loads(done.payload)["asked_by"] == asked.actor


def test_purging_covers_every_copy_of_the_line_and_an_upload_under_way(session: Session, vault: FolderVault) -> None:
    first = a_file(session, vault, b"wrong", title="First")
    second = a_file(session, vault, b"wrong", title="Second")
    other = a_file(session, vault, b"wrong", line=a_line(session, "Sample line Belgium", "BE"))
    harmless = a_file(session, vault, b"harmless")
    evidence.lock(session, first, actor=a_manager(session, a_line(session)), at=AT)
    assert second.locked_at == other.locked_at == AT
    evidence.ask_purge(session, second, reason="Wrong.", actor=a_coordinator(session, "One"), at=AT)
    assert evidence.purge(session, vault, first, actor=a_coordinator(session, "Two"), at=AT) == 2
    assert first.purged_at == second.purged_at == AT and other.purged_at is None
    belgium = a_line(session, "Sample line Belgium")
    assert vault.holds(belgium.public_id, other.digest), "another line's law is another line's decision"
    assert vault.holds(a_line(session).public_id, harmless.digest)


def test_what_cannot_be_purged_is_said(session: Session, vault: FolderVault) -> None:
    item, actor = a_file(session, vault), a_coordinator(session)
    with pytest.raises(WrongState, match="not locked"):
        evidence.ask_purge(session, item, reason="x", actor=actor, at=AT)
    evidence.lock(session, item, actor=actor, at=AT)
    with pytest.raises(WrongState, match="two people"):
        evidence.purge(session, vault, item, actor=actor, at=AT)
    for reason in (" ", "x" * 501):
        with pytest.raises(InvalidInput) as refusal:
            evidence.ask_purge(session, item, reason=reason, actor=actor, at=AT)
        assert refusal.value.field == "reason"
    evidence.ask_purge(session, item, reason="Wrong.", actor=actor, at=AT)
    with pytest.raises(WrongState, match="asked already"):
        evidence.ask_purge(session, item, reason="Again.", actor=actor, at=AT)
    seen = a_live_view(session, a_line(session), small_set())
    evidence.lock(session, seen, actor=actor, at=AT)
    with pytest.raises(WrongState, match="no file"):
        evidence.ask_purge(session, seen, reason="x", actor=actor, at=AT)
