"""What every page asks about the installation itself."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.persistence.tables import Network


def the_network(session: Session) -> Network | None:
    """The one network of this installation; None before it was set up."""
    return session.scalar(select(Network).order_by(Network.id).limit(1))
