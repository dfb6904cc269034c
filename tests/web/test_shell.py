"""The shell around every room: transactions, errors in words, headers, static files, forms, language."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, flash, render_template_string, request
from wtforms import DateField, IntegerField, StringField

from audit import app as front_door
from audit.domain.errors import (
    AuditError,
    ConflictOfInterest,
    InvalidInput,
    Missing,
    NotAllowed,
    StaleVersion,
    TooMany,
    Unavailable,
    WrongState,
)
from audit.language import language
from audit.persistence.queries.installation import the_network
from audit.persistence.sessions import Sessions
from audit.settings import Settings
from audit.web import assets, visit
from audit.web.forms import Form, Longest, Needed
from audit.web.guards import public
from audit.web.transaction import record, session
from tests.building import a_network
from tests.web.conftest import Clock
from tests.web.strict import StrictVisitor, watch


class SampleForm(Form):
    name = StringField("Name", [Needed("Enter a name."), Longest(10)])
    day = DateField("Day", [Needed("Enter a day.")])
    count = IntegerField("Count", [Needed("Enter a count.")])


REFUSALS: dict[str, tuple[Callable[[], Exception], int]] = {
    "missing": (lambda: Missing("It is not there."), 404),
    "not-allowed": (lambda: NotAllowed("You may not."), 403),
    "conflict": (lambda: ConflictOfInterest("You are tied to this line."), 403),
    "wrong-state": (lambda: WrongState("It is decided."), 409),
    "stale": (lambda: StaleVersion("Someone else saved.", current=None, version=3), 409),
    "invalid": (lambda: InvalidInput("That cannot be used."), 422),
    "too-many": (lambda: TooMany("Slow down, please.", retry_after=30), 429),
    "unavailable": (lambda: Unavailable("The disk is full."), 503),
}


def plant(app: Flask) -> None:
    """Views that only tests need."""

    @app.route("/planted/refuse/<kind>", methods=["GET", "POST"])
    @public
    def refuse(kind: str) -> str:
        raise REFUSALS[kind][0]()

    @app.get("/planted/fail")
    @public
    def fail() -> str:
        raise ZeroDivisionError("the inner workings")

    @app.post("/planted/rename/<int:status>")
    @public
    def rename(status: int) -> Any:
        the_network(session()).name = "Renamed"
        return "", status

    @app.post("/planted/rename-and-fail")
    @public
    def rename_and_fail() -> Any:
        the_network(session()).name = "Renamed"
        session().flush()
        raise WrongState("It is decided.")

    @app.get("/planted/write-on-get")
    @public
    def write_on_get() -> str:
        the_network(session()).name = "Renamed"
        session().flush()
        return ""

    @app.get("/planted/dirty-get")
    @public
    def dirty_get() -> str:
        the_network(session()).name = "Renamed"
        return ""

    @app.get("/planted/traced-get")
    @public
    def traced_get() -> str:
        network = the_network(session())
        with record() as own:
            the_network(own).name = "Traced"
        return network.name

    @app.route("/planted/form", methods=["GET", "POST"])
    @public
    def form() -> Any:
        sample = SampleForm()
        if sample.accepted():
            flash("Done.", "done")
            if sample.name.data == "refused":
                sample.refuse(InvalidInput("This name is taken.", field="name", problems=(WrongState("And closed."),)))
        page = (
            '{% extends "layout/base.html" %}{% import "layout/forms.html" as forms with context %}'
            "{% block title %}{{ _('Sample form') }}{% endblock %}{% block main %}<h1>{{ _('Sample form') }}</h1>"
            "{{ forms.summary(form) }}<form method='post'>{{ forms.csrf() }}{{ forms.text(form.name) }}"
            "{{ forms.date(form.day) }}{{ forms.text(form.count) }}{{ forms.buttons(_('Save')) }}</form>{% endblock %}"
        )
        return render_template_string(page, form=sample), sample.status

    @app.get("/planted/malformed")
    @public
    def malformed() -> str:
        return "<!doctype html><html lang='en' dir='ltr'><title>x</title><h1>x</h1><p><div></p></html>"


@pytest.fixture
def planted(settings: Settings, clock: Clock) -> Flask:
    app = front_door.create_app(settings, pseudo_languages=True, now=clock)
    plant(app)
    app.test_client_class = StrictVisitor
    watch(app)
    with app.extensions["plumbline"].sessions.writing() as own:
        a_network(own)
    return app


@pytest.fixture
def browser(planted: Flask) -> StrictVisitor:
    return planted.test_client()  # type: ignore[return-value]


def name_now(app: Flask) -> str:
    with app.extensions["plumbline"].sessions.reading() as own:
        return the_network(own).name


@pytest.mark.parametrize("kind", REFUSALS)
def test_each_refusal_has_its_status_and_its_words(browser: StrictVisitor, kind: str) -> None:
    make, status = REFUSALS[kind]
    answer = browser.get(f"/planted/refuse/{kind}", fails=True)
    assert answer.status_code == status
    assert str(make()) in answer.text
    assert re.search(rf"{status}-[0-9a-f]{{8}}", answer.text), "a reference to name when asking for help"
    told = browser.get(f"/planted/refuse/{kind}", headers={"Accept": "application/json"}, fails=True)
    assert told.mimetype == "application/problem+json" and told.json["detail"] == str(make())


def test_waiting_times_are_told_to_programs_too(browser: StrictVisitor) -> None:
    assert browser.get("/planted/refuse/too-many").headers["Retry-After"] == "30"
    assert browser.get("/planted/refuse/unavailable", fails=True).headers["Retry-After"] == "5"


def test_a_failure_says_nothing_of_its_inside(browser: StrictVisitor) -> None:
    answer = browser.get("/planted/fail", fails=True)
    assert answer.status_code == 500
    assert "inner workings" not in answer.text and "Traceback" not in answer.text
    assert "What you saved before is safe." in answer.text


def test_the_page_of_a_failure_needs_no_database(browser: StrictVisitor, planted: Flask, settings: Settings) -> None:
    wiring = planted.extensions["plumbline"]
    wiring.sessions.engine.dispose()
    (settings.instance / "plumbline.sqlite").unlink()
    (settings.instance / "plumbline.sqlite").mkdir()
    answer = browser.get("/", fails=True)
    assert answer.status_code == 503
    assert "cannot be reached right now" in answer.text


@pytest.mark.parametrize(
    ("status", "kept"),
    [(200, "Renamed"), (303, "Renamed"), (400, "Sample network"), (409, "Sample network"), (422, "Sample network")],
)
def test_a_change_is_kept_only_when_the_view_says_so(
    browser: StrictVisitor, planted: Flask, status: int, kept: str
) -> None:
    assert browser.send(f"/planted/rename/{status}").status_code == status
    assert name_now(planted) == kept


def test_a_refusal_takes_back_what_was_written(browser: StrictVisitor, planted: Flask) -> None:
    assert browser.send("/planted/rename-and-fail").status_code == 409
    assert name_now(planted) == "Sample network"


def test_a_get_cannot_write(browser: StrictVisitor, planted: Flask) -> None:
    assert browser.get("/planted/write-on-get", fails=True).status_code == 500
    assert name_now(planted) == "Sample network"


def test_the_strict_visitor_sees_a_get_that_leaves_changes(browser: StrictVisitor) -> None:
    with pytest.raises(AssertionError, match="never saved"):
        browser.get("/planted/dirty-get")


def test_the_strict_visitor_sees_malformed_pages(browser: StrictVisitor) -> None:
    with pytest.raises(Exception, match=r"(?i)unexpected|end tag"):
        browser.get("/planted/malformed")


def test_a_get_can_leave_a_trace_of_its_own(browser: StrictVisitor, planted: Flask) -> None:
    assert browser.get("/planted/traced-get", loose=True).text == "Sample network"
    assert name_now(planted) == "Traced"


def test_a_form_keeps_what_was_typed_and_leads_to_each_problem(browser: StrictVisitor) -> None:
    typed = {"name": "far too long a name", "day": "30th of April", "count": "many"}
    answer = browser.send("/planted/form", typed)
    assert answer.status_code == 422
    assert "<title>Error: " in answer.text and "There are 3 problems" in answer.text
    for words in (*typed.values(), "Use at most 10 characters; this has 19.", "Enter a whole number."):
        assert words in answer.text, words
    assert "Enter a date like 30 4 2026" in answer.text
    assert answer.text.count("Enter a day.") == 0, "one message for one mistake"
    for field in ("name", "day", "count"):
        assert f'href="#{field}"' in answer.text


def test_what_the_domain_refuses_stands_at_its_field(browser: StrictVisitor) -> None:
    answer = browser.send("/planted/form", {"name": "refused", "day": "2026-04-30", "count": "3"})
    assert answer.status_code == 422
    assert '<a href="#name">This name is taken.</a>' in answer.text and "<strong>And closed.</strong>" in answer.text
    good = browser.send("/planted/form", {"name": "fine", "day": "2026-04-30", "count": "3"})
    assert good.status_code == 200 and 'role="status"' in good.text


def test_what_is_too_large_is_said_in_words(browser: StrictVisitor, settings: Settings) -> None:
    answer = browser.post("/planted/form", data={"name": "x" * (settings.upload_limit + 300_000)})
    assert answer.status_code == 413 and language("en").size(settings.upload_limit) in answer.text


def test_a_method_that_is_not_there(browser: StrictVisitor) -> None:
    answer = browser.delete("/register")
    assert answer.status_code in (400, 405)


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost:80@evil.example"])
def test_a_foreign_host_is_refused(browser: StrictVisitor, host: str) -> None:
    answer = browser.get("/", headers={"Host": host})
    assert answer.status_code == 400 and "evil" not in answer.text


def test_static_files_are_hashed_kept_and_carry_the_headers(browser: StrictVisitor) -> None:
    for path, address in assets.names().items():
        answer = browser.get(address)
        assert answer.status_code == 200, path
        if not path.endswith((".txt",)):
            assert "immutable" in answer.headers["Cache-Control"], path
    assert browser.get("/static/app.css").status_code == 404
    assert browser.get("/static/../app.py").status_code == 404


def test_signed_in_pages_are_never_kept(
    browser: StrictVisitor, signed_in: Callable[..., StrictVisitor], desk: Sessions
) -> None:
    from tests.building import a_coordinator

    with desk.writing() as own:
        coordinator = a_coordinator(own)
    assert signed_in(coordinator).get("/account").headers["Cache-Control"] == "no-store"
    assert browser.get("/register").headers["Cache-Control"] == "private, no-cache"


def test_secure_cookies_are_bound_to_the_host(settings: Settings, clock: Clock) -> None:
    secure = settings.model_copy(update={"secure_cookies": True})
    app = front_door.create_app(secure, now=clock)
    with app.extensions["plumbline"].sessions.writing() as own:
        a_network(own)
    answer = app.test_client().get("/sign-in", base_url="https://localhost")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-plumbline-form=") and "Secure" in cookie and "HttpOnly" in cookie
    with app.test_request_context():
        assert visit.session_cookie() == "__Host-plumbline"


def test_the_first_page_sets_no_cookie(browser: StrictVisitor) -> None:
    assert "Set-Cookie" not in browser.get("/register").headers


@pytest.mark.parametrize(
    ("target", "safe"),
    [
        ("/lines/x?y=1#z", True),
        ("/", True),
        ("", False),
        (None, False),
        ("//evil.example", False),
        ("/\\evil.example", False),
        ("https://evil.example", False),
        ("javascript:alert(1)", False),
        ("/a\nb", False),
        ("/\t/evil.example", False),
        ("lines/x", False),
    ],
)
def test_only_paths_of_this_site_are_gone_to(target: str | None, safe: bool) -> None:
    assert (visit.safe_way(target) is not None) == safe


def test_every_refusal_has_a_status() -> None:
    from audit.web.errors import STATUSES

    assert set(AuditError.__subclasses__()) <= set(STATUSES)


def test_the_time_is_one_in_a_request(planted: Flask) -> None:
    with planted.test_request_context():
        assert visit.now() is visit.now()
        assert visit.today() == visit.now().date()
        assert request.path == "/"
