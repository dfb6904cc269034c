"""Files in parts, for a script on a bad line: begun, sent part by part, resumed; the form that follows names them."""

from __future__ import annotations

from flask import Response, jsonify, request, url_for

from audit.domain.errors import N_, InvalidInput, Missing
from audit.domain.permissions import Permission
from audit.persistence.queries import evidence as evidence_queries
from audit.persistence.tables import EvidenceItem, ReportingLine
from audit.usecases import evidence
from audit.web import visit
from audit.web.guards import NOT_FOUND, requires
from audit.web.line.blueprint import blueprint
from audit.web.line.evidence_forms import too_large
from audit.web.line.material import line_of
from audit.web.replies import said
from audit.web.transaction import pause, session


@blueprint.post("/evidence/uploads")
@requires(Permission.ADD_EVIDENCE, load=line_of)
def begin_upload(line: ReportingLine) -> Response:
    """Announce a file: its name, its size in bytes and its SHA-256. Says which parts are here, or that all of it is."""
    size, limit = request.form.get("size", ""), visit.settings().upload_limit
    bytes_announced = int(size) if size.isdecimal() and len(size) < 16 else 0
    if bytes_announced > limit:
        raise too_large(bytes_announced, limit, visit.reading().size)
    begun = evidence.begin_upload(
        session(),
        line,
        file_name=request.form.get("name", ""),
        size=bytes_announced,
        digest=request.form.get("digest", ""),
        limit=limit,
        no_abuse_image=bool(request.form.get("no_abuse_image")),
        no_personal_data=bool(request.form.get("no_personal_data")),
        actor=visit.actor(),
        at=visit.now(),
    )
    if isinstance(begun, EvidenceItem):
        return jsonify(
            known=begun.public_id,
            message=said(N_("This file is in your library already: “%(title)s”. It was not sent."), title=begun.title),
            use=said(N_("Use this item")),
            address=url_for("line.evidence_item", line=line.public_id, item=begun.public_id),
            see=said(N_("See it")),
        )
    held = evidence.parts_there(session(), visit.wiring().vault, begun)
    return jsonify(upload=begun.public_id, part=evidence.PART, held=held)


@blueprint.post("/evidence/uploads/<upload>/parts/<int:number>")
@requires(Permission.ADD_EVIDENCE, load=line_of)
def put_part(line: ReportingLine, upload: str, number: int) -> Response:
    """One part as it is, without a form around it."""
    found = evidence_queries.upload(session(), line.id, visit.actor().id, upload)
    if found is None:
        raise Missing(NOT_FOUND)
    if (request.content_length or 0) > evidence.PART:
        raise InvalidInput(N_("A part of the file arrived damaged. It is sent again."), field="file")
    content = request.get_data(cache=False)
    pause()  # the bytes are on disk before the first statement, so that nobody waits for it
    evidence.put_part(session(), visit.wiring().vault, found, number, content)
    return jsonify(number=number)
