"""Templates: each compiles, none holds style or script of its own, none loads anything from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from audit.settings import ROOT

TEMPLATES = ROOT / "templates"
PAGES = sorted(
    path.relative_to(TEMPLATES).as_posix()
    for path in TEMPLATES.rglob("*.html")
    if path.parent.name not in ("documents", "mail")
)
_FORBIDDEN = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style sheet of its own": re.compile(r"<style\b", re.IGNORECASE),
    "a script of its own": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "a script in an attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "something from elsewhere": re.compile(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE),
    "output that is not escaped": re.compile(r"\|\s*safe\b|autoescape\s+false", re.IGNORECASE),
}


@pytest.mark.parametrize("name", PAGES)
def test_every_template_compiles(house: Flask, name: str) -> None:
    house.jinja_env.get_template(name)


@pytest.mark.parametrize("name", PAGES)
def test_no_template_holds_what_pages_must_not(name: str) -> None:
    assert faults((TEMPLATES / name).read_text(encoding="utf-8")) == []


def faults(text: str) -> list[str]:
    return [fault for fault, pattern in _FORBIDDEN.items() if pattern.search(text)]


@pytest.mark.parametrize(
    "planted",
    [
        '<p style="color: red">',
        "<style>",
        "<script>x()</script>",
        '<a onclick="x()">',
        '<img src="https://a.example">',
        "{{ x|safe }}",
    ],
)
def test_what_is_planted_is_found(planted: str) -> None:
    assert faults(planted)


def test_the_style_sheet_knows_no_left_and_right() -> None:
    """Logical properties only, so that a page reads from the other side without a second sheet."""
    css = (ROOT / "audit/web/static/app.css").read_text(encoding="utf-8")
    assert physical(css) == []


def test_a_planted_physical_property_is_found() -> None:
    assert physical(".a { margin-left: 1px; text-align: right }") == ["margin-left", "text-align: right"]


def physical(css: str) -> list[str]:
    sides = "(?:left|right)"
    pattern = rf"(?<![\w-])(?:(?:margin|padding|border)-{sides}|{sides}(?=\s*:)|text-align:\s*{sides}|float:\s*{sides})"
    return re.findall(pattern, css)


def test_scripts_are_small_and_modules() -> None:
    for script in Path(ROOT / "audit/web/static").glob("*.js"):
        text = script.read_text(encoding="utf-8")
        assert len(text) < 16_000, script.name
        assert not re.search(r"\beval\b|new Function|document\.write", text), script.name


def test_what_is_typed_never_outlives_the_browser_session() -> None:
    """A review's keys may be switched off for good; words of a draft are kept in sessionStorage at the most."""
    kept = [path.name for path in (ROOT / "audit/web/static").glob("*.js") if "localStorage" in path.read_text("utf-8")]
    assert kept in ([], ["review.js"])
