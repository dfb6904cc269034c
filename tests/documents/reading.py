"""Reads papers back: text in the order of the tags, figures with their alternatives, what the validator says."""

from __future__ import annotations

import io
import re
import subprocess
from pathlib import Path

import page
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject


def text_of(pdf: bytes, order: str = "-raw") -> str:
    """The text in the order in which the document holds it, spaces evened out; "-layout": as it stands on the page."""
    found = subprocess.run(["pdftotext", order, "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    return re.sub(r"\s+", " ", re.sub("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\x0c]", "", found))


def pages_of(pdf: bytes) -> int:
    return len(PdfReader(io.BytesIO(pdf)).pages)


def problems(pdf: bytes) -> list[str]:
    """Everything the strictest installable validator has against the file as PDF/A-3a and PDF/UA-1."""
    return [
        f"{profile} {failure.rule_id}: {failure.message}"
        for profile in ("3a", "ua1")
        for failure in page.validate_pdf_bytes(pdf, profile=profile).failures
    ]


def unembedded_fonts(pdf: bytes, folder: Path) -> list[str]:
    file = folder / "fonts.pdf"
    file.write_bytes(pdf)
    listed = subprocess.run(["pdffonts", str(file)], capture_output=True, check=True, text=True).stdout.splitlines()[2:]
    assert listed
    return [line for line in listed if line.split()[-5] != "yes"]


def tags_of(pdf: bytes) -> list[str]:
    """The kinds of structure elements in reading order, and the alternatives of figures."""
    reader = PdfReader(io.BytesIO(pdf))
    found: list[str] = []

    def walk(node: object) -> None:
        node = node.get_object() if isinstance(node, IndirectObject) else node
        if isinstance(node, ArrayObject):
            for kid in node:
                walk(kid)
        elif isinstance(node, DictionaryObject):
            if "/S" in node:
                found.append(str(node["/S"]) + (f" {node['/Alt']}" if "/Alt" in node else ""))
            walk(node.get("/K"))

    walk(reader.trailer["/Root"]["/StructTreeRoot"]["/K"])  # type: ignore[index]
    return found
