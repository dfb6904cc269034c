"""What changed between two texts: nothing is hidden, nothing is invented, and it never takes long."""

from __future__ import annotations

import random

from audit.domain.differences import Change, word_changes


def side(before: str, after: str, other: Change) -> str:
    """One of the two texts, put together from the pieces."""
    return "".join(piece.text for piece in word_changes(before, after) if piece.change is not other)


def test_a_changed_word_is_removed_and_added() -> None:
    pieces = [
        (piece.change.value, piece.text) for piece in word_changes("A draft exists since May.", "A plan exists now.")
    ]
    assert pieces == [
        ("same", "A "),
        ("removed", "draft "),
        ("added", "plan "),
        ("same", "exists "),
        ("removed", "since May."),
        ("added", "now."),
    ]


def test_equal_texts_and_empty_texts() -> None:
    assert [piece.change for piece in word_changes("The same.", "The same.")] == [Change.SAME]
    assert word_changes("", "") == ()
    assert [piece.change for piece in word_changes("", "New.")] == [Change.ADDED]
    assert [piece.change for piece in word_changes("Old.", "")] == [Change.REMOVED]


def test_both_texts_can_be_read_from_the_pieces() -> None:
    chance = random.Random(4)
    words = ["inbox", "two", "analysts", "share", "the", "holiday\n", "قريب", "ผู้", "—"]
    for _ in range(500):
        before, after = (" ".join(chance.choices(words, k=chance.randrange(12))) for _ in range(2))
        assert side(before, after, Change.REMOVED).split() == after.split()
        assert side(before, after, Change.ADDED).split() == before.split()


def test_the_longest_texts_of_one_word_are_compared_at_once() -> None:
    """Six thousand characters of the same word would otherwise be weighed against each other nine million times."""
    before, after = "x y " + "a " * 2998 + "z", "y x " + "a " * 2900 + "q"
    assert [piece.change for piece in word_changes(before, after)] == [Change.REMOVED, Change.ADDED]
