"""From a message in the outbox to a mail at a real SMTP server, or on the page of outgoing mail."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from tests.jobs.mail_server import CERTIFICATE, Letterbox, mail_server
from tests.jobs.working import work
from workflow_app import create_app, people
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.jobs import mail, outbox
from workflow_app.models import OutboxMessage
from workflow_app.people import feeds, forgotten, invitations, own, sign_in
from workflow_app.people.roles import OPERATOR

PASSWORD = "four plain words here"
SITE = "https://mitmachen.example/teilhabe"
Office = Callable[..., Any]


@pytest.fixture
def open_office(db_url: str, settings_for: Any) -> Office:
    """An application with an empty database and a mail server, or without one."""

    @contextmanager
    def opened(smtp: str = "") -> Iterator[Flask]:
        app = create_app(replace(settings_for(db_url), smtp=smtp, address=SITE, sender="teilhabe@town.example"))
        try:
            with app.app_context():
                yield app
        finally:
            with app.app_context():
                db.engine.dispose()

    return opened


def smtp(box: Letterbox) -> str:
    return f"smtp://127.0.0.1:{box.port}"


def encrypted(scheme: str) -> Any:
    return mail_server(encrypts=True, at_once=scheme == "smtps")


def rows(sql: str) -> list[tuple[Any, ...]]:
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


def invite(email: str = "nell@example.org", name: str = "Nell Förster", language: str = "de") -> int:
    return invitations.invite(people.current(), OPERATOR, email, name, language)


def link_in(body: str) -> str:
    """The path of the link in a mail, as the application knows it."""
    found = re.search(rf"{re.escape(SITE)}(/account/link/\S+)", body)
    assert found, body
    return found.group(1)


def read(mail: Any) -> str:
    return str(mail.get_body().get_content())


def nell_comes_in(box: Letterbox) -> sign_in.Account:
    """She is invited, chooses a password by the link in her mail, and signs in."""
    invite()
    work()
    secret = link_in(read(box.mails[0])).rpartition("/")[2]
    invitations.choose_password(people.current(), secret, PASSWORD)
    account = sign_in.sign_in(people.current(), "nell@example.org", PASSWORD, "")
    assert account
    return account


def test_without_a_mail_server_the_mail_is_kept_and_its_link_works(open_office):
    with open_office() as app:
        invite()
        work()
        ((state, email, subject, body),) = rows("SELECT state, email, subject, body FROM mails")
        assert (state, email, subject) == ("kept", "nell@example.org", "Ihre Einladung zu Teilhabe Flensburg")
        assert "Guten Tag, Nell Förster," in body
        page = app.test_client().get(link_in(body))
        assert page.status_code == 200
        assert "Willkommen, Nell Förster" in page.text


def test_a_mail_server_gets_the_mail_and_the_database_keeps_no_text_of_it(open_office):
    with mail_server() as box, open_office(smtp(box)):
        invite(language="en")
        work()
        (mail,) = box.mails
        assert box.receivers == ["nell@example.org"]
        assert mail["Subject"] == "Your invitation to Teilhabe Flensburg"
        assert mail["To"] == "Nell Förster <nell@example.org>"
        assert mail["From"] == "Teilhabe Flensburg <teilhabe@town.example>"
        assert (mail["Auto-Submitted"], mail["Content-Language"]) == ("auto-generated", "en")
        secret = link_in(read(mail)).rpartition("/")[2]
        assert rows("SELECT state, body, sent_at IS NOT NULL FROM mails") == [("sent", None, 1)]
        assert rows("SELECT message_id FROM mails") == [(mail["Message-ID"],)]
        for table in ("outbox", "mails", "account_links", "account_events"):
            assert secret not in str(rows(f"SELECT * FROM {table}"))


def test_answers_of_people_go_to_whoever_reads_them(open_office):
    with mail_server() as box, open_office(smtp(box)) as app:
        app.config["REPLY_TO"] = "stelle@town.example"
        invite()
        work()
        assert box.mails[0]["Reply-To"] == "stelle@town.example"


def test_a_mail_sent_twice_has_the_same_id_and_only_its_later_link_works(open_office):
    with mail_server() as box, open_office(smtp(box)) as app:
        invite()
        outbox.claim(db.engine)
        with db.engine.connect() as connection:  # a worker sends the mail and dies before it can say so
            mail.send_link(connection.execute(select(OutboxMessage)).one())
        with clock.at(clock.now() + timedelta(minutes=2)):
            work()
            first, second = box.mails
            assert first["Message-ID"] == second["Message-ID"]
            client = app.test_client()
            assert [client.get(link_in(read(one))).status_code for one in (first, second)] == [404, 200]
        assert rows("SELECT state, attempt FROM outbox") == [("done", 1)]


def test_a_mail_that_was_taken_is_not_sent_again_because_of_a_rude_goodbye(open_office):
    with mail_server() as box, open_office(smtp(box)):
        box.goodbye = "421 I have had enough"
        invite()
        work()
        assert rows("SELECT state, attempt FROM outbox") == [("done", 1)]
        assert (len(box.mails), rows("SELECT state FROM mails")) == (1, [("sent",)])


def test_an_unknown_receiver_is_noted_and_not_tried_again(open_office):
    with mail_server() as box, open_office(smtp(box)):
        invite("unknown@example.org")
        work()
        assert box.mails == []
        assert rows("SELECT state, reason, body FROM mails") == [("refused", "other", None)]
        assert rows("SELECT state, attempt FROM outbox") == [("done", 1)]


def test_a_full_box_is_tried_again_later_and_given_up_in_the_end(open_office):
    with mail_server() as box, open_office(smtp(box)):
        invite("full@example.org")
        for hours in range(0, 24, 2):
            with clock.at(clock.now() + timedelta(hours=hours)):
                work()
        assert rows("SELECT state, attempt, last_error FROM outbox") == [("dead", 10, "SMTPRecipientsRefused")]
        assert rows("SELECT kind, error, state FROM incidents") == [("message", "SMTPRecipientsRefused", "open")]
        assert rows("SELECT id FROM mails") == []


def test_when_the_mail_server_is_away_the_mail_waits_for_it(open_office):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # taken, but nobody listens
        with open_office(f"smtp://127.0.0.1:{nobody.getsockname()[1]}"):
            invite()
            work()
            assert rows("SELECT state, attempt FROM outbox") == [("pending", 1)]
    with mail_server() as box, open_office(smtp(box)), clock.at(clock.now() + timedelta(minutes=2)):
        work()
        assert box.receivers == ["nell@example.org"]


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_the_line_is_encrypted_where_it_can_be_and_then_we_sign_in(open_office, monkeypatch, scheme):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with encrypted(scheme) as box, open_office(f"{scheme}://post:p%40ss@localhost:{box.port}"):
        invite()
        work()
        assert (box.signed_in, box.encrypted) == (["post:p@ss"], [True])


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_server_that_cannot_prove_who_it_is_gets_nothing(open_office, scheme):
    with encrypted(scheme) as box, open_office(f"{scheme}://post:p%40ss@localhost:{box.port}"):
        invite()
        work()
        assert (box.signed_in, box.mails) == ([], [])
        assert rows("SELECT last_error FROM outbox") == [("SSLCertVerificationError",)]


def test_the_password_never_goes_over_an_open_line(open_office):
    with mail_server() as box, open_office(f"smtp://post:p%40ss@localhost:{box.port}"):
        invite()
        work()
        assert (box.signed_in, box.mails) == ([], [])
        assert rows("SELECT last_error FROM outbox") == [("SMTPNotSupportedError",)]


def test_nobody_waits_for_the_mail_server(open_office):
    with mail_server() as box, open_office(smtp(box)):
        invite()
        other = db.engine.execution_options(immediate=True)

        def meanwhile() -> None:
            with other.begin() as connection:
                if connection.dialect.name == "sqlite":
                    connection.exec_driver_sql("PRAGMA busy_timeout = 100")
                connection.execute(text("UPDATE people SET language = 'en'"))
                connection.execute(text("UPDATE account_links SET ends_at = ends_at"))

        box.meanwhile = meanwhile
        work()
        assert rows("SELECT language FROM people") == [("en",)]


def test_a_forgotten_password_brings_a_mail_to_whom_it_belongs_and_to_nobody_else(open_office):
    with mail_server() as box, open_office(smtp(box)) as app:
        person = invite()
        work()
        invitations.choose_password(people.current(), link_in(read(box.mails[0])).rpartition("/")[2], PASSWORD)
        forgotten.ask_for_reset(people.current(), "nobody@example.org")
        forgotten.ask_for_reset(people.current(), "NELL@example.org")
        work()
        (mail,) = box.mails[1:]
        assert (mail["Subject"], box.receivers[1:]) == (
            "Ihr neues Passwort für Teilhabe Flensburg",
            ["nell@example.org"],
        )
        assert "Passwort wählen" in app.test_client().get(link_in(read(mail))).text
        assert rows("SELECT DISTINCT state FROM outbox") == [("done",)]
        assert rows(f"SELECT kind, actor_id FROM account_events WHERE person_id = {person} ORDER BY id")[-1] == (
            "reset_asked", None,
        )  # fmt: skip


def test_a_new_address_is_asked_and_the_old_one_is_warned(open_office):
    with mail_server() as box, open_office(smtp(box)):
        store = people.current()
        account = nell_comes_in(box)
        own.ask_for_new_email(store, account, "nell@new.example", PASSWORD)
        work()
        sent = dict(zip(box.receivers[1:], (mail["Subject"] for mail in box.mails[1:]), strict=True))
        assert sent == {
            "nell@new.example": "Bitte bestätigen Sie Ihre neue E-Mail-Adresse",
            "nell@example.org": "Ihre E-Mail-Adresse soll geändert werden",
        }
        own.confirm_email(store, next(link_in(read(m)) for m in box.mails[1:] if "link" in read(m)).rpartition("/")[2])
        own.change_password(store, account, PASSWORD, "six plain words and more")
        work()
        assert (box.receivers[-1], box.mails[-1]["Subject"]) == ("nell@new.example", "Ihr Passwort wurde geändert")
        assert "Kalender" not in read(box.mails[-1])


def test_whoever_changes_a_password_is_reminded_that_the_address_of_the_calendar_stays(open_office):
    with mail_server() as box, open_office(smtp(box)):
        store = people.current()
        account = nell_comes_in(box)
        feeds.renew(store, account)
        own.change_password(store, account, PASSWORD, "six plain words and more")
        work()
        assert re.search(rf"Kalender.*{re.escape(SITE)}/\S*calendar", read(box.mails[-1]), re.DOTALL)


def test_a_name_writes_no_lines_of_its_own_into_a_mail(open_office):
    with mail_server() as box, open_office(smtp(box)):
        invite(language="en")
        with db.engine.begin() as connection:  # as data from elsewhere may bring it
            connection.execute(
                text("UPDATE people SET name = :n"), {"n": "Nell,\n\nsign in at\u2028https://evil.example"}
            )
        work()
        assert read(box.mails[0]).splitlines()[:2] == ["Hello Nell, sign in at https://evil.example,", ""]


def test_a_link_that_is_not_wanted_any_more_is_not_mailed(open_office):
    with mail_server() as box, open_office(smtp(box)):
        person = invite()
        invitations.invite_again(people.current(), OPERATOR, person)
        with clock.at(clock.now() + timedelta(days=8)):
            work()
        assert box.mails == []
        assert rows("SELECT DISTINCT state FROM outbox") == [("done",)]
