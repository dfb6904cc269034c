"""The form of one item of evidence: a file, a link or a statement, with its declarations."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional, ValidationError

from audit.domain.errors import N_, InvalidInput
from audit.web.forms import Form, Longest, Needed, stripped, words

NO_ABUSE_IMAGE = N_("No sexual image of a child is in it")
NO_PERSONAL_DATA = N_("Nothing in it identifies a reporter, child or suspect")
SAYS_INVENTED = N_("An invented example says “invented” on every page")


class EvidenceForm(Form):
    """One new item. Which of file, address and statement is needed follows from what is given; one is enough.

    `upload` names a file that has arrived in parts already and stands for `file`; `arrived` is its name, once known.
    """

    arrived = ""
    known_kinds: Collection[str] = ()

    kind = SelectField(N_("Kind"), validate_choice=False, validators=[Needed(N_("Choose the kind of evidence."))])
    title = StringField(
        N_("Name"),
        filters=[stripped],
        validators=[Needed(N_("Give the item a name, for example “Triage procedure, version 4”.")), Longest(160)],
    )
    file = FileField(N_("File"))
    upload = HiddenField(validators=[Longest(64)])
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
    says_invented = BooleanField(SAYS_INVENTED)

    def offer(self, kinds: list[tuple[str, str]], *, known: Collection[str] = ()) -> None:
        """The kinds to choose from: (id, title). `known` are all kinds of the set, for a clearer word about others."""
        self.kind.choices = [("", ""), *kinds]
        self.known_kinds = known

    def validate_kind(self, field: SelectField) -> None:
        if field.data in {value for value, _ in field.choices}:
            return
        if field.data in self.known_kinds:
            raise ValidationError(words(N_("Evidence of this kind does not count here. Choose one of those listed.")))
        raise ValidationError(words(N_("Choose one of the options.")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A file that was sent with the form, read whole."""

    name: str
    content: bytes


def uploaded(file: FileStorage | None, limit: int, size_words: Any) -> Sent | None:
    """The file that was sent, or None where none was chosen; InvalidInput when it is empty or larger than `limit`.

    `size_words` writes a number of bytes for people. At most `limit` bytes and one are ever read.
    """
    if file is None or not file.filename:
        return None
    size = file.stream.seek(0, 2)
    file.stream.seek(0)
    if size > limit:
        raise too_large(size, limit, size_words)
    content = file.stream.read(limit + 1)
    if not content:
        raise InvalidInput(N_("The file is empty. Choose another one."), field="file")
    return Sent(name=file.filename, content=content)


def too_large(size: int, limit: int, size_words: Any) -> InvalidInput:
    """The refusal of a file of so many bytes, said with both numbers."""
    return InvalidInput(
        N_("The file is %(size)s; the limit is %(limit)s. Your other answers are saved."),
        field="file",
        size=size_words(size),
        limit=size_words(limit),
    )
