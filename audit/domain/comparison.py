"""How lines compare: the figures of a comparison report, worked out in one pass over the lines."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from audit.domain import facts_text
from audit.domain.comparison_facts import (
    AnswerCount,
    AssessedLine,
    Audience,
    ComparisonFacts,
    Confirmed,
    CriterionFacts,
    EarlierCycle,
    EarlierResult,
    Edition,
    IndexFacts,
    IndicatorFacts,
    IndicatorFigure,
    LevelFacts,
    LineCriterion,
    LineFacts,
    LineIndex,
    LineIndicator,
    LineTheme,
    OpenFinding,
    PracticeFacts,
    SetFacts,
    StabilityFacts,
    ThemeFacts,
)
from audit.domain.comparison_tally import FEWEST_CASES, Compared, Histogram, Tally
from audit.domain.comparison_withheld import for_line, for_public
from audit.domain.criteria import CriteriaSet, RuleKind
from audit.domain.stability import SHIFT, theme_pairs
from audit.domain.statistics import spread

__all__ = [
    "AssessedLine",
    "Audience",
    "ComparisonFacts",
    "EarlierCycle",
    "EarlierResult",
    "Edition",
    "IndicatorFigure",
    "OpenFinding",
    "comparison_facts_from_text",
    "comparison_facts_to_text",
    "coordinator_facts",
    "line_facts",
    "public_facts",
]


def comparison_facts_to_text(facts: ComparisonFacts) -> str:
    """Canonical JSON: the same facts give the same text."""
    return facts_text.to_text(facts)


def comparison_facts_from_text(text: str) -> ComparisonFacts:
    """The facts again; ValueError when the text does not describe them."""
    return facts_text.from_text(ComparisonFacts, text)


def coordinator_facts(
    criteria_set: CriteriaSet,
    lines: Iterable[AssessedLine],
    *,
    edition: Edition,
    earlier: EarlierCycle | None = None,
    words: CriteriaSet | None = None,
) -> ComparisonFacts:
    """Every figure, lines named: the coordinator's report.

    `lines` are the decided lines of one cycle, each read once; all were judged against `criteria_set`. `earlier` is the
    cycle their `previous` results come from. `words` is the same set in the language of the report. Raises ScoringError
    when a line's confirmed answers cannot be scored.
    """
    tally = Tally(criteria_set, earlier, theme_floor(criteria_set))
    named = [_line(tally, line, *tally.add(line)) for line in lines]
    named.sort(key=lambda line: (line.name.casefold(), line.line))
    tally.criteria_set = words or criteria_set  # everything is counted; from here on the set is read for its titles
    return _facts(tally, edition, tuple(named))


def line_facts(
    criteria_set: CriteriaSet,
    lines: Iterable[AssessedLine],
    *,
    line: str,
    edition: Edition,
    earlier: EarlierCycle | None = None,
) -> ComparisonFacts:
    """One line's report: itself by name beside the range of all, small groups not shown.

    `line` is its public id; Missing when it is not among the `lines`.
    """
    return for_line(coordinator_facts(criteria_set, lines, edition=edition, earlier=earlier), line)


def public_facts(
    criteria_set: CriteriaSet,
    lines: Iterable[AssessedLine],
    *,
    edition: Edition,
    earlier: EarlierCycle | None = None,
) -> ComparisonFacts:
    """The public's report: totals only, small groups not shown."""
    return for_public(coordinator_facts(criteria_set, lines, edition=edition, earlier=earlier))


def theme_floor(criteria_set: CriteriaSet) -> Fraction | None:
    """The limit under every theme (percent) of the lowest level whose certificate asks for all core criteria.

    That is the floor which charts draw and "below the floor" counts; None when the set has no such rule.
    """
    for level in reversed(criteria_set.levels):
        kinds = {rule.kind: rule for rule in level.rules}
        if level.certificate and RuleKind.CORE_MET in kinds and RuleKind.THEMES_AT_LEAST in kinds:
            return kinds[RuleKind.THEMES_AT_LEAST].limit
    return None


