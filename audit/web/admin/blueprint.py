"""The blueprint of the administrator's room."""

from flask import Blueprint

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
