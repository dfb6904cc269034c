"""What an upload really is: honest files pass, hostile ones are refused in words, bombs hurt only the child."""

# ruff: noqa: E501 (a table of files reads best with one file a line)

from __future__ import annotations

import io
import resource
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, PngImagePlugin

from audit.domain.errors import InvalidInput
from audit.inspection import REFUSALS, inspect
from audit.inspection.codes import Refusal

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>{more}</Types>'
)
RELS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
RELATION = '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}" {}/>'
EXTERNAL = 'TargetMode="External"'

ROOT = Path(__file__).resolve().parents[1]


def a_pdf(change: Callable[[pikepdf.Pdf], None] = lambda pdf: None, *, pages: int = 1, **save: object) -> bytes:
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page()
    change(pdf)
    made = io.BytesIO()
    pdf.save(made, **save)
    return made.getvalue()


def with_root(key: str, value: object) -> bytes:
    return a_pdf(lambda pdf: pdf.Root.__setitem__(key, value))


def with_annotation(**entries: object) -> bytes:
    def change(pdf: pikepdf.Pdf) -> None:
        annotation = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Rect=[0, 0, 1, 1], **entries)
        pdf.pages[0].Annots = pikepdf.Array([annotation])

    return a_pdf(change)


def attached(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["a.txt"] = b"inside"


def action(kind: str, **entries: object) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=pikepdf.Name(kind), **entries)


def deep() -> bytes:
    inner: object = pikepdf.Array([])
    for _ in range(300):
        inner = pikepdf.Array([inner])
    return with_root("/Deep", inner)


def archive(entries: dict[str, str | bytes], *, stored: tuple[str, ...] = ()) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(name, content, zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED)
    return made.getvalue()


def a_docx(
    body: str = "<w:p/>", *, types: str = "", rels: str = "", extra: dict[str, str | bytes] | None = None
) -> bytes:
    return archive(
        {
            "[Content_Types].xml": TYPES.format(more=types),
            "_rels/.rels": RELS.format(RELATION.format("officeDocument", "word/document.xml", "")),
            "word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>',
            "word/_rels/document.xml.rels": RELS.format(rels),
            **(extra or {}),
        }
    )


def an_odt(
    body: str = "", *, mimetype: str = "application/vnd.oasis.opendocument.text", extra: dict[str, str] | None = None
) -> bytes:
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "text", "draw", "script", "manifest")
    )
    return archive(
        {
            "mimetype": mimetype,
            "content.xml": f'<office:document-content {names} xmlns:xlink="http://www.w3.org/1999/xlink">{body}</office:document-content>',
            "META-INF/manifest.xml": '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
            **(extra or {}),
        },
        stored=("mimetype",),
    )  # fmt: skip


def an_image(kind: str = "PNG", mode: str = "RGB", size: tuple[int, int] = (20, 10), **save: object) -> bytes:
    made = io.BytesIO()
    Image.new(mode, size, 1 if mode == "P" else None).save(made, kind, **save)
    return made.getvalue()


def with_exif() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "Secret camera"
    exif[0x0112] = 6  # turned by a quarter
    exif.get_ifd(0x8825)[1] = "N"
    return an_image("JPEG", exif=exif, comment=b"Secret comment")


def with_png_text() -> bytes:
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "Secret author")
    return an_image("PNG", pnginfo=text)


def huge_png() -> bytes:
    """8,000 by 8,000 pixels in a few kilobytes."""
    head = struct.pack(">IIBBBBB", 8000, 8000, 8, 2, 0, 0, 0)

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    rows = zlib.compress(b"\0" * (8000 * (8000 * 3 + 1)), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def moving_png() -> bytes:
    made = io.BytesIO()
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "green")]
    frames[0].save(made, "PNG", save_all=True, append_images=frames[1:])
    return made.getvalue()


def overlapping() -> bytes:
    """Two entries of the directory that read the same packed bytes."""
    made = bytearray(archive({"mimetype": "x" * 40, "content.xml": "y" * 40}, stored=("mimetype", "content.xml")))
    second = made.rindex(b"PK\x01\x02")
    struct.pack_into("<I", made, second + 42, 0)
    return bytes(made)


def encrypted_zip() -> bytes:
    made = bytearray(a_docx())
    made[6] |= 1
    position = made.index(b"PK\x01\x02")
    made[position + 8] |= 1
    return bytes(made)


