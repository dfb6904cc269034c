"""What an upload really is: proved by parsing it in a limited child process, never by its name.

This process imports no parser. The child (audit.inspection.child) may die of a bomb; its answer is a code from a closed
list, so that whatever a hostile file does to it, the worst it can say is one of these sentences.
"""

from __future__ import annotations

import json

from audit.confined import ask
from audit.domain.errors import N_, InvalidInput
from audit.inspection.codes import MEDIA_TYPES, Refusal, Removed, Warned
from audit.ports import Inspected

LARGEST = 20 * 1024 * 1024  # bytes; reception's own limit comes first

REFUSALS = {
    Refusal.EMPTY: N_("This file is empty."),
    Refusal.TOO_LARGE: N_("This file is too large. Give a smaller one, or a web address."),
    Refusal.UNKNOWN: N_("This kind of file is not accepted. Please use PDF, ODT, DOCX, CSV or TXT."),
    Refusal.IMAGE: N_("Pictures are not accepted here. Please use PDF, ODT, DOCX, CSV or TXT."),
    Refusal.UNSOUND: N_(
        "This file is damaged or not what it says. Please save it again from the program that made it."
    ),
    Refusal.TOO_COMPLEX: N_("This file could not be checked: it is too large or too complicated when unpacked."),
    Refusal.TWO_IN_ONE: N_(
        "This file is two kinds of file at once. Please save it again from the program that made it."
    ),
    Refusal.ENCRYPTED: N_("This file is protected by a password. Please save it without one."),
    Refusal.SCRIPT: N_("This file contains a script or a macro. Please save it without, for example as a plain PDF."),
    Refusal.ATTACHMENT: N_("This file carries other files inside. Please upload each one by itself."),
    Refusal.MEDIA: N_("This file contains sound, film or a form that runs. Please save it as a plain document."),
    Refusal.OUTSIDE: N_("This file loads parts from elsewhere. Please save it with everything inside."),
    Refusal.TOO_MANY_PAGES: N_("This file has more than 300 pages. Please upload the part that shows what is asked."),
    Refusal.TOO_MANY_PIXELS: N_("This picture is too large. Please make it smaller than 40 million pixels."),
    Refusal.ANIMATED: N_("Moving pictures are not accepted."),
    Refusal.NOT_TEXT: N_("This file is not plain text in UTF-8. Please save it as CSV or TXT in UTF-8."),
}
REMOVED = {Removed.IMAGE_METADATA: N_("image metadata (place, time, camera)")}
WARNINGS = {
    Warned.TRACKED_CHANGES: N_("The document contains tracked changes; deleted text can still be read."),
    Warned.COMMENTS: N_("The document contains comments."),
    Warned.AUTHOR: N_("The document names its author in its properties."),
    Warned.FORMULAS: N_("Some cells begin like formulas; spreadsheets may run them."),
}


def inspect(content: bytes, file_name: str, *, images_allowed: bool) -> Inspected:
    """The safe bytes to store and what they are. InvalidInput, in words, when the file is not allowed or not sound."""
    if not content:
        raise InvalidInput(REFUSALS[Refusal.EMPTY], field="file")
    if len(content) > LARGEST:
        raise InvalidInput(REFUSALS[Refusal.TOO_LARGE], field="file")
    header = json.dumps({"csv": file_name.casefold().endswith(".csv"), "images_allowed": images_allowed})
    answer, rebuilt = _ask(header.encode() + b"\n" + content)
    refused = answer.get("refused")
    if refused is not None:
        raise InvalidInput(REFUSALS[Refusal(refused)], field="file")
    extension = str(answer["extension"])
    return Inspected(
        # Only pictures are rebuilt; every other file is stored exactly as it came.
        content=rebuilt if extension in ("png", "jpg") else content,
        media_type=MEDIA_TYPES[extension],
        extension=extension,
        removed=tuple(REMOVED[Removed(code)] for code in answer["removed"]),
        warnings=tuple(WARNINGS[Warned(code)] for code in answer["warnings"]),
    )


def _ask(question: bytes) -> tuple[dict[str, object], bytes]:
    """The child's answer; a child that dies, hangs or says nothing means that the file is too complicated."""
    said = ask("audit.inspection.child", question)
    if said is None:
        return {"refused": Refusal.TOO_COMPLEX.value}, b""
    first, _, rest = said.partition(b"\n")
    answer: dict[str, object] = json.loads(first)
    return answer, rest
