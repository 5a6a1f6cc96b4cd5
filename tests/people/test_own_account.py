"""A forgotten password, another mail address, another name: and nobody learns who has an account."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from tests.people.conftest import MIA, PASSWORD, RITA, House
from workflow_app.engine import clock
from workflow_app.engine.errors import Conflict, Invalid
from workflow_app.people import forgotten, invitations, links, locking, own
from workflow_app.people.links import Gone
from workflow_app.people.sign_in import sign_in


def reset(house: House, person: int) -> None:
    """What the worker does with a forgotten password."""
    with house.store.writing() as tx:
        forgotten.reset(tx, person)


def test_asking_for_a_new_password_does_the_same_whether_there_is_an_account_or_not(house):
    written = []
    for email in ("mia@example.org", "nobody@example.org", "no address at all"):
        before = house.value("SELECT count(*) FROM outbox")
        forgotten.ask_for_reset(house.store, email)
        written.append(house.value("SELECT count(*) FROM outbox") - before)
    assert written == [1, 1, 1]
    assert house.value("SELECT count(*) FROM account_links") == 0
    assert house.kinds(MIA) == []
    payloads = {str(payload) for (payload,) in house.rows("SELECT CAST(payload AS TEXT) FROM outbox")}
    assert {p.replace(" ", "") for p in payloads} == {'{"person":3}', '{"person":null}'}


def test_the_link_for_a_forgotten_password_ends_the_old_one_and_all_sign_ins(house):
    mia = house.enter(MIA)
    reset(house, MIA)
    secret = house.mailed()
    invitations.choose_password(house.store, secret, "a new good password")
    assert sign_in(house.store, "mia@example.org", PASSWORD, "") is None
    assert sign_in(house.store, "mia@example.org", "a new good password", "")
    assert house.value("SELECT ended_at IS NOT NULL FROM sign_ins WHERE id = :i", i=mia.sign_in)
    assert house.kinds(MIA) == ["reset_asked", "password_reset"]
    house.refuses(Gone, "used already", invitations.choose_password, house.store, secret, "one more password")


def test_the_link_for_a_forgotten_password_lasts_two_hours_and_a_newer_one_ends_it(house):
    reset(house, MIA)
    first = house.mailed()
    reset(house, MIA)
    second = house.mailed()
    house.refuses(Gone, "has ended", invitations.choose_password, house.store, first, "a new good password")
    with clock.at(clock.now() + timedelta(hours=2)):
        house.refuses(Gone, "has ended", invitations.choose_password, house.store, second, "a new good password")


def test_a_locked_account_gets_no_link_and_one_that_was_only_invited_a_new_invitation(house):
    locking.lock(house.store, house.who(RITA), MIA)
    reset(house, MIA)
    assert house.value("SELECT count(*) FROM account_links") == 0
    person, first = house.invited()
    reset(house, person)
    assert house.rows("SELECT purpose FROM account_links ORDER BY id") == [("invite",), ("invite",)]
    house.refuses(Gone, "has ended", invitations.choose_password, house.store, first, PASSWORD)
    invitations.choose_password(house.store, house.mailed(), PASSWORD)


def test_a_new_address_counts_when_its_receiver_confirms_it(house):
    mia = house.enter(MIA)
    own.ask_for_new_email(house.store, mia, "Mia.New@Example.org", PASSWORD)
    assert sign_in(house.store, "mia.new@example.org", PASSWORD, "") is None
    secret = house.mailed()
    own.confirm_email(house.store, secret)
    assert sign_in(house.store, "mia.new@example.org", PASSWORD, "")
    assert sign_in(house.store, "mia@example.org", PASSWORD, "") is None
    assert house.kinds(MIA) == ["email_asked", "email_changed"]
    house.refuses(Gone, "used already", own.confirm_email, house.store, secret)
    kinds = [kind for (kind,) in house.rows("SELECT kind FROM outbox ORDER BY id")]
    assert kinds == ["account_link", "account_notice"]  # the new address is asked, the old one is warned


def test_what_was_sent_to_the_old_address_is_worthless_after_the_change(house):
    mia = house.enter(MIA)
    reset(house, MIA)
    old = house.mailed()
    own.ask_for_new_email(house.store, mia, "mia.new@example.org", PASSWORD)
    own.confirm_email(house.store, house.mailed())
    house.refuses(Gone, "has ended", invitations.choose_password, house.store, old, "a new good password")


def test_a_new_password_ends_a_change_of_address_that_somebody_else_may_have_begun(house):
    mia = house.enter(MIA)
    own.ask_for_new_email(house.store, mia, "thief@example.org", PASSWORD)
    stolen = house.mailed()
    own.change_password(house.store, mia, PASSWORD, "a new good password")
    house.refuses(Gone, "has ended", own.confirm_email, house.store, stolen)
    own.ask_for_new_email(
        house.store, house.enter(MIA, password="a new good password"), "thief@example.org", "a new good password"
    )
    stolen = house.mailed()
    reset(house, MIA)
    invitations.choose_password(house.store, house.mailed(), "one more good password")
    house.refuses(Gone, "has ended", own.confirm_email, house.store, stolen)


def test_an_address_that_has_an_account_is_not_given_away_but_cannot_be_taken(house):
    mia = house.enter(MIA)
    own.ask_for_new_email(house.store, mia, "rita@example.org", PASSWORD)  # says nothing
    with house.store.writing() as tx:
        assert links.ready(tx, house.value("SELECT max(id) FROM account_links")) is None  # and nothing is mailed
    own.ask_for_new_email(house.store, mia, "soon@example.org", PASSWORD)
    secret = house.mailed()
    house.invited("soon@example.org")
    house.refuses(Conflict, "another account has it", own.confirm_email, house.store, secret)


NO_ADDRESSES = ("", "nobody", "x@localhost@y", "a b@example.org", "mia@example.org\r\nBcc: x@y.org",
)  # fmt: skip


def test_what_is_no_address_is_refused(house):
    mia = house.enter(MIA)
    for email in NO_ADDRESSES:
        house.refuses(Invalid, "no mail address", own.ask_for_new_email, house.store, mia, email, PASSWORD)


def test_name_and_language_are_changed_and_recorded_without_their_words(house):
    own.change_details(house.store, house.enter(MIA), "  Mia   Muster ", "en")
    assert house.rows("SELECT name, language FROM people WHERE id = :m", m=MIA) == [("Mia Muster", "en")]
    assert house.kinds(MIA) == ["details_changed"]
    mia = house.enter(MIA)
    house.refuses(Invalid, "a name", own.change_details, house.store, mia, " \n ", "de")


def test_a_link_is_found_without_being_used(house):
    _person, secret = house.invited()
    with Session(house.store.engine) as session:
        for _look in range(3):
            assert links.find(session, secret).purpose == links.INVITE
    invitations.choose_password(house.store, secret, PASSWORD)
