"""The certificate check: by code, serial or fingerprint, or by the PDF itself."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from flask import jsonify, make_response, redirect, render_template, request, url_for

from audit.persistence.queries import certificates
from audit.persistence.queries.certificates import Registered
from audit.web import visit
from audit.web.guards import public
from audit.web.public.blueprint import blueprint
from audit.web.public.pages import check
from audit.web.transaction import only_read

_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
LONGEST = 100  # characters of a code that are looked at


def find(typed: str) -> Registered | None:
    """The certificate that a code, a serial or a full fingerprint leads to."""
    typed = typed.strip()
    if len(typed) > LONGEST + 30:
        return None
    digest = re.sub(r"[\s:]", "", typed).lower()
    session, today = visit.session(), visit.today()
    if _FINGERPRINT.fullmatch(digest):
        return certificates.by_digest(session, digest, today)
    return certificates.by_code(session, typed, today) or certificates.by_serial(session, typed, today)


@blueprint.get("/c")
@public
def ask() -> Any:
    """The form; with `code` the answer, at the certificate's own address where there is one."""
    typed = request.args.get("code", "")
    if not typed.strip():
        return render_template("public/check_form.html")
    entry = find(typed)
    if entry is None:
        return _unknown(typed)
    return redirect(url_for("public.answer", code=entry.certificate.code), 303)


@blueprint.get("/c/<code>")
@public
def answer(code: str) -> Any:
    """What the QR code on a certificate opens. An unknown and a malformed code read the same."""
    entry = find(code)
    if entry is None:
        return _unknown(code)
    return render_template("public/check.html", check=check(entry), same_file=False)


@blueprint.get("/c/<code>.json")
@public
def answer_as_json(code: str) -> Any:
    entry = find(code)
    if entry is None:
        return {"status": "unknown"}, 404
    facts, found = entry.facts, entry.certificate
    response = jsonify(
        status=entry.shown.value,
        serial=facts.serial,
        verification_code=facts.verification_code,
        line=facts.line_name,
        country=facts.country,
        operator=facts.operator,
        scope=facts.scope,
        level=facts.level_title,
        criteria_set={
            "id": facts.criteria_set.id,
            "version": facts.criteria_set.version,
            "title": facts.criteria_set.title,
        },
        valid_from=found.valid_from.isoformat(),
        valid_until=found.valid_until.isoformat(),
        first_certified_on=facts.first_certified_on.isoformat(),
        revision=found.revision,
        superseded_by=entry.successor,
        history=[{"on": event.effective_on.isoformat(), "status": event.status} for event in entry.events],
        sha256=found.digest,
        issuing_body=facts.issuing_body.name,
        sample=facts.sample,
        checked_at=visit.now().isoformat(),
    )
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@blueprint.post("/c")
@public
def compare() -> Any:
    """Compare a PDF with the register by its fingerprint; the file is read, hashed and forgotten."""
    only_read()
    file = request.files.get("pdf")
    if file is None or not file.filename:
        return render_template("public/check_form.html", no_file=True), 422
    digest = hashlib.sha256()
    while part := file.stream.read(1 << 16):
        digest.update(part)
    entry = certificates.by_digest(visit.session(), digest.hexdigest(), visit.today())
    if entry is None:
        return render_template("public/check_file_unknown.html", digest=digest.hexdigest()), 404
    return render_template("public/check.html", check=check(entry), same_file=True)


def _unknown(typed: str) -> Any:
    shown = typed.strip()[:LONGEST]
    return make_response(render_template("public/check_unknown.html", typed=shown), 404)
