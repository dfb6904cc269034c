"""Forms of the account room."""

from __future__ import annotations

from wtforms import EmailField, PasswordField, StringField, TextAreaField

from audit.domain.errors import N_
from audit.web.forms import EmailAddress, Form, Longest, Needed, stripped

_PASSWORD_HINT = N_("At least 12 characters. A few words that only you know are fine.")
_ADDRESS = [Needed(N_("Enter your e-mail address.")), Longest(254), EmailAddress()]


class SignInForm(Form):
    email = EmailField(N_("E-mail"), _ADDRESS, filters=[stripped])
    password = PasswordField(N_("Password"), [Needed(N_("Enter your password."))])


class ResetRequestForm(Form):
    email = EmailField(N_("E-mail"), _ADDRESS, filters=[stripped])


class NewPasswordForm(Form):
    password = PasswordField(N_("New password"), [Needed(N_("Choose a password."))], description=_PASSWORD_HINT)


class JoinForm(Form):
    name = StringField(
        N_("Your name"),
        [Needed(N_("Enter the name others should read.")), Longest(160)],
        description=N_("As colleagues in the network should read it. A function is fine, too."),
        filters=[stripped],
    )
    password = PasswordField(N_("Password"), [Needed(N_("Choose a password."))], description=_PASSWORD_HINT)


class ChangePasswordForm(Form):
    present = PasswordField(N_("Present password"), [Needed(N_("Enter your present password."))])
    password = PasswordField(N_("New password"), [Needed(N_("Choose a password."))], description=_PASSWORD_HINT)


class WelcomeForm(Form):
    """The first administrator makes the network."""

    network_name = StringField(
        N_("Name of the network"), [Needed(N_("Enter the network's name.")), Longest(160)], filters=[stripped]
    )
    issuing_body = StringField(
        N_("Issuing body"),
        [Needed(N_("Enter who issues the certificates.")), Longest(160)],
        description=N_("The organisation that signs certificates, with its legal form."),
        filters=[stripped],
    )
    address = TextAreaField(
        N_("Its address"), [Needed(N_("Enter the address printed on certificates.")), Longest(240)], filters=[stripped]
    )
    place = StringField(
        N_("Place of issue"), [Needed(N_("Enter a town, as printed beside the date.")), Longest(80)], filters=[stripped]
    )
    signatory = StringField(
        N_("Who signs"),
        [Needed(N_("Enter the function of who signs.")), Longest(160)],
        description=N_("A function, for example: Head of the network secretariat."),
        filters=[stripped],
    )
    website = StringField(N_("Its website (optional)"), [Longest(200)], filters=[stripped])
    contact_email = EmailField(
        N_("E-mail of the network office (optional)"),
        [Longest(254)],
        description=N_("Shown on public pages for questions about certificates."),
        filters=[stripped],
    )
    name = StringField(N_("Your name"), [Needed(N_("Enter your name.")), Longest(160)], filters=[stripped])
    email = EmailField(N_("Your e-mail"), _ADDRESS, filters=[stripped])
    password = PasswordField(N_("Password"), [Needed(N_("Choose a password."))], description=_PASSWORD_HINT)
