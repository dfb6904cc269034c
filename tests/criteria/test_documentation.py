"""docs/criteria.md is the whole format: every key, every kind of rule, and an example that works as it stands."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from audit.cli.answer_sheet import KEYS
from audit.cli.criteria import criteria
from audit.criteria_files import guard, parse, shapes
from audit.criteria_files.level_rules import PARAMETERS
from audit.domain.criteria import Better, Measure, Proves, RuleKind, SetStatus
from audit.domain.findings import Grade

PAGE = (Path(__file__).parents[2] / "docs" / "criteria.md").read_text(encoding="utf-8")

# heading of the page, the models whose keys its tables document, in this order
TABLES: list[tuple[str, list[type[shapes.Shape]]]] = [
    ("### Top level", [shapes.FileShape]),
    ("### `set`", [shapes.SetShape]),
    ("### `answer_sets`", [shapes.AnswerSetShape, shapes.AnswerShape]),
    ("### `evidence_kinds`", [shapes.EvidenceKindShape]),
    ("### `profile`", [shapes.ProfileFactShape]),
    ("### `indicators`", [shapes.IndicatorShape]),
    ("### `themes`", [shapes.ThemeShape]),
    ("### `criteria`", [shapes.CriterionShape]),
    ("#### `not_applicable`", [shapes.NotApplicableShape]),
    ("### `levels`", [shapes.LevelShape, shapes.RuleShape]),
    ("### `first_round`", [shapes.FirstRoundShape]),
    ("### `indices`", [shapes.IndexShape]),
]


def section(heading: str) -> str:
    start = PAGE.index(f"\n{heading}\n") + len(heading) + 2
    following = re.search(r"^#+ ", PAGE[start:], re.MULTILINE)
    return PAGE[start : start + following.start()] if following else PAGE[start:]


def rows(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def example(language: str, number: int = 0) -> str:
    blocks = re.findall(rf"```{language}\n(.*?)```", section("## A complete small set"), re.DOTALL)
    return blocks[number]


@pytest.mark.parametrize(("heading", "models"), TABLES, ids=[heading for heading, _ in TABLES])
def test_every_key_is_documented_in_order_with_its_default(heading: str, models: list[type[shapes.Shape]]) -> None:
    documented = rows(section(heading))
    fields = [(name, field) for model in models for name, field in model.model_fields.items()]
    assert [row[0].strip("`") for row in documented] == [name for name, _ in fields]
    for row, (name, field) in zip(documented, fields, strict=True):
        assert (row[2] == "needed") == field.is_required(), name
        if not field.is_required():
            assert row[2] in _defaults(field.default), (name, row[2])


def _defaults(default: Any) -> tuple[str, ...]:
    """The ways in which the page may write a default."""
    if isinstance(default, bool):
        return (f"`{str(default).lower()}`",)
    if default is None:
        return ("none", "`null`", "never", "see there", "the answer set's")
    if default in ("", [], {}):
        return ("none", "always")
    return (str(default),)


def test_every_kind_of_rule_is_documented_with_what_it_needs() -> None:
    documented = {row[0].strip("`"): row[1] for row in rows(section("## Levels and rules"))}
    assert list(documented) == [kind.value for kind in RuleKind]
    for kind, needed in PARAMETERS.items():
        assert sorted(re.findall(r"`(\w+)`", documented[kind.value])) == sorted(needed), kind


@pytest.mark.parametrize("words", [SetStatus, Proves, Measure, Better])
def test_every_word_that_may_stand_is_named(words: Any) -> None:
    for word in words:
        assert f"`{word.value}`" in PAGE, word


def test_the_input_of_the_score_command_is_documented() -> None:
    assert [row[0].strip("`") for row in rows(section("## `flask criteria score`"))] == list(KEYS)
    for grade in Grade:
        assert (f"`{grade.value}`" in PAGE) == grade.can_be_open


def test_the_limits_are_documented() -> None:
    assert guard.MOST_BYTES == 1024 * 1024
    flat = " ".join(section("## The file").split())
    for words in (
        "At most 1 MiB",
        f"{guard.MOST_LINES:,} lines of at most {guard.LONGEST_LINE:,} characters",
        f"{guard.LONGEST_TEXT:,} characters in one text",
        f"{guard.DEEPEST} levels of nesting",
        f"{guard.MOST_NODES:,} keys and values",
    ):
        assert words in flat, words


def test_the_example_is_a_set_and_scores_as_the_page_says(tmp_path: Path) -> None:
    assert len(parse(example("yaml").encode(), "example.yaml").criteria) == 4
    (tmp_path / "set.yaml").write_text(example("yaml"), encoding="utf-8")
    (tmp_path / "answers.json").write_text(example("json"), encoding="utf-8")
    result = CliRunner().invoke(
        criteria, ["score", str(tmp_path), str(tmp_path / "answers.json"), "--json"], catch_exceptions=False
    )
    assert result.exit_code == 0
    assert json.loads(result.stdout) == json.loads(example("json", 1))


def test_links_within_the_page_lead_somewhere() -> None:
    headings = re.findall(r"^#+ (.+)$", PAGE, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) <= anchors
