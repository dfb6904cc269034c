"""What a reviewer types about one criterion: level, finding, comment, and a verdict on each evidence item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wtforms import Field, HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError

from audit.domain.criteria import AnswerSet, Criterion
from audit.domain.errors import N_
from audit.domain.findings import EvidenceVerdict, Grade
from audit.domain.scoring import may_be_not_applicable
from audit.persistence.queries.reviews import GivenVerdict
from audit.usecases.review.judging import COMMENT_LIMIT
from audit.web.forms import Form, Longest, Needed, stripped, words
from audit.web.review.desk import Proof

NOT_APPLICABLE = "not_applicable"
REASON_LIMIT = 1000  # characters

GRADES = {
    Grade.CONFORMS: N_("Conforms"),
    Grade.OPPORTUNITY: N_("Opportunity for improvement"),
    Grade.MINOR: N_("Minor nonconformity"),
    Grade.MAJOR: N_("Major nonconformity"),
}
GRADE_HINTS = {
    Grade.CONFORMS: N_("Meets the criterion as the level says."),
    Grade.OPPORTUNITY: N_("Meets it; there is a better way."),
    Grade.MINOR: N_("A gap that puts nobody at risk today."),
    Grade.MAJOR: N_("A core criterion fails, or someone may be at risk."),
}
_GRADE_CHOICES = [SelectChoice(grade.value, title) for grade, title in GRADES.items()]
_ITEM_CHOICES = [
    SelectChoice(EvidenceVerdict.ACCEPTED.value, N_("Accept")),
    SelectChoice(EvidenceVerdict.REJECTED.value, N_("Reject")),
]


class VersionField(HiddenField):
    """The version the words were typed over; what cannot be one counts as never saved."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0] if valuelist else ""
        self.data = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


class VerdictForm(Form):
    """One criterion. A half-finished verdict may be saved; completing the review asks for the rest."""

    level = RadioField(N_("Confirmed level"), [Optional()])
    grade = RadioField(N_("Finding"), [Optional()], choices=_GRADE_CHOICES)
    comment = TextAreaField(
        N_("What you found"),
        [Longest(COMMENT_LIMIT)],
        filters=[stripped],
        description=N_("The line reads this. Name the evidence and the page. No personal details."),
    )
    version = VersionField(default=0)

    @property
    def key(self) -> str | None:
        return None if self.level.data in (None, "", NOT_APPLICABLE) else self.level.data

    @property
    def not_applicable(self) -> bool:
        return self.level.data == NOT_APPLICABLE

    @property
    def chosen_grade(self) -> Grade | None:
        return Grade(self.grade.data) if self.grade.data else None

    def item(self, public_id: str) -> tuple[Field, Field]:
        """The fields of one evidence item: verdict and reason."""
        return self[f"item-{public_id}"], self[f"reason-{public_id}"]


def _reason_when_rejected(form: Form, field: Field) -> None:
    verdict = form[field.name.replace("reason-", "item-", 1)]
    if verdict.data == EvidenceVerdict.REJECTED.value and not field.data:
        raise ValidationError(words(N_("Say why you reject this item.")))
    if field.data and not verdict.data:
        raise ValidationError(words(N_("Choose accept or reject, so that your reason can be saved.")))


def level_choices(answers: AnswerSet, criterion: Criterion) -> list[Any]:
    """The levels of the criterion, from the lowest; "not applicable" only where it may be said at all."""
    choices = [SelectChoice(answer.key, answer.title) for answer in answers.answers]
    if may_be_not_applicable(criterion):
        choices.append(SelectChoice(NOT_APPLICABLE, N_("Not applicable")))
    return choices


def verdict_form(
    answers: AnswerSet, criterion: Criterion, proofs: Sequence[Proof], given: GivenVerdict | None, *, sent: bool
) -> VerdictForm:
    """The form of a criterion with two fields for each item that can be judged: as sent, or with what is stored."""
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {}
    for proof in proofs:
        if proof.locked:
            continue
        name = proof.item.public_id
        fields[f"item-{name}"] = RadioField(N_("Verdict on this item"), [Optional()], choices=_ITEM_CHOICES)
        fields[f"reason-{name}"] = TextAreaField(
            N_("Why? The line reads this."), [Longest(REASON_LIMIT), _reason_when_rejected], filters=[stripped]
        )
        if proof.given is not None:
            data |= {f"item-{name}": proof.given.verdict.value, f"reason-{name}": proof.given.reason}
    if given is not None:
        data |= {
            "level": NOT_APPLICABLE if given.not_applicable else given.key,
            "grade": given.grade.value if given.grade else None,
            "comment": given.comment,
            "version": given.version,
        }
    made: type[VerdictForm] = type("VerdictFormOfCriterion", (VerdictForm,), fields)
    form = made(data=data) if sent else made(formdata=None, data=data)
    form.level.choices = level_choices(answers, criterion)
    return form


class ReconcilingForm(Form):
    """What the reviewers settle on where they differ. `seen` says which joint result was shown, if any."""

    level = RadioField(N_("Joint level"), [Needed(N_("Choose the level you settle on."))])
    grade = RadioField(N_("Joint finding"), [Needed(N_("Choose the finding you settle on."))], choices=_GRADE_CHOICES)
    comment = TextAreaField(
        N_("What you found"),
        [Longest(COMMENT_LIMIT)],
        filters=[stripped],
        description=N_("The line reads this in place of your two comments."),
    )
    reason = TextAreaField(
        N_("How you came to it"),
        [Needed(N_("Write down how you came to this level; the decision rests on it.")), Longest(COMMENT_LIMIT)],
        filters=[stripped],
        description=N_("The network office reads this before it decides."),
    )
    seen = HiddenField(default="")

    @property
    def key(self) -> str | None:
        return None if self.level.data == NOT_APPLICABLE else self.level.data

    @property
    def not_applicable(self) -> bool:
        return self.level.data == NOT_APPLICABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Another window saved meanwhile: what is stored now, beside what was typed."""

    key: str | None
    not_applicable: bool
    grade: Grade | None
    comment: str
    version: int
