"""The people of a line share their work: who takes care of what, and notes among themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from audit.domain import answering, workflow
from audit.domain.criteria import CriteriaSet
from audit.domain.errors import N_, InvalidInput, Missing, NotAllowed
from audit.domain.letters import LetterKind
from audit.domain.workflow import Verb
from audit.persistence import letters
from audit.persistence.course import hold, refuse_practice
from audit.persistence.queries import teamwork
from audit.persistence.tables import Delegation, Mention, Note, Person, ReportingLine, SelfAssessment

LONGEST_NOTE = 2000  # characters
_REPEATED = timedelta(minutes=1)  # the same words again within this time are a form that was sent twice


def share_out(
    session: Session,
    assessment: SelfAssessment,
    criteria_set: CriteriaSet,
    changes: Mapping[str, str],
    *,
    actor: Person,
    at: datetime,
) -> tuple[str, ...]:
    """Give criteria to people of the line, by their public ids; "" gives a criterion back to all. Returns what changed.

    Each person who was given something gets one letter naming the criteria; nobody writes to themselves. Repeating a
    change does nothing.
    """
    refuse_practice(session, assessment)
    hold(session, assessment)
    workflow.after(assessment.state, Verb.ANSWER)
    asked = {criterion.id for criterion in criteria_set.applicable(assessment.profile)}
    colleagues = {one.public_id: one for one in teamwork.colleagues_of(session, assessment.line_id)}
    present = teamwork.shares_of(session, assessment.id)
    given: dict[str, list[str]] = {}
    changed = []
    for criterion, public_id in changes.items():
        if criterion not in asked:
            raise InvalidInput(N_("This criterion does not apply to your line."), field=criterion)
        if public_id and public_id not in colleagues:
            raise InvalidInput(N_("Choose one of the people of your line."), field=criterion)
        before = present.get(criterion)
        if (before.public_id if before else "") == public_id:
            continue
        changed.append(criterion)
        _give(session, assessment, criterion, colleagues[public_id].id if public_id else None, actor, at)
        if public_id:
            given.setdefault(public_id, []).append(criterion)
    for public_id, criteria in given.items():
        if colleagues[public_id].id != actor.id:
            _tell(session, assessment, colleagues[public_id].id, criteria, actor, at)
    return tuple(changed)


def _give(
    session: Session, assessment: SelfAssessment, criterion: str, person_id: int | None, actor: Person, at: datetime
) -> None:
    session.execute(
        delete(Delegation).where(Delegation.self_assessment_id == assessment.id, Delegation.criterion_id == criterion)
    )
    if person_id is not None:
        session.add(
            Delegation(
                self_assessment_id=assessment.id,
                criterion_id=criterion,
                person_id=person_id,
                delegated_by_id=actor.id,
                delegated_at=at,
            )
        )
        session.flush()


def _tell(
    session: Session, assessment: SelfAssessment, person_id: int, criteria: Sequence[str], actor: Person, at: datetime
) -> None:
    person = session.get_one(Person, person_id)
    line = session.get_one(ReportingLine, assessment.line_id)
    letters.write(
        session,
        LetterKind.DELEGATED,
        person,
        key=f"{LetterKind.DELEGATED}:{assessment.public_id}:{person.public_id}:{at.isoformat()}",
        at=at,
        line=line.name,
        line_id=line.public_id,
        assessment_id=assessment.public_id,
        criteria=list(criteria),
        by=actor.name,
        due_on=assessment.due_on.isoformat(),
    )


def write_note(
    session: Session,
    assessment: SelfAssessment,
    criteria_set: CriteriaSet,
    criterion_id: str,
    text: str,
    *,
    mentioned: Sequence[str] = (),
    actor: Person,
    at: datetime,
) -> Note:
    """Write a note on a criterion; each person mentioned (by public id) gets a letter that does not hold its words.

    Possible in every state, since the line talks about findings too. Sending the same words twice writes one note.
    """
    refuse_practice(session, assessment)
    text = answering.clean_text(text)
    if not criteria_set.has(criterion_id):
        raise InvalidInput(N_("This criterion is not part of the criteria set."))
    if not text:
        raise InvalidInput(N_("Write a few words first."), field="text")
    if len(text) > LONGEST_NOTE:
        message = N_("This text is too long. Please use at most %(most)d characters.")
        raise InvalidInput(message, field="text", most=LONGEST_NOTE)
    colleagues = {one.public_id: one for one in teamwork.colleagues_of(session, assessment.line_id)}
    if not set(mentioned) <= set(colleagues):
        raise InvalidInput(N_("Choose one of the people of your line."), field="mentioned")
    last = _last_by(session, assessment, criterion_id, actor)
    if last is not None and last.taken_back_at is None and last.text == text and at - last.written_at < _REPEATED:
        return last
    note = Note(
        self_assessment_id=assessment.id, criterion_id=criterion_id, text=text, written_by_id=actor.id, written_at=at
    )
    session.add(note)
    session.flush()
    line = session.get_one(ReportingLine, assessment.line_id)
    for public_id in dict.fromkeys(mentioned):
        person = session.get_one(Person, colleagues[public_id].id)
        session.add(Mention(note_id=note.id, person_id=person.id))
        letters.write(
            session,
            LetterKind.MENTIONED,
            person,
            key=f"{LetterKind.MENTIONED}:{note.public_id}:{person.public_id}",
            at=at,
            line=line.name,
            line_id=line.public_id,
            assessment_id=assessment.public_id,
            criterion=criterion_id,
            by=actor.name,
        )
    return note


def _last_by(session: Session, assessment: SelfAssessment, criterion_id: str, actor: Person) -> Note | None:
    return session.scalar(
        select(Note)
        .where(
            Note.self_assessment_id == assessment.id,
            Note.criterion_id == criterion_id,
            Note.written_by_id == actor.id,
        )
        .order_by(Note.id.desc())
        .limit(1)
    )


def take_back_note(session: Session, assessment: SelfAssessment, note_id: str, *, actor: Person, at: datetime) -> Note:
    """Take one's own note back: its words are gone, the row says that there was one. Twice is as good as once."""
    note = teamwork.note_of(session, assessment.id, note_id)
    if note is None:
        raise Missing(N_("There is no such note."))
    if note.written_by_id != actor.id:
        raise NotAllowed(N_("Only the person who wrote a note can take it back."))
    if note.taken_back_at is None:
        note.text = ""
        note.taken_back_at = at
    return note
