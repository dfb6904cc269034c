"""The whole self-assessment, all criteria of the shipped set, filled in and submitted by keyboard alone.

`pytest --durations=1` on this file says how long it takes (docs/measurements.md).
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from audit.domain.criteria import CriteriaSet
from tests.domain.sets import shipped
from tests.journeys.conftest import Enter, Site

MOST_TABS = 900  # on one theme page
CRITERIA = {criterion.id for criterion in shipped().criteria}
LAST_YEAR = datetime.now(UTC).year - 1
HERE = """() => { const one = document.activeElement; const group = one.form && one.name === 'level'
    ? [...one.form.querySelectorAll("input[name='level']")] : []; return {
    name: one.name || '', empty: !one.value, id: one.id, end: one === document.body,
    folded: one.matches('details[id]:not([open]) > summary') ? one.parentElement.id : '',
    chosen: group.some((each) => each.checked), steps: group.some((each) => each.value === 'partly') }; }"""


@pytest.fixture
def asked() -> CriteriaSet:
    return shipped()


def test_a_manager_fills_in_every_criterion_and_submits_by_keyboard_alone(site: Site, enter: Enter) -> None:
    page = enter("manager")
    for theme in shipped().themes:
        page.goto(f"{site.round}/{theme.id}")
        walk(page)
        expect(page.locator("[data-enhance='autosave-status']")).to_contain_text("Saved at")
        expect(page.locator("[aria-invalid='true']")).to_have_count(0)
    page.goto(f"{site.round}/submit")
    expect(page.get_by_text("Nothing is missing. You can sign and send")).to_be_visible()
    page.get_by_label("I have read the statement and may sign for the line.").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type(site.people["manager"][0])
    page.keyboard.press("Enter")
    expect(page.get_by_text("Fingerprint (SHA-256) of everything that was signed.")).to_be_visible()


def walk(page: Page) -> None:
    """From the head of a theme page to its foot by Tab, answering what the focus meets."""
    answered: set[str] = set()
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here["end"]:
            break
        if here["folded"] in CRITERIA:
            page.keyboard.press("Enter")
        elif here["id"] and here["id"] not in answered:
            answered.add(here["id"])
            answer(page, here)
    else:
        raise AssertionError("the keyboard does not come to the end of the page")


def answer(page: Page, here: dict[str, str]) -> None:
    """The second level from below, or the lowest: both need no evidence; a reason, and modest figures of last year."""
    part = here["name"].rpartition(".")[2]
    if here["name"] == "level" and not here["chosen"]:
        page.keyboard.press("Space")
        if here["steps"]:
            page.keyboard.press("ArrowDown")
    elif here["name"] == "justification":
        page.keyboard.type("Planned; written down for the first time.")
    elif part in ("numerator", "denominator") and here["empty"]:
        page.keyboard.type("60" if part == "numerator" else "100")
    elif part in ("period_from", "period_to") and here["empty"]:
        page.keyboard.type(f"{'0101' if part == 'period_from' else '1231'}{LAST_YEAR}")
    elif part == "source":
        page.keyboard.press("ArrowDown")
