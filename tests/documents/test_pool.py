"""Printers: the same bytes from a process of its own as from this one, and what becomes of a process that dies."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from audit.documents.pool import InProcessPrinter, PooledPrinter
from audit.domain.certification import facts_to_text
from audit.domain.errors import Unavailable
from audit.ports import Printer
from tests.documents import samples
from tests.documents.result_samples import RESULT


@pytest.fixture
def printer() -> Iterator[PooledPrinter]:
    made = PooledPrinter(processes=2)
    yield made
    made.close()


def test_the_pool_prints_what_this_process_prints(printer: PooledPrinter, unsigned: bytes) -> None:
    port: Printer = printer
    facts = facts_to_text(samples.AUSTRIA)
    assert port.print("certificate", facts, "en") == unsigned
    assert InProcessPrinter().print("certificate", facts, "en") == unsigned
    papers = [printer.start("certificate", facts, "en") for _ in range(4)]
    assert {paper.result() for paper in papers} == {unsigned}
    assert printer.print("result_sheet", facts_to_text(RESULT), "en").startswith(b"%PDF-1.7")


def test_a_process_that_dies_is_replaced(printer: PooledPrinter, unsigned: bytes) -> None:
    facts = facts_to_text(samples.AUSTRIA)
    printer.print("certificate", facts, "en")
    assert printer._pool is not None
    for process in list(printer._pool._processes):
        os.kill(process, signal.SIGKILL)
    try:
        printer.print("certificate", facts, "en")
    except Unavailable as refusal:
        assert "tried again" in str(refusal)
    assert printer.print("certificate", facts, "en") == unsigned


def test_a_mistake_in_the_facts_reaches_the_one_who_asked(printer: PooledPrinter) -> None:
    with pytest.raises(ValueError):
        printer.print("certificate", "{}", "en")
    with pytest.raises(ValueError, match="no such paper"):
        printer.print("poster", "{}", "en")


def test_closing_twice_does_no_harm() -> None:
    printer = PooledPrinter(processes=1)
    printer.close()
    printer.close()
