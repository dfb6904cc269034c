"""The line's side of reception: home, self-assessment, evidence, submission, people."""

from audit.web.line import answering, evidence, papers, routes, submitting
from audit.web.line.blueprint import blueprint

__all__ = ["answering", "blueprint", "evidence", "papers", "routes", "submitting"]
