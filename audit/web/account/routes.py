"""Signing in and out, and one's own account."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import generate_csrf

from audit.domain.errors import N_, AuditError, InvalidInput, NotAllowed, TooMany
from audit.domain.permissions import Permission
from audit.persistence.queries import people
from audit.usecases import accounts
from audit.web import homes, kept, visit
from audit.web.account.blueprint import blueprint
from audit.web.account.forms import ChangePasswordForm, SignInForm
from audit.web.guards import public, requires


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Any:
    way = visit.safe_way(request.args.get("next"))
    if request.method == "GET" and visit.person() is not None:
        return redirect(way or homes.first_home(), 303)
    form, held_text = SignInForm(), request.form.get(kept.FIELD, "")
    if form.accepted():
        try:
            token = enter(form)
        except (InvalidInput, TooMany) as refusal:
            form.refuse(refusal)
        else:
            return _on_with(kept.opened(held_text), way or "/", token)
    return render_template("account/sign_in.html", form=form, held_text=held_text), form.status


def enter(form: SignInForm) -> str:
    """The token of a session for what this form says; InvalidInput in one wording, TooMany."""
    settings = visit.settings()
    return accounts.sign_in(
        visit.session(),
        email=form.email.data or "",
        password=form.password.data or "",
        address=request.remote_addr or "",
        at=visit.now(),
        idle_minutes=settings.session_idle_minutes,
        hours=settings.session_hours,
    )


def _on_with(held: kept.Kept | None, way: str, token: str) -> Any:
    """On to where the visitor was going; where a form was kept, it is shown first and sent by nobody but them."""
    entered = visit.remember_token(redirect(way, 303), token)
    here = visit.person()
    if here is not None and here.language in visit.offered():
        visit.remember_language(entered, here.language)  # their own, whatever was read in this browser before
    if held is None:
        return entered
    person = visit.person()
    if person is None or not held.fits(person.public_id):
        flash(visit.reading().gettext(N_("What was typed here before was another person’s. It was not saved.")), "warn")
        return entered
    return visit.remember_token(make_response(render_template("account/again.html", held=held, way=way)), token)


@blueprint.post("/sign-in/here")
@public
def sign_in_here() -> Any:
    """Sign in on the page at hand, by its script: JSON with a new form token. Only for whom the page belongs to."""
    form = SignInForm()
    if not form.accepted():
        return jsonify(message=" ".join(said for _, said in form.problems)), form.status
    try:
        token = enter(form)
    except (InvalidInput, TooMany) as refusal:
        form.refuse(refusal)
        return jsonify(message=visit.reading().refusal(refusal)), form.status
    response = visit.remember_token(make_response(), token)
    person = visit.person()
    if person is None or person.public_id != request.form.get("person"):
        raise NotAllowed(N_("This page belongs to someone else. Open it in a window of your own."))
    response.data = jsonify(token=generate_csrf(), person=person.public_id).data
    response.mimetype = "application/json"
    return response


@blueprint.get("/sign-in/token")
@public
def form_token() -> Any:
    """A fresh form token of this browser's session, and who is signed in ("": nobody), for a page that stayed open."""
    person = visit.person()
    return jsonify(token=generate_csrf(), person=person.public_id if person is not None else "")


@blueprint.post("/sign-out")
@public
def sign_out() -> Any:
    """Ends the session; a page left open signs out a second time without complaint."""
    token = visit.token()
    if token:
        accounts.sign_out(visit.session(), token, at=visit.now())
    response = visit.forget_token(redirect(url_for("account.sign_in"), 303))
    flash(visit.reading().gettext(N_("You are signed out.")), "done")
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


@blueprint.get("/account")
@requires(Permission.SEE_OWN_ACCOUNT)
def account() -> Any:
    person, session = visit.actor(), visit.session()
    return render_template(
        "account/account.html",
        held=people.appointments_of(session, person),
        sessions=people.sessions_of(session, person, at=visit.now()),
        here=visit.token_hash(visit.token()),
    )


@blueprint.post("/language")
@public
def choose_language() -> Any:
    """From here on in this language, on the page where it was chosen: kept for the person, or else in this browser."""
    code = request.form.get("language", "")
    if code not in visit.offered():
        raise InvalidInput(N_("Choose one of the languages offered."))
    here = visit.person()
    if here is not None:
        accounts.set_language(visit.session(), here, code)
    return visit.remember_language(redirect(visit.safe_way(request.form.get("next")) or "/", 303), code)


@blueprint.post("/account/language")
@requires(Permission.CHANGE_OWN_ACCOUNT)
def change_language() -> Any:
    code = request.form.get("language", "")
    if code not in visit.offered():
        raise InvalidInput(N_("Choose one of the languages offered."))
    accounts.set_language(visit.session(), visit.actor(), code)
    return visit.remember_language(redirect(url_for("account.account"), 303), code)


@blueprint.post("/account/drafts")
@requires(Permission.CHANGE_OWN_ACCOUNT)
def change_drafts() -> Any:
    accounts.set_keeps_drafts(visit.actor(), request.form.get("keeps_drafts") == "y")
    flash(visit.reading().gettext(N_("Saved.")), "done")
    return redirect(url_for("account.account"), 303)


@blueprint.post("/account/tour")
@requires(Permission.CHANGE_OWN_ACCOUNT)
def close_tour() -> Any:
    """The first visit's three sentences were read; back to where they stood."""
    accounts.close_tour(visit.actor(), at=visit.now())
    return redirect(visit.safe_way(request.form.get("next")) or homes.first_home(), 303)


@blueprint.get("/account/password")
@requires(Permission.SEE_OWN_ACCOUNT)
def password() -> Any:
    return render_template("account/password.html", form=ChangePasswordForm())


@blueprint.post("/account/password")
@requires(Permission.CHANGE_OWN_ACCOUNT)
def change_password() -> Any:
    form = ChangePasswordForm()
    if form.accepted():
        try:
            accounts.change_password(
                visit.session(),
                visit.actor(),
                present=form.present.data or "",
                password=form.password.data or "",
                token=visit.token(),
                at=visit.now(),
            )
        except AuditError as refusal:
            form.refuse(refusal)
        else:
            message = N_("Your password is changed. Other devices were signed out.")
            flash(visit.reading().gettext(message), "done")
            return redirect(url_for("account.account"), 303)
    return render_template("account/password.html", form=form), form.status


@blueprint.post("/account/sessions")
@requires(Permission.CHANGE_OWN_ACCOUNT)
def end_other_sessions() -> Any:
    accounts.end_other_sessions(visit.session(), visit.actor(), token=visit.token(), at=visit.now())
    flash(visit.reading().gettext(N_("Every other device was signed out.")), "done")
    return redirect(url_for("account.account"), 303)