def _line(tally: Tally, line: AssessedLine, compared: Compared, could_be: tuple[str, ...]) -> LineFacts:
    criteria_set = tally.criteria_set
    return LineFacts(
        line=line.line,
        name=line.name,
        country=line.country,
        level=line.level,
        overall=line.overall,
        change=compared.overall,
        themes=tuple(
            LineTheme(theme=theme.id, score=line.themes.get(theme.id), change=compared.themes.get(theme.id))
            for theme in criteria_set.themes
        ),
        criteria=tuple(_cell(tally, line, criterion.id) for criterion in criteria_set.criteria),
        findings=line.findings,
        indicators=tuple(
            LineIndicator(
                indicator=indicator,
                value=None if figure.cases is not None and figure.cases < FEWEST_CASES else figure.value,
                cases=figure.cases,
            )
            for indicator, figure in line.indicators.items()
        ),
        indices=tuple(
            LineIndex(index=index.id, value=tally.index_percent(index.criteria, line.criteria))
            for index in criteria_set.indices
        ),
        context=_context(criteria_set, line),
        certificate=line.certificate,
        could_be=could_be,
    )


def _cell(tally: Tally, line: AssessedLine, criterion_id: str) -> LineCriterion:
    key = line.criteria.get(criterion_id)
    before = line.previous.criteria.get(criterion_id) if line.previous and criterion_id in tally.unchanged else None
    return LineCriterion(
        criterion=criterion_id,
        level=tally.level_of(criterion_id, key) if key is not None else None,
        not_applicable=criterion_id in line.not_applicable,
        earlier=tally.level_of(criterion_id, before) if before is not None else None,
    )


def _context(criteria_set: CriteriaSet, line: AssessedLine) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The line's profile in words; options the set no longer knows are left out."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for fact in criteria_set.profile:
        stated = line.profile.get(fact.id)
        chosen = {stated} if isinstance(stated, str) else set(stated) if isinstance(stated, (tuple, list)) else set()
        titles = tuple(option.title for option in fact.options if option.key in chosen)
        if titles:
            found.append((fact.title, titles))
    return tuple(found)


def _facts(tally: Tally, edition: Edition, named: tuple[LineFacts, ...]) -> ComparisonFacts:
    criteria_set = tally.criteria_set
    return ComparisonFacts(
        audience=Audience.COORDINATOR,
        edition=edition,
        earlier_cycle=tally.earlier.name if tally.earlier and tally.with_earlier else "",
        criteria_set=_set(tally, edition),
        counted=tally.counted,
        overall=spread(tally.overall),
        overall_movement=tally.overall_moves.facts(),
        overall_scores=_sorted(tally.overall),
        floor=tally.floor,
        levels=_levels(tally, named),
        stoppers_met=tally.stoppers_met,
        core_met=tally.core_met,
        confirmed=_confirmed(tally),
        themes=tuple(_theme(tally, theme.id) for theme in criteria_set.themes),
        criteria=tuple(_criterion(tally, criterion.id) for criterion in criteria_set.criteria),
        indicators=tuple(
            _indicator(tally, indicator.id)
            for indicator in criteria_set.indicators
            if tally.indicators[indicator.id].lines
        ),
        indices=tuple(
            IndexFacts(
                id=index.id,
                title=index.title,
                criteria=index.criteria,
                spread=spread(tally.indices[index.id].values),
                movement=tally.indices[index.id].moves.facts(),
            )
            for index in criteria_set.indices
        ),
        practice=_practice(tally),
        stability=StabilityFacts(
            shift=SHIFT, pairs=len(list(theme_pairs(criteria_set))), lines=tally.counted, changing=tally.changing
        ),
        lines=named,
    )


def _sorted(counts: Histogram) -> tuple[tuple[Fraction, int], ...]:
    return tuple(sorted(counts.items()))


