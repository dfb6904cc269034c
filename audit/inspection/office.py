"""Opens DOCX and ODT as the archives they are, and refuses what could act, load from elsewhere or explode."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from xml.etree import ElementTree

from audit.inspection.codes import Refusal, RefusedFile, Warned

MOST_ENTRIES = 2000
MOST_UNPACKED = 120 * 1024 * 1024  # bytes, all entries together
MOST_RATIO = 100  # unpacked to packed, for entries above a megabyte
LARGEST_PART = 30 * 1024 * 1024  # bytes of one XML part

_DOCX_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_ODT = b"application/vnd.oasis.opendocument.text"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_HREF = "{http://www.w3.org/1999/xlink}href"
_NESTED = (
    ".zip",
    ".jar",
    ".exe",
    ".dll",
    ".js",
    ".vbs",
    ".hta",
    ".swf",
    ".docm",
    ".xlsm",
    ".docx",
    ".xlsx",
    ".pptx",
    ".class",
)


def examine(content: bytes) -> tuple[str, list[Warned]]:
    """Extension and what to warn of; RefusedFile when it is not a sound, plain document."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _check_archive(content, archive, entries)
            names = {entry.filename for entry in entries}
            if entries and entries[0].filename == "mimetype":
                return "odt", _odt(archive, entries, names)
            if "[Content_Types].xml" in names:
                return "docx", _docx(archive, names)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        EOFError,
        OSError,
        ValueError,
        KeyError,
        OverflowError,
    ):
        raise RefusedFile(Refusal.UNSOUND) from None
    raise RefusedFile(Refusal.UNKNOWN)


