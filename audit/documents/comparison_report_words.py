"""The sentences of a comparison report: one for each statement the figures bear out."""

from __future__ import annotations

from fractions import Fraction

from markupsafe import Markup, escape

from audit.domain.comparison_facts import ComparisonFacts
from audit.domain.comparison_statements import Statement, StatementKind
from audit.domain.errors import N_
from audit.language import Language


def filled(message: str, **values: object) -> Markup:
    """A translated message with its places filled, everything escaped."""
    return escape(message) % {name: escape(value) for name, value in values.items()}


def name(text: str) -> Markup:
    """A title or name as data: it keeps its own direction."""
    return Markup("<bdi>{}</bdi>").format(text)


def signed(language: Language, points: Fraction) -> str:
    """A change in points with its sign, one decimal, rounded towards nought; a change below 0.1 has no sign."""
    shown = language.decimal1(abs(points))
    if abs(points) < Fraction(1, 10):
        return shown
    return f"+{shown}" if points > 0 else f"\N{MINUS SIGN}{shown}"


def sentence(statement: Statement, facts: ComparisonFacts, language: Language) -> Markup:
    """The sentence of a statement in a language, with the names it speaks of."""
    message = _SENTENCES[statement.kind]
    values: dict[str, object] = {
        "count": language.number(statement.count),
        "second": language.number(statement.second),
        "of": language.number(statement.of),
        "subject": name(_title(statement, facts)),
    }
    if statement.value is not None:
        whole = statement.kind in (StatementKind.BELOW_FLOOR, StatementKind.NONE_BELOW_FLOOR)
        values["value"] = language.number(statement.value) if whole else language.decimal1(statement.value)
    if statement.other is not None:
        values["other"] = language.decimal1(statement.other)
    plural = statement.second if statement.kind is StatementKind.BELOW_FLOOR else statement.count
    said = language.gettext(message) if isinstance(message, str) else language.ngettext(*message, plural)
    return filled(said, **values)


def _title(statement: Statement, facts: ComparisonFacts) -> str:
    titled = {entry.id: entry.title for group in (facts.themes, facts.criteria, facts.indices) for entry in group}
    return titled.get(statement.subject, "")


def P_(one: str, many: str) -> tuple[str, str]:
    """Marks a message with its plural for the catalogues."""
    return one, many


_SENTENCES: dict[StatementKind, str | tuple[str, str]] = {
    StatementKind.MEDIAN_ROSE: N_(
        "The middle of the network moved up: on the criteria that both cycles asked alike, the median is %(value)s, "
        "from %(other)s."
    ),
    StatementKind.MEDIAN_FELL: N_(
        "The middle of the network moved down: on the criteria that both cycles asked alike, the median is %(value)s, "
        "from %(other)s."
    ),
    StatementKind.MEDIAN_STEADY: N_(
        "The middle of the network is where it was: on the criteria that both cycles asked alike, the median is "
        "%(value)s, from %(other)s. Less than three points is no real difference."
    ),
    StatementKind.MOVED: N_(
        "Of the %(of)s lines that can be compared, %(count)s rose by three points or more and %(second)s fell by as "
        "much."
    ),
    StatementKind.LOWEST_THEME: P_(
        "“%(subject)s” has the lowest median of all themes, %(value)s. It is the lowest theme of %(count)s line.",
        "“%(subject)s” has the lowest median of all themes, %(value)s. It is the lowest theme of %(count)s lines.",
    ),
    StatementKind.BELOW_FLOOR: P_(
        "%(second)s theme score lies below %(value)s, the floor for a full certificate; it is in “%(subject)s”.",
        "%(second)s theme scores lie below %(value)s, the floor for a full certificate; most often in “%(subject)s”, "
        "%(count)s of %(of)s lines.",
    ),
    StatementKind.NONE_BELOW_FLOOR: N_(
        "No theme score of any line lies below %(value)s, the floor for a full certificate."
    ),
    StatementKind.FURTHEST_APART: N_(
        "Lines lie furthest apart in “%(subject)s”: the middle half of them spans %(value)s points."
    ),
    StatementKind.CLOSEST_TOGETHER: N_(
        "Lines lie closest together in “%(subject)s”: the middle half of them spans %(value)s points."
    ),
    StatementKind.STOPPERS_HOLD: N_("Every line meets all its stoppers."),
    StatementKind.STOPPERS_BROKEN: P_(
        "%(count)s of %(of)s lines meets all its stoppers.", "%(count)s of %(of)s lines meet all their stoppers."
    ),
    StatementKind.WEAKEST_CRITERION: N_("The criterion met least often is “%(subject)s”: %(count)s of %(of)s lines."),
    StatementKind.STRONGEST_CRITERION: N_("The criterion met most often is “%(subject)s”: %(count)s of %(of)s lines."),
    StatementKind.PRACTICE: P_(
        "On the %(count)s criterion whose top level needs evidence of practice, %(other)s percent of answers have in "
        "place what is asked and %(value)s percent also show it in practice.",
        "On the %(count)s criteria whose top level needs evidence of practice, %(other)s percent of answers have in "
        "place what is asked and %(value)s percent also show it in practice.",
    ),
    StatementKind.CONFIRMED: N_(
        "Reviewers confirmed %(value)s percent of the levels that lines gave themselves; they lowered %(count)s and "
        "raised %(second)s of %(of)s."
    ),
    StatementKind.LEVELS_STABLE: N_(
        "No level hangs on the weights: moving %(second)s percent of weight between any two themes changes none."
    ),
    StatementKind.LEVELS_MOVE: P_(
        "%(count)s of %(of)s levels would change if %(second)s percent of weight moved between two themes.",
        "%(count)s of %(of)s levels would change if %(second)s percent of weight moved between two themes.",
    ),
}
