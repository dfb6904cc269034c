"""Serials, verification codes, statuses and the facts of papers."""

from __future__ import annotations

import itertools
import random
import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.domain import facts_text
from audit.domain.certification import (
    CHANGES,
    ENDED,
    RANDOM_BYTES,
    CertificateFacts,
    CertificateStatus,
    Shown,
    certificate_facts_from_text,
    facts_hash,
    facts_to_text,
    may_become,
    normalise_code,
    result_sheet_facts_from_text,
    serial_is_sound,
    serial_number,
    shown,
    shown_now,
    status_now,
    verification_code,
)
from tests.documents.result_samples import RESULT
from tests.documents.samples import AUSTRIA, LONGEST, THAILAND

S = CertificateStatus
SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DAY = date(2026, 10, 1)


# Serials ----------------------------------------------------------------------------------------------------------


def test_a_serial_looks_like_the_one_on_the_certificate() -> None:
    assert re.fullmatch(r"PL-2026-BE-0042-\d", serial_number(2026, "be", 42))
    assert serial_number(2026, "BE", 123456).startswith("PL-2026-BE-123456-")


@given(st.integers(2000, 2999), st.sampled_from(["AT", "BE", "TH", "ZW"]), st.integers(1, 99999))
def test_a_serial_is_sound_and_one_wrong_digit_is_not(year: int, country: str, sequence: int) -> None:
    serial = serial_number(year, country, sequence)
    assert serial_is_sound(serial)
    for at, character in enumerate(serial):
        if character.isdigit():
            for other in "0123456789":
                if other != character:
                    assert not serial_is_sound(serial[:at] + other + serial[at + 1 :])


@pytest.mark.parametrize("text", ["", "PL", "PL-2026-BE-0042", "PL-2026-BE-0042-", "é-1"])
def test_what_is_no_serial_is_not_sound(text: str) -> None:
    assert not serial_is_sound(text)


# Verification codes -----------------------------------------------------------------------------------------------


@given(st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES))
def test_a_code_is_read_back_however_it_was_typed(given_bytes: bytes) -> None:
    code = verification_code(given_bytes)
    assert re.fullmatch(rf"[{SYMBOLS}]{{4}}-[{SYMBOLS}]{{4}}-[{SYMBOLS}]{{4}}", code)
    for typed in (
        code,
        code.lower(),
        code.replace("-", ""),
        code.replace("-", " "),
        f"  {code}\n",
        code.replace("-", " – "),
        code.replace("0", "O").replace("1", "l"),
        code.replace("1", "i"),
    ):
        assert normalise_code(typed) == code


def test_one_wrong_symbol_or_two_exchanged_always_show() -> None:
    chance = random.Random(7)
    for _ in range(40):
        bare = verification_code(chance.randbytes(RANDOM_BYTES)).replace("-", "")
        for at in range(12):
            for other in SYMBOLS:
                if other != bare[at]:
                    assert normalise_code(bare[:at] + other + bare[at + 1 :]) is None
        for a, b in itertools.combinations(range(12), 2):
            if bare[a] != bare[b]:
                changed = list(bare)
                changed[a], changed[b] = changed[b], changed[a]
                assert normalise_code("".join(changed)) is None


def test_codes_use_fifty_five_bits() -> None:
    codes = {verification_code((1 << bit).to_bytes(RANDOM_BYTES)) for bit in range(55)}
    assert len(codes | {verification_code(bytes(RANDOM_BYTES))}) == 56


@pytest.mark.parametrize(
    "typed", ["", "-", "7KQ4", "7KQ4-M2XD-9TWPX", "7KQ4-M2XD-9TW!", "é" * 12, "0" * 101, "UUUU-UUUU-UUUU"]
)
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert normalise_code(typed) is None


def test_too_few_random_bytes_are_refused() -> None:
    with pytest.raises(ValueError, match="random bytes"):
        verification_code(b"123456")


@given(st.text(max_size=120))
def test_anything_typed_is_answered(typed: str) -> None:
    code = normalise_code(typed)
    assert code is None or normalise_code(code) == code


# Statuses ---------------------------------------------------------------------------------------------------------

LISTED = {
    S.GRANTED: {S.SUSPENDED, S.WITHDRAWN, S.SUPERSEDED, S.EXPIRED},
    S.CONDITIONAL: {S.SUSPENDED, S.WITHDRAWN, S.SUPERSEDED, S.EXPIRED},
    S.SUSPENDED: {S.REINSTATED, S.WITHDRAWN, S.SUPERSEDED, S.EXPIRED},
    S.REINSTATED: {S.SUSPENDED, S.WITHDRAWN, S.SUPERSEDED, S.EXPIRED},
    S.WITHDRAWN: set(),
    S.SUPERSEDED: set(),
    S.EXPIRED: set(),
}