def _check_archive(content: bytes, archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """One archive and nothing else: sane names, no overlap, nothing before, between or behind, no explosion."""
    if not entries:
        raise RefusedFile(Refusal.UNSOUND)
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise RefusedFile(Refusal.TOO_COMPLEX)
    if (
        archive.comment
        or content.rfind(b"PK\x05\x06") != len(content) - 22
        or min(e.header_offset for e in entries) != 0
    ):
        raise RefusedFile(Refusal.TWO_IN_ONE)
    seen: set[str] = set()
    end = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if entry.flag_bits & 0x1:
            raise RefusedFile(Refusal.ENCRYPTED)
        if entry.header_offset < end:
            raise RefusedFile(Refusal.TOO_COMPLEX)
        end = entry.header_offset + 30 + len(entry.orig_filename.encode("utf-8", "replace")) + entry.compress_size
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise RefusedFile(Refusal.UNSOUND)
        if entry.file_size > 1024 * 1024 and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
            raise RefusedFile(Refusal.TOO_COMPLEX)
        _check_name(entry.orig_filename, seen)
    if end > archive.start_dir:
        raise RefusedFile(Refusal.TOO_COMPLEX)


def _check_name(name: str, seen: set[str]) -> None:
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or "\\" in name or ":" in name or "\0" in name or len(name) > 250:
        raise RefusedFile(Refusal.UNSOUND)
    if name.casefold() in seen:
        raise RefusedFile(Refusal.TWO_IN_ONE)
    seen.add(name.casefold())
    if name.casefold().endswith(_NESTED):
        raise RefusedFile(Refusal.ATTACHMENT)


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    """One part, read no further than it may be long."""
    with archive.open(name) as file:
        read = file.read(LARGEST_PART + 1)
    if len(read) > LARGEST_PART:
        raise RefusedFile(Refusal.TOO_COMPLEX)
    return read


def _tree(text: bytes) -> ElementTree.Element:
    """Parsed XML in UTF-8 without a document type, so that no entity can be declared."""
    if b"\0" in text or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise RefusedFile(Refusal.UNSOUND)
    if re.match(rb"\s*<\?xml[^>]*encoding\s*=\s*[\"'](?!utf-8|us-ascii)", text, re.IGNORECASE):
        raise RefusedFile(Refusal.UNSOUND)
    try:
        return ElementTree.fromstring(text)  # noqa: S314 (no document type, so no entities; size is limited)
    except ElementTree.ParseError:
        raise RefusedFile(Refusal.UNSOUND) from None


def _xml_names(names: set[str]) -> list[str]:
    return sorted(name for name in names if name.casefold().endswith((".xml", ".rels")))


def _docx(archive: zipfile.ZipFile, names: set[str]) -> list[Warned]:
    types = _part(archive, "[Content_Types].xml")
    content_types = {element.get("ContentType", "") for element in _tree(types)}
    lowered = {kind.casefold() for kind in content_types}
    if any("macroenabled" in kind or "vbaproject" in kind or "activex" in kind for kind in lowered):
        raise RefusedFile(Refusal.SCRIPT)
    if _DOCX_MAIN not in content_types:
        raise RefusedFile(Refusal.UNKNOWN)
    for name in (name.casefold() for name in names):
        if "vbaproject" in name or "vbadata" in name or "/activex/" in name:
            raise RefusedFile(Refusal.SCRIPT)
        if "/embeddings/" in name or "oleobject" in name or "/afchunk" in name:
            raise RefusedFile(Refusal.ATTACHMENT)
    warned: set[Warned] = set()
    for name in _xml_names(names):
        tree = _tree(_part(archive, name))
        if name.endswith(".rels"):
            _check_relationships(tree)
        elif name.startswith("word/"):
            warned |= _read_word(name, tree)
        elif name == "docProps/core.xml" and any((e.text or "").strip() for e in tree if e.tag.endswith("}creator")):
            warned.add(Warned.AUTHOR)
    return sorted(warned)


def _check_relationships(tree: ElementTree.Element) -> None:
    """Links that a reader clicks may lead outside; parts that a program loads by itself may not."""
    for element in tree.iter(_RELATIONSHIP):
        kind = element.get("Type", "").rsplit("/", 1)[-1].casefold()
        if kind in ("vbaproject", "activexcontrolbinary", "control"):
            raise RefusedFile(Refusal.SCRIPT)
        if kind in ("oleobject", "package", "afchunk"):
            raise RefusedFile(Refusal.ATTACHMENT)
        if element.get("TargetMode", "").casefold() == "external":
            target = element.get("Target", "").strip().casefold()
            if kind != "hyperlink" or not target.startswith(("http://", "https://", "mailto:")):
                raise RefusedFile(Refusal.OUTSIDE)


def _read_word(name: str, tree: ElementTree.Element) -> set[Warned]:
    """Field instructions that run something are refused; changes and comments are told."""
    warned: set[Warned] = set()
    instructions: list[str] = []
    for element in tree.iter():
        tag = element.tag.rpartition("}")[2]
        if tag == "instrText":
            instructions.append(element.text or "")
        elif tag == "fldSimple":
            instructions.append(
                " ".join(value for key, value in element.attrib.items() if key.endswith("}instr")) + " "
            )
        elif tag in ("ins", "del", "moveFrom", "moveTo"):
            warned.add(Warned.TRACKED_CHANGES)
        elif tag == "comment" and "comments" in name:
            warned.add(Warned.COMMENTS)
    if re.search(r"\bDDE(AUTO)?\b|\bINCLUDE(TEXT|PICTURE)\b", "".join(instructions), re.IGNORECASE):
        raise RefusedFile(Refusal.SCRIPT)
    return warned


def _odt(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], names: set[str]) -> list[Warned]:
    if entries[0].compress_type != zipfile.ZIP_STORED or _part(archive, "mimetype") != _ODT:
        raise RefusedFile(Refusal.UNKNOWN)
    if not {"content.xml", "META-INF/manifest.xml"} <= names:
        raise RefusedFile(Refusal.UNSOUND)
    for name in names:
        if name.startswith(("Basic/", "Scripts/", "Dialogs/")):
            raise RefusedFile(Refusal.SCRIPT)
        if re.fullmatch(r"Object \d+", name):
            raise RefusedFile(Refusal.ATTACHMENT)
    warned: set[Warned] = set()
    for name in _xml_names(names):
        for element in _tree(_part(archive, name)).iter():
            warned |= _read_odf(name, element)
    return sorted(warned)


def _read_odf(name: str, element: ElementTree.Element) -> set[Warned]:
    tag = element.tag.rpartition("}")[2]
    if tag == "encryption-data":
        raise RefusedFile(Refusal.ENCRYPTED)
    if tag in ("event-listener", "script", "macro") or (tag == "scripts" and len(element)):
        raise RefusedFile(Refusal.SCRIPT)
    if tag in ("plugin", "applet", "floating-frame", "object-ole"):
        raise RefusedFile(Refusal.MEDIA)
    href = element.get(_HREF, "").strip()
    if href and tag != "a" and re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//|\.\./\.\./|/", href):
        raise RefusedFile(Refusal.OUTSIDE)
    if href and tag == "a" and re.match(r"(?!https?:|mailto:|#)[A-Za-z][A-Za-z0-9+.-]*:", href):
        raise RefusedFile(Refusal.OUTSIDE)
    if tag == "changed-region":
        return {Warned.TRACKED_CHANGES}
    if tag == "annotation":
        return {Warned.COMMENTS}
    if name == "meta.xml" and tag in ("creator", "initial-creator") and (element.text or "").strip():
        return {Warned.AUTHOR}
    return set()
