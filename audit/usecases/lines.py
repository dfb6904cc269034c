"""What a line says about itself: the facts that criteria ask for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.domain.criteria import ProfileFact
from audit.domain.errors import N_, WrongState
from audit.domain.journal import Event
from audit.domain.profile import Stated, changed_profile, profile_text
from audit.domain.workflow import State
from audit.persistence import journal
from audit.persistence.tables import Person, ReportingLine, SelfAssessment


def change_profile(
    session: Session,
    line: ReportingLine,
    facts: Sequence[ProfileFact],
    stated: Stated,
    *,
    seen: str,
    actor: Person,
    at: datetime,
) -> tuple[str, ...]:
    """State the facts of a set anew, for the line and for its drafts; returns the facts that changed.

    What was submitted once keeps the profile it was opened with. `seen` is the profile_text the person started from:
    WrongState when somebody changed the profile meanwhile. Answers to what is no longer asked are kept.
    """
    session.refresh(line, ["profile"], with_for_update=True)
    if profile_text(line.profile) != seen:
        raise WrongState(N_("Someone changed the profile meanwhile. Look at it once more, then save."))
    profile = changed_profile(facts, line.profile, stated)
    changed = tuple(fact.id for fact in facts if line.profile.get(fact.id) != profile.get(fact.id))
    if not changed:
        return ()
    line.profile = profile
    drafts = session.scalars(
        select(SelfAssessment)
        .where(SelfAssessment.line_id == line.id, SelfAssessment.state == State.DRAFT)
        .with_for_update()
    )
    for draft in drafts:
        draft.profile = changed_profile(facts, draft.profile, stated)
    journal.record(
        session,
        Event.LINE_CHANGED,
        f"line:{line.public_id}",
        actor=actor,
        at=at,
        line=line,
        fields=["profile"],
        facts=list(changed),
    )
    return changed
