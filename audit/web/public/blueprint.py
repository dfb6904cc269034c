"""The blueprint of the public room."""

from flask import Blueprint

blueprint = Blueprint("public", __name__)
