"""Plays one line through one cycle, verb by verb, as its people and reviewers would."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING

from audit.cli.demo import papers
from audit.cli.demo.answers import answer_for, keys_for
from audit.cli.demo.people import Cast
from audit.cli.demo.story import DECIDED, Fate, LineStory
from audit.domain.criteria import CriteriaSet, Criterion
from audit.domain.findings import EvidenceVerdict, Grade
from audit.domain.workflow import State
from audit.persistence.tables import EvidenceItem, Person, Review, SelfAssessment
from audit.ports import Inspection, Vault
from audit.usecases import cycles, decisions, review, self_assessment

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


# What sample reviewers write, by finding; the last list is for a level that conforms below the top.
_COMMENTS = {
    Grade.CONFORMS: (
        "The evidence shows what the answer says.",
        "Seen in the document and confirmed in the call.",
        "Clear, current and used; nothing to add.",
    ),
    Grade.OPPORTUNITY: (
        "A good start. Write down who does this and look at it again in six months.",
        "Done by habit; a short written rule would help whoever comes next.",
        "The figures cover part of the year. Draw them each quarter.",
    ),
    Grade.MINOR: (
        "Begun, but not yet in force. Name who completes it and by when.",
        "The draft is sound; it needs the approval of the board.",
    ),
    Grade.MAJOR: ("The evidence does not show this. It is needed before a certificate can be granted.",),
}
_IN_PLACE = (
    "In place and used; the small gaps are named in the answer.",
    "Works in practice. The next review of the text is due soon.",
    "Most of it is shown; one part rests on the word of the team.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """The calendar of one sample cycle, counted back from the day most decisions fall on."""

    decided: date

    @property
    def opens(self) -> date:
        return self.decided - timedelta(days=140)

    @property
    def submit_by(self) -> date:
        return self.decided - timedelta(days=60)

    @property
    def review_by(self) -> date:
        return self.decided + timedelta(days=15)

    @property
    def more_time(self) -> date:
        """The later date given to lines that asked for more time."""
        return self.decided + timedelta(days=21)

    @property
    def decide_by(self) -> date:
        return self.decided + timedelta(days=30)

    def at(self, day: date, *, hour: int = 9, minute: int = 0) -> datetime:
        return datetime.combine(day, time(hour, minute), UTC)


@dataclass(slots=True, kw_only=True)
class Course:
    """Everything one cycle of the sample network is played with."""

    session: Session
    vault: Vault
    inspect: Inspection
    criteria_set: CriteriaSet
    cast: Cast
    dates: Dates
    year: int
    base_url: str
    chance: Random

    def play(self, story: LineStory, assessment: SelfAssessment, fate: Fate, *, first: int) -> None:
        """Bring one self-assessment to where the story wants it; `first` shifts which reviewers come first."""
        keys = keys_for(self.criteria_set, fate, self.chance)
        if fate in (Fate.DRAFT, Fate.SUBMITTED, Fate.RETURNED):
            self._give_time(assessment)
        items = self._fill(story, assessment, fate, keys)
        if fate in (Fate.DRAFT, Fate.LATE):
            return
        manager = self.cast.managers[story.country]
        submitted = self.dates.at(self.dates.submit_by - timedelta(days=self.chance.randint(1, 9)), hour=14)
        if fate in (Fate.SUBMITTED, Fate.RETURNED):
            submitted = self.dates.at(self.dates.decided, hour=14)
        self_assessment.submit(
            self.session,
            assessment,
            self.criteria_set,
            typed_name=manager.name,
            agreed=True,
            actor=manager,
            at=submitted,
            today=submitted.date(),
        )
        if fate is Fate.WITHDRAWN:
            reason = "Our grant ended; the line pauses until a new operator is found."
            self_assessment.withdraw(
                self.session, assessment, reason=reason, actor=manager, at=submitted + timedelta(days=6)
            )
            return
        if fate is not Fate.SUBMITTED:
            # What is under way today began late in the cycle, so that its dates have not passed.
            begins = submitted + timedelta(days=4)
            if fate not in DECIDED and fate is not Fate.RETURNED:
                begins = self.dates.at(self.dates.decided - timedelta(days=13))
            self._review(story, assessment, fate, keys, items, first, begins)

    # the line

    def _give_time(self, assessment: SelfAssessment) -> None:
        cycles.give_time(
            self.session,
            assessment,
            due_on=self.dates.more_time,
            reason="The one person who runs the line was ill for six weeks.",
            actor=self.cast.coordinator,
            at=self.dates.at(self.dates.submit_by - timedelta(days=3)),
        )

    def _fill(
        self, story: LineStory, assessment: SelfAssessment, fate: Fate, keys: dict[str, str]
    ) -> dict[str, dict[str, EvidenceItem]]:
        manager, contributor = self.cast.managers[story.country], self.cast.contributors[story.country]
        begun = self.dates.at(self.dates.opens + timedelta(days=12))
        library = papers.library(
            self.session,
            self.vault,
            self.inspect,
            self.criteria_set,
            self.cast.lines[story.country],
            actor=manager,
            on=self.dates.submit_by - timedelta(days=10),
            at=begun,
        )
        share = {Fate.DRAFT: 0.6, Fate.LATE: 0.15}.get(fate, 1.0)
        attached: dict[str, dict[str, EvidenceItem]] = {}
        applicable = list(self.criteria_set.applicable(assessment.profile))
        for number, criterion in enumerate(applicable[: round(len(applicable) * share)]):
            moment = begun + timedelta(days=number % 20, minutes=7 * number)
            said = self._said(criterion, keys[criterion.id])
            answer = answer_for(
                self.criteria_set,
                criterion,
                said,
                year=self.year - 1,
                today=self.dates.submit_by,
                language="en",
                chance=self.chance,
            )
            actor = contributor if number % 5 == 4 else manager
            self_assessment.record_answer(
                self.session,
                assessment,
                self.criteria_set,
                criterion.id,
                answer,
                expected_version=0,
                actor=actor,
                at=moment,
            )
            attached[criterion.id] = {}
            for kind in self._kinds(criterion, said):
                self_assessment.attach(
                    self.session, assessment, self.criteria_set, criterion.id, library[kind], actor=actor, at=moment
                )
                attached[criterion.id][kind] = library[kind]
        return attached

    def _said(self, criterion: Criterion, key: str) -> str:
        """What the line says of itself: now and then one step more than the reviewers will see."""
        answers = self.criteria_set.answer_set_of(criterion).answers
        place = next(index for index, answer in enumerate(answers) if answer.key == key)
        if criterion.indicators or place == len(answers) - 1 or self.chance.random() > 0.15:
            return key
        return answers[place + 1].key

    def _kinds(self, criterion: Criterion, key: str) -> tuple[str, ...]:
        """One listed kind, and a practice kind that carries the top level where that is claimed."""
        listed = [kind for kind in criterion.evidence if kind != "viewed_live"] or list(criterion.evidence)
        if not listed:
            return ()
        chosen = [listed[0]]
        answer_set = self.criteria_set.answer_set_of(criterion)
        if answer_set.practice_for_top and key == answer_set.top.key:
            chosen.append(
                next(
                    (
                        k
                        for k in listed
                        if self.criteria_set.kind(k).proves == "practice" and self.criteria_set.kind(k).counts_for_top
                    ),
                    "viewed_live",
                )
            )
        return tuple(dict.fromkeys(chosen))

    # the review

    def _review(
        self,
        story: LineStory,
        assessment: SelfAssessment,
        fate: Fate,
        keys: dict[str, str],
        items: dict[str, dict[str, EvidenceItem]],
        first: int,
        at: datetime,
    ) -> None:
        cast = self.cast
        if fate is Fate.RETURNED:
            reason = "Please add the figures of the whole year to HND-01 and INT-05; both cover one quarter only."
            review.return_to_line(self.session, assessment, reason=reason, actor=cast.coordinator, at=at)
            return
        review.accept(self.session, assessment, actor=cast.coordinator, at=at)
        reviews = self._assign(assessment, first, at + timedelta(hours=1))
        for number, one in enumerate(reviews):
            review.declare(self.session, one, tie=False, actor=one.person, at=at + timedelta(days=1 + number))
        unlike = self._unlike(fate, keys)
        for number, one in enumerate(reviews):
            half = fate is Fate.IN_REVIEW and number == 1
            self._judge(one, keys, items, unlike if number == 1 else {}, half, at + timedelta(days=8 + 3 * number))
        if fate in (Fate.IN_REVIEW, Fate.DISAGREEMENT):
            return
        self._settle(assessment, reviews[0].person, keys, at + timedelta(days=16))
        self._finish(story, assessment, fate, at + timedelta(days=20))

    def _assign(self, assessment: SelfAssessment, first: int, at: datetime) -> list[Review]:
        """The first two peers without a tie, starting at a different one for each line."""
        chosen: list[Review] = []
        peers = self.cast.reviewers
        for step in range(len(peers)):
            person = peers[(first + step) % len(peers)]
            if not review.conflicts(self.session, assessment, person, today=at.date()):
                chosen.append(
                    review.assign(self.session, assessment, person, actor=self.cast.coordinator, at=at, today=at.date())
                )
            if len(chosen) == 2:
                return chosen
        raise AssertionError("the sample network has too few reviewers without a tie")

    def _unlike(self, fate: Fate, keys: dict[str, str]) -> dict[str, str]:
        """Where the second reviewer sees it differently: a step more on plain criteria; on core ones in a dispute."""
        unlike: dict[str, str] = {}
        core_to_dispute = 2 if fate is Fate.DISAGREEMENT else 1 if self.chance.random() < 0.25 else 0
        for criterion in self.criteria_set.criteria:
            answers = [a.key for a in self.criteria_set.answer_set_of(criterion).answers]
            place = answers.index(keys[criterion.id])
            if not criterion.core and place + 1 < len(answers) - 1 and self.chance.random() < 0.12:
                unlike[criterion.id] = answers[place + 1]
            elif (
                criterion.core
                and core_to_dispute
                and not criterion.stopper
                and place >= 1
                and self.chance.random() < 0.2
            ):
                unlike[criterion.id] = answers[place - 1]
                core_to_dispute -= 1
        return unlike

    def _judge(
        self,
        one: Review,
        keys: dict[str, str],
        items: dict[str, dict[str, EvidenceItem]],
        unlike: dict[str, str],
        half: bool,
        at: datetime,
    ) -> None:
        judged = list(items)[: len(items) // 2] if half else list(items)
        for number, criterion_id in enumerate(judged):
            moment = at + timedelta(minutes=6 * number)
            for item in items[criterion_id].values():
                review.judge_evidence(
                    self.session,
                    one,
                    criterion_id,
                    item,
                    verdict=EvidenceVerdict.ACCEPTED,
                    reason="",
                    actor=one.person,
                    at=moment,
                )
            key = unlike.get(criterion_id, keys[criterion_id])
            grade, comment = self._finding(self.criteria_set.criterion(criterion_id), key)
            review.judge(
                self.session,
                one,
                self.criteria_set,
                criterion_id,
                key=key,
                not_applicable=False,
                grade=grade,
                comment=comment,
                expected_version=0,
                actor=one.person,
                at=moment,
            )
        if not half:
            done = at + timedelta(days=1)
            review.complete(self.session, one, self.criteria_set, actor=one.person, at=done, today=done.date())

    def _finding(self, criterion: Criterion, key: str) -> tuple[Grade, str]:
        """A finding that fits the level: the top conforms; a core criterion at the bottom is major."""
        answer_set = self.criteria_set.answer_set_of(criterion)
        level = next(a.level for a in answer_set.answers if a.key == key)
        if key == answer_set.top.key:
            grade = Grade.CONFORMS
        elif criterion.core and level == 0:
            grade = Grade.MAJOR
        elif criterion.core and level < self.criteria_set.core_min_level(criterion):
            grade = Grade.MINOR
        elif level <= 1:
            grade = Grade.OPPORTUNITY
        else:
            return Grade.CONFORMS, self.chance.choice(_IN_PLACE)
        return grade, self.chance.choice(_COMMENTS[grade])

    # to the decision

    def _settle(self, assessment: SelfAssessment, actor: Person, keys: dict[str, str], at: datetime) -> None:
        from audit.persistence.queries.reviews import differences

        if assessment.state is not State.RECONCILIATION:
            return
        for difference in differences(self.session, assessment, self.criteria_set):
            criterion = self.criteria_set.criterion(difference.criterion)
            grade, comment = self._finding(criterion, keys[criterion.id])
            review.reconcile(
                self.session,
                assessment,
                self.criteria_set,
                criterion.id,
                key=keys[criterion.id],
                not_applicable=False,
                grade=grade,
                comment=comment,
                reason="Read together once more: the document in the library shows this level.",
                actor=actor,
                at=at,
                today=at.date(),
            )

    def _finish(self, story: LineStory, assessment: SelfAssessment, fate: Fate, at: datetime) -> None:
        if fate is Fate.FACTUAL_CHECK:
            return
        self_assessment.confirm_facts(
            self.session,
            assessment,
            remark="",
            actor=self.cast.managers[story.country],
            at=at,
        )
        if fate not in DECIDED:
            return
        decided = max(
            at + timedelta(days=4),
            self.dates.at(self.dates.decided - timedelta(days=self.chance.randint(0, 6)), hour=15),
        )
        decisions.decide(
            self.session,
            assessment,
            self.criteria_set,
            plan_accepted=fate is Fate.CONDITIONAL,
            base_url=self.base_url,
            actor=self.cast.coordinator,
            at=decided,
            today=decided.date(),
        )
