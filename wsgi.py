"""Reads the settings and makes the web application: what a WSGI server loads."""

from audit.app import create_app
from audit.settings import read_settings

app = create_app(read_settings())
