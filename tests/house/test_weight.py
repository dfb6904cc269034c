"""Reception is light: the web application loads nothing that only the print shop or the clock needs."""

from __future__ import annotations

import random
import subprocess
import sys

from flask import Response, request

from audit.settings import ROOT, Settings
from bench.ground import ground
from bench.weights import LIMIT, REQUESTS, weights

HEAVY = ("weasyprint", "pyhanko", "pikepdf", "apscheduler", "PIL", "segno", "xlsxwriter")


def test_importing_the_web_application_loads_nothing_heavy() -> None:
    code = f"import sys, audit.app; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert result.stdout.strip() == ""


def test_every_setting_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [name for name in Settings.model_fields if f"`AUDIT_{name.upper()}`" not in readme]
    assert not missing


def test_every_setting_has_a_sentence() -> None:
    assert all((field.description or "").endswith(".") for field in Settings.model_fields.values())


def test_the_first_page_is_small(house) -> None:
    """Everything a first visit needs but the fonts: at most 100 kB in two requests."""
    page = house.test_client().get("/")
    sheet = page.text.split('rel="stylesheet" href="')[1].split('"')[0]
    css = house.test_client().get(sheet)
    assert css.status_code == 200 and "immutable" in css.headers["Cache-Control"]
    assert len(page.data) + len(css.data) < 100_000
    assert page.text.count('rel="stylesheet"') == 1 and "<script" not in page.text


def test_every_page_of_a_line_is_small_as_it_is_sent() -> None:
    """With the whole criteria set filled in: at most 100 kB without fonts, and two requests before the text."""
    with ground() as here:
        found = weights(here)
        assert {"line.theme", "line.answers", "line.home", "line.library"} <= {page.view for page in found}
        assert not [page for page in found if page.whole > LIMIT or page.requests > REQUESTS]


def test_a_page_that_is_too_heavy_is_found() -> None:
    """A planted fault: the theme page carries 100 kB that nothing can pack."""
    with ground() as here:

        def swollen(response: Response) -> Response:
            if response.mimetype == "text/html" and request.path.endswith("/GOV"):
                response.data = response.data + random.Random(7).randbytes(int(LIMIT * 1000))
            return response

        here.app.after_request_funcs[None].append(swollen)
        assert [page.view for page in weights(here) if page.whole > LIMIT] == ["line.theme"]