@pytest.mark.parametrize(("status", "following"), list(itertools.product(S, S)))
def test_what_is_not_listed_is_refused(status: CertificateStatus, following: CertificateStatus) -> None:
    assert may_become(status, following) is (following in LISTED[status])


def test_every_status_is_shown_and_only_endings_end() -> None:
    assert {status: shown(status) for status in S} == {
        S.GRANTED: Shown.VALID,
        S.CONDITIONAL: Shown.CONDITIONAL,
        S.SUSPENDED: Shown.SUSPENDED,
        S.REINSTATED: Shown.VALID,
        S.WITHDRAWN: Shown.WITHDRAWN,
        S.SUPERSEDED: Shown.SUPERSEDED,
        S.EXPIRED: Shown.EXPIRED,
    }
    assert {status for status in S if not CHANGES[status]} == ENDED


def days(*events: tuple[CertificateStatus, int]) -> tuple[tuple[CertificateStatus, date], ...]:
    return tuple((status, DAY + timedelta(days=day)) for status, day in events)


def test_the_latest_event_that_has_begun_holds() -> None:
    events = days((S.GRANTED, 0), (S.SUSPENDED, 10), (S.REINSTATED, 20))
    assert status_now(events, DAY - timedelta(days=1)) is None
    assert status_now(events, DAY) is S.GRANTED
    assert status_now(events, DAY + timedelta(days=10)) is S.SUSPENDED
    assert status_now(events, DAY + timedelta(days=25)) is S.REINSTATED
    assert shown_now(events, DAY + timedelta(days=25)) is Shown.VALID
    assert shown_now(events, DAY - timedelta(days=1)) is None


def test_an_event_recorded_ahead_waits_for_its_day() -> None:
    events = days((S.GRANTED, 0), (S.SUPERSEDED, 30), (S.WITHDRAWN, 20))
    assert status_now(events, DAY + timedelta(days=15)) is S.GRANTED
    assert status_now(events, DAY + timedelta(days=25)) is S.WITHDRAWN
    assert status_now(events, DAY + timedelta(days=35)) is S.WITHDRAWN  # an ending is final


def test_two_events_of_one_day_hold_in_the_order_of_recording() -> None:
    assert status_now(days((S.GRANTED, 0), (S.SUSPENDED, 0)), DAY) is S.SUSPENDED


def test_a_certificate_reads_as_expired_the_day_after_it_ends() -> None:
    events, until = days((S.GRANTED, 0)), DAY + timedelta(days=100)
    assert status_now(events, until, until) is S.GRANTED
    assert status_now(events, until + timedelta(days=1), until) is S.EXPIRED
    withdrawn = days((S.GRANTED, 0), (S.WITHDRAWN, 5))
    assert status_now(withdrawn, until + timedelta(days=1), until) is S.WITHDRAWN


def test_a_conditional_certificate_reinstated_is_conditional_again() -> None:
    events = days((S.CONDITIONAL, 0), (S.SUSPENDED, 5), (S.REINSTATED, 9))
    assert shown_now(events, DAY) is Shown.CONDITIONAL
    assert shown_now(events, DAY + timedelta(days=9)) is Shown.CONDITIONAL


# Facts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("facts", [AUSTRIA, THAILAND, LONGEST])
def test_certificate_facts_travel_as_text(facts: CertificateFacts) -> None:
    text = facts_to_text(facts)
    assert certificate_facts_from_text(text) == facts
    assert facts_to_text(certificate_facts_from_text(text)) == text
    assert facts.criteria == 47


def test_result_sheet_facts_travel_as_text() -> None:
    text = facts_to_text(RESULT)
    assert result_sheet_facts_from_text(text) == RESULT
    assert facts_to_text(result_sheet_facts_from_text(text)) == text


def test_the_hash_of_facts_is_no_plain_hash_of_their_text() -> None:
    import hashlib

    text = facts_to_text(AUSTRIA)
    assert facts_hash(text) == facts_hash(text) and len(facts_hash(text)) == 64
    assert facts_hash(text) != hashlib.sha256(text.encode()).hexdigest()
    assert facts_hash(text) != facts_hash(text + " ")


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "{}", '"x"', facts_to_text(RESULT), facts_to_text(AUSTRIA).replace("2026-09-15", "15.9.2026")],
)
def test_text_of_something_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        certificate_facts_from_text(text)


def test_a_wrong_type_inside_is_refused() -> None:
    with pytest.raises(ValueError):
        facts_text.from_text(CertificateFacts, facts_to_text(AUSTRIA).replace('"revision":1', '"revision":"1"'))
