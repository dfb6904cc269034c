"""The front door: wires the collaborators and registers the rooms of reception; decides nothing."""

from __future__ import annotations

import secrets
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect

from audit.cli import commands
from audit.jobs.schedule import JOBS
from audit.settings import ROOT, Settings
from audit.web import asking, assets, errors, guards, headers, marks, packing, templating, transaction, visit
from audit.wiring import Wiring, wire

ROOMS = ("account", "line", "network", "review", "auditing", "public", "admin")


class Reception(Flask):
    """Flask, with every view inside its request's transaction."""

    def dispatch_request(self) -> ResponseReturnValue:
        return transaction.run(super().dispatch_request)


def create_app(settings: Settings, *, pseudo_languages: bool = False, **collaborators: Any) -> Flask:
    """The web application of an installation. `collaborators` replaces some of them (a clock, a post) in tests."""
    app = Reception(__name__, static_folder=None, template_folder=str(ROOT / "templates"))
    wiring = wire(settings, **collaborators)
    app.extensions["plumbline"] = wiring
    app.extensions["jobs"] = JOBS  # reception shows them and never runs them
    app.config.update(
        SECRET_KEY=_secret_key(wiring),
        MAX_CONTENT_LENGTH=settings.upload_limit + 256 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        TRUSTED_HOSTS=_hosts(settings.base_url),
        SESSION_COOKIE_NAME="__Host-plumbline-form" if settings.secure_cookies else "plumbline-form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        PSEUDO_LANGUAGES=pseudo_languages,
    )
    packing.install(app)
    asking.install(app)
    visit.install(app)
    transaction.install(app)
    headers.install(app)
    CSRFProtect(app)
    templating.install(app)
    marks.install(app)
    errors.install(app)
    for room in ROOMS:
        app.register_blueprint(import_module(f"audit.web.{room}").blueprint)
    guards.install(app)
    assets.install(app)
    for command in commands():
        app.cli.add_command(command)
    return app


def _secret_key(wiring: Wiring) -> str:
    """The key that signs forms: from the settings, or made once into the instance folder."""
    given = wiring.settings.secret_key.get_secret_value()
    if given:
        return given
    file: Path = wiring.keys / "forms.key"
    try:
        with file.open("x", encoding="ascii") as stream:
            file.chmod(0o600)
            stream.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return file.read_text(encoding="ascii")


def _hosts(base_url: str) -> list[str]:
    """The hosts this installation answers to: its public one, and this machine for whoever watches over it."""
    host = urlsplit(base_url).hostname or "localhost"
    return sorted({host, "localhost", "127.0.0.1", "[::1]"})
