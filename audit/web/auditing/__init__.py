"""The auditor's side of reception: what lies in a scope, and the papers to take from it."""

from audit.web.auditing import papers, scopes
from audit.web.auditing.blueprint import blueprint

__all__ = ["blueprint", "papers", "scopes"]
