"""What people type into the forms of accounts, made clean or refused in words."""

from __future__ import annotations

import re

from audit.domain.errors import N_, InvalidInput
from audit.persistence.queries.people import clean_email

_EMAIL = re.compile(r"[^@\s<>\"(),:;\[\]\\]{1,64}@[^@\s<>\"(),:;\[\]\\]{1,180}\.[^@\s.<>\"(),:;\[\]\\]{2,63}")


def text_of(text: str, *, field: str, most: int, needed: bool = True) -> str:
    """The text on one line, without control characters; InvalidInput where it is missing or longer than `most`."""
    text = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    if needed and not text:
        raise InvalidInput(N_("Please fill this in."), field=field)
    if len(text) > most:
        raise InvalidInput(N_("Please use at most %(most)d characters."), field=field, most=most)
    return text


def email_of(email: str, *, field: str = "email") -> str:
    """The address in lower case; InvalidInput where it cannot be one."""
    email = clean_email(email)
    if len(email) > 254 or not _EMAIL.fullmatch(email):
        raise InvalidInput(N_("This is not an e-mail address. It looks like name@example.org."), field=field)
    return email


def country_of(country: str, *, field: str = "country", needed: bool = True) -> str:
    """The ISO 3166 code of two letters in upper case."""
    country = country.strip().upper()
    if not country and not needed:
        return ""
    if not re.fullmatch(r"[A-Z]{2}", country):
        raise InvalidInput(N_("Please choose a country."), field=field)
    return country
