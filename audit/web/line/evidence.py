"""The evidence library of a line: add, offer, download, and lock what should never have been here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, render_template, request

from audit.domain.calendar import last_valid_day
from audit.domain.criteria import CriteriaSet
from audit.domain.errors import N_, InvalidInput, Missing
from audit.domain.permissions import Permission
from audit.persistence.queries import assessments
from audit.persistence.queries import evidence as evidence_queries
from audit.persistence.queries.evidence import LibraryItem
from audit.persistence.tables import EvidenceItem, ReportingLine, SelfAssessment
from audit.usecases import evidence, self_assessment
from audit.web import visit
from audit.web.guards import NOT_FOUND, may, requires
from audit.web.line.answering import criterion_of, theme_page
from audit.web.line.blueprint import blueprint, place
from audit.web.line.cards import kinds_for
from audit.web.line.evidence_forms import EvidenceForm, uploaded
from audit.web.line.material import assessment_of, item_of, line_of, set_of, shown_set
from audit.web.papers import attachment
from audit.web.replies import said, see
from audit.web.transaction import pause, record, session

EXPIRED, EXPIRING, FRESH, LOCKED = "expired", "expiring", "fresh", "locked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """One row of the library."""

    item: EvidenceItem
    added_by: str
    kind: str  # title of the kind
    freshness: str
    served: tuple[str, ...]  # criteria of the present cycle
    served_before: int  # uses in earlier cycles


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """The round whose criteria set names the kinds: the one in work, else the latest."""

    assessment: SelfAssessment
    criteria_set: CriteriaSet

    @property
    def ends_on(self) -> date:
        """The last day a certificate of this round could be valid."""
        cycle = self.assessment.cycle
        return last_valid_day(cycle.decide_by, cycle.validity_months)


def present(line: ReportingLine) -> Present | None:
    """The round in work; None for a line that was in no cycle yet."""
    assessment = assessments.current_of_line(session(), line.id)
    if assessment is None:
        return None
    return Present(assessment=assessment, criteria_set=shown_set(assessment))


def shelves(items: list[LibraryItem], now: Present | None, today: date) -> list[Shelf]:
    """The library's rows with the freshness of each item against today and the certificate to come."""
    titles = {kind.id: kind.title for kind in now.criteria_set.evidence_kinds} if now else {}
    rows = []
    for one in items:
        here = tuple(use.criterion_id for use in one.uses if now and use.cycle == now.assessment.cycle.name)
        rows.append(
            Shelf(
                item=one.item,
                added_by=one.added_by,
                kind=titles.get(one.item.kind, one.item.kind),
                freshness=freshness(one, now.ends_on if now else None, today),
                served=here,
                served_before=len(one.uses) - len(here),
            )
        )
    return rows


def freshness(one: LibraryItem, ends_on: date | None, today: date) -> str:
    """Against today, and against the last day of the certificate this round may lead to."""
    if one.item.locked_at is not None:
        return LOCKED
    if one.out_of_date(today):
        return EXPIRED
    if one.item.valid_until is not None and ends_on is not None and one.item.valid_until < ends_on:
        return EXPIRING
    return FRESH


def library_page(line: ReportingLine, form: EvidenceForm) -> tuple[str, int]:
    now = present(line)
    form.offer([(kind.id, kind.title) for kind in now.criteria_set.evidence_kinds] if now else [])
    rows = shelves(evidence_queries.library(session(), line.id), now, visit.today())
    theme, fresh = request.args.get("theme", ""), request.args.get("fresh", "")
    shown = rows
    if now and theme:
        of_theme = {criterion.id for criterion in now.criteria_set.of_theme(theme)}
        shown = [row for row in shown if of_theme & set(row.served)]
    if fresh in (EXPIRED, EXPIRING, FRESH, LOCKED):
        shown = [row for row in shown if row.freshness == fresh]
    page = render_template(
        "line/evidence.html",
        line=line,
        rows=shown,
        items=len(rows),
        criteria=len({name for row in rows for name in row.served}),
        expired=sum(row.freshness == EXPIRED for row in rows),
        expiring=sum(row.freshness == EXPIRING for row in rows),
        ends_on=now.ends_on if now else None,
        now=now,
        theme=theme,
        fresh=fresh,
        form=form,
        may_add=may(Permission.ADD_EVIDENCE, line),
        upload_limit=visit.settings().upload_limit,
    )
    return page, form.status


@blueprint.get("/evidence")
@requires(Permission.SEE_EVIDENCE, load=line_of)
def library(line: ReportingLine) -> tuple[str, int]:
    return library_page(line, EvidenceForm(formdata=None))


@blueprint.post("/evidence")
@requires(Permission.ADD_EVIDENCE, load=line_of)
def add_to_library(line: ReportingLine) -> Response | tuple[str, int]:
    form, now = EvidenceForm(), present(line)
    form.offer([(kind.id, kind.title) for kind in now.criteria_set.evidence_kinds] if now else [])
    if now is not None and form.accepted():
        try:
            item = add(line, form, set_of(session(), now.assessment))
        except InvalidInput as refusal:
            form.refuse(refusal)
        else:
            return see("library", added_words(item), line=line.public_id)
    return library_page(line, form)


