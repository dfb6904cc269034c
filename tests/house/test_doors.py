"""Every door says who may come in, and lets in exactly those the permission table names."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from audit.domain.permissions import TABLE, Permission, may_know
from audit.persistence.queries import people
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
from audit.web import guards
from audit.web.transaction import READING
from tests.building import AT
from tests.house.town import VISITORS, Town
from tests.web.strict import StrictVisitor

_KIND_OF_ROW = {
    ReportingLine: "line",
    SelfAssessment: "assessment",
    Certificate: "certificate",
    Document: "document",
    EvidenceItem: "evidence",
    Review: "review",
    Scope: "scope",
}


def values_for(rule: Rule, town: Town, *, second: bool = False) -> dict[str, Any]:
    """A value for each place in an address, of the first line (or the second). A new kind of place is named here."""
    of = town.second if second else town.first
    known = {
        "line": of.line,
        "assessment": of.assessment,
        "aid": of.assessment,
        "serial": of.serial,
        "document": of.document,
        "item": of.item,
        "upload": "never-was",
        "review": of.review,
        "decision": of.decision,
        "theme": "GOV",
        "criterion": "GOV-01",
        "cycle": town.cycle,
        "scope": town.scope,
        "person": town.person,
        "number": town.appointment,
        "version": 1,
        "appointment": town.appointment,
        "code": "7KQ4-M2XD-9TWP",
        "short": "0" * 16,
        "token": "no-such-token",
        "note": "no-such-note",
        "status": "suspended",
        "country": "AT",
    }
    missing = rule.arguments - set(known)
    assert not missing, f"{rule.rule}: give the matrix a value for {missing}"
    return {name: known[name] for name in rule.arguments}


def doors(app: Flask) -> list[tuple[Rule, str, guards.Guard]]:
    """Every rule and method behind a permission."""
    found = []
    for rule in app.url_map.iter_rules():
        guard = guards.guard_of(app.view_functions[rule.endpoint])
        if guard is not None and guard.permission is not None:
            methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
            found += [(rule, method, guard) for method in methods]
    return found


def address(app: Flask, rule: Rule, values: dict[str, Any]) -> str:
    with app.test_request_context():
        return app.url_for(rule.endpoint, **values)


def kind_of(app: Flask, guard: guards.Guard, values: dict[str, Any]) -> str | None:
    """The kind of object behind a door, "network" where it has none; None when the loader finds nothing."""
    if guard.load is None:
        return "network"
    names = [name for name in guard.load.__code__.co_varnames[: guard.load.__code__.co_argcount] if name != "session"]
    with app.extensions["plumbline"].sessions.reading() as session:
        row = guard.load(session, **{name: values[name] for name in names})
        return None if row is None else _KIND_OF_ROW.get(type(row), "network")


def test_every_endpoint_says_who_may_come_in(house: Flask) -> None:
    assert guards.undeclared(house) == ()


def test_an_undeclared_endpoint_is_found_and_answers_403(town_file: Any, tmp_path: Any) -> None:
    app = _bare_app(tmp_path)
    app.add_url_rule("/planted", "planted", lambda: "come in")
    assert guards.undeclared(app) == ("planted",)
    assert app.test_client().get("/planted").status_code == 403


def test_a_change_behind_a_permission_to_read_does_not_start(tmp_path: Any) -> None:
    app = _bare_app(tmp_path)
    app.add_url_rule("/planted", "planted", guards.requires(Permission.SEE_LINE)(lambda: ""), methods=["POST"])
    with pytest.raises(RuntimeError, match="planted changes something"):
        guards.refuse_changes_behind_reading(app)


def _bare_app(folder: Any) -> Flask:
    from audit.app import create_app
    from audit.persistence.schema import upgrade
    from audit.settings import Settings

    app = create_app(Settings(instance=folder, base_url="http://localhost"))
    upgrade(app.extensions["plumbline"].sessions.engine)
    return app


@pytest.mark.parametrize("visitor", VISITORS)
def test_the_archive_knows_how_each_visitor_stands(house: Flask, town: Town, visitor: str) -> None:
    """queries.access against the oracle that is written down by hand in tests.house.town."""
    for rule, _method, guard in doors(house):
        values = values_for(rule, town)
        kind = kind_of(house, guard, values)
        if guard.load is None or kind in (None, "network"):
            continue
        names = [n for n in guard.load.__code__.co_varnames[: guard.load.__code__.co_argcount] if n != "session"]
        with house.extensions["plumbline"].sessions.reading() as session:
            row = guard.load(session, **{name: values[name] for name in names})
            person = people.by_email(session, town.visitors[visitor])
            held = relations(session, person, now=AT, **{kind: row})
        expected = VISITORS[visitor].get(kind, set())
        assert set(held) - {"signed_in"} == expected, f"{visitor} towards {kind} ({rule.rule})"


@pytest.fixture(scope="module")
def kinds(house: Flask, town_file: Any) -> dict[str, str | None]:
    """What stands behind each address, looked up once."""
    return {rule.rule: kind_of(house, guard, values_for(rule, town_file[1])) for rule, _method, guard in doors(house)}


@pytest.mark.parametrize("visitor", [None, *VISITORS])
def test_doors_open_exactly_for_whom_the_table_names(
    house: Flask,
    town: Town,
    visitor: str | None,
    browser_of: Callable[..., StrictVisitor],
    restore: Callable[[], None],
    kinds: dict[str, str | None],
) -> None:
    """Every door × this visitor: 200, 303, 409 or 422 behind an open one, 403 or 404 before a closed one."""
    browser = browser_of(visitor)
    token = browser.token()
    wrong = []
    for rule, method, guard in doors(house):
        values = values_for(rule, town)
        kind = kinds[rule.rule]
        path = address(house, rule, values)
        if method in READING:
            status, where = _visit(browser, "GET", path)
        else:
            status, where = _visit(browser, method, path, {"csrf_token": token})
        expected = _expected(visitor, kind, guard, method)
        if status not in expected or (status == 303 and visitor is not None and where.startswith("/sign-in")):
            wrong.append(f"{method} {path} ({guard.permission}, {kind}): {status}, expected {sorted(expected)}")
        if method not in READING and status < 400:
            restore()
    assert not wrong, "\n".join(wrong)


OPEN = frozenset({200, 303, 409, 422})
# Behind these open doors the desk itself refuses somebody by name: a person's own review, an address of a later step.
DESK_REFUSES = {403, 404}


def _visit(browser: StrictVisitor, method: str, path: str, data: Any = None) -> tuple[int, str]:
    response = browser.open(path, method=method, data=data, loose=True)  # pages have tests of their own
    return response.status_code, response.location or ""


def _expected(visitor: str | None, kind: str | None, guard: guards.Guard, method: str) -> set[int]:
    assert guard.permission is not None
    if visitor is None:
        return {303} if method in READING else {401}
    if kind is None:
        return {404}
    own = Permission.SEE_OWN_ACCOUNT, Permission.CHANGE_OWN_ACCOUNT, Permission.SEE_OWN_REVIEWS
    held = VISITORS[visitor].get(kind, set())
    if guard.permission in own or TABLE[guard.permission] & held:
        return set(OPEN) | (DESK_REFUSES if method not in READING else set())
    if guard.load is None or may_know(held):
        return {403}
    return {404}


def test_another_lines_object_looks_like_one_that_never_was(
    house: Flask, town: Town, browser_of: Callable[..., StrictVisitor]
) -> None:
    browser = browser_of("manager")
    for rule, method, _guard in doors(house):
        if method not in READING or not rule.arguments & {"line", "assessment", "serial", "document", "item", "review"}:
            continue
        theirs = browser.get(address(house, rule, values_for(rule, town, second=True)))
        values = {
            name: "never-was" if isinstance(value, str) else value for name, value in values_for(rule, town).items()
        }
        never = browser.get(address(house, rule, values))
        assert (theirs.status_code, never.status_code) == (404, 404), rule.rule
        assert _said(theirs.text) == _said(never.text), rule.rule


def test_an_object_is_found_only_under_its_own_line(
    house: Flask, town: Town, browser_of: Callable[..., StrictVisitor]
) -> None:
    """An address that mixes one's own line with another's object leads nowhere."""
    browser = browser_of("manager")
    for rule, method, _guard in doors(house):
        if (
            method not in READING
            or "line" not in rule.arguments
            or not rule.arguments & {"assessment", "item", "serial"}
        ):
            continue
        mixed = {**values_for(rule, town, second=True), "line": town.first.line}
        assert browser.get(address(house, rule, mixed)).status_code == 404, rule.rule


def _said(text: str) -> str:
    """What the page says, without its reference."""
    return re.sub(r"404-[0-9a-f]+", "", text.split("<main")[1].split("</main")[0])
