"""The manager's journey by keyboard alone: the focus is moved by Tab, choices by Space and arrows, doors by Enter."""

from __future__ import annotations

from datetime import date

from playwright.sync_api import Locator, Page, expect

from tests import building
from tests.journeys.conftest import Enter, Site


def reach(page: Page, target: Locator, *, most: int = 150) -> None:
    """Tab until the target has the focus, which is then to be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if target.evaluate("one => one === document.activeElement"):
            assert target.evaluate("one => one.matches(':focus-visible')")
            expect(target).to_be_in_viewport()
            return
    raise AssertionError(f"the keyboard does not reach {target}")


def follow(page: Page, target: Locator) -> None:
    reach(page, target)
    page.keyboard.press("Enter")


def write(page: Page, target: Locator, words: str) -> None:
    reach(page, target)
    page.keyboard.type(words)


def pick_day(page: Page, target: Locator, day: date) -> None:
    """A date is typed part by part, as its field asks for it (month, day, year in this browser)."""
    reach(page, target)
    page.keyboard.type(day.strftime("%m%d%Y"))
    assert target.input_value() == day.isoformat()


def test_a_manager_answers_and_submits_by_keyboard_alone(site: Site, enter: Enter) -> None:
    with site.desk() as session:
        assessment = building.an_assessment(session)
        levels = {"GOV-01": 0}
        building.fill(session, assessment, levels=levels, at=assessment.created_at)
    page = enter()
    page.goto("/sign-in")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Enter")
    write(page, page.get_by_label("E-mail"), site.people["manager"][1])
    write(page, page.get_by_label("Password"), building.PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sample line Austria")).to_be_visible()

    follow(page, page.get_by_role("main").get_by_role("link", name="Governance").first)
    summary = page.locator("details#GOV-01 > summary")
    follow(page, summary)
    card = page.locator("#GOV-01")
    reach(page, card.locator("input[name='level']:checked"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(card.get_by_role("radio", name="Mostly met")).to_be_checked()
    write(page, card.get_by_label("Why this level?"), "Approved in May. ")
    expect(card.locator("[data-part='status']")).to_contain_text("Saved at")
    show_evidence(page, card)

    follow(page, page.get_by_role("link", name="All answers on one page"))
    expect(page.get_by_text("Approved in May.")).to_be_visible()
    page.goto(f"{site.round}/submit")
    expect(page.get_by_text("Nothing is missing. You can sign and send")).to_be_visible()
    reach(page, page.get_by_label("I have read the statement and may sign for the line."))
    page.keyboard.press("Space")
    write(page, page.get_by_label("Your name, as your signature"), site.people["manager"][0])
    page.keyboard.press("Enter")
    expect(page.get_by_text("Fingerprint (SHA-256) of everything that was signed.")).to_be_visible()


def show_evidence(page: Page, card: Locator) -> None:
    """A statement as evidence: kind, name, words, date and both declarations."""
    page.reload()
    section = card.locator("[id='GOV-01-evidence']")
    form = section.locator("form[enctype]")
    if not form.get_by_label("Kind").is_visible():
        follow(page, section.get_by_text("Add evidence to GOV-01"))
    reach(page, form.get_by_label("Kind"))
    page.keyboard.type("Viewed")
    write(page, form.get_by_label("Name", exact=True), "Seen in May")
    follow(page, form.get_by_text("No file? Give a web address or a statement"))
    write(page, form.get_by_label("Statement"), "Two reviewers saw the signed mandate in a call.")
    pick_day(page, form.get_by_label("Issue date"), date.today())
    for words in ("No sexual image of a child is in it", "Nothing in it identifies a reporter, child or suspect"):
        reach(page, form.get_by_label(words))
        page.keyboard.press("Space")
    follow(page, form.get_by_role("button", name="Add evidence"))
    expect(section.locator("ul.evid")).to_contain_text("Seen in May")
