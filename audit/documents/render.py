"""Sets templates and facts as PDF pages: the only door to WeasyPrint, and nothing it lays out may fetch anything."""

from __future__ import annotations

import gc
import logging
import os
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from audit.language import Language, language

SHOP = Path(__file__).resolve().parent
TEMPLATES = SHOP.parent.parent / "templates" / "documents"

# Both are read when the engine is loaded. Only the shop's own faces may be seen, and the time that faces carry is
# fixed: without it the same facts would not always give the same bytes.
os.environ["FONTCONFIG_FILE"] = str(SHOP / "fonts" / "fonts.conf")
os.environ["SOURCE_DATE_EPOCH"] = "1767225600"

from weasyprint import CSS, HTML, Document  # noqa: E402 – the environment above comes first
from weasyprint.text.fonts import FontConfiguration  # noqa: E402
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse  # noqa: E402


class PrintFailed(Exception):
    """A paper that must not leave the shop: something tried to fetch, a character has no face, it does not fit."""


class Fetcher(URLFetcher):
    """Refuses everything but `data:` and keeps a record, because the engine swallows some of the refusals."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("data",), allow_redirects=False)
        self.attempts: list[str] = []

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if url[:5].lower() == "data:":
            return super().fetch(url, headers)
        self.attempts.append(url[:200])
        raise FatalURLFetchingError("documents fetch nothing")


class _Messages(logging.Handler):
    """Keeps what the engine says while one document is laid out."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


@contextmanager
def _listening() -> Iterator[list[str]]:
    handler, log = _Messages(), logging.getLogger("weasyprint")
    log.addHandler(handler)
    try:
        yield handler.texts
    finally:
        log.removeHandler(handler)


@cache
def _faces() -> FontConfiguration:
    return FontConfiguration()


@cache
def _stylesheet(name: str) -> CSS:
    return CSS(string=(TEMPLATES / name).read_text(), font_config=_faces(), url_fetcher=Fetcher())


def data(text: str) -> Markup:
    """Words of people or of the criteria, apart from the words around them, in the direction of their own script.

    The engine does not work out `dir="auto"`; the first letter with a direction decides, as in HTML.
    """
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("L", "R", "AL"):
            direction = "ltr" if kind == "L" else "rtl"
            return Markup('<bdi dir="{}">{}</bdi>').format(direction, text)
    return Markup("<bdi>{}</bdi>").format(text)


def code(text: str) -> Markup:
    """A serial, code or address: read from left to right in every language."""
    return Markup('<bdi dir="ltr" translate="no">{}</bdi>').format(text)


@cache
def environment(language_code: str) -> Environment:
    """The templates in one language: strict about what is missing, escaping everything that is put into them."""
    words = language(language_code)
    found = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    found.install_gettext_callables(  # type: ignore[attr-defined]
        words.gettext, words.ngettext, newstyle=True, pgettext=words.pgettext, npgettext=words.npgettext
    )
    found.filters.update(
        data=data,
        code=code,
        date=words.date,
        number=words.number,
        decimal1=words.decimal1,
        percent1=words.percent1,
        country=words.country,
        language_name=words.language_name,
        listed=words.list,
    )
    found.globals["language"] = words
    return found


@dataclass(frozen=True, slots=True)
class Layout:
    """Pages laid out and not yet written."""

    document: Document
    fetcher: Fetcher
    strict: bool

    @property
    def pages(self) -> int:
        return len(self.document.pages)

    def write(self, *, tagged: bool = True) -> bytes:
        """The pages as PDF/A-3a (PDF/A-3u when not `tagged`). PrintFailed when anything was fetched or has no face."""
        with _listening() as messages, self.fetcher_watched():
            content = self.document.write_pdf(
                pdf_variant="pdf/a-3a" if tagged else "pdf/a-3u", output_intent="srgb", pdf_tags=tagged
            )
        missing = [text for text in messages if "notdef" in text]
        if self.strict and missing:
            raise PrintFailed(missing[0])
        return content  # type: ignore[no-any-return]

    @contextmanager
    def fetcher_watched(self) -> Iterator[None]:
        with _watched(self.fetcher):
            yield


@contextmanager
def _watched(fetcher: Fetcher) -> Iterator[None]:
    with suppress(FatalURLFetchingError):
        yield
    if fetcher.attempts:
        raise PrintFailed(f"something in the document tried to fetch {fetcher.attempts[0]!r}")


def compose(
    template: str,
    context: Mapping[str, object],
    words: Language,
    *,
    title: str,
    created: date | datetime,
    author: str = "",
    description: str = "",
) -> str:
    """The HTML of a document. Its language, direction, title and dates come from here, into layout.html."""
    moment = (
        created if isinstance(created, datetime) else datetime(created.year, created.month, created.day, tzinfo=UTC)
    )
    return (
        environment(words.code)
        .get_template(template)
        .render(
            **context,
            document_title=title,
            document_created=moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            document_author=author,
            document_description=description,
        )
    )


def lay_out(html: str, *stylesheets: str, strict: bool = False) -> Layout:
    """Pages from HTML and the named style sheets of templates/documents.

    `strict` fails a document in which a character has no face, instead of printing an empty box. PrintFailed when
    anything in it tried to fetch.
    """
    fetcher = Fetcher()
    document = None
    with _watched(fetcher):
        document = HTML(string=html, url_fetcher=fetcher).render(
            font_config=_faces(),
            stylesheets=[_stylesheet(name) for name in stylesheets],
            pdf_variant="pdf/a-3a",
            pdf_tags=True,
        )
    assert document is not None
    return Layout(document, fetcher, strict)


def render(
    template: str,
    context: Mapping[str, object],
    words: Language,
    *,
    title: str,
    created: date | datetime,
    author: str = "",
    description: str = "",
    stylesheets: tuple[str, ...] = (),
    tagged: bool = True,
) -> bytes:
    """A document as PDF/A-3a bytes, ready for `finish`. The style sheet named like the template is used by default."""
    html = compose(template, context, words, title=title, created=created, author=author, description=description)
    return lay_out(html, *(stylesheets or (template.replace(".html", ".css"),))).write(tagged=tagged)


def warm() -> None:
    """Prepare a process that does nothing but print: faces loaded, and collection of garbage rare.

    A report makes many small objects that all live to its end; looking through them again and again takes a quarter
    of the time.
    """
    _faces()
    for file in sorted(TEMPLATES.glob("*.css")):
        _stylesheet(file.name)
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)
