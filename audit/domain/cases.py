"""Where a core criterion may be "not applicable" only in listed cases: the case stands first in the reason given."""

from __future__ import annotations

from collections.abc import Sequence


def with_case(case: str, text: str) -> str:
    """The reason that is stored: the case in the set's own words, then what else was said."""
    return f"{case}\n\n{text.strip()}".strip()


def case_apart(cases: Sequence[str], text: str) -> tuple[int | None, str]:
    """Which of the cases a stored reason begins with, and the rest of it; None and the whole text where it has none."""
    for at, case in enumerate(cases):
        if text == case:
            return at, ""
        if text.startswith(f"{case}\n\n"):
            return at, text.removeprefix(f"{case}\n\n").strip()
    return None, text
