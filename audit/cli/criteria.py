"""Commands about criteria sets: check files, and score an answer sheet without a database."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from audit.cli.surroundings import FOUND, USAGE, installation, plain_errors, show

if TYPE_CHECKING:
    from audit.criteria_files import Mistake, TranslationFile
    from audit.domain.criteria import CriteriaSet
    from audit.domain.levels import RuleVerdict, Verdict
    from audit.domain.scoring import Score


@click.group()
def criteria() -> None:
    """Criteria sets: check files, score answer sheets."""


@criteria.command()
@click.argument("files", nargs=-1, metavar="[FILE…]")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def check(files: tuple[str, ...], as_json: bool) -> None:
    """Check criteria files (or folders) and their translations; without an argument every set of this installation.

    Prints FILE:LINE:COL: message for each mistake and each note. Exit status: 0 all good, even with notes (texts not
    translated, translations of older texts), 1 mistakes found, 2 a file is missing.
    """
    from audit.criteria_files import CriteriaMistakes, read, read_translations
    from audit.domain.errors import Missing

    status = 0
    results: list[dict[str, Any]] = []
    for path in files or _sets_of_installation():
        try:
            criteria_set = read(path)
        except Missing as missing:
            click.echo(str(missing), err=True)
            status = USAGE
        except CriteriaMistakes as found:
            for mistake in found.mistakes:
                click.echo(str(mistake), err=True)
            results.append(
                {
                    "file": found.mistakes[0].file,
                    "mistakes": _told(found.mistakes),
                }
            )
            status = status or FOUND
        else:
            results.append({"file": str(path), "mistakes": [], **_summary(criteria_set)})
            if not as_json:
                click.echo(
                    "{file}: {id} {version}, {criteria} criteria in {themes} themes, no mistakes".format(**results[-1])
                )
            translations = [_translation(one, criteria_set, as_json) for one in read_translations(path, criteria_set)]
            results[-1]["translations"] = translations
            if any(one["mistakes"] for one in translations):
                status = status or FOUND
    if as_json:
        click.echo(json.dumps(results, indent=2, ensure_ascii=False))
    sys.exit(status)


def _told(mistakes: Iterable[Mistake]) -> list[dict[str, Any]]:
    return [{"line": m.line, "column": m.column, "message": m.message} for m in mistakes]


def _translation(found: TranslationFile, criteria_set: CriteriaSet, as_json: bool) -> dict[str, Any]:
    """Says what is wrong with one translation, and counts it; the values for scripts."""
    from audit.domain.criteria_translation import missing, outdated, texts

    for mistake in found.mistakes:
        click.echo(str(mistake), err=True)
    for note in found.notes:
        click.echo(str(note), err=True)
    values: dict[str, Any] = {"file": found.file, "mistakes": _told(found.mistakes), "notes": _told(found.notes)}
    if found.translation is not None:
        whole = len(texts(criteria_set))
        values |= {
            "language": found.translation.language,
            "status": "draft" if found.translation.draft else "reviewed",
            "texts": whole,
            "translated": whole - len(missing(criteria_set, found.translation)),
            "outdated": len(outdated(criteria_set, found.translation)),
        }
        if not as_json:
            line = "{file}: {language}, {status}, {translated} of {texts} texts, {outdated} of an older version"
            click.echo(line.format(**values))
    return values


@criteria.group()
def translations() -> None:
    """Translations of criteria sets."""


@translations.command()
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def store(as_json: bool) -> None:
    """Read the translation files anew and keep what they say for every stored set; the journal tells of each.

    Running cycles show the new words at once; questions, rules and fingerprints stay as they are. Exit status: 0 done,
    1 a translation file has mistakes and was left out.
    """
    from audit.usecases.criteria import store_translations

    wiring = installation()
    files = wiring.criteria_files()
    mistakes = [mistake for file in files for mistake in (*file.mistakes, *file.translation_mistakes)]
    for mistake in mistakes:
        click.echo(mistake, err=True)
    found = {file.criteria_set.id: file.translations for file in files if file.criteria_set is not None}
    with plain_errors(), wiring.sessions.writing() as session:
        stored = store_translations(session, found, actor="job:criteria-translations", at=wiring.now())
    rows = [
        {"set": one.digest[:16], "language": one.language, "number": one.number, "texts": one.texts} for one in stored
    ]
    show(rows, as_json=as_json)
    sys.exit(FOUND if mistakes else 0)


def _sets_of_installation() -> list[str]:
    from audit.criteria_files import FILE_NAME
    from audit.settings import read_settings

    found = [file for folder in read_settings().criteria_folders for file in sorted(folder.glob(f"*/{FILE_NAME}"))]
    if not found:
        click.echo("There is no criteria set in criteria/ or instance/criteria/.", err=True)
        sys.exit(USAGE)
    here = Path.cwd()
    return [str(file.relative_to(here) if file.is_relative_to(here) else file) for file in found]


def _summary(criteria_set: CriteriaSet) -> dict[str, Any]:
    from audit.domain.criteria_text import content_hash

    return {
        "id": criteria_set.id,
        "version": criteria_set.version,
        "themes": len(criteria_set.themes),
        "criteria": len(criteria_set.criteria),
        "hash": content_hash(criteria_set),
    }


@criteria.command(name="score")
@click.argument("set_path", metavar="SET")
@click.argument("answers", metavar="ANSWERS.json", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def score_answers(set_path: str, answers: Path, as_json: bool) -> None:
    """Score confirmed answers against a criteria set (folder or file): themes, overall, level and every rule.

    Input, output and rules stand in docs/criteria.md. Exit status: 0 scored, 2 when the set or the sheet is not usable.
    """
    from audit.cli.answer_sheet import BadSheet, score_sheet
    from audit.criteria_files import CriteriaMistakes, read
    from audit.domain.errors import Missing

    try:
        criteria_set = read(set_path)
        score, verdict = score_sheet(criteria_set, answers)
    except Missing as missing:
        _refuse([str(missing)])
    except CriteriaMistakes as found:
        _refuse([str(mistake) for mistake in found.mistakes])
    except BadSheet as refusal:
        _refuse([f"{answers}: {problem}" for problem in refusal.problems])
    else:
        if as_json:
            click.echo(json.dumps(as_values(score, verdict), indent=2, ensure_ascii=False))
        else:
            _print_result(criteria_set, score, verdict)


def _refuse(lines: list[str]) -> None:
    for line in lines:
        click.echo(" ".join(line.split()), err=True)  # one line each, whatever was typed
    sys.exit(USAGE)


def as_values(score: Score, verdict: Verdict) -> dict[str, Any]:
    """The result for scripts: percentages as texts with six decimals, counts as numbers, yes and no as booleans."""
    return {
        "themes": {theme: _written(value) for theme, value in score.by_theme.items()},
        "overall": _written(score.overall),
        "level": verdict.level,
        "rules": [
            {
                "id": rule.id,
                "level": rule.level,
                "value": _written(rule.value),
                "limit": _written(rule.limit),
                "holds": rule.holds,
            }
            for rule in verdict.rules
        ],
    }


def _written(value: bool | int | Fraction | None) -> bool | int | str | None:
    from audit.domain.scoring import six_decimals

    return six_decimals(value) if isinstance(value, Fraction) else value


def _print_result(criteria_set: CriteriaSet, score: Score, verdict: Verdict) -> None:
    rows = [
        (
            theme.theme,
            "not rated" if theme.score is None else _shown(theme.score),
            criteria_set.theme(theme.theme).title,
        )
        for theme in score.themes
    ]
    rows.append(("overall", _shown(score.overall), ""))
    rows.append(("level", verdict.level, criteria_set.level(verdict.level).title))
    _print_table(rows)
    click.echo()
    _print_table([("rule", "value", "limit", "holds", "concerns"), *(_rule_row(rule) for rule in verdict.rules)])


def _rule_row(rule: RuleVerdict) -> tuple[str, ...]:
    return (rule.id, _shown(rule.value), _shown(rule.limit), "yes" if rule.holds else "no", ", ".join(rule.detail))


def _shown(value: bool | int | Fraction) -> str:
    from audit.domain.scoring import one_decimal_down

    if isinstance(value, bool):
        return "yes" if value else "no"
    return one_decimal_down(value) if isinstance(value, Fraction) else str(value)


def _print_table(rows: Sequence[tuple[str, ...]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
