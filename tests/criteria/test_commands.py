"""`flask criteria check` and `flask criteria score`: what they print, and their exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from audit.cli.criteria import criteria

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "criteria" / "sectt-lines"
SMALL = Path(__file__).parent / "small"

COMPLETE = {
    "GOV-01": "mostly",
    "GOV-02": "yes",
    "HND-01": "full",
    "HND-02": "mostly",
    "HND-03": "yes",
    "ACC-01": "full",
    "ACC-02": "partly",
}


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(criteria, [str(argument) for argument in arguments], catch_exceptions=False)


def scored(tmp_path: Path, sheet: Any, *options: str, criteria_set: Path = SMALL) -> Result:
    file = tmp_path / "answers.json"
    file.write_text(sheet if isinstance(sheet, str) else json.dumps(sheet), encoding="utf-8")
    return run("score", criteria_set, file, *options)


def refused(tmp_path: Path, sheet: Any) -> list[str]:
    result = scored(tmp_path, sheet, "--json")
    assert result.exit_code == 2
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    prefix = f"{tmp_path / 'answers.json'}: "
    assert all(line.startswith(prefix) for line in lines), lines
    return [line.removeprefix(prefix) for line in lines]


def test_check_names_good_sets() -> None:
    result = run("check", SHIPPED, SMALL / "set.yaml")
    assert result.exit_code == 0
    assert [line for line in result.stdout.splitlines() if "no mistakes" in line] == [
        f"{SHIPPED}: sectt-lines 0.1.0, 47 criteria in 8 themes, no mistakes",
        f"{SMALL / 'set.yaml'}: small-sample 0.2.0, 7 criteria in 3 themes, no mistakes",
    ]


def test_check_without_an_argument_takes_every_set_of_the_installation(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = tmp_path / "criteria" / "own"
    own.mkdir(parents=True)
    (own / "set.yaml").write_text("format: 1\n", encoding="utf-8")
    monkeypatch.setenv("AUDIT_INSTANCE", str(tmp_path))
    result = run("check")
    assert result.exit_code == 1
    assert "sectt-lines 0.1.0" in result.stdout
    assert f"{own / 'set.yaml'}:1:1: The key “set” is missing here." in result.stderr.splitlines()


def test_check_prints_each_mistake_on_a_line_and_exits_1(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    text = (SMALL / "set.yaml").read_text(encoding="utf-8")
    file.write_text(
        text.replace("status: draft", "status: drafty").replace("weight: 20", "weight: 21"), encoding="utf-8"
    )
    result = run("check", file)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert [line.split(": ")[0] for line in result.stderr.splitlines()] == [f"{file}:5:11", f"{file}:106:1"]
    as_json = run("check", file, SMALL, "--json")
    assert as_json.exit_code == 1
    broken, good = json.loads(as_json.stdout)
    assert [(m["line"], m["column"]) for m in broken["mistakes"]] == [(5, 11), (106, 1)]
    assert (good["id"], good["criteria"], good["mistakes"], len(good["hash"])) == ("small-sample", 7, [], 64)


def test_check_of_a_missing_file_is_bad_usage(tmp_path: Path) -> None:
    result = run("check", tmp_path / "nowhere.yaml", SMALL)
    assert result.exit_code == 2
    assert "There is no criteria file at" in result.stderr
    assert "small-sample" in result.stdout  # the others are checked all the same


def test_score_prints_what_the_documentation_says(tmp_path: Path) -> None:
    result = scored(tmp_path, {"answers": COMPLETE}, "--json")
    assert result.exit_code == 0
    printed = json.loads(result.stdout)
    assert list(printed) == ["themes", "overall", "level", "rules"]
    assert printed["themes"] == {"GOV": "77.500000", "HND": "88.750000", "ACC": "80.000000"}
    assert printed["overall"] == "83.625000"
    assert printed["level"] == "certified"
    assert all(list(rule) == ["id", "level", "value", "limit", "holds"] for rule in printed["rules"])
    rules = {rule["id"]: (rule["value"], rule["limit"], rule["holds"]) for rule in printed["rules"]}
    assert len(rules) == len(printed["rules"]) == 20
    assert rules["exemplary.core_at_top"] == (2, 0, False)
    assert rules["certified.theme_floor"] == ("77.500000", "50.000000", True)
    assert rules["conditional.core_level_1"] == (0, 3, True)
    assert rules["conditional.plan"] == (True, True, True)


def test_score_takes_everything_that_bears_on_the_level(tmp_path: Path) -> None:
    best = {key: {"mostly": "full", "partly": "yes"}.get(value, value) for key, value in COMPLETE.items()}
    sheet = {"answers": best, "certified_months": 24, "indicator_months": 12}
    assert json.loads(scored(tmp_path, sheet, "--json").stdout)["level"] == "exemplary"
    sheet["open_findings"] = {"opportunity": 1}
    assert json.loads(scored(tmp_path, sheet, "--json").stdout)["level"] == "certified"
    sheet["open_findings"] = {"major": 1}
    assert json.loads(scored(tmp_path, sheet, "--json").stdout)["level"] == "not_certified"
    weak = {**COMPLETE, "GOV-01": "partly"}
    assert json.loads(scored(tmp_path, {"answers": weak}, "--json").stdout)["level"] == "conditional"
    no_plan = {"answers": weak, "plan_accepted": False}
    assert json.loads(scored(tmp_path, no_plan, "--json").stdout)["level"] == "not_certified"


def test_score_leaves_out_what_does_not_apply(tmp_path: Path) -> None:
    answers = {key: value for key, value in COMPLETE.items() if key != "ACC-02"}
    unrated = json.loads(scored(tmp_path, {"answers": answers, "not_applicable": ["ACC-02"]}, "--json").stdout)
    assert unrated["themes"]["ACC"] is None  # 2 of 5
    assert unrated["level"] == "conditional"
    with_profile = {"answers": answers, "profile": {"channels": ["phone"], "model": "direct"}}
    printed = json.loads(scored(tmp_path, with_profile, "--json").stdout)
    assert printed["themes"]["ACC"] == "100.000000"
    assert printed["level"] == "certified"


def test_score_for_people_is_a_table_rounded_down(tmp_path: Path) -> None:
    result = scored(tmp_path, {"answers": COMPLETE})
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert "HND      88.7       Handling" in lines
    assert "level    certified  Certified" in lines
    assert any(line.startswith("exemplary.core_at_top") and line.endswith("GOV-01, HND-02") for line in lines)


def test_score_names_every_problem_of_a_sheet_at_once(tmp_path: Path) -> None:
    answers = {**COMPLETE, "GOV-01": 3, "GOV-02": "full", "XYZ-01": "yes"}
    del answers["ACC-01"]
    problems = refused(
        tmp_path,
        {
            "answers": answers,
            "not_applicable": ["HND-02", "HND-01"],
            "open_findings": {"major": -1, "conforms": 0, "minor": True},
            "plan_accepted": "yes",
            "certified_months": 1.5,
            "profile": {"model": 1, "colour": "red"},
            "extra": None,
        },
    )
    expected = [
        "The key “extra” is not known; known are",
        "The answer to GOV-01 is a text",
        "The fact “model” is an option or a list of options.",
        "“open_findings.major” is a whole number, 0 or more.",
        "“open_findings” knows no “conforms”; it knows opportunity, minor, major.",
        "“open_findings.minor” is a whole number, 0 or more.",
        "“plan_accepted” is true or false.",
        "“certified_months” is a whole number, 0 or more.",
        "The criteria set asks for no fact “colour”.",
        "GOV-02 has no answer “full”; it may be no, yes.",
        "The criteria set has no criterion XYZ-01.",
        "HND-02 is both answered and not applicable.",
        "HND-02 may not be not applicable.",
        "HND-01 is both answered and not applicable.",
        "ACC-01 has no answer.",
    ]
    assert len(problems) == len(expected), problems
    for said, sentence in zip(problems, expected, strict=True):
        assert said.startswith(sentence)


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        ("", "The file is not JSON at line 1, column 1"),
        ("{", "The file is not JSON at line 1"),
        ("[]", "An answer sheet is a JSON object"),
        ("null", "An answer sheet is a JSON object"),
        ("{}", "The key “answers” is missing."),
        ('{"answers": []}', "“answers” is an object"),
        ('{"answers": {}, "answers": {}}', "The key “answers” stands twice"),
        ('{"answers": {"GOV-01": "full", "GOV-01": "none"}}', "The key “GOV-01” stands twice"),
        ('{"answers": NaN}', "“answers” is an object"),
        ("[" * 100_000, "The file is JSON of a kind no answer sheet needs."),
        (
            '{"answers": {}, "certified_months": ' + "9" * 5000 + "}",
            "The file is JSON of a kind no answer sheet needs.",
        ),
        ('{"answers": {"a\\ud800\\n": "x"}}', "The criteria set has no criterion"),
        (" " * (1024 * 1024 + 1), "The file is larger than 1048576 bytes."),
    ],
)
def test_score_refuses_other_files_in_one_line_each(tmp_path: Path, sheet: str, said: str) -> None:
    assert any(line.startswith(said) for line in refused(tmp_path, sheet))


def test_score_refuses_what_is_not_text_or_not_there(tmp_path: Path) -> None:
    (tmp_path / "latin.json").write_bytes(b'{"answers": {"\xe9": "x"}}')
    result = run("score", SMALL, tmp_path / "latin.json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "not UTF-8" in result.stderr
    assert run("score", SMALL, tmp_path / "nowhere.json").exit_code == 2
    assert run("score", tmp_path / "nowhere", tmp_path / "latin.json").exit_code == 2
    assert run("score", SMALL).exit_code == 2


def test_score_of_a_broken_set_prints_its_mistakes_and_exits_2(tmp_path: Path) -> None:
    (tmp_path / "set.yaml").write_text("format: 2\n", encoding="utf-8")
    result = scored(tmp_path, {"answers": {}}, criteria_set=tmp_path)
    assert result.exit_code == 2
    assert f"{tmp_path / 'set.yaml'}:1:9: This number must be 1 or less." in result.stderr.splitlines()


def test_the_commands_import_nothing_heavy(tmp_path: Path) -> None:
    (tmp_path / "answers.json").write_text(json.dumps({"answers": COMPLETE}), encoding="utf-8")
    program = (
        "import sys\n"
        "from audit.cli.criteria import criteria\n"
        "try:\n    criteria(sys.argv[1:])\n"
        "except SystemExit:\n    pass\n"
        "heavy = {'sqlalchemy', 'flask', 'weasyprint', 'pikepdf', 'pyhanko', 'apscheduler', 'babel'}\n"
        "heavy &= set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run(
        [sys.executable, "-c", program, "score", str(SMALL), str(tmp_path / "answers.json")],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
