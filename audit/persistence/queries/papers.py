"""Gathers the frozen facts of certificates and result sheets from the rows of a decision, in the line's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.domain.answers import Answer, Figure
from audit.domain.case import Case, is_conditional
from audit.domain.certification import (
    AssessedTheme,
    CertificateFacts,
    CriteriaSetReference,
    CriterionResult,
    FindingToClose,
    IndicatorResult,
    IssuingBody,
    LevelName,
    PlanStep,
    ResultSheetFacts,
    RuleResult,
    Strength,
    ThemeResult,
)
from audit.domain.criteria import CriteriaSet, Criterion, Level, Measure
from audit.domain.errors import N_, Missing
from audit.domain.findings import Grade
from audit.domain.journal import GENESIS
from audit.domain.scoring import Standing
from audit.persistence.criteria_sets import in_language
from audit.persistence.queries.decisions import previous_decision
from audit.persistence.results import Result, result_from_text
from audit.persistence.tables import (
    Certificate,
    Cycle,
    Decision,
    FindingRow,
    IssuingBodyEntry,
    JournalEntry,
    Network,
    ReportingLine,
    SelfAssessment,
)

MOST_STRENGTHS = 5


def issuing_body(session: Session, on: date) -> IssuingBody:
    """Who issues on a day, as the network's settings say; Missing when nobody is named for that day."""
    entry = session.scalar(
        select(IssuingBodyEntry)
        .where(IssuingBodyEntry.valid_from <= on)
        .order_by(IssuingBodyEntry.valid_from.desc())
        .limit(1)
    )
    if entry is None:
        raise Missing(N_("The network's settings name no issuing body for this date."))
    return IssuingBody(
        name=entry.name,
        address=entry.address,
        website=entry.website,
        signatory=entry.signatory,
        place=entry.place,
    )


def set_reference(criteria_set: CriteriaSet, digest: str) -> CriteriaSetReference:
    return CriteriaSetReference(
        id=criteria_set.id,
        version=criteria_set.version,
        status=criteria_set.status.value,
        title=criteria_set.title,
        hash=digest,
        published=date.fromisoformat(criteria_set.published) if criteria_set.published else None,
    )


def first_certified_on(session: Session, line: ReportingLine, otherwise: date) -> date:
    """The first day of the line's first certificate; `otherwise` where this is the first."""
    first = session.scalar(
        select(Certificate.valid_from).where(Certificate.line_id == line.id).order_by(Certificate.valid_from).limit(1)
    )
    return min(first, otherwise) if first is not None else otherwise


def checkpoint(session: Session) -> str:
    """The hash of the journal's last entry: printed on a certificate, it vouches for everything before."""
    last = session.scalar(select(JournalEntry.hash).order_by(JournalEntry.number.desc()).limit(1))
    return last or GENESIS


def certificate_facts(
    session: Session,
    decision: Decision,
    assessment: SelfAssessment,
    case: Case,
    *,
    serial: str,
    code: str,
    supersedes: str | None,
    valid_from: date,
    valid_until: date,
    reviewers: int,
    base_url: str,
) -> CertificateFacts:
    """What the certificate of a decision says, fixed now."""
    network = session.scalars(select(Network)).one()
    line = session.get_one(ReportingLine, assessment.line_id)
    criteria_set = in_language(session, decision.criteria_set_hash, line.language)
    cycle = session.get_one(Cycle, assessment.cycle_id)
    level = criteria_set.level(decision.level)
    conditions = conditions_of(criteria_set, case) if is_conditional(level) else 0
    counted = [criteria_set.criterion(entry.criterion) for entry in case.score.counted]
    return CertificateFacts(
        serial=serial,
        verification_code=code,
        revision=1,
        supersedes=supersedes,
        line_name=line.name,
        line_name_latin=line.name_latin,
        country=line.country,
        operator=line.operator,
        operator_address=line.operator_address,
        scope=line.scope,
        channels=line.channels,
        web_address=line.web_address,
        level=level.id,
        level_title=level.title,
        level_wording=level.wording,
        decided_on=valid_from,
        valid_from=valid_from,
        valid_until=valid_until,
        first_certified_on=first_certified_on(session, line, valid_from),
        conditions=conditions,
        conditions_due_on=valid_until if conditions else None,
        criteria_set=set_reference(criteria_set, decision.criteria_set_hash),
        themes=tuple(
            AssessedTheme(
                id=theme.id, title=theme.title, criteria=sum(criterion.theme == theme.id for criterion in counted)
            )
            for theme in criteria_set.themes
        ),
        core_criteria=sum(criterion.core for criterion in counted),
        reviewers=reviewers,
        cycle_name=cycle.name,
        verification_url=f"{base_url.rstrip('/')}/c/{code}",
        issuing_body=issuing_body(session, valid_from),
        language=line.language,
        sample=network.sample,
        snapshot_hash=decision.snapshot_hash,
        decision_reference=decision.public_id,
        journal_checkpoint=checkpoint(session),
    )


