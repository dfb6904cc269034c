"""The account room: signing in and out, invitations, new passwords, sessions, language."""

from flask import Blueprint

blueprint = Blueprint("account", __name__)

from audit.web.account import links, routes  # noqa: E402, F401 - the views register themselves on the blueprint above
