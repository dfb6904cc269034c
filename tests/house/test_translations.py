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
    "pybabel -q extract -F pyproject.toml -k N_ -k P_:1,2 -k pgettext:1c,2 -k npgettext:1c,2,3 --no-location "
    "--sort-output --omit-header -o {} audit templates"
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
        found = catalogue(_file(code))
        assert not [message.id for message in extracted if message.id and not _whole(found, message)], code
        assert not [message.id for message in found if message.id and list(message.check(found))], code


def _whole(found: Catalog, message: object) -> bool:
    own = found.get(message.id, message.context)  # type: ignore[attr-defined]
    if own is None:
        return False
    return all(own.string) if isinstance(own.string, tuple) else bool(own.string)


def _file(code: str) -> Path:
    return CATALOGUES / code.replace("-", "_") / "LC_MESSAGES" / "messages.po"


_WORDS = re.compile(r"[^\W\d_]{2,}")
MOST_ALIKE = 0.05


def alike(found: Catalog) -> list[str]:
    """Messages that read as in English though they hold words of a language.

    Names of formats, codes and commands are the same everywhere: words in capitals, in `flask …`, or in addresses.
    """
    same = []
    for message in found:
        if not isinstance(message.id, str) or not message.id or message.string != message.id:
            continue
        plain = re.sub(r"https?://\S+|flask [a-z -]+|<[^>]+>", "", _PLACE.sub("", message.id))
        if any(not word.isupper() for word in _WORDS.findall(plain)):
            same.append(message.id)
    return same


@pytest.mark.parametrize("code", sorted(set(OFFERED) - {SOURCE}))
def test_a_translation_is_no_copy_of_english(code: str) -> None:
    found = catalogue(_file(code))
    assert len(alike(found)) <= MOST_ALIKE * len(found), alike(found)


def test_a_planted_copy_is_found_and_a_code_is_none() -> None:
    planted = Catalog(locale="fr")
    planted.add("Save the answer", "Save the answer")
    planted.add("PDF/A, %(size)s", "PDF/A, %(size)s")
    planted.add("Check", "Vérifier")
    assert alike(planted) == ["Save the answer"]


@pytest.mark.parametrize("code", sorted(set(OFFERED) - {SOURCE}))
def test_a_catalogue_knows_its_language_and_whether_it_was_reviewed(code: str) -> None:
    heading = _file(code).read_text(encoding="utf-8").partition("\n\n")[0]
    assert f'"Language: {code}\\n"' in heading
    assert ("X-Status: draft" in heading) == language(code).draft


def test_the_source_language_needs_no_catalogue() -> None:
    assert language(SOURCE).gettext("Sign in") == "Sign in"
    assert language("xx").code == SOURCE
