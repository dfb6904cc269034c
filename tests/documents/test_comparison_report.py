"""The comparison report: every line a page, figures that are the facts', nothing overlapping, the same bytes twice."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader

from audit.documents import charts_heat
from audit.documents.comparison_report import context_of, make, title_of
from audit.documents.comparison_report_view import report_of
from audit.documents.comparison_report_words import _SENTENCES, signed
from audit.documents.finish import attached_files
from audit.documents.render import TEMPLATES, compose
from audit.domain.comparison import (
    ComparisonFacts,
    EarlierCycle,
    OpenFinding,
    comparison_facts_to_text,
    coordinator_facts,
    public_facts,
)
from audit.domain.comparison_statements import StatementKind
from audit.domain.scoring import six_decimals
from audit.language import language
from tests.documents.reading import pages_of, problems, tags_of, text_of, unembedded_fonts
from tests.domain.assessed import COUNTRIES, EDITION, earlier_set, some_facts, some_lines
from tests.domain.sets import shipped

ENGLISH = language("en")
ROOT = Path(__file__).parents[2]
EDITION_DAY = date(2026, 12, 1)
POINTS_OF_A_MILLIMETRE = 72 / 25.4
# Cover, contents, reading, brief, two maps, spread, criteria, change, indicators, indices with firmness; the method.
FRONT_AND_METHOD = 12


def printed(facts: ComparisonFacts, code: str = "en") -> bytes:
    return make(comparison_facts_to_text(facts), code)


def longest_facts() -> ComparisonFacts:
    """Three lines of one country with names of 160 characters, long findings, and many of them."""
    text = "The rule exists but was last read three years ago; no record shows that it was used since. " * 4
    findings = tuple(
        OpenFinding(criterion=criterion.id, grade="minor", text=text, due_on="2027-02-28")
        for criterion in shipped().criteria[:9]
    )
    lines = [
        replace(
            line, name=f"{f'Reporting line {number} of several bodies ' * 5}"[:160], country="DE", findings=findings
        )
        for number, line in enumerate(some_lines(3))
    ]
    earlier = EarlierCycle(name="Audit cycle 2025", criteria_set=earlier_set(shipped()))
    facts = coordinator_facts(shipped(), lines, edition=EDITION, earlier=earlier)
    return replace(facts, lines=tuple(replace(line, could_be=("certified", "conditional")) for line in facts.lines))


@pytest.fixture(scope="module")
def facts() -> ComparisonFacts:
    return some_facts(22)


@pytest.fixture(scope="module")
def report(facts: ComparisonFacts) -> bytes:
    return printed(facts)


@pytest.fixture(scope="module")
def longest() -> bytes:
    return printed(longest_facts())


def words_on_pages(pdf: bytes) -> list[list[tuple[str, float, float, float, float]]]:
    """Each page's words with their boxes in points from the upper left corner."""
    found = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    tree = ElementTree.fromstring(re.sub(r"<!DOCTYPE[^>]*>", "", re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", found)))
    space = "{http://www.w3.org/1999/xhtml}"
    return [
        [
            (word.text or "", *(float(word.attrib[side]) for side in ("xMin", "yMin", "xMax", "yMax")))
            for word in page.iter(f"{space}word")
        ]
        for page in tree.iter(f"{space}page")
    ]


def test_both_standards_accept_it_and_it_is_tagged(report: bytes, tmp_path: Path) -> None:
    assert problems(report) == []
    assert unembedded_fonts(report, tmp_path) == []
    tags = tags_of(report)
    assert tags.count("/H1") == 11 + 8 + 22 + 1
    assert "/Figure" not in tags, "every drawing says in words what it shows"


def test_each_line_takes_exactly_one_page(report: bytes) -> None:
    assert pages_of(report) == FRONT_AND_METHOD + 8 + 22
    assert pages_of(printed(some_facts(4))) == FRONT_AND_METHOD + 8 + 4
    assert pages_of(printed(some_facts(5))) == FRONT_AND_METHOD + 8 + 5


def test_the_longest_names_and_findings_stay_on_their_page(longest: bytes) -> None:
    assert pages_of(longest) == FRONT_AND_METHOD + 8 + 3
    assert problems(longest) == []


def test_right_to_left_takes_the_same_pages() -> None:
    mirrored = printed(longest_facts(), "ar-XB")
    assert pages_of(mirrored) == FRONT_AND_METHOD + 8 + 3
    assert problems(mirrored) == []


def test_the_text_reads_in_order(report: bytes) -> None:
    text = text_of(report)
    in_order = [
        "22 lines, one measure",
        "Contents",
        "22 of 24 lines are in",
        "The year in brief",
        "Levels",
        "Scores by line and theme",
        "Levels by line and criterion",
        "What stands out",
        "Met least often",
        "Met most often",
        "Medians of the lines compared",
        "Lines report these figures themselves",
        "How firmly levels stand",
        "Lines by level, the highest first",
        "Findings that need action",
        "How a score comes about",
        "secretariat@network.example",
    ]
    at = 0
    for part in in_order:
        assert part in text[at:], part
        at = text.index(part, at)


def test_page_numbers_of_the_contents_are_true(report: bytes) -> None:
    reader = PdfReader(io.BytesIO(report))
    laid_out = ["pdftotext", "-layout", "-f", "2", "-l", "2", "-", "-"]
    contents = subprocess.run(laid_out, input=report, capture_output=True, check=True).stdout.decode()
    labels = [ENGLISH.country(country) for country in COUNTRIES]
    titles = [
        "The year in brief",
        "Indicators",
        "Method and notes",
        *(theme.title for theme in shipped().themes),
        *labels,
    ]
    for title in titles:
        number = re.search(rf"{re.escape(title)} +(\d+)", contents)
        assert number, title
        page = re.sub(r"\s+", " ", reader.pages[int(number[1]) - 1].extract_text())
        assert title in page
        assert re.search(rf"(^|\D){number[1]}(\D|$)", page)


def test_nothing_overlaps_or_leaves_its_margins(report: bytes, longest: bytes) -> None:
    inner, outer = 17.9 * POINTS_OF_A_MILLIMETRE, (210 - 17.9) * POINTS_OF_A_MILLIMETRE
    for pdf in (report, longest):
        for number, words in enumerate(words_on_pages(pdf), 1):
            for word, left, top, right, bottom in words:
                assert inner <= left, (number, word)
                assert right <= outer, (number, word)
                assert top >= 0, (number, word)
                assert bottom <= 297 * POINTS_OF_A_MILLIMETRE, (number, word)
            inked = [(word, left, *_inked(top, bottom), right) for word, left, top, right, bottom in words]
            for one, other in combinations(inked, 2):
                wide = min(one[4], other[4]) - max(one[1], other[1])
                high = min(one[3], other[3]) - max(one[2], other[2])
                assert wide < 1 or high < 1, (number, one, other)


def _inked(top: float, bottom: float) -> tuple[float, float]:
    """The part of a word's box that has ink: boxes reach from the highest to the lowest letter of the whole face."""
    return top + 0.3 * (bottom - top), bottom - 0.2 * (bottom - top)


def test_no_type_is_under_seven_point_six(facts: ComparisonFacts) -> None:
    html = compose("comparison_report.html", context_of(facts, ENGLISH), ENGLISH, title="", created=EDITION_DAY)
    sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)"', html)]
    sizes += [
        float(size) for size in re.findall(r"font-size: ([\d.]+)pt", (TEMPLATES / "comparison_report.css").read_text())
    ]
    assert min(sizes) >= 7.6


def test_figures_travel_inside(report: bytes, facts: ComparisonFacts) -> None:
    files = attached_files(report)
    assert files["facts.json"].decode() == comparison_facts_to_text(facts)
    rows = list(csv.DictReader(io.StringIO(files["scores.csv"].decode("utf-8-sig"))))
    assert [row["line"] for row in rows] == [line.name for line in facts.lines]
    for row, line in zip(rows, facts.lines, strict=True):
        assert row["overall"] == six_decimals(line.overall)
        assert [row[cell.criterion] for cell in line.criteria] == [
            "" if cell.level is None else str(cell.level) for cell in line.criteria
        ]


def test_hostile_names_are_text_and_no_formula() -> None:
    name = '=1+1 <script>alert("x")</script> {{ 7 * 7 }} %(count)s & "quoted"'
    lines = [replace(line, name=name, country="DE") for line in some_lines(2)]
    hostile = coordinator_facts(shipped(), lines, edition=replace(EDITION, network=name, cycle=name))
    pdf = printed(hostile)
    assert '{{ 7 * 7 }} %(count)s & "quoted"' in text_of(pdf)
    assert "<script>" not in compose(
        "comparison_report.html", context_of(hostile, ENGLISH), ENGLISH, title=name, created=EDITION_DAY
    )
    assert f"'{name[:4]}" in attached_files(pdf)["scores.csv"].decode("utf-8-sig")


def test_two_processes_make_the_same_bytes(tmp_path: Path) -> None:
    text = tmp_path / "facts.json"
    text.write_text(comparison_facts_to_text(some_facts(2)))
    program = (
        "import sys, hashlib, pathlib\n"
        "from audit.documents.pool import print_paper\n"
        "made = print_paper('comparison_report', pathlib.Path(sys.argv[1]).read_text(), 'en')\n"
        "print(hashlib.sha256(made).hexdigest())\n"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", program, str(text)],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin:/bin"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(made) == 1


def test_a_report_without_lines_or_without_a_past_still_prints() -> None:
    first = coordinator_facts(shipped(), some_lines(1, earlier=False), edition=EDITION)
    text = text_of(printed(first))
    assert "1 line, one measure" in text
    assert "Since the last cycle" not in text
    empty = coordinator_facts(shipped(), [], edition=EDITION)
    assert "0 of 24 lines are in" in text_of(printed(empty))


def test_it_is_not_printed_for_another_audience() -> None:
    public = public_facts(shipped(), some_lines(6), edition=EDITION)
    with pytest.raises(ValueError, match="coordinators"):
        printed(public)


def test_every_statement_has_its_sentence() -> None:
    assert set(_SENTENCES) == set(StatementKind)


def test_lines_are_called_by_country_only_where_that_tells_them_apart(facts: ComparisonFacts) -> None:
    assert set(report_of(facts, ENGLISH).labels.values()) == {ENGLISH.country(country) for country in COUNTRIES}
    twice = replace(facts, lines=tuple(replace(line, country="AT") for line in facts.lines))
    assert set(report_of(twice, ENGLISH).labels.values()) == {line.name for line in facts.lines}
    german = [report_of(facts, language("en")).labels[line.line] for line in report_of(facts, ENGLISH).lines]
    assert german == sorted(german)


def test_a_change_is_signed_and_rounded_towards_nought() -> None:
    assert signed(ENGLISH, Fraction(199, 100)) == "+1.9"
    assert signed(ENGLISH, Fraction(-199, 100)) == "\N{MINUS SIGN}1.9"
    assert signed(ENGLISH, Fraction(-1, 100)) == "0.0"
    assert title_of(some_facts(1), ENGLISH) == "Comparison report, Audit cycle 2026"


@pytest.mark.parametrize("rows", [1, 10, 300])
def test_a_heat_map_is_a_handful_of_shapes_and_one_text_for_each_row_and_ink(rows: int) -> None:
    grid = charts_heat.criteria_grid([5, 6, 7, 7, 5, 7, 5, 5], 384)
    cells = [
        [charts_heat.Cell((row * column) % 5, str(column % 4), framed=column % 9 == 0) for column in range(47)]
        for row in range(rows)
    ]
    drawn = charts_heat.heat_map(cells, grid, "A map")
    assert drawn.count("<path") <= 7
    assert drawn.count("<text") <= 2 * rows
    assert drawn.startswith("<svg")
    assert "<title>A map</title>" in drawn