def _set(tally: Tally, edition: Edition) -> SetFacts:
    criteria_set = tally.criteria_set
    compared = tally.earlier is not None
    return SetFacts(
        id=criteria_set.id,
        version=criteria_set.version,
        status=criteria_set.status.value,
        title=criteria_set.title,
        hash=edition.set_hash,
        criteria=len(criteria_set.criteria),
        core=sum(criterion.core for criterion in criteria_set.criteria),
        stoppers=sum(criterion.stopper for criterion in criteria_set.criteria),
        changed=tuple(c.id for c in criteria_set.criteria if compared and c.id not in tally.unchanged),
    )


def _levels(tally: Tally, named: tuple[LineFacts, ...]) -> tuple[LevelFacts, ...]:
    return tuple(
        LevelFacts(
            id=level.id,
            title=level.title,
            wording=level.wording,
            certificate=level.certificate,
            count=tally.levels[level.id],
            earlier_count=tally.earlier_levels[level.id] if tally.with_earlier else None,
            lines=tuple(line.name for line in named if line.level == level.id),
        )
        for level in tally.criteria_set.levels
    )


def _confirmed(tally: Tally) -> Confirmed:
    counts = tally.criteria.values()
    claimed, raised, lowered = (
        sum(count.claimed for count in counts),
        sum(count.raised for count in counts),
        sum(count.lowered for count in counts),
    )
    return Confirmed(answers=claimed, as_claimed=claimed - raised - lowered, raised=raised, lowered=lowered)


def _practice(tally: Tally) -> PracticeFacts:
    counts = [_criterion(tally, criterion) for criterion in sorted(tally.of_practice)]
    return PracticeFacts(
        criteria=len(counts),
        answers=sum(count.counted or 0 for count in counts),
        in_place=sum(count.met or 0 for count in counts),
        in_practice=sum(count.answers[0].count or 0 for count in counts),
    )


def _theme(tally: Tally, theme_id: str) -> ThemeFacts:
    theme, count = tally.criteria_set.theme(theme_id), tally.themes[theme_id]
    return ThemeFacts(
        id=theme.id,
        title=theme.title,
        lede=theme.lede,
        weight=theme.weight,
        spread=spread(count.scores),
        below_floor=count.below_floor,
        not_rated=count.not_rated,
        lowest_of=count.lowest_of,
        movement=count.moves.facts(),
        scores=_sorted(count.scores),
    )


def _criterion(tally: Tally, criterion_id: str) -> CriterionFacts:
    criteria_set = tally.criteria_set
    criterion, count = criteria_set.criterion(criterion_id), tally.criteria[criterion_id]
    answers = criteria_set.answer_set_of(criterion).answers
    least = criteria_set.core_min_level(criterion)
    return CriterionFacts(
        id=criterion.id,
        theme=criterion.theme,
        title=criterion.title,
        core=criterion.core,
        stopper=criterion.stopper,
        least=least,
        counted=count.answers.total(),
        met=sum(count.answers[answer.key] for answer in answers if answer.level >= least),
        not_applicable=count.not_applicable,
        answers=tuple(
            AnswerCount(key=answer.key, title=answer.title, level=answer.level, count=count.answers[answer.key])
            for answer in reversed(answers)
        ),
        raised=count.raised,
        lowered=count.lowered,
        movement=count.moves.facts(),
    )


def _indicator(tally: Tally, indicator_id: str) -> IndicatorFacts:
    indicator, count = tally.criteria_set.indicator(indicator_id), tally.indicators[indicator_id]
    return IndicatorFacts(
        id=indicator.id,
        title=indicator.title,
        unit=indicator.unit,
        measure=indicator.measure.value,
        better=indicator.better.value,
        spread=spread(count.values),
        lines=count.lines,
        too_few=count.too_few,
        cases=count.cases,
        values=_sorted(count.values),
    )
