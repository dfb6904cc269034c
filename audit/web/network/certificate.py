"""One certificate as the network looks after it: what holds, what held, a change of status, a correction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, render_template
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from audit.domain.certification import (
    CHANGES,
    CertificateFacts,
    CertificateStatus,
    certificate_facts_from_text,
    shown_now,
)
from audit.domain.errors import N_, AuditError, WrongState
from audit.domain.permissions import Permission
from audit.domain.status_reasons import CHOSEN_BY_PEOPLE, REASON_WORDS
from audit.persistence.queries import certificates
from audit.persistence.tables import Certificate
from audit.usecases import certificates as desk
from audit.web import visit
from audit.web.forms import Form, Longest, Needed, stripped
from audit.web.guards import may, requires
from audit.web.network.blueprint import A_DATE, blueprint
from audit.web.replies import said, see
from audit.web.transaction import session

# What a person can do with a certificate, each with the words of the choice.
CHOICES: Mapping[CertificateStatus, str] = {
    CertificateStatus.SUSPENDED: N_("Suspend: it does not hold until it is reinstated."),
    CertificateStatus.REINSTATED: N_("Reinstate: it holds again, to its old last day."),
    CertificateStatus.WITHDRAWN: N_("Withdraw: it ends for good; nothing brings it back."),
}


class StatusForm(Form):
    becomes = RadioField(N_("What happens"), validators=[Needed(N_("Choose what happens to the certificate."))])
    effective_on = DateField(
        N_("From"), description=N_("The day from which the public reads it."), validators=[Needed(A_DATE)]
    )
    reason_class = SelectField(
        N_("Reason the public reads"),
        choices=[
            SelectChoice("", N_("Choose one")),
            *(SelectChoice(one.value, REASON_WORDS[one]) for one in CHOSEN_BY_PEOPLE),
        ],
        validators=[Needed(N_("Choose the reason the public reads."))],
    )
    reason = TextAreaField(
        N_("Reason in full"),
        description=N_("The line and the network read this; the public does not."),
        filters=[stripped],
        validators=[Needed(N_("Write down the reason.")), Longest(6000)],
    )


class CorrectionForm(Form):
    line_name = StringField(N_("Name of the line"), filters=[stripped], validators=[Longest(160)])
    line_name_latin = StringField(N_("Name in Latin letters"), filters=[stripped], validators=[Longest(160)])
    operator = StringField(N_("Operator"), filters=[stripped], validators=[Longest(160)])
    operator_address = StringField(N_("Address of the operator"), filters=[stripped], validators=[Longest(240)])
    scope = TextAreaField(N_("Scope"), filters=[stripped], validators=[Longest(240)])
    channels = StringField(N_("Channels"), filters=[stripped], validators=[Longest(240)])
    web_address = StringField(N_("Web address"), filters=[stripped], validators=[Longest(200)])
    reason = TextAreaField(
        N_("What was wrong?"),
        description=N_("Kept in the journal beside the old certificate."),
        filters=[stripped],
        validators=[Needed(N_("Write down what was wrong.")), Longest(2000)],
    )


CORRECTED = ("line_name", "line_name_latin", "operator", "operator_address", "scope", "channels", "web_address")


def certificate_of(session: Any, serial: str) -> Certificate | None:
    return certificates.for_download(session, serial)


@blueprint.get("/certificates/<serial>")
@requires(Permission.SEE_NETWORK, load=certificate_of)
def certificate(certificate: Certificate) -> tuple[str, int]:
    return _page(certificate)


def _page(certificate: Certificate, form: StatusForm | None = None) -> tuple[str, int]:
    today = visit.today()
    changes = _possible(certificate)
    shown = form if form is not None else StatusForm(formdata=None, effective_on=_first_day(certificate))
    shown.becomes.choices = [SelectChoice(one.value, words) for one, words in changes.items()]
    events = certificates.events_of(certificate)
    page = render_template(
        "network/certificate.html",
        certificate=certificate,
        facts=certificate_facts_from_text(certificate.facts),
        state=shown_now(events, today, certificate.valid_until),
        events=certificate.events,
        reason_words=REASON_WORDS,
        form=shown,
        changes=changes,
        may_change=may(Permission.CHANGE_CERTIFICATE_STATUS, certificate),
        others=certificates.of_line(session(), certificate.line_id, today),
    )
    return page, shown.status


def _possible(certificate: Certificate) -> dict[CertificateStatus, str]:
    """What may follow the last thing recorded of the certificate."""
    recorded = sorted(certificates.events_of(certificate), key=lambda event: event[1])
    present = certificates.status_now(certificate, max(visit.today(), recorded[-1][1])) if recorded else None
    following = CHANGES[present] if present is not None else frozenset()
    return {status: words for status, words in CHOICES.items() if status in following}


def _first_day(certificate: Certificate) -> Any:
    return max([visit.today(), *(day for _, day in certificates.events_of(certificate))])


@blueprint.post("/certificates/<serial>/status")
@requires(Permission.CHANGE_CERTIFICATE_STATUS, load=certificate_of)
def change_status(certificate: Certificate) -> Response | tuple[str, int]:
    """Suspend, reinstate or withdraw from a day on; the register shows it at once."""
    if not _possible(certificate):
        raise WrongState(N_("This certificate has ended. Nothing can follow."))
    form = StatusForm()
    form.becomes.choices = [SelectChoice(one.value, words) for one, words in CHOICES.items()]
    if form.accepted():
        try:
            desk.change_status(
                session(),
                certificate,
                status=CertificateStatus(form.becomes.data),
                effective_on=form.effective_on.data,
                reason_class=form.reason_class.data,
                reason=form.reason.data or "",
                actor=visit.actor(),
                at=visit.now(),
            )
        except AuditError as refusal:
            form.refuse(refusal)
        else:
            message = N_("Recorded. The register shows it, and the line has a letter.")
            return see("certificate", said(message), serial=certificate.serial)
    return _page(certificate, form)


@blueprint.get("/certificates/<serial>/correction")
@requires(Permission.SEE_NETWORK, load=certificate_of)
def correction(certificate: Certificate) -> tuple[str, int]:
    facts = certificate_facts_from_text(certificate.facts)
    return _correcting(certificate, CorrectionForm(formdata=None, **_stated(facts)))


def _stated(facts: CertificateFacts) -> dict[str, str]:
    return {name: getattr(facts, name) for name in CORRECTED}


def _correcting(certificate: Certificate, form: CorrectionForm) -> tuple[str, int]:
    page = render_template("network/correction.html", certificate=certificate, line=certificate.line, form=form)
    return page, form.status


@blueprint.post("/certificates/<serial>/correction")
@requires(Permission.CHANGE_CERTIFICATE_STATUS, load=certificate_of)
def correct(certificate: Certificate) -> Response | tuple[str, int]:
    """A corrected certificate takes the place of this one; the worker issues its file."""
    form = CorrectionForm()
    if form.accepted():
        stated = _stated(certificate_facts_from_text(certificate.facts))
        typed = {name: form[name].data or "" for name in CORRECTED}
        try:
            corrected = desk.reissue(
                session(),
                certificate,
                changes={name: text for name, text in typed.items() if text != stated[name]},
                reason=form.reason.data or "",
                base_url=visit.settings().base_url,
                actor=visit.actor(),
                at=visit.now(),
                today=visit.today(),
            )
        except AuditError as refusal:
            form.refuse(refusal)
        else:
            message = N_("Corrected. The new certificate is issued within minutes; the old one is superseded.")
            return see("certificate", said(message), serial=corrected.serial)
    return _correcting(certificate, form)
