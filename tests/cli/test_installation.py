"""The commands that set an installation up, run as a person would run them."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def flask(instance: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AUDIT_")}
    environment = {**inherited, "AUDIT_INSTANCE": str(instance), **more}
    command = [str(Path(sys.executable).with_name("flask")), "--app", "wsgi", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installation")
    result = flask(folder, "setup")
    assert result.returncode == 0, result.stderr
    assert "/welcome/" in result.stdout
    return folder


def test_setting_up_twice_is_harmless_and_gives_another_link(instance: Path) -> None:
    result = flask(instance, "setup")
    assert result.returncode == 0, result.stderr
    assert "/welcome/" in result.stdout


def test_the_key_is_only_for_its_owner(instance: Path) -> None:
    for file in (instance / "keys").iterdir():
        others = stat.S_IMODE(file.stat().st_mode) & 0o077
        assert not others or file.suffix == ".crt", file


def test_settings_are_shown_without_their_secrets(instance: Path) -> None:
    result = flask(
        instance,
        "config",
        "--json",
        AUDIT_DATABASE_URL="postgresql://plumbline:quiet-lamp@db/plumbline",
        AUDIT_SMTP_URL="smtp://post:quiet-lamp@mail",
    )
    assert result.returncode == 0, result.stderr
    assert "quiet-lamp" not in result.stdout
    rows = {row["setting"]: row["value"] for row in json.loads(result.stdout)}
    assert rows["AUDIT_DATABASE_URL"] == "postgresql://plumbline:…@db/plumbline"
    assert rows["AUDIT_SMTP_URL"] == "set"


def test_a_wrong_setting_is_one_clear_line(instance: Path) -> None:
    result = flask(instance, "database", "upgrade", AUDIT_RENDER_PROCESSES="many")
    assert result.returncode == 2
    assert "AUDIT_RENDER_PROCESSES" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_person_is_invited_by_a_link_and_disabled_by_address(instance: Path) -> None:
    words = ("user", "invite", "coordinator@network.example", "--name", "Coordinator", "--role", "coordinator")
    result = flask(instance, *words)
    assert result.returncode == 0, result.stderr
    assert "/join/" in result.stdout
    assert flask(instance, "user", "disable", "coordinator@network.example").returncode == 0


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (("user", "disable", "nobody@network.example"), 1, "There is no person with this address."),
        (
            ("user", "invite", "m@network.example", "--name", "M", "--role", "manager", "--line", "None such"),
            1,
            "no line",
        ),
        (("user", "invite", "no address", "--name", "M", "--role", "coordinator"), 1, "e-mail"),
        (("user", "invite"), 2, "Missing argument"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(instance: Path, words: tuple[str, ...], status: int, sentence: str) -> None:
    result = flask(instance, *words)
    assert result.returncode == status, result.stderr
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr
