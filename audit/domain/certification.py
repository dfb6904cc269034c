"""What certificates and result sheets say, as frozen facts; their serials, verification codes and statuses."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from audit.domain import facts_text
from audit.domain.criteria import Measure, RuleKind
from audit.domain.findings import Grade

# Statuses ---------------------------------------------------------------------------------------------------------


class CertificateStatus(StrEnum):
    """What the register records about a certificate; the list is closed (product.md 7)."""

    GRANTED = "granted"
    CONDITIONAL = "conditional"
    SUSPENDED = "suspended"
    REINSTATED = "reinstated"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"


class Shown(StrEnum):
    """What the public reads when it asks about a certificate."""

    VALID = "valid"
    CONDITIONAL = "conditional"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"


_S = CertificateStatus
ENDED = frozenset({_S.WITHDRAWN, _S.SUPERSEDED, _S.EXPIRED})  # nothing follows these

# What may follow what. A certificate's first event is GRANTED or CONDITIONAL; what is not listed is refused.
CHANGES: Mapping[CertificateStatus, frozenset[CertificateStatus]] = {
    _S.GRANTED: frozenset({_S.SUSPENDED, _S.WITHDRAWN, _S.SUPERSEDED, _S.EXPIRED}),
    _S.CONDITIONAL: frozenset({_S.SUSPENDED, _S.WITHDRAWN, _S.SUPERSEDED, _S.EXPIRED}),
    _S.SUSPENDED: frozenset({_S.REINSTATED, _S.WITHDRAWN, _S.SUPERSEDED, _S.EXPIRED}),
    _S.REINSTATED: frozenset({_S.SUSPENDED, _S.WITHDRAWN, _S.SUPERSEDED, _S.EXPIRED}),
    _S.WITHDRAWN: frozenset(),
    _S.SUPERSEDED: frozenset(),
    _S.EXPIRED: frozenset(),
}

_SHOWN: Mapping[CertificateStatus, Shown] = {
    _S.GRANTED: Shown.VALID,
    _S.CONDITIONAL: Shown.CONDITIONAL,
    _S.SUSPENDED: Shown.SUSPENDED,
    _S.REINSTATED: Shown.VALID,
    _S.WITHDRAWN: Shown.WITHDRAWN,
    _S.SUPERSEDED: Shown.SUPERSEDED,
    _S.EXPIRED: Shown.EXPIRED,
}

Events = Iterable[tuple[CertificateStatus, date]]  # (status, the day it takes effect), in the order of recording


def may_become(status: CertificateStatus, following: CertificateStatus) -> bool:
    return following in CHANGES[status]


def status_now(events: Events, today: date, valid_until: date | None = None) -> CertificateStatus | None:
    """The status that holds on a day: the latest event that has begun, or None before the first has.

    An ending is final: what is recorded for a later day changes nothing. With `valid_until` a certificate reads as
    expired from the day after, whether or not the register's job has recorded that yet.
    """
    status: CertificateStatus | None = None
    for event, _ in sorted((entry for entry in events if entry[1] <= today), key=lambda entry: entry[1]):
        if status not in ENDED:
            status = event
    if status is not None and status not in ENDED and valid_until is not None and valid_until < today:
        return CertificateStatus.EXPIRED
    return status


def shown(status: CertificateStatus) -> Shown:
    return _SHOWN[status]


def shown_now(events: Events, today: date, valid_until: date | None = None) -> Shown | None:
    """What the public reads on a day. A conditional certificate that is reinstated is conditional again."""
    recorded = tuple(events)
    status = status_now(recorded, today, valid_until)
    if status is CertificateStatus.REINSTATED and any(event is CertificateStatus.CONDITIONAL for event, _ in recorded):
        return Shown.CONDITIONAL
    return None if status is None else shown(status)


# Serials and codes ------------------------------------------------------------------------------------------------

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: nothing to mix up, no words by accident
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_CODE_SYMBOLS = 12  # eleven random symbols of five bits and a check symbol
RANDOM_BYTES = 7  # 56 bits, of which 55 are used


def serial_number(year: int, country: str, sequence: int) -> str:
    """A certificate's serial: "PL-2026-BE-0042-7". The last digit is a check digit (ISO 7064, MOD 11,10)."""
    body = f"PL-{year:04d}-{country.upper()}-{sequence:04d}"
    return f"{body}-{_check_digit(body)}"


