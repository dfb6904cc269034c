"""Icons: a page carries only the symbols it uses, and never one from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask, g
from markupsafe import Markup

_SPRITE = Path(__file__).parent / "static" / "sprite.svg"
_SYMBOL = re.compile(r'<symbol id="([a-z0-9-]+)".*?</symbol>', re.DOTALL)


def symbols() -> dict[str, Markup]:
    """The symbols of the sprite by their id; the sprite is a file of ours, so it is safe as it is."""
    text = _SPRITE.read_text(encoding="utf-8")
    return {found[1]: Markup(found[0]) for found in _SYMBOL.finditer(text)}  # noqa: S704


def install(app: Flask) -> None:
    """Give templates `icon(name)` and, at the end of the layout, `sprite()` with what was used."""
    known = symbols()

    def icon(name: str, css: str = "", label: str = "") -> Markup:
        """An icon beside words (hidden from readers of the page's text), or with a label of its own."""
        if name not in known:
            raise KeyError(f"the sprite has no symbol called {name}")
        g.setdefault("icons", set()).add(name)
        heard = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
        return Markup('<svg class="{}" {} focusable="false"><use href="#{}"/></svg>').format(
            f"i {css}".strip(), heard, name
        )

    def sprite() -> Markup:
        used = sorted(g.get("icons", ()))
        if not used:
            return Markup("")
        return Markup('<svg class="sprite" width="0" height="0" aria-hidden="true" focusable="false">{}</svg>').format(
            Markup("").join(known[name] for name in used)
        )

    app.jinja_env.globals.update(icon=icon, sprite=sprite)