HOSTILE: list[tuple[str, Callable[[], bytes], set[Refusal]]] = [
    ("pdf script at opening", lambda: with_root("/OpenAction", action("/JavaScript", JS="app.alert(1)")), {Refusal.SCRIPT}),
    ("pdf launch at opening", lambda: with_root("/OpenAction", action("/Launch", F="calc.exe")), {Refusal.SCRIPT}),
    ("pdf page script", lambda: a_pdf(lambda p: p.pages[0].obj.__setitem__("/AA", pikepdf.Dictionary(O=action("/JavaScript", JS="1")))), {Refusal.SCRIPT}),
    ("pdf named scripts", lambda: with_root("/Names", pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=[]))), {Refusal.SCRIPT}),
    ("pdf script in a link", lambda: with_annotation(Subtype=pikepdf.Name.Link, A=action("/JavaScript", JS="1")), {Refusal.SCRIPT}),
    ("pdf script after a link", lambda: with_annotation(Subtype=pikepdf.Name.Link, A=action("/URI", URI="http://x", Next=action("/JavaScript", JS="1"))), {Refusal.SCRIPT}),
    ("pdf launch in a link", lambda: with_annotation(Subtype=pikepdf.Name.Link, A=action("/Launch", F="x")), {Refusal.SCRIPT}),
    ("pdf form that sends", lambda: with_annotation(Subtype=pikepdf.Name.Widget, A=action("/SubmitForm", F="http://x")), {Refusal.OUTSIDE}),
    ("pdf that opens another", lambda: with_annotation(Subtype=pikepdf.Name.Link, A=action("/GoToR", F="//server/share")), {Refusal.OUTSIDE}),
    ("pdf attachment", lambda: a_pdf(attached), {Refusal.ATTACHMENT}),
    ("pdf attachment by annotation", lambda: with_annotation(Subtype=pikepdf.Name.FileAttachment), {Refusal.ATTACHMENT}),
    ("pdf portfolio", lambda: with_root("/Collection", pikepdf.Dictionary()), {Refusal.ATTACHMENT}),
    ("pdf XFA form", lambda: with_root("/AcroForm", pikepdf.Dictionary(XFA="x", Fields=[])), {Refusal.MEDIA}),
    ("pdf rich media", lambda: with_annotation(Subtype=pikepdf.Name.RichMedia), {Refusal.MEDIA}),
    ("pdf film", lambda: with_annotation(Subtype=pikepdf.Name.Movie), {Refusal.MEDIA}),
    ("pdf sound", lambda: with_annotation(Subtype=pikepdf.Name.Sound), {Refusal.MEDIA}),
    ("pdf under a password", lambda: a_pdf(encryption=pikepdf.Encryption(owner="o", user="u")), {Refusal.ENCRYPTED}),
    ("pdf locked against change", lambda: a_pdf(encryption=pikepdf.Encryption(owner="o", user="")), {Refusal.ENCRYPTED}),
    ("pdf in name only", lambda: b"%PDF-1.4<html><script>alert(1)</script>", {Refusal.UNSOUND}),
    ("pdf cut short", lambda: a_pdf(pages=3)[:-200], {Refusal.UNSOUND}),
    ("pdf with a page behind", lambda: a_pdf() + b"<html><script>alert(1)</script>", {Refusal.TWO_IN_ONE}),
    ("pdf and archive", lambda: a_pdf() + archive({"a.txt": "x"}), {Refusal.TWO_IN_ONE}),
    ("pdf with an archive in a comment", lambda: a_pdf() + b"\n%" + archive({"a.txt": "x"}) + b"\n%%EOF\n", {Refusal.TWO_IN_ONE, Refusal.UNSOUND}),
    ("pdf of 301 pages", lambda: a_pdf(pages=301), {Refusal.TOO_MANY_PAGES}),
    ("pdf without a page", lambda: a_pdf(pages=0), {Refusal.UNSOUND}),
    ("pdf very deep", deep, {Refusal.TOO_COMPLEX, Refusal.UNSOUND}),
    ("docx with macros", lambda: a_docx(extra={"word/vbaProject.bin": b"x"}), {Refusal.SCRIPT}),
    ("docx that is a docm", lambda: a_docx(types='<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'), {Refusal.SCRIPT}),
    ("docx with a control", lambda: a_docx(extra={"word/activeX/activeX1.xml": "<a/>"}), {Refusal.SCRIPT}),
    ("docx with an object", lambda: a_docx(extra={"word/embeddings/oleObject1.bin": b"x"}), {Refusal.ATTACHMENT}),
    ("docx with a remote template", lambda: a_docx(rels=RELATION.format("attachedTemplate", "http://x/t.dotm", EXTERNAL)), {Refusal.OUTSIDE}),
    ("docx with a remote picture", lambda: a_docx(rels=RELATION.format("image", "file:////server/x.png", EXTERNAL)), {Refusal.OUTSIDE}),
    ("docx linking to a program", lambda: a_docx(rels=RELATION.format("hyperlink", "file:///c:/x.exe", EXTERNAL)), {Refusal.OUTSIDE}),
    ("docx with a field that runs", lambda: a_docx("<w:p><w:r><w:instrText>DDE</w:instrText></w:r><w:r><w:instrText>AUTO c:\\x</w:instrText></w:r></w:p>"), {Refusal.SCRIPT}),
    ("docx with entities", lambda: a_docx(extra={"word/styles.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), {Refusal.UNSOUND}),
    ("docx in another encoding", lambda: a_docx(extra={"word/styles.xml": '<?xml version="1.0" encoding="UTF-7"?><a/>'}), {Refusal.UNSOUND}),
    ("docx with broken xml", lambda: a_docx("<w:p>"), {Refusal.UNSOUND}),
    ("docx climbing out", lambda: a_docx(extra={"../../x.xml": "<a/>"}), {Refusal.UNSOUND}),
    ("docx with a program inside", lambda: a_docx(extra={"word/media/x.exe": b"MZ"}), {Refusal.ATTACHMENT}),
    ("docx with an archive inside", lambda: a_docx(extra={"word/media/x.zip": archive({"a": "b"})}), {Refusal.ATTACHMENT}),
    ("docx under a password", encrypted_zip, {Refusal.ENCRYPTED, Refusal.UNSOUND}),
    ("docx that explodes", lambda: a_docx(extra={"word/media/image1.bmp": b"\0" * 60_000_000}), {Refusal.TOO_COMPLEX}),
    ("docx that explodes in xml", lambda: a_docx("<w:p/>" * 8_000_000), {Refusal.TOO_COMPLEX}),
    ("docx with things behind", lambda: a_docx() + b"<script>", {Refusal.TWO_IN_ONE}),
    ("docx with 3000 parts", lambda: a_docx(extra={f"word/{n}.xml": "<a/>" for n in range(3000)}), {Refusal.TOO_COMPLEX}),
    ("archive of overlapping parts", overlapping, {Refusal.TOO_COMPLEX, Refusal.UNSOUND, Refusal.TWO_IN_ONE}),
    ("plain archive", lambda: archive({"a.txt": "x"}), {Refusal.UNKNOWN}),
    ("spreadsheet", lambda: archive({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<a/>"}), {Refusal.UNKNOWN}),
    ("odt with a script", lambda: an_odt('<office:scripts><office:script/></office:scripts>'), {Refusal.SCRIPT}),
    ("odt with macros", lambda: an_odt(extra={"Basic/Standard/Module1.xml": "<a/>"}), {Refusal.SCRIPT}),
    ("odt that listens", lambda: an_odt('<script:event-listener/>'), {Refusal.SCRIPT}),
    ("odt with a remote picture", lambda: an_odt('<draw:image xlink:href="http://x/p.png"/>'), {Refusal.OUTSIDE}),
    ("odt link to a macro", lambda: an_odt('<text:a xlink:href="vnd.sun.star.script:x"/>'), {Refusal.OUTSIDE}),
    ("odt with a frame", lambda: an_odt('<draw:floating-frame xlink:href="x"/>'), {Refusal.MEDIA}),
    ("odt under a password", lambda: an_odt(extra={"META-INF/manifest.xml": '<m:manifest xmlns:m="a"><m:encryption-data/></m:manifest>'}), {Refusal.ENCRYPTED}),
    ("odt that is a drawing", lambda: an_odt(mimetype="application/vnd.oasis.opendocument.graphics"), {Refusal.UNKNOWN}),
    ("huge png", huge_png, {Refusal.TOO_MANY_PIXELS}),
    ("moving png", moving_png, {Refusal.ANIMATED}),
    ("broken png", lambda: an_image()[:-30], {Refusal.UNSOUND}),
    ("broken jpeg", lambda: b"\xff\xd8\xff\xe0" + b"x" * 500, {Refusal.UNSOUND}),
    ("gif", lambda: an_image("GIF", "P"), {Refusal.UNKNOWN}),
    ("svg", lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>', {Refusal.UNKNOWN}),
    ("html", lambda: b"<!DOCTYPE html><p>x", {Refusal.UNKNOWN}),
    ("html further down", lambda: b"Hello\n<script>x</script>", {Refusal.UNKNOWN}),
    ("shell script", lambda: b"#!/bin/sh\nrm -rf /\n", {Refusal.UNKNOWN}),
    ("mail with a reporter", lambda: b"Received: from x\nFrom: a@b.example\n\nHello", {Refusal.UNKNOWN}),
    ("program", lambda: b"MZ\x90\0" + b"\0" * 200, {Refusal.UNKNOWN, Refusal.NOT_TEXT}),
    ("rich text", lambda: b"{\\rtf1 x}", {Refusal.UNKNOWN}),
    ("postscript", lambda: b"%!PS-Adobe-3.0\n", {Refusal.UNKNOWN}),
    ("old word", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, {Refusal.UNKNOWN}),
    ("text with nul", lambda: b"a\0b", {Refusal.NOT_TEXT}),
    ("text in another encoding", lambda: "Zürich".encode("latin-1"), {Refusal.NOT_TEXT}),
    ("text with escapes", lambda: b"a\x1b[2Jb", {Refusal.NOT_TEXT}),
    ("blank", lambda: b" \n\t", {Refusal.EMPTY}),
    ("nothing", lambda: b"", {Refusal.EMPTY}),
]  # fmt: skip

HONEST: list[tuple[str, Callable[[], bytes], str, str]] = [
    ("pdf", a_pdf, "policy.pdf", "pdf"),
    ("pdf of 40 pages", lambda: a_pdf(pages=40), "policy.pdf", "pdf"),
    ("pdf with object streams", lambda: a_pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate), "a.pdf", "pdf"),
    ("pdf made linear", lambda: a_pdf(linearize=True), "a.pdf", "pdf"),
    ("pdf that opens at a page", lambda: a_pdf(lambda p: p.Root.__setitem__("/OpenAction", pikepdf.Array([p.pages[0].obj, pikepdf.Name.Fit]))), "a.pdf", "pdf"),
    ("pdf with a web link", lambda: with_annotation(Subtype=pikepdf.Name.Link, A=action("/URI", URI="https://line.example")), "a.pdf", "pdf"),
    ("pdf with a plain form", lambda: with_root("/AcroForm", pikepdf.Dictionary(Fields=[])), "a.pdf", "pdf"),
    ("pdf named as a program", a_pdf, "policy.exe", "pdf"),
    ("pdf with an end of line behind", lambda: a_pdf() + b"\r\n", "a.pdf", "pdf"),
    ("docx", a_docx, "procedure.docx", "docx"),
    ("docx with a web link", lambda: a_docx(rels=RELATION.format("hyperlink", "https://line.example", EXTERNAL)), "a.docx", "docx"),
    ("docx with a picture", lambda: a_docx(extra={"word/media/image1.png": an_image()}), "a.docx", "docx"),
    ("docx with a page number", lambda: a_docx("<w:p><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"), "a.docx", "docx"),
    ("docx of many pages", lambda: a_docx("".join(f"<w:p><w:r><w:t>Paragraph {n} of the procedure.</w:t></w:r></w:p>" for n in range(5000))), "a.docx", "docx"),
    ("odt", an_odt, "procedure.odt", "odt"),
    ("odt with a web link", lambda: an_odt('<text:a xlink:href="https://line.example"/>'), "a.odt", "odt"),
    ("odt with a picture", lambda: an_odt('<draw:image xlink:href="Pictures/1.png"/>'), "a.odt", "odt"),
    ("odt with empty scripts", lambda: an_odt("<office:scripts/>"), "a.odt", "odt"),
    ("csv", lambda: b"month;reports\n2025-01;104\n", "totals.csv", "csv"),
    ("csv with a mark", lambda: "\ufeffmonth,reports\nMärz,-3\n".encode(), "totals.CSV", "csv"),
    ("text", lambda: "Übung am 2. Februar. مناوبة".encode(), "drill.txt", "txt"),
    ("text named as a pdf", lambda: b"Drill on 2 February.\n", "drill.pdf", "txt"),
    ("text about scripts", lambda: b"We never run scripts; < and > are fine.\n", "a.txt", "txt"),
]  # fmt: skip

PICTURES: list[tuple[str, Callable[[], bytes], str]] = [
    ("png", an_image, "png"),
    ("png in palette", lambda: an_image("PNG", "P"), "png"),
    ("png with transparency", lambda: an_image("PNG", "RGBA"), "png"),
    ("png in grey of 16 bits", lambda: an_image("PNG", "I;16"), "png"),
    ("png with a text", with_png_text, "png"),
    ("png with an archive behind", lambda: an_image() + archive({"a": "b"}), "png"),
    ("jpeg", lambda: an_image("JPEG"), "jpg"),
    ("jpeg in four colours", lambda: an_image("JPEG", "CMYK"), "jpg"),
    ("jpeg with place and camera", with_exif, "jpg"),
    ("jpeg with a page behind", lambda: an_image("JPEG") + b"<script>x</script>", "jpg"),
    ("png of 39 million pixels", lambda: an_image("PNG", "RGBA", (6500, 6000)), "png"),
]


@pytest.mark.parametrize(("make", "refusals"), [entry[1:] for entry in HOSTILE], ids=[entry[0] for entry in HOSTILE])
def test_a_hostile_file_is_refused_in_words(make: Callable[[], bytes], refusals: set[Refusal]) -> None:
    content = make()
    started = time.monotonic()
    with pytest.raises(InvalidInput) as refusal:
        inspect(content, "policy.pdf", images_allowed=True)
    assert refusal.value.message in {REFUSALS[code] for code in refusals}
    assert refusal.value.field == "file"
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(("make", "name", "extension"), [e[1:] for e in HONEST], ids=[e[0] for e in HONEST])
def test_an_honest_file_passes_unchanged(make: Callable[[], bytes], name: str, extension: str) -> None:
    content = make()
    inspected = inspect(content, name, images_allowed=False)
    assert inspected.content == content
    assert (inspected.extension, inspected.removed) == (extension, ())


@pytest.mark.parametrize(("make", "extension"), [e[1:] for e in PICTURES], ids=[e[0] for e in PICTURES])
def test_a_picture_is_made_anew_without_anything_but_pixels(make: Callable[[], bytes], extension: str) -> None:
    content = make()
    inspected = inspect(content, "picture.png", images_allowed=True)
    assert inspected.extension == extension and inspected.removed
    assert b"Secret" not in inspected.content and b"script" not in inspected.content
    assert not zipfile.is_zipfile(io.BytesIO(inspected.content))
    with Image.open(io.BytesIO(inspected.content)) as made, Image.open(io.BytesIO(content)) as given:
        assert not made.getexif()
        assert made.width * made.height == given.width * given.height
    with pytest.raises(InvalidInput) as refusal:
        inspect(content, "picture.png", images_allowed=False)
    assert refusal.value.message == REFUSALS[Refusal.IMAGE]


def test_a_turned_photograph_stays_upright() -> None:
    inspected = inspect(with_exif(), "a.jpg", images_allowed=True)
    with Image.open(io.BytesIO(inspected.content)) as made:
        assert made.size == (10, 20)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (a_docx('<w:p><w:ins w:id="1"/></w:p>'), "tracked changes"),
        (a_docx(extra={"word/comments.xml": f'<w:comments xmlns:w="{W}"><w:comment/></w:comments>'}), "comments"),
        (an_odt("<text:tracked-changes><text:changed-region/></text:tracked-changes>"), "tracked changes"),
        (a_pdf(lambda pdf: pdf.docinfo.__setitem__("/Author", "Somebody")), "author"),
        (b"name,total\n=cmd|x,1\n", "formulas"),
    ],
    ids=["docx changes", "docx comments", "odt changes", "pdf author", "csv formulas"],
)
def test_what_a_reader_may_not_expect_is_told(content: bytes, said: str) -> None:
    inspected = inspect(content, "a.csv", images_allowed=False)
    assert any(said in warning for warning in inspected.warnings)


def test_a_file_over_the_limit_never_reaches_the_child() -> None:
    with pytest.raises(InvalidInput) as refusal:
        inspect(b"x" * (20 * 1024 * 1024 + 1), "a.txt", images_allowed=False)
    assert refusal.value.message == REFUSALS[Refusal.TOO_LARGE]


def largest_child() -> int:
    """Kilobytes of the largest child that looked at a bomb; meant for a process that has had no other children."""
    bombs = {Refusal.TOO_COMPLEX, Refusal.TOO_MANY_PIXELS, Refusal.TOO_MANY_PAGES}
    for make in (make for _, make, refusals in HOSTILE if refusals & bombs):
        with pytest.raises(InvalidInput):
            inspect(make(), "a", images_allowed=True)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


def test_no_bomb_makes_the_child_large() -> None:
    code = "from tests.test_inspection import largest_child; print(largest_child())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert 0 < int(done.stdout) < 512 * 1024


def test_this_process_loads_no_parser() -> None:
    code = "import sys, audit.inspection; print([m for m in sys.modules if m.split('.')[0] in ('pikepdf', 'PIL', 'zipfile')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