def add(line: ReportingLine, form: EvidenceForm, criteria_set: CriteriaSet) -> EvidenceItem:
    """Make the item that was sent: of a file where one was chosen, else of an address, else of a statement."""
    wiring, kind = visit.wiring(), criteria_set.kind(form.kind.data)
    common: dict[str, Any] = {
        "kind": kind.id,
        "title": form.title.data,
        "issued_on": form.issued_on.data,
        "valid_until": form.valid_until.data,
        "criteria_set": criteria_set,
        "actor": visit.actor(),
        "at": visit.now(),
    }
    upload = uploaded(form.file.data, visit.settings().upload_limit, visit.reading().size)
    if upload is not None:
        pause()  # opening the file takes its time, and on SQLite nobody else could save meanwhile
        try:
            inspected = wiring.inspect(upload.content, upload.name, images_allowed=kind.images_allowed)
        except InvalidInput as refusal:
            raise InvalidInput(refusal.message, field="file", **refusal.values) from refusal
        return evidence.add_file(
            session(),
            wiring.vault,
            line,
            inspected=inspected,
            received=upload.content,
            file_name=upload.name,
            no_abuse_image=form.no_abuse_image.data,
            no_personal_data=form.no_personal_data.data,
            **common,
        )
    if form.url.data:
        return evidence.add_link(session(), line, url=form.url.data, **common)
    if form.statement.data:
        return evidence.add_statement(session(), line, statement=form.statement.data, **common)
    raise InvalidInput(N_("Choose a file, or give a web address or a statement."), field="file")


def added_words(item: EvidenceItem) -> str:
    return said(N_("“%(title)s” is in your library."), title=item.title)


@blueprint.post("/assessments/<assessment>/criteria/<criterion>/evidence")
@requires(Permission.ADD_EVIDENCE, load=assessment_of)
def add_to_criterion(assessment: SelfAssessment, criterion: str) -> Response:
    """Add a new item and offer it for this criterion."""
    criteria_set, asked = criterion_of(assessment, criterion)
    form = EvidenceForm()
    form.offer([(kind.id, kind.title) for kind in kinds_for(criteria_set, asked)])
    if form.accepted():
        try:
            item = add(assessment.line, form, criteria_set)
            self_assessment.attach(
                session(), assessment, criteria_set, criterion, item, actor=visit.actor(), at=visit.now()
            )
        except InvalidInput as refusal:
            form.refuse(refusal)
        else:
            return _back(assessment, criterion, asked.theme, added_words(item))
    return theme_page(
        assessment, asked.theme, evidence_typed={"criterion": criterion, "form": form}, status=form.status
    )


@blueprint.post("/assessments/<assessment>/criteria/<criterion>/offered")
@requires(Permission.ADD_EVIDENCE, load=assessment_of)
def offer(assessment: SelfAssessment, criterion: str) -> Response:
    """Offer an item of the library for this criterion."""
    criteria_set, asked = criterion_of(assessment, criterion)
    item = item_of(session(), assessment.line.public_id, request.form.get("item", ""))
    if item is None:
        form = EvidenceForm(formdata=None)
        form.refuse(InvalidInput(N_("Choose an item of your library.")))
        return theme_page(assessment, asked.theme, evidence_typed={"criterion": criterion, "form": form}, status=422)
    self_assessment.attach(session(), assessment, criteria_set, criterion, item, actor=visit.actor(), at=visit.now())
    return _back(assessment, criterion, asked.theme, said(N_("“%(title)s” is offered here."), title=item.title))


@blueprint.post("/assessments/<assessment>/criteria/<criterion>/offered/<item>/taken-back")
@requires(Permission.ADD_EVIDENCE, load=assessment_of)
def take_back(assessment: SelfAssessment, criterion: str, item: str) -> Response:
    """Offer an item here no longer; it stays in the library."""
    criteria_set, asked = criterion_of(assessment, criterion)
    found = item_of(session(), assessment.line.public_id, item)
    if found is None:
        raise Missing(NOT_FOUND)
    self_assessment.detach(session(), assessment, criteria_set, criterion, found, actor=visit.actor(), at=visit.now())
    return _back(assessment, criterion, asked.theme, said(N_("Taken back. The item stays in your library.")))


def _back(assessment: SelfAssessment, criterion: str, theme: str, message: str) -> Response:
    return see("theme", message, anchor=f"{criterion}-evidence", theme=theme, open=criterion, **place(assessment))


def owner() -> ReportingLine:
    """The line of the address, which the loader of its item has checked."""
    line = line_of(session(), (request.view_args or {})["line"])
    if line is None:
        raise Missing(NOT_FOUND)
    return line


@blueprint.get("/evidence/<item>/file")
@requires(Permission.DOWNLOAD_EVIDENCE, load=item_of)
def download_evidence(item: EvidenceItem) -> Response:
    """The file as an attachment, never to be shown in the browser; recorded first, in a session of its own."""
    if item.digest is None or item.locked_at is not None:
        raise Missing(N_("There is no file to download: the item has none, or it is locked."))
    line = owner()
    with record() as own:
        taken = evidence_queries.by_public_id(own, item.public_id)
        if taken is None:
            raise Missing(NOT_FOUND)
        evidence.record_download(own, taken, actor=visit.actor(), at=visit.now())
    with visit.wiring().vault.open(line.public_id, item.digest) as stored:
        content = stored.read()
    return attachment(content, item.file_name)


@blueprint.get("/evidence/<item>/wrong-file")
@requires(Permission.LOCK_EVIDENCE, load=item_of)
def wrong_file(item: EvidenceItem) -> str:
    """Ask once before an item is locked for everyone."""
    line = owner()
    return render_template("line/wrong_file.html", line=line, item=item, of_line=may(Permission.SEE_LINE, line))


@blueprint.post("/evidence/<item>/wrong-file")
@requires(Permission.LOCK_EVIDENCE, load=item_of)
def lock(item: EvidenceItem) -> Response:
    """Lock the item, and every other with the same bytes, at once and for everyone."""
    line = owner()
    evidence.lock(session(), item, actor=visit.actor(), at=visit.now())
    return see("wrong_file", line=line.public_id, item=item.public_id)
