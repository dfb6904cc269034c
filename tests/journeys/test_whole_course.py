"""One audit from its first answer to a checked certificate, through the pages, the scheduled jobs and the commands."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pypdf
from playwright.sync_api import Download, Page, expect

from tests.browsing import clean
from tests.journeys.assessing import Filling, fill_everything, sign
from tests.journeys.conftest import Enter, Site
from tests.journeys.reviewing import complete, declare_no_tie, judge_everything, settle

LINE = "Sample line Austria"


def test_from_the_first_answer_to_a_checked_certificate(site: Site, enter: Enter, tmp_path: Path) -> None:
    manager, coordinator = enter("manager"), enter("coordinator")
    submit(site, manager, tmp_path)
    accept_and_assign(site, coordinator)
    review(site, enter)
    confirm_facts(manager)
    decide(site, coordinator)
    site.command("jobs", "run", "issue-certificates")
    let_the_auditor_in(site, coordinator)
    close_the_cycle(coordinator)
    site.command("jobs", "run", "comparison-reports")

    report = get(coordinator, "/network", "Comparison report, cycle 2026", tmp_path)
    assert "SAMPLE" in text_of(report).upper()
    certificate = audit(enter("auditor"), tmp_path)
    serial, code = check_as_anybody(enter(), certificate)
    check_by_command(site, certificate, serial, code)
    read_the_outcome(site, manager, serial)


def submit(site: Site, page: Page, folder: Path) -> None:
    """The manager answers everything, is told what is missing meanwhile, signs."""
    policy = folder / "mandate.txt"
    policy.write_text("SAMPLE. The mandate of the line, approved this year.\n", encoding="utf-8")
    filling = Filling(page=page, site=site, scripted=True, look=clean)
    clean(page)
    filling.answer("GOV-01", "Mostly met", "The board approved it in May.")
    page.get_by_role("link", name="Everything that is missing").click()
    expect(page.get_by_text("7 criteria need something before you can submit.")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("GOV-01 Add at least one item of evidence")
    clean(page)
    page.get_by_role("link", name="Summary and submission").click()
    sign(filling, site.people["manager"][0])
    expect(page.get_by_role("alert")).to_contain_text("GOV-01")
    clean(page)
    fill_everything(filling, policy)
    page.goto(f"{site.round}/submit")
    expect(page.get_by_text("Nothing is missing. You can sign and send")).to_be_visible()
    clean(page)
    sign(filling, site.people["manager"][0])
    expect(page.get_by_text("Fingerprint (SHA-256) of everything that was signed.")).to_be_visible()
    clean(page)
    page.get_by_role("link", name="Read all answers on one page").click()
    expect(page.get_by_role("main")).to_contain_text("This is how we meet ACC-02.")
    clean(page)


def accept_and_assign(site: Site, page: Page) -> None:
    """The coordinator finds it complete and asks two peers; nobody with a tie is offered."""
    page.goto("/network")
    clean(page)
    page.get_by_role("link", name=LINE).click()
    clean(page)
    page.get_by_label("Yes. The review begins.").check()
    page.get_by_role("button", name="Record the check").click()
    expect(page.get_by_text("Accepted. The reviewers can begin.")).to_be_visible()
    for role in ("first reviewer", "second reviewer"):
        page.get_by_label("Reviewer", exact=True).select_option(label=site.people[role][0])
        page.get_by_role("button", name="Ask this person to review").click()
        expect(page.get_by_text("Asked. A letter is on its way.")).to_be_visible()
        clean(page)


def review(site: Site, enter: Enter) -> None:
    """Two reviewers, blind to each other, differ on a core criterion and settle it."""
    first, second = enter("first reviewer"), enter("second reviewer")
    for page in (first, second):
        declare_no_tie(page, LINE)
    judge_everything(first, unlike={}, letter="A")
    complete(first)
    second.reload()
    assert "A on GOV-01" not in second.content()
    judge_everything(second, unlike={"GOV-01": "Partly met"}, letter="B")
    complete(second)
    expect(second.get_by_role("heading", name="Reconciliation")).to_be_visible()
    expect(second.get_by_text("A on GOV-01: as the evidence shows.")).to_be_visible()
    settle(second, "GOV-01", "Mostly met")
    expect(second.get_by_text("Everything is settled. The line now checks the facts.")).to_be_visible()
    clean(second)


def confirm_facts(page: Page) -> None:
    page.get_by_role("link", name="Your line").click()
    clean(page)
    page.get_by_role("link", name="Check the facts of the review").click()
    clean(page)
    page.get_by_label("Yes, the facts are right.").check()
    page.get_by_role("button", name="Send your answer").click()
    expect(page.get_by_text("You checked the facts on")).to_be_visible()
    clean(page)


def decide(site: Site, page: Page) -> None:
    """Every rule is shown; the decision is what the rules give."""
    page.goto(f"/network/assessments/{site.assessment}")
    clean(page)
    page.get_by_role("link", name="Go to the decision").click()
    expect(page.get_by_text("The rules give Certified.")).to_be_visible()
    expect(page.get_by_text("We read the mandate together")).to_be_visible()
    clean(page)
    page.locator("label.level").filter(has_text="What the rules give.").click()
    page.get_by_label("I reviewed nothing here and have no tie to this line").check()
    page.get_by_role("button", name="Record the decision").click()
    expect(
        page.get_by_text("Decided. The certificate is issued within minutes; the line has a letter.")
    ).to_be_visible()
    clean(page)


def let_the_auditor_in(site: Site, page: Page) -> None:
    page.goto("/network/people")
    clean(page)
    page.get_by_role("link", name="Open a scope for an auditor").click()
    clean(page)
    page.get_by_label("Auditor", exact=True).select_option(label=site.people["auditor"][0])
    page.get_by_label("Name of the scope").fill("Yearly audit")
    page.get_by_label("The scope includes the evidence files.").check()
    page.get_by_label(LINE).check()
    page.get_by_role("button", name="Open the scope").click()
    expect(page.get_by_text("The scope is open.")).to_be_visible()
    clean(page)


def close_the_cycle(page: Page) -> None:
    page.goto("/network")
    page.get_by_role("link", name="Close this cycle").click()
    clean(page)
    page.get_by_role("button", name="Close the cycle").click()
    expect(page.get_by_text("Being made").first).to_be_visible()
    clean(page)


def audit(page: Page, folder: Path) -> Path:
    """The auditor takes every paper of the scope; returns the certificate's file."""
    clean(page)
    scope = page.url
    certificate = get(page, scope, "(PDF)", folder)
    sheet = get(page, scope, f"{LINE} 2026", folder)
    assert "Confidential" in text_of(sheet)
    report = get(page, scope, "Download (PDF", folder, last=True)
    assert len(pypdf.PdfReader(report).pages) >= 4
    page.goto(scope)
    page.get_by_role("listitem").filter(has_text="in its library").get_by_role("link", name=LINE).click()
    clean(page)
    evidence = get(page, page.url, "Our mandate", folder)
    assert evidence.read_text(encoding="utf-8").startswith("SAMPLE. The mandate")
    return certificate


