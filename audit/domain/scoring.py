"""Theme scores and the overall score of a set of confirmed answers, exact to the last fraction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from audit.domain.criteria import CriteriaSet, Criterion, ProfileFact
from audit.domain.errors import N_, AuditError, InvalidInput


class Standing(StrEnum):
    """How a criterion enters the score."""

    COUNTED = "counted"
    NOT_APPLICABLE = "not_applicable"
    EXCLUDED = "excluded"  # the line's profile leaves it out before anything is counted


class ThemeStanding(StrEnum):
    RATED = "rated"
    NOT_RATED = "not_rated"  # too much of it is not applicable; blocks levels that ask for every theme
    EXCLUDED = "excluded"  # the line's profile leaves out all its criteria, so there is nothing to rate


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionScore:
    """One criterion as it was counted. `key`, `level` (0 to 3) and `points` (0 to 1) are None unless it was counted."""

    criterion: str
    theme: str
    weight: int
    standing: Standing
    key: str | None = None
    level: int | None = None
    points: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeScore:
    """One theme: `score` in percent, None unless rated; weights are sums of criterion weights."""

    theme: str
    weight: int
    standing: ThemeStanding
    score: Fraction | None
    applicable_weight: int  # after the profile, before anything not applicable is left out
    not_applicable_weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The score of one line: criteria and themes in the set's order, `overall` in percent."""

    criteria: tuple[CriterionScore, ...]
    themes: tuple[ThemeScore, ...]
    overall: Fraction

    @property
    def by_theme(self) -> dict[str, Fraction | None]:
        """Theme scores in percent, in the set's order; None where the theme is not rated."""
        return {theme.theme: theme.score for theme in self.themes}

    @property
    def counted(self) -> tuple[CriterionScore, ...]:
        return tuple(entry for entry in self.criteria if entry.standing is Standing.COUNTED)


class ScoringError(InvalidInput):
    """An answer sheet that cannot be scored; `problems` names everything that is wrong with it at once."""

    def __init__(self, problems: Iterable[AuditError]) -> None:
        super().__init__(N_("This answer sheet cannot be scored."), problems=tuple(problems))

    def __str__(self) -> str:
        return " ".join([super().__str__(), *(str(problem) for problem in self.problems)])


def may_be_not_applicable(criterion: Criterion) -> bool:
    """Whether "not applicable" may be said at all: never of a stopper, of a core criterion only in listed cases."""
    if criterion.stopper or not criterion.not_applicable:
        return False
    return bool(criterion.not_applicable_cases) or not criterion.core


def score(
    criteria_set: CriteriaSet,
    answers: Mapping[str, str],
    not_applicable: Collection[str] = (),
    profile: Mapping[str, object] | None = None,
) -> Score:
    """Score confirmed answers ({criterion id: answer key}) as scoring.md and docs/criteria.md say.

    `profile` states facts about the line ({fact: option, or several options}); criteria it excludes are left out
    before anything is counted, answered or not. Raises ScoringError, which names every problem at once.
    """
    stated = profile or {}
    problems = [*_profile_problems(criteria_set, stated), *_answer_problems(criteria_set, answers, not_applicable)]
    applicable = {criterion.id for criterion in criteria_set.applicable(stated)}
    for criterion in criteria_set.criteria:
        if criterion.id in applicable and criterion.id not in answers and criterion.id not in not_applicable:
            problems.append(
                InvalidInput(N_("%(criterion)s has no answer."), field=criterion.id, criterion=criterion.id)
            )
    if problems:
        raise ScoringError(problems)

    entries = tuple(
        _entry(criteria_set, criterion, answers, not_applicable, applicable) for criterion in criteria_set.criteria
    )
    themes = tuple(_theme(criteria_set, theme.id, theme.weight, entries) for theme in criteria_set.themes)
    rated = [(theme.weight, theme.score) for theme in themes if theme.score is not None]
    if not rated:
        raise ScoringError([InvalidInput(N_("No theme can be rated: too much is not applicable."))])
    overall = sum((weight * value for weight, value in rated), Fraction(0)) / sum(weight for weight, _ in rated)
    return Score(criteria=entries, themes=themes, overall=overall)


def _entry(
    criteria_set: CriteriaSet,
    criterion: Criterion,
    answers: Mapping[str, str],
    not_applicable: Collection[str],
    applicable: Collection[str],
) -> CriterionScore:
    standing = Standing.COUNTED
    if criterion.id not in applicable:
        standing = Standing.EXCLUDED
    elif criterion.id in not_applicable:
        standing = Standing.NOT_APPLICABLE
    if standing is not Standing.COUNTED:
        return CriterionScore(criterion=criterion.id, theme=criterion.theme, weight=criterion.weight, standing=standing)
    answer = criteria_set.answer_set_of(criterion).answer(answers[criterion.id])
    assert answer is not None  # unknown keys were refused before
    return CriterionScore(
        criterion=criterion.id,
        theme=criterion.theme,
        weight=criterion.weight,
        standing=standing,
        key=answer.key,
        level=answer.level,
        points=answer.points,
    )


