"""Style sheets, scripts and fonts: served with their hash in the name, so that browsers may keep them for ever."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from flask import Flask
from whitenoise import WhiteNoise

from audit.web.headers import HEADERS

FOLDER = Path(__file__).parent / "static"
_HASHED = re.compile(r"^/static/(?:.+\.[0-9a-f]{12}\.\w+|fonts/.+\.woff2)$")


def names() -> dict[str, str]:
    """Each file's path under static/ → its address; fonts keep their names, since their content never changes."""
    addresses = {}
    for file in sorted(FOLDER.rglob("*")):
        if not file.is_file():
            continue
        path = file.relative_to(FOLDER).as_posix()
        if path.startswith("fonts/"):
            addresses[path] = f"/static/{path}"
            continue
        digest = hashlib.sha256(file.read_bytes()).hexdigest()[:12]
        addresses[path] = f"/static/{path.removesuffix(file.suffix)}.{digest}{file.suffix}"
    return addresses


def _headers(headers: Any, path: str, url: str) -> None:
    for name, value in HEADERS.items():
        headers[name] = value


def install(app: Flask) -> None:
    """Serve static/ under /static, and give templates `asset(path)`."""
    addresses = names()
    static = WhiteNoise(
        app.wsgi_app,
        autorefresh=False,
        max_age=300,
        allow_all_origins=False,
        immutable_file_test=lambda path, url: _HASHED.match(url) is not None,
        add_headers_function=_headers,
    )
    for path, address in addresses.items():
        static.add_file_to_dictionary(address, str(FOLDER / path))
    app.wsgi_app = static  # type: ignore[method-assign]
    app.jinja_env.globals["asset"] = addresses.__getitem__