def get(page: Page, address: str, link: str, folder: Path, *, last: bool = False) -> Path:
    """Follows a download link of a page; returns the file as the browser kept it."""
    page.goto(address)
    links = page.get_by_role("main").get_by_role("link", name=link)
    with page.expect_download() as waiting:
        (links.last if last else links.first).click()
    download: Download = waiting.value
    path = folder / download.suggested_filename
    download.save_as(path)
    return path


def text_of(path: Path) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


def check_as_anybody(page: Page, certificate: Path) -> tuple[str, str]:
    """Somebody with the paper in hand types its code, then drops the file; returns serial and code."""
    attached = json.loads(next(iter(pypdf.PdfReader(certificate).attachments.values()))[0])
    serial, code = attached["serial"], attached["verification_code"]
    written = text_of(certificate)
    assert serial in written and code in written
    page.goto("/c")
    clean(page)
    page.get_by_label("Verification code or serial").fill(code.lower())
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_role("heading", name="This certificate is valid")).to_be_visible()
    assert page.url.endswith(f"/c/{code}")
    expect(page.get_by_role("main")).to_contain_text(LINE)
    clean(page)
    page.get_by_label("Or the PDF itself").set_input_files(certificate)
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_text("The PDF is the one that was issued.")).to_be_visible()
    clean(page)
    page.get_by_role("link", name="Register of certificates").first.click()
    expect(page.get_by_role("main")).to_contain_text(serial)
    clean(page)
    return serial, code


def check_by_command(site: Site, certificate: Path, serial: str, code: str) -> None:
    told = json.loads(site.command("certificate", "verify", str(certificate), "--json").stdout)
    assert told["genuine"] is True
    assert (told["serial"], told["code"], told["status"], told["sample"]) == (serial, code, "valid", True)
    altered = certificate.with_name("altered.pdf")
    altered.write_bytes(certificate.read_bytes() + io.BytesIO(b"\n% more\n").getvalue())
    told = json.loads(site.command("certificate", "verify", str(altered), "--json", expect=1).stdout)
    assert (told["genuine"], told["finding"]) == (False, "altered")


def read_the_outcome(site: Site, page: Page, serial: str) -> None:
    """The line sees decision, certificate and result sheet on its home, and may take both papers."""
    page.get_by_role("link", name="Your line").click()
    expect(page.get_by_role("heading", name="The decision")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(serial)
    clean(page)
    for link in ("Download the certificate (PDF)", "Download (PDF"):
        with page.expect_download() as waiting:
            page.get_by_role("link", name=link).first.click()
        assert waiting.value.failure() is None
