"""What changed between two texts, word by word, so that a person need not search for it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_WORD = re.compile(r"\S+\s*|\s+")
_MOST_PAIRS = 200_000  # equal words to weigh against each other; beyond this the middle is shown as rewritten


class Change(StrEnum):
    SAME = "same"
    REMOVED = "removed"  # stands in the earlier text only
    ADDED = "added"  # stands in the later text only


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of words with what became of it."""

    change: Change
    text: str


def word_changes(before: str, after: str) -> tuple[Piece, ...]:
    """The pieces of both texts in reading order; without the removed ones they are `after`, word for word.

    Words are what stands between blanks; how many blanks stand between two words makes no difference.
    """
    earlier, later = _WORD.findall(before), _WORD.findall(after)
    start, end = _shared(earlier, later)
    pieces = [_same(earlier[:start], later[:start])]
    pieces += _middle(earlier[start : len(earlier) - end], later[start : len(later) - end])
    pieces.append(_same(earlier[len(earlier) - end :], later[len(later) - end :]))
    return tuple(piece for piece in pieces if piece.text)


def _shared(earlier: Sequence[str], later: Sequence[str]) -> tuple[int, int]:
    """How many words both begin with, and how many both end with beyond that."""
    most = min(len(earlier), len(later))
    start = 0
    while start < most and earlier[start].strip() == later[start].strip():
        start += 1
    end = 0
    while end < most - start and earlier[-1 - end].strip() == later[-1 - end].strip():
        end += 1
    return start, end


def _middle(earlier: Sequence[str], later: Sequence[str]) -> list[Piece]:
    one, other = [word.strip() for word in earlier], [word.strip() for word in later]
    counted = Counter(other)
    if sum(counted[word] for word in one) > _MOST_PAIRS:
        return [_piece(Change.REMOVED, earlier), _piece(Change.ADDED, later)]
    pieces = []
    for kind, from_one, to_one, from_other, to_other in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(_same(earlier[from_one:to_one], later[from_other:to_other]))
        else:
            pieces.append(_piece(Change.REMOVED, earlier[from_one:to_one]))
            pieces.append(_piece(Change.ADDED, later[from_other:to_other]))
    return pieces


def _same(earlier: Sequence[str], later: Sequence[str]) -> Piece:
    """Words of both; the last word of one text still ends with a blank where the other goes on."""
    words = [two if two != two.rstrip() else one for one, two in zip(earlier, later, strict=True)]
    return _piece(Change.SAME, words)


def _piece(change: Change, words: Sequence[str]) -> Piece:
    return Piece(change=change, text="".join(words))
