"""The form that asks for a locked file to go for good: lines and the network office ask in the same words."""

from __future__ import annotations

from wtforms import StringField

from audit.domain.errors import N_
from audit.web.forms import Form, Longest, Needed, stripped


class PurgeForm(Form):
    reason = StringField(
        N_("Why must it go for good?"),
        description=N_("One sentence that describes nothing of what is in the file."),
        filters=[stripped],
        validators=[Needed(N_("Say in a sentence why the file must go, without describing it.")), Longest(500)],
    )
