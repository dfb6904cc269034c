"""Papers and files to take away: always an attachment, never a page of this site; each taking leaves a trace."""

from __future__ import annotations

from flask import Response, current_app

from audit.domain.errors import N_, Missing
from audit.persistence.queries import lines
from audit.persistence.queries.issued import NETWORK
from audit.persistence.tables import ReportingLine
from audit.usecases import reports
from audit.web import visit
from audit.web.transaction import record

NOT_MADE = N_("This paper is still being made. Please come back in a few minutes.")


def attachment(content: bytes, file_name: str, media_type: str = "application/octet-stream") -> Response:
    """Bytes to be saved: no type to guess at, nothing to run, nothing kept by caches."""
    response = current_app.response_class(content, mimetype=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=file_name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "no-store"
    return response


def paper(subject: str, digest: str | None, line: ReportingLine | None, file_name: str) -> Response:
    """A PDF of the print shop, after a trace of who took it.

    `subject` is "certificate:<serial>" or "document:<public id>"; papers of a line lie in the vault under that line,
    the network's own under its name. Missing, in words, while it is still being made.
    """
    if digest is None:
        raise Missing(NOT_MADE)
    owner = NETWORK if line is None else line.public_id
    with visit.wiring().vault.open(owner, digest) as stored:
        content = stored.read()
    with record() as own:
        concerned = None if line is None else lines.by_public_id(own, owner)
        reports.record_download(own, subject, digest=digest, line=concerned, actor=visit.actor(), at=visit.now())
    return attachment(content, file_name, "application/pdf")
