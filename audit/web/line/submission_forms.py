"""Forms by which a manager speaks for the line: the signed statement, leaving a cycle, the factual check, inviting."""

from __future__ import annotations

from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from audit.domain.errors import N_
from audit.domain.permissions import Role
from audit.web.forms import EmailAddress, Form, Longest, Needed, stripped, words


class SubmitForm(Form):
    agreed = BooleanField(
        N_("I have read the statement and may sign for the line."),
        validators=[Needed(N_("Tick the box to sign the statement."))],
    )
    typed_name = StringField(
        N_("Your name, as your signature"),
        filters=[stripped],
        validators=[Needed(N_("Type your name to sign.")), Longest(160)],
    )


class WithdrawForm(Form):
    reason = TextAreaField(
        N_("Why does your line leave this cycle?"),
        description=N_("The network office reads this. Two or three sentences are enough."),
        filters=[stripped],
        validators=[Needed(N_("Say in a sentence why your line leaves this cycle.")), Longest(6000)],
    )


class FactsForm(Form):
    answer = RadioField(
        N_("Are the facts right?"),
        choices=[
            SelectChoice("right", N_("Yes, the facts are right.")),
            SelectChoice("remark", N_("No, a fact is wrong. I say below which one.")),
        ],
        validators=[Needed(N_("Choose whether the facts are right."))],
    )
    remark = TextAreaField(
        N_("Which fact is wrong?"),
        description=N_("Name the criterion, what it says, and what is true. This is about facts, not about the level."),
        filters=[stripped],
        validators=[Longest(6000)],
    )

    def accepted(self) -> bool:
        if not super().accepted():
            return False
        if self.answer.data == "remark" and not self.remark.data:
            self.remark.errors = [*self.remark.errors, words(N_("Say which fact is wrong, or choose “Yes”."))]
            self._failed(422)
            return False
        return True


class InviteForm(Form):
    name = StringField(N_("Name"), filters=[stripped], validators=[Needed(N_("Enter a name.")), Longest(160)])
    email = StringField(
        N_("E-mail address"),
        filters=[stripped],
        validators=[Needed(N_("Enter an e-mail address.")), Longest(254), EmailAddress()],
    )
    role = RadioField(
        N_("What will they do?"),
        choices=[
            SelectChoice(Role.CONTRIBUTOR.value, N_("Contribute: fill in answers and add evidence; cannot submit")),
            SelectChoice(
                Role.MANAGER.value, N_("Manage: everything a contributor does, and submit, confirm facts and invite")
            ),
        ],
        default=Role.CONTRIBUTOR.value,
    )