def conditions_of(criteria_set: CriteriaSet, case: Case) -> int:
    """How many things a conditional certificate asks to mend: nonconformities, or else core criteria not met."""
    open_findings = case.circumstances.open_findings
    graded = open_findings.get(Grade.MAJOR, 0) + open_findings.get(Grade.MINOR, 0)
    return graded or len(unmet_core(criteria_set, case)) or 1


def unmet_core(criteria_set: CriteriaSet, case: Case) -> list[Criterion]:
    """The counted core criteria that stand below the level at which they count as met, stoppers first."""
    unmet = []
    for entry in case.score.counted:
        criterion = criteria_set.criterion(entry.criterion)
        if criterion.core and entry.level is not None and entry.level < criteria_set.core_min_level(criterion):
            unmet.append(criterion)
    return sorted(unmet, key=lambda criterion: not criterion.stopper)


def result_sheet_facts(
    session: Session,
    decision: Decision,
    assessment: SelfAssessment,
    case: Case,
    answers: Mapping[str, Answer],
    *,
    certificate_serial: str | None,
    reviewers: int,
    today: date,
) -> ResultSheetFacts:
    """The confidential result of the line, fixed now."""
    network = session.scalars(select(Network)).one()
    line = session.get_one(ReportingLine, assessment.line_id)
    criteria_set = in_language(session, decision.criteria_set_hash, line.language)
    cycle = session.get_one(Cycle, assessment.cycle_id)
    before = previous_decision(session, assessment)
    earlier = result_from_text(before.result) if before is not None else None
    level = criteria_set.level(decision.level)
    above = _level_above(criteria_set, level)
    plan = _plan(criteria_set, case) if above is not None else ()
    return ResultSheetFacts(
        line_name=line.name,
        line_name_latin=line.name_latin,
        country=line.country,
        cycle_name=cycle.name,
        decided_on=today,
        appeal_until=decision.appeal_until,
        level=level.id,
        level_title=level.title,
        level_wording=level.wording,
        computed_level_title=criteria_set.level(decision.computed_level).title,
        deviation_reason=decision.reason if decision.level != decision.computed_level else "",
        carries_certificate=certificate_serial is not None,
        certificate_serial=certificate_serial,
        overall=case.score.overall,
        previous_cycle=before.self_assessment.cycle.name if before is not None else "",
        previous_overall=earlier.overall if earlier is not None else None,
        previous_level_title=_title_of(criteria_set, before.level) if before is not None else "",
        levels=tuple(LevelName(id=one.id, title=one.title) for one in criteria_set.levels),
        rules=_rules(criteria_set, case),
        themes=_themes(criteria_set, case, earlier),
        criteria=tuple(_criterion(criteria_set, case, criterion, answers) for criterion in _asked(criteria_set, case)),
        indicators=_indicators(criteria_set, answers),
        findings=_findings(session, assessment),
        strengths=_strengths(criteria_set, case),
        next_level_title=above.title if above is not None and plan else "",
        plan=plan,
        plan_text="",
        reviewers=reviewers,
        criteria_set=set_reference(criteria_set, decision.criteria_set_hash),
        issuing_body=issuing_body(session, today),
        language=line.language,
        sample=network.sample,
        snapshot_hash=decision.snapshot_hash,
        decision_reference=decision.public_id,
    )


def _asked(criteria_set: CriteriaSet, case: Case) -> list[Criterion]:
    return [
        criteria_set.criterion(entry.criterion)
        for entry in case.score.criteria
        if entry.standing is not Standing.EXCLUDED
    ]


def _level_above(criteria_set: CriteriaSet, level: Level) -> Level | None:
    place = criteria_set.levels.index(level)
    return criteria_set.levels[place - 1] if place else None


def _title_of(criteria_set: CriteriaSet, level_id: str) -> str:
    """The title of a level, also where an earlier set had levels that this one does not know."""
    return next((level.title for level in criteria_set.levels if level.id == level_id), level_id)


def _rules(criteria_set: CriteriaSet, case: Case) -> tuple[RuleResult, ...]:
    rules = {f"{level.id}.{rule.id}": rule for level in criteria_set.levels for rule in level.rules}
    return tuple(
        RuleResult(
            level=rule.level,
            kind=rule.kind,
            value=Fraction(rule.value if rule.value is not None else 0),
            limit=Fraction(rule.limit),
            holds=rule.holds,
            detail=rule.detail,
            step=rules[rule.id].level,
            grades=rules[rule.id].grades,
        )
        for rule in case.verdict.rules
    )


