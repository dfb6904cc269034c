"""Who may come through a door: every view says it, and a view that says nothing answers 403."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, current_app, request

from audit.domain.errors import N_, Missing, NotAllowed
from audit.domain.permissions import READS, Permission, Relation, allows, may_know
from audit.persistence.queries.access import relations
from audit.persistence.tables import (
    Certificate,
    Document,
    EvidenceItem,
    ReportingLine,
    Review,
    Scope,
    SelfAssessment,
)
from audit.web import visit
from audit.web.transaction import READING, session

View = TypeVar("View", bound=Callable[..., Any])

# How queries.access calls the kinds of object that rights are asked for; any other object belongs to the network.
_KINDS = {
    ReportingLine: "line",
    SelfAssessment: "assessment",
    Certificate: "certificate",
    Document: "document",
    EvidenceItem: "evidence",
    Review: "review",
    Scope: "scope",
}

NOT_FOUND = N_("There is no such page, or it is not yours to see.")
NOT_ALLOWED = N_("You may not do this with your role. If you think you should, ask the network office.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What a view declared: a permission with the loader of its object, or (no permission) open to everyone."""

    permission: Permission | None = None
    load: Callable[..., Any] | None = None


class NotSignedIn(Exception):
    """Nobody is signed in, and the page is not open to everyone."""


def public(view: View) -> View:
    """Open to everyone, signed in or not."""
    view.__guard__ = Guard()  # type: ignore[attr-defined]
    return view


def requires(permission: Permission, *, load: Callable[..., Any] | None = None) -> Callable[[View], View]:
    """Only for a signed-in person who holds the permission towards the object that `load` finds.

    `load(session, …)` names the URL values it needs and returns the row, or None when there is none. The view gets the
    row first, then the URL values that `load` did not take. Without `load` the permission is asked of the network and
    the view gets the URL values alone. Who may not know of the object gets 404, who may know but not do this 403.
    """
    taken = [] if load is None else [name for name in inspect.signature(load).parameters if name != "session"]

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(**values: Any) -> Any:
            if visit.person() is None:
                raise NotSignedIn
            if load is None:
                check(permission)
                return view(**values)
            thing = load(session(), **{name: values.pop(name) for name in taken})
            if thing is None:
                raise Missing(NOT_FOUND)
            check(permission, thing)
            return view(thing, **values)

        guarded.__guard__ = Guard(permission=permission, load=load)  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return declare


def check(permission: Permission, thing: Any = None) -> None:
    """Missing or NotAllowed unless the signed-in person holds the permission towards the object."""
    held = relations_to(thing)
    if allows(permission, held):
        return
    if thing is not None and not may_know(held):
        raise Missing(NOT_FOUND)
    raise NotAllowed(NOT_ALLOWED)


def may(permission: Permission, thing: Any = None) -> bool:
    """Whether to show a way to something: the door itself still asks."""
    return allows(permission, relations_to(thing))


def relations_to(thing: Any = None) -> frozenset[Relation]:
    """How the visitor stands to an object, or to the network."""
    kind = _KINDS.get(type(thing))
    objects = {} if kind is None else {kind: thing}
    return relations(session(), visit.person(), now=visit.now(), **objects)


def guard_of(view: Callable[..., Any]) -> Guard | None:
    found: Guard | None = getattr(view, "__guard__", None)
    return found


def undeclared(app: Flask) -> tuple[str, ...]:
    """The endpoints that did not say who may come in; tests expect none, visitors get 403."""
    return tuple(sorted(name for name, view in app.view_functions.items() if guard_of(view) is None))


def _refuse_undeclared() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if view is not None and guard_of(view) is None:
        raise NotAllowed(NOT_ALLOWED)


def refuse_changes_behind_reading(app: Flask) -> None:
    """RuntimeError where a method that changes something stands behind a permission to read."""
    for rule in app.url_map.iter_rules():
        guard = guard_of(app.view_functions[rule.endpoint])
        changing = set(rule.methods or ()) - READING
        if guard is not None and guard.permission in READS and changing:
            raise RuntimeError(f"{rule.endpoint} changes something behind {guard.permission}, a permission to read")


def install(app: Flask) -> None:
    """Comes after the rooms: refuses at start what must never be, and at each request what declared nothing."""
    refuse_changes_behind_reading(app)
    app.before_request(_refuse_undeclared)
