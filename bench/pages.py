"""The theme page and one save against the same written by hand, with bare Flask beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench import by_hand
from bench.ground import ask, asking, ground
from bench.timing import Row, Taken, turns


def rows() -> Iterator[Row]:
    with ground() as here:
        page = asking(here.theme_page, here.visitors[0])
        hello, door = by_hand.hello(), asking("/", here.visitors[0])
        hand, statements = by_hand.theme_page(here)
        found = turns([lambda: ask(here.app, page), lambda: ask(hand, page), lambda: ask(hello, door)])
        beside = f"{statements} statements; {_beside(found)}"
        yield Row(name="theme page against by hand", figure=found[0].waited / found[1].waited, limit=3, beside=beside)
        first, second = here.asked[:2]
        hand, statements = by_hand.save(here, first)
        ours, theirs = by_hand.saver(here.app, here, second), by_hand.saver(hand, here, first)
        found = turns([ours, theirs, lambda: ask(hello, door)])
        yield Row(
            name="saving against by hand", figure=found[0].waited / found[1].waited, limit=3, beside=_beside(found)
        )
        yield Row(name="statements of a save", figure=statements, limit=10, unit="")


def _beside(found: Sequence[Taken]) -> str:
    ours, theirs, bare = (one.worked for one in found)
    return f"of the processor alone {ours / theirs:.1f} × by hand, {ours / bare:.0f} × hello"
