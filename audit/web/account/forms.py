"""Forms of the account room."""

from __future__ import annotations

from wtforms import PasswordField, StringField

from audit.domain.errors import N_
from audit.web.forms import EmailAddress, Form, Longest, Needed, stripped


class SignInForm(Form):
    email = StringField(
        N_("E-mail"), [Needed(N_("Enter your e-mail address.")), Longest(254), EmailAddress()], filters=[stripped]
    )
    password = PasswordField(N_("Password"), [Needed(N_("Enter your password.")), Longest(1000)])
