"""Two to four people on one answer, in every order: saving, losing the reply, repeating, restoring, "Still true".

An independent model says what each attempt must come to; the archive must say the same, and keep every version.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from audit.domain.answers import Answer, AnswerOrigin, AnswerStatus
from audit.domain.errors import StaleVersion
from audit.domain.permissions import Role
from audit.persistence.queries import assessments
from audit.persistence.sessions import sessions
from audit.persistence.tables import Person, SelfAssessment
from audit.usecases import self_assessment
from tests.building import (
    AT,
    a_line,
    a_manager,
    a_person,
    a_submitted_assessment,
    an_answer,
    an_assessment,
    an_open_cycle,
    later,
    small_set,
)

CRITERION = "GOV-01"
NOW = later(AT, days=400)
LAST_CYCLE = an_answer(small_set(), CRITERION, level=2)
COURSES = int(os.environ.get("AUDIT_TEST_INTERLEAVINGS", "2000"))  # ./dev torture asks for 10,000
PARTS = 2  # so that two test processes share them

Act = Callable[["Turn"], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One attempt of one person: what it would make the answer, and over which version."""

    who: int
    answer: Answer
    origin: AnswerOrigin
    over: int
    restores: int = 0


@dataclass(slots=True)
class Model:
    """What must be true, said without a database: every accepted version in order."""

    kept: list[Turn] = field(default_factory=list)

    def expects(self, turn: Turn) -> int | None:
        """The version the attempt must come to; None where it must be refused with what stands."""
        if self.kept and self.kept[-1].answer == turn.answer:
            return len(self.kept)
        if turn.over != len(self.kept):
            return None
        self.kept.append(turn)
        return len(self.kept)


@dataclass(slots=True)
class Writer:
    """One person with what they last saw, and an attempt whose reply never came."""

    seen: int = 0
    doubtful: Turn | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The answer under test and everyone who may write it."""

    session: Session
    assessment: SelfAssessment
    people: list[Person]

    def act(self, turn: Turn) -> int:
        given: dict[str, Any] = {"expected_version": turn.over, "actor": self.people[turn.who], "at": NOW}
        place = (self.session, self.assessment, small_set(), CRITERION)
        if turn.origin is AnswerOrigin.STILL_TRUE:
            return self_assessment.still_true(*place, **given)
        if turn.origin is AnswerOrigin.RESTORED:
            return self_assessment.restore(*place, turn.restores, **given)
        return self_assessment.record_answer(*place, turn.answer, **given)

    def history(self) -> list[assessments.SavedAnswer]:
        return assessments.history(self.session, self.assessment.id, CRITERION)[::-1]


@contextmanager
def room(engine: Engine) -> Iterator[Room]:
    """A line with a submitted self-assessment, and the next cycle open."""
    with sessions(engine).writing() as session:
        line = a_line(session)
        a_submitted_assessment(session, line, level=2)
        an_open_cycle(session, [line], name="2027", opens_on=date(2027, 3, 2), at=NOW)
        people = [a_manager(session, line)]
        people += [a_person(session, f"Contributor {number}", Role.CONTRIBUTOR, line=line) for number in range(3)]
        yield Room(session=session, assessment=an_assessment(session, line), people=people)


def interleave(room: Room, act: Act, chance: random.Random) -> None:
    """One course of events; afterwards the archive holds what the model holds, by whom and how it came about."""
    model = Model()
    writers = [Writer() for _ in range(chance.randint(2, 4))]
    for step in range(chance.randint(4, 9)):
        who = chance.randrange(len(writers))
        writer = writers[who]
        turn = chosen(model, writer, who, step, chance)
        if turn is None:
            writer.seen = len(model.kept)
            continue
        expected = model.expects(turn)
        reached = attempt(act, turn, model)
        assert reached == expected, f"{turn} came to {reached}, expected {expected}"
        if reached is not None and chance.random() < 0.3:
            writer.doubtful = turn  # the reply is lost: the writer knows nothing of it and will send the same again
            continue
        writer.doubtful = None
        writer.seen = len(model.kept)
    found = room.history()
    assert [one.version for one in found] == list(range(1, len(model.kept) + 1)), "a version is missing or stands twice"
    told = [(one.value, one.origin, one.saved_by_id) for one in found]
    assert told == [(turn.answer, turn.origin, room.people[turn.who].id) for turn in model.kept], "a version was lost"
    stands = assessments.answer_to(room.session, room.assessment.id, CRITERION)
    assert stands.version == len(model.kept)
    assert not model.kept or stands.value == model.kept[-1].answer


def chosen(model: Model, writer: Writer, who: int, step: int, chance: random.Random) -> Turn | None:
    """What a writer does next; None: look at what stands."""
    if writer.doubtful is not None and chance.random() < 0.7:
        return writer.doubtful
    dice = chance.random()
    if dice < 0.2:
        return None
    if dice < 0.3:
        copied = replace(LAST_CYCLE, figures=())
        return Turn(who=who, answer=copied, origin=AnswerOrigin.STILL_TRUE, over=writer.seen)
    if dice < 0.45 and writer.seen:
        version = chance.randint(1, writer.seen)
        earlier = model.kept[version - 1].answer
        return Turn(who=who, answer=earlier, origin=AnswerOrigin.RESTORED, over=writer.seen, restores=version)
    answer = Answer(status=AnswerStatus.ANSWERED, key="partly", justification=f"writer {who}, step {step}")
    return Turn(who=who, answer=answer, origin=AnswerOrigin.TYPED, over=writer.seen)


def attempt(act: Act, turn: Turn, model: Model) -> int | None:
    """The version an attempt came to; None when it was refused, which must show what stands."""
    try:
        return act(turn)
    except StaleVersion as stale:
        assert (stale.current, stale.version) == (model.kept[-1].answer, len(model.kept)), "refused without what stands"
        return None


def all_of(room: Room, act: Act, seeds: range) -> None:
    for seed in seeds:
        turned = room.session.begin_nested()
        interleave(room, act, random.Random(seed))
        turned.rollback()


@pytest.mark.parametrize("part", range(PARTS))
def test_generated_interleavings_lose_nothing(sqlite_engine: Engine, part: int) -> None:
    with room(sqlite_engine) as here:
        all_of(here, here.act, range(part, COURSES, PARTS))


def test_a_save_that_overwrites_what_its_writer_has_not_seen_is_found(sqlite_engine: Engine) -> None:
    """A planted fault: whoever saves last wins, whatever they had read."""
    with room(sqlite_engine) as here:

        def overwrite(turn: Turn) -> int:
            stands = assessments.answer_to(here.session, here.assessment.id, CRITERION).version
            return here.act(replace(turn, over=stands))

        with pytest.raises(AssertionError):
            all_of(here, overwrite, range(200))


def test_a_repeat_that_counts_twice_is_found(sqlite_engine: Engine) -> None:
    """A planted fault: a reply that was lost is taken for a save that never was."""
    with room(sqlite_engine) as here:

        def twice(turn: Turn) -> int:
            version = here.act(turn)
            stands = assessments.answer_to(here.session, here.assessment.id, CRITERION)
            other = replace(turn, answer=replace(turn.answer, summary="x"), origin=AnswerOrigin.TYPED, over=version)
            if stands.version == version and turn.origin is AnswerOrigin.TYPED:
                here.act(other)
                return here.act(replace(turn, over=version + 1))
            return version

        with pytest.raises(AssertionError):
            all_of(here, twice, range(200))
