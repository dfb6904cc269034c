"""Opens an XLSX file as the archive of XML parts it is, within limits; parts that nobody needs are never unpacked."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from xml.etree import ElementTree

from audit.spreadsheets.codes import Refusal, RefusedFile

MOST_ENTRIES = 400
MOST_UNPACKED = 60 * 1024 * 1024  # bytes, all entries together
LARGEST_PART = 16 * 1024 * 1024  # bytes of one XML part
MOST_RATIO = 200  # unpacked to packed, for entries above a megabyte
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the old container: XLS, and XLSX behind a password
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"


class Package:
    """The parts of one file, unpacked one by one when they are asked for. RefusedFile for what is not sound."""

    def __init__(self, content: bytes) -> None:
        _refuse_other_kinds(content)
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
            entries = self._archive.infolist()
        except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, OverflowError):
            raise RefusedFile(Refusal.DAMAGED) from None
        self._sizes = {entry.filename: entry for entry in entries}
        self._check(entries)

    def _check(self, entries: list[zipfile.ZipInfo]) -> None:
        names = [entry.filename.casefold() for entry in entries]
        if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
            raise RefusedFile(Refusal.TOO_COMPLEX)
        if len(set(names)) != len(names):
            raise RefusedFile(Refusal.DAMAGED)
        if any(entry.flag_bits & 0x1 for entry in entries):
            raise RefusedFile(Refusal.PASSWORD)
        for entry in entries:
            if entry.file_size > 1024 * 1024 and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
                raise RefusedFile(Refusal.TOO_COMPLEX)
        if "mimetype" in names and self._read("mimetype").startswith(b"application/vnd.oasis"):
            ods = self._read("mimetype").startswith(_ODS)
            raise RefusedFile(Refusal.OTHER_OFFICE if ods else Refusal.NOT_A_SPREADSHEET)
        if "[content_types].xml" not in names:
            raise RefusedFile(Refusal.NOT_A_SPREADSHEET)
        kinds = {(one.get("ContentType") or "").casefold() for one in self.tree("[Content_Types].xml").iter()}
        if any("macroenabled" in kind or "vbaproject" in kind for kind in kinds) or any(
            "vbaproject" in name for name in names
        ):
            raise RefusedFile(Refusal.MACRO)
        if not any(kind.endswith("spreadsheetml.sheet.main+xml") for kind in kinds):
            raise RefusedFile(Refusal.NOT_A_SPREADSHEET)

    def _read(self, name: str) -> bytes:
        try:
            with self._archive.open(name) as part:
                read = part.read(LARGEST_PART + 1)
        except KeyError:
            raise RefusedFile(Refusal.DAMAGED) from None
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, RuntimeError, ValueError):
            raise RefusedFile(Refusal.DAMAGED) from None
        if len(read) > LARGEST_PART:
            raise RefusedFile(Refusal.TOO_COMPLEX)
        return read

    def has(self, name: str) -> bool:
        return name in self._sizes

    def tree(self, name: str) -> ElementTree.Element:
        """A part as parsed XML, which may declare no document type and so no entity."""
        parser = ElementTree.XMLParser(target=_Builder())  # noqa: S314 (a document type ends it; sizes are limited)
        try:
            parser.feed(self._read(name))
            tree: ElementTree.Element = parser.close()
        except (ElementTree.ParseError, ValueError, LookupError):
            raise RefusedFile(Refusal.DAMAGED) from None
        return tree

    def related(self, name: str) -> dict[str, tuple[str, str]]:
        """What a part refers to inside the file: id → (kind, name); links that lead outside are left out."""
        folder, base = posixpath.split(name)
        relations = posixpath.join(folder, "_rels", f"{base}.rels")
        if not self.has(relations):
            return {}
        found = {}
        for one in self.tree(relations).iter():
            if local(one) == "Relationship" and (one.get("TargetMode") or "").casefold() != "external":
                target = one.get("Target") or ""
                inside = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
                kind = (one.get("Type") or "").rpartition("/")[2]
                found[one.get("Id") or ""] = (kind, posixpath.normpath(inside))
        return found


class _Builder(ElementTree.TreeBuilder):
    def doctype(self, *_declared: object) -> None:
        raise RefusedFile(Refusal.DAMAGED)


def local(element: ElementTree.Element) -> str:
    """An element's name without its namespace: the strict and the usual form of the format differ in nothing else."""
    return element.tag.rpartition("}")[2]


def _refuse_other_kinds(content: bytes) -> None:
    if content.startswith(_OLE):
        raise RefusedFile(Refusal.PASSWORD if _ENCRYPTED in content else Refusal.OLD_FORMAT)
    if content.startswith(b"\x09\x08"):  # older than the container
        raise RefusedFile(Refusal.OLD_FORMAT)
    if not content.startswith(b"PK"):
        raise RefusedFile(Refusal.NOT_A_SPREADSHEET)
