"""Forms around evidence: one item (a file, a link or a statement), its declarations, a choice from the library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from audit.domain.errors import N_, InvalidInput
from audit.web.forms import Form, Longest, Needed, stripped

NO_ABUSE_IMAGE = N_("No sexual image of a child is in it")
NO_PERSONAL_DATA = N_("Nothing in it identifies a reporter, child or suspect")


class EvidenceForm(Form):
    """One new item. Which of file, address and statement is needed follows from what is given; one is enough."""

    kind = SelectField(N_("Kind"), validators=[Needed(N_("Choose the kind of evidence."))])
    title = StringField(
        N_("Name"),
        filters=[stripped],
        validators=[Needed(N_("Give the item a name, for example “Triage procedure, version 4”.")), Longest(160)],
    )
    file = FileField(N_("File"))
    url = StringField(N_("Web address, for a public page"), filters=[stripped], validators=[Longest(500)])
    statement = TextAreaField(
        N_("Statement, where there is no file: what was seen or counted, when, by how many people"),
        filters=[stripped],
        validators=[Longest(2000)],
    )
    issued_on = DateField(N_("Issue date"), validators=[Optional()])
    valid_until = DateField(N_("Valid until, if it ends"), validators=[Optional()])
    no_abuse_image = BooleanField(NO_ABUSE_IMAGE)
    no_personal_data = BooleanField(NO_PERSONAL_DATA)

    def offer(self, kinds: list[tuple[str, str]]) -> None:
        """The kinds to choose from: (id, title)."""
        self.kind.choices = [("", ""), *kinds]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An uploaded file, read whole."""

    name: str
    content: bytes


def uploaded(file: FileStorage | None, limit: int, size_words: Any) -> Upload | None:
    """The file that was sent, or None where none was chosen; InvalidInput when it is empty or larger than `limit`.

    `size_words` writes a number of bytes for people. At most `limit` bytes and one are ever read.
    """
    if file is None or not file.filename:
        return None
    size = file.stream.seek(0, 2)
    file.stream.seek(0)
    if size > limit:
        raise InvalidInput(
            N_("The file is %(size)s; the limit is %(limit)s. Your other answers are saved."),
            field="file",
            size=size_words(size),
            limit=size_words(limit),
        )
    content = file.stream.read(limit + 1)
    if not content:
        raise InvalidInput(N_("The file is empty. Choose another one."), field="file")
    return Upload(name=file.filename, content=content)
