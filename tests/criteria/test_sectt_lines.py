"""The shipped set says what the network settled, in words that two people can judge by."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

SET_FILE = Path(__file__).parents[2] / "criteria" / "sectt-lines" / "set.yaml"

# Words the Luxembourg Guidelines advise against, as they may begin anywhere in a text.
FORBIDDEN_WORDS = (
    "child sex tourism",
    "sex tourism",
    "sex tourist",
    "child pornography",
    "child porn",
    "kiddie",
    "child prostitut",
    "prostituted child",
    "child sex worker",
    "child victim of prostitution",
    "rescued",
)

# Words that two reviewers would read differently; a descriptor names an observable thing instead.
JUDGING_WORDS = ("good", "adequate", "appropriate", "sufficient", "suitable", "reasonable", "regularly", "properly")

THEME_WEIGHTS = {"GOV": 10, "ACC": 12, "INT": 15, "HND": 18, "REF": 12, "DAT": 15, "PPL": 10, "LRN": 8}
CRITERIA_PER_THEME = {"GOV": 5, "ACC": 6, "INT": 7, "HND": 7, "REF": 5, "DAT": 7, "PPL": 5, "LRN": 5}
STOPPERS = {"INT-04", "HND-03", "REF-04", "DAT-05", "DAT-06", "PPL-01"}


@pytest.fixture(scope="module")
def content() -> dict:
    return YAML(typ="safe").load(SET_FILE.read_text(encoding="utf-8"))


def _descriptors(content: dict) -> Iterator[tuple[str, str, str]]:
    for criterion in content["criteria"]:
        for key, text in criterion["descriptors"].items():
            yield criterion["id"], key, text


def _texts(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)
    elif isinstance(node, str):
        yield node


def test_the_set_has_the_settled_size(content: dict) -> None:
    criteria = content["criteria"]
    assert len(criteria) == 47
    assert len({criterion["id"] for criterion in criteria}) == 47
    assert sum(criterion.get("core", False) for criterion in criteria) == 23
    assert {criterion["id"] for criterion in criteria if criterion.get("stopper", False)} == STOPPERS
    assert len(content["indicators"]) == 20
    assert len(content["evidence_kinds"]) == 14


def test_themes_carry_the_settled_weights(content: dict) -> None:
    assert {theme["id"]: theme["weight"] for theme in content["themes"]} == THEME_WEIGHTS
    assert Counter(criterion["theme"] for criterion in content["criteria"]) == CRITERIA_PER_THEME


def test_core_criteria_leave_no_silent_way_out(content: dict) -> None:
    for criterion in content["criteria"]:
        if not criterion.get("core", False):
            continue
        assert criterion["weight"] == 3, criterion["id"]
        assert criterion["equivalent_allowed"] is True, criterion["id"]
        not_applicable = criterion["not_applicable"]
        assert not not_applicable["allowed"] or not_applicable["cases"], criterion["id"]
        if criterion.get("stopper", False):
            assert not not_applicable["allowed"], criterion["id"]


def test_every_answer_has_a_descriptor_in_the_order_of_its_answer_set(content: dict) -> None:
    keys = {name: [answer["key"] for answer in body["answers"]] for name, body in content["answer_sets"].items()}
    for criterion in content["criteria"]:
        assert list(criterion["descriptors"]) == keys[criterion["answer_set"]], criterion["id"]


def test_no_two_descriptors_say_the_same(content: dict) -> None:
    bare = Counter(re.sub(r"\W+", " ", text.lower()).strip() for _, _, text in _descriptors(content))
    assert [text for text, count in bare.items() if count > 1] == []


def test_descriptors_are_full_sentences_about_observable_things(content: dict) -> None:
    for criterion_id, key, text in _descriptors(content):
        assert len(text) >= 20, (criterion_id, key)
        assert text.endswith("."), (criterion_id, key)
        words = set(re.findall(r"[a-z]+", text.lower()))
        assert not words & set(JUDGING_WORDS), (criterion_id, key)


def test_what_is_asked_and_why_are_full_sentences(content: dict) -> None:
    for criterion in content["criteria"]:
        for field in ("asks", "why", "evidence_help"):
            assert criterion[field].endswith("."), (criterion["id"], field)
        assert len(criterion["title"]) <= 60, criterion["id"]
        assert len(re.findall(r"[.?!](?:\s|$)", criterion["why"])) <= 3, criterion["id"]
        assert criterion["sources"], criterion["id"]


def test_no_text_uses_words_the_luxembourg_guidelines_advise_against(content: dict) -> None:
    for text in _texts(content):
        lowered = text.lower()
        assert [word for word in FORBIDDEN_WORDS if word in lowered] == [], text


def test_the_set_does_not_claim_to_be_the_standard_of_another_organisation(content: dict) -> None:
    assert content["set"]["status"] == "draft"
    assert "it is not the standard of any other organisation" in content["set"]["note"]
    assert "ecpat" not in content["set"]["title"].lower()


def test_indices_list_criteria_of_the_set(content: dict) -> None:
    known = {criterion["id"] for criterion in content["criteria"]}
    assert list(content["indices"]) == ["reporter_trust", "speed_of_protection", "care_for_staff", "lawful_handling"]
    for index in content["indices"].values():
        assert set(index["criteria"]) <= known
        assert len(set(index["criteria"])) == len(index["criteria"])
