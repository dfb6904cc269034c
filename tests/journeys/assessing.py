"""What a manager does on the pages of the self-assessment, with the script and without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Site

# What is said on each criterion of the small set: the words of the chosen level.
LEVELS = {
    "GOV-01": "Mostly met",
    "GOV-02": "Yes",
    "HND-01": "As the figures say",
    "HND-02": "Mostly met",
    "HND-03": "Yes",
    "ACC-01": "Mostly met",
    "ACC-02": "Yes",
}
LAST_YEAR = date.today().year - 1
FIGURES = {"IND-01": ("118", "120"), "IND-02": ("20", "120")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """One person who fills in; `scripted` says whether their browser runs the page's script."""

    page: Page
    site: Site
    scripted: bool
    look: Callable[[Page], None]  # what is checked of each page passed through

    def card(self, criterion: str) -> Locator:
        """The criterion's card on its theme page, unfolded."""
        path = f"{self.site.round}/{criterion.split('-')[0]}"
        if path not in self.page.url:
            self.page.goto(path)
            self.look(self.page)
        card = self.page.locator(f"#{criterion}")
        if card.evaluate("card => card.localName === 'details' && !card.open") if self.scripted else self._folded(card):
            card.locator("> summary").click()
        return card

    def _folded(self, card: Locator) -> bool:
        return (
            card.get_by_label("Why this level?").count() > 0 and not card.get_by_label("Why this level?").is_visible()
        )

    def answer(self, criterion: str, level: str, words: str) -> None:
        card = self.card(criterion)
        form = card.locator("form[data-criterion]")
        if criterion == "HND-01":
            self._figures(form)
        form.get_by_text(level, exact=True).first.click()
        form.get_by_label("Why this level?").fill(words)
        if self.scripted:
            expect(form.locator("[data-part='status']")).to_contain_text("Saved at")
        else:
            form.get_by_role("button", name="Save").click()
            expect(self.page.get_by_text(f"{criterion}: your answer is saved.")).to_be_visible()
            self.look(self.page)

    def _figures(self, form: Locator) -> None:
        for indicator, (numerator, denominator) in FIGURES.items():
            group = form.locator("fieldset.ind").filter(has_text=indicator)
            group.locator(f"[name='{indicator}.numerator']").fill(numerator)
            group.locator(f"[name='{indicator}.denominator']").fill(denominator)
            group.get_by_label("From", exact=True).fill(f"{LAST_YEAR}-01-01")
            group.get_by_label("To, that day included").fill(f"{LAST_YEAR}-12-31")
            group.get_by_label("Source").select_option(label="Log extract")

    def add(self, criterion: str, *, kind: str, name: str, given: Mapping[str, str]) -> None:
        """A new item for the criterion: `given` holds a file's path, an address or a statement."""
        section = self._evidence(criterion)
        form = section.locator("form[enctype]")
        form.get_by_label("Kind").select_option(label=kind)
        form.get_by_label("Name", exact=True).fill(name)
        if "file" in given:
            form.get_by_label("File", exact=True).set_input_files(given["file"])
        else:
            form.get_by_text("No file? Give a web address or a statement").click()
        if "address" in given:
            form.get_by_label("Web address of a public page").fill(given["address"])
        if "statement" in given:
            form.get_by_label("Statement").fill(given["statement"])
        form.get_by_label("Issue date").fill(date.today().isoformat())
        form.get_by_label("No sexual image of a child is in it").check()
        form.get_by_label("Nothing in it identifies a reporter, child or suspect").check()
        form.get_by_role("button", name="Add evidence").click()
        self._listed(criterion, name)

    def reuse(self, criterion: str, name: str) -> None:
        """An item that is in the line's library already."""
        section = self._evidence(criterion)
        section.get_by_label("From your library").select_option(label=name)
        section.get_by_role("button", name="Use this item").click()
        self._listed(criterion, name)

    def _evidence(self, criterion: str) -> Locator:
        section = self.card(criterion).locator(f"[id='{criterion}-evidence']")
        if not section.get_by_label("Kind").is_visible():
            section.get_by_text(f"Add evidence to {criterion}").click()
        return section

    def _listed(self, criterion: str, name: str) -> None:
        listed = self.card(criterion).locator(f"[id='{criterion}-evidence'] ul.evid")
        expect(listed).to_contain_text(name)
        self.look(self.page)


def fill_everything(filling: Filling, policy: Path) -> None:
    """Every criterion answered, with a file, a link, a statement, and what the library holds already."""
    for criterion, level in LEVELS.items():
        filling.answer(criterion, level, f"This is how we meet {criterion}.")
    filling.add("GOV-01", kind="Policy", name="Our mandate", given={"file": str(policy)})
    filling.add(
        "GOV-02", kind="Public page", name="Our yearly report", given={"address": "https://line.example/report"}
    )
    filling.add(
        "HND-01",
        kind="Viewed live",
        name="Seen in a call",
        given={"statement": "Two reviewers saw the log and the on-call list in a call; totals only."},
    )
    for criterion in ("HND-02", "HND-03", "ACC-01"):
        filling.reuse(criterion, "Seen in a call")
    filling.reuse("ACC-02", "Our yearly report")


def sign(filling: Filling, name: str) -> None:
    """The signed statement, from the summary; ends on the page that shows what was frozen."""
    page = filling.page
    page.get_by_label("I have read the statement and may sign for the line.").check()
    page.get_by_label("Your name, as your signature").fill(name)
    page.get_by_role("button", name="Sign and submit").click()