def serial_is_sound(serial: str) -> bool:
    """Whether the check digit fits: false for a serial with one wrong character."""
    body, _, digit = serial.rpartition("-")
    return body.isascii() and digit == str(_check_digit(body))


def _check_digit(body: str) -> int:
    digits = "".join(str(int(character, 36)) for character in body if character.isalnum())  # letters as A = 10 …
    product = 10
    for digit in digits:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10


def verification_code(random_bytes: bytes) -> str:
    """The code by which the public asks about a certificate: "7KQ4-M2XD-9TWP".

    Takes RANDOM_BYTES bytes from the operating system's generator, of which it uses 55 bits; ValueError for fewer.
    """
    if len(random_bytes) < RANDOM_BYTES:
        raise ValueError(f"a verification code takes {RANDOM_BYTES} random bytes")
    number = int.from_bytes(random_bytes[:RANDOM_BYTES]) & (1 << 55) - 1
    symbols = [number >> 5 * place & 31 for place in range(_CODE_SYMBOLS - 1)]
    return _grouped([*symbols, _weighted(symbols)])


def normalise_code(typed: str) -> str | None:
    """The code someone meant: any case, spaces and dashes anywhere, O for 0, I and L for 1. None: it cannot be one."""
    if len(typed) > 100:
        return None
    bare = "".join(character for character in typed.upper() if not character.isspace() and character not in "-‐‑–—−_.")
    bare = bare.translate(_MISREAD)
    if len(bare) != _CODE_SYMBOLS or any(character not in _CROCKFORD for character in bare):
        return None
    symbols = [_CROCKFORD.index(character) for character in bare]
    return _grouped(symbols) if _weighted(symbols[:-1]) == symbols[-1] else None


def _grouped(symbols: list[int]) -> str:
    text = "".join(_CROCKFORD[symbol] for symbol in symbols)
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _weighted(symbols: list[int]) -> int:
    """The check symbol: a sum in the field of 32 elements, each place weighing differently.

    Different weights mean that one wrong symbol, or any two exchanged, always shows. The check symbol weighs one, so
    the places before it weigh x, x², x³ …
    """
    total = 0
    for symbol in reversed(symbols):
        total = _times_x(total ^ symbol)
    return total


def _times_x(element: int) -> int:
    doubled = element << 1
    return doubled ^ 0b100101 if doubled & 32 else doubled  # modulo x⁵ + x² + 1, which is primitive


