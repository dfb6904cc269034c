"""Answer sheets: a self-assessment gathered as one value, the copies made of it, and what a filled-in one changes."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from audit.domain.answer_sheet import (
    FORMAT,
    AnswerSheetFacts,
    Before,
    FilledSheet,
    SheetEvidence,
    SheetTheme,
    criterion_of,
)
from audit.domain.answer_sheet_changes import Differences, Held, differences
from audit.domain.answers import Answer
from audit.domain.criteria import CriteriaSet, Criterion
from audit.domain.errors import N_, InvalidInput
from audit.persistence import criteria_sets
from audit.persistence.queries import assessments
from audit.persistence.queries.assessments import PreviousAnswer, SavedAnswer
from audit.persistence.queries.installation import the_network
from audit.persistence.tables import AnswerHistory, AnswerRow, Document, DocumentKind, EvidenceItem, SelfAssessment

OTHER_FILE = N_(
    "This file belongs to another self-assessment. Download a sheet of this one, or choose the file you got here."
)
EARLIER_FILE = N_(
    "This file was made for an earlier cycle of your line. What fits is shown; nothing is ticked, so choose with care."
)
OTHER_SET = N_("This file was made for another version of the criteria set. Criteria that both know are shown.")


def answer_sheet(
    session: Session, assessment: SelfAssessment, *, language: str, at: datetime, blank: bool = False
) -> AnswerSheetFacts:
    """The self-assessment (with line and cycle loaded) as it stands now, its set's words in a language.

    `blank`: the same questions without anybody's answers. A constant number of statements.
    """
    digest = assessment.cycle.criteria_set_hash
    criteria_set = criteria_sets.in_language(session, digest, language)
    answers = {} if blank else assessments.answers_of(session, assessment.id)
    offered = {} if blank else assessments.evidence_of(session, assessment.id)
    earlier = None if blank else assessments.previous_assessment(session, assessment)
    previous = assessments.previous(session, assessment) if earlier else {}
    earlier_set = criteria_sets.in_language(session, earlier.cycle.criteria_set_hash, language) if earlier else None
    submissions = [] if blank else assessments.submissions_of(session, assessment.id)
    network = the_network(session)
    themes = []
    for theme in criteria_set.themes:
        criteria = tuple(
            criterion_of(
                criteria_set,
                criterion,
                saved.value,
                version=saved.version,
                opens_on=assessment.cycle.opens_on,
                evidence=tuple(_evidence(criteria_set, item) for item in offered.get(criterion.id, [])),
                before=None if earlier_set is None else _before(earlier_set, criterion, previous.get(criterion.id)),
            )
            for criterion in criteria_set.applicable(assessment.profile)
            if criterion.theme == theme.id
            for saved in (answers.get(criterion.id) or _never_saved(criterion, assessment),)
        )
        if criteria:
            themes.append(SheetTheme(id=theme.id, title=theme.title, criteria=criteria))
    latest = submissions[0] if submissions else None
    return AnswerSheetFacts(
        format=FORMAT,
        blank=blank,
        assessment=assessment.public_id,
        line_name=assessment.line.name,
        line_name_latin=assessment.line.name_latin,
        cycle_name=assessment.cycle.name,
        criteria_set=digest,
        criteria_set_title=criteria_set.title,
        criteria_set_version=criteria_set.version,
        language=language,
        state=assessment.state.value,
        due_on=assessment.due_on,
        made_at=at.replace(microsecond=0).isoformat(),
        signed_by=latest.typed_name if latest else "",
        signed_at=latest.submitted_at.isoformat() if latest else "",
        snapshot_hash=latest.snapshot_hash if latest else "",
        network=network.name if network else "",
        sample=bool(network and network.sample),
        themes=tuple(themes),
    )


def _never_saved(criterion: Criterion, assessment: SelfAssessment) -> SavedAnswer:
    return SavedAnswer(criterion_id=criterion.id, value=Answer(language=assessment.line.language))


def _evidence(criteria_set: CriteriaSet, item: EvidenceItem) -> SheetEvidence:
    kind = next((kind.title for kind in criteria_set.evidence_kinds if kind.id == item.kind), item.kind)
    locked = item.locked_at is not None
    return SheetEvidence(kind=kind, title="" if locked else item.title, locked=locked)


def _before(earlier_set: CriteriaSet, criterion: Criterion, before: PreviousAnswer | None) -> Before | None:
    """Cycle, level and words of the answer before, the level confirmed then (none: not reviewed) and the comment."""
    if before is None or not earlier_set.has(criterion.id):
        return None
    answers = earlier_set.answer_set_of(earlier_set.criterion(criterion.id))

    def title(key: str | None) -> str:
        known = answers.answer(key) if key else None
        return known.title if known else ""

    confirmed = None if before.grade is None else title(before.confirmed_key)
    return before.cycle, title(before.answer.key), before.answer.justification, confirmed, before.comment


# Copies -------------------------------------------------------------------------------------------------------------


def subject_of(assessment_public_id: str, language: str, *, blank: bool) -> str:
    """What a copy on paper is a copy of: one stands for each self-assessment, language and kind."""
    return f"assessment:{assessment_public_id}:{language}:{'blank' if blank else 'answers'}"


def copy_of(session: Session, assessment: SelfAssessment, language: str, *, blank: bool) -> Document | None:
    """The latest copy on paper in a language, made or still to be made."""
    subject = subject_of(assessment.public_id, language, blank=blank)
    return session.scalar(
        select(Document).where(Document.kind == DocumentKind.ANSWER_SHEET, Document.subject == subject)
    )


# The way back -------------------------------------------------------------------------------------------------------


def compared(
    session: Session, assessment: SelfAssessment, filled: FilledSheet, *, today: date
) -> tuple[Differences, tuple[str, ...]]:
    """What a filled-in sheet would change, and sentences (message ids) about the file as a whole.

    InvalidInput for a file of another line. A file of an earlier cycle of this line is compared, but says nothing
    about who changed what.
    """
    notes = []
    if filled.assessment != assessment.public_id:
        other = assessments.by_public_id(session, filled.assessment)
        if other is None or other.line_id != assessment.line_id:
            raise InvalidInput(OTHER_FILE, field="file")
        notes.append(EARLIER_FILE)
    if filled.criteria_set != assessment.cycle.criteria_set_hash:
        notes.append(OTHER_SET)
    stored = {
        name: Held(answer=saved.value, version=saved.version)
        for name, saved in assessments.answers_of(session, assessment.id).items()
    }
    found = differences(
        criteria_sets.frozen(session, assessment.cycle.criteria_set_hash),
        assessment.profile,
        filled,
        stored,
        {} if filled.assessment != assessment.public_id else bases(session, assessment, filled),
        today=today,
    )
    return found, tuple(notes)


def bases(session: Session, assessment: SelfAssessment, filled: FilledSheet) -> dict[str, Answer]:
    """The answers a sheet was made from, by criterion: version 0 is an empty answer, a version nobody has is none."""
    versions = {row.criterion: row.version for row in filled.answers if row.version is not None}
    found = {name: Answer(language=assessment.line.language) for name, version in versions.items() if version == 0}
    pairs = [(name, version) for name, version in versions.items() if version]
    rows = session.execute(
        select(AnswerRow.criterion_id, AnswerHistory)
        .join(AnswerRow, AnswerRow.id == AnswerHistory.answer_id)
        .where(
            AnswerRow.self_assessment_id == assessment.id,
            tuple_(AnswerRow.criterion_id, AnswerHistory.version).in_(pairs),
        )
    )
    return found | {name: version.value for name, version in rows} if pairs else found
