"""The blueprint of the account room."""

from flask import Blueprint

blueprint = Blueprint("account", __name__)
