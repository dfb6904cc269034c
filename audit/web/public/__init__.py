"""The public room: the front page, the register, the certificate check, the method, the statements."""

from audit.web.public import checking, feed, glossary, routes
from audit.web.public.blueprint import blueprint

__all__ = ["blueprint", "checking", "feed", "glossary", "routes"]
