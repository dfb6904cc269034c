"""What the public sees: the front page, the register, the certificate check in every state, the method."""

from __future__ import annotations

import hashlib
import io
import re
from datetime import timedelta

import pytest

from audit.domain.certification import CertificateStatus
from audit.persistence.sessions import Sessions
from audit.persistence.tables import Certificate
from audit.usecases import certificates
from tests.building import AT, a_coordinator, a_line, a_network, an_open_cycle
from tests.web.conftest import Clock
from tests.web.course import an_issued_certificate
from tests.web.strict import StrictVisitor

CONTENT = b"%PDF-1.7 a sample certificate"


@pytest.fixture
def certificate(desk: Sessions, clock: Clock) -> Certificate:
    """An issued certificate that is in force at the clock's time."""
    with desk.writing() as session:
        found = an_issued_certificate(session, content=CONTENT)
    clock.at = max(clock.at, clock.at.replace(month=4))
    return found


def change(desk: Sessions, certificate: Certificate, status: CertificateStatus, clock: Clock) -> None:
    with desk.writing() as session:
        certificates.change_status(
            session,
            session.get_one(Certificate, certificate.id),
            status=status,
            effective_on=clock().date(),
            reason_class="overdue_action",
            reason="The inner reason that only the network reads.",
            actor=a_coordinator(session),
            at=clock(),
        )


def test_an_empty_installation_has_helpful_public_pages(visitor: StrictVisitor) -> None:
    for path in ("/", "/register", "/c", "/method", "/accessibility", "/privacy"):
        assert visitor.get(path).status_code == 200, path
    assert "No certificate has been issued yet." in visitor.get("/register").text


def test_a_valid_certificate_by_code_serial_and_fingerprint(visitor: StrictVisitor, certificate: Certificate) -> None:
    page = visitor.get(f"/c/{certificate.code}")
    assert page.status_code == 200
    assert "<h1>This certificate is valid</h1>" in page.text
    assert certificate.serial in page.text and "Sample line Austria" in page.text
    typed_badly = certificate.code.lower().replace("-", " ")
    for typed in (certificate.code, typed_badly, certificate.serial, certificate.digest):
        answer = visitor.get("/c", query_string={"code": typed})
        assert (answer.status_code, answer.location) == (303, f"/c/{certificate.code}")


def test_a_certificate_says_no_score_and_no_finding(visitor: StrictVisitor, certificate: Certificate) -> None:
    text = visitor.get(f"/c/{certificate.code}").text
    assert "score" not in text.lower() and "finding" not in text.lower()


@pytest.mark.parametrize(
    ("status", "heading"),
    [
        (CertificateStatus.SUSPENDED, "This certificate is suspended"),
        (CertificateStatus.WITHDRAWN, "This certificate is withdrawn"),
    ],
)
def test_what_people_change_shows_at_once(
    visitor: StrictVisitor,
    certificate: Certificate,
    desk: Sessions,
    clock: Clock,
    status: CertificateStatus,
    heading: str,
) -> None:
    change(desk, certificate, status, clock)
    text = visitor.get(f"/c/{certificate.code}").text
    assert f"<h1>{heading}</h1>" in text
    assert "A corrective action is overdue." in text
    assert "inner reason" not in text
    assert visitor.get(f"/c/{certificate.code}.json").json["status"] == status.value


def test_an_expired_certificate_says_so_before_any_job_ran(
    visitor: StrictVisitor, certificate: Certificate, clock: Clock
) -> None:
    clock.at = AT.replace(year=certificate.valid_until.year, month=certificate.valid_until.month, day=1)
    clock.step(days=40)
    assert "<h1>This certificate has expired</h1>" in visitor.get(f"/c/{certificate.code}").text


def test_a_corrected_copy_takes_the_place(
    visitor: StrictVisitor, certificate: Certificate, desk: Sessions, clock: Clock
) -> None:
    with desk.writing() as session:
        corrected = certificates.reissue(
            session,
            session.get_one(Certificate, certificate.id),
            changes={"operator": "A better spelled operator"},
            reason="The operator's name was misspelled.",
            base_url="http://localhost",
            today=clock().date(),
            actor=a_coordinator(session),
            at=clock(),
        )
        digest = hashlib.sha256(b"corrected").hexdigest()
        certificates.publish(session, corrected, digest=digest, unsigned_digest=digest, at=clock())
    clock.step(days=1)
    old = visitor.get(f"/c/{certificate.code}").text
    assert "<h1>A newer certificate took its place</h1>" in old
    new = visitor.get(f"/c/{corrected.serial}").text
    assert "<h1>This certificate is valid</h1>" in new and "A better spelled operator" in new
    assert certificate.serial not in visitor.get("/register").text


