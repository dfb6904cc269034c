"""The commands that write an answer sheet as XLSX and take a filled-in one over, for people without a browser."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from audit.cli.surroundings import FOUND, USAGE, installation, plain_errors

if TYPE_CHECKING:
    from audit.domain.answer_sheet_changes import Differences
    from audit.persistence.tables import SelfAssessment
    from audit.wiring import Wiring


@click.group()
def questionnaire() -> None:
    """A line’s answer sheet as a spreadsheet: out, and filled in back again."""


_LINE = click.option("--line", "line_name", required=True, help="The line's name or public id.")
_CYCLE = click.option("--cycle", "cycle_name", required=True, help="The cycle's name, for example 2026.")


@questionnaire.command("export")
@_LINE
@_CYCLE
@click.option("--language", default="en", show_default=True)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export_sheet(line_name: str, cycle_name: str, language: str, file: Path) -> None:
    """Write the answers of a line in a cycle, as they stand now, into FILE.xlsx (or .csv, or .json)."""
    from audit.domain.answer_sheet import to_text
    from audit.persistence.queries.answer_sheets import answer_sheet

    wiring = installation()
    with plain_errors(), wiring.sessions.reading() as session:
        assessment = _assessment(session, line_name, cycle_name)
        facts = answer_sheet(session, assessment, language=language, at=wiring.now())
    made = {".json": lambda: to_text(facts).encode(), ".csv": lambda: wiring.answer_sheets.write_commas(facts)}
    content = made.get(file.suffix.casefold(), lambda: wiring.answer_sheets.write(facts, language))()
    try:
        file.write_bytes(content)
    except OSError as error:
        click.echo(f"{file} cannot be written: {error.strerror}.", err=True)
        sys.exit(FOUND)
    click.echo(f"{file}: {len(content)} bytes")


@questionnaire.command("import")
@_LINE
@_CYCLE
@click.option("--apply", is_flag=True, help="Take over what changed in the file only. Needs --as.")
@click.option("--as", "email", metavar="E-MAIL", help="The person of the line who takes it over.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_sheet(line_name: str, cycle_name: str, apply: bool, email: str | None, as_json: bool, file: Path) -> None:
    """Show what the filled-in FILE.xlsx would change; with --apply, take it over.

    What changed in the file and here, and what would take words away, is never taken over by this command: do that on
    the website, where both texts stand side by side. Exit status: 0 done, 1 not possible or only in part.
    """
    from audit.domain.calendar import today

    if apply and not email:
        click.echo("Name the person who takes it over: --as name@example.org.", err=True)
        sys.exit(USAGE)
    wiring = installation()
    now = wiring.now()
    day = today(now, wiring.settings.timezone)
    with plain_errors():
        with wiring.sessions.reading() as session:
            found, notes = _compared(wiring, session, _assessment(session, line_name, cycle_name), file, day)
        report: dict[str, Any] = {"file": str(file), "notes": list(notes), **_told(found)}
        if apply:
            report["stored"] = _taken_over(wiring, line_name, cycle_name, email or "", found, now)
    click.echo(json.dumps(report, indent=2, ensure_ascii=False) if as_json else _in_words(report))
    wanted = {one.criterion for one in found.changes if one.wanted}
    if apply and (set(report["stored"]) != wanted or found.problems):
        sys.exit(FOUND)


def _assessment(session: Any, line_name: str, cycle_name: str) -> SelfAssessment:
    """The self-assessment, with line and cycle; exit 1, naming what there is, when there is none."""
    from audit.persistence.queries import assessments, lines, network

    line = lines.by_name(session, line_name) or lines.by_public_id(session, line_name)
    if line is None:
        click.echo(f"There is no line called “{line_name}”.", err=True)
        sys.exit(FOUND)
    cycle = network.cycle_by_name(session, cycle_name)
    found = None if cycle is None else assessments.of_line_in_cycle(session, line.id, cycle.id)
    if found is None:
        names = ", ".join(one.cycle.name for one in assessments.of_line(session, line.id)) or "none"
        click.echo(f"{line.name} has no self-assessment in “{cycle_name}”. It has: {names}.", err=True)
        sys.exit(FOUND)
    return found


def _compared(
    wiring: Wiring, session: Any, assessment: SelfAssessment, file: Path, day: Any
) -> tuple[Differences, tuple[str, ...]]:
    from audit.persistence.criteria_sets import frozen
    from audit.persistence.queries import answer_sheets

    criteria_set = frozen(session, assessment.cycle.criteria_set_hash)
    filled = wiring.answer_sheets.read(file.read_bytes(), criteria_set)
    return answer_sheets.compared(session, assessment, filled, today=day)


def _taken_over(wiring: Wiring, line_name: str, cycle_name: str, email: str, found: Differences, now: Any) -> list[str]:
    """Store the changes nobody could object to, as a person who may answer for this line."""
    from audit.domain.errors import N_, NotAllowed
    from audit.domain.permissions import Permission, allows
    from audit.persistence.criteria_sets import frozen
    from audit.persistence.queries import people
    from audit.persistence.queries.access import relations
    from audit.usecases import self_assessment

    with wiring.sessions.writing() as session:
        assessment = _assessment(session, line_name, cycle_name)
        person = people.by_email(session, email)
        if person is None or not allows(Permission.ANSWER, relations(session, person, now=now, assessment=assessment)):
            raise NotAllowed(N_("This person may not answer for the line."))
        wanted = [
            self_assessment.Wanted(criterion=one.criterion, answer=one.theirs, version=one.version)
            for one in found.changes
            if one.wanted
        ]
        if not wanted:
            return []
        done = self_assessment.take_over(
            session,
            assessment,
            frozen(session, assessment.cycle.criteria_set_hash),
            wanted,
            actor=person,
            at=now,
        )
    return list(done.stored)


def _told(found: Differences) -> dict[str, Any]:
    return {
        "changes": [
            {
                "criterion": one.criterion,
                "kind": one.kind.value,
                "leaves_out": one.empties,
                "here": {"status": one.ours.status.value, "key": one.ours.key, "text": one.ours.justification},
                "file": {"status": one.theirs.status.value, "key": one.theirs.key, "text": one.theirs.justification},
            }
            for one in found.changes
        ],
        "newer_here": list(found.newer_here),
        "problems": [
            {
                "criterion": one.criterion,
                "sheet": one.place.sheet,
                "cell": one.place.cell,
                "problem": one.message % one.values if one.values else one.message,
            }
            for one in found.problems
        ],
        "not_asked": list(found.unknown),
    }


_KINDS = {"theirs": "changed in the file", "both": "changed in the file and here, or nobody can tell"}


def _in_words(report: dict[str, Any]) -> str:
    lines = list(report["notes"])
    for one in report["changes"]:
        ending = "; the file leaves something out" if one["leaves_out"] else ""
        lines.append(f"{one['criterion']}: {_KINDS[one['kind']]}{ending}")
        for side in ("here", "file"):
            said = one[side]
            lines.append(f"  {side}: {said['key'] or said['status']}: {_short(said['text'])}")
    lines += [f"{one['sheet']} {one['cell']} ({one['criterion']}): {one['problem']}" for one in report["problems"]]
    if report["newer_here"]:
        lines.append(f"Changed here only, stays: {', '.join(report['newer_here'])}")
    if report["not_asked"]:
        lines.append(f"Not asked here: {', '.join(report['not_asked'])}")
    if "stored" in report:
        lines.append(f"Taken over: {', '.join(report['stored']) or 'nothing'}")
    elif not report["changes"]:
        lines.append("The file says what is stored here already.")
    return "\n".join(lines)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 90 else text[:89] + "…"
