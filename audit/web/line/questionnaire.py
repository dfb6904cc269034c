"""Work offline and take copies: the self-assessment as a spreadsheet, on paper and for machines."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, render_template, request
from flask_wtf.file import FileField

from audit.domain.answer_sheet import AnswerSheetFacts, from_text, to_text
from audit.domain.errors import N_
from audit.domain.permissions import Permission
from audit.domain.workflow import OPEN_FOR_THE_LINE
from audit.language import PSEUDO, SOURCE
from audit.persistence.queries import answer_sheets, assessments
from audit.persistence.tables import Document, SelfAssessment
from audit.usecases import self_assessment
from audit.web import visit
from audit.web.forms import Form
from audit.web.guards import may, requires
from audit.web.line.blueprint import blueprint, place
from audit.web.line.material import assessment_of
from audit.web.papers import attachment
from audit.web.replies import said, see
from audit.web.transaction import record, session

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class FilledInForm(Form):
    """The filled-in sheet, on its way back."""

    file = FileField(N_("The filled-in sheet (XLSX or CSV)"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A copy on paper: none yet, still to be made, or there to be taken."""

    blank: bool
    wanted: bool
    size: int  # bytes; 0 while it is not made
    taken_at: datetime | None  # the moment whose answers it shows


def copy_shown(document: Document | None, *, blank: bool) -> Copy:
    if document is None:
        return Copy(blank=blank, wanted=False, size=0, taken_at=None)
    taken_at = datetime.fromisoformat(from_text(document.facts).made_at) if document.facts else None
    return Copy(blank=blank, wanted=document.digest is None, size=document.size, taken_at=taken_at)


def copies_page(assessment: SelfAssessment, form: FilledInForm) -> tuple[str, int]:
    code = visit.reading().code
    page = render_template(
        "line/questionnaire.html",
        line=assessment.line,
        assessment=assessment,
        cycle=assessment.cycle,
        form=form,
        editable=assessment.state in OPEN_FOR_THE_LINE and may(Permission.ANSWER, assessment),
        copies=[
            copy_shown(answer_sheets.copy_of(session(), assessment, code, blank=blank), blank=blank)
            for blank in (False, True)
        ],
        may_order=may(Permission.ORDER_COPY, assessment),
        upload_limit=visit.settings().upload_limit,
    )
    return page, form.status


@blueprint.get("/assessments/<assessment>/copies")
@requires(Permission.SEE_ASSESSMENT, load=assessment_of)
def copies(assessment: SelfAssessment) -> tuple[str, int]:
    return copies_page(assessment, FilledInForm(formdata=None))


def gathered(assessment: SelfAssessment, *, blank: bool = False) -> AnswerSheetFacts:
    """The sheet as it stands now, in the language of this page."""
    code = visit.reading().code
    words = SOURCE if code in PSEUDO else code
    return answer_sheets.answer_sheet(session(), assessment, language=words, at=visit.now(), blank=blank)


@blueprint.get("/assessments/<assessment>/copies/answers.xlsx")
@requires(Permission.SEE_ASSESSMENT, load=assessment_of)
def sheet_xlsx(assessment: SelfAssessment) -> Response:
    """The spreadsheet to fill in offline."""
    content = visit.wiring().answer_sheets.write(gathered(assessment), visit.reading().code)
    return _taken(assessment, "xlsx", content, XLSX)


@blueprint.get("/assessments/<assessment>/copies/answers.json")
@requires(Permission.SEE_ASSESSMENT, load=assessment_of)
def sheet_json(assessment: SelfAssessment) -> Response:
    """The whole sheet for machines (docs/answer-sheet.md)."""
    text = json.dumps(json.loads(to_text(gathered(assessment))), ensure_ascii=False, indent=1, sort_keys=True)
    return _taken(assessment, "json", text.encode(), "application/json")


@blueprint.get("/assessments/<assessment>/copies/answers.csv")
@requires(Permission.SEE_ASSESSMENT, load=assessment_of)
def sheet_csv(assessment: SelfAssessment) -> Response:
    """Levels and texts as a table for programs; it can be brought back like the spreadsheet."""
    return _taken(assessment, "csv", visit.wiring().answer_sheets.write_commas(gathered(assessment)), "text/csv")


@blueprint.get("/assessments/<assessment>/copies/answers.pdf")
@requires(Permission.SEE_ASSESSMENT, load=assessment_of)
def sheet_pdf(assessment: SelfAssessment) -> Response:
    return _paper(assessment, blank=False)


@blueprint.get("/assessments/<assessment>/copies/blank.pdf")
@requires(Permission.SEE_ASSESSMENT, load=assessment_of)
def blank_pdf(assessment: SelfAssessment) -> Response:
    """The questions without answers, with room to write by hand."""
    return _paper(assessment, blank=True)


def _paper(assessment: SelfAssessment, *, blank: bool) -> Response:
    document = answer_sheets.copy_of(session(), assessment, visit.reading().code, blank=blank)
    if document is None or document.digest is None:
        words = N_("There is no copy in this language yet. Order one here; it takes about a minute.")
        return see("copies", said(words), kind="info", **place(assessment))
    with visit.wiring().vault.open(assessment.line.public_id, document.digest) as stored:
        content = stored.read()
    return _taken(assessment, "blank" if blank else "pdf", content, "application/pdf")


def _taken(assessment: SelfAssessment, form: str, content: bytes, media_type: str) -> Response:
    """The copy as an attachment, after a trace of who took it."""
    ending = {"blank": "pdf"}.get(form, form)
    name = f"{'questions' if form == 'blank' else 'answers'}-{assessment.public_id[:8]}.{ending}"
    with record() as own:
        concerned: Any = assessments.for_page(own, assessment.public_id)
        self_assessment.record_copy(own, concerned, form, actor=visit.actor(), at=visit.now())
    return attachment(content, name, media_type)


@blueprint.post("/assessments/<assessment>/copies")
@requires(Permission.ORDER_COPY, load=assessment_of)
def order_copy(assessment: SelfAssessment) -> Response:
    """Ask for a copy on paper in the language of this page; a worker makes it."""
    blank = request.form.get("what") == "blank"
    self_assessment.want_copy(
        session(),
        assessment,
        gathered(assessment, blank=blank),
        language=visit.reading().code,
        actor=visit.actor(),
        at=visit.now(),
    )
    message = N_("Ordered. It takes about a minute; then you can download it here.")
    return see("copies", said(message), anchor="paper", **place(assessment))
