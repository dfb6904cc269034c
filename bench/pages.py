"""The theme page and one save against the same written by hand, with bare Flask beside them."""

from __future__ import annotations

from collections.abc import Iterator

from bench import by_hand
from bench.ground import ask, asking, ground
from bench.timing import Row, turns


def rows() -> Iterator[Row]:
    with ground() as here:
        page = asking(here.theme_page, here.visitors[0])
        hello, door = by_hand.hello(), asking("/", here.visitors[0])
        hand, statements = by_hand.theme_page(here)
        ours, theirs, bare = turns([lambda: ask(here.app, page), lambda: ask(hand, page), lambda: ask(hello, door)])
        beside = f"{statements} statements; {ours / bare:.0f} × hello"
        yield Row(name="theme page against by hand", figure=ours / theirs, limit=3, beside=beside)
        first, second = here.asked[:2]
        hand, statements = by_hand.save(here, first)
        by_hand.save(here, second)
        ours, theirs, bare = turns(
            [
                by_hand.saver(here.app, here, second),
                by_hand.saver(hand, here, first),
                lambda: ask(hello, door),
            ]
        )
        yield Row(name="saving against by hand", figure=ours / theirs, limit=3, beside=f"{ours / bare:.0f} × hello")
        yield Row(name="statements of a save", figure=statements, limit=10, unit="")