def _themes(criteria_set: CriteriaSet, case: Case, earlier: Result | None) -> tuple[ThemeResult, ...]:
    asked = _asked(criteria_set, case)
    return tuple(
        ThemeResult(
            id=theme.theme,
            title=criteria_set.theme(theme.theme).title,
            weight=theme.weight,
            criteria=sum(criterion.theme == theme.theme for criterion in asked),
            score=theme.score,
            previous=earlier.themes.get(theme.theme) if earlier is not None else None,
        )
        for theme in case.score.themes
    )


def _criterion(
    criteria_set: CriteriaSet, case: Case, criterion: Criterion, answers: Mapping[str, Answer]
) -> CriterionResult:
    answer_set = criteria_set.answer_set_of(criterion)
    key = case.keys.get(criterion.id)
    confirmed = answer_set.answer(key) if key is not None else None
    said = answers.get(criterion.id, Answer())
    own = answer_set.answer(said.key) if said.key is not None else None
    return CriterionResult(
        id=criterion.id,
        theme=criterion.theme,
        title=criterion.title,
        core=criterion.core,
        stopper=criterion.stopper,
        confirmed_key=confirmed.key if confirmed else None,
        confirmed_level=confirmed.level if confirmed else None,
        confirmed_title=confirmed.title if confirmed else "",
        self_key=own.key if own else None,
        self_level=own.level if own else None,
        self_title=own.title if own else "",
        finding=case.confirmed[criterion.id].grade,
        comment=case.confirmed[criterion.id].comment,
        top=answer_set.top.level,
    )


def _indicators(criteria_set: CriteriaSet, answers: Mapping[str, Answer]) -> tuple[IndicatorResult, ...]:
    latest: dict[str, Figure] = {}
    for answer in answers.values():
        for figure in answer.figures:
            known = latest.get(figure.indicator)
            if known is None or figure.period_to > known.period_to:
                latest[figure.indicator] = figure
    found = []
    for indicator in criteria_set.indicators:
        figure = latest.get(indicator.id)
        if figure is None:
            continue
        found.append(
            IndicatorResult(
                id=indicator.id,
                title=indicator.title,
                unit=indicator.unit,
                measure=indicator.measure,
                value=figure_value(indicator.measure, figure),
                cases=int(Fraction(figure.denominator)) if figure.denominator else None,
                period_from=date.fromisoformat(figure.period_from),
                period_to=date.fromisoformat(figure.period_to),
                source=figure.source.value,
            )
        )
    return tuple(found)


def figure_value(measure: Measure, figure: Figure) -> Fraction | None:
    """A figure in its indicator's unit: a rate in percent; None where it cannot be computed."""
    if measure is not Measure.RATE:
        return figure.exact()
    cases = Fraction(figure.denominator or "0")
    return 100 * figure.exact() / cases if cases else None


def _findings(session: Session, assessment: SelfAssessment) -> tuple[FindingToClose, ...]:
    rows: Iterable[FindingRow] = session.scalars(
        select(FindingRow).where(FindingRow.self_assessment_id == assessment.id).order_by(FindingRow.criterion_id)
    )
    return tuple(
        FindingToClose(criterion=row.criterion_id, grade=row.grade, text=row.text, due_on=row.due_on)
        for row in sorted(rows, key=lambda row: -row.grade.severity)
    )


def _strengths(criteria_set: CriteriaSet, case: Case) -> tuple[Strength, ...]:
    """What the reviewers praised: criteria at their top with words to them, core ones first."""
    praised = []
    for criterion in _asked(criteria_set, case):
        confirmed = case.confirmed[criterion.id]
        at_top = case.keys.get(criterion.id) == criteria_set.answer_set_of(criterion).top.key
        if at_top and confirmed.comment and not confirmed.grade.can_be_open:
            praised.append((criterion, confirmed.comment))
    praised.sort(key=lambda one: not one[0].core)
    return tuple(
        Strength(criterion=criterion.id, title=criterion.title, text=comment)
        for criterion, comment in praised[:MOST_STRENGTHS]
    )


def _plan(criteria_set: CriteriaSet, case: Case) -> tuple[PlanStep, ...]:
    """The core criteria to raise before the next level: where each stands and where it counts as met."""
    steps = []
    for criterion in unmet_core(criteria_set, case):
        answer_set = criteria_set.answer_set_of(criterion)
        now = answer_set.answer(case.keys[criterion.id])
        least = criteria_set.core_min_level(criterion)
        goal = next(answer for answer in answer_set.answers if answer.level >= least)
        steps.append(
            PlanStep(
                criterion=criterion.id,
                title=criterion.title,
                core=criterion.core,
                stopper=criterion.stopper,
                from_title=now.title if now else "",
                to_title=goal.title,
                needs=dict(criterion.descriptors).get(goal.key, ""),
            )
        )
    return tuple(steps)
