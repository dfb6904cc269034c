"""Small sample networks, made once by the command as a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from audit.settings import ROOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """An instance folder with a small sample network in it."""

    instance: Path
    sign_in: dict[str, dict[str, str]] = field(default_factory=dict)  # by role, as the command printed them

    @property
    def folder(self) -> Path:
        """Where the sample network itself lives: an installation beside whatever the instance holds."""
        return self.instance / "demo"

    def flask(self, *arguments: str, instance: Path | None = None) -> subprocess.CompletedProcess[str]:
        """`flask …` with nothing set but the instance."""
        others = {name: value for name, value in os.environ.items() if not name.startswith("AUDIT_")}
        return subprocess.run(
            [sys.executable, "-m", "flask", *arguments],
            cwd=ROOT,
            env={**others, "FLASK_APP": "wsgi", "AUDIT_INSTANCE": str(instance or self.instance)},
            capture_output=True,
            text=True,
            check=False,
        )

    def make(self, *options: str) -> dict[str, Any]:
        """`flask demo` with three lines and one cycle; returns what it prints, which is JSON and nothing else."""
        done = self.flask("demo", "--lines", "3", "--cycles", "1", "--json", *options)
        assert done.returncode == 0, done.stderr
        printed: dict[str, Any] = json.loads(done.stdout)
        return printed

    def verify(self, file: Path | str) -> tuple[int, dict[str, Any]]:
        """Exit status and findings of `flask certificate verify` under the sample network's own installation."""
        done = self.flask("certificate", "verify", str(file), "--json", instance=self.folder)
        return done.returncode, json.loads(done.stdout) if done.stdout else {"error": done.stderr}


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The sample network of three lines and one cycle; tests read it and change nothing in it."""
    made = Demo(instance=tmp_path_factory.mktemp("sample"))
    return replace(made, sign_in=made.make()["sign_in"])


@pytest.fixture
def certificate(demo: Demo, tmp_path: Path) -> Path:
    """A copy of one of its certificates, to be damaged."""
    found = demo.make()["certificates"][0]
    return Path(shutil.copyfile(found, tmp_path / "certificate.pdf"))
