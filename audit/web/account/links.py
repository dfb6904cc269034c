"""What one-time links open: invitation, new password, the first administrator. A GET never uses a link up."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from audit.domain.errors import N_, AuditError, Missing
from audit.usecases import accounts
from audit.usecases.accounts import TokenPurpose
from audit.web import visit
from audit.web.account.blueprint import blueprint
from audit.web.account.forms import JoinForm, NewPasswordForm, ResetRequestForm, WelcomeForm
from audit.web.guards import public


@blueprint.route("/join/<token>", methods=["GET", "POST"])
@public
def join(token: str) -> Any:
    person = accounts.known_token(visit.session(), token, TokenPurpose.INVITATION, at=visit.now())
    form = JoinForm(name=person.name if person is not None else "")
    if form.accepted():
        name, password = form.name.data or "", form.password.data or ""
        try:
            accounts.join(visit.session(), token=token, name=name, password=password, at=visit.now())
        except Missing:
            raise
        except AuditError as refusal:
            form.refuse(refusal)
        else:
            return _on(N_("Your account is ready. Sign in with your e-mail address and your password."))
    return render_template("account/join.html", form=form, email=person.email if person else ""), form.status


@blueprint.route("/reset", methods=["GET", "POST"])
@public
def request_reset() -> Any:
    form = ResetRequestForm()
    if form.accepted():
        email, address = form.email.data or "", request.remote_addr or ""
        try:
            accounts.request_reset(visit.session(), email=email, address=address, at=visit.now())
        except AuditError as refusal:
            form.refuse(refusal)
        else:
            return _on(
                N_("If this address has an account, a letter with a link is on its way. The link lasts two hours.")
            )
    return render_template("account/reset_request.html", form=form), form.status


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
@public
def reset(token: str) -> Any:
    accounts.known_token(visit.session(), token, TokenPurpose.RESET, at=visit.now())
    form = NewPasswordForm()
    if form.accepted():
        try:
            accounts.reset_password(visit.session(), token=token, password=form.password.data or "", at=visit.now())
        except Missing:
            raise
        except AuditError as refusal:
            form.refuse(refusal)
        else:
            return _on(N_("Your new password is set. Sign in with it."))
    return render_template("account/reset.html", form=form), form.status


@blueprint.route("/welcome/<token>", methods=["GET", "POST"])
@public
def welcome(token: str) -> Any:
    """The first administrator's page: the network, its issuing body, and their own account."""
    accounts.known_token(visit.session(), token, TokenPurpose.FIRST_ADMINISTRATOR, at=visit.now())
    form = WelcomeForm()
    if form.accepted():
        typed = {name: value or "" for name, value in form.data.items() if name != "csrf_token"}
        try:
            accounts.create_first_administrator(
                visit.session(), token=token, language=visit.reading().code, at=visit.now(), **typed
            )
        except Missing:
            raise
        except AuditError as refusal:
            form.refuse(refusal)
        else:
            return _on(N_("The network is ready. Sign in with your e-mail address and your password."))
    return render_template("account/welcome.html", form=form), form.status


def _on(message: str) -> Any:
    """To the sign-in page, with what just happened said there."""
    flash(visit.reading().gettext(message), "done")
    return redirect(url_for("account.sign_in"), 303)
