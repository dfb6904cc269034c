"""From a file in good shape to the criteria set of the study."""

from __future__ import annotations

from fractions import Fraction

from audit.criteria_files import shapes
from audit.domain import criteria
from audit.domain.criteria import CriteriaSet


def build(file: shapes.FileShape) -> CriteriaSet:
    """The criteria set; percentages of the file become shares where the study counts in shares."""
    return CriteriaSet(
        id=file.set.id,
        version=file.set.version,
        status=file.set.status,
        title=file.set.title,
        source_language=file.set.source_language,
        published=file.set.published,
        note=file.set.note,
        answer_sets=tuple(_answer_set(key, shape) for key, shape in file.answer_sets.items()),
        evidence_kinds=tuple(
            criteria.EvidenceKind(id=key, **dict(shape)) for key, shape in file.evidence_kinds.items()
        ),
        indicators=tuple(_indicator(key, shape) for key, shape in file.indicators.items()),
        profile=tuple(_profile_fact(key, shape) for key, shape in file.profile.items()),
        themes=tuple(criteria.Theme(**dict(shape)) for shape in file.themes),
        criteria=tuple(_criterion(shape, file) for shape in file.criteria),
        levels=tuple(_level(shape) for shape in file.levels),
        indices=tuple(
            criteria.Index(id=key, title=shape.title, criteria=tuple(shape.criteria))
            for key, shape in file.indices.items()
        ),
        first_round=_first_round(file.first_round) if file.first_round else None,
        not_applicable_limit=file.not_applicable_limit / Fraction(100),
    )


def _answer_set(key: str, shape: shapes.AnswerSetShape) -> criteria.AnswerSet:
    return criteria.AnswerSet(
        id=key,
        title=shape.title,
        core_min_level=shape.core_min_level,
        answers=tuple(criteria.AnswerKey(**dict(answer)) for answer in shape.answers),
        from_indicators=shape.from_indicators,
        practice_for_top=shape.practice_for_top,
    )


def _indicator(key: str, shape: shapes.IndicatorShape) -> criteria.Indicator:
    bands = sorted(shape.bands.items(), reverse=True)
    return criteria.Indicator(
        id=key,
        title=shape.title,
        text=shape.text,
        unit=shape.unit,
        measure=shape.measure,
        better=shape.better,
        numerator=shape.numerator,
        denominator=shape.denominator,
        bands=tuple(criteria.Band(level=level, limit=limit) for level, limit in bands),
    )


def _profile_fact(key: str, shape: shapes.ProfileFactShape) -> criteria.ProfileFact:
    return criteria.ProfileFact(
        id=key,
        title=shape.title,
        options=tuple(criteria.ProfileOption(key=option, title=title) for option, title in shape.options.items()),
        many=shape.many,
    )


def _criterion(shape: shapes.CriterionShape, file: shapes.FileShape) -> criteria.Criterion:
    answers = file.answer_sets[shape.answer_set].answers
    return criteria.Criterion(
        id=shape.id,
        theme=shape.theme,
        title=shape.title,
        asks=shape.asks,
        why=shape.why,
        descriptors=tuple((answer.key, shape.descriptors[answer.key]) for answer in answers),
        answer_set=shape.answer_set,
        weight=shape.weight,
        core=shape.core,
        stopper=shape.stopper,
        core_min_level=shape.core_min_level,
        # A core criterion that says nothing may not be left out: silence must not open a way around it.
        not_applicable=shape.not_applicable.allowed if shape.not_applicable else not shape.core,
        not_applicable_cases=tuple(shape.not_applicable.cases) if shape.not_applicable else (),
        equivalent_allowed=shape.equivalent_allowed,
        evidence=tuple(shape.evidence),
        evidence_help=shape.evidence_help,
        indicators=tuple(shape.indicators),
        review_every_months=shape.review_every_months,
        applies_when=tuple(
            criteria.Condition(fact=fact, any_of=tuple(options)) for fact, options in shape.applies_when.items()
        ),
        sources=tuple(shape.sources),
    )


def _level(shape: shapes.LevelShape) -> criteria.Level:
    return criteria.Level(
        id=shape.id,
        title=shape.title,
        wording=shape.wording,
        certificate=shape.certificate,
        validity_months=shape.validity_months,
        rules=tuple(_rule(rule) for rule in shape.rules),
    )


def _first_round(shape: shapes.FirstRoundShape) -> criteria.Level:
    return criteria.Level(
        id=criteria.FIRST_ROUND_LEVEL,
        title=shape.title,
        wording=shape.wording,
        certificate=False,
        validity_months=shape.validity_months,
        rules=tuple(_rule(rule) for rule in shape.rules),
    )


def _rule(shape: shapes.RuleShape) -> criteria.Rule:
    return criteria.Rule(
        id=shape.id,
        kind=shape.kind,
        limit=shape.limit,
        level=shape.level,
        includes=shape.includes,
        grades=tuple(shape.grades or ()),
        text=shape.text,
    )
