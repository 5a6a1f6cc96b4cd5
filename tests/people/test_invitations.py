"""From an invitation to a password: each link works once and not for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cases.test_concurrency import at_once
from tests.people.conftest import GROUP, HANS, LOU, MIA, PASSWORD, RITA, House
from workflow_app.engine import clock
from workflow_app.engine.errors import Invalid, NotAllowed, NotFound, NotPossible
from workflow_app.models import Person
from workflow_app.people import invitations, links, locking, memberships
from workflow_app.people.links import Gone
from workflow_app.people.sign_in import sign_in


def choose(house: House, secret: str, password: str = PASSWORD) -> Person:
    return invitations.choose_password(house.store, secret, password)


def test_who_is_invited_chooses_a_password_and_signs_in(house):
    person, secret = house.invited()
    assert sign_in(house.store, "new@example.org", "", "") is None
    choose(house, secret)
    account = sign_in(house.store, "New@Example.org ", PASSWORD, "")
    assert account is not None
    assert account.id == person
    assert house.kinds(person) == ["invited", "joined"]
    assert house.value("SELECT actor_id FROM account_events WHERE kind = 'invited'") == RITA


def test_the_message_to_the_worker_holds_ids_only_and_the_database_no_secret(house):
    _person, secret = house.invited()
    ((kind, payload, case_id),) = house.rows("SELECT kind, CAST(payload AS TEXT), case_id FROM outbox")
    assert (kind, payload.replace(" ", ""), case_id) == ("account_link", '{"link":1}', None)
    assert house.value("SELECT count(*) FROM account_links WHERE secret_hash = :s", s=secret) == 0


def test_an_invitation_used_twice_is_refused(house):
    _person, secret = house.invited()
    choose(house, secret)
    house.refuses(Gone, "used already", choose, house, secret, "another good password")


def test_an_invitation_used_too_late_is_refused(house):
    _person, secret = house.invited()
    with clock.at(clock.now() + timedelta(days=7)):
        house.refuses(Gone, "has ended", choose, house, secret)
    with clock.at(clock.now() + timedelta(days=7) - timedelta(seconds=1)):
        choose(house, secret)


def test_an_unknown_link_is_refused(house):
    house.invited()
    for secret in ("", "x", "x" * 5000, "ä\x00"):
        house.refuses(NotFound, "no such link", lambda s=secret: choose(house, s))


def test_a_bad_password_does_not_use_the_link_up(house):
    _person, secret = house.invited()
    house.refuses(Invalid, "at least 12", choose, house, secret, "short")
    house.refuses(Invalid, "would guess", choose, house, secret, "Passwort 1234")
    choose(house, secret)


def test_a_second_invitation_makes_the_first_worthless(house):
    person, first = house.invited()
    invitations.invite_again(house.store, house.who(RITA), person)
    second = house.mailed()
    house.refuses(Gone, "has ended", choose, house, first)
    choose(house, second)
    house.refuses(
        NotPossible, "accepted the invitation", lambda: invitations.invite_again(house.store, house.who(RITA), person)
    )


def test_a_mail_that_is_written_again_makes_the_earlier_link_worthless(house):
    _person, first = house.invited()
    second = house.mailed()
    house.refuses(NotFound, "no such link", choose, house, first)
    choose(house, second)


def test_of_two_who_use_a_link_at_once_one_gets_in(house):
    _person, secret = house.invited()
    jobs = [lambda n=n: choose(house, secret, f"a password of number {n}").name for n in range(6)]
    assert sorted(at_once(jobs)) == ["Gone"] * 5 + ["Nell New"]


def test_the_link_of_a_locked_account_does_not_work(house):
    person, secret = house.invited()
    locking.lock(house.store, house.who(RITA), person)
    house.refuses(Gone, "has ended", choose, house, secret)
    locking.unlock(house.store, house.who(RITA), person)
    house.refuses(Gone, "has ended", choose, house, secret)


def test_a_link_for_a_new_address_chooses_no_password(house):
    with house.store.writing() as tx:
        links.mail(tx, tx.person(MIA), links.MAIL, MIA, "mia2@example.org")
    secret = house.mailed()
    house.refuses(NotFound, "no such link", choose, house, secret)


NOT_TO_BE_INVITED = (
    ("mia@example.org", "Mia", "an account with this address"),
    ("MIA@EXAMPLE.ORG", "Mia", "an account with this address"),
    ("nobody", "Nell", "no mail address"),
    ("a@b@example.org", "Nell", "no mail address"),
    ("nell@example.org\nBcc: x@example.org", "Nell", "no mail address"),
    ("nell@" + "x" * 250 + ".org", "Nell", "no mail address"),
    ("nell@example.org", " \n ", "a name"),
    ("nell@example.org", "N" * 201, "a name"),
)  # fmt: skip


def test_who_cannot_be_invited(house):
    for email, name, words in NOT_TO_BE_INVITED:
        house.refuses(Invalid, words, invitations.invite, house.store, house.who(RITA), email, name, "de")


def test_who_is_invited_speaks_a_language_of_the_site(house):
    rita = house.who(RITA)
    house.refuses(Invalid, "one of the options", invitations.invite, house.store, rita, "x@example.org", "X", "tlh")


def test_a_name_is_one_line_because_it_stands_in_the_head_of_a_mail(house):
    house.invited(name="Nell\r\nBcc: all@example.org\x00")
    assert house.value("SELECT name FROM people WHERE email = 'new@example.org'") == "Nell Bcc: all@example.org"


@pytest.mark.parametrize("who", [HANS, MIA, LOU])
def test_only_administrators_invite(house, who):
    house.refuses(
        NotAllowed, "Only administrators", invitations.invite, house.store, house.who(who), "x@example.org", "X", "de"
    )


def test_a_role_can_be_given_before_the_invitation_is_accepted(house):
    person, secret = house.invited()
    memberships.assign(house.store, house.who(RITA), person, GROUP, "member", None, None)
    choose(house, secret)
    assert f"member@{GROUP}" in house.who(person).principals
