"""Facts of an invented result, with all the criteria of the shipped set."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from audit.domain.certification import (
    CriterionResult,
    FindingToClose,
    IndicatorResult,
    LevelName,
    PlanStep,
    ResultSheetFacts,
    RuleResult,
    Strength,
    ThemeResult,
)
from audit.domain.criteria import Measure, RuleKind
from audit.domain.findings import Grade
from tests.documents.samples import CRITERIA_SET, ISSUER, THEMES

_KEYS = (("none", "Not met"), ("partly", "Partly met"), ("mostly", "Mostly met"), ("full", "Fully met"))
_SCORES = (890, 907, 875, 872, 776, 880, 776, 763)
_WEIGHTS = (10, 12, 15, 18, 12, 15, 10, 8)
_TITLES = (
    "Mandate and legal form",
    "Independence of decisions",
    "Plain instructions for people who report",
    "Child in danger now",
    "Countable case log",
    "Feedback to the person who reported",
    "Retention and deletion carried out",
)


def _criteria() -> tuple[CriterionResult, ...]:
    found = []
    for theme in THEMES:
        for number in range(1, theme.criteria + 1):
            confirmed = 3 if (number + len(theme.id + theme.title)) % 3 else 2
            said = 3 if number % 4 == 0 else confirmed
            grade = Grade.CONFORMS
            if (theme.id, number) == ("INT", 6):
                confirmed, grade = 1, Grade.MINOR
            elif number == 5 and theme.id in ("REF", "LRN"):
                grade = Grade.OPPORTUNITY
            found.append(
                CriterionResult(
                    id=f"{theme.id}-{number:02d}",
                    theme=theme.id,
                    title=_TITLES[(number + len(theme.title)) % len(_TITLES)],
                    core=number % 2 == 1,
                    stopper=number == 3 and theme.id in ("HND", "DAT", "PPL"),
                    confirmed_key=None if (theme.id, number) == ("ACC", 6) else _KEYS[confirmed][0],
                    confirmed_level=None if (theme.id, number) == ("ACC", 6) else confirmed,
                    confirmed_title=_KEYS[confirmed][1],
                    self_key=_KEYS[said][0],
                    self_level=said,
                    self_title=_KEYS[said][1],
                    finding=grade,
                    comment="The rule is written and known; no sample showed who writes back to the reporter, and when."
                    if grade is not Grade.CONFORMS or said != confirmed
                    else "",
                )
            )
    return tuple(found)


def _rule(level: str, kind: RuleKind, value: object, limit: object, holds: bool = True, **more: object) -> RuleResult:
    return RuleResult(level=level, kind=kind, value=Fraction(value), limit=Fraction(limit), holds=holds, **more)  # type: ignore[arg-type]


RESULT = ResultSheetFacts(
    line_name="Sample line Austria",
    line_name_latin="",
    country="AT",
    cycle_name="2026",
    decided_on=date(2026, 9, 15),
    appeal_until=date(2026, 10, 13),
    level="certified",
    level_title="Certified",
    level_wording="Meets the core criteria",
    computed_level_title="Certified",
    deviation_reason="",
    carries_certificate=True,
    certificate_serial="PL-2026-AT-0042-2",
    overall=Fraction(2550, 30),
    previous_cycle="2025",
    previous_overall=Fraction(814, 10),
    previous_level_title="Certified",
    levels=(
        LevelName(id="exemplary", title="Exemplary"),
        LevelName(id="certified", title="Certified"),
        LevelName(id="conditional", title="Conditional"),
        LevelName(id="not_certified", title="Not certified"),
    ),
    rules=(
        _rule("exemplary", RuleKind.INCLUDES_LEVEL, 0, 0),
        _rule(
            "exemplary", RuleKind.CORE_AT_TOP, 5, 0, False, detail=("HND-01", "REF-03", "DAT-01", "DAT-03", "PPL-05")
        ),
        _rule("exemplary", RuleKind.OVERALL_AT_LEAST, 85, 90, False),
        _rule("exemplary", RuleKind.THEMES_AT_LEAST, "763/10", 80, False, detail=("REF", "PPL", "LRN")),
        _rule(
            "exemplary",
            RuleKind.OPEN_FINDINGS_AT_MOST,
            3,
            0,
            False,
            detail=("minor", "opportunity"),
            grades=("major", "minor", "opportunity"),
        ),
        _rule("exemplary", RuleKind.CERTIFIED_MONTHS_AT_LEAST, 36, 24),
        _rule("exemplary", RuleKind.INDICATOR_MONTHS_AT_LEAST, 24, 12),
        _rule("certified", RuleKind.STOPPERS_MET, 0, 0),
        _rule("certified", RuleKind.CORE_MET, 0, 0),
        _rule("certified", RuleKind.OVERALL_AT_LEAST, 85, 70),
        _rule("certified", RuleKind.THEMES_AT_LEAST, "763/10", 50),
        _rule("certified", RuleKind.THEMES_RATED, 0, 0),
        _rule("certified", RuleKind.OPEN_FINDINGS_AT_MOST, 0, 0, grades=("major",)),
        _rule("conditional", RuleKind.STOPPERS_MET, 0, 0),
        _rule("conditional", RuleKind.CORE_AT_LEVEL_AT_MOST, 0, 0, step=0),
        _rule("conditional", RuleKind.CORE_AT_LEVEL_AT_MOST, 0, 3, step=1),
        _rule("conditional", RuleKind.OVERALL_AT_LEAST, 85, 55),
        _rule("conditional", RuleKind.THEMES_AT_LEAST, "763/10", 40),
        _rule("conditional", RuleKind.OPEN_FINDINGS_AT_MOST, 0, 0, grades=("major",)),
        _rule("conditional", RuleKind.PLAN_ACCEPTED, 1, 1),
    ),
    themes=tuple(
        ThemeResult(
            id=theme.id,
            title=theme.title,
            weight=weight,
            criteria=theme.criteria,
            score=Fraction(score, 10),
            previous=Fraction(score - 36, 10),
        )
        for theme, score, weight in zip(THEMES, _SCORES, _WEIGHTS, strict=True)
    ),
    criteria=_criteria(),
    indicators=(
        IndicatorResult(
            id="IND-03",
            title="Reports assessed within one working day",
            unit="%",
            measure=Measure.RATE,
            value=Fraction(9100, 97),
            cases=97,
            period_from=date(2025, 7, 1),
            period_to=date(2026, 6, 30),
            source="log_extract",
        ),
        IndicatorResult(
            id="IND-07",
            title="Time from a report of a child in danger to the police",
            unit="hours",
            measure=Measure.MEDIAN,
            value=Fraction(3, 2),
            cases=17,
            period_from=date(2025, 7, 1),
            period_to=date(2026, 6, 30),
            source="count_by_hand",
        ),
    ),
    findings=(
        FindingToClose(
            criterion="INT-06",
            grade=Grade.MINOR,
            text="No rule says who writes back to the reporter, and when",
            action="Adopt a rule; report the share answered each quarter",
            owner="Line manager",
            due_on=date(2027, 2, 28),
        ),
        FindingToClose(
            criterion="REF-05", grade=Grade.OPPORTUNITY, text="The agreement of 2021 names a desk that has moved"
        ),
        FindingToClose(
            criterion="LRN-05", grade=Grade.OPPORTUNITY, text="Closed reports are checked, but not every quarter"
        ),
    ),
    strengths=(
        Strength(
            criterion="HND-03",
            title="Child in danger now",
            text="Police were reached within two hours in all 17 urgent cases, nights and holidays included.",
        ),
        Strength(
            criterion="HND-04",
            title="Countable case log",
            text="The log still counts after the content is gone; both reviewers saw it live.",
        ),
        Strength(
            criterion="LRN-01",
            title="Annual public report",
            text="Out four months after the year’s end, with small numbers protected.",
        ),
        Strength(
            criterion="INT-01",
            title="Plain instructions",
            text="Short, current, and written with people who had reported.",
        ),
    ),
    next_level_title="Exemplary",
    plan=(
        PlanStep(
            criterion="HND-01",
            title="Triage rules",
            core=True,
            stopper=False,
            from_title="Mostly met",
            to_title="Fully met",
            needs="A test of the triage rules with invented cases, minuted",
        ),
        PlanStep(
            criterion="INT-06",
            title="Feedback to the person who reported",
            core=False,
            stopper=False,
            from_title="Partly met",
            to_title="Mostly met",
            needs="Feedback to 75 of 100 contactable reporters within three months",
        ),
    ),
    plan_text="",
    reviewers=2,
    criteria_set=CRITERIA_SET,
    issuing_body=ISSUER,
    language="en",
    sample=True,
    snapshot_hash="9d41c07e" * 8,
    decision_reference="6c1d0a5f",
)
REFUSED = replace(
    RESULT,
    level="not_certified",
    level_title="Not certified",
    computed_level_title="Conditional",
    deviation_reason="The plan of corrective actions was not accepted by the date agreed.",
    carries_certificate=False,
    certificate_serial=None,
    previous_cycle="",
    previous_overall=None,
    previous_level_title="",
    strengths=(),
    plan=(),
    next_level_title="",
    plan_text="Begin with the stoppers: vetting of everyone who sees reports, and the route to the police.\n"
    "The network offers a peer visit in the spring.",
)
