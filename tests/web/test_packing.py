"""Pages arrive packed where the browser can unpack them, and the same whole where it cannot."""

from __future__ import annotations

import gzip

import pytest
from flask import Flask

from audit.web import assets
from audit.web.packing import BLUR, packed

PACKED = {"Accept-Encoding": "gzip, deflate"}


def test_a_page_arrives_packed_and_says_the_same(app: Flask) -> None:
    plain = app.test_client().get("/privacy", headers={"Accept-Encoding": "identity"})
    small = app.test_client().get("/privacy", headers=PACKED)
    assert plain.status_code == small.status_code == 200
    assert "Content-Encoding" not in plain.headers and small.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in plain.headers["Vary"] and "Accept-Encoding" in small.headers["Vary"]
    assert "<h1" in gzip.decompress(small.data).decode()
    assert int(small.headers["Content-Length"]) == len(small.data) < len(plain.data) / 2


def test_who_cannot_unpack_gets_the_page_as_it_is(app: Flask) -> None:
    for asked in ({}, {"Accept-Encoding": "br"}, {"Accept-Encoding": "gzip;q=0"}):
        answer = app.test_client().get("/privacy", headers=asked)
        assert "Content-Encoding" not in answer.headers and "<h1" in answer.text


def test_style_sheets_and_scripts_arrive_packed_and_are_kept(app: Flask) -> None:
    for path, address in assets.names().items():
        answer = app.test_client().get(address, headers=PACKED)
        content = answer.data if path.startswith("fonts/") else gzip.decompress(answer.data)
        assert content == (assets.FOLDER / path).read_bytes()
        assert "immutable" in answer.headers["Cache-Control"] or path.endswith(".txt"), path
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("content", [b"", b"a" * 5000, "šķērsām".encode() * 400])
def test_the_packed_length_tells_nothing_exact(content: bytes) -> None:
    made = {packed(content) for _ in range(40)}
    assert all(gzip.decompress(one) == content for one in made)
    lengths = {len(one) for one in made}
    assert len(lengths) > 10 and max(lengths) - min(lengths) <= BLUR


def test_who_saves_data_is_sent_no_fonts(app: Flask) -> None:
    sheet = assets.names()["app.css"]
    plain = gzip.decompress(app.test_client().get(sheet, headers=PACKED).data)
    spare = app.test_client().get(sheet, headers={**PACKED, "Save-Data": "on"})
    assert b"@font-face" in plain and "Save-Data" in spare.headers["Vary"]
    less = gzip.decompress(spare.data)
    assert b"woff2" not in less and len(less) > len(plain) / 2
    assert plain.endswith(less[-1000:])
