"""The line's papers to take away: its certificates and its confidential result sheets."""

from __future__ import annotations

from flask import Response, current_app, request

from audit.domain.errors import N_, Missing
from audit.domain.permissions import Permission
from audit.persistence.queries import lines
from audit.persistence.tables import Certificate, Document
from audit.usecases import reports
from audit.web import visit
from audit.web.guards import requires
from audit.web.line.blueprint import blueprint
from audit.web.line.material import certificate_of, document_of
from audit.web.transaction import record

OWNER = "network"  # papers lie in the vault under this name
NOT_MADE = N_("This paper is still being made. Please come back in a few minutes.")


def attachment(content: bytes, file_name: str, media_type: str = "application/octet-stream") -> Response:
    """Bytes to be saved: no type to guess at, nothing to run, nothing kept by caches."""
    response = current_app.response_class(content, mimetype=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=file_name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "no-store"
    return response


def _paper(subject: str, digest: str | None, file_name: str) -> Response:
    """A paper of the network, after a trace of who took it."""
    if digest is None:
        raise Missing(NOT_MADE)
    address = (request.view_args or {})["line"]
    with visit.wiring().vault.open(OWNER, digest) as stored:
        content = stored.read()
    with record() as own:
        line = lines.by_public_id(own, address)
        reports.record_download(own, subject, digest=digest, line=line, actor=visit.actor(), at=visit.now())
    return attachment(content, file_name, "application/pdf")


@blueprint.get("/certificates/<serial>")
@requires(Permission.DOWNLOAD_DOCUMENT, load=certificate_of)
def certificate(found: Certificate) -> Response:
    return _paper(f"certificate:{found.serial}", found.digest, f"{found.serial}.pdf")


@blueprint.get("/documents/<document>")
@requires(Permission.DOWNLOAD_DOCUMENT, load=document_of)
def document(found: Document) -> Response:
    return _paper(f"document:{found.public_id}", found.digest, f"result-sheet-{found.public_id[:8]}.pdf")
