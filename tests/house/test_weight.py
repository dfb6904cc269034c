"""Reception is light: the web application loads nothing that only the print shop or the clock needs."""

from __future__ import annotations

import subprocess
import sys

from audit.settings import ROOT, Settings

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
