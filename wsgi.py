"""Reads the settings and makes the web application: what a WSGI server loads."""

from audit.app import create_app
from audit.settings import settings_or_exit

app = create_app(settings_or_exit())
