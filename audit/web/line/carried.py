"""What a filled-in sheet would change, carried by the page that shows it: nothing of a file is kept on the server.

The page must come back with what it showed, and a browser does not keep a chosen file: a second upload would cost a
person on a slow line the same megabyte twice, and might be another file. So the answers that differ travel in one
hidden field, packed and signed for this self-assessment and this person. A forged field is refused; an old one is
harmless, because each answer names the version it was shown over.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app

from audit.domain.answer_sheet_changes import Change, ChangeKind
from audit.domain.answers import Answer, AnswerStatus, figures_from_text, figures_to_text
from audit.domain.errors import N_, InvalidInput
from audit.persistence.tables import SelfAssessment
from audit.web import visit

LONGEST = 1_000_000  # characters of the field; a form may have twice as many
_PURPOSE = b"plumbline carried answers v1\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One cell that cannot be used, in words of the page."""

    sheet: str
    cell: str
    criterion: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """One answer of the file, and the version it was shown over."""

    criterion: str
    theirs: Answer
    version: int
    kind: ChangeKind


def pack(
    assessment: SelfAssessment, changes: Sequence[Change], troubles: Sequence[Trouble]
) -> tuple[str, tuple[Change, ...]]:
    """The hidden field, and the changes that fit into it: with very long texts, the rest waits for the next time."""
    fitting = list(changes)
    while True:
        content = {
            "changes": [[one.criterion, one.version, one.kind.value, *_plain(one.theirs)] for one in fitting],
            "troubles": [[one.sheet, one.cell, one.criterion, one.words] for one in troubles[:200]],
        }
        packed = base64.urlsafe_b64encode(zlib.compress(json.dumps(content).encode(), 9)).decode()
        if len(packed) <= LONGEST or not fitting:
            return f"{_signature(assessment, packed)}.{packed}", tuple(fitting)
        fitting = fitting[: max(len(fitting) // 2, 1)] if len(fitting) > 1 else []


def unpack(assessment: SelfAssessment, field: str) -> tuple[tuple[Carried, ...], tuple[Trouble, ...]]:
    """What `pack` put in. InvalidInput for a field that was not made for this self-assessment and this person."""
    signature, _, packed = field.partition(".")
    if not packed or not hmac.compare_digest(signature.encode(), _signature(assessment, packed).encode()):
        raise InvalidInput(N_("What this page showed is no longer there. Choose the file again."), field="file")
    content = json.loads(zlib.decompress(base64.urlsafe_b64decode(packed)))
    changes = tuple(
        Carried(criterion=row[0], version=row[1], kind=ChangeKind(row[2]), theirs=_answer(row[3:]))
        for row in content["changes"]
    )
    return changes, tuple(Trouble(sheet=a, cell=b, criterion=c, words=d) for a, b, c, d in content["troubles"])


def _signature(assessment: SelfAssessment, packed: str) -> str:
    key = hashlib.sha256(_PURPOSE + str(current_app.config["SECRET_KEY"]).encode()).digest()
    whose = f"{assessment.public_id}\n{visit.actor().public_id}\n{packed}"
    return hmac.new(key, whose.encode(), hashlib.sha256).hexdigest()


def _plain(answer: Answer) -> list[Any]:
    return [
        answer.status.value,
        answer.key,
        answer.justification,
        figures_to_text(answer.figures),
        answer.language,
        answer.summary,
        answer.equivalent,
    ]


def _answer(plain: list[Any]) -> Answer:
    status, key, justification, figures, language, summary, equivalent = plain
    return Answer(
        status=AnswerStatus(status),
        key=key,
        justification=justification,
        figures=figures_from_text(figures),
        language=language,
        summary=summary,
        equivalent=equivalent,
    )
