"""What reviewers do on their pages: declare, judge answers and evidence, complete, settle where they differ."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browsing import clean
from tests.journeys.assessing import LEVELS
from tests.journeys.conftest import CRITERIA

CONFIRMED = {**LEVELS, "HND-01": "Fully met"}


def declare_no_tie(page: Page, line: str) -> None:
    """From the list of reviews into the workspace."""
    clean(page)
    page.get_by_role("link", name=f"Declare and begin {line}").click()
    clean(page)
    page.get_by_role("radio", name="No").first.check()
    page.get_by_role("button", name="Send the declaration").click()
    expect(page.get_by_role("heading", name="Your finding on GOV-01")).to_be_visible()


def judge_everything(page: Page, *, unlike: dict[str, str], letter: str) -> None:
    """Every criterion as the line says, but for `unlike`; every item of evidence accepted."""
    for place, criterion in enumerate(CRITERIA):
        expect(page.get_by_role("heading", name=f"Your finding on {criterion}")).to_be_visible()
        clean(page)
        form = page.locator("form#verdict")
        form.locator("label.lv").filter(has_text=unlike.get(criterion, CONFIRMED[criterion])).click()
        form.locator("label.level").filter(has_text="Conforms").click()
        form.get_by_label("What you found").fill(f"{letter} on {criterion}: as the evidence shows.")
        for verdict in page.get_by_role("radiogroup", name="Verdict on this item").all():
            verdict.get_by_text("Accept", exact=True).click()
        after = CRITERIA[place + 1] if place + 1 < len(CRITERIA) else None
        words = f"Save and go to {after}" if after else "Save and see what is left"
        page.get_by_role("button", name=words).click()
    expect(page.get_by_text(f"All {len(CRITERIA)} criteria are judged.")).to_be_visible()
    clean(page)


def complete(page: Page) -> None:
    page.get_by_role("button", name="Complete my review").click()
    expect(page.get_by_text("Your review is complete")).to_be_visible()
    clean(page)


def settle(page: Page, criterion: str, level: str) -> None:
    """The joint verdict on one criterion, with its reason."""
    case = page.locator(f"section#{criterion}")
    case.locator("label.lv").filter(has_text=level).click()
    case.locator("label.level").filter(has_text="Conforms").click()
    case.get_by_label("What you found").fill("The mandate is approved; most staff know it.")
    case.get_by_label("How you came to it").fill("We read the mandate together: it carries the approval and its date.")
    case.get_by_role("button", name=f"Save what you settled on {criterion}").click()
