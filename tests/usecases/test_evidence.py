"""The library: allowed kinds, declarations, the stop button that works everywhere at once."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit.domain.errors import InvalidInput, Unavailable, WrongState
from audit.persistence.queries import assessments
from audit.persistence.queries import evidence as library
from audit.persistence.tables import EvidenceItem, JournalEntry
from audit.ports import Inspected
from audit.usecases import evidence, self_assessment
from audit.usecases.evidence import limits
from audit.vault import FolderVault
from tests.building import AT, a_line, a_live_view, a_manager, an_assessment, small_set

PDF = Inspected(content=b"%PDF stored", media_type="application/pdf", extension="pdf")
PNG = Inspected(content=b"png", media_type="image/png", extension="png", removed=("image metadata",))


@pytest.fixture
def vault(tmp_path: Path) -> FolderVault:
    return FolderVault(tmp_path / "vault", tmp_path / "keys" / "vault.key")


def _add(session: Session, vault: FolderVault, *, line=None, received: bytes = b"received", **changed) -> EvidenceItem:
    line = line or a_line(session)
    given = {
        "inspected": PDF, "received": received, "file_name": "policy.pdf", "kind": "policy", "title": "Policy",
        "issued_on": date(2026, 1, 1), "valid_until": None, "no_abuse_image": True, "no_personal_data": True,
        "criteria_set": small_set(), "actor": a_manager(session, line), "at": AT,
    }  # fmt: skip
    return evidence.add_file(session, vault, line, **{**given, **changed})


def test_a_file_lies_in_the_vault_under_its_line(session: Session, vault: FolderVault) -> None:
    item = _add(session, vault)
    line = a_line(session)
    assert vault.open(line.public_id, item.digest).read() == PDF.content
    assert item.digest != item.received_digest
    assert (item.size, item.media_type, item.file_name) == (11, "application/pdf", "policy.pdf")
    entry = session.scalars(select(JournalEntry).where(JournalEntry.event == "evidence:added")).one()
    assert (entry.line, json.loads(entry.payload)["digest"]) == (line.public_id, item.digest)


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("kind", {"kind": "gossip"}), ("kind", {"kind": "viewed_live"}), ("title", {"title": " "}),
        ("title", {"title": "x" * 161}), ("valid_until", {"valid_until": date(2025, 1, 1)}),
        ("no_abuse_image", {"no_abuse_image": False}), ("no_personal_data", {"no_personal_data": False}),
        ("file", {"inspected": PNG}),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_at_its_field(session: Session, vault: FolderVault, field: str, changed: dict) -> None:
    with pytest.raises(InvalidInput) as refusal:
        _add(session, vault, **changed)
    assert refusal.value.field == field
    assert list(vault.stored()) == []


def test_an_image_is_accepted_for_its_kind(session: Session, vault: FolderVault) -> None:
    assert _add(session, vault, inspected=PNG, kind="screenshot", file_name="form.PDF").file_name == "form.png"


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd.pdf"), ("C:\\temp\\policy.pdf", "policy.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("\u202efdp.exe", "fdp.pdf"), ("", "evidence.pdf"), ("...", "evidence.pdf"), ("ä ö.docx", "ä ö.pdf"),
        ("x" * 300 + ".pdf", "x" * 147 + ".pdf"), ('"quoted";.pdf', "quoted.pdf"), ("nul\0.pdf", "nul.pdf"),
    ],
)  # fmt: skip
def test_file_names_are_made_safe(name: str, clean: str) -> None:
    assert evidence.clean_file_name(name, "pdf") == clean


def test_links_are_web_addresses_and_never_more(session: Session) -> None:
    line = a_line(session)
    given = {
        "kind": "url", "title": "Report", "issued_on": None, "valid_until": None, "criteria_set": small_set(),
        "actor": a_manager(session, line), "at": AT,
    }  # fmt: skip
    assert (
        evidence.add_link(session, line, url=" https://line.example/report ", **given).url
        == "https://line.example/report"
    )
    for url in (
        "",
        "ftp://x",
        "javascript:x",
        "https://user:secret@x.example",
        "https://x y",
        "http://[",
        "//x.example",
    ):
        with pytest.raises(InvalidInput) as refusal:
            evidence.add_link(session, line, url=url, **given)
        assert refusal.value.field == "url"


def test_statements_stand_for_what_has_no_file(session: Session) -> None:
    line = a_line(session)
    given = {
        "title": "Seen", "issued_on": None, "valid_until": None, "criteria_set": small_set(),
        "actor": a_manager(session, line), "at": AT,
    }  # fmt: skip
    for kind in ("viewed_live", "declaration"):
        assert evidence.add_statement(session, line, statement="Twelve staff were vetted.", kind=kind, **given).id
    for kind, statement in (("policy", "x"), ("viewed_live", " "), ("viewed_live", "x" * 2001)):
        with pytest.raises(InvalidInput):
            evidence.add_statement(session, line, statement=statement, kind=kind, **given)


def test_the_stop_button_works_for_equal_bytes_everywhere(session: Session, vault: FolderVault) -> None:
    other = a_line(session, "Sample line Belgium", "BE")
    here, there = _add(session, vault), _add(session, vault, line=other)
    different = _add(session, vault, received=b"x", inspected=replace(PDF, content=b"%PDF another"))
    actor = a_manager(session, other)
    assert evidence.lock(session, here, actor=actor, at=AT) == 2
    assert here.locked_at == there.locked_at == AT and different.locked_at is None
    with pytest.raises(WrongState):
        evidence.record_download(session, there, actor=actor, at=AT)
    with pytest.raises(WrongState):
        evidence.lock(session, there, actor=actor, at=AT)
    with pytest.raises(InvalidInput) as refusal:
        _add(session, vault, line=a_line(session, "Sample line Chile", "CL"))
    assert refusal.value.field == "file"
    lines = session.scalars(select(JournalEntry.line).where(JournalEntry.event == "evidence:locked")).all()
    assert set(lines) == {a_line(session).public_id, other.public_id}


def test_every_download_leaves_a_trace(session: Session, vault: FolderVault) -> None:
    item = _add(session, vault)
    evidence.record_download(session, item, actor=a_manager(session, a_line(session)), at=AT)
    assert session.scalar(select(func.count()).where(JournalEntry.event == "evidence:downloaded")) == 1


def test_the_library_is_limited(session: Session, vault: FolderVault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_FILES", 2)
    for _ in range(2):
        _add(session, vault)
    with pytest.raises(InvalidInput) as refusal:
        _add(session, vault)
    assert refusal.value.field == "file"
    _add(session, vault, line=a_line(session, "Sample line Belgium", "BE"))


def test_a_full_disk_leaves_no_row(session: Session, tmp_path: Path) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    vault = FolderVault(tmp_path / "vault", tmp_path / "keys" / "vault.key", sync=full)
    with pytest.raises(Unavailable):
        _add(session, vault)
    assert session.scalar(select(func.count(EvidenceItem.id))) == 0


def test_the_library_says_where_an_item_is_used(session: Session) -> None:
    assessment = an_assessment(session)
    manager = a_manager(session, assessment.line)
    item = a_live_view(session, assessment.line, small_set())
    for criterion in ("HND-02", "GOV-01", "GOV-01"):
        self_assessment.attach(session, assessment, small_set(), criterion, item, actor=manager, at=AT)
    found = library.library(session, assessment.line_id)
    assert [(use.criterion_id, use.cycle) for use in found[0].uses] == [("GOV-01", "2026"), ("HND-02", "2026")]
    assert found[0].added_by == manager.name and not found[0].out_of_date(AT.date())
    self_assessment.detach(session, assessment, small_set(), "GOV-01", item, actor=manager, at=AT)
    assert list(assessments.evidence_of(session, assessment.id)) == ["HND-02"]
