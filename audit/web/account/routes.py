"""Views of the account room."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request

from audit.domain.errors import InvalidInput, TooMany
from audit.usecases import accounts
from audit.web import homes, visit
from audit.web.account import blueprint
from audit.web.account.forms import SignInForm
from audit.web.guards import public


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Any:
    way = visit.safe_way(request.args.get("next"))
    if request.method == "GET" and visit.person() is not None:
        return redirect(way or homes.first_home(), 303)
    form = SignInForm()
    if form.accepted():
        settings = visit.settings()
        try:
            token = accounts.sign_in(
                visit.session(),
                email=form.email.data or "",
                password=form.password.data or "",
                address=request.remote_addr or "",
                at=visit.now(),
                idle_minutes=settings.session_idle_minutes,
                hours=settings.session_hours,
            )
        except (InvalidInput, TooMany) as refusal:
            form.refuse(refusal)
        else:
            return visit.remember_token(redirect(way or "/", 303), token)
    return render_template("account/sign_in.html", form=form), form.status
