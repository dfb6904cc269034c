"""Forms: WTForms checks their shape, the macros in templates/layout/forms.html draw them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import g
from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.validators import StopValidation, ValidationError

from audit.domain.errors import N_, AuditError, InvalidInput
from audit.web import visit

# What WTForms says by itself, in our words.
_OURS = {
    "Not a valid choice.": N_("Choose one of the options."),
    "Not a valid choice": N_("Choose one of the options."),
    "Invalid Choice: could not coerce.": N_("Choose one of the options."),
    "Invalid Choice: could not coerce": N_("Choose one of the options."),
    "Not a valid integer value.": N_("Enter a whole number."),
    "Not a valid decimal value.": N_("Enter a number."),
    "Not a valid date value.": N_("Enter a date like 30 4 2026, or choose it from the calendar."),
    "Not a valid datetime value.": N_("Enter a date and a time."),
}


class _Words:
    """Hands WTForms' own messages to our catalogue."""

    def gettext(self, message: str) -> str:
        return visit.reading().gettext(_OURS.get(message, message))

    def ngettext(self, one: str, many: str, count: int) -> str:
        return visit.reading().ngettext(one, many, count)


class Form(FlaskForm):
    """A form of ours. Labels and descriptions are English message ids marked with N_; the macros translate them.

    A view asks `form.accepted()`; where the domain refuses, `form.refuse(refusal)` puts its words at the field; then
    `return render_template(…, form=form), form.status` keeps everything typed and answers 422 (409 where it changed).
    """

    status = 200

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def get_translations(self, form: Any) -> _Words:
            return _Words()

    def accepted(self) -> bool:
        """True when the form was sent and its shape is right; afterwards `status` is 422 when it is not."""
        if not self.is_submitted():
            return False
        if self.validate():
            return True
        self._failed(422)
        return False

    def refuse(self, refusal: AuditError) -> None:
        """Put a refusal at the field it names, or at the top of the form; its further problems likewise."""
        from audit.web.errors import status_of

        for one in (refusal, *(refusal.problems if isinstance(refusal, InvalidInput) else ())):
            words = visit.reading().refusal(one)
            field = self._fields.get(one.field) if one.field else None
            if field is None:
                self.form_errors.append(words)
            else:
                field.errors = [*field.errors, words]
        self._failed(status_of(refusal))

    def _failed(self, status: int) -> None:
        self.status = status
        g.failed = True

    @property
    def problems(self) -> list[tuple[str | None, str]]:
        """What is wrong, in the order of the page: the id of the field (None: the form as a whole) and the words."""
        found: list[tuple[str | None, str]] = [(None, str(words)) for words in self.form_errors]
        for field in self:
            found += [(anchor_of(field), str(words)) for words in _flat(field.errors)]
        return found


def anchor_of(field: Field) -> str:
    """The id an error links to: the first option of a choice, the input itself otherwise."""
    return f"{field.id}-0" if field.type in ("RadioField", "SelectMultipleField") else str(field.id)


def _flat(errors: Any) -> Iterable[str]:
    if isinstance(errors, dict):
        errors = [part for one in errors.values() for part in one]
    for one in errors:
        if isinstance(one, (list, tuple, dict)):
            yield from _flat(one)
        else:
            yield str(one)


def words(message: str, /, **values: Any) -> str:
    """A message of a form in the visitor's language."""
    text = visit.reading().gettext(message)
    return text % values if values else text


class Needed:
    """Refuses an empty field with a sentence that says what to enter."""

    field_flags = {"required": True}

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, form: FlaskForm, field: Field) -> None:
        data = field.data
        if data is None or data is False or data in ([], ()) or (isinstance(data, str) and not data.strip()):
            if field.errors and any(str(one).strip() for one in field.raw_data or ()):
                raise StopValidation  # what was typed could not be read, and the field says so already
            field.errors = []
            raise StopValidation(words(self.message))


class Longest:
    """Refuses text above a number of characters and says how long it is."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.field_flags = {"maxlength": most}

    def __call__(self, form: FlaskForm, field: Field) -> None:
        length = len(field.data or "")
        if length > self.most:
            message = N_("Use at most %(most)s characters; this has %(length)s.")
            number = visit.reading().number
            raise ValidationError(words(message, most=number(self.most), length=number(length)))


class EmailAddress:
    """Refuses what cannot be an e-mail address; whether it exists only a letter can tell."""

    def __call__(self, form: FlaskForm, field: Field) -> None:
        local, at, host = str(field.data or "").strip().rpartition("@")
        sound = at and local and "." in host and not any(character.isspace() for character in local + host)
        if not sound or len(local) > 64 or host.startswith(".") or host.endswith("."):
            raise ValidationError(words(N_("Enter an e-mail address like name@example.org.")))


def stripped(value: Any) -> Any:
    """For `filters=[stripped]`: text without blanks at its ends."""
    return value.strip() if isinstance(value, str) else value
