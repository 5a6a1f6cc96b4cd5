"""Signing in and out: a sign-in is a row, and it counts as long as that row says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from tests.people.conftest import MIA, PASSWORD, RITA, House
from workflow_app.engine import clock
from workflow_app.engine.errors import Invalid
from workflow_app.people import locking, own
from workflow_app.people import sign_in as sign_ins
from workflow_app.people.devices import described
from workflow_app.people.store import Store
from workflow_app.queries import accounts

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def still_in(house: House, account: sign_ins.Account) -> bool:
    with Session(house.store.engine) as session:
        found = sign_ins.account(house.store, session, account.token)
    return found is not None and found.id == account.id


def test_a_token_opens_what_its_row_says_and_no_other_does(house):
    mia, rita = house.enter(MIA, FIREFOX), house.enter(RITA)
    assert still_in(house, mia)
    number, _colon, secret = mia.token.partition(":")
    for token in (
        "", "x", ":", f"{number}:", f"{number}:wrong", f"{rita.sign_in}:{secret}", f"99:{secret}", f"-1:{secret}",
        f"²:{secret}", "9" * 30 + f":{secret}",
    ):  # fmt: skip
        with Session(house.store.engine) as session:
            assert sign_ins.account(house.store, session, token) is None, token
    assert house.rows("SELECT device FROM sign_ins WHERE id = :i", i=mia.sign_in) == [("Firefox, Linux",)]
    assert secret not in str(house.rows("SELECT * FROM sign_ins"))


def test_a_wrong_password_an_unknown_address_and_a_locked_account_open_nothing(house):
    locking.lock(house.store, house.who(RITA), MIA)
    for email, password in (("mia@example.org", PASSWORD), ("rita@example.org", "wrong"), ("x@example.org", PASSWORD)):
        assert sign_ins.sign_in(house.store, email, password, "") is None
    assert house.value("SELECT count(*) FROM sign_ins") == 0


def test_nobody_can_tell_by_the_work_that_is_done_whether_an_address_has_an_account(house, monkeypatch):
    _person, _secret = house.invited()
    locking.lock(house.store, house.who(RITA), MIA)
    plain, hashed = PasswordHasher.verify, list[int]()

    def counting(*args):
        hashed.append(1)
        return plain(*args)

    monkeypatch.setattr(PasswordHasher, "verify", counting)
    work = {}
    for who, email in (("wrong", "rita@example.org"), ("unknown", "x@example.org"), ("invited", "new@example.org"),
                       ("locked", "mia@example.org"), ("no address", "x")):  # fmt: skip
        hashed.clear()
        with counted(house.store.engine) as statements:
            assert sign_ins.sign_in(house.store, email, "not the password", "") is None
        work[who] = len(hashed), len(statements)
    assert set(work.values()) == {(1, 1)}, work


def test_a_request_asks_once_whose_session_it_is(house):
    mia = house.enter(MIA)
    with counted(house.store.engine) as statements:
        assert still_in(house, mia)
    assert len(statements) == 1


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    found: list[str] = []

    def heard(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement != "BEGIN":
            found.append(statement)

    event.listen(engine, "before_cursor_execute", heard)
    yield found
    event.remove(engine, "before_cursor_execute", heard)


def test_a_sign_in_ends_after_so_many_days(house):
    mia = house.enter(MIA)
    with clock.at(clock.now() + timedelta(days=7) - timedelta(seconds=1)):
        assert still_in(house, mia)
    with clock.at(clock.now() + timedelta(days=7)):
        assert not still_in(house, mia)


def test_signing_out_ends_one_sign_in_and_elsewhere_all_others(house):
    here, phone, library = (house.enter(MIA) for _ in range(3))
    rita = house.enter(RITA)
    sign_ins.sign_out(house.store, library.sign_in)
    assert [still_in(house, one) for one in (here, phone, library)] == [True, True, False]
    assert sign_ins.sign_out_elsewhere(house.store, here) == 1
    assert [still_in(house, one) for one in (here, phone, rita)] == [True, False, True]
    assert house.kinds(MIA) == ["signed_out_elsewhere"]


def test_locking_ends_everything_at_once_and_unlocking_brings_nothing_back(house):
    mia = house.enter(MIA)
    locking.lock(house.store, house.who(RITA), MIA)
    assert not still_in(house, mia)
    assert house.who(MIA).principals == {"public"}
    locking.unlock(house.store, house.who(RITA), MIA)
    assert not still_in(house, mia)
    house.enter(MIA)
    assert house.kinds(MIA) == ["locked", "unlocked"]


def test_it_is_written_at_most_every_ten_minutes_that_somebody_was_seen(house):
    mia, began = house.enter(MIA), clock.now()
    seen = []
    for minutes in (9, 10, 15, 25):
        with clock.at(began + timedelta(minutes=minutes)):
            assert still_in(house, mia)
            with Session(house.store.engine) as session:
                (row,) = accounts.sign_ins_of(session, MIA, house.store.sign_ins_from())
            seen.append(round((row.seen_at - began).total_seconds() / 60))
    assert seen == [0, 10, 10, 25]


def test_another_password_ends_the_other_sign_ins_and_tells_the_person(house):
    here, phone = house.enter(MIA), house.enter(MIA)
    own.change_password(house.store, here, PASSWORD, "six plain words and more")
    assert (still_in(house, here), still_in(house, phone)) == (True, False)
    assert sign_ins.sign_in(house.store, "mia@example.org", PASSWORD, "") is None
    assert sign_ins.sign_in(house.store, "mia@example.org", "six plain words and more", "")
    assert house.rows("SELECT kind FROM outbox") == [("account_notice",)]


def test_who_does_not_know_the_present_password_changes_nothing(house):
    mia = house.enter(MIA)
    change = lambda: own.change_password(house.store, mia, "guessed", "six plain words and more")  # noqa: E731
    house.refuses(Invalid, "not your present password", change)
    ask = lambda: own.ask_for_new_email(house.store, mia, "mine@example.org", "guessed")  # noqa: E731
    house.refuses(Invalid, "not your present password", ask)


def test_a_password_kept_with_other_parameters_is_kept_anew_at_sign_in(house):
    before = house.value("SELECT password_hash FROM people WHERE id = :m", m=MIA)
    dearer = Store(house.store.engine, house.store.calendar, password_cost=2, session_days=7)
    assert sign_ins.sign_in(dearer, "mia@example.org", PASSWORD, "")
    after = house.value("SELECT password_hash FROM people WHERE id = :m", m=MIA)
    assert before != after
    assert "t=2" in after
    assert sign_ins.sign_in(dearer, "mia@example.org", PASSWORD, "")
    assert house.value("SELECT password_hash FROM people WHERE id = :m", m=MIA) == after


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (FIREFOX, "Firefox, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 "
         "Edg/126.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 "
         "Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36", "Chrome, Android"),
        ("curl/8.7", ""), ("", ""), ("<script>" * 1000, ""),
    ],
)  # fmt: skip
def test_devices_are_described_shortly(agent, device):
    assert described(agent) == device