# Facts ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuingBody:
    """Who issues: as the network's settings stood on the day. `signatory` is a function, not a person's name."""

    name: str
    address: str
    website: str
    signatory: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CriteriaSetReference:
    """The standard audited against, with its version and date (ISO/IEC 17021-1, 8.2.2)."""

    id: str
    version: str
    status: str  # domain.criteria.SetStatus
    title: str
    hash: str
    published: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessedTheme:
    """A theme and how many of its criteria applied to this line."""

    id: str
    title: str
    criteria: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    """Everything a certificate says: the contents of ISO/IEC 17021-1, 8.2.2, and no score, finding or median."""

    serial: str
    verification_code: str
    revision: int
    supersedes: str | None  # the serial of the certificate this one replaces
    line_name: str  # in its own script
    line_name_latin: str  # "" where the name is in Latin script already
    country: str  # ISO 3166
    operator: str
    operator_address: str
    scope: str
    channels: str
    web_address: str
    level: str
    level_title: str
    level_wording: str
    decided_on: date
    valid_from: date
    valid_until: date
    first_certified_on: date
    conditions: int  # 0 unless the certificate is conditional
    conditions_due_on: date | None
    criteria_set: CriteriaSetReference
    themes: tuple[AssessedTheme, ...]
    core_criteria: int  # how many of the criteria assessed are core
    reviewers: int
    cycle_name: str
    verification_url: str  # what the QR code opens
    issuing_body: IssuingBody
    language: str
    sample: bool
    snapshot_hash: str  # of the submission that was judged
    decision_reference: str
    journal_checkpoint: str  # hash of the journal's last entry when this was granted

    @property
    def criteria(self) -> int:
        return sum(theme.criteria for theme in self.themes)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleResult:
    """One rule of one level. `value` and `limit` are percent, counts, months or 0 and 1, as docs/criteria.md says."""

    level: str
    kind: RuleKind
    value: Fraction
    limit: Fraction
    holds: bool
    detail: tuple[str, ...] = ()  # ids of the criteria or themes, or grades, that count against the line
    step: int | None = None  # the level a rule on core criteria speaks of
    grades: tuple[str, ...] = ()  # the findings a rule on open findings counts


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeResult:
    id: str
    title: str
    weight: int  # percent
    criteria: int
    score: Fraction | None  # 0 to 100; None: not rated
    previous: Fraction | None  # in the cycle before; None: no such cycle, or not rated


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionResult:
    """One criterion: what the line said, what was confirmed and why. Levels run from 0 to `top`."""

    id: str
    theme: str
    title: str
    core: bool
    stopper: bool
    confirmed_key: str | None  # None: not applicable
    confirmed_level: int | None
    confirmed_title: str
    self_key: str | None  # None: the line said not applicable
    self_level: int | None
    self_title: str
    finding: Grade
    comment: str
    top: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorResult:
    """A figure as the line gave it. `value` is in the indicator's unit, exact; None where it could not be computed."""

    id: str
    title: str
    unit: str
    measure: Measure
    value: Fraction | None
    cases: int | None  # how many cases stand behind it
    period_from: date
    period_to: date
    source: str  # domain.answers.FigureSource


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingToClose:
    criterion: str
    grade: Grade
    text: str
    action: str = ""  # the corrective action agreed, where there is one
    owner: str = ""  # a function, not a person's name
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    criterion: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStep:
    """One step on the way to the next level: raise this criterion from where it stands to where it must be."""

    criterion: str
    title: str
    core: bool
    stopper: bool
    from_title: str
    to_title: str
    needs: str  # what the reviewers would need to see


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelName:
    id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultSheetFacts:
    """The confidential result of one line: every figure behind the decision, no other line named."""

    line_name: str
    line_name_latin: str
    country: str
    cycle_name: str
    decided_on: date
    appeal_until: date
    level: str
    level_title: str
    level_wording: str
    computed_level_title: str  # differs from level_title only with a reason
    deviation_reason: str
    carries_certificate: bool
    certificate_serial: str | None
    overall: Fraction
    previous_cycle: str  # "" for a first cycle
    previous_overall: Fraction | None
    previous_level_title: str
    levels: tuple[LevelName, ...]  # from the highest to the lowest
    rules: tuple[RuleResult, ...]
    themes: tuple[ThemeResult, ...]
    criteria: tuple[CriterionResult, ...]
    indicators: tuple[IndicatorResult, ...]
    findings: tuple[FindingToClose, ...]
    strengths: tuple[Strength, ...]
    next_level_title: str  # "" when the level is the highest, or no path is known
    plan: tuple[PlanStep, ...]
    plan_text: str  # the improvement plan in words, for a line that was refused
    reviewers: int
    criteria_set: CriteriaSetReference
    issuing_body: IssuingBody
    language: str
    sample: bool
    snapshot_hash: str
    decision_reference: str


def facts_to_text(facts: CertificateFacts | ResultSheetFacts) -> str:
    """Canonical JSON: the same facts always give the same text."""
    return facts_text.to_text(facts)


def certificate_facts_from_text(text: str) -> CertificateFacts:
    """The facts again; ValueError for anything that is not a certificate's facts."""
    return facts_text.from_text(CertificateFacts, text)


def result_sheet_facts_from_text(text: str) -> ResultSheetFacts:
    """The facts again; ValueError for anything that is not a result sheet's facts."""
    return facts_text.from_text(ResultSheetFacts, text)


def facts_hash(text: str) -> str:
    """SHA-256 (hex) of canonical facts, with a purpose before them so that it can be taken for no other hash."""
    return hashlib.sha256(b"plumbline facts\x00" + text.encode()).hexdigest()
