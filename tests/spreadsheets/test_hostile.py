"""Files that are no answer sheet, damaged or hostile: each gets a sentence, and only the child is ever hurt."""

from __future__ import annotations

import io
import random
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from audit.domain.answer_sheet import FilledSheet
from audit.domain.errors import InvalidInput
from audit.spreadsheets import Workbooks
from audit.spreadsheets.codes import LARGEST, REFUSALS, Refusal, RefusedFile
from audit.spreadsheets.meaning import filled
from audit.spreadsheets.tables import tables
from tests.building import small_set
from tests.spreadsheets.sheets import opened, saved, written

ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&b;</t></si></sst>'
)
OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE s SYSTEM "file:///etc/passwd">'
    b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
)
ROOT = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def changed(content: bytes, **parts: bytes | None) -> bytes:
    """The file with parts exchanged, added, or (None) taken away; names have "__" for "/"."""
    wanted = {name.replace("__", "/").replace("_xml", ".xml"): part for name, part in parts.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in wanted:
                new.writestr(name, old.read(name))
        for name, part in wanted.items():
            if part is not None:
                new.writestr(name, part)
    return out.getvalue()


def replaced(content: bytes, name: str, old: bytes, new: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        part = archive.read(name)
    assert old in part
    return changed(content, **{name.replace("/", "__").replace(".xml", "_xml"): part.replace(old, new)})


def with_macro() -> bytes:
    macro = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    usual = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    return replaced(written(), "[Content_Types].xml", usual, macro)


def bomb() -> bytes:
    return changed(written(), xl__sharedStrings_xml=b"<sst>" + b"<si><t>" + b"a" * 30_000_000 + b"</t></si></sst>")


def many_cells() -> bytes:
    row = b'<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>'
    sheet = b'<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (ROOT.encode(), row * 70_000)
    return changed(written(), xl__worksheets__sheet1_xml=sheet)


def an_ods() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<x/>")
    return out.getvalue()


def without_its_hidden_sheet() -> bytes:
    book = opened(written())
    book.remove(book["plumbline"])
    return saved(book)


def of_a_newer_version() -> bytes:
    book = opened(written())
    book["plumbline"]["B2"] = "2"
    return saved(book)


def another_workbook() -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.active["A1"] = "Budget"
    return saved(book)


def locked_with_a_password() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600


def encrypted_entries() -> bytes:
    content = bytearray(written())
    at = 0
    while (at := content.find(b"PK\x01\x02", at)) >= 0:
        content[at + 8] |= 1
        at += 4
    return bytes(content)


CASES: dict[str, tuple[Callable[[], bytes], Refusal]] = {
    "empty": (lambda: b"", Refusal.EMPTY),
    "too large": (lambda: b"PK" + b"\0" * LARGEST, Refusal.TOO_LARGE),
    "a table of commas under another name": (lambda: b"id,level\nGOV-01,Fully met\n", Refusal.NOT_A_SPREADSHEET),
    "a table of ours in another coding": (
        lambda: "answer:id,answer:format\nGOV-01,“1”\n".encode("cp1252"),
        Refusal.NOT_UTF8,
    ),
    "a table of ours with nothing in it": (lambda: b"answer:id,answer:level\n", Refusal.NOT_OURS),
    "a page": (lambda: b"<html><table></table></html>", Refusal.NOT_A_SPREADSHEET),
    "a paper": (lambda: b"%PDF-1.7\n", Refusal.NOT_A_SPREADSHEET),
    "the old format": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, Refusal.OLD_FORMAT),
    "a password": (locked_with_a_password, Refusal.PASSWORD),
    "locked entries": (encrypted_entries, Refusal.PASSWORD),
    "ods": (an_ods, Refusal.OTHER_OFFICE),
    "macro": (with_macro, Refusal.MACRO),
    "macro part": (lambda: changed(written(), xl__vbaProject_bin=b"x"), Refusal.MACRO),
    "cut in half": (lambda: written()[: len(written()) // 2], Refusal.DAMAGED),
    "a part gone": (lambda: changed(written(), xl__workbook_xml=None), Refusal.DAMAGED),
    "broken part": (lambda: changed(written(), xl__workbook_xml=b"<workbook><sheets>"), Refusal.DAMAGED),
    "entities": (lambda: changed(written(), xl__sharedStrings_xml=ENTITIES), Refusal.DAMAGED),
    "outside entity": (lambda: changed(written(), xl__sharedStrings_xml=OUTSIDE), Refusal.DAMAGED),
    "bomb": (bomb, Refusal.TOO_COMPLEX),
    "too many cells": (many_cells, Refusal.TOO_COMPLEX),
    "no hidden sheet": (without_its_hidden_sheet, Refusal.NOT_OURS),
    "another workbook": (another_workbook, Refusal.NOT_OURS),
    "newer": (of_a_newer_version, Refusal.NEWER),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_no_answer_sheet_is_refused_in_a_sentence(name: str) -> None:
    make, refusal = CASES[name]
    with pytest.raises(InvalidInput) as told:
        Workbooks().read(make(), small_set())
    assert told.value.message == REFUSALS[refusal]


def test_every_refusal_is_seen() -> None:
    assert {refusal for _, refusal in CASES.values()} == set(Refusal)


def test_links_that_lead_outside_are_not_followed_and_do_no_harm() -> None:
    link = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId9"'
        b' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"'
        b' Target="http://127.0.0.1:9/sheet.xml" TargetMode="External"/>'
    )
    usual = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    content = replaced(written(), "xl/_rels/workbook.xml.rels", usual, link)
    assert Workbooks().read(content, small_set()).answers


def test_a_child_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Processor time runs out in the child; here it is asked to count for ever."""
    from audit import confined

    monkeypatch.setattr(confined, "SECONDS", 2)
    monkeypatch.setattr(confined, "_ROOT", str(tmp_path))
    (tmp_path / "audit").mkdir()
    (tmp_path / "audit" / "__init__.py").write_text("")
    (tmp_path / "audit" / "endless.py").write_text("def main():\n    while True: pass\n")
    began = time.monotonic()
    assert confined.ask("audit.endless", b"") is None
    assert time.monotonic() - began < 20


def read_here(content: bytes) -> FilledSheet | None:
    """As the child reads, in this process, so that whatever it raises beside its own refusals fails the test."""
    try:
        return filled(tables(content), small_set())
    except (RefusedFile, InvalidInput):
        return None


def mutilated(rng: random.Random, content: bytes) -> bytes:
    """The file with its bytes, its parts or the text of one part spoilt in one of many ways."""
    kind = rng.randrange(6)
    if kind == 0:
        spoilt = bytearray(content)
        for _ in range(rng.randrange(1, 40)):
            spoilt[rng.randrange(len(spoilt))] = rng.randrange(256)
        return bytes(spoilt)
    if kind == 1:
        at = rng.randrange(len(content))
        return content[:at] + content[at + rng.randrange(1, 400) :]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = rng.choice([one for one in parts if one.endswith((".xml", ".rels"))])
    text = parts[name]
    if kind == 2:
        del parts[name]
    elif kind == 3:
        other = rng.choice(list(parts))
        parts[name], parts[other] = parts[other], text
    elif kind == 4:
        at, length = rng.randrange(len(text)), rng.randrange(1, 60)
        parts[name] = text[:at] + bytes(rng.randrange(256) for _ in range(rng.randrange(8))) + text[at + length :]
    else:
        for _ in range(rng.randrange(1, 12)):
            old, new = rng.choice(SWAPS)
            text = text.replace(old, new, rng.randrange(1, 30))
        parts[name] = text
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, part in parts.items():
            archive.writestr(one, part)
    return out.getvalue()


SWAPS = (
    (b't="s"', b't="n"'), (b't="s"', b't="str"'), (b't="s"', b't="b"'), (b"<v>", b"<f>1</f><v>"), (b"<v>", b"<v>9"),
    (b"<v>", b"<v>-"), (b' r="', b' r="ZZZ9'), (b' r="', b' q="'), (b"</v>", b"e99</v>"), (b"</v>", b".5</v>"),
    (b"<t>", b"<t>\xd9\xa3"), (b"<t>", b"<r><t>x</t></r><t>"), (b"answer:", b"figure:"), (b"level", b""),
    (b"version", b"choice"), (b"</row>", b""), (b"rId1", b"rId2"), (b"sheet", b"chart"), (b"<c ", b"<d "),
    (b"1", b"99999999999999999999"), (b"0", b"NaN"), (b'xmlns="', b'xmlns="urn:'), (b"GOV-01", b"HND-01"),
)  # fmt: skip


def test_five_hundred_mutilated_files_are_read_or_refused_and_never_break() -> None:
    rng = random.Random(20260302)
    content = written()
    read = sum(read_here(mutilated(rng, content)) is not None for _ in range(500))
    assert 50 < read < 450, "both readable and unreadable files must be among them"


def test_the_harness_finds_a_reader_that_breaks() -> None:
    """A planted fault: a reader that trusts the file's numbers is found within the same files."""
    rng = random.Random(20260302)
    content = written()
    with pytest.raises(Exception) as found:
        for _ in range(500):
            with zipfile.ZipFile(io.BytesIO(mutilated(rng, content))) as archive:
                archive.read("xl/workbook.xml").decode()
    assert not isinstance(found.value, (RefusedFile, InvalidInput))


def test_twenty_mutilated_files_through_the_child() -> None:
    rng = random.Random(5)
    content = written()
    for _ in range(20):
        try:
            Workbooks().read(mutilated(rng, content), small_set())
        except InvalidInput as refusal:
            assert refusal.message in REFUSALS.values()
