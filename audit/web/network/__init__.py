"""The coordinator's side of reception: overview, cycles, lines, people, dossier, decision, certificates, settings."""

from audit.web.network import (
    certificate,
    cycles,
    decision,
    deviations,
    dossier,
    lines,
    locked,
    overview,
    people,
    settings,
)
from audit.web.network.blueprint import blueprint

__all__ = [
    "blueprint",
    "certificate",
    "cycles",
    "decision",
    "deviations",
    "dossier",
    "lines",
    "locked",
    "overview",
    "people",
    "settings",
]
