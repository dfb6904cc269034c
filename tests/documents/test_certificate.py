"""The certificate: what it says, on one sheet, in every case; never what it must not say."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import cv2
import numpy
import pikepdf
import pytest

from audit.documents.certificate import STEPS, certificate_html, lay_out_certificate, make, qr
from audit.documents.finish import FACTS_NAME, attached_files
from audit.documents.render import PrintFailed
from audit.documents.seal import seal
from audit.domain.certification import (
    CertificateFacts,
    ResultSheetFacts,
    certificate_facts_from_text,
    facts_to_text,
)
from audit.language import language
from tests.documents import samples
from tests.documents.reading import pages_of, problems, tags_of, text_of, unembedded_fonts

ENGLISH = language("en")
CASES = {
    "certified": (samples.AUSTRIA, "en"),
    "conditional": (samples.THAILAND, "en"),
    "longest": (samples.LONGEST, "en"),
    "mirrored": (samples.AUSTRIA, "ar-XB"),
    "longest mirrored": (samples.LONGEST, "ar-XB"),
}


@pytest.mark.parametrize("case", CASES)
def test_one_tagged_sheet_that_both_standards_accept(case: str, tmp_path: Path) -> None:
    facts, code = CASES[case]
    content = make(facts_to_text(facts), code)
    assert pages_of(content) == 1
    assert problems(content) == []
    assert unembedded_fonts(content, tmp_path) == []
    tags = tags_of(content)
    assert tags.count("/H1") == 1
    assert len([tag for tag in tags if tag.startswith("/Figure ")]) == 2  # seal and code, each with words for it


def test_the_text_reads_in_order() -> None:
    text = text_of(make(facts_to_text(samples.AUSTRIA), "en"))
    in_order = (
        "Sample Network of Reporting Lines",
        "PL-2026-AT-0042-2",
        "Certificate of quality audit",
        "Sample line Austria",
        "operated by Sample Association Austria, was audited by the network in the cycle 2026",
        "Certified",
        "Meets the core criteria.",
        "Decided 15 September 2026",
        "Valid from 1 October 2026",
        "Valid until 30 September 2029",
        "First certified on 1 October 2023",
        "Verification code 74JC-WPM5-JHHQ",
        "Operator Sample Association Austria 1 Example Lane, 1010 Sample Town",
        "Country Austria",
        "Scope Taking, assessing and passing on reports",
        "Channels Web form",
        "Web address https://report.example/at",
        "What was assessed",
        "Quality criteria for reporting lines, draft version 0.1.0 of 1 February 2026.",
        "47 criteria in 8 themes, 23 core.",
        "1 Mandate, governance and independence 5",
        "8 Accountability, statistics and learning 5",
        "What this certificate says",
        "What it doesn’t say",
        "not an accredited ISO certificate",
        "For Sample Network of Reporting Lines",
        "Chair of the certification committee",
        "Is it valid today?",
        "plumbline.example/c",
        "The register is authoritative",
        "3f2a9c0177be04d1",
        "Page 1 of 1",
    )
    at = 0
    for words in in_order:
        assert words in text[at:], f"{words!r} is missing or out of order"
        at = text.index(words, at)


def test_arabic_and_thai_names_can_be_read_back() -> None:
    assert "ตัวอย่าง" in text_of(make(facts_to_text(samples.THAILAND), "en"))
    arabic = replace(samples.AUSTRIA, line_name="خط الإبلاغ الوطني النموذجي", line_name_latin="Sample line Jordan")
    assert "خط الإبلاغ الوطني النموذجي" in text_of(make(facts_to_text(arabic), "en"), "-layout")


def test_a_conditional_certificate_counts_its_conditions_and_names_the_day() -> None:
    text = text_of(make(facts_to_text(samples.THAILAND), "en"))
    assert "2 conditions are due by 14 March 2027; the certificate ends that day unless they are closed." in text
    one = replace(samples.THAILAND, conditions=1)
    assert "1 condition is due by 14 March 2027" in text_of(make(facts_to_text(one), "en"))
    assert "due by" not in text_of(make(facts_to_text(samples.AUSTRIA), "en"))


def test_a_sample_says_so_and_a_real_one_does_not() -> None:
    real = replace(samples.AUSTRIA, sample=False)
    for facts, said in ((samples.AUSTRIA, True), (real, False)):
        content = make(facts_to_text(facts), "en")
        assert ("Not a real certificate" in text_of(content)) is said
        with pikepdf.open(io.BytesIO(content)) as opened:
            assert ("(sample)" in str(opened.docinfo["/Title"])) is said


def test_a_revision_names_what_it_replaces() -> None:
    revised = replace(samples.AUSTRIA, revision=2, supersedes="PL-2026-AT-0041-4")
    assert "Revision 2 replaces PL-2026-AT-0041-4" in text_of(make(facts_to_text(revised), "en"))


def test_one_reviewer_is_not_called_two() -> None:
    alone = replace(samples.AUSTRIA, reviewers=1)
    assert "two reviewers" not in text_of(make(facts_to_text(alone), "en"))


def test_nothing_on_a_certificate_can_be_a_score_or_a_finding() -> None:
    """The facts of a certificate have no place for what belongs on the result sheet."""
    from dataclasses import fields

    names = {field.name for field in fields(CertificateFacts)}
    assert not names & {"overall", "findings", "rules", "indicators", "strengths", "plan"}
    assert {field.name for field in fields(ResultSheetFacts)} >= {"overall", "findings", "rules"}


def test_the_facts_lie_inside_for_machines(unsigned: bytes) -> None:
    text = attached_files(unsigned)[FACTS_NAME].decode()
    assert certificate_facts_from_text(text) == samples.AUSTRIA
    with pikepdf.open(io.BytesIO(unsigned)) as opened:
        assert str(opened.Root.AF[0].AFRelationship) == "/Data"
        assert str(opened.Root.AF[0].EF.F.Subtype) == "/application/json"


def test_the_same_facts_give_the_same_bytes_in_any_process(unsigned: bytes, tmp_path: Path) -> None:
    program = (
        "import sys, hashlib; from audit.documents.certificate import make; "
        "sys.stdout.write(hashlib.sha256(make(open(sys.argv[1]).read(), 'en')).hexdigest())"
    )
    facts = tmp_path / "facts.json"
    facts.write_text(facts_to_text(samples.AUSTRIA))
    found = {
        subprocess.run(
            [sys.executable, "-c", program, str(facts)],
            env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin", "HOME": str(tmp_path), "TZ": zone},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("77", "Asia/Bangkok"))
    }
    import hashlib

    assert found == {hashlib.sha256(unsigned).hexdigest()}


def test_names_at_their_limits_take_a_tighter_step_and_short_ones_do_not() -> None:
    assert "cert tight" in certificate_html(samples.LONGEST, ENGLISH, STEPS[-1])
    html = certificate_html(samples.AUSTRIA, ENGLISH)
    assert 'class="cert"' in html
    assert lay_out_certificate(samples.LONGEST, ENGLISH).pages == 1


def test_what_cannot_fit_is_not_printed() -> None:
    endless = replace(samples.LONGEST, scope="Reports from the public and from hotels, " * 120)
    with pytest.raises(PrintFailed, match="does not fit"):
        make(facts_to_text(endless), "en")


def test_text_that_is_no_facts_is_refused() -> None:
    for text in ("", "{}", "[]", '{"serial": 1}'):
        with pytest.raises(ValueError):
            make(text, "en")


def test_the_code_on_paper_opens_the_check(tmp_path: Path) -> None:
    content = make(facts_to_text(samples.AUSTRIA), "en")
    picture = subprocess.run(
        ["pdftoppm", "-r", "150", "-png", "-singlefile", "-"], input=content, capture_output=True, check=True
    ).stdout
    image = cv2.imdecode(numpy.frombuffer(picture, numpy.uint8), cv2.IMREAD_COLOR)
    address, _, _ = cv2.QRCodeDetector().detectAndDecode(image)
    assert address == samples.AUSTRIA.verification_url


def test_the_code_is_one_path_with_a_fixed_mask() -> None:
    assert qr("https://plumbline.example/c/X") == qr("https://plumbline.example/c/X")
    assert str(qr("https://plumbline.example/c/X")["path"]).startswith("M0 0.5h7")


@pytest.mark.parametrize("count", [1, 23, 47, 60])
def test_the_seal_has_one_tick_for_each_criterion(count: int) -> None:
    ticks = seal("Network", "Quality audit", 2026, count).split('<path d="')[1].split('"')[0]
    assert ticks.count("M") == count


def test_a_name_the_seal_cannot_letter_gives_way() -> None:
    plain = seal("Quality audit", "Quality audit", 2026, 47)
    assert seal("شبكة خطوط الإبلاغ", "Quality audit", 2026, 47) == plain
    assert seal("A very long name of a network of networks " * 4, "Quality audit", 2026, 47) == plain
    assert seal("Reporting Lines Network", "Quality audit", 2026, 47) != plain


def test_the_decision_dates_the_document(unsigned: bytes) -> None:
    with pikepdf.open(io.BytesIO(unsigned)) as opened:
        assert str(opened.docinfo["/CreationDate"]).startswith("D:20260915")
        assert opened.Root.Lang == "en"
    assert samples.AUSTRIA.decided_on == date(2026, 9, 15)
