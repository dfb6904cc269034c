"""Passwords: what is asked of one, and hashing that costs the same for everyone."""

from __future__ import annotations

import threading
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from audit.domain.errors import N_, InvalidInput

SHORTEST = 12  # characters
LONGEST = 200
# OWASP's minimum for Argon2id: 19 MiB, two passes, one lane (about 18 ms).
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_turns = threading.BoundedSemaphore(2)  # at most two hashes at once, so that sign-ins cannot exhaust memory


def hash_password(password: str, *, email: str = "", name: str = "") -> str:
    """The hash to store; InvalidInput where the password is too short, too long or says who it belongs to."""
    if len(password) < SHORTEST:
        message = N_("This password is too short. Please use at least %(least)d characters; a few words are fine.")
        raise InvalidInput(message, field="password", least=SHORTEST)
    if len(password) > LONGEST:
        message = N_("This password is too long. Please use at most %(most)d characters.")
        raise InvalidInput(message, field="password", most=LONGEST)
    plain = password.casefold()
    easy = {email.casefold(), email.casefold().partition("@")[0], name.casefold()} - {""}
    if len(set(plain)) < 5 or plain in easy or plain.strip("0123456789!?. ") in easy | _COMMON:
        message = N_("This password is easy to guess. Please choose another; a few words that only you know are fine.")
        raise InvalidInput(message, field="password")
    with _turns:
        return _hasher.hash(_bytes(password))


_COMMON = frozenset(
    {
        "password", "passwordpassword", "qwertyuiop", "qwertyuiopas", "letmeinletmein", "iloveyou", "administrator",
        "plumbline", "plumblineplumbline", "abcdefghijkl", "welcome", "changeme", "changemechangeme", "secret",
    }
)  # fmt: skip


def matches(stored: str | None, password: str) -> bool:
    """Whether the password belongs to the hash. Without a hash it costs the same and is never true."""
    with _turns:
        try:
            return _hasher.verify(stored or _nobody(), _bytes(password[: LONGEST + 1])) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")


def outdated(stored: str) -> bool:
    """Whether the hash was made with other settings than today's."""
    return _hasher.check_needs_rehash(stored)


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hasher.hash("the password of nobody at all")
