"""Style sheets, scripts and fonts: served with their hash in the name, so that browsers may keep them for ever."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header
from whitenoise import WhiteNoise

from audit.web.headers import HEADERS
from audit.web.packing import packed

FOLDER = Path(__file__).parent / "static"
VARY = "Accept-Encoding, Save-Data"
_FONT = re.compile(rb"@font-face \{[^}]*\}")
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
    headers["Vary"] = VARY


@cache
def _packed(path: str, *, spare: bool) -> bytes:
    """A text of static/ as gzip, packed once in the life of the process; spare: a style sheet that names no fonts."""
    content = (FOLDER / path).read_bytes()
    return packed(_FONT.sub(b"", content) if spare else content, level=9, blur=0)


class Packed:
    """Answers for the texts of static/ in the sixth of their size to who can unpack them; hands on everything else.

    Who asks to save data gets the style sheet without its fonts, so that the browser asks for none.
    """

    def __init__(self, within: Callable[..., Iterable[bytes]], addresses: Mapping[str, str]) -> None:
        self.within = within
        self.files = {
            address: path for path, address in addresses.items() if not path.startswith("fonts/") and "." in path
        }

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = self.files.get(environ["PATH_INFO"])
        if path is None or environ["REQUEST_METHOD"] != "GET":
            return self.within(environ, start_response)
        if not parse_accept_header(environ.get("HTTP_ACCEPT_ENCODING"), Accept)["gzip"]:
            return self.within(environ, start_response)
        saves_data = environ.get("HTTP_SAVE_DATA", "").strip().lower() == "on"
        content = _packed(path, spare=saves_data and path.endswith(".css"))
        start_response(
            "200 OK",
            [
                ("Content-Type", f'{guess_type(path)[0] or "text/plain"}; charset="utf-8"'),
                ("Content-Encoding", "gzip"),
                ("Content-Length", str(len(content))),
                ("Cache-Control", "max-age=315360000, public, immutable"),
                ("Vary", VARY),
                *HEADERS.items(),
            ],
        )
        return [content]


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
    app.wsgi_app = Packed(static, addresses)  # type: ignore[method-assign]
    app.jinja_env.globals["asset"] = addresses.__getitem__
