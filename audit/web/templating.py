"""What every template may use: translation, the filters of the language, icons, addresses, who is here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from flask import Flask, current_app, g, get_flashed_messages, request
from jinja2 import StrictUndefined
from markupsafe import Markup

from audit.language import OFFERED, OWN_NAMES
from audit.web import homes, visit
from audit.web.guards import may


def _say(name: str) -> Callable[..., Any]:
    def say(*given: Any, **named: Any) -> Any:
        return getattr(visit.reading(), name)(*given, **named)

    return say


def _datetime(moment: datetime) -> str:
    return visit.reading().datetime(moment, visit.settings().timezone)


def _time(moment: datetime) -> str:
    return visit.reading().time(moment, visit.settings().timezone)


def _days_left(day: date) -> str:
    """How far a day is from today: "3 days left"."""
    return visit.reading().days_left((day - visit.today()).days)


def _fingerprint(digest: str, groups: int = 8) -> str:
    """The beginning of a SHA-256 in groups of four, as it is printed on the paper."""
    return " ".join(digest[at : at + 4] for at in range(0, groups * 4, 4))


def isolate(value: object) -> Markup:
    """Data inside a sentence: its direction is its own, and it is never taken for words of ours."""
    return Markup("<bdi>{}</bdi>").format(value)


def with_query(**changes: Any) -> str:
    """This page's address with some of its query changed; None or "" takes a part away, and the page number with it."""
    changed = {name: value for name, value in request.args.items(multi=True) if name not in ("lang", "page")}
    changed.update(changes)
    kept = {name: value for name, value in changed.items() if value not in (None, "")}
    return f"{quote(request.path)}?{urlencode(kept)}" if kept else quote(request.path)


def again() -> str:
    """The address at which this page can be read again, with its query; a refused form may have none of its own."""
    if request.method not in ("GET", "HEAD") and not _can_be_read():
        return _local(request.referrer) or "/"
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return f"{quote(request.path)}?{urlencode(kept)}" if kept else quote(request.path)


def _can_be_read() -> bool:
    adapter = current_app.create_url_adapter(request)
    return adapter is not None and adapter.test(method="GET")


def _local(address: str | None) -> str | None:
    """The path and query of an address on this site, without a language it may ask for."""
    parts = urlsplit(address or "")
    if f"{parts.scheme}://{parts.netloc}/" != request.host_url:
        return None
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "lang"]
    return f"{parts.path}?{urlencode(kept)}" if kept else parts.path


def in_language(code: str) -> str:
    """This page in another language."""
    address = again()
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'lang': code})}"


def in_other_languages() -> list[tuple[str, str]]:
    """Code and whole address of a public page in each offered language, for search engines; empty for other pages."""
    if request.blueprint != "public" or request.method not in ("GET", "HEAD") or len(OFFERED) < 2:
        return []
    root = visit.settings().base_url.rstrip("/")
    return [*((code, root + in_language(code)) for code in OFFERED), ("x-default", root + again())]


def install(app: Flask) -> None:
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = True
    environment.lstrip_blocks = True
    environment.policies["ext.i18n.trimmed"] = True
    environment.add_extension("jinja2.ext.i18n")
    environment.add_extension("jinja2.ext.do")
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        _say("gettext"), _say("ngettext"), newstyle=True, pgettext=_say("pgettext"), npgettext=_say("npgettext")
    )
    filters: Mapping[str, Callable[..., Any]] = {
        "date": _say("date"),
        "datetime": _datetime,
        "time": _time,
        "number": _say("number"),
        "decimal1": _say("decimal1"),
        "percent1": _say("percent1"),
        "filesize": _say("size"),
        "country": _say("country"),
        "language_name": _say("language_name"),
        "sentence_list": _say("list"),
        "days_left": _days_left,
        "fingerprint": _fingerprint,
        "isolate": isolate,
    }
    environment.filters.update(filters)
    environment.globals.update(
        with_query=with_query, again=again, in_language=in_language, in_other_languages=in_other_languages
    )
    environment.globals.update(may=may, own_language_names=OWN_NAMES, wording=visit.wording)
    app.context_processor(_here)


def _here() -> dict[str, Any]:
    """Who is here and where they may go; on the bare pages of failure nothing of it is asked."""
    return {
        "reading": visit.reading(),
        "offered_languages": visit.offered(),
        "person": lambda: visit.person(),
        "network": lambda: visit.network(),
        "today": lambda: visit.today(),
        "now": lambda: visit.now(),
        "ways": lambda: homes.ways(),
        "notices": get_flashed_messages,
        "failed": lambda: bool(g.get("failed")),
    }
