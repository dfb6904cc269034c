"""Nothing a document holds makes the print shop fetch anything; what has no face is not printed in silence."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields, replace
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from audit.documents.certificate import lay_out_certificate, make
from audit.documents.finish import FACTS_NAME, attached_files, facts_file, finish
from audit.documents.render import SHOP, TEMPLATES, Fetcher, PrintFailed, compose, data, lay_out, render
from audit.domain.certification import CertificateFacts, facts_to_text
from audit.language import language
from tests.documents import samples
from tests.documents.vectors import VECTORS

ENGLISH = language("en")


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server that notes every request it gets."""
    asked: list[str] = []

    class Noting(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *given: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Noting)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", asked
    server.shutdown()
    server.server_close()


def page(body: str) -> str:
    return f'<!doctype html><html lang="en"><head><title>x</title></head><body><h1>x</h1>{body}</body></html>'


@pytest.mark.parametrize("number", range(len(VECTORS)))
def test_no_vector_makes_a_request(number: int, listener: tuple[str, list[str]]) -> None:
    address, asked = listener
    with suppress(PrintFailed):
        lay_out(page(VECTORS[number].format(f"{address}/canary"))).write()
    assert asked == []


@pytest.mark.parametrize("number", range(len(VECTORS)))
def test_no_vector_brings_in_a_file_of_this_machine(number: int, tmp_path: Path) -> None:
    canary = tmp_path / "canary.txt"
    canary.write_text("CANARY-OF-THIS-MACHINE")
    try:
        content = lay_out(page(VECTORS[number].format(canary.as_uri()))).write()
    except PrintFailed:
        return
    assert b"CANARY" not in content
    assert all(b"CANARY" not in inside for inside in attached_files(content).values())


def test_most_vectors_are_live_so_that_the_refusal_is_tested_at_all() -> None:
    """A planted fault in reverse: without our refusal these vectors reach the fetcher."""
    refused = 0
    for vector in VECTORS:
        try:
            lay_out(page(vector.format("http://127.0.0.1:9/canary"))).write()
        except PrintFailed:
            refused += 1
    assert refused >= 14


def free_texts() -> list[str]:
    return [field.name for field in fields(CertificateFacts) if isinstance(getattr(samples.AUSTRIA, field.name), str)]


@pytest.mark.parametrize("field", [*free_texts(), "issuing_body", "criteria_set", "themes"])
def test_free_text_in_facts_is_text_and_nothing_else(field: str, listener: tuple[str, list[str]]) -> None:
    address, asked = listener
    hostile = "".join(vector.format(f"{address}/canary") for vector in VECTORS[:8])
    value: object = hostile
    if field == "issuing_body":
        value = replace(samples.ISSUER, name=hostile, address=hostile, place=hostile, signatory=hostile)
    elif field == "criteria_set":
        value = replace(samples.CRITERIA_SET, title=hostile, version=hostile)
    elif field == "themes":
        value = (replace(samples.THEMES[0], title=hostile),)
    facts = replace(samples.AUSTRIA, **{field: value})
    try:
        layout = lay_out_certificate(facts, ENGLISH)
    except PrintFailed as reason:
        assert "fit one page" in str(reason)  # too long to print, not a fetch
    else:
        assert layout.fetcher.attempts == []
    assert asked == []


def test_every_vector_in_one_field_is_only_text(listener: tuple[str, list[str]]) -> None:
    address, asked = listener
    for vector in VECTORS:
        facts = replace(samples.AUSTRIA, scope=vector.format(f"{address}/canary"))
        content = make(facts_to_text(facts), "en")
        assert list(attached_files(content)) == [FACTS_NAME]
    assert asked == []


def test_the_fetcher_keeps_a_record_even_where_the_refusal_is_swallowed() -> None:
    inline = page('<svg width="9" height="9"><image href="http://127.0.0.1:9/x" width="9" height="9"/></svg>')
    with pytest.raises(PrintFailed, match="tried to fetch"):
        lay_out(inline).write()


def test_data_addresses_are_the_only_ones_read() -> None:
    drawing = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/%3E"
    layout = lay_out(page(f'<img alt="a drawing" src="{drawing}">'))
    assert layout.write().startswith(b"%PDF")
    assert layout.fetcher.attempts == []
    with pytest.raises(BaseException, match="fetch nothing"):
        Fetcher().fetch("file:///etc/hostname")


def test_a_name_without_a_face_is_not_printed_as_boxes() -> None:
    facts = replace(samples.AUSTRIA, line_name="Sample line \U0001f30d")
    with pytest.raises(PrintFailed, match="notdef"):
        make(facts_to_text(facts), "en")


def test_a_template_that_misses_a_value_fails() -> None:
    with pytest.raises(Exception, match="undefined"):
        compose("certificate.html", {}, ENGLISH, title="x", created=samples.AUSTRIA.decided_on)


def test_render_is_one_call_from_template_to_pages() -> None:
    from audit.documents.certificate import certificate_html

    html = certificate_html(samples.AUSTRIA, ENGLISH)
    assert lay_out(html, "certificate.css").pages == 1
    context = {"facts": samples.AUSTRIA}
    with pytest.raises(Exception, match="undefined"):
        render("certificate.html", context, ENGLISH, title="x", created=samples.AUSTRIA.decided_on)


@pytest.mark.parametrize(
    ("text", "direction"),
    [("1 Sample Street", "ltr"), ("شارع 1", "rtl"), ("12", None), ("רחוב", "rtl"), ("ถนน", "ltr")],
)
def test_data_stands_in_its_own_direction(text: str, direction: str | None) -> None:
    shown = data(text)
    assert shown == (f'<bdi dir="{direction}">{text}</bdi>' if direction else f"<bdi>{text}</bdi>")


def test_data_is_escaped() -> None:
    assert data("<b>") == '<bdi dir="ltr">&lt;b&gt;</bdi>'


def test_no_type_is_smaller_than_can_be_read() -> None:
    import re

    for sheet in ("certificate.css", "sheet.css", "result_sheet.css", "answer_sheet.css"):
        sizes = [float(size) for size in re.findall(r"font-size: ([\d.]+)pt", (TEMPLATES / sheet).read_text())]
        assert sizes and min(sizes) >= 7.6


def test_faces_are_the_shops_own_with_their_licences() -> None:
    folder = SHOP / "fonts"
    assert len(list(folder.glob("*.ttf"))) == 10
    assert {file.name for file in folder.glob("OFL*")} >= {"OFL-source-sans-3.md", "OFL-noto-sans-arabic.txt"}


def test_a_stream_that_would_end_in_a_carriage_return_is_mended_and_read_back() -> None:
    """A compressed stream ends in a sum over its content; in one of 256 files that sum ends in a carriage return."""
    words = "x"
    while zlib.adler32(words.encode()) & 0xFF != ord("\r"):
        words += "y"
    page = lay_out("<html lang='en'><head><title>t</title></head><body><p>Words</p></body></html>", "certificate.css")
    content = finish(page.write(), created=date(2026, 9, 15), attached=[facts_file(words, "facts")])
    assert b"\r\nendstream" not in content
    assert attached_files(content) == {FACTS_NAME: words.encode()}
