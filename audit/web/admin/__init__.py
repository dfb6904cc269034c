"""The administrator's room: people and roles, jobs, letters, health. No content of any assessment."""

from flask import Blueprint

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

from audit.web.admin import machine, people  # noqa: E402, F401 - the views register themselves on the blueprint above
