"""Signs of personal data in free text: what a person should look at once more before others read it.

A warning beside the field, never a bar: the rules prefer silence to a false alarm, since a warning that is often wrong
is soon read by nobody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    BIRTH = "birth"
    IDENTITY_NUMBER = "identity_number"
    AGE_AND_NAME = "age_and_name"
    REPORTED_ADDRESS = "reported_address"  # a web address that may be reported content


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A passage that looks like personal data. `at` is its place in the text, in characters."""

    kind: Kind
    text: str
    at: int


# An address of an office belongs to nobody in particular.
_OFFICES = (
    "abuse|admin|audit|child|contact|data|dpo|enquir|hello|help|hotline|info|inbox|kontakt|line|mail|meld|office|"
    "police|press|privacy|protect|report|safe|secretar|service|signal|staff|support|team|tip"
)
_EMAIL = re.compile(rf"(?<![\w.+-])(?!(?:{_OFFICES}))[\w.+-]{{1,64}}@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)

# With a country's prefix, or nine digits and more that begin with 0 and are written in groups.
_PHONE = re.compile(r"(?<![\w.+/-])(?:(?:\+|00)[1-9]\d{0,2}|\(?0\d{1,4}\)?)(?:[ .\-/()]{0,2}\d{1,4}){2,6}(?![\w/-])")
_FREE_CALL = re.compile(r"^(?:\+\d{1,3}[ .-]?)?\(?0?(?:800|808|900)\b")  # numbers of lines, not of persons

_DAY = r"(?:\d{1,2}[./ -]\d{1,2}[./ -](?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d|\d{1,2}\.? \w{3,12}\.? (?:19|20)\d\d)"
_BORN = (
    r"(?:born(?: on)?|date of birth|d\.?o\.?b\.?|birthday|née? le|date de naissance|geboren(?: op| am)?|geb\.|"
    r"geburtsdatum|geboortedatum|nacid[oa] el|fecha de nacimiento|nat[oa] il|urodzon[ya]|تاريخ الميلاد|مواليد)"
)
_BIRTH = re.compile(rf"{_BORN}[\s:]{{0,3}}{_DAY}", re.IGNORECASE)

_DOCUMENT = (
    r"(?:passport|passeport|pasaporte|paspoort|reisepass|identity card|id card|id|national id|social security|ssn|bsn|"
    r"personalausweis|carte d.identité|nie|dni|nif)"
)
_IDENTITY = re.compile(
    rf"\b{_DOCUMENT}(?: ?(?:number|no\.?|nr\.?|nº|n°|nummer|numéro|número))?[\s:#]{{1,3}}"
    r"(?=[A-Z0-9-]*\d{4})[A-Z0-9-]{6,20}\b",
    re.IGNORECASE,
)

_AGED = r"(?:aged|âgée? de|im alter von|de edad|anni)"
_NAME = r"[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]{2,}(?: [A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]{2,}){0,2}"
# "Anna (12)", "Anna, 12," and "Anna Muster, aged 12": a name at the beginning of a sentence says too little.
_AGE = re.compile(
    rf"(?<![.!?:;] )(?<!^)(?<!\n)\b{_NAME} ?(?:, ?(?i:{_AGED}) (?:[1-9]|1[0-7])\b|\((?i:{_AGED}) (?:[1-9]|1[0-7])\)"
    rf"|, (?:[1-9]|1[0-7])(?:,| years old| ans\b| jaar\b| jahre\b| años\b))"
)
_CHILD = re.compile(
    r"\b(?i:child|girl|boy|victim|minor|fille|garçon|mädchen|junge|meisje|jongen|niñ[ao]) "
    rf"(?i:called|named|nommée?|namens|genaamd|llamad[ao]) {_NAME}"
)

_SOCIAL = (
    r"(?:instagram|facebook|tiktok|snapchat|onlyfans|twitter|x|vk|discord)\.com/(?!$|[\s).,;])@?[\w.-]+"
    r"|(?:t|wa)\.me/[\w+-]+"
)
_REPORTED = re.compile(
    rf"(?<![\w@])(?:hxxps?[:\[]\S+|(?:https?://)?(?:www\.|m\.)?(?:{_SOCIAL})|\S{1, 100}\.onion\b\S*"
    r"|https?://\S{1,500}\.(?:jpe?g|png|gif|webp|mp4|mov|avi|mkv|webm|zip|rar)\b)",
    re.IGNORECASE,
)

_RULES = (
    (Kind.REPORTED_ADDRESS, _REPORTED),
    (Kind.EMAIL, _EMAIL),
    (Kind.BIRTH, _BIRTH),
    (Kind.IDENTITY_NUMBER, _IDENTITY),
    (Kind.AGE_AND_NAME, _CHILD),
    (Kind.AGE_AND_NAME, _AGE),
    (Kind.PHONE, _PHONE),
)


def signs(text: str) -> tuple[Sign, ...]:
    """What looks like personal data, in the order of the text; passages do not overlap."""
    found: list[Sign] = []
    for kind, pattern in _RULES:
        for match in pattern.finditer(text):
            if kind is Kind.PHONE and not _is_phone(match[0]):
                continue
            if not any(one.at < match.end() and match.start() < one.at + len(one.text) for one in found):
                found.append(Sign(kind=kind, text=match[0].strip(" .,;"), at=match.start()))
    return tuple(sorted(found, key=lambda one: one.at))


def _is_phone(text: str) -> bool:
    digits = sum(character.isdigit() for character in text)
    grouped = any(not character.isdigit() for character in text.strip())
    return 9 <= digits <= 15 and grouped and _FREE_CALL.match(text) is None
