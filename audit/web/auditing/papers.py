"""Papers under one address each, for auditors and coordinators: certificates, result sheets, comparison reports."""

from __future__ import annotations

from typing import Any

from flask import Response

from audit.domain.permissions import Permission
from audit.persistence.queries import certificates, reports
from audit.persistence.tables import Certificate, Document
from audit.web.auditing.blueprint import blueprint
from audit.web.guards import requires
from audit.web.papers import paper


def certificate_of(session: Any, serial: str) -> Certificate | None:
    return certificates.for_download(session, serial)


def document_of(session: Any, document: str) -> Document | None:
    return reports.by_public_id(session, document)


@blueprint.get("/certificates/<serial>.pdf")
@requires(Permission.DOWNLOAD_DOCUMENT, load=certificate_of)
def certificate(found: Certificate) -> Response:
    """The signed certificate; the public checks it by its code and gets no file here."""
    return paper(f"certificate:{found.serial}", found.digest, found.line, f"{found.serial}.pdf")


@blueprint.get("/documents/<document>.pdf")
@requires(Permission.DOWNLOAD_DOCUMENT, load=document_of)
def document(found: Document) -> Response:
    """A result sheet of a line, or a comparison report of the network."""
    kind = found.kind.value.replace("_", "-")
    return paper(f"document:{found.public_id}", found.digest, found.line, f"{kind}-{found.public_id[:8]}.pdf")
