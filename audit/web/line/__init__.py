"""The line's side of reception: home, self-assessment, evidence, submission, people."""

from audit.web.line import answering, evidence, filled_in, papers, questionnaire, routes, submitting
from audit.web.line.blueprint import blueprint

__all__ = ["answering", "blueprint", "evidence", "filled_in", "papers", "questionnaire", "routes", "submitting"]
