"""`flask demo` on its own: what it prints, the papers it makes, that a seed decides everything."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path

import pypdf
import pytest

from tests.demo.conftest import Demo

ROLES = {"manager", "contributor", "reviewer", "coordinator", "auditor", "administrator"}


def text_of(path: str) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


def network_of(demo: Demo) -> dict[str, list[object]]:
    """What makes one network itself: lines, decisions, certificates with their facts, without the machine's traces."""
    with sqlite3.connect(demo.folder / "plumbline.sqlite") as database:
        lines = database.execute("select name, country, public_id from reporting_line order by name").fetchall()
        decisions = database.execute("select level, overall, snapshot_hash from decision order by id").fetchall()
        certificates = database.execute(
            "select serial, code, level, facts_hash from certificate order by serial"
        ).fetchall()
        people = database.execute("select email, public_id from person order by email").fetchall()
    return {
        "lines": lines,
        "decisions": decisions,
        "certificates": certificates,
        "people": people,
    }


def test_it_prints_papers_and_sign_ins_and_nothing_else(demo: Demo) -> None:
    told = demo.make()
    assert set(told) == {"certificates", "result_sheets", "reports", "sign_in"}
    assert len(told["certificates"]) == 2  # the third of the three lines is refused in its last cycle
    assert len(told["result_sheets"]) == 3
    assert len(told["reports"]) >= 1
    assert set(told["sign_in"]) == ROLES
    for account in told["sign_in"].values():
        assert set(account) == {"email", "password"}
        assert account["email"].endswith("@sample.invalid")


def test_every_paper_lies_under_the_instance_and_says_sample(demo: Demo) -> None:
    told = demo.make()
    for kind in ("certificates", "result_sheets", "reports"):
        for path in told[kind]:
            assert Path(path).is_relative_to(demo.instance)
            pages = [page.extract_text() for page in pypdf.PdfReader(path).pages]
            assert all("sample" in page.lower() for page in pages), path


def test_each_certificate_is_genuine_and_carries_its_serial(demo: Demo) -> None:
    for path in demo.make()["certificates"]:
        status, told = demo.verify(path)
        assert (status, told["genuine"], told["status"], told["sample"]) == (0, True, "valid", True)
        assert "demonstration" in told["signed_by"].lower()
        text = text_of(path)
        assert told["serial"] in text
        assert told["code"] in text
        assert told["line"] in text


def test_running_it_again_starts_at_once_and_prints_the_same(demo: Demo) -> None:
    first = demo.make()
    before = (demo.folder / "plumbline.sqlite").read_bytes()
    started = os.times().children_user
    done = demo.flask("demo", "--lines", "3", "--cycles", "1", "--json")
    assert os.times().children_user - started < 5  # seconds of work, whatever else the machine does
    assert json.loads(done.stdout) == first
    assert "there already" in done.stderr
    assert (demo.folder / "plumbline.sqlite").read_bytes() == before


@pytest.mark.parametrize("damage", ["appended", "flipped", "cut"])
def test_a_damaged_certificate_is_not_genuine(demo: Demo, certificate: Path, damage: str) -> None:
    content = bytearray(certificate.read_bytes())
    if damage == "appended":
        content += b"\n% one more line\n"
    elif damage == "flipped":
        content[len(content) // 3] ^= 0x01
    else:
        del content[len(content) - 100 :]
    certificate.write_bytes(content)
    status, told = demo.verify(certificate)
    assert (status, told["genuine"]) == (1, False)
    assert told["finding"] == "altered"


def test_other_files_are_no_certificates(demo: Demo, tmp_path: Path) -> None:
    status, told = demo.verify(demo.make()["result_sheets"][0])
    assert (status, told["finding"]) == (1, "other_paper")
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"Dear network, this is no PDF.")
    assert demo.verify(letter)[0] == 1
    missing = demo.flask("certificate", "verify", str(tmp_path / "missing.pdf"), instance=demo.folder)
    assert missing.returncode == 2
    assert len(missing.stderr.strip().splitlines()) <= 4


def test_a_certificate_of_another_installation_is_not_ours(demo: Demo, other_seed: Demo, certificate: Path) -> None:
    status, told = other_seed.verify(certificate)
    assert (status, told["genuine"], told["finding"]) == (1, False, "unknown_signer")


@pytest.fixture(scope="module")
def same_seed(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    made = Demo(instance=tmp_path_factory.mktemp("same"))
    made.make()
    return made


@pytest.fixture(scope="module")
def other_seed(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    made = Demo(instance=tmp_path_factory.mktemp("other"))
    made.make("--seed", "7")
    return made


def test_the_same_seed_gives_the_same_network(demo: Demo, same_seed: Demo) -> None:
    assert network_of(same_seed) == network_of(demo)


def test_another_seed_gives_another_network(demo: Demo, other_seed: Demo) -> None:
    one, other = network_of(demo), network_of(other_seed)
    assert [line[0] for line in one["lines"]] == [line[0] for line in other["lines"]]
    assert {c[1] for c in one["certificates"]}.isdisjoint({c[1] for c in other["certificates"]})
    assert [d[2] for d in one["decisions"]] != [d[2] for d in other["decisions"]]
