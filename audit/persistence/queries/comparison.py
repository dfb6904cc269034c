"""Gathers what a comparison report is made from: the decided lines of a cycle, read one after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.orm import Session

from audit.domain.answers import Figure, figures_from_text
from audit.domain.comparison import AssessedLine, EarlierCycle, EarlierResult, Edition, IndicatorFigure, OpenFinding
from audit.domain.criteria import CriteriaSet
from audit.persistence.criteria_sets import frozen
from audit.persistence.queries.papers import figure_value
from audit.persistence.results import result_from_text
from audit.persistence.tables import (
    AnswerRow,
    Certificate,
    Cycle,
    CycleKind,
    Decision,
    FindingRow,
    Network,
    ReportingLine,
    SelfAssessment,
)


def assessed_lines(session: Session, cycle: Cycle) -> Iterator[AssessedLine]:
    """Every decided line of a cycle in the order of their names; six statements, however many lines there are."""
    criteria_set = frozen(session, cycle.criteria_set_hash)
    before = _cycle_before(session, cycle)
    rows = session.execute(_decided(cycle.id).order_by(ReportingLine.name)).all()
    assessments = [row.SelfAssessment.id for row in rows]
    earlier = {row.ReportingLine.id: _earlier(row) for row in session.execute(_decided(before.id))} if before else {}
    said, figures = _answers(session, criteria_set, assessments)
    findings = _findings(session, assessments)
    serials = _serials(session, [row.Decision.id for row in rows])
    for row in rows:
        result = result_from_text(row.Decision.result)
        line = row.ReportingLine
        yield AssessedLine(
            line=line.public_id,
            name=line.name,
            country=line.country,
            level=row.Decision.level,
            overall=result.overall,
            themes=result.themes,
            criteria=result.keys,
            not_applicable=result.not_applicable,
            self_assessed=said[row.SelfAssessment.id],
            findings=tuple(findings[row.SelfAssessment.id]),
            indicators=figures[row.SelfAssessment.id],
            profile=row.SelfAssessment.profile,
            certificate=serials.get(row.Decision.id, ""),
            circumstances=result.circumstances,
            previous=earlier.get(line.id),
        )


def earlier_cycle(session: Session, cycle: Cycle) -> EarlierCycle | None:
    """The cycle that a report on this one looks back to."""
    before = _cycle_before(session, cycle)
    if before is None:
        return None
    return EarlierCycle(name=before.name, criteria_set=frozen(session, before.criteria_set_hash))


def edition(session: Session, cycle: Cycle, *, language: str, made_at: datetime) -> Edition:
    """What stands on the cover and in the notes."""
    network = session.scalars(select(Network)).one()
    invited = session.scalar(
        select(func.count()).select_from(SelfAssessment).where(SelfAssessment.cycle_id == cycle.id)
    )
    closed: date = cycle.closed_at.date() if cycle.closed_at is not None else made_at.date()
    return Edition(
        network=network.name,
        cycle=cycle.name,
        closed_on=closed.isoformat(),
        made_at=made_at.isoformat(),
        invited=invited or 0,
        language=language,
        set_hash=cycle.criteria_set_hash,
        contact=network.contact_email,
        sample=network.sample,
    )


def _cycle_before(session: Session, cycle: Cycle) -> Cycle | None:
    """The latest full cycle that opened before this one."""
    return session.scalar(
        select(Cycle)
        .where(Cycle.opens_on < cycle.opens_on, Cycle.kind == CycleKind.FULL)
        .order_by(Cycle.opens_on.desc(), Cycle.id.desc())
        .limit(1)
    )


def _decided(cycle_id: int) -> Select[Any]:
    """Each decided line of a cycle with its latest decision."""
    latest = (
        select(Decision.self_assessment_id, func.max(Decision.number).label("number"))
        .group_by(Decision.self_assessment_id)
        .subquery()
    )
    return (
        select(SelfAssessment, ReportingLine, Decision)
        .join(ReportingLine, ReportingLine.id == SelfAssessment.line_id)
        .join(Decision, Decision.self_assessment_id == SelfAssessment.id)
        .join(
            latest,
            and_(
                latest.c.self_assessment_id == Decision.self_assessment_id,
                latest.c.number == Decision.number,
            ),
        )
        .where(SelfAssessment.cycle_id == cycle_id)
    )


def _earlier(row: Row[Any]) -> EarlierResult:
    result = result_from_text(row.Decision.result)
    return EarlierResult(level=row.Decision.level, overall=result.overall, themes=result.themes, criteria=result.keys)


def _answers(
    session: Session, criteria_set: CriteriaSet, assessments: list[int]
) -> tuple[dict[int, dict[str, str]], dict[int, dict[str, IndicatorFigure]]]:
    """What each line said of itself, and its latest figure for each indicator."""
    said: dict[int, dict[str, str]] = defaultdict(dict)
    latest: dict[int, dict[str, Figure]] = defaultdict(dict)
    rows = session.execute(
        select(AnswerRow.self_assessment_id, AnswerRow.criterion_id, AnswerRow.key, AnswerRow.figures).where(
            AnswerRow.self_assessment_id.in_(assessments)
        )
    )
    for assessment, criterion, key, text in rows:
        if key is not None:
            said[assessment][criterion] = key
        if text == "[]":
            continue
        for figure in figures_from_text(text):
            known = latest[assessment].get(figure.indicator)
            if known is None or figure.period_to > known.period_to:
                latest[assessment][figure.indicator] = figure
    figures: dict[int, dict[str, IndicatorFigure]] = defaultdict(dict)
    for assessment, found in latest.items():
        for indicator in criteria_set.indicators:
            figure = found.get(indicator.id)
            value = figure_value(indicator.measure, figure) if figure is not None else None
            if figure is not None and value is not None:
                cases = int(Fraction(figure.denominator)) if figure.denominator else None
                figures[assessment][indicator.id] = IndicatorFigure(value=value, cases=cases)
    return said, figures


def _findings(session: Session, assessments: list[int]) -> dict[int, list[OpenFinding]]:
    found: dict[int, list[OpenFinding]] = defaultdict(list)
    rows = session.scalars(
        select(FindingRow)
        .where(FindingRow.self_assessment_id.in_(assessments), FindingRow.closed_at.is_(None))
        .order_by(FindingRow.criterion_id)
    )
    for row in rows:
        found[row.self_assessment_id].append(
            OpenFinding(
                criterion=row.criterion_id,
                grade=row.grade.value,
                text=row.text,
                due_on=row.due_on.isoformat() if row.due_on is not None else "",
            )
        )
    return found


def _serials(session: Session, decisions: list[int]) -> dict[int, str]:
    """The serial of each decision's latest certificate."""
    rows = session.execute(
        select(Certificate.decision_id, Certificate.serial)
        .where(Certificate.decision_id.in_(decisions))
        .order_by(Certificate.revision)
    )
    return dict(rows.all())
