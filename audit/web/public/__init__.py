"""The public room: the front page, the register, the certificate check, the method, the statements."""

from flask import Blueprint

blueprint = Blueprint("public", __name__)

from audit.web.public import checking, feed, glossary, routes  # noqa: E402, F401 - the views register themselves on the blueprint above