def answered(text: str) -> str:
    """The part of the page that answers, without the form's token."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", text.split("<main")[1].split("</main")[0])


@pytest.mark.parametrize(
    "code", ["7KQ4-M2XD-9TWP", "0000-0000-0000", "not a code at all", "x" * 300, "<b>", "PL-2020-AT-0001-1", "ﷺ"]
)
def test_unknown_and_malformed_codes_read_the_same(visitor: StrictVisitor, certificate: Certificate, code: str) -> None:
    by_path, by_form = visitor.get(f"/c/{code}"), visitor.get("/c", query_string={"code": code})
    assert (by_path.status_code, by_form.status_code) == (404, 404)
    assert "<h1>No certificate has this code</h1>" in by_form.text
    assert answered(by_path.text) == answered(by_form.text)
    assert "<b>" not in by_path.text.replace("<b>It", "")


def test_control_characters_are_neither_looked_up_nor_shown(visitor: StrictVisitor) -> None:
    assert visitor.get("/c/%00").status_code == 404
    assert visitor.get("/c", query_string={"code": "7KQ4\x00-M2XD-9TWP"}).status_code == 404


def test_a_pdf_is_compared_by_its_fingerprint(visitor: StrictVisitor, certificate: Certificate) -> None:
    same = visitor.send("/c", {"pdf": (io.BytesIO(CONTENT), "certificate.pdf")})
    assert same.status_code == 200 and "The PDF is the one that was issued." in same.text
    for changed in (CONTENT + b" ", CONTENT[:-1], b""):
        answer = visitor.send("/c", {"pdf": (io.BytesIO(changed), "certificate.pdf")})
        assert answer.status_code == 404 and "<h1>This PDF is not in the register</h1>" in answer.text
    nothing = visitor.send("/c", {})
    assert nothing.status_code == 422 and "Choose the certificate's PDF first." in nothing.text


def test_the_register_filters_and_sorts_in_its_address(
    visitor: StrictVisitor, certificate: Certificate, desk: Sessions
) -> None:
    assert "Sample line Austria" in visitor.get("/register").text
    assert "Sample line Austria" in visitor.get("/register?q=austria&sort=-valid_until&country=AT").text
    assert "No certificate matches." in visitor.get("/register?q=nowhere").text
    assert "No certificate matches." in visitor.get("/register?country=NL").text
    assert visitor.get("/register?sort=nonsense&status=nonsense&level=%00").status_code == 200


def test_what_is_not_issued_yet_is_not_public(visitor: StrictVisitor, desk: Sessions, clock: Clock) -> None:
    with desk.writing() as session:
        issued = an_issued_certificate(session)
        session.get_one(Certificate, issued.id).digest = None
        session.get_one(Certificate, issued.id).issued_at = None
    clock.step(days=30)
    assert visitor.get(f"/c/{issued.code}").status_code == 404
    assert "Sample line Austria" not in visitor.get("/register").text


def test_the_method_shows_the_frozen_set(visitor: StrictVisitor, desk: Sessions) -> None:
    with desk.writing() as session:
        an_open_cycle(session, [a_line(session)])
    page = visitor.get("/method").text
    assert "Small sample set" in page and "A written mandate" in page
    assert visitor.get("/method/0000000000000000").status_code == 404


def test_a_sample_says_so_and_a_real_network_does_not(visitor: StrictVisitor, desk: Sessions) -> None:
    assert "Sample." not in visitor.get("/").text
    with desk.writing() as session:
        a_network(session)
    assert "Sample." in visitor.get("/").text


def test_the_register_costs_the_same_for_many(visitor: StrictVisitor, desk: Sessions, counted, clock: Clock) -> None:
    def cost() -> int:
        with counted() as statements:
            assert visitor.get("/register").status_code == 200
        return len(statements)

    with desk.writing() as session:
        an_issued_certificate(session)
    clock.step(days=30)
    one = cost()
    with desk.writing() as session:
        for number, country in enumerate(("BE", "DE", "ES")):
            line = a_line(session, f"Sample line {country}", country)
            an_open_cycle(session, [line], name=f"2026 {country}")
            an_issued_certificate(session, line, content=str(number).encode())
    assert cost() == one
    assert visitor.get("/register").text.count("<tr>") >= 4


def test_health_needs_no_sign_in(visitor: StrictVisitor) -> None:
    assert visitor.get("/healthz").json == {"status": "ok", "schema_current": True}


def test_the_clock_of_the_page_is_the_requests(visitor: StrictVisitor, clock: Clock) -> None:
    clock.at = AT + timedelta(days=1)
    assert "3 March 2026, 09:30 UTC" in visitor.get("/c/7KQ4-M2XD-9TWP").text
