"""The line's papers to take away: its certificates and its confidential result sheets."""

from __future__ import annotations

from flask import Response

from audit.domain.permissions import Permission
from audit.persistence.tables import Certificate, Document
from audit.web.guards import requires
from audit.web.line.blueprint import blueprint
from audit.web.line.material import certificate_of, document_of
from audit.web.papers import paper


@blueprint.get("/certificates/<serial>")
@requires(Permission.DOWNLOAD_DOCUMENT, load=certificate_of)
def certificate(found: Certificate) -> Response:
    return paper(f"certificate:{found.serial}", found.digest, found.line, f"{found.serial}.pdf")


@blueprint.get("/documents/<document>")
@requires(Permission.DOWNLOAD_DOCUMENT, load=document_of)
def document(found: Document) -> Response:
    return paper(f"document:{found.public_id}", found.digest, found.line, f"result-sheet-{found.public_id[:8]}.pdf")
