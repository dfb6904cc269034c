"""The import contracts hold, and each of them bites when it is broken on purpose."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# contract → (file, line to append) that breaks it
BREAKS = {
    "Doors open downwards only": ("audit/persistence/journal.py", "import audit.usecases.cycles"),
    "Use cases never import each other": ("audit/usecases/cycles/opening.py", "import audit.usecases.evidence"),
    "Rooms of reception never import each other": ("audit/web/line/routes.py", "import audit.web.review.routes"),
    "The study knows the standard library only": ("audit/domain/workflow.py", "import babel"),
    "Only reception and the front door know Flask": ("audit/usecases/cycles/opening.py", "import flask"),
    "Statements are written in the archive and at the desk": ("audit/web/line/routes.py", "import sqlalchemy"),
    "WeasyPrint has one door": ("audit/documents/finish.py", "import weasyprint"),
    "APScheduler has one door": ("audit/jobs/ledger.py", "import apscheduler"),
    "The print shop sees frozen facts, never rows": ("audit/documents/finish.py", "import audit.persistence.tables"),
    "The vault, the inspection, the criteria reader and the post know neither rows nor each other": (
        "audit/vault.py",
        "import audit.post",
    ),
    "Reception asks the desk and the queries, not the print shop or the tables": (
        "audit/web/line/routes.py",
        "import audit.documents.finish",
    ),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def copy_of_the_house(folder: Path) -> Path:
    shutil.copytree(ROOT / "audit", folder / "audit", ignore=shutil.ignore_patterns("fonts", "static", "__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_every_contract_has_its_break() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert {contract["name"] for contract in contracts} == set(BREAKS)


def test_the_house_keeps_its_contracts() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("contract", BREAKS)
def test_a_broken_contract_is_found(contract: str, tmp_path: Path) -> None:
    house = copy_of_the_house(tmp_path)
    file, line = BREAKS[contract]
    target = house / file
    target.write_text(target.read_text() + f"\n{line}\n")
    result = lint(house)
    assert result.returncode == 1
    assert f"{contract} BROKEN" in " ".join(result.stdout.split())


def test_a_module_without_a_floor_is_found(tmp_path: Path) -> None:
    house = copy_of_the_house(tmp_path)
    (house / "audit" / "cellar.py").write_text('"""A room nobody planned."""\n')
    assert lint(house).returncode == 1
