"""Every page in a pseudo-language, in both directions: a word that never went through a catalogue shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element

import pytest
from flask import Flask

from audit.web import guards
from tests.house.test_doors import address, values_for
from tests.house.town import Town
from tests.web.strict import StrictVisitor, check_page, parsed

# Who looks at pages: everyone who has pages of their own.
LOOKING = (None, "manager", "reviewer", "coordinator", "auditor", "evidence_auditor", "administrator")
_BRAND = "Plumbline"  # a name in every language
_WORD = re.compile(r"[A-Za-z]{2,}")
_SPOKEN = ("alt", "aria-label", "title", "placeholder", "summary", "data-l", "data-label")
_SILENT = {"script", "style", "code", "kbd"}


def bare_words(text: str) -> list[str]:
    """Words on a page that are neither translated nor marked as data (dir="auto", <bdi>) or names (translate="no")."""
    document = parsed(text).find(".")
    assert document is not None
    title = document.find(".//title")
    if title is not None:  # it may name what the page shows as data
        for data in sorted(_data(document), key=len, reverse=True):
            title.text = (title.text or "").replace(data, "")
    return [*_left("".join(_text(document))), *(word for spoken in _spoken(document) for word in _left(spoken))]


def _data(document: Element) -> set[str]:
    """The texts that the page marks as data."""
    spared = (one for one in document.iter() if isinstance(one.tag, str) and _is_spared(one))
    return {" ".join("".join(one.itertext()).split()) for one in spared} - {""}


def _is_spared(element: Element) -> bool:
    return element.tag == "bdi" or element.get("dir") == "auto" or element.get("translate") == "no"


def _text(element: Element | None) -> Iterator[str]:
    """The text of a page in order, data left out, elements kept apart."""
    if element is None or not isinstance(element.tag, str) or element.tag in _SILENT or _is_spared(element):
        return
    yield (element.text or "") + " "
    for child in element:
        yield from _text(child)
        yield (child.tail or "") + " "


def _spoken(element: Element | None) -> Iterator[str]:
    """What attributes say to people."""
    for one in () if element is None else element.iter():
        if isinstance(one.tag, str) and not _is_spared(one):
            yield from (one.get(name) or "" for name in _SPOKEN)


def _left(text: str) -> Iterator[str]:
    """Runs of text outside ⟦ ⟧ that hold a word; brackets may stand one within the other and around data."""
    depth, bare = 0, ""
    for character in text + "⟦":
        if character == "⟦":
            if depth == 0:
                rest = bare.replace(_BRAND, "")
                if _WORD.search(rest):
                    yield " ".join(rest.split())[:80]
                bare = ""
            depth += 1
        elif character == "⟧":
            depth -= 1
        elif depth == 0:
            bare += character


def addresses(house: Flask, town: Town) -> list[str]:
    """Every page there is: each rule for the first line, and for the lines whose assessment is in another state."""
    found = []
    for rule in house.url_map.iter_rules():
        guard = guards.guard_of(house.view_functions[rule.endpoint])
        if "GET" not in (rule.methods or ()) or guard is None:
            continue
        values = values_for(rule, town)
        if "code" in values:
            found.append(address(house, rule, {**values, "code": town.first.serial}))
        found.append(address(house, rule, values))
        for more in town.more.values():
            other = {**values, "line": more.line, "assessment": more.assessment, "aid": more.assessment}
            if more.review:
                other["review"] = more.review
            found.append(address(house, rule, {name: other[name] for name in values}))
    return sorted(set(found))


def visit_all(house: Flask, town: Town, browser: StrictVisitor) -> Iterator[tuple[str, str]]:
    """Each page this browser may see, and one of each refusal."""
    refused = set()
    for path in addresses(house, town):
        answer = browser.get(path, loose=True)
        if answer.mimetype != "text/html" or not answer.data or answer.status_code in refused:
            continue
        if answer.status_code >= 400:
            refused.add(answer.status_code)
        check_page(answer.text)
        yield path, answer.text


@pytest.mark.parametrize("language", ["en-XA", "ar-XB"])
@pytest.mark.parametrize("visitor", LOOKING)
def test_every_word_of_every_page_is_translated(
    house: Flask, town: Town, browser_of: Callable[..., StrictVisitor], visitor: str | None, language: str
) -> None:
    browser = browser_of(visitor, language)
    direction = "rtl" if language == "ar-XB" else "ltr"
    found = {}
    for path, text in visit_all(house, town, browser):
        assert f'lang="{language}" dir="{direction}"' in text, path
        words = bare_words(text)
        if words:
            found[path] = words
    told = "\n".join(f"{path}: {words}" for path, words in found.items())
    assert not found, f"words that never went through a catalogue:\n{told}"


def test_a_planted_bare_word_is_found() -> None:
    page = '<!doctype html><html lang="en-XA" dir="ltr"><head><title>⟦Títlé⟧</title></head><body>{}</body></html>'
    assert bare_words(page.format('<h1>⟦Péóplé⟧</h1><p dir="auto">Sample line</p><p>⟦Bý <bdi>Name</bdi>⟧</p>')) == []
    assert bare_words(page.format("<p>⟦Péóplé⟧ and more</p>")) == ["and more"]
    assert bare_words(page.format('<p aria-label="Close">⟦X⟧</p>')) == ["Close"]
