"""The comparison report: frozen facts in, a paged document out."""

from __future__ import annotations

import csv
import io
from datetime import datetime

from audit.documents import charts, charts_spread
from audit.documents import comparison_report_figures as figures
from audit.documents import comparison_report_pages as pages
from audit.documents import comparison_report_view as view
from audit.documents.finish import AttachedFile, facts_file, finish
from audit.documents.render import render
from audit.domain.comparison import comparison_facts_from_text
from audit.domain.comparison_facts import Audience, ComparisonFacts
from audit.domain.comparison_statements import StatementKind
from audit.domain.scoring import six_decimals
from audit.language import Language, language

# What the page in brief says in sentences; the others open the pages that show their figures.
BRIEF = (
    StatementKind.MEDIAN_ROSE,
    StatementKind.MEDIAN_FELL,
    StatementKind.MEDIAN_STEADY,
    StatementKind.BELOW_FLOOR,
    StatementKind.NONE_BELOW_FLOOR,
    StatementKind.STOPPERS_HOLD,
    StatementKind.STOPPERS_BROKEN,
    StatementKind.WEAKEST_CRITERION,
    StatementKind.CONFIRMED,
    StatementKind.LEVELS_STABLE,
    StatementKind.LEVELS_MOVE,
)


def title_of(facts: ComparisonFacts, words: Language) -> str:
    """What the document calls itself, in its language."""
    return words.gettext("Comparison report, %(cycle)s") % {"cycle": facts.edition.cycle}


def context_of(facts: ComparisonFacts, words: Language) -> dict[str, object]:
    """What the template is given: strings, drawings and small frozen values, nothing left to work out."""
    report = view.report_of(facts, words)
    return {
        "facts": facts,
        "running_title": title_of(facts, words),
        "compared": report.compared,
        "cover": view.cover(report),
        "closed_on": view.day(facts.edition.closed_on),
        "made_on": view.day(facts.edition.made_at),
        "lede": view.said(report, StatementKind.LOWEST_THEME) or view.said(report)[:1],
        "figures": view.key_figures(report),
        "sentences": view.said(report, *BRIEF),
        "levels": view.level_rows(report),
        "theme_maps": figures.theme_maps(report),
        "criteria_maps": figures.criteria_maps(report),
        "strips": _strips(report),
        "spread_said": view.said(report, StatementKind.CLOSEST_TOGETHER, StatementKind.FURTHEST_APART),
        "weakest": figures.weakest(report),
        "strongest": figures.strongest(report),
        "practice_said": view.said(report, StatementKind.PRACTICE),
        "confirmed_said": view.said(report, StatementKind.CONFIRMED),
        "moved_said": view.said(report, StatementKind.MOVED),
        "pairs": figures.overall_pairs(report),
        "changes": figures.change_rows(report),
        "indicators": figures.indicator_rows(report),
        "indices": figures.index_rows(report),
        "index_lines": figures.index_lines(report),
        "stable_said": view.said(report, StatementKind.LEVELS_STABLE, StatementKind.LEVELS_MOVE),
        "moving": [
            (report.short(line), report.level_title(line.level), _titles(report, line.could_be))
            for line in report.lines
            if line.could_be
        ],
        "themes": list(pages.theme_pages(report)),
        "lines": list(pages.line_pages(report)),
        "key": _key(words),
        "marks": _marks(words),
    }


def _titles(report: view.Report, levels: tuple[str, ...]) -> str:
    return report.words.list(report.level_title(level) for level in levels)


def _strips(report: view.Report) -> object:
    themes = report.facts.themes
    return charts_spread.strips(
        [dict(theme.scores) for theme in themes],
        [theme.spread.median if theme.spread else None for theme in themes],
        report.words.gettext("Spread of the scores in each theme, one disc for each line. Medians stand at the end."),
        width=view.PAGE_WIDTH - 136,
        row=54,
    )


def _key(words: Language) -> list[tuple[object, str]]:
    """The shades of scores, from the highest."""
    _ = words.gettext
    named = [(4, _("90–100")), (3, _("80–89")), (2, _("70–79")), (1, _("50–69")), (0, _("below 50"))]
    return [(charts.swatch(shade, text, framed=shade == 0), text) for shade, text in named]


def _marks(words: Language) -> dict[str, object]:
    """The marks that the page on reading explains."""
    disc, ring = words.gettext("A disc and a plumb line"), words.gettext("A ring and a disc")
    return {
        "disc": charts.track(72, None, 60, title=disc),
        "ring": charts.track(72, 41, 60, title=ring),
        "box": charts.box((12, 35, 52, 70, 96), start=0, end=100, title=words.gettext("A box on a rule")),
    }


def make(text: str, code: str) -> bytes:
    """The finished, unsigned report from the facts' canonical text, in a language; figures attached as JSON and CSV.

    This paper names lines: it is the coordinator's. ValueError for other text or another audience; PrintFailed from
    the shop.
    """
    facts, words = comparison_facts_from_text(text), language(code)
    if facts.audience is not Audience.COORDINATOR:
        raise ValueError(f"this report is for coordinators, not for {facts.audience}")
    made = datetime.fromisoformat(facts.edition.made_at)
    pdf = render(
        "comparison_report.html",
        context_of(facts, words),
        words,
        title=title_of(facts, words),
        created=made,
        author=facts.edition.network,
        description=words.gettext("How the reporting lines of a network compare"),
    )
    return finish(pdf, created=made, attached=attached_figures(facts, text, words))


def attached_figures(facts: ComparisonFacts, text: str, words: Language) -> tuple[AttachedFile, ...]:
    """All facts as JSON; scores and levels of the named lines as CSV, for those who calculate."""
    files = [facts_file(text, words.gettext("All figures of this report, as JSON"))]
    if facts.lines:
        files.append(
            AttachedFile(
                name="scores.csv",
                media_type="text/csv",
                content=scores_csv(facts).encode("utf-8-sig"),
                description=words.gettext("Scores and confirmed levels of each line, as CSV"),
            )
        )
    return tuple(files)


def scores_csv(facts: ComparisonFacts) -> str:
    """A row for each line: name, country, level, overall score, theme scores (six decimals), confirmed levels (0 to 3).

    A name that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(
        [
            "line",
            "country",
            "level",
            "overall",
            *(theme.id for theme in facts.themes),
            *(criterion.id for criterion in facts.criteria),
        ]
    )
    for line in facts.lines:
        name = f"'{line.name}" if line.name[:1] in ("=", "+", "-", "@", "\t", "\r") else line.name
        writer.writerow(
            [
                name,
                line.country,
                line.level,
                six_decimals(line.overall),
                *("" if theme.score is None else six_decimals(theme.score) for theme in line.themes),
                *("" if cell.level is None else cell.level for cell in line.criteria),
            ]
        )
    return out.getvalue()
