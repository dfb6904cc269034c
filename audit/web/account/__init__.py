"""The account room: signing in and out, invitations, new passwords, sessions, language."""

from audit.web.account import links, routes
from audit.web.account.blueprint import blueprint

__all__ = ["blueprint", "links", "routes"]
