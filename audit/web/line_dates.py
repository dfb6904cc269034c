"""What each kind of a line's dates is called, on its pages and in the calendars of its people."""

from __future__ import annotations

from audit.domain.errors import N_

WORDS = {
    "submit": N_("Submit your self-assessment"),
    "yours": N_("The criteria in your care are due"),
    "review": N_("Review ends"),
    "facts": N_("Check the facts"),
    "decide": N_("Decision"),
    "appeal": N_("Last day to appeal"),
    "evidence": N_("An item of evidence expires"),
    "certificate": N_("Last day of the certificate"),
}
