"""Papers in every language of the house: whole words, right direction, one sheet for a certificate at its fullest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from audit.criteria_files import read_translations
from audit.documents import comparison_report, result_sheet
from audit.documents.certificate import certificate_html, make
from audit.documents.result_sheet import result_sheet_html
from audit.domain.certification import CertificateFacts, facts_to_text
from audit.domain.comparison import EarlierCycle, comparison_facts_to_text, coordinator_facts
from audit.domain.criteria import CriteriaSet
from audit.domain.criteria_translation import translated
from audit.language import OFFERED, SOURCE, language
from tests.documents import samples
from tests.documents.reading import pages_of, problems, text_of, unembedded_fonts
from tests.documents.result_samples import REFUSED, RESULT
from tests.domain.assessed import EDITION, earlier_set, some_lines
from tests.domain.sets import SHIPPED, shipped
from tests.translating import missed

_FOUND = [one.translation for one in read_translations(SHIPPED, shipped())]
SETS: dict[str, CriteriaSet] = {SOURCE: shipped()} | {
    one.language: translated(shipped(), one) for one in _FOUND if one is not None
}


def in_words_of(facts: CertificateFacts, code: str) -> CertificateFacts:
    """The facts as they are frozen for a line of that language."""
    words = SETS[code]
    level = words.level(facts.level)
    return replace(
        facts,
        language=code,
        level_title=level.title,
        level_wording=level.wording,
        themes=tuple(replace(one, title=words.theme(one.id).title) for one in facts.themes),
        criteria_set=replace(facts.criteria_set, title=words.title),
    )


@pytest.mark.parametrize("code", OFFERED)
@pytest.mark.parametrize("sample", [samples.AUSTRIA, samples.LONGEST], ids=["certified", "longest"])
def test_a_certificate_is_one_sheet_in_every_language(sample: CertificateFacts, code: str, tmp_path: Path) -> None:
    content = make(facts_to_text(in_words_of(sample, code)), code)
    assert pages_of(content) == 1
    assert problems(content) == []
    assert unembedded_fonts(content, tmp_path) == []
    assert sample.serial in text_of(content)


@pytest.mark.parametrize("code", OFFERED)
def test_no_paper_falls_back_to_english(code: str) -> None:
    words = language(code)
    with missed(code) as english:
        for facts in (samples.AUSTRIA, samples.THAILAND, samples.LONGEST):
            html = certificate_html(in_words_of(facts, code), words)
            assert f'<html lang="{code}" dir="{words.direction}"' in html
        for result in (RESULT, REFUSED):
            assert f'<html lang="{code}" dir="{words.direction}"' in result_sheet_html(result, words)
    assert code == SOURCE or english == []


@pytest.mark.parametrize("code", [code for code in OFFERED if code != SOURCE])
def test_a_result_sheet_prints_in_every_language(code: str) -> None:
    content = result_sheet.make(facts_to_text(replace(RESULT, language=code)), code)
    assert problems(content) == [] and pages_of(content) <= 6


@pytest.mark.parametrize("code", [code for code in OFFERED if code != SOURCE])
def test_a_comparison_report_prints_in_every_language_in_its_words(code: str) -> None:
    facts = coordinator_facts(
        shipped(),
        some_lines(2),
        edition=replace(EDITION, language=code, invited=2),
        earlier=EarlierCycle(name="2025", criteria_set=earlier_set(shipped())),
        words=SETS[code],
    )
    source = coordinator_facts(
        shipped(),
        some_lines(2),
        edition=replace(EDITION, language=code, invited=2),
        earlier=EarlierCycle(name="2025", criteria_set=earlier_set(shipped())),
    )
    assert facts.criteria_set.changed == source.criteria_set.changed and facts.overall == source.overall
    with missed(code) as english:
        content = comparison_report.make(comparison_facts_to_text(facts), code)
    assert english == [] and problems(content) == []
    assert SETS[code].themes[0].title != shipped().themes[0].title