def _theme(criteria_set: CriteriaSet, theme_id: str, weight: int, entries: Iterable[CriterionScore]) -> ThemeScore:
    """Theme score = 100 x sum(weight x points) / sum(weight) over what is counted (domain report 4.4, rule 2)."""
    mine = [entry for entry in entries if entry.theme == theme_id and entry.standing is not Standing.EXCLUDED]
    applicable = sum(entry.weight for entry in mine)
    left_out = sum(entry.weight for entry in mine if entry.standing is Standing.NOT_APPLICABLE)
    counted = applicable - left_out
    value: Fraction | None = None
    if not mine:
        standing = ThemeStanding.EXCLUDED
    elif counted == 0 or left_out > criteria_set.not_applicable_limit * applicable:
        standing = ThemeStanding.NOT_RATED
    else:
        standing = ThemeStanding.RATED
        value = 100 * sum((e.weight * e.points for e in mine if e.points is not None), Fraction(0)) / counted
    return ThemeScore(
        theme=theme_id,
        weight=weight,
        standing=standing,
        score=value,
        applicable_weight=applicable,
        not_applicable_weight=left_out,
    )


def _answer_problems(
    criteria_set: CriteriaSet, answers: Mapping[str, str], not_applicable: Collection[str]
) -> list[AuditError]:
    """What is wrong with what was said, whether or not the profile leaves the criterion out."""
    problems: list[AuditError] = []
    for criterion_id, key in answers.items():
        if not criteria_set.has(criterion_id):
            problems.append(_unknown(criterion_id))
            continue
        answer_set = criteria_set.answer_set_of(criteria_set.criterion(criterion_id))
        if answer_set.answer(key) is None:
            problems.append(
                InvalidInput(
                    N_("%(criterion)s has no answer “%(key)s”; it may be %(keys)s."),
                    field=criterion_id,
                    criterion=criterion_id,
                    key=key,
                    keys=", ".join(answer.key for answer in answer_set.answers),
                )
            )
    for criterion_id in dict.fromkeys(not_applicable):
        if not criteria_set.has(criterion_id):
            problems.append(_unknown(criterion_id))
        elif criterion_id in answers:
            problems.append(
                InvalidInput(
                    N_("%(criterion)s is both answered and not applicable."), field=criterion_id, criterion=criterion_id
                )
            )
        if criteria_set.has(criterion_id) and not may_be_not_applicable(criteria_set.criterion(criterion_id)):
            problems.append(
                InvalidInput(N_("%(criterion)s may not be not applicable."), field=criterion_id, criterion=criterion_id)
            )
    return problems


def _unknown(criterion_id: str) -> AuditError:
    return InvalidInput(N_("The criteria set has no criterion %(criterion)s."), criterion=criterion_id)


def _profile_problems(criteria_set: CriteriaSet, profile: Mapping[str, object]) -> list[AuditError]:
    facts = {fact.id: fact for fact in criteria_set.profile}
    problems: list[AuditError] = []
    for fact_id, stated in profile.items():
        if fact_id in facts:
            problems.extend(_fact_problems(facts[fact_id], stated))
        else:
            problems.append(InvalidInput(N_("The criteria set asks for no fact “%(fact)s”."), fact=fact_id))
    return problems


def _fact_problems(fact: ProfileFact, stated: object) -> list[AuditError]:
    if stated is None:
        return []
    chosen = [stated] if isinstance(stated, str) else list(stated) if isinstance(stated, Collection) else [stated]
    if len(chosen) > 1 and not fact.many:
        return [InvalidInput(N_("The fact “%(fact)s” takes one option, not several."), fact=fact.id)]
    known = [option.key for option in fact.options]
    return [
        InvalidInput(
            N_("The fact “%(fact)s” has no option “%(option)s”; it may be %(options)s."),
            fact=fact.id,
            option=option,
            options=", ".join(known),
        )
        for option in chosen
        if option not in known
    ]


def six_decimals(value: Fraction) -> str:
    """The value with six decimals, rounded half to even: how JSON prints points and percentages."""
    return _decimals(round(value * 10**6), 6)


def one_decimal_down(value: Fraction) -> str:
    """The value with one decimal, rounded down, so that no page shows 70.0 beside "below 70"."""
    return _decimals(value * 10 // 1, 1)


def _decimals(scaled: int, places: int) -> str:
    whole, rest = divmod(abs(scaled), 10**places)
    return f"{'-' if scaled < 0 else ''}{whole}.{rest:0{places}d}"
