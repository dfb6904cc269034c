"""How the cells of an answer sheet look: cells to fill in are coloured and open, all others locked."""

from __future__ import annotations

from typing import Any

INK, QUIET, LINE, PAPER, FILL, BAND = "#1A2229", "#4B545C", "#C9C3B6", "#F6F4EF", "#FFF9E5", "#DCE7EA"
FACE = "Calibri"


class Styles:
    """The formats of one workbook.

    Texts have the text format and the quote prefix: a text that begins with an equals sign stays a text, also after a
    person has edited the cell.
    """

    def __init__(self, book: Any) -> None:
        base = {"font_name": FACE, "font_size": 10.5, "font_color": INK, "valign": "top", "text_wrap": True}
        text = {**base, "num_format": "@", "quote_prefix": True}
        ruled = {"border": 1, "border_color": LINE}
        open_cell = {**ruled, "bg_color": FILL, "locked": False}
        self.text = book.add_format(text)
        self.title = book.add_format({**text, "font_size": 18, "text_wrap": False})
        self.step = book.add_format({**text, "font_size": 12})
        self.number_of_step = book.add_format({**text, "font_size": 12, "font_color": QUIET, "align": "right"})
        self.head = book.add_format({**text, **ruled, "bold": True, "bg_color": PAPER})
        self.band = book.add_format({**text, "bold": True, "font_size": 12, "bg_color": BAND, "text_wrap": False})
        self.id = book.add_format({**text, **ruled, "bold": True})
        self.locked = book.add_format({**text, **ruled, "font_color": QUIET})
        self.answer = book.add_format({**text, **open_cell})
        self.choice = book.add_format({**text, **open_cell})
        self.figure = book.add_format({**base, **open_cell, "num_format": "General", "align": "right"})
        self.day = book.add_format({**base, **open_cell, "num_format": "yyyy-mm-dd", "align": "right"})
