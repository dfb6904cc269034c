"""What happens to each line of the sample network: who it is, how it fares in each cycle, where it stands today."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """How one line fares in one cycle: the level its answers lead to, or where it stopped on the way."""

    EXEMPLARY = "exemplary"
    CERTIFIED = "certified"
    CONDITIONAL = "conditional"
    REFUSED = "not_certified"
    DRAFT = "draft"  # half filled in, in time
    LATE = "late"  # barely begun, past its date
    SUBMITTED = "submitted"
    RETURNED = "returned"
    IN_REVIEW = "in_review"  # one reviewer done, the other half way
    DISAGREEMENT = "disagreement"  # both done, not yet reconciled
    FACTUAL_CHECK = "factual_check"
    AWAITING_DECISION = "awaiting_decision"
    WITHDRAWN = "withdrawn"
    ABSENT = "absent"  # not a member yet


DECIDED = frozenset({Fate.EXEMPLARY, Fate.CERTIFIED, Fate.CONDITIONAL, Fate.REFUSED})

X, C, K, R = Fate.EXEMPLARY, Fate.CERTIFIED, Fate.CONDITIONAL, Fate.REFUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class LineStory:
    country: str  # ISO 3166
    english: str  # "Austria", as in "Sample line Austria"
    language: str  # the line's working language
    languages: str  # the languages it answers in, for its scope
    model: str
    people: str
    fates: tuple[Fate, ...]  # oldest cycle first
    own_script: str = ""  # the line's name in its own script
    data_protection: str = "gdpr"


def _line(
    country: str,
    english: str,
    language: str,
    languages: str,
    model: str,
    people: str,
    *fates: Fate,
    own_script: str = "",
    data_protection: str = "gdpr",
) -> LineStory:
    return LineStory(
        country=country,
        english=english,
        language=language,
        languages=languages,
        model=model,
        people=people,
        fates=fates,
        own_script=own_script,
        data_protection=data_protection,
    )


# The first three make a good small network: one exemplary, one certified, one refused or conditional.
LINES: tuple[LineStory, ...] = (
    _line("AT", "Austria", "de", "German and English", "direct", "two_to_four", C, C, X),
    _line("BE", "Belgium", "fr", "Dutch, French and English", "filter", "five_or_more", K, C, C),
    _line("CH", "Switzerland", "de", "German, French, Italian and English", "direct", "two_to_four", C, C, R),
    _line("DE", "Germany", "de", "German and English", "mixed", "five_or_more", C, C, C),
    _line("NL", "Netherlands", "nl", "Dutch and English", "filter", "five_or_more", C, C, X),
    _line("FR", "France", "fr", "French and English", "filter", "two_to_four", K, C, Fate.DISAGREEMENT),
    _line("ES", "Spain", "es", "Spanish, Catalan and English", "mixed", "two_to_four", C, K, Fate.FACTUAL_CHECK),
    _line("PT", "Portugal", "en", "Portuguese and English", "direct", "one", R, K, Fate.LATE),
    _line("IT", "Italy", "en", "Italian and English", "filter", "two_to_four", C, C, Fate.IN_REVIEW),
    _line("LU", "Luxembourg", "fr", "French, German and English", "mixed", "one", C, C, C),
    _line("SE", "Sweden", "en", "Swedish and English", "direct", "five_or_more", C, C, C),
    _line("DK", "Denmark", "en", "Danish and English", "direct", "two_to_four", C, C, K),
    _line("FI", "Finland", "en", "Finnish, Swedish and English", "direct", "two_to_four", C, C, Fate.AWAITING_DECISION),
    _line("PL", "Poland", "en", "Polish and English", "filter", "two_to_four", K, C, Fate.SUBMITTED),
    _line("EE", "Estonia", "en", "Estonian, Russian and English", "direct", "one", C, R, Fate.DRAFT),
    _line(
        "GR", "Greece", "en", "Greek and English", "mixed", "two_to_four", R, K, C, own_script="Δείγμα γραμμής Ελλάδα"
    ),
    _line("GB", "United Kingdom", "en", "English", "filter", "five_or_more", C, C, C),
    _line(
        "JO",
        "Jordan",
        "ar",
        "Arabic and English",
        "direct",
        "two_to_four",
        K,
        C,
        C,
        own_script="خط نموذجي الأردن",
        data_protection="other",
    ),
    _line(
        "TH",
        "Thailand",
        "en",
        "Thai and English",
        "filter",
        "two_to_four",
        R,
        C,
        K,
        own_script="สายตัวอย่างประเทศไทย",
        data_protection="other",
    ),
    _line(
        "KE",
        "Kenya",
        "en",
        "Swahili and English",
        "mixed",
        "two_to_four",
        Fate.ABSENT,
        R,
        Fate.RETURNED,
        data_protection="other",
    ),
    _line(
        "BR",
        "Brazil",
        "en",
        "Portuguese and English",
        "direct",
        "five_or_more",
        C,
        C,
        Fate.WITHDRAWN,
        data_protection="other",
    ),
    _line("CO", "Colombia", "es", "Spanish and English", "filter", "two_to_four", K, K, C, data_protection="other"),
)

# Lines whose certificate does not run its quiet course: what a coordinator recorded, and how the public reads it.
SUSPENDED = "SE"
WITHDRAWN_CERTIFICATE = "GB"
ASKS_FOR_TIME = ("PT", "EE")  # the first of them that can still submit
PRACTISES = "AT"
CORRECTED = "LU"  # an address was misspelt; the corrected certificate is a second revision
