"""What a level asks for beside the score, on the day: open findings, certificates held, periods with figures."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from audit.domain.answers import figures_from_text
from audit.domain.case import Held
from audit.domain.certification import CertificateStatus
from audit.domain.findings import Grade
from audit.domain.workflow import State
from audit.persistence.tables import AnswerRow, Certificate, Cycle, CycleKind, FindingRow, SelfAssessment


def earlier_findings(session: Session, assessment: SelfAssessment) -> list[tuple[str, Grade]]:
    """The findings on the line that are still open, of every self-assessment but this one."""
    rows = session.execute(
        select(FindingRow.criterion_id, FindingRow.grade)
        .join(SelfAssessment, SelfAssessment.id == FindingRow.self_assessment_id)
        .where(
            SelfAssessment.line_id == assessment.line_id,
            SelfAssessment.id != assessment.id,
            FindingRow.closed_at.is_(None),
        )
        .order_by(FindingRow.id)
    )
    return [(criterion, grade) for criterion, grade in rows]


def held(session: Session, line_id: int) -> list[Held]:
    """The certificates of a line with their events: two statements."""
    certificates = session.scalars(
        select(Certificate).where(Certificate.line_id == line_id).options(selectinload(Certificate.events))
    )
    return [
        Held(
            level=one.level,
            valid_from=one.valid_from,
            valid_until=one.valid_until,
            events=tuple((CertificateStatus(event.status), event.effective_on) for event in one.events),
        )
        for one in certificates
    ]


def indicator_periods(session: Session, assessment: SelfAssessment) -> dict[str, list[tuple[date, date]]]:
    """The periods of every figure the line delivered, in every cycle, by indicator; practice counts nowhere."""
    rows = session.scalars(
        select(AnswerRow.figures)
        .join(SelfAssessment, SelfAssessment.id == AnswerRow.self_assessment_id)
        .join(Cycle, Cycle.id == SelfAssessment.cycle_id)
        .where(
            SelfAssessment.line_id == assessment.line_id,
            SelfAssessment.state != State.WITHDRAWN,
            or_(Cycle.kind != CycleKind.PRACTICE, SelfAssessment.id == assessment.id),
            AnswerRow.figures != "[]",
        )
    )
    periods: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for text in rows:
        for figure in figures_from_text(text):
            periods[figure.indicator].append(
                (date.fromisoformat(figure.period_from), date.fromisoformat(figure.period_to))
            )
    return periods
