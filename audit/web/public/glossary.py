"""The words of the field in plain sentences, for everyone: linked from the cards, and good on paper."""

from __future__ import annotations

from flask import render_template

from audit.domain.glossary import TERMS
from audit.web.guards import public
from audit.web.public.blueprint import blueprint


@blueprint.get("/glossary")
@public
def glossary() -> str:
    return render_template("public/glossary.html", terms=TERMS)
