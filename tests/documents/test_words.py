"""Every word on paper goes through the catalogue; what does not is data, and stands apart in its own direction."""

from __future__ import annotations

import re

import pytest

from audit.documents.certificate import certificate_html
from audit.documents.result_sheet import result_sheet_html
from audit.language import language
from tests.documents import samples
from tests.documents.result_samples import REFUSED, RESULT

PSEUDO = language("en-XA")


def bare_words(html: str) -> list[str]:
    """Words outside the marks of the pseudo-language that are not data."""
    body = html[html.index("<body") :]
    body = re.sub(r"<bdi[^>]*>.*?</bdi>", "", body, flags=re.DOTALL)
    body = re.sub(r"<(?!/?title)[^>]+>", " ", body)
    previous = ""
    while previous != body:
        previous, body = body, re.sub(r"⟦[^⟦⟧]*⟧", "", body)
    return re.findall(r"[A-Za-z]{2,}", re.sub(r"</?title>", "", body))


PAPERS = {
    "certificate": certificate_html(samples.AUSTRIA, PSEUDO),
    "conditional": certificate_html(samples.THAILAND, PSEUDO),
    "longest": certificate_html(samples.LONGEST, PSEUDO),
    "result": result_sheet_html(RESULT, PSEUDO),
    "refused": result_sheet_html(REFUSED, PSEUDO),
}


@pytest.mark.parametrize("paper", PAPERS)
def test_no_word_is_bare(paper: str) -> None:
    assert bare_words(PAPERS[paper]) == []


def test_a_bare_word_is_found() -> None:
    planted = PAPERS["certificate"].replace("</main>", "<p>Bare words</p></main>")
    assert bare_words(planted) == ["Bare", "words"]


@pytest.mark.parametrize("paper", PAPERS)
def test_no_style_attribute_and_nothing_to_fetch(paper: str) -> None:
    assert " style=" not in PAPERS[paper]
    assert not re.search(r"<(script|link|img|object|embed|iframe|style)\b", PAPERS[paper])
