"""What every page of a line weighs as it is sent, without fonts, and how many requests stand before its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from werkzeug.test import EnvironBuilder, run_wsgi_app

from bench.ground import Ground, ground
from bench.timing import Row

LIMIT, REQUESTS = 100.0, 2
_SHEET = re.compile(rb'<link rel="stylesheet" href="([^"]+)"')
_SCRIPT = re.compile(rb'<script (type="module" )?src="([^"]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """One page: its view, what is sent of it and with it in kB, and the requests before its text can be read."""

    view: str
    page: float
    beside: float  # style sheets, scripts
    statements: int
    requests: int

    @property
    def whole(self) -> float:
        return self.page + self.beside


def _sent(here: Ground, path: str) -> tuple[int, str, bytes, bytes]:
    """Status, type, the bytes as sent, and the page as read."""
    headers = {"Cookie": here.visitors[0].cookies}
    replies = []
    for packed in ({"Accept-Encoding": "gzip"}, {}):
        environ = EnvironBuilder(path=path, headers={**headers, **packed}).get_environ()
        body, status, sent = run_wsgi_app(here.app, environ | {"wsgi.input": BytesIO()}, buffered=True)
        replies.append((int(status[:3]), sent.get("Content-Type", ""), b"".join(body)))
    (status, kind, packed_bytes), (_, _, plain) = replies
    return status, kind, packed_bytes, plain


def addresses(here: Ground) -> tuple[dict[str, str], tuple[str, ...]]:
    """Every page of a line by its view, and the views whose addresses name what this line does not have."""
    known: dict[str, Any] = {
        "line": here.line,
        "assessment": here.assessment,
        "theme": here.criteria_set.themes[0].id,
        "criterion": here.asked[0],
    }
    found, unknown = {}, []
    adapter = here.app.url_map.bind("localhost")
    for rule in here.app.url_map.iter_rules():
        if rule.endpoint.split(".")[0] != "line" or "GET" not in (rule.methods or ()):
            continue
        if rule.arguments <= set(known):
            found[rule.endpoint] = adapter.build(rule.endpoint, {name: known[name] for name in rule.arguments})
        else:
            unknown.append(rule.endpoint)
    return found, tuple(sorted(unknown))


def weights(here: Ground) -> list[Weight]:
    """The heaviest first; what is no page (a sheet to download) is left out."""
    found = []
    for view, path in addresses(here)[0].items():
        status, kind, packed, plain = _sent(here, path)
        if status != 200 or not kind.startswith("text/html"):
            continue
        with here.statements() as statements:
            _sent(here, path)
        sheets = _SHEET.findall(plain)
        scripts = _SCRIPT.findall(plain)
        beside = [address.decode() for address in (*sheets, *(address for _, address in scripts))]
        found.append(
            Weight(
                view=view,
                page=len(packed) / 1000,
                beside=sum(len(_sent(here, address)[2]) for address in beside) / 1000,
                statements=len(statements) // 2,
                requests=1 + len(sheets) + sum(not module for module, _ in scripts),
            )
        )
    return sorted(found, key=lambda one: -one.whole)


def rows() -> Iterator[Row]:
    with ground() as here:
        found = weights(here)
    heaviest = found[0]
    beside = f"{heaviest.view}: {heaviest.page:.1f} kB and {heaviest.beside:.1f} kB beside it; {len(found)} pages"
    yield Row(name="heaviest page of a line, as sent", figure=heaviest.whole, limit=LIMIT, unit="kB", beside=beside)
    most = max(found, key=lambda one: one.requests)
    yield Row(
        name="requests before a page can be read", figure=most.requests, limit=REQUESTS, unit="", beside=most.view
    )


def table() -> str:
    """Every page of a line, for docs/measurements.md: `python -m bench.weights`."""
    with ground() as here:
        found, unknown = weights(here), addresses(here)[1]
    head = "| page | page, kB | with it, kB | requests before the text | statements |\n"
    head += "| --- | ---: | ---: | ---: | ---: |\n"
    lines = "\n".join(
        f"| `{one.view}` | {one.page:.1f} | {one.beside:.1f} | {one.requests} | {one.statements} |" for one in found
    )
    return f"{head}{lines}\n\nNot among them, since this line has none: {', '.join(unknown)}."


if __name__ == "__main__":
    print(table())
