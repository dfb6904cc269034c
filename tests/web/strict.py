"""A visitor who does not forgive: every answer must have its headers, be sound HTML, and leave nothing behind."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask, g, request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from audit.web.headers import HEADERS
from audit.web.transaction import READING

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def watch(app: Flask) -> None:
    """Note what a request leaves unsaved in its session, before the session is closed."""
    app.extensions["left_behind"] = left = []

    def look(_error: BaseException | None) -> None:
        session = g.get("session")
        if session is not None and request.method in READING and (session.new or session.dirty or session.deleted):
            left.append(f"{request.method} {request.path}")

    app.teardown_request(look)


class StrictVisitor(FlaskClient):
    """Checks each answer. `fails=True` lets an answer of 500 pass to the test, `loose=True` any page."""

    def open(self, *args: Any, fails: bool = False, loose: bool = False, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        assert fails or response.status_code < 500, response.text
        check_headers(response)
        if response.mimetype == "text/html" and response.data and not loose:
            is_packed = response.headers.get("Content-Encoding") == "gzip"
            check_page(gzip.decompress(response.data).decode() if is_packed else response.text)
        left = self.application.extensions["left_behind"]
        assert not left, f"changes that were never saved: {left}"
        return response

    def token(self) -> str:
        """A form token of this browser's session, read from a page as a person's form has it."""
        for path in ("/account", "/sign-in"):
            found = _TOKEN.search(self.get(path).text)
            if found:
                return found[1]
        raise AssertionError("no page shows a form")

    def send(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """Send a form with the token a person's form would carry."""
        return self.post(path, data={"csrf_token": self.token(), **(data or {})}, **kwargs)


def check_headers(response: TestResponse) -> None:
    for name, value in HEADERS.items():
        found = response.headers.get(name)
        if name == "Content-Security-Policy" and "attachment" in response.headers.get("Content-Disposition", ""):
            assert found and "default-src 'none'" in found and "sandbox" in found
        else:
            assert found == value, f"{name}: {found}"
    assert response.headers.get("Cache-Control"), "no Cache-Control"
    assert "unsafe" not in response.headers["Content-Security-Policy"]


def parsed(text: str) -> Element:
    """The page as a tree; ParseError when it is malformed."""
    document: Element = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    return document


def check_page(text: str) -> None:
    """Sound HTML, one heading, unique ids, labelled fields, nothing inline, references that lead somewhere."""
    tree = parsed(text)
    page = tree.find(".")
    assert page is not None and page.get("lang") and page.get("dir") in ("ltr", "rtl")
    assert (tree.findtext(".//title") or "").strip(" ·"), "no title"
    assert len(tree.findall(".//h1")) == 1, "a page has one h1"
    twice = [name for name, count in Counter(ids(tree)).items() if count > 1]
    assert not twice, f"ids that stand twice: {twice}"
    known = set(ids(tree))
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        _check_element(element, known)
    _check_fields(tree)


def ids(tree: Element) -> list[str]:
    return [element.get("id", "") for element in tree.iter() if isinstance(element.tag, str) and element.get("id")]


def _check_element(element: Element, known: set[str]) -> None:
    assert "style" not in element.attrib, f"inline style in <{element.tag}>"
    assert element.tag != "style", "inline style sheet"
    assert not any(name.startswith("on") for name in element.attrib), f"inline script in <{element.tag}>"
    if element.tag == "script":
        assert element.get("src") and not (element.text or "").strip(), "inline script"
    for name in ("aria-labelledby", "aria-describedby", "for", "headers"):
        for target in (element.get(name) or "").split():
            assert target in known, f"{name} leads to {target}, which is not there"
    target = element.get("href") or ""
    if target.startswith("#") and len(target) > 1:
        assert target[1:] in known, f"a link leads to {target}, which is not there"
    assert not target.startswith("http:") or "localhost" in target, f"an insecure link: {target}"


def _check_fields(tree: Element) -> None:
    labelled = {label.get("for") for label in tree.iter("label")}
    inside = {id(field) for label in tree.iter("label") for field in label.iter()}
    for field in [*tree.iter("input"), *tree.iter("select"), *tree.iter("textarea")]:
        if field.get("type") in ("hidden", "submit"):
            continue
        named = field.get("aria-label") or field.get("aria-labelledby")
        assert named or field.get("id") in labelled or id(field) in inside, f"{field.get('name')} has no label"
