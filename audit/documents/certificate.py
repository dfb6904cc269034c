"""The certificate: one sheet, always, made from its facts."""

from __future__ import annotations

import segno

from audit.documents.finish import facts_file, finish
from audit.documents.render import Layout, PrintFailed, compose, lay_out
from audit.documents.seal import seal
from audit.domain.certification import CertificateFacts, certificate_facts_from_text
from audit.language import Language, language

# How the sheet makes room, from generous to tight; the first that fits one page is printed. A long name begins lower:
# even where it would fit, it should not shout.
STEPS = ("", "long", "dense", "tight", "tight tightest")
_LONG = 44  # characters of the line's names together


def make(facts: str, language_code: str) -> bytes:
    """Canonical facts to the finished certificate, unsigned. The same facts give the same bytes, in any process.

    ValueError for text that is not a certificate's facts; PrintFailed when it does not fit one page or a character
    has no face.
    """
    told = certificate_facts_from_text(facts)
    words = language(language_code)
    return finish(
        lay_out_certificate(told, words).write(),
        created=told.decided_on,
        attached=[facts_file(facts, words.gettext("What this certificate says, for machines"))],
    )


def lay_out_certificate(facts: CertificateFacts, words: Language) -> Layout:
    """The sheet, at the most generous step that fits; PrintFailed when none does."""
    for step in STEPS[_first_step(facts) :]:
        layout = lay_out(certificate_html(facts, words, step), "certificate.css", strict=True)
        if layout.pages == 1:
            return layout
    raise PrintFailed(f"certificate {facts.serial} does not fit one page")


def certificate_html(facts: CertificateFacts, words: Language, step: str = "") -> str:
    own_first = words.direction == "rtl"
    names = [name for name in (facts.line_name_latin, facts.line_name) if name]
    if own_first:
        names.reverse()
    title = words.gettext("Certificate of quality audit %(serial)s") % {"serial": facts.serial}
    return compose(
        "certificate.html",
        {
            "facts": facts,
            "step": step,
            "wording": facts.level_wording.rstrip("."),
            "name": names[0],
            "other_name": names[1] if len(names) > 1 else "",
            "seal": seal(
                facts.issuing_body.name, words.gettext("Quality audit"), facts.decided_on.year, facts.criteria
            ),
            "qr": qr(facts.verification_url),
            "check_at": facts.verification_url.partition("://")[2].rpartition("/")[0],
        },
        words,
        title=words.gettext("%(title)s (sample)") % {"title": title} if facts.sample else title,
        created=facts.decided_on,
        author=facts.issuing_body.name,
        description=f"{names[0]}, {facts.level_title}",
    )


def _first_step(facts: CertificateFacts) -> int:
    length = len(facts.line_name) + len(facts.line_name_latin)
    return 1 if length > _LONG else 0


def qr(address: str) -> dict[str, object]:
    """The QR code of an address: modules on a side, and its dark runs as one path. The mask is fixed, not sought."""
    code = segno.make(address, error="m", mask=3, micro=False, boost_error=False)
    runs = []
    for y, row in enumerate(code.matrix):
        x = 0
        while x < len(row):
            length = 1
            while x + length < len(row) and row[x + length] == row[x]:
                length += 1
            if row[x]:
                runs.append(f"M{x} {y}.5h{length}")
            x += length
    return {"size": len(code.matrix), "path": "".join(runs)}
