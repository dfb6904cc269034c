"""The coordinator's side of reception: overview, cycles, lines, people, dossier and decision."""

from audit.web.network import cycles, decision, dossier, lines, overview, people
from audit.web.network.blueprint import blueprint

__all__ = ["blueprint", "cycles", "decision", "dossier", "lines", "overview", "people"]
