"""Finishes a laid-out PDF: PDF/A-3a and PDF/UA-1 in one file, its facts attached, the same bytes for the same input."""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pikepdf
from pikepdf import Dictionary, Name, Stream, String

FACTS_NAME = "facts.json"  # what the attachment with the machine-readable facts is called

_RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:about=""'
# PDF/UA names itself in a schema that PDF/A does not know, so PDF/A wants the schema described in the file itself.
_ACCESSIBLE = f"""\
<rdf:Description {_RDF} xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description {_RDF} xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>PDF/UA version identifier</pdfaProperty:description>
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
</rdf:RDF>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedFile:
    """A file inside the PDF: figures or facts for machines, beside the page for people."""

    name: str
    media_type: str  # for example application/json
    content: bytes
    description: str


def facts_file(facts: str, description: str) -> AttachedFile:
    return AttachedFile(name=FACTS_NAME, media_type="application/json", content=facts.encode(), description=description)


def finish(pdf: bytes, *, created: date | datetime, attached: Sequence[AttachedFile] = ()) -> bytes:
    """The finished document, unsigned: declares both standards, carries the attached files, names no clock time.

    `created` is the date the attachments bear: one from the facts, so that the same facts give the same bytes.
    """
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        _declare(opened)
        _mend_unnamed_glyphs(opened)
        if attached:
            _attach(opened, created, attached)
        _mend_stream_ends(opened)
        return _saved(opened)


def attached_files(pdf: bytes) -> dict[str, bytes]:
    """Name and content of the files inside a PDF; pikepdf's error when it is none."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return {name: attached_file(opened, name) for name in opened.attachments}


def attached_file(opened: pikepdf.Pdf, name: str) -> bytes:
    """The content of one file inside an opened PDF, in whichever way `finish` packed it."""
    return opened.attachments[name].get_file().obj.read_bytes(pikepdf.StreamDecodeLevel.specialized)


def _declare(opened: pikepdf.Pdf) -> None:
    """Adds PDF/UA-1 to the metadata and stores it as plain text, which the strictest validator asks for."""
    text = opened.Root.Metadata.read_bytes().decode()
    head, found, tail = text.rpartition("</rdf:RDF>")
    if not found:
        raise ValueError("the document has no metadata to finish")
    opened.Root.Metadata = opened.make_stream(
        (head + _ACCESSIBLE + tail).encode(), Type=Name.Metadata, Subtype=Name.XML
    )


def _mend_unnamed_glyphs(opened: pikepdf.Pdf) -> None:
    """Gives glyphs that stand for no character of their own (parts of joined scripts) an empty, valid name.

    The engine writes "<005a> <>" for them, which readers take for a damaged file; a zero-width space says the same.
    """
    for found in opened.objects:
        if isinstance(found, Stream) and "/Type" not in found:
            content = found.read_bytes()
            if content.lstrip().startswith(b"/CIDInit") and b" <>" in content:
                found.write(content.replace(b" <>", b" <200b>"))


_AMBIGUOUS = b"\r\nendstream"  # is the carriage return the stream's last byte, or part of the line's end?


def _mend_stream_ends(opened: pikepdf.Pdf) -> None:
    """Changes streams that would end in a carriage return, because strict readers then miscount their length.

    A compressed stream ends in a sum over its content, so one in 256 ends so: long documents are sure to meet it.
    Drawings and texts bear one more line end; other streams (faces, attached files) are packed once more as runs, which
    end in a byte of their own and which saving leaves as they are.
    """
    for found in opened.objects:
        if not isinstance(found, Stream) or found.get("/Type") == Name.Metadata:
            continue
        packed = found.read_raw_bytes() if "/Filter" in found else zlib.compress(found.read_bytes())
        if not packed.endswith(b"\r"):
            continue
        if found.get("/Subtype") == Name.Form or not {"/Type", "/Subtype", "/Length1", "/N"} & set(found.keys()):
            found.write(found.read_bytes() + b"\n")
        else:
            found.write(_as_runs(packed), filter=pikepdf.Array([Name.RunLengthDecode, Name.FlateDecode]))


def _as_runs(content: bytes) -> bytes:
    """The bytes as runs of up to 128 that are copied as they stand, and the byte that ends them."""
    parts = (content[at : at + 128] for at in range(0, len(content), 128))
    return b"".join(bytes([len(part) - 1]) + part for part in parts) + b"\x80"


def _saved(opened: pikepdf.Pdf) -> bytes:
    """The bytes; without object streams where one of these would end in a carriage return."""
    content = b""
    for mode in (pikepdf.ObjectStreamMode.preserve, pikepdf.ObjectStreamMode.disable):
        out = io.BytesIO()
        opened.save(out, deterministic_id=True, object_stream_mode=mode)
        content = out.getvalue()
        if _AMBIGUOUS not in content:
            break
    return content


def _attach(opened: pikepdf.Pdf, created: date | datetime, attached: Sequence[AttachedFile]) -> None:
    moment = (
        created if isinstance(created, datetime) else datetime(created.year, created.month, created.day, tzinfo=UTC)
    )
    stamp = String(moment.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ"))
    specifications = []
    for file in sorted(attached, key=lambda entry: entry.name):
        stream = opened.make_stream(file.content, Type=Name.EmbeddedFile, Subtype=Name("/" + file.media_type))
        stream.Params = Dictionary(
            ModDate=stamp,
            CreationDate=stamp,
            Size=len(file.content),
            CheckSum=String(hashlib.md5(file.content, usedforsecurity=False).digest()),
        )
        specification = opened.make_indirect(
            Dictionary(
                Type=Name.Filespec,
                F=String(file.name),
                UF=String(file.name),
                Desc=String(file.description),
                AFRelationship=Name.Data,
                EF=Dictionary(F=stream, UF=stream),
            )
        )
        specifications.append((file.name, specification))
    opened.Root.AF = opened.make_indirect(pikepdf.Array([entry for _, entry in specifications]))
    tree = pikepdf.NameTree.new(opened)
    for name, entry in specifications:
        tree[name] = entry
    if "/Names" not in opened.Root:
        opened.Root.Names = Dictionary()
    opened.Root.Names.EmbeddedFiles = tree.obj
