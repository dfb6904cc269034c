"""Reads the translations that stand beside a criteria set: one file a language, named after it (fr.yaml).

Guard, values and manner of shapes are those of the set. What makes a file unusable is a mistake; a text that
has no translation, or whose source has changed since, is a note: readers see the source, or are told that it is older.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path as FilePath

from audit.criteria_files.guard import read_nodes, shortened
from audit.criteria_files.mistakes import Findings, Mistake, Place
from audit.criteria_files.shapes import TranslatedTextShape, TranslationFileShape
from audit.criteria_files.values import Places, read_values
from audit.criteria_files.wording import shape_mistakes
from audit.domain.criteria import CriteriaSet
from audit.domain.criteria_translation import TranslatedText, Translation, missing, outdated, source_mark, texts
from audit.domain.errors import N_

MOST_GUESSES = 20  # each looks through every place of the set; a hostile file must not make it a long search


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationFile:
    """One file as it stands now: its translation, or None where `mistakes` say why it cannot be used at all."""

    file: str
    translation: Translation | None
    mistakes: tuple[Mistake, ...] = ()
    notes: tuple[Mistake, ...] = ()


def beside(set_file: FilePath) -> list[FilePath]:
    """The translation files of a set: every other .yaml file of its folder; a set that stands alone has none."""
    if set_file.name != "set.yaml":
        return []
    return sorted(file for file in set_file.parent.glob("*.yaml") if file.name != set_file.name and file.is_file())


def parse_translation(data: bytes, file: str, criteria_set: CriteriaSet) -> TranslationFile:
    """Read one translation of `criteria_set` from the bytes of a file; `file` is its path, named after the language."""
    findings = Findings(file)
    shaped, places = _shaped(data, findings)
    if shaped is None:
        return TranslationFile(file=file, translation=None, mistakes=findings.in_order())
    _check_heading(shaped, FilePath(file).stem, criteria_set, places, findings)
    if findings:
        return TranslationFile(file=file, translation=None, mistakes=findings.in_order())
    known = _known_places(shaped, criteria_set, places, findings)
    translation = Translation(
        language=shaped.translation.language,
        draft=shaped.translation.status == "draft",
        texts={place: TranslatedText(text=held.text, of=held.of) for place, held in known.items()},
    )
    mistakes = findings.in_order()
    return TranslationFile(
        file=file, translation=translation, mistakes=mistakes, notes=_notes(translation, criteria_set, places, file)
    )


def _shaped(data: bytes, findings: Findings) -> tuple[TranslationFileShape | None, Places]:
    root = read_nodes(data, findings)
    if root is None:
        return None, Places()
    values, places = read_values(root, findings)
    if not isinstance(values, dict):
        findings.add(Place(1, 1), N_("A translation file is a mapping that begins with “format: 1”."))
        return None, places
    shaped = shape_mistakes(values, places, findings, TranslationFileShape)
    return (None if findings else shaped), places


def _check_heading(
    shaped: TranslationFileShape, stem: str, criteria_set: CriteriaSet, places: Places, findings: Findings
) -> None:
    said = shaped.translation
    if said.of != criteria_set.id:
        findings.add(
            places.value("translation", "of"),
            N_("This folder holds the set “%(set)s”, not “%(given)s”."),
            set=criteria_set.id,
            given=shortened(said.of),
        )
    if said.language == criteria_set.source_language:
        findings.add(
            places.value("translation", "language"),
            N_("“%(language)s” is the language the set itself is written in."),
            language=said.language,
        )
    elif said.language != stem:
        findings.add(
            places.value("translation", "language"),
            N_("The file must carry the name of its language: %(language)s.yaml."),
            language=said.language,
        )


def _known_places(
    shaped: TranslationFileShape, criteria_set: CriteriaSet, places: Places, findings: Findings
) -> dict[str, TranslatedTextShape]:
    """The texts of places that the set has; the others are told, and left out without harm to the rest."""
    known = texts(criteria_set)
    for number, place in enumerate(one for one in shaped.texts if one not in known):
        close = get_close_matches(place[:120], known, n=1, cutoff=0.8) if number < MOST_GUESSES else []
        where = places.key("texts", place)
        if close:
            findings.add(
                where,
                N_("The set has no text at “%(place)s”; did you mean “%(close)s”?"),
                place=shortened(place),
                close=close[0],
            )
        else:
            findings.add(where, N_("The set has no text at “%(place)s”; delete it."), place=shortened(place))
    return {place: held for place, held in shaped.texts.items() if place in known}


def _notes(translation: Translation, criteria_set: CriteriaSet, places: Places, file: str) -> tuple[Mistake, ...]:
    found, source = Findings(file), texts(criteria_set)
    for place in missing(criteria_set, translation):
        found.add(places.key("texts"), N_("“%(place)s” is not translated; readers see the source text."), place=place)
    for place in outdated(criteria_set, translation):
        found.add(
            places.key("texts", place),
            N_("“%(place)s” translates an older text; translate it anew and write “of: %(mark)s”."),
            place=place,
            mark=f'"{source_mark(source[place])}"',
        )
    return found.in_order()
