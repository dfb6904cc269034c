"""Once in effect: many processes, kills and pauses, on both databases; and proof that carelessness is found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from audit.domain.certification import certificate_facts_from_text
from audit.persistence import ledger
from audit.persistence.sessions import Sessions
from audit.persistence.tables import Certificate, DuePeriod, JournalEntry, PeriodState
from audit.usecases import certificates
from tests import building, reviewing
from tests.building import AT
from tests.jobs import harness

CERTIFICATES = 40
PROCESSES = 20
PERIODS = 200


@pytest.fixture
def granted(database: Sessions) -> None:
    """Forty certificates that no worker has issued yet: one grant and its corrections."""
    with database.writing() as session:
        reviewing.a_decision(session)
        coordinator = building.a_coordinator(session)
        for number in range(CERTIFICATES - 1):
            certificate = session.scalars(select(Certificate).order_by(Certificate.id.desc()).limit(1)).one()
            assert certificate_facts_from_text(certificate.facts).revision == number + 1
            certificates.reissue(
                session,
                certificate,
                changes={"operator_address": f"{number} Sample Street"},
                reason="A sample correction.",
                base_url=reviewing.BASE_URL,
                actor=coordinator,
                at=AT,
                today=AT.date(),
            )


def address_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def test_twenty_processes_issue_forty_certificates(engines: Engine, granted: None, tmp_path: Path) -> None:
    harness.wiring_for(address_of(engines), tmp_path).vault.put("network", b"the vault's key is made before the race")
    engines.dispose()
    codes = harness.together(harness.issue, PROCESSES, (address_of(engines), tmp_path), kills=8)
    assert all(code in (0, -9) for code in codes), codes
    assert harness.counts(address_of(engines), tmp_path) == {
        "issued": CERTIFICATES,
        "serials": CERTIFICATES,
        "files": CERTIFICATES,
        "entries": CERTIFICATES,
        "letters": CERTIFICATES,
        "broken": 0,
    }


def test_the_harness_finds_workers_that_do_not_compare(engines: Engine, granted: None, tmp_path: Path) -> None:
    harness.wiring_for(address_of(engines), tmp_path).vault.put("network", b"the vault's key is made before the race")
    engines.dispose()
    harness.together(harness.issue_carelessly, 4, (address_of(engines), tmp_path))
    assert harness.counts(address_of(engines), tmp_path)["entries"] > CERTIFICATES


def offer_periods(database: Sessions) -> None:
    begin = datetime.now(UTC) - timedelta(days=1)
    with database.writing() as session:
        for place in range(PERIODS):
            due = begin + timedelta(minutes=place)
            assert ledger.offer(session, "counted", [(f"counted:{place}", due), (f"counted:{place}", due)][:1]) == 1
            assert ledger.offer(session, "counted", [(f"counted:{place}", due)]) == 0


def effects(session: Session) -> int:
    statement = select(func.count()).select_from(JournalEntry).where(JournalEntry.actor == "job:counted")
    return session.scalar(statement) or 0


def test_four_schedulers_do_each_period_once(engines: Engine, database: Sessions) -> None:
    offer_periods(database)
    engines.dispose()
    codes = harness.together(harness.do_periods, 4, (address_of(engines), False))
    assert codes == [0, 0, 0, 0]
    with database.reading() as session:
        assert effects(session) == PERIODS
        assert set(session.scalars(select(DuePeriod.state))) == {PeriodState.DONE}


def test_the_harness_finds_schedulers_that_do_not_fence(engines: Engine, database: Sessions) -> None:
    offer_periods(database)
    engines.dispose()
    harness.together(harness.do_periods, 4, (address_of(engines), True))
    with database.reading() as session:
        assert effects(session) > PERIODS
