"""Pages for who is not signed in: a forgotten password, and the links in mails."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from tests.conftest import LOADED
from tests.jobs.redis_server import redis_url as redis_url
from tests.views.browsing import Visitor, words
from workflow_app import create_app, people
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.people import forgotten, links, own, sign_in

GOOD = "vier schlichte Wörter hier"
LENA = "stelle@flensburg.example"


def one(app, sql: str):
    with app.app_context():
        return db.session.execute(text(sql)).scalar()


def made(app, make, at=LOADED) -> str:
    """The secret of a link that was mailed at a moment."""
    with app.app_context(), clock.at(at), people.current().writing() as tx:
        make(tx)
        tx.session.flush()
        secret = links.give_secret(tx, tx.session.scalar(text("SELECT max(id) FROM account_links")))
        assert secret
        return secret


def for_reset(tx) -> None:
    forgotten.reset(tx, tx.session.scalar(text(f"SELECT id FROM people WHERE email = '{LENA}'")))


@pytest.mark.parametrize("email", [LENA, "nobody@flensburg.example"])
def test_asking_for_a_new_password_reads_the_same_for_every_address(demo_app, email):
    visitor = Visitor(demo_app)
    answer = visitor.post("/account/forgotten", email=email)
    assert answer.location == "/sign-in"
    assert "Wenn es zu dieser Adresse ein Konto gibt" in words(visitor.get("/sign-in"))


def test_what_is_no_address_is_said_beside_the_field(demo_app):
    answer = Visitor(demo_app).post("/account/forgotten", email="nobody")
    assert answer.status_code == 422
    assert "keine E-Mail-Adresse" in words(answer)


def test_looking_at_a_link_changes_nothing_and_using_it_does(demo_app):
    secret = made(demo_app, for_reset)
    elsewhere, visitor = Visitor(demo_app, "stelle"), Visitor(demo_app)
    page = f"/account/link/{secret}"
    for _look in range(3):
        assert visitor.get(page).status_code == 200
    assert elsewhere.get("/desk").status_code == 200
    assert visitor.post(page, password=GOOD, again=GOOD).location == "/sign-in"
    assert elsewhere.get("/desk").status_code == 302  # a new password ends all sign-ins
    assert visitor.post("/sign-in", email=LENA, password="teilhabe-demo").status_code == 422
    assert visitor.post("/sign-in", email=LENA, password=GOOD).status_code == 302


def test_used_ended_and_unknown_links_say_so_in_one_sentence(demo_app):
    visitor = Visitor(demo_app)
    used, ended = made(demo_app, for_reset), made(demo_app, for_reset, LOADED - timedelta(hours=2))
    with demo_app.app_context(), clock.at(LOADED):
        latest = made(demo_app, for_reset)
    assert visitor.post(f"/account/link/{latest}", password=GOOD, again=GOOD).status_code == 302
    found = {}
    for secret in (used, ended, latest, "unknown"):
        answers = (
            visitor.get(f"/account/link/{secret}"),
            visitor.client.post(
                f"/account/link/{secret}",
                data={"csrf_token": visitor.token("/sign-in"), "password": GOOD, "again": GOOD},
            ),
        )
        found[secret] = {answer.status_code for answer in answers}
        assert all("Bitte" in words(answer) or "nur einmal" in words(answer) for answer in answers)
    assert found == {used: {410}, ended: {410}, latest: {410}, "unknown": {404}}


def test_a_password_that_is_no_good_is_said_beside_its_field_and_the_link_stays(demo_app):
    page, visitor = f"/account/link/{made(demo_app, for_reset)}", Visitor(demo_app)
    for password, again, sentence in (
        ("kurz", "kurz", "mindestens 12"), ("passwort1234", "passwort1234", "zu leicht zu erraten"),
        (GOOD, GOOD + "!", "stimmt nicht überein"), ("", "", "Bitte füllen Sie dieses Feld aus"),
        (LENA, LENA, "zu leicht zu erraten"), ("Lena  Vorlage", "Lena  Vorlage", "zu leicht zu erraten"),
    ):  # fmt: skip
        answer = visitor.post(page, password=password, again=again)
        assert answer.status_code == 422
        assert sentence in words(answer)
        assert 'aria-invalid="true"' in answer.text
        assert not password or password not in answer.text.replace(f'value="{LENA}"', "").replace("Lena Vorlage", "")
    assert visitor.post(page, password=GOOD, again=GOOD).status_code == 302


def test_password_managers_are_told_what_is_what(demo_app):
    page = Visitor(demo_app).get(f"/account/link/{made(demo_app, for_reset)}").text
    assert page.count('autocomplete="new-password"') == 2
    assert 'autocomplete="username"' in page


def test_a_new_address_is_confirmed_with_the_link(demo_app):
    def ask(tx) -> None:
        person = tx.person(tx.session.scalar(text(f"SELECT id FROM people WHERE email = '{LENA}'")))
        links.mail(tx, person, links.MAIL, person.id, "lena@new.example")

    page, lena = f"/account/link/{made(demo_app, ask)}", Visitor(demo_app, "stelle")
    assert "lena@new.example" in words(lena.get(page))
    assert one(demo_app, "SELECT count(*) FROM people WHERE email = 'lena@new.example'") == 0
    assert lena.post(page).location == "/account"
    assert "lena@new.example" in words(lena.get("/account"))
    assert lena.get(page).status_code == 410


def test_choosing_a_password_ends_the_sign_in_of_whoever_used_this_browser_before(demo_app):
    visitor = Visitor(demo_app, "einwohnerin")
    visitor.post(f"/account/link/{made(demo_app, for_reset)}", password=GOOD, again=GOOD)
    assert visitor.get("/desk").status_code == 302


def test_links_and_mails_are_slowed_down_like_passwords(demo_app):
    visitor = Visitor(demo_app)
    guesses = [visitor.get(f"/account/link/{n}").status_code for n in range(32)]
    assert (guesses[0], guesses[-1]) == (404, 429)
    mails = [visitor.post("/account/forgotten", email="x@example.org").status_code for _n in range(6)]
    assert mails == [302] * 5 + [429]
    assert visitor.post("/account/forgotten", email="y@example.org").status_code == 302


def test_guessing_is_slowed_down_at_one_account_whatever_is_written_around_it(demo_app):
    visitor = Visitor(demo_app)
    tries = [f" {LENA.upper() if n % 2 else LENA} " for n in range(11)]
    answers = [visitor.post("/sign-in", email=email, password="x").status_code for email in tries]
    assert answers == [422] * 10 + [429]
    assert visitor.post("/sign-in", email=LENA, password="teilhabe-demo").status_code == 429
    assert visitor.post("/sign-in", email="ag@flensburg.example", password="teilhabe-demo").status_code == 302


@pytest.fixture
def process(settings_for: Any, demo_database: Path, tmp_path: Path) -> Iterator[Any]:
    """Somebody at one more web process that counts attempts at an address of Redis."""
    copy = tmp_path / "copy.sqlite3"
    made: list[Flask] = []
    shutil.copyfile(demo_database, copy)

    def at(redis: str) -> Visitor:
        made.append(create_app(replace(settings_for(f"sqlite:///{copy}"), redis_url=redis)))
        return Visitor(made[-1])

    yield at
    for app in made:
        with app.app_context():
            db.engine.dispose()


def guesses(visitor: Visitor, n: int) -> list[int]:
    return [visitor.post("/sign-in", email=LENA, password="x").status_code for _n in range(n)]


def test_attempts_are_counted_in_redis_for_all_processes_together(process, redis_url):
    assert guesses(process(redis_url), 6) + guesses(process(redis_url), 5) == [422] * 10 + [429]


def test_without_redis_they_are_counted_all_the_same_and_people_can_sign_in(process):
    visitor = process("unix:///nowhere/socket")
    assert guesses(visitor, 11) == [422] * 10 + [429]
    assert visitor.post("/sign-in", email="ag@flensburg.example", password="teilhabe-demo").status_code == 302


def test_right_passwords_are_not_counted(demo_app):
    with demo_app.app_context(), clock.at(LOADED):
        for _n in range(12):
            assert sign_in.sign_in(people.current(), LENA, "teilhabe-demo", "")
    for _n in range(12):
        Visitor(demo_app, "stelle")


def test_what_is_not_throttled_by_name_is_by_place(demo_app):
    visitor = Visitor(demo_app)
    answers = [visitor.post("/sign-in", email=f"x{n}@example.org", password="x").status_code for n in range(31)]
    assert answers == [422] * 30 + [429]


def test_a_wrong_present_password_is_counted_too(demo_app):
    visitor = Visitor(demo_app, "stelle")
    entries = {"present": "wrong", "password": GOOD, "again": GOOD}
    answers = [visitor.post("/account/password", **entries).status_code for _n in range(11)]
    assert answers == [422] * 10 + [429]
    with demo_app.app_context(), clock.at(LOADED):
        account = sign_in.sign_in(people.current(), LENA, "teilhabe-demo", "")
        assert account
        own.change_password(people.current(), account, "teilhabe-demo", GOOD)  # nothing was changed before
