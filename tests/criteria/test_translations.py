"""Translation files: read with their places, told in words, refused when hostile; the shipped ones are whole."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from audit.cli.criteria import criteria
from audit.criteria_files import TranslationFile, parse_translation, read, read_translations
from audit.domain.criteria_translation import missing, outdated, texts
from audit.language import OFFERED, SOURCE
from tests.criteria.test_hostile import HOSTILE
from tests.domain.sets import SHIPPED, SMALL, shipped, small
from tests.translating import a_file

TRANSLATED = sorted(file.stem for file in SHIPPED.glob("*.yaml") if file.stem != "set")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small set with a French translation beside it."""
    own = tmp_path / "small"
    shutil.copytree(SMALL, own)
    (own / "fr.yaml").write_text(a_file(small()), encoding="utf-8")
    return own


def parsed(text: str, file: str = "fr.yaml") -> TranslationFile:
    return parse_translation(text.encode(), file, small())


def mistakes(text: str, file: str = "fr.yaml") -> list[str]:
    found = parsed(text, file)
    assert found.translation is None
    return [str(mistake) for mistake in found.mistakes]


def test_a_whole_translation_is_read_without_a_word() -> None:
    found = parsed(a_file(small()))
    assert found.translation is not None and found.translation.draft and found.translation.language == "fr"
    assert not found.mistakes and not found.notes
    assert found.translation.texts["title"].text == f"fr: {small().title}"
    reviewed = parsed(a_file(small(), status="reviewed"))
    assert reviewed.translation is not None and not reviewed.translation.draft


def test_what_is_missing_or_older_is_a_note_with_its_place_and_no_mistake() -> None:
    text = a_file(small())
    start = text.index("  title:")
    block = text[start : text.index("  ", text.index("      fr: ", start) + 12)]
    found = parsed(text.replace(block, "", 1))
    assert found.translation is not None and not found.mistakes
    assert [str(note) for note in found.notes] == [
        "fr.yaml:6:1: “title” is not translated; readers see the source text."
    ]
    older = parsed(text.replace('of: "', 'of: "00000000" # ', 1))
    assert older.translation is not None and outdated(small(), older.translation) == ("title",)
    (note,) = older.notes
    assert str(note).startswith("fr.yaml:7:3: “title” translates an older text; translate it anew and write “of: ")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("  title:", "  titel:"), "fr.yaml:7:3: The set has no text at “titel”; did you mean “title”?"),
        (("  title:", "  wholly.elsewhere:"), "fr.yaml:7:3: The set has no text at “wholly.elsewhere”; delete it."),
    ],
)
def test_a_text_without_a_place_is_told_and_left_out_and_the_rest_stays_usable(
    change: tuple[str, str], said: str
) -> None:
    found = parsed(a_file(small()).replace(*change, 1))
    assert [str(mistake) for mistake in found.mistakes] == [said]
    assert found.translation is not None
    assert set(texts(small())) - set(found.translation.texts) == {"title"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("of: small-sample", "of: other"), "fr.yaml:3:7: This folder holds the set “small-sample”, not “other”."),
        (("language: fr", "language: en"), "fr.yaml:4:13: “en” is the language the set itself is written in."),
        (
            ("language: fr", "language: nl"),
            "fr.yaml:4:13: The file must carry the name of its language: nl.yaml.",
        ),
        (("language: fr", "language: French!"), "fr.yaml:4:13: “French!” is not a language code such as en or pt-BR."),
        (("status: draft", "status: done"), "fr.yaml:5:11: “done” is not known here; it may be draft or reviewed."),
        (("format: 1", "format: 2"), "fr.yaml:1:9: This number must be 1 or less."),
        (("texts:", "text:"), "fr.yaml:1:1: The key “texts” is missing here."),
        (
            ('of: "', 'of: "x'),
            "is not the mark of a text: eight of 0–9 and a–f, as “flask criteria check” prints them.",
        ),
        (("    text: >-", "    words: >-"), "The key “words” is not known here; known are of, text."),
    ],
)
def test_a_mistake_has_its_place_and_its_sentence(change: tuple[str, str], said: str) -> None:
    found = mistakes(a_file(small()).replace(*change, 1))
    assert any(said in one for one in found), found


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_with_a_place(name: str) -> None:
    found = parse_translation(HOSTILE[name], "fr.yaml", small())
    assert found.translation is None and found.mistakes


def test_a_set_that_stands_alone_has_no_translations(folder: Path) -> None:
    (one,) = read_translations(folder, small())
    assert one.file == str(folder / "fr.yaml") and one.translation is not None
    shutil.copy(folder / "set.yaml", folder / "other.yaml")
    assert read_translations(folder / "other.yaml", small()) == ()


def test_check_reads_the_translations_too(folder: Path) -> None:
    whole = CliRunner().invoke(criteria, ["check", str(folder)], catch_exceptions=False)
    count = len(texts(small()))
    assert whole.exit_code == 0
    assert (
        whole.stdout.splitlines()[1]
        == f"{folder / 'fr.yaml'}: fr, draft, {count} of {count} texts, 0 of an older version"
    )
    file = folder / "fr.yaml"
    file.write_text(a_file(small()).replace("  title:", "  titel:", 1), encoding="utf-8")
    broken = CliRunner().invoke(criteria, ["check", "--json", str(folder)], catch_exceptions=False)
    assert broken.exit_code == 1 and f"{file}:7:3: The set has no text at “titel”" in broken.stderr
    (told,) = json.loads(broken.stdout)[0]["translations"]
    assert told["mistakes"][0]["line"] == 7 and told["language"] == "fr"  # the rest stays usable


def test_every_offered_language_has_its_words_beside_the_shipped_set() -> None:
    assert set(OFFERED) - {SOURCE} <= set(TRANSLATED)


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_shipped_set_is_whole_in_each_language(code: str) -> None:
    found = {one.file: one for one in read_translations(SHIPPED, read(SHIPPED))}[str(SHIPPED / f"{code}.yaml")]
    assert found.translation is not None, found.mistakes
    assert missing(shipped(), found.translation) == () and outdated(shipped(), found.translation) == ()
    source = texts(shipped())
    same = [place for place, held in found.translation.texts.items() if held.text == source[place]]
    assert len(same) <= len(source) * 0.05, same
