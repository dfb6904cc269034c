"""Where a signed-in person may go: the homes of what they hold, in one order everywhere."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, request

from audit.domain.errors import N_
from audit.persistence.queries import people
from audit.web import visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One entry of the navigation. `label` is a message id; `name`, where given, is data and shown as it is."""

    address: str
    label: str
    name: str = ""
    current: bool = False


def ways() -> tuple[Way, ...]:
    """The navigation of the visitor; nobody has none."""
    if "ways" not in g:
        g.ways = _ways()
    found: tuple[Way, ...] = g.ways
    return found


def _ways() -> tuple[Way, ...]:
    person = visit.person()
    if person is None:
        return ()
    homes = people.role_homes(visit.session(), person, at=visit.now())
    found = []
    several = len(homes.lines) > 1
    for line in homes.lines:
        found.append((f"/lines/{line.public_id}", N_("Your line"), line.name if several else ""))
        if not several:
            found.append((f"/lines/{line.public_id}/evidence", N_("Evidence"), ""))
    if homes.network:
        found.append(("/network", N_("Network"), ""))
    if homes.reviews:
        found.append(("/reviews", N_("Reviews"), ""))
    if homes.scopes:
        found.append(("/auditing", N_("Audit"), ""))
    if homes.administration:
        found.append(("/admin", N_("Administration"), ""))
    here = max((address for address, _, _ in found if _holds(address)), key=len, default="")
    return tuple(
        Way(address=address, label=label, name=name, current=address == here) for address, label, name in found
    )


def _holds(address: str) -> bool:
    return request.path == address or request.path.startswith(address + "/")


def first_home() -> str:
    """Where a person lands after signing in: the home of the first thing they hold, or their account."""
    found = ways()
    return found[0].address if found else "/account"
