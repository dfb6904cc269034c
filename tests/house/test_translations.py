"""Messages: every one stands in the template catalogue; the catalogue of each offered language is whole and sound."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from audit.language import CATALOGUES, OFFERED, SOURCE, language
from audit.settings import ROOT

POT = CATALOGUES / "messages.pot"
EXTRACT = (
    "pybabel -q extract -F pyproject.toml -k N_ -k P_:1,2 -k pgettext:1c,2 -k npgettext:1c,2,3 --no-location --sort-output "
    "--omit-header -o {} audit templates"
)
_PLACE = re.compile(r"%\((\w+)\)[sd]|%%")


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as stream:
        return read_po(stream)


def messages(found: Catalog) -> set[tuple[str | None, object]]:
    return {(message.context, message.id) for message in found if message.id}


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What the code and the templates say now."""
    path = tmp_path_factory.mktemp("messages") / "messages.pot"
    command = EXTRACT.format(path).split()
    program = str(Path(sys.executable).with_name("pybabel"))
    subprocess.run([program, *command[1:]], cwd=ROOT, check=True, capture_output=True, timeout=120)
    return catalogue(path)


def test_the_template_catalogue_is_current(extracted: Catalog) -> None:
    kept, now = messages(catalogue(POT)), messages(extracted)
    command = EXTRACT.format(POT.relative_to(ROOT))
    assert now == kept, f"{len(now ^ kept)} messages differ. Write it anew: ./dev run {command}"


def test_places_are_named_and_no_message_is_a_fragment(extracted: Catalog) -> None:
    """A translator must be able to move values about, and to read whole sentences."""
    odd = []
    for message in extracted:
        for text in message.id if isinstance(message.id, tuple) else (message.id,):
            without = _PLACE.sub("", text)
            if re.search(r"%[sd]|\{\w*\}", without) or text != text.strip() or "\n" in text:
                odd.append(text)
    assert not odd


def test_every_offered_language_is_whole(extracted: Catalog) -> None:
    for code in set(OFFERED) - {SOURCE}:
        found = catalogue(CATALOGUES / code.replace("-", "_") / "LC_MESSAGES" / "messages.po")
        assert not [message.id for message in extracted if message.id and not _whole(found, message)], code
        assert not [message.id for message in found if message.id and list(message.check(found))], code


def _whole(found: Catalog, message: object) -> bool:
    own = found.get(message.id, message.context)  # type: ignore[attr-defined]
    if own is None:
        return False
    return all(own.string) if isinstance(own.string, tuple) else bool(own.string)


def test_the_source_language_needs_no_catalogue() -> None:
    assert language(SOURCE).gettext("Sign in") == "Sign in"
    assert language("xx").code == SOURCE
