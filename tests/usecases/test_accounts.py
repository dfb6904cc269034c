"""People and their ways in: one wording, one cost, single use, and an end that ends everything."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from audit.domain.errors import InvalidInput, Missing, NotAllowed, TooMany, WrongState
from audit.domain.permissions import Role
from audit.persistence.queries import people
from audit.persistence.sessions import Sessions, sessions
from audit.persistence.tables import Appointment, Attempt, JournalEntry, Letter, OneTimeToken, Person, SignInSession
from audit.usecases import accounts
from tests.building import AT, PASSWORD, a_coordinator, a_network, a_person, appointment_of

MINUTE = timedelta(minutes=1)


def _sign_in(session: Session, email: str, password: str = PASSWORD, *, at=AT, address: str = "192.0.2.1") -> str:
    return accounts.sign_in(session, email=email, password=password, address=address, at=at, idle_minutes=120, hours=12)


def test_the_first_link_makes_network_and_administrator_once(session: Session) -> None:
    old = accounts.first_administrator_link(session, at=AT)
    link = accounts.first_administrator_link(session, at=AT)
    given = {
        "email": "First@Network.example ", "name": "First administrator", "password": PASSWORD,
        "network_name": "Network", "issuing_body": "Secretariat", "address": "1 Street", "place": "Town",
        "signatory": "Coordinator", "at": AT,
    }  # fmt: skip
    with pytest.raises(Missing):
        accounts.create_first_administrator(session, token=old, **given)
    person = accounts.create_first_administrator(session, token=link, **given)
    assert person.email == "first@network.example"
    homes = people.role_homes(session, person, at=AT)
    assert homes.administration and homes.network and not homes.lines
    with pytest.raises(Missing):
        accounts.create_first_administrator(session, token=link, **given)
    with pytest.raises(WrongState):
        accounts.first_administrator_link(session, at=AT)


def test_an_invited_person_joins_once_and_signs_in(session: Session) -> None:
    person = a_person(session, "Reviewer one", Role.REVIEWER, joined=False)
    assert session.scalars(select(Letter.kind)).all() == ["invitation"]
    with pytest.raises(InvalidInput):
        _sign_in(session, person.email, "any password at all")
    token = accounts.mint_token(session, person, "invitation", at=AT)
    other = accounts.mint_token(session, person, "invitation", at=AT)
    accounts.join(session, token=token, name="  Reviewer\x00  one ", password=PASSWORD, at=AT)
    assert person.name == "Reviewer one"
    for used in (token, other):
        with pytest.raises(Missing):
            accounts.join(session, token=used, name="Other", password=PASSWORD, at=AT)
    assert accounts.person_of_token(session, _sign_in(session, person.email.upper()), at=AT) is person


@pytest.mark.parametrize(
    "password", ["short", "aaaaaaaaaaaaaaaa", "password2026!", "x" * 201, "reviewer.one@people.example"]
)
def test_a_weak_password_is_refused_in_words(session: Session, password: str) -> None:
    person = a_person(session, "Reviewer one", Role.REVIEWER, joined=False)
    token = accounts.mint_token(session, person, "invitation", at=AT)
    with pytest.raises(InvalidInput) as refusal:
        accounts.join(session, token=token, name="Reviewer one", password=password, at=AT)
    assert refusal.value.field == "password"
    accounts.join(session, token=token, name="Reviewer one", password=PASSWORD, at=AT)  # the link still holds


def test_a_link_serves_its_purpose_only_and_expires(session: Session) -> None:
    person = a_person(session, "Reviewer one", Role.REVIEWER)
    reset = accounts.mint_token(session, person, "reset", at=AT)
    with pytest.raises(Missing):
        accounts.join(session, token=reset, name="x", password=PASSWORD, at=AT)
    with pytest.raises(Missing):
        accounts.reset_password(session, token=reset, password=PASSWORD, at=AT + timedelta(hours=2))
    assert reset not in str(session.execute(select(OneTimeToken.__table__)).all())


def test_a_reset_ends_every_session_and_link(session: Session) -> None:
    person = a_person(session, "Reviewer one", Role.REVIEWER)
    signed_in = _sign_in(session, person.email)
    first, second = (accounts.mint_token(session, person, "reset", at=AT) for _ in range(2))
    accounts.reset_password(session, token=first, password="another quiet lamp", at=AT)
    assert accounts.person_of_token(session, signed_in, at=AT) is None
    with pytest.raises(Missing):
        accounts.reset_password(session, token=second, password=PASSWORD, at=AT)
    assert _sign_in(session, person.email, "another quiet lamp")


def test_every_refusal_to_sign_in_reads_the_same(session: Session) -> None:
    joined = a_person(session, "Joined", Role.REVIEWER)
    invited = a_person(session, "Invited", Role.REVIEWER, joined=False)
    disabled = a_person(session, "Disabled", Role.REVIEWER)
    accounts.disable(session, disabled, actor=joined, at=AT)
    said = set()
    for email, password in (
        (joined.email, "wrong"),
        (invited.email, PASSWORD),
        (disabled.email, PASSWORD),
        ("nobody@people.example", PASSWORD),
        ("not an address", PASSWORD),
        ("nul\0@people.example", "p\ud800" + "x" * 5000),
    ):
        with pytest.raises(InvalidInput) as refusal:
            _sign_in(session, email, password)
        said.add((str(refusal.value), refusal.value.field))
    assert len(said) == 1


def test_an_unknown_account_costs_what_a_known_one_costs(session: Session) -> None:
    person = a_person(session, "Reviewer one", Role.REVIEWER)
    with pytest.raises(InvalidInput):
        _sign_in(session, "warm@people.example", "wrong")

    def cost(email: str) -> float:
        taken = []
        for number in range(5):
            started = time.process_time()
            with pytest.raises(InvalidInput):
                _sign_in(session, email.replace("*", str(number)), "wrong", address=f"192.0.2.{number}")
            taken.append(time.process_time() - started)
        return min(taken)

    known, unknown = cost(person.email), cost("nobody*@people.example")
    assert 0.5 < known / unknown < 2


def test_guessing_is_slowed_down_even_though_refusals_roll_back(database: Sessions) -> None:
    with database.writing() as session:
        person = a_person(session, "Reviewer one", Role.REVIEWER)
    for _ in range(5):
        with pytest.raises(InvalidInput), database.writing() as session:
            _sign_in(session, person.email, "wrong")
    with pytest.raises(TooMany) as refusal, database.writing() as session:
        _sign_in(session, person.email)
    assert 1 <= refusal.value.retry_after <= 16
    with database.writing() as session:
        assert _sign_in(session, person.email, at=AT + timedelta(seconds=16))
    with database.writing() as session:
        assert _sign_in(session, person.email, at=AT + timedelta(seconds=17)), "success forgets the failures"


def test_one_address_cannot_try_many_accounts(session: Session) -> None:
    for number in range(30):
        with pytest.raises(InvalidInput):
            _sign_in(session, f"nobody{number}@people.example", "wrong")
    with pytest.raises(TooMany):
        _sign_in(session, "nobody@people.example", "wrong")
    with pytest.raises(InvalidInput):
        _sign_in(session, "nobody@people.example", "wrong", address="192.0.2.2")
    assert "192.0.2" not in str(session.execute(select(Attempt.key)).all())


def test_a_session_slides_and_ends(session: Session) -> None:
    person = a_person(session, "Reviewer one", Role.REVIEWER)
    token = _sign_in(session, person.email)
    assert accounts.person_of_token(session, token, at=AT + 119 * MINUTE) is person
    assert accounts.person_of_token(session, token, at=AT + 120 * MINUTE) is None
    for minutes in range(0, 12 * 60, 60):
        accounts.keep_alive(session, token, at=AT + minutes * MINUTE, idle_minutes=120, hours=12)
    assert accounts.person_of_token(session, token, at=AT + (12 * 60 - 1) * MINUTE) is person
    assert accounts.person_of_token(session, token, at=AT + 12 * 60 * MINUTE) is None, "never past its last hour"
    accounts.sign_out(session, token, at=AT)
    accounts.keep_alive(session, token, at=AT + 5 * MINUTE, idle_minutes=120, hours=12)
    assert accounts.person_of_token(session, token, at=AT + MINUTE) is None
    assert token not in str(session.execute(select(SignInSession.__table__)).all())


def test_keeping_alive_writes_at_most_once_a_minute(session: Session) -> None:
    token = _sign_in(session, a_person(session, "Reviewer one", Role.REVIEWER).email)
    accounts.keep_alive(session, token, at=AT + timedelta(seconds=59), idle_minutes=120, hours=12)
    assert session.scalar(select(SignInSession.seen_at)) == AT
    accounts.keep_alive(session, token, at=AT + MINUTE, idle_minutes=120, hours=12)
    session.flush()
    assert session.scalar(select(SignInSession.seen_at)) == AT + MINUTE


def test_changing_the_password_asks_for_the_present_one_and_ends_other_sessions(session: Session) -> None:
    person = a_person(session, "Reviewer one", Role.REVIEWER)
    here, there = _sign_in(session, person.email), _sign_in(session, person.email)
    given = {"password": "another quiet lamp", "token": here, "at": AT}
    with pytest.raises(InvalidInput):
        accounts.change_password(session, person, present="wrong", **given)
    accounts.change_password(session, person, present=PASSWORD, **given)
    assert accounts.person_of_token(session, here, at=AT) is person
    assert accounts.person_of_token(session, there, at=AT) is None


def test_a_request_to_reset_says_nothing_and_writes_at_most_three_letters_an_hour(session: Session) -> None:
    person = a_person(session, "Reviewer one", Role.REVIEWER)
    before = session.scalar(select(func.count(Letter.id)))
    accounts.request_reset(session, email="nobody@people.example", address="192.0.2.1", at=AT)
    assert session.scalar(select(func.count(Letter.id))) == before
    for number in range(6):
        moment = AT + timedelta(seconds=number)
        accounts.request_reset(session, email=person.email, address=f"192.0.2.{number}", at=moment)
    assert session.scalar(select(func.count(Letter.id))) == before + 3


def test_ending_an_appointment_ends_what_rests_on_it(session: Session) -> None:
    actor = a_coordinator(session)
    person = a_person(session, "Auditor", Role.AUDITOR)
    token = _sign_in(session, person.email)
    link = accounts.mint_token(session, person, "reset", at=AT)
    accounts.end_appointment(session, appointment_of(session, person, Role.AUDITOR), actor=actor, at=AT)
    assert accounts.person_of_token(session, token, at=AT) is None
    with pytest.raises(Missing):
        accounts.reset_password(session, token=link, password=PASSWORD, at=AT)
    with pytest.raises(WrongState):
        accounts.end_appointment(
            session,
            session.scalars(select(Appointment).where(Appointment.person_id == person.id)).one(),
            actor=actor,
            at=AT,
        )


def test_the_last_administrator_stays(session: Session) -> None:
    person = a_person(session, "Administrator", Role.ADMINISTRATOR)
    with pytest.raises(WrongState):
        accounts.disable(session, person, actor=person, at=AT)
    with pytest.raises(WrongState):
        accounts.end_appointment(session, appointment_of(session, person, Role.ADMINISTRATOR), actor=person, at=AT)
    a_person(session, "Second administrator", Role.ADMINISTRATOR)
    accounts.disable(session, person, actor=person, at=AT)
    assert person.disabled_at == AT


def test_only_an_administrator_appoints_an_administrator(session: Session) -> None:
    given = {"email": "a@people.example", "name": "A", "role": Role.ADMINISTRATOR, "at": AT}
    with pytest.raises(NotAllowed):
        accounts.invite(session, actor=a_coordinator(session), **given)
    accounts.invite(session, actor=a_person(session, "Administrator", Role.ADMINISTRATOR), **given)


def test_a_known_address_gets_one_more_role_but_not_the_same_twice(session: Session) -> None:
    actor = a_coordinator(session)
    person = a_person(session, "Reviewer one", Role.REVIEWER)
    given = {"email": person.email, "name": "Other name", "actor": actor, "at": AT}
    again = accounts.invite(session, role=Role.AUDITOR, **given)
    assert again is person and person.name == "Reviewer one"
    with pytest.raises(WrongState):
        accounts.invite(session, role=Role.AUDITOR, **given)


@pytest.mark.parametrize(
    "email", ["", "a", "a@b", "a b@c.example", "a@b..c@d", "x" * 255 + "@c.example", "a@b.example\nBcc: c@d.example"]
)
def test_an_address_that_cannot_be_one_is_refused(session: Session, email: str) -> None:
    a_network(session)
    with pytest.raises(InvalidInput) as refusal:
        accounts.invite(session, email=email, name="A", role=Role.REVIEWER, actor=None, at=AT)
    assert refusal.value.field == "email"


def test_each_change_of_people_leaves_its_entry(session: Session) -> None:
    actor = a_coordinator(session)
    person = a_person(session, "Reviewer one", Role.REVIEWER)
    accounts.end_appointment(session, appointment_of(session, person, Role.REVIEWER), actor=actor, at=AT)
    accounts.disable(session, person, actor=actor, at=AT)
    accounts.enable(session, person, actor=actor, at=AT)
    subject = f"person:{person.public_id}"
    events = session.scalars(
        select(JournalEntry.event).where(JournalEntry.subject == subject).order_by(JournalEntry.number)
    )
    assert events.all() == [
        "person:invited", "person:appointed", "person:joined", "appointment:ended", "person:disabled", "person:enabled",
    ]  # fmt: skip


def test_twenty_people_race_for_one_link_and_one_wins(engines: Engine) -> None:
    database = sessions(engines)
    with database.writing() as session:
        person = a_person(session, "Reviewer one", Role.REVIEWER, joined=False)
        token = accounts.mint_token(session, person, "invitation", at=AT)
    outcomes: list[str] = []

    def race(number: int) -> None:
        try:
            with database.writing() as session:
                accounts.join(session, token=token, name=f"Racer {number}", password=PASSWORD, at=AT)
            outcomes.append(f"Racer {number}")
        except Missing:
            outcomes.append("")

    threads = [threading.Thread(target=race, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [outcome for outcome in outcomes if outcome]
    assert len(outcomes) == 20 and len(winners) == 1
    with database.reading() as session:
        assert session.scalars(select(Person.name)).all() == winners
