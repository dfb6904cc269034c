"""The answer sheet that `flask criteria score` reads: JSON in, values out, everything wrong with it at once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit.domain.criteria import CriteriaSet
from audit.domain.errors import N_, AuditError, InvalidInput
from audit.domain.findings import Grade
from audit.domain.levels import Circumstances, Verdict, judge
from audit.domain.scoring import Score, ScoringError, score

MOST_BYTES = 1024 * 1024
MOST_COUNT = 1_000_000  # findings or months; more is a slip of the keyboard
KEYS = (
    "answers",
    "not_applicable",
    "open_findings",
    "plan_accepted",
    "certified_months",
    "indicator_months",
    "profile",
)
_OPEN_GRADES = tuple(grade.value for grade in Grade if grade.can_be_open)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSheet:
    answers: Mapping[str, str]
    not_applicable: tuple[str, ...]
    profile: Mapping[str, str | tuple[str, ...]]
    circumstances: Circumstances


class BadSheet(InvalidInput):
    """An answer sheet that cannot be scored; `problems` names everything that is wrong with it."""

    def __init__(self, problems: list[AuditError]) -> None:
        super().__init__(N_("This answer sheet cannot be scored."), problems=tuple(problems))


def score_sheet(criteria_set: CriteriaSet, file: Path) -> tuple[Score, Verdict]:
    """Read, score and judge. Raises BadSheet with every problem of the sheet, of its shape and of its meaning."""
    problems: list[AuditError] = []
    loaded = _loaded(file, problems)
    sheet = _sheet(loaded, problems)
    if not isinstance(loaded.get("answers"), dict):
        raise BadSheet(problems)  # every criterion would be missing; one sentence says it better
    told = {problem.field for problem in problems if problem.field}
    try:
        result = score(criteria_set, sheet.answers, sheet.not_applicable, sheet.profile)
    except ScoringError as error:
        raise BadSheet([*problems, *(problem for problem in error.problems if problem.field not in told)]) from None
    if problems:
        raise BadSheet(problems)
    return result, judge(criteria_set, result, sheet.circumstances)


def _loaded(file: Path, problems: list[AuditError]) -> dict[str, Any]:
    """The JSON object of the file; raises BadSheet when there is none to look into."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                problems.append(InvalidInput(N_("The key “%(key)s” stands twice; keep one of the two."), key=key))
            found.setdefault(key, value)
        return found

    try:
        with file.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise BadSheet([InvalidInput(N_("The file is larger than %(most)d bytes."), most=MOST_BYTES)])
        loaded = json.loads(data.decode("utf-8-sig"), object_pairs_hook=once)
    except OSError as error:
        raise BadSheet(
            [InvalidInput(N_("The file cannot be read: %(reason)s."), reason=error.strerror or "")]
        ) from None
    except UnicodeDecodeError:
        raise BadSheet([InvalidInput(N_("The file is not UTF-8; save it as UTF-8."))]) from None
    except json.JSONDecodeError as error:
        problem = InvalidInput(
            N_("The file is not JSON at line %(line)d, column %(column)d: %(problem)s."),
            line=error.lineno,
            column=error.colno,
            problem=error.msg,
        )
        raise BadSheet([problem]) from None
    except (RecursionError, ValueError):  # nested without end, or a number of thousands of digits
        raise BadSheet([InvalidInput(N_("The file is JSON of a kind no answer sheet needs."))]) from None
    if not isinstance(loaded, dict):
        raise BadSheet([InvalidInput(N_("An answer sheet is a JSON object with the key “answers”."))])
    return loaded


def _sheet(loaded: Mapping[str, Any], problems: list[AuditError]) -> AnswerSheet:
    for key in loaded:
        if key not in KEYS:
            problems.append(
                InvalidInput(N_("The key “%(key)s” is not known; known are %(known)s."), key=key, known=", ".join(KEYS))
            )
    if "answers" not in loaded:
        problems.append(InvalidInput(N_("The key “answers” is missing.")))
    return AnswerSheet(
        answers=_answers(loaded.get("answers", {}), problems),
        not_applicable=_ids(loaded.get("not_applicable", []), problems),
        profile=_profile(loaded.get("profile", {}), problems),
        circumstances=Circumstances(
            open_findings=_open_findings(loaded.get("open_findings", {}), problems),
            plan_accepted=_flag("plan_accepted", loaded.get("plan_accepted", True), problems),
            certified_months=_count("certified_months", loaded.get("certified_months", 0), problems),
            indicator_months=_count("indicator_months", loaded.get("indicator_months", 0), problems),
        ),
    )


def _answers(given: Any, problems: list[AuditError]) -> dict[str, str]:
    if not isinstance(given, dict):
        problems.append(InvalidInput(N_("“answers” is an object: a criterion id to an answer key.")))
        return {}
    for criterion_id, key in given.items():
        if not isinstance(key, str):
            problems.append(
                InvalidInput(
                    N_("The answer to %(criterion)s is a text, the answer key, in quotes."),
                    field=criterion_id,
                    criterion=criterion_id,
                )
            )
    return {criterion_id: key for criterion_id, key in given.items() if isinstance(key, str)}


def _ids(given: Any, problems: list[AuditError]) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
        problems.append(InvalidInput(N_("“not_applicable” is a list of criterion ids.")))
        return ()
    for name in [name for name, times in Counter(given).items() if times > 1]:
        problems.append(InvalidInput(N_("“not_applicable” names %(criterion)s twice."), criterion=name))
    return tuple(given)


def _profile(given: Any, problems: list[AuditError]) -> dict[str, str | tuple[str, ...]]:
    if not isinstance(given, dict):
        problems.append(InvalidInput(N_("“profile” is an object: a fact to an option or a list of options.")))
        return {}
    stated: dict[str, str | tuple[str, ...]] = {}
    for fact, options in given.items():
        if isinstance(options, str):
            stated[fact] = options
        elif isinstance(options, list) and all(isinstance(option, str) for option in options):
            stated[fact] = tuple(options)
        else:
            problems.append(InvalidInput(N_("The fact “%(fact)s” is an option or a list of options."), fact=fact))
    return stated


def _open_findings(given: Any, problems: list[AuditError]) -> dict[Grade, int]:
    if not isinstance(given, dict):
        problems.append(InvalidInput(N_("“open_findings” is an object: a grade to a number.")))
        return {}
    counts: dict[Grade, int] = {}
    for grade, number in given.items():
        if grade in _OPEN_GRADES:
            counts[Grade(grade)] = _count(f"open_findings.{grade}", number, problems)
        else:
            problems.append(
                InvalidInput(
                    N_("“open_findings” knows no “%(grade)s”; it knows %(known)s."),
                    grade=grade,
                    known=", ".join(_OPEN_GRADES),
                )
            )
    return counts


def _flag(key: str, given: Any, problems: list[AuditError]) -> bool:
    if not isinstance(given, bool):
        problems.append(InvalidInput(N_("“%(key)s” is true or false."), key=key))
    return given is True


def _count(key: str, given: Any, problems: list[AuditError]) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= MOST_COUNT:
        problems.append(InvalidInput(N_("“%(key)s” is a whole number, 0 or more."), key=key))
        return 0
    return given
