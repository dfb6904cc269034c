"""The words of the field, each with one plain sentence: the same words that stand on every page and in every letter."""

from __future__ import annotations

from dataclasses import dataclass

from audit.domain.errors import N_


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One word. `id` is its anchor on the page; `word` and `meaning` are message ids."""

    id: str
    word: str
    meaning: str


def _term(term_id: str, word: str, meaning: str) -> Term:
    return Term(id=term_id, word=word, meaning=meaning)


TERMS: tuple[Term, ...] = (
    _term(
        "reporting-line",
        N_("Reporting line"),
        N_("A website or hotline where people report suspected sexual exploitation of children."),
    ),
    _term(
        "network",
        N_("Network"),
        N_("The reporting lines that work by the same criteria, with an office that organises the audit and decides."),
    ),
    _term(
        "criterion", N_("Criterion"), N_("One sentence that a good reporting line meets, with levels to choose from.")
    ),
    _term(
        "criteria-set",
        N_("Criteria set"),
        N_("All criteria with their levels and rules, in one version. A cycle never changes its version."),
    ),
    _term("theme", N_("Theme"), N_("Criteria that belong together, on one page.")),
    _term(
        "core",
        N_("Core criterion"),
        N_("A criterion that must be met for a certificate, whatever the points of the others."),
    ),
    _term(
        "stopper",
        N_("Stopper"),
        N_("A core criterion that alone prevents any certificate while it is not met: children would be at risk."),
    ),
    _term(
        "cycle", N_("Cycle"), N_("One round of the audit, from the self-assessment to the decision, usually a year.")
    ),
    _term("self-assessment", N_("Self-assessment"), N_("What a line says about itself: an answer to every criterion.")),
    _term("answer", N_("Answer"), N_("A level, a few sentences that say why, and evidence.")),
    _term("level", N_("Level of a criterion"), N_("How far a criterion is met, from not met to fully met.")),
    _term(
        "justification",
        N_("Justification"),
        N_("Two to six sentences that say why this level: who does it, since when, and how you know that it works."),
    ),
    _term(
        "not-applicable",
        N_("Not applicable"),
        N_("The criterion cannot concern your line. Say why; the reviewers agree or disagree."),
    ),
    _term(
        "equivalent",
        N_("Equivalent measure"),
        N_("You reach the aim of a criterion in another way. The reviewers judge whether it is as good."),
    ),
    _term(
        "evidence",
        N_("Evidence"),
        N_("What shows that an answer is true: a document, a public page, a record, or a statement."),
    ),
    _term(
        "evidence-design",
        N_("Evidence of design"),
        N_("Shows that something is laid down, for example a policy or a procedure."),
    ),
    _term(
        "evidence-practice",
        N_("Evidence of practice"),
        N_("Shows that something is done, for example statistics, minutes or the record of a drill."),
    ),
    _term(
        "wrong-file",
        N_("Wrong file"),
        N_("A file that should never have been uploaded. Reporting it locks it at once for everyone."),
    ),
    _term(
        "indicator",
        N_("Indicator"),
        N_("A figure counted in the same way by every line, such as the share answered in time."),
    ),
    _term(
        "snapshot",
        N_("Snapshot and fingerprint"),
        N_("The answers and evidence as they were signed, kept unchanged. The fingerprint shows that they still are."),
    ),
    _term("reviewer", N_("Reviewer"), N_("A colleague from another line who judges your answers and your evidence.")),
    _term(
        "review",
        N_("Review"),
        N_("The reviewers judge each answer, each without seeing the other; then they settle where they differ."),
    ),
    _term(
        "confirmed-level", N_("Confirmed level"), N_("The level the reviewers agree on. Only confirmed levels count.")
    ),
    _term(
        "finding",
        N_("Finding"),
        N_("What a reviewer concludes on a criterion: it conforms, can be better, or does not conform."),
    ),
    _term(
        "opportunity",
        N_("Opportunity for improvement"),
        N_("The criterion is met and could be met better. Nothing has to be done for the certificate."),
    ),
    _term(
        "minor",
        N_("Minor nonconformity"),
        N_("Something required is missing or not done, without danger to the whole. It has to be mended by a date."),
    ),
    _term(
        "major",
        N_("Major nonconformity"),
        N_("Something essential is missing or fails. While it is open, there is no certificate."),
    ),
    _term(
        "corrective-action",
        N_("Corrective action"),
        N_("What you do so that a nonconformity ends and does not come back, with a person and a date."),
    ),
    _term(
        "factual-check",
        N_("Factual check"),
        N_("You read what the reviewers found and say where a fact is wrong, before the decision."),
    ),
    _term(
        "decision",
        N_("Decision"),
        N_("Someone at the network office who did not review you decides on the certificate, by the rules of the set."),
    ),
    _term(
        "appeal",
        N_("Appeal"),
        N_("You ask for a decision to be looked at again, by someone who was not involved."),
    ),
    _term(
        "certificate",
        N_("Certificate"),
        N_("A signed document that says which level your line holds, and until when."),
    ),
    _term(
        "register",
        N_("Register"),
        N_("The public list of certificates and their status. What it says counts, not a copy on paper."),
    ),
    _term(
        "yearly-check",
        N_("Yearly check"),
        N_("A short round in the years between two full cycles, to see that what was certified still holds."),
    ),
    _term(
        "provisional-level",
        N_("Provisional level"),
        N_("The level that would follow if the reviewers agreed with every answer. It is no result."),
    ),
    _term(
        "shortest-path",
        N_("Shortest path"),
        N_("The fewest criteria in which a higher level would lift your line to the next one."),
    ),
    _term(
        "comparison-report",
        N_("Comparison report"),
        N_("How lines stand beside each other. Small groups are not shown, so that nobody is recognised."),
    ),
    _term("journal", N_("Journal"), N_("The record of who did what and when. Nothing in it can be changed unnoticed.")),
)
