"""A real server and a real browser, for tests that use the pages as people do."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from waitress.server import create_server

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_AXE = Axe()


def chromium_program() -> str:
    """The browser on this machine; AUDIT_TEST_CHROMIUM names another one."""
    found = os.environ.get("AUDIT_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert found, "The browser tests need Chromium: install it, or name it in AUDIT_TEST_CHROMIUM."
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser of its own process, closed at the end."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium_program(), args=_FLAGS)
        yield browser
        browser.close()


def free_door() -> socket.socket:
    """A listening door on a free port: the address is known before the application is made."""
    door = socket.socket()
    door.bind(("127.0.0.1", 0))
    return door


def address_of(door: socket.socket) -> str:
    return f"http://127.0.0.1:{door.getsockname()[1]}"


@contextmanager
def served(app: Flask, door: socket.socket | None = None) -> Iterator[str]:
    """The application's address, served from a thread as it is for people."""
    door = door or free_door()
    server = create_server(app, sockets=[door], threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield address_of(door)
    finally:
        server.close()
        thread.join(timeout=5)


def clean(page: Page) -> None:
    """Fails with axe's words when the page as it stands keeps anybody out (WCAG 2.2 AA and axe's good practice)."""
    results = _AXE.run(page)
    if results.violations_count:
        pytest.fail(f"{page.url} “{page.title()}”:\n{results.generate_report()}")
