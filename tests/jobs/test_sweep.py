"""The nightly sweep: uploads nobody went on with are gone with their bytes, those under way stay."""

from __future__ import annotations

import hashlib
import os
import time
from datetime import timedelta
from pathlib import Path

from audit.jobs import work
from audit.persistence.queries.stored import parts_owner
from audit.persistence.sessions import Sessions
from audit.settings import Settings
from audit.usecases import evidence
from audit.wiring import wire
from tests.building import AT, a_line, a_manager


def test_the_sweep_takes_abandoned_uploads_and_leaves_live_ones(database: Sessions, tmp_path: Path) -> None:
    wiring = wire(Settings(instance=tmp_path))
    wiring.sessions = database
    owners = {}
    for name, hours in (("old", 0), ("young", 20)):
        with database.writing() as session:
            line, content = a_line(session), name.encode()
            upload = evidence.begin_upload(
                session, line, file_name=name, size=len(content), digest=hashlib.sha256(content).hexdigest(),
                limit=1000, no_abuse_image=True, no_personal_data=True, actor=a_manager(session, line),
                at=AT + timedelta(hours=hours),
            )  # fmt: skip
            evidence.put_part(session, wiring.vault, upload, 0, content)
            owners[name] = parts_owner(upload.public_id)
    long_ago = time.time() - 3 * 24 * 3600
    for file in (tmp_path / "vault").rglob("*"):
        os.utime(file, (long_ago, long_ago))  # the sweep of the vault looks at old files only
    work.sweep(wiring, now=AT + timedelta(hours=30))
    assert {owner for owner, _ in wiring.vault.stored()} == {owners["young"]}
