"""Every mistake in a criteria file is told at its line and column, with a word on how to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.criteria_files import CriteriaMistakes, parse, read
from audit.domain.errors import Missing

SMALL = (Path(__file__).parent / "small" / "set.yaml").read_text(encoding="utf-8")
HERE = "§"  # marks where the mistake must be told; taken out before reading


def mistakes_of(text: str) -> list[str]:
    with pytest.raises(CriteriaMistakes) as caught:
        parse(text.encode(), "set.yaml")
    return [str(mistake) for mistake in caught.value.mistakes]


def edited(old: str, new: str, text: str = SMALL) -> str:
    assert old in text, old
    return text.replace(old, new, 1)


def place_of_mark(text: str) -> str:
    before = text[: text.index(HERE)]
    return f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


# what is changed, into what, what must be said
ONE_MISTAKE = [
    # shape
    ("format: 1\n", "format: §2\n", "must be 1 or less"),
    ("status: draft", "§statsu: draft\n  status: draft", "did you mean “status”"),
    ("status: draft", "status: §drafty", "it may be draft, released or retired"),
    ("version: 0.2.0", "version: §0.2", "Here stands a text; put it in quotes"),
    ("version: 0.2.0", "version: §1.0.x", "write three numbers like 1.0.0"),
    ("source_language: en", "source_language: §English", "is not a language code"),
    ("published: null", "published: §2026-02-30", "is not a day of the calendar"),
    ("published: null", "published: §soon", "is not a date such as"),
    ("  id: small-sample\n", "  id: §small sample\n", "cannot be an id"),
    ("    answer_set: B\n    weight: 1\n", "    answer_set: B\n    weight: §4\n", "must be 3 or less"),
    ("    answer_set: B\n    weight: 1\n", "    answer_set: B\n    weight: §1.5\n", "Here stands a whole number"),
    ("equivalent_allowed: true", 'equivalent_allowed: §"true"', "Here stands true or false, without quotes"),
    ("evidence: [policy, viewed_live]", "evidence: §policy", "Here stands a list"),
    ("applies_when: {model: [filter]}", "applies_when: §[filter]", "Here stands a mapping"),
    ("points: 0.3, title: Partly met", 'points: §"0.3", title: Partly met', "Here stands a number"),
    ("points: 0.3, title: Partly met", "points: §1.3, title: Partly met", "must be 1 or less"),
    ("bands: {3: 98, 2: 95, 1: 85}", "bands: {§4: 98, 2: 95, 1: 85}", "is not a level of a band"),
    ("bands: {3: 98, 2: 95, 1: 85}", "bands: {§top: 98, 2: 95, 1: 85}", "is not a level of a band"),
    ("why: Hours decide.", 'why: §""', "is empty"),
    ("why: Hours decide.", "§why:", "has no value"),
    ("title: Triage rules", "title: §" + "x" * 61, "longer than 60 characters"),
    ("kind: stoppers_met}", "kind: §stoppers}", "it may be includes_level"),
    ("    why: Hours decide.\n", "", "The key “why” is missing here"),
    ("applies_when: {model: [filter]}", "applies_when: {model: §[]}", "needs at least 1"),
    ("grades: [major]", "grades: [§grave]", "it may be major, minor or opportunity"),
    # words that are not words
    ("title: Triage rules", "title: §No", "put it in quotes if you mean the word"),
    (
        '{key: "no", level: 0, points: 0, title: "No"}',
        '{key: §no, level: 0, points: 0, title: "No"}',
        "put it in quotes",
    ),
    ("core: true", "core: §True", "write true or false"),
    ("core: true", "core: §yes", "write true or false"),
    ("limit: 90", "limit: §9_0", "reads differently in different programs"),
    ("limit: 90", "limit: §0o132", "reads differently in different programs"),
    ("limit: 90", "limit: §090", "reads differently in different programs"),
    ("limit: 90", "limit: §1:30", "reads differently in different programs"),
    ("limit: 90", "limit: §9e1", "reads differently in different programs"),
    ("limit: 90", "limit: §.inf", "reads differently in different programs"),
    ("limit: 90", "limit: §.NaN", "reads differently in different programs"),
    ("title: Triage rules", "title: §~", "reads as nothing"),
    # what YAML could do and a criteria file may not
    ("note: A small", "note: §&note A small", "Anchors"),
    ("title: Triage rules", "title: §!!str Triage rules", "Tags"),
    ("format: 1\n", "format: 1\n§<<: {}\n", "Merge keys"),
    ("format: 1\n", "format: 1\n§format: 1\n", "already stands in line 1; keep one of the two"),
    ("why: Hours decide.", "why: Hours decide.\n    §why: Days decide.", "already stands in line"),
    ("format: 1\n", "format: 1\n? §[a]\n: b\n", "A key must be a single word"),
    ("format: 1\n", "format: 1\n§true: b\n", "A key must be a word"),
    # meaning
    ("status: draft", "status: §released", "needs “published”"),
    ("weight: 20, title: Access", "weight: 21, title: Access", "add up to 101; they must make 100"),
    ("{id: ACC, weight", "{id: §GOV, weight", "already taken in line"),
    ("- id: GOV-02", "- id: §GOV-01", "already taken in line"),
    ("    theme: GOV\n    title: A yearly", "    theme: §GOB\n    title: A yearly", "did you mean “GOV”"),
    ("    answer_set: B\n", "    answer_set: §X\n", "is not the id of an answer set"),
    ("evidence: [procedure, test_record]", "evidence: [procedure, §test_records]", "did you mean “test_record”"),
    ("evidence: [procedure, test_record]", "evidence: [procedure, §procedure]", "stands here twice"),
    ("indicators: [IND-01, IND-02]", "indicators: [IND-01, §IND-09]", "is not the id of an indicator"),
    ("indicators: [IND-01, IND-02]", "indicators: [IND-03]", "name at least one that is graded"),
    ("applies_when: {model: [filter]}", "applies_when: {§models: [filter]}", "did you mean “model”"),
    ("applies_when: {model: [filter]}", "applies_when: {model: [filter, §mixed]}", "an option of this fact"),
    ("    weight: 3\n    core: true\n    stopper", "    weight: §2\n    core: true\n    stopper", "has weight 3"),
    ("    core: true\n    stopper: true", "    core: false\n    stopper: §true", "A stopper is always core"),
    (
        "    answer_set: B\n    weight: 1\n",
        "    answer_set: B\n    weight: 1\n    §core_min_level: 3\n",
        "Only a core criterion",
    ),
    (
        "review_every_months: 12\n    not_applicable: {allowed: false}",
        "review_every_months: 12\n    not_applicable: §{allowed: true}",
        "A stopper may never be not applicable",
    ),
    (
        'not_applicable: {allowed: true, cases: ["The police assess every report themselves."]}',
        "not_applicable: §{allowed: true}",
        "only in listed cases",
    ),
    ("not_applicable: {allowed: true, cases:", "not_applicable: {allowed: false, §cases:", "Cases have no effect"),
    (
        "    evidence: [procedure, test_record]\n    review_every_months: 12",
        "    review_every_months: §12",
        "renewed needs",
    ),
    (
        "partly: A draft mandate exists.",
        "partly: A draft mandate exists.\n      §half: A half mandate.",
        "is not the id of an answer",
    ),
    ("      partly: A draft mandate exists.\n", "", "missing are: partly"),
    ("partly: Rules are written and cover urgency only.", "partly: §A  DRAFT mandate exists", "already stands in line"),
    ("{key: partly, level: 1, points: 0.5", "{key: partly, level: §0, points: 0.5", "must be above 0"),
    ("{key: partly, level: 1, points: 0.3", "{key: partly, level: 1, points: 0.8", "Points never fall"),
    ("bands: {3: 98, 2: 95, 1: 85}", "bands: {3: 98, 2: §99, 1: 85}", "Bands run in one direction"),
    ("bands: {3: 24, 2: 48, 1: 72}", "bands: {3: 24, 2: 48, 1: §47.5}", "Bands run in one direction"),
    ("    bands: {3: 98, 2: 95, 1: 85}\n", "", "A graded indicator needs “bands”"),
    ("better: not_graded\n", "better: not_graded\n    §bands: {3: 1}\n", "not graded has no bands"),
    ("    denominator: All reports\n", "", "need “denominator”"),
    ("    unit: percent\n", "    unit: §days\n", "computed in percent"),
    ("  - {id: ACC, weight: 20", "  - {id: §NEW, weight: 20", "has no criterion"),
    # levels
    ("includes: certified}", "includes: §exemplary}", "can only include a level below it"),
    ("includes: certified}", "includes: §not_certified}", "has no rules to include"),
    ("includes: certified}", "includes: §certifyed}", "did you mean “certified”"),
    ("kind: includes_level, includes: certified}", "kind: §includes_level}", "needs “includes”"),
    ("{id: core, kind: core_met}", "{id: core, kind: core_met, §limit: 3}", "has no “limit”; delete it"),
    ("limit: 90", "limit: §101", "a percentage from 0 to 100"),
    ("limit: 24", "limit: §24.5", "a whole number, 0 or more"),
    ("grades: [major], limit", "grades: §[major, major], limit", "each once"),
    ("{id: core, kind: core_met}", "{id: §stoppers, kind: core_met}", "already taken in line"),
    ("  - id: conditional\n", "  - id: §certified\n", "already taken in line"),
    ("    certificate: false\n", "    certificate: §true\n    validity_months: 3\n", "cannot carry a certificate"),
    ("    validity_months: 6\n", "", "needs “validity_months”"),
    ("    certificate: false\n", "    certificate: false\n    §validity_months: 3\n", "has no “validity_months”"),
    ("  - id: exemplary\n", "  - id: §first_round_met\n", "is the id of the level of a first round"),
    # a first round
    ("  validity_months: 12\n  rules:\n", "  rules:\n", "The key “validity_months” is missing here"),
    (
        "{id: no_major, kind: open_findings_at_most, grades: [major], limit: 0}",
        "{id: no_major, kind: §core_at_level_at_most, limit: 0}",
        "needs “level”",
    ),
    ("{id: no_major, kind", "{id: §core, kind", "already taken in line"),
    (
        "{id: no_major, kind: open_findings_at_most, grades: [major], limit: 0}",
        "{id: no_major, kind: §includes_level, includes: certified}",
        "has no other level to include",
    ),
    (
        "    certificate: false\n",
        "    certificate: false\n    §rules: [{id: plan, kind: plan_accepted}]\n",
        "it has no rules",
    ),
    ("criteria: [ACC-01, ACC-02, GOV-02]", "criteria: [ACC-01, §Elsewhere, GOV-02]", "is not the id of a criterion"),
]


@pytest.mark.parametrize(("old", "new", "said"), ONE_MISTAKE)
def test_a_mistake_is_told_at_its_place(old: str, new: str, said: str) -> None:
    text = edited(old, new)
    told = mistakes_of(text.replace(HERE, ""))
    matching = [line for line in told if said in line]
    assert len(matching) == 1, told
    if HERE in text:
        assert matching[0].startswith(f"set.yaml:{place_of_mark(text)}: "), (place_of_mark(text), told)


def test_a_file_without_mistakes_is_a_set() -> None:
    criteria_set = parse(SMALL.encode(), "set.yaml")
    assert [theme.id for theme in criteria_set.themes] == ["GOV", "HND", "ACC"]
    assert criteria_set.criterion("HND-03").not_applicable_cases


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    text = SMALL
    for old, new in (
        ("status: draft", "status: drafty"),
        ("points: 0.3", "points: no"),
        ("weight: 20", "weight: 21"),
        ("evidence: [url]", "evidence: [urls]"),
        ("grades: [major], limit: 0", "grades: [major], limit: -1"),
        ("wording: Meets the core criteria\n", "wrding: Meets the core criteria\n"),
    ):
        text = edited(old, new, text)
    told = mistakes_of(text)
    lines = [int(line.split(":")[1]) for line in told]
    assert lines == sorted(lines)
    for said in (
        "drafty",
        "“no” reads as",
        "add up to 101",
        "did you mean “url”",
        "did you mean “wording”",
        "“wording” is",
    ):
        assert any(said in line for line in told), said


def test_a_broken_entry_does_not_make_what_names_it_wrong() -> None:
    told = mistakes_of(edited("  M:\n    title: Maturity\n", "  M:\n    titel: Maturity\n"))
    assert [line.split(": ", 1)[1] for line in told] == [
        "The key “title” is missing here.",
        "The key “titel” is not known here; did you mean “title”?",
    ]


def test_each_repeated_key_is_a_mistake() -> None:
    told = mistakes_of(edited("format: 1\n", "format: 1\nformat: 1\nformat: 1\n"))
    assert [line.split(": ")[0] for line in told] == ["set.yaml:2:1", "set.yaml:3:1"]


@pytest.mark.parametrize("word", ["yes", "Yes", "NO", "on", "Off", "y", "N", "TRUE", "False"])
def test_words_for_true_and_false_need_quotes(word: str) -> None:
    assert parse(edited("title: Small sample set", f'title: "{word}"').encode(), "x").title == word
    assert any("put it in quotes" in line for line in mistakes_of(edited("title: Small sample set", f"title: {word}")))


def test_numbers_are_read_exactly() -> None:
    from fractions import Fraction

    text = edited("not_applicable_limit: 25", "not_applicable_limit: 33.333333333")
    assert parse(text.encode(), "x").not_applicable_limit == Fraction(33333333333, 100000000000)


def test_a_core_criterion_that_says_nothing_may_not_be_left_out() -> None:
    text = edited("    not_applicable: {allowed: false}\n", "")
    assert parse(text.encode(), "x").criterion("GOV-01").not_applicable is False
    assert parse(text.encode(), "x").criterion("GOV-02").not_applicable is True


def test_windows_line_ends_and_a_byte_order_mark_are_no_mistakes() -> None:
    assert parse(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode(), "x") == parse(SMALL.encode(), "x")


def test_a_folder_means_its_set_file(tmp_path: Path) -> None:
    (tmp_path / "set.yaml").write_text(SMALL, encoding="utf-8")
    assert read(tmp_path) == read(tmp_path / "set.yaml") == read(str(tmp_path))
    with pytest.raises(Missing):
        read(tmp_path / "other.yaml")
    (tmp_path / "empty").mkdir()
    with pytest.raises(Missing):
        read(tmp_path / "empty")
