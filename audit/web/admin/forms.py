"""Forms of the administrator's room."""

from __future__ import annotations

from wtforms import EmailField, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from audit.domain.errors import N_
from audit.domain.permissions import Role
from audit.web.forms import EmailAddress, Form, Longest, Needed, stripped

# Managers and contributors are invited in their line, by the network; here are the roles of the network itself.
ROLES = (
    (Role.COORDINATOR.value, N_("Coordinator")),
    (Role.REVIEWER.value, N_("Reviewer")),
    (Role.AUDITOR.value, N_("Auditor")),
    (Role.ADMINISTRATOR.value, N_("Administrator")),
)


class InviteForm(Form):
    name = StringField(N_("Name"), [Needed(N_("Enter a name or a function.")), Longest(160)], filters=[stripped])
    email = EmailField(
        N_("E-mail"), [Needed(N_("Enter an e-mail address.")), Longest(254), EmailAddress()], filters=[stripped]
    )
    role = SelectField(N_("Role"), choices=[SelectChoice(value, label) for value, label in ROLES])
    country = StringField(
        N_("Country code (optional)"),
        [Longest(2)],
        description=N_("Two letters, for a reviewer: the country of their own line, for example AT."),
        filters=[stripped],
    )
